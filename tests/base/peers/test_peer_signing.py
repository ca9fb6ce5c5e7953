"""Only what a trusted key signed just now, for this node, in full, is accepted. RFC 9421, RFC 9530."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.base.peers.other_node import BASE, HERE, NOW, OtherNode

from tongban.base.peers import cards, signing
from tongban.base.peers.refusals import (
    Downgraded,
    Expired,
    Forged,
    Misdirected,
    PeerRefused,
    UnknownPeer,
    Unsigned,
)

OTHER = OtherNode(key=Ed25519PrivateKey.generate())
PATH = "/peer/evidence/collect"
BODY = '{"请求": "一"}'.encode()


def find(kid: str) -> Any:
    if kid != OTHER.jwk["kid"]:
        raise UnknownPeer("unknown")
    return cards.public_key(OTHER.jwk)


def accept(
    headers: dict[str, str], *, method: str = "POST", path: str = PATH, body: bytes = BODY, now: Any = NOW
) -> Any:
    return signing.verify_request(
        signing.Request(method, BASE + path, headers), body, to=HERE, find=find, now=now
    )


def signed_with(
    components: tuple[str, ...], *, algorithm: Any = algorithms.ED25519, key: Any = None, **more: Any
) -> dict[str, str]:
    """A request signed with the library alone, as a careless or hostile peer might."""
    key = key or OTHER.key
    request = signing.Request("POST", BASE + PATH, {"tongban-to": HERE})
    resolver = MappingKeyResolver(public_keys={}, private_keys={OTHER.jwk["kid"]: key})
    given_ = {
        "key_id": OTHER.jwk["kid"], "created": NOW, "nonce": "n" * 32, "tag": signing.TAG, "body": BODY,
        "covered_component_ids": components, **more,
    }  # fmt: skip
    HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=resolver).sign(request, **given_)
    return dict(request.headers)


def test_a_request_signed_for_this_node_is_accepted() -> None:
    signed = accept(OTHER.sign("POST", PATH, BODY))
    assert signed.kid == OTHER.jwk["kid"]
    assert len(signed.nonce) >= signing.MIN_NONCE


def test_a_request_without_a_body_is_covered_too() -> None:
    headers = OTHER.sign("GET", "/peer/packs")
    assert accept(headers, method="GET", path="/peer/packs", body=b"")
    with pytest.raises(Forged):
        accept(headers, method="GET", path="/peer/packs", body=b"x")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"method": "GET"}, Forged),
        ({"path": "/peer/evidence/requests"}, Forged),
        ({"body": BODY + b" "}, Forged),
        ({"body": b""}, Forged),
        ({"now": NOW + signing.MAX_AGE + signing.SKEW + timedelta(seconds=1)}, Expired),
        ({"now": NOW - signing.SKEW - timedelta(seconds=1)}, Expired),
    ],
)
def test_a_changed_old_or_future_request_is_refused(
    change: dict[str, Any], refusal: type[PeerRefused]
) -> None:
    with pytest.raises(refusal):
        accept(OTHER.sign("POST", PATH, BODY), **change)


def test_a_request_for_another_node_cannot_be_passed_on() -> None:
    with pytest.raises(Misdirected):
        accept(OTHER.sign("POST", PATH, BODY, to="970100"))
    headers = OTHER.sign("POST", PATH, BODY, to="970100")
    with pytest.raises(Forged):
        accept({**headers, "tongban-to": HERE})


def test_a_key_that_nobody_compared_is_unknown() -> None:
    with pytest.raises(UnknownPeer):
        accept(OtherNode().sign("POST", PATH, BODY))


def test_a_known_key_id_over_another_key_is_forged() -> None:
    with pytest.raises(Forged):
        accept(signed_with(signing.COVERED, key=Ed25519PrivateKey.generate()))


@pytest.mark.parametrize("left_out", signing.COVERED)
def test_nothing_that_must_be_covered_may_be_left_out(left_out: str) -> None:
    components = tuple(one for one in signing.COVERED if one != left_out)
    if left_out == "content-digest":
        headers = signed_with(components, body=None)
    else:
        headers = signed_with(components)
    with pytest.raises(Downgraded):
        accept(headers)


def test_one_member_of_the_digest_is_not_the_digest() -> None:
    components = ("@method", "@target-uri", '"content-digest";key="sha-256"', "tongban-to")
    with pytest.raises(Downgraded):
        accept(signed_with(components))


@pytest.mark.parametrize(
    "more",
    [
        {"nonce": None},
        {"nonce": "short"},
        {"nonce": "n" * 65},
        {"include_alg": False},
        {"tag": "another"},
        {"tag": None},
    ],
)
def test_a_signature_without_nonce_algorithm_or_tag_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises((Downgraded, Unsigned)):
        accept(signed_with(signing.COVERED, **more))


def test_another_algorithm_is_a_downgrade() -> None:
    secret = b"what both would have to know"
    headers = signed_with(signing.COVERED, algorithm=algorithms.HMAC_SHA256, key=secret)
    with pytest.raises(Downgraded):
        accept(headers)
    lying = {**headers, "Signature-Input": headers["Signature-Input"].replace("hmac-sha256", "ed25519")}
    with pytest.raises(Forged):
        accept(lying)


def test_a_second_signature_of_this_protocol_is_refused() -> None:
    once, twice = OTHER.sign("POST", PATH, BODY), signed_with(signing.COVERED)
    both = {**once, **{name: f"{once[name]}, {twice[name]}" for name in ("Signature", "Signature-Input")}}
    with pytest.raises(Forged):
        accept(both)


@pytest.mark.parametrize("name", ["Signature", "Signature-Input"])
def test_no_signature_is_no_request(name: str) -> None:
    headers = OTHER.sign("POST", PATH, BODY)
    del headers[name]
    with pytest.raises(Unsigned):
        accept(headers)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_changed_character_gets_through(data: st.DataObject) -> None:
    """Whatever one character of whatever header becomes: refused, or the very same request."""
    headers = OTHER.sign("POST", PATH, BODY)
    name = data.draw(st.sampled_from(sorted(headers)))
    place = data.draw(st.integers(0, len(headers[name]) - 1))
    letter = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    changed = headers[name][:place] + letter + headers[name][place + 1 :]
    try:
        signed = accept({**headers, name: changed})
    except PeerRefused:
        return
    claimed = signing._claimed(headers)
    assert (signed.kid, signed.nonce) == (claimed.kid, claimed.nonce)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.text())
def test_nonsense_is_refused_and_never_an_error(first: str, second: str) -> None:
    with pytest.raises(PeerRefused):
        accept({"Signature-Input": first, "Signature": second, "tongban-to": HERE})


def test_an_answer_belongs_to_its_question() -> None:
    here = OtherNode(HERE)
    asked = signing.Request("POST", BASE + PATH, OTHER.sign("POST", PATH, BODY))
    answer = signing.Response(200, {}, asked)
    signing.sign_response(answer, b"yes", key=here.key, kid=here.jwk["kid"], now=NOW)

    def believe(
        status: int = 200, body: bytes = b"yes", request: Any = asked, kid: str = here.jwk["kid"]
    ) -> None:
        received = signing.Response(status, dict(answer.headers), request)
        signing.verify_response(received, body, key=cards.public_key(here.jwk), kid=kid, now=NOW)

    believe()
    another = signing.Request("POST", BASE + PATH, OTHER.sign("POST", PATH, BODY))
    elsewhere = signing.Request("POST", BASE + "/peer/packs", asked.headers)
    for wrong in (
        {"status": 403},
        {"body": b"no"},
        {"request": another},
        {"request": elsewhere},
        {"kid": OTHER.jwk["kid"]},
    ):
        with pytest.raises(Forged):
            believe(**wrong)  # type: ignore[arg-type]


def test_an_answer_to_an_unsigned_question_does_not_pass_for_one_to_a_signed() -> None:
    here = OtherNode(HERE)
    answer = signing.Response(200, {}, signing.Request("GET", BASE + "/peer.json", {}))
    signing.sign_response(answer, b"card", key=here.key, kid=here.jwk["kid"], now=NOW)
    key = cards.public_key(here.jwk)
    signing.verify_response(answer, b"card", key=key, kid=here.jwk["kid"], now=NOW, signed=False)
    with pytest.raises(Downgraded):
        signing.verify_response(answer, b"card", key=key, kid=here.jwk["kid"], now=NOW)
