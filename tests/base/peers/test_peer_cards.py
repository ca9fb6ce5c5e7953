"""Cards, fingerprints, addresses: what an administrator compares and where requests may go."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.base.peers.other_node import OtherNode

from tongban.base.peers import cards, wire

CARD = OtherNode().card


def document(**changes: Any) -> bytes:
    return json.dumps({**CARD.document(), **changes}).encode()


def test_a_card_reads_back_with_the_thumbprint_of_its_key() -> None:
    read = cards.parse(document(key={**CARD.key, "kid": "whatever it says"}))
    assert read == CARD
    assert read.kid == cards.thumbprint(CARD.key)


def test_the_thumbprint_is_that_of_rfc_8037() -> None:
    """Appendix A.3 of RFC 8037."""
    key = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    assert cards.thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 2},
        {"node": "99010"},
        {"node": "../etc"},
        {"name": {"zh": "澜溪"}},
        {"name": {"zh": "澜溪", "en": "x\x1b[2J"}},
        {"key": {**CARD.key, "d": "secret"}},
        {"key": {"kty": "EC", "crv": "P-256", "x": "", "y": ""}},
        {"key": {**CARD.key, "x": "AAAA"}},
        {"key": {**CARD.key, "x": CARD.key["x"] + "="}},
        {"key": None},
        {"url": "http://lanxi.example"},
    ],
)
def test_a_card_that_is_none_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(cards.CardInvalid):
        cards.parse(document(**changes))


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b"[" * 10_000, b" " * (cards.MAX_BYTES + 1)])
def test_what_is_no_card_is_refused(data: bytes) -> None:
    with pytest.raises(cards.CardInvalid):
        cards.parse(data)


def test_a_fingerprint_is_compared_whatever_stands_between_its_digits() -> None:
    shown = CARD.fingerprint
    assert cards.same_fingerprint(shown, shown.replace(" ", "").upper())
    assert cards.same_fingerprint(shown, shown.replace(" ", ":"))
    assert not cards.same_fingerprint(shown, shown[:-1] + ("0" if shown[-1] != "0" else "1"))
    assert not cards.same_fingerprint(shown, "")
    assert not cards.same_fingerprint(shown, shown[:20])


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://Lanxi.example/", "https://lanxi.example"),
        ("https://lanxi.example:443", "https://lanxi.example"),
        ("https://lanxi.example:8443", "https://lanxi.example:8443"),
        ("http://localhost:8001", "http://localhost:8001"),
        ("http://127.0.0.1:8001", "http://127.0.0.1:8001"),
        ("http://[::1]:8001", "http://[::1]:8001"),
    ],
)
def test_an_address_has_one_spelling(given: str, base: str) -> None:
    assert cards.base_url(given) == base


@pytest.mark.parametrize(
    "given",
    [
        "http://lanxi.example",
        "http://169.254.169.254",
        "http://localhost.evil.example",
        "https://user@lanxi.example",
        "https://lanxi.example/path",
        "https://lanxi.example?x",
        "https://lanxi.example#x",
        "https://lanxi.example:port",
        "https://",
        "file:///etc/passwd",
        "gopher://lanxi.example",
        "https://lanxi example",
        "https://lanxi.example\r\nHost: x",
        None,
        7,
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(given: Any) -> None:
    with pytest.raises(cards.CardInvalid):
        cards.base_url(given)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "peer",
        "//evil.example/x",
        "/../x",
        "/peer/..",
        "/peer//x",
        "/peer?x=1",
        "/peer#x",
        "/@evil",
        "/peer\r\nX: y",
        "/" + "a" * 200,
    ],
)
def test_a_path_that_is_not_of_the_protocol_is_refused(path: str) -> None:
    with pytest.raises(ValueError):
        wire.checked(path)


@pytest.mark.parametrize(
    ("node", "place", "speaks"),
    [
        ("980100", "980100", True),
        ("980100", "980103", True),
        ("980100", "980200", False),
        ("980100", "990100", False),
        ("980000", "980103", True),
        ("980000", "990100", False),
    ],
)
def test_a_node_speaks_for_its_place_and_what_lies_within(node: str, place: str, speaks: bool) -> None:
    assert cards.covers(node, place) is speaks
