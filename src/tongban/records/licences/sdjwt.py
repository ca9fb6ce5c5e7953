"""Licence files as SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc): one strict policy around the library.

    <issuer-signed JWT>~<disclosure>~<disclosure>~...~

Every claim that may be withheld is a salted disclosure whose SHA-256 digest the issuer signed; the others stand in
the JWT in clear. `issue` makes such a file, `check` judges one. Whatever a stranger hands in, `check` returns an
`Outcome`; it never raises. The library does the cryptography and the disclosures. This module adds what the library
leaves to its caller: which issuers and keys count, the one instant that `now` is, canonical base64url (a changed bit
in the padding of a signature is a changed file), repeated JSON members, sizes.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from openvc import Ed25519SigningKey, P256SigningKey
from openvc.errors import OpenvcError
from openvc.keys import jwk_thumbprint
from openvc.proof.errors import SignatureInvalid
from openvc.proof.sd_jwt import SdJwtVcProofSuite

from tongban.core.values.text import Bilingual
from tongban.records.licences.trust import Issuer, TrustList

MAX_BYTES = 64 * 1024
MAX_DISCLOSURES = 200
TYPE = "dc+sd-jwt"
ALGORITHMS = {"ES256": ("EC", "P-256"), "Ed25519": ("OKP", "Ed25519")}
"""Allowed algorithms and the only kind of key that each may be used with."""
CLOCK_SKEW = 60
"""Seconds by which the signer's clock may be ahead of ours."""
RESERVED = frozenset(
    {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "cnf", "vct", "aka_vcts", "status", "_sd", "_sd_alg"}
)
"""Claim names with a meaning of their own; a licence's field may not take one (see document.py)."""

_FORM = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*~(?:[A-Za-z0-9_-]+~)*")

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be thought of a file. `claims` is filled only when the signature is the issuer's."""

    code: str
    """`valid`, `expired`, `not-yet-valid`, `not-ours`, `forged`, `unreadable` or `cannot-tell`."""
    reason: Bilingual
    issuer: Issuer | None = None
    vct: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)


class _Refused(Exception):
    def __init__(self, code: str, zh: str, en: str, issuer: Issuer | None = None) -> None:
        super().__init__(en)
        self.outcome = Outcome(code, Bilingual(zh=zh, en=en), issuer)


def signing_key(key: PrivateKey, kid: str = "") -> P256SigningKey | Ed25519SigningKey:
    """The library's form of a private key; `kid` is its RFC 7638 thumbprint unless given."""
    made = (
        Ed25519SigningKey(key, kid, alg="Ed25519")
        if isinstance(key, ed25519.Ed25519PrivateKey)
        else P256SigningKey(key, kid)
    )
    return made if kid else signing_key(key, jwk_thumbprint(made.public_jwk()))


def issue(
    claims: Mapping[str, Any],
    *,
    disclosable: Collection[str],
    always: Collection[str],
    vct: str,
    issuer: str,
    key: PrivateKey,
    kid: str,
    issued_at: datetime,
    valid_to: datetime | None,
    valid_from: datetime | None = None,
) -> str:
    """A signed file. Each claim is named in exactly one of `disclosable` (may be withheld) and `always`.

    `valid_from` and `valid_to` are instants; from `valid_to` on the file is expired, None means long-term.
    """
    if sorted([*disclosable, *always]) != sorted(claims):
        raise ValueError("every claim is either always shown or may be withheld, and never both")
    if taken := RESERVED & set(claims):
        raise ValueError(f"these claim names have a meaning of their own: {', '.join(sorted(taken))}")
    payload = dict(claims) | {"iss": issuer, "iat": int(issued_at.timestamp())}
    if valid_from is not None:
        payload["nbf"] = int(valid_from.timestamp())
    if valid_to is not None:
        payload["exp"] = int(valid_to.timestamp())
    token = SdJwtVcProofSuite().issue(
        payload, signing_key=signing_key(key, kid), disclosable=sorted(disclosable), vct=vct
    )
    if len(token) > MAX_BYTES:
        raise ValueError("the licence has more content than fits a file of 64 KB")
    return token


def check(token: str | bytes, trust: TrustList, now: datetime) -> Outcome:
    """Judge a file at an instant against the issuers that are trusted. Never raises."""
    try:
        return _check(_text(token), trust, now)
    except _Refused as refused:
        return refused.outcome
    except Exception:  # whatever a library trips over is a refusal, never a stack trace
        return Outcome("unreadable", _UNREADABLE)


_UNREADABLE = Bilingual(zh="这不是一份可读的电子证照文件。", en="This is not a readable e-licence file.")


def _check(token: str, trust: TrustList, now: datetime) -> Outcome:
    if not _FORM.fullmatch(token):
        raise _Refused("unreadable", _UNREADABLE.zh, _UNREADABLE.en)
    signed, *disclosures = token[:-1].split("~")
    if len(disclosures) > MAX_DISCLOSURES:
        raise _Refused(
            "unreadable", "文件中的字段过多。", "The file has more fields than a licence can have."
        )
    segments = signed.split(".")
    header, payload = (_object(_bytes(segment)) for segment in segments[:2])
    for segment in (segments[2], *disclosures):
        _bytes(segment)
    if len(set(disclosures)) != len(disclosures):
        raise _Refused("forged", "文件中有重复的字段。", "The file holds the same field twice.")

    algorithm, issuer, jwk = _trusted_key(header, payload, trust)
    try:
        verified = _Suite(leeway_s=0).verify(token, public_key_jwk=dict(jwk))
    except SignatureInvalid:
        raise _Refused(
            "forged",
            "签名与内容不符：文件被改动过，或并非由所称机关签发。",
            "The signature does not match: the file was changed, or the office it names did not sign it.",
        ) from None
    except OpenvcError:
        raise _Refused(
            "forged",
            "文件含有签发机关没有签署的内容，或不合格式规定。",
            "The file holds something its issuer did not sign, or breaks the rules of its format.",
        ) from None
    if verified.issuer != issuer.id or verified.typ != TYPE or algorithm not in ALGORITHMS:
        raise _Refused("forged", "文件不合格式规定。", "The file breaks the rules of its format.")
    if issuer.types is not None and verified.vct not in issuer.types:
        raise _Refused(
            "forged",
            "所称机关无权签发这类证照。",
            "The office that signed this may not issue licences of this kind.",
        )
    code, reason = _period(payload, now)
    claims = {name: value for name, value in verified.claims.items() if name not in RESERVED}
    return Outcome(code, reason, issuer, verified.vct, claims)


def _trusted_key(
    header: Mapping[str, Any], payload: Mapping[str, Any], trust: TrustList
) -> tuple[str, Issuer, Mapping[str, str]]:
    """(algorithm, issuer, key). Everything here is a stranger's claim until the signature is checked with the key."""
    algorithm, kid, iss = header.get("alg"), header.get("kid"), payload.get("iss")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _Refused(
            "forged",
            "文件没有以认可的算法签名。",
            "The file is not signed in a way that is accepted.",
        )
    if header.get("typ") != TYPE or "crit" in header or not isinstance(kid, str) or not isinstance(iss, str):
        raise _Refused("unreadable", _UNREADABLE.zh, _UNREADABLE.en)
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise _Refused(
            "forged", "文件使用了不认可的摘要算法。", "The file uses a digest that is not accepted."
        )
    issuer = trust.issuers.get(iss)
    if issuer is None:
        raise _Refused(
            "not-ours",
            "签发者不在信任名单上，无法确认这份证照。",
            "The issuer is not on the trust list, so nothing confirms this licence.",
        )
    jwk = issuer.keys.get(kid)
    if jwk is None:
        raise _Refused(
            "cannot-tell",
            f"文件自称由{issuer.name.zh}签发，但信任名单上没有这把密钥：文件可能是伪造的，或名单已过时。",
            f"The file says it is from {issuer.name.en}, but the trust list does not have this key: "
            "it may be forged, or the list may be out of date.",
        )
    if (jwk["kty"], jwk["crv"]) != ALGORITHMS[algorithm]:
        raise _Refused(
            "forged", "签名算法与密钥不符。", "The signature's algorithm does not go with the key."
        )
    return algorithm, issuer, jwk


def _period(payload: Mapping[str, Any], now: datetime) -> tuple[str, Bilingual]:
    """The dates are checked here and not by the library, whose clock cannot be told what day is asked about."""
    instant = now.timestamp()
    if "exp" in payload and instant >= payload["exp"]:
        return "expired", Bilingual(zh="证照已过有效期。", en="The licence has expired.")
    if instant < payload.get("nbf", instant) or instant + CLOCK_SKEW < payload.get("iat", instant):
        return "not-yet-valid", Bilingual(zh="证照尚未生效。", en="The licence is not valid yet.")
    return "valid", Bilingual(zh="证照有效。", en="The licence is valid.")


class _Suite(SdJwtVcProofSuite):
    """The library's verifier without its clock; the shape of the dates is still checked."""

    def _check_temporal(self, claims: dict[str, Any], *, check_temporal: bool = True) -> bool:
        for name in ("exp", "nbf", "iat"):
            value = claims.get(name, 0)
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 40:
                raise _Refused("forged", "文件中的日期不合规定。", "A date in the file is not a date.")
        return False


def _text(token: str | bytes) -> str:
    if len(token) > MAX_BYTES:
        raise _Refused(
            "unreadable",
            "文件超过 64 KB，不是电子证照文件。",
            "The file is larger than 64 KB: no e-licence is.",
        )
    return token if isinstance(token, str) else token.decode("ascii")


def _bytes(segment: str) -> bytes:
    """Decode base64url and insist on its one canonical spelling."""
    data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != segment:
        raise _Refused("forged", "文件中有被改动的字符。", "A character of the file was changed.")
    return data


def _object(data: bytes) -> dict[str, Any]:
    value = json.loads(data, object_pairs_hook=_once)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member is repeated")
    return made
