"""What a trust list must be before anybody believes it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.records.licences.small_city import NOW, Office, b64

from tongban.records.licences import trust


def document(office: Office, **changes: Any) -> dict[str, Any]:
    made = trust.document_of([office.issuer], NOW)
    made["issuers"][0] |= changes
    return made


def parse(made: Any) -> trust.TrustList:
    return trust.parse(json.dumps(made).encode())


def test_a_list_reads_back_as_it_was_written(office: Office) -> None:
    assert parse(document(office)) == trust.TrustList({office.id: office.issuer}, NOW)


def test_the_kid_of_a_key_is_its_thumbprint(office: Office) -> None:
    """RFC 7638: SHA-256 over the required members in order, nothing else."""
    import hashlib

    members = json.dumps({name: office.jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    assert office.kid == b64(hashlib.sha256(members.encode()).digest())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"issuer": "http://plain.example"}, "https address or a urn"),
        ({"issuer": None}, "https address or a urn"),
        ({"organisation": 5}, '"organisation"'),
        ({"name": {"zh": "只有中文"}}, "zh and en"),
        ({"name": "text"}, "zh and en"),
        ({"keys": []}, "at least one key"),
        ({"keys": {}}, "at least one key"),
        ({"keys": ["x"]}, "JWK"),
        ({"types": "all"}, '"types"'),
        ({"types": [1]}, '"types"'),
        ({"withdrawn": {"x": "gone"}}, '"withdrawn"'),
        ({"withdrawn": []}, '"withdrawn"'),
    ],
)
def test_a_malformed_issuer_is_named_with_the_reason(
    office: Office, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(trust.TrustListInvalid, match=f"issuer 1: .*{says}"):
        parse(document(office, **changes))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"d": "AAAA"}, "private key"),
        ({"kid": ""}, 'no "kid"'),
        ({"crv": "P-384"}, "P-256 or OKP Ed25519"),
        ({"kty": "RSA"}, "P-256 or OKP Ed25519"),
        ({"kty": "oct", "k": "AAAA"}, "P-256 or OKP Ed25519"),
        ({"x": "AAAA"}, "wrong length"),
        ({"x": "A" * 43}, "issuer 1"),
        ({"x": 5}, "text members"),
    ],
)
def test_a_key_that_nobody_should_trust_is_refused(
    office: Office, changes: dict[str, Any], says: str
) -> None:
    with pytest.raises(trust.TrustListInvalid, match=says):
        parse(document(office, keys=[office.jwk | changes]))


def test_one_issuer_or_key_twice_is_refused(office: Office) -> None:
    twice = document(office)
    twice["issuers"] *= 2
    with pytest.raises(trust.TrustListInvalid, match="listed twice"):
        parse(twice)
    with pytest.raises(trust.TrustListInvalid, match="listed twice"):
        parse(document(office, keys=[office.jwk, office.jwk]))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"5", b"\xff", b'{"version": 2, "issuers": []}', b'{"version": 1}', b'{"version": 1, "issuers": [], "published": "yesterday"}', b"[" * 100_000])  # fmt: skip
def test_what_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(trust.TrustListInvalid):
        trust.parse(data)


def test_of_two_lists_the_first_is_believed_and_the_older_gives_the_age(office: Office) -> None:
    thief = Office()
    later = trust.TrustList({thief.id: thief.issuer}, NOW - timedelta(days=3))
    merged = trust.merge([office.trust, later])
    assert merged.issuers[office.id].keys == office.issuer.keys
    assert merged.published == NOW - timedelta(days=3)
