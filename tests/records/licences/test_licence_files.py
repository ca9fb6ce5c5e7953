"""What a stranger can do to a licence file, and what comes of it. No database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier
from tests.records.licences.small_city import NOW, Office, b64, disclosure, unb64

from tongban.records.licences import sdjwt, trust, verification

SOME_OFFICE = Office()
REFUSED = {"forged", "unreadable", "not-ours", "cannot-tell"}


def outcome(token: str | bytes, office: Office, now: Any = NOW) -> str:
    return sdjwt.check(token, office.trust, now).code


def test_a_file_says_what_was_issued(office: Office) -> None:
    found = sdjwt.check(office.issue(), office.trust, NOW)
    assert (found.code, found.issuer, found.vct) == (
        "valid",
        office.issuer,
        "urn:tongban:licence:food-permit",
    )
    assert found.claims == {"name": "云边小馆", "area": 46, "number": "JY1"}


def test_a_withheld_field_is_not_in_the_file_and_the_rest_still_counts(office: Office) -> None:
    signed, *fields, _ = office.issue().split("~")
    shown = next(field for field in fields if json.loads(unb64(field))[1] == "area")
    token = f"{signed}~{shown}~"
    assert sdjwt.check(token, office.trust, NOW).claims == {"area": 46, "number": "JY1"}
    assert "云边小馆" not in unb64(token.split(".")[1]).decode()


def test_every_claim_is_either_always_shown_or_may_be_withheld(office: Office) -> None:
    with pytest.raises(ValueError, match="either"):
        office.issue(always=["number", "area"])
    with pytest.raises(ValueError, match="either"):
        office.issue(disclosable=["name"])
    with pytest.raises(ValueError, match="meaning of their own"):
        sdjwt.issue({"exp": 1}, disclosable=[], always=["exp"], vct="v", issuer=office.id, key=office.key, kid=office.kid, issued_at=NOW, valid_to=None)  # fmt: skip


# -- the independent implementation -----------------------------------------------------------------------


def test_ours_verifies_with_the_independent_package(office: Office) -> None:
    key = JWK(**office.jwk)
    verified = SDJWTVerifier(office.issue(), lambda issuer, header: key).get_verified_payload()
    assert verified["iss"] == office.id
    assert {name: verified[name] for name in ("name", "area", "number")} == {
        "name": "云边小馆",
        "area": 46,
        "number": "JY1",
    }


def issued_by_theirs(office: Office, claims: dict[Any, Any]) -> str:
    numbers = office.key.private_numbers()
    key = JWK(**office.jwk, d=b64(numbers.private_value.to_bytes(32)))
    head = {"typ": "dc+sd-jwt", "kid": office.kid}
    body = {"iss": office.id, "vct": "urn:tongban:licence:food-permit", **claims}
    return SDJWTIssuer(body, key, extra_header_parameters=head, add_decoy_claims=True).sd_jwt_issuance


def test_theirs_verifies_with_ours_under_a_trusted_key(office: Office) -> None:
    token = issued_by_theirs(
        office, {SDObj("name"): "云边小馆", "list": [SDObj(1), 2], SDObj("deep"): {SDObj("x"): 1}}
    )
    found = sdjwt.check(token, office.trust, NOW)
    assert found.code == "valid", found.reason
    assert found.claims == {"name": "云边小馆", "list": [1, 2], "deep": {"x": 1}}


def test_theirs_accepts_an_expired_file_and_ours_does_not(office: Office) -> None:
    """Why there is a policy around the library: the reference package leaves the dates to its caller."""
    token = issued_by_theirs(office, {"exp": int(NOW.timestamp()) - 1})
    SDJWTVerifier(token, lambda issuer, header: JWK(**office.jwk)).get_verified_payload()
    assert outcome(token, office) == "expired"


def test_an_office_may_sign_with_ed25519() -> None:
    office = Office()
    office.key = ed25519.Ed25519PrivateKey.generate()  # type: ignore[assignment]
    signing = sdjwt.signing_key(office.key)
    jwk = {**signing.public_jwk(), "kid": signing.kid}
    issuer = trust.Issuer(office.id, "city-market", office.issuer.name, {signing.kid: jwk})
    token = office.issue(kid=signing.kid)
    assert sdjwt.check(token, trust.TrustList({office.id: issuer}), NOW).code == "valid"


# -- dates ------------------------------------------------------------------------------------------------


def test_a_file_counts_from_its_first_instant_until_its_last(office: Office) -> None:
    start, end, second = NOW - timedelta(days=1), NOW + timedelta(days=1), timedelta(seconds=1)
    token = office.issue(issued_at=start - timedelta(days=9))
    assert [outcome(token, office, at) for at in (start - second, start, end - second, end)] == [
        "not-yet-valid", "valid", "valid", "expired",
    ]  # fmt: skip


def test_a_file_without_an_end_is_long_term(office: Office) -> None:
    assert outcome(office.issue(valid_to=None), office, NOW + timedelta(days=36500)) == "valid"


def test_a_file_from_the_future_is_not_valid_yet(office: Office) -> None:
    assert outcome(office.issue(issued_at=NOW + timedelta(seconds=30)), office) == "valid"
    assert outcome(office.issue(issued_at=NOW + timedelta(hours=1)), office) == "not-yet-valid"


@pytest.mark.parametrize("value", [None, True, "2999", 1e400, 2.5, -1, [], {}, 1 << 80])
@pytest.mark.parametrize("name", ["exp", "nbf", "iat"])
def test_a_date_that_is_no_date_is_refused(office: Office, name: str, value: Any) -> None:
    assert outcome(office.sign(**{name: value}), office) in REFUSED


# -- changed bytes ----------------------------------------------------------------------------------------


def test_any_changed_character_anywhere_is_refused(office: Office) -> None:
    token = office.issue()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    chance = random.Random(7)
    ends = [i - 1 for i, c in enumerate(token) if c in ".~"]  # the last characters hold unused bits
    for position in {*ends, *(i for i in range(0, len(token), 3))}:
        if token[position] in ".~":
            continue
        other = (
            alphabet[alphabet.index(token[position]) ^ 1]
            if position in ends
            else chance.choice(alphabet.replace(token[position], ""))
        )
        changed = token[:position] + other + token[position + 1 :]
        assert outcome(changed, office) in REFUSED, position


@pytest.mark.parametrize("segment", [0, 1, 2])
def test_each_segment_of_the_signature_is_covered(office: Office, segment: int) -> None:
    signed, rest = office.issue().split("~", 1)
    parts = signed.split(".")
    data = bytearray(unb64(parts[segment]))
    data[len(data) // 2] ^= 1
    parts[segment] = b64(bytes(data))
    assert outcome(".".join(parts) + "~" + rest, office) in REFUSED


def test_characters_outside_the_alphabet_are_not_skipped(office: Office) -> None:
    """Python's decoder drops them: two different files would carry one signature."""
    signed, rest = office.issue().split("~", 1)
    for filler in ("!", "\n", "=", "é", "\0"):
        assert outcome(f"{signed[:-5]}{filler}{signed[-5:]}~{rest}", office) in REFUSED


# -- algorithms and keys ----------------------------------------------------------------------------------


def test_a_file_without_a_signature_is_refused(office: Office) -> None:
    for algorithm in ("none", "None", "NONE", "", None, ["ES256"], {"a": 1}, 0):
        head = b64(json.dumps({"typ": "dc+sd-jwt", "alg": algorithm, "kid": office.kid}).encode())
        body = office.issue().split(".")[1]
        assert outcome(f"{head}.{body}.~", office) == "forged"


def test_the_public_key_is_no_shared_secret(office: Office) -> None:
    head = b64(json.dumps({"typ": "dc+sd-jwt", "alg": "HS256", "kid": office.kid}).encode())
    text = f"{head}.{office.issue().split('.')[1]}"
    for secret in (json.dumps(office.jwk).encode(), unb64(office.jwk["x"])):
        assert outcome(f"{text}.{b64(hmac.digest(secret, text.encode(), 'sha256'))}~", office) == "forged"


@pytest.mark.parametrize("algorithm", ["ES384", "ES512", "RS256", "PS256", "EdDSA", "Ed25519", "ML-DSA-44"])
def test_other_algorithms_are_refused(office: Office, algorithm: str) -> None:
    assert outcome(office.sign({"alg": algorithm}), office) == "forged"


def test_another_offices_key_under_the_same_kid_is_refused(office: Office) -> None:
    thief = Office()
    thief.id, thief.kid = office.id, office.kid
    assert outcome(thief.issue(), office) == "forged"


def test_an_office_cannot_sign_in_anothers_name(office: Office) -> None:
    other = Office("city-police")
    both = trust.TrustList({office.id: office.issuer, other.id: other.issuer}, NOW)
    forged = other.issue(issuer=office.id)
    assert sdjwt.check(forged, both, NOW).code == "cannot-tell"
    assert sdjwt.check(forged, both, NOW).claims == {}


def test_an_unknown_issuer_is_not_ours_and_an_unknown_key_cannot_be_told(office: Office) -> None:
    stranger = Office("other-place")
    assert outcome(stranger.issue(), office) == "not-ours"
    assert outcome(office.sign({"kid": "another"}), office) == "cannot-tell"


def test_an_office_may_not_issue_what_the_list_does_not_give_it(office: Office) -> None:
    assert outcome(office.issue(vct="urn:tongban:licence:household-certificate"), office) == "forged"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": "vc+sd-jwt"},
        {"typ": None},
        {"typ": []},
        {"crit": ["x"]},
        {"kid": 5},
        {"kid": None},
    ],
)
def test_headers_that_ask_for_something_else_are_refused(office: Office, header: dict[str, Any]) -> None:
    assert outcome(office.sign(header), office) in REFUSED


def test_a_key_that_the_file_brings_along_is_ignored(office: Office) -> None:
    thief = Office()
    thief.id, thief.kid = office.id, office.kid
    assert (
        outcome(thief.sign({"jwk": thief.jwk, "jku": "https://thief.example/keys", "x5c": ["AAAA"]}), office)
        == "forged"
    )


# -- disclosures ------------------------------------------------------------------------------------------


def test_a_disclosure_nobody_signed_is_refused(office: Office) -> None:
    added, _ = disclosure("salt", "area", 46000)
    assert outcome(office.issue() + added + "~", office) == "forged"


def test_a_disclosure_given_twice_is_refused(office: Office) -> None:
    token = office.issue()
    assert outcome(token + token.split("~")[1] + "~", office) == "forged"


def test_a_changed_disclosure_is_refused(office: Office) -> None:
    signed, *fields, _ = office.issue().split("~")
    salt, name, _value = json.loads(unb64(fields[0]))
    changed, _ = disclosure(salt, name, "changed")
    assert outcome("~".join([signed, changed, *fields[1:], ""]), office) == "forged"


@pytest.mark.parametrize("name", ["iss", "exp", "nbf", "vct", "number", "_sd", "...", "status", "cnf"])
def test_a_disclosure_cannot_say_what_must_stand_in_clear(office: Office, name: str) -> None:
    """A holder could withhold it, and nobody would see that a licence has an end or was replaced."""
    text, digest = disclosure("salt", name, "x")
    assert outcome(office.sign(number="JY1", _sd=[digest]) + text + "~", office) == "forged"


@pytest.mark.parametrize(
    "sd",
    ["x", {"a": 1}, [1], [None], [["x"]], ["same", "same"], None],
)
def test_tricks_with_sd_are_refused_or_show_nothing(office: Office, sd: Any) -> None:
    found = sdjwt.check(office.sign(number="JY1", _sd=sd), office.trust, NOW)
    assert found.code in REFUSED or found.claims == {"number": "JY1"}


def test_one_digest_in_two_places_is_refused(office: Office) -> None:
    text, digest = disclosure("salt", "area", 46)
    assert outcome(office.sign(_sd=[digest], deep={"_sd": [digest]}) + text + "~", office) == "forged"


def test_a_disclosure_that_discloses_itself_in_a_long_chain_is_refused(office: Office) -> None:
    chain, digest = disclosure("salt", "end", 1)
    fields = [chain]
    for _ in range(150):
        chain, digest = disclosure("salt", "next", {"_sd": [digest]})
        fields.append(chain)
    assert outcome(office.sign(_sd=[digest]) + "~".join(fields) + "~", office) in REFUSED


@pytest.mark.parametrize(
    "text",
    [
        "AAAA",
        b64(b"{}"),
        b64(b"[1]"),
        b64(b"[1,2,3,4]"),
        b64(b'["s",1,2]'),
        b64(b"not json"),
        b64(b"\xff\xfe"),
    ],
)
def test_a_disclosure_of_another_shape_is_refused(office: Office, text: str) -> None:
    digest = b64(hashlib.sha256(text.encode()).digest())
    assert outcome(office.sign(_sd=[digest]) + text + "~", office) in REFUSED


@pytest.mark.parametrize("algorithm", ["sha-512", "md5", "", None, 1, ["sha-256"]])
def test_another_digest_is_refused(office: Office, algorithm: Any) -> None:
    assert outcome(office.sign(_sd_alg=algorithm), office) in REFUSED


def test_a_key_binding_nobody_asked_for_is_refused(office: Office) -> None:
    token = office.issue()
    assert outcome(token + token.split("~")[0], office) == "unreadable"


# -- things that are no licence ---------------------------------------------------------------------------


def bombs(office: Office) -> dict[str, str | bytes]:
    nested = b64(b"[" * 20000 + b"]" * 20000)
    deep = b64(b'{"a":' * 5000 + b"1" + b"}" * 5000)
    number = b64(b'{"alg":"ES256","iat":' + b"9" * 20000 + b"}")
    head = b64(json.dumps({"typ": "dc+sd-jwt", "alg": "ES256", "kid": office.kid}).encode())
    twice = b64(b'{"iss":"a","iss":"' + office.id.encode() + b'"}')
    not_a_number, surrogate = b64(b'{"iss":NaN}'), b64(rb'{"iss":"\ud800"}')
    return {
        "empty": "",
        "tildes": "~" * 60000,
        "dots": "." * 60000 + "~",
        "a megabyte": office.issue() + "A" * 1_000_000,
        "a megabyte of bytes": b"\0" * 1_000_000,
        "just over": "A" * (sdjwt.MAX_BYTES + 1),
        "too many fields": office.sign() + "AA~" * 20000,
        "nested header": f"{nested}.e30.AA~",
        "nested payload": f"{head}.{deep}.AA~",
        "huge number": f"{number}.{number}.AA~",
        "member twice": f"{head}.{twice}.AA~",
        "array header": f"{b64(b'[0]')}.e30.AA~",
        "text payload": f"{head}.{b64(b'1')}.AA~",
        "NaN": f"{head}.{not_a_number}.AA~",
        "lone surrogate": f"{head}.{surrogate}.AA~",
        "a JWT": office.issue().split("~")[0],
        "a PDF": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        "UTF-16": office.issue().encode("utf-16"),
        "JSON": json.dumps({"payload": "x", "signatures": []}),
    }


@pytest.mark.parametrize("name", sorted(bombs(Office())))
def test_what_is_no_licence_gets_plain_words(office: Office, name: str) -> None:
    result = verification.verify(bombs(office)[name], office.trust, NOW)
    assert result.outcome in REFUSED
    assert result.message.zh
    assert "Traceback" not in result.message.en
    assert result.holder is None


@settings(max_examples=200, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300),
        st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]*~([\w-]+~){0,3}", fullmatch=True),
    )
)
def test_random_input_is_never_valid_and_never_raises(data: str | bytes) -> None:
    assert verification.verify(data, SOME_OFFICE.trust, NOW).outcome in REFUSED


def test_a_fault_inside_the_library_is_a_refusal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def trip(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(sdjwt.SdJwtVcProofSuite, "verify", trip)
    assert outcome(office.issue(), office) == "unreadable"


def test_nothing_of_a_forged_file_is_repeated(office: Office) -> None:
    thief = Office()
    thief.id, thief.kid = office.id, office.kid
    result = verification.verify(thief.issue(), office.trust, NOW)
    assert (result.outcome, result.issuer, result.number, result.fields) == ("forged", None, None, ())


def test_the_library_decodes_what_python_decodes() -> None:
    """The reason for insisting on one spelling: the standard decoder ignores the unused bits."""
    assert base64.urlsafe_b64decode("AB==") == base64.urlsafe_b64decode("AA==")
