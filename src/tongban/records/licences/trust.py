"""Whose signatures count: the trust list.

    {"version": 1, "published": "2026-11-25T08:00:00+00:00",
     "issuers": [{"issuer": "urn:tongban:<place>:<organisation>", "organisation": "<id in the pack>",
                  "name": {"zh": "...", "en": "..."}, "keys": [<public JWK with kid>],
                  "types": ["urn:tongban:licence:<kind>"],             licences this office may issue; absent: any
                  "withdrawn": {"<digest of identifier>": "revoked"}}]}     known when the list was published

A node publishes its own list as a file; whoever checks licences offline keeps a copy. A withdrawal is refused online
at once, offline as soon as the copy of the list is newer than the withdrawal.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from tongban.base.kit import environment
from tongban.core.values.text import Bilingual

VERSION = 1
MAX_BYTES = 32 * 1024 * 1024
WITHDRAWN = frozenset({"suspended", "revoked", "superseded"})
_KEY_MEMBERS = {("EC", "P-256"): ("x", "y"), ("OKP", "Ed25519"): ("x",)}


class TrustListInvalid(ValueError):
    """The file is no trust list; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Issuer:
    id: str
    organisation: str
    name: Bilingual
    keys: Mapping[str, Mapping[str, str]]
    """kid -> public JWK."""
    types: frozenset[str] | None = None
    """Types (vct) this office may issue; None: any."""
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    """`digest_of(identifier)` -> `suspended`, `revoked` or `superseded`."""


@dataclass(frozen=True, slots=True)
class TrustList:
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    published: datetime | None = None

    def withdrawal(self, issuer: Issuer, identifier: str | None) -> str | None:
        return issuer.withdrawn.get(digest_of(identifier)) if identifier else None


def issuer_id(place: str, organisation: str) -> str:
    return f"urn:tongban:{place}:{organisation}"


def type_of(kind: str) -> str:
    """The `vct` of a licence kind."""
    return f"urn:tongban:licence:{kind}"


def digest_of(identifier: str) -> str:
    """How a withdrawn licence is named in a list, which is public: not by its identifier (it holds the number)."""
    return hashlib.sha256(identifier.encode()).hexdigest()[:32]


def file_of_node() -> Path:
    return environment.home() / "trust-list.json"


def folder_of_others() -> Path:
    """Lists of other places that this node trusts: one JSON file each, put there by the administrator."""
    return environment.home() / "trusted"


def read(path: Path) -> TrustList:
    try:
        with path.open("rb") as file:
            return parse(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise TrustListInvalid(f"{path} cannot be read: {error.strerror}") from error
    except TrustListInvalid as error:
        raise TrustListInvalid(f"{path}: {error}") from error


def merge(lists: Iterable[TrustList]) -> TrustList:
    """All issuers of several lists; the first list that names an issuer is believed. The age is the oldest one."""
    issuers: dict[str, Issuer] = {}
    ages: list[datetime] = []
    for each in lists:
        issuers = {**each.issuers, **issuers}
        ages += [each.published] if each.published else []
    return TrustList(MappingProxyType(issuers), min(ages, default=None))


def parse(data: bytes) -> TrustList:
    """Read and validate a list. Raises `TrustListInvalid`."""
    if len(data) > MAX_BYTES:
        raise TrustListInvalid("a trust list has at most 32 MB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise TrustListInvalid("not JSON") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise TrustListInvalid(f'not a trust list of version {VERSION} (member "version")')
    entries = document.get("issuers")
    if not isinstance(entries, list):
        raise TrustListInvalid('member "issuers" must be an array')
    issuers: dict[str, Issuer] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            issuer = _issuer(entry)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise TrustListInvalid(f"issuer {number}: {_said(error)}") from error
        if issuer.id in issuers:
            raise TrustListInvalid(f"issuer {number}: {issuer.id} is listed twice")
        issuers[issuer.id] = issuer
    return TrustList(MappingProxyType(issuers), _instant(document.get("published")))


def document_of(issuers: Iterable[Issuer], published: datetime) -> dict[str, Any]:
    """The JSON form of a list, in a stable order."""
    return {
        "version": VERSION,
        "published": published.isoformat(timespec="seconds"),
        "issuers": [
            {
                "issuer": issuer.id,
                "organisation": issuer.organisation,
                "name": {"zh": issuer.name.zh, "en": issuer.name.en},
                "keys": [dict(issuer.keys[kid]) for kid in sorted(issuer.keys)],
                **({} if issuer.types is None else {"types": sorted(issuer.types)}),
                **({"withdrawn": dict(sorted(issuer.withdrawn.items()))} if issuer.withdrawn else {}),
            }
            for issuer in sorted(issuers, key=lambda issuer: issuer.id)
        ],
    }


def _issuer(entry: Any) -> Issuer:
    if not isinstance(entry, dict):
        raise ValueError("must be an object")
    identifier, organisation, name = entry["issuer"], entry["organisation"], entry["name"]
    if not isinstance(identifier, str) or not identifier.startswith(("https://", "urn:")):
        raise ValueError('"issuer" must be an https address or a urn')
    if not isinstance(organisation, str):
        raise ValueError('"organisation" must be text')
    if not isinstance(name, dict) or not all(
        isinstance(name.get(tag), str) and name[tag] for tag in ("zh", "en")
    ):
        raise ValueError('"name" must have text for zh and en')
    if not isinstance(entry["keys"], list) or not entry["keys"]:
        raise ValueError('"keys" must be an array with at least one key')
    keys: dict[str, Mapping[str, str]] = {}
    for jwk in map(_public_key, entry["keys"]):
        if jwk["kid"] in keys:
            raise ValueError(f"key {jwk['kid']} is listed twice")
        keys[jwk["kid"]] = jwk
    types, withdrawn = entry.get("types"), entry.get("withdrawn", {})
    if types is not None and not (isinstance(types, list) and all(isinstance(item, str) for item in types)):
        raise ValueError('"types" must be an array of texts')
    if not isinstance(withdrawn, dict) or not all(state in WITHDRAWN for state in withdrawn.values()):
        raise ValueError(f'"withdrawn" must map to one of {", ".join(sorted(WITHDRAWN))}')
    bilingual = Bilingual(zh=name["zh"], en=name["en"])
    return Issuer(
        identifier, organisation, bilingual, keys, None if types is None else frozenset(types), withdrawn
    )


def _public_key(jwk: Any) -> Mapping[str, str]:
    if not isinstance(jwk, dict) or not all(isinstance(value, str) for value in jwk.values()):
        raise ValueError("a key must be a JWK of text members")
    if "d" in jwk:
        raise ValueError("a key is a private key; take it out of the list and replace it")
    if not jwk.get("kid"):
        raise ValueError('a key has no "kid"')
    members = _KEY_MEMBERS.get((jwk.get("kty", ""), jwk.get("crv", "")))
    if members is None:
        raise ValueError(f"key {jwk['kid']} must be EC P-256 or OKP Ed25519")
    numbers = [base64.urlsafe_b64decode(jwk[member] + "=" * (-len(jwk[member]) % 4)) for member in members]
    if any(len(number) != 32 for number in numbers):
        raise ValueError(f"key {jwk['kid']} has coordinates of the wrong length")
    if len(numbers) == 2:  # raises ValueError when the point is not on the curve
        ec.EllipticCurvePublicNumbers(
            int.from_bytes(numbers[0]), int.from_bytes(numbers[1]), ec.SECP256R1()
        ).public_key()
    else:
        ed25519.Ed25519PublicKey.from_public_bytes(numbers[0])
    return MappingProxyType({member: jwk[member] for member in ("kty", "crv", *members, "kid")})


def _instant(value: Any) -> datetime | None:
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if value is not None and (instant is None or instant.tzinfo is None):
        raise TrustListInvalid('"published" must be an instant such as 2026-11-25T08:00:00+00:00')
    return instant


def _said(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)
