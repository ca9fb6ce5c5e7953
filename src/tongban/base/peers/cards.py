"""A node's card: who it is, where it is reached, which key speaks for it. Published at `/peer.json`.

    {"version": 1, "node": "990100", "name": {"zh": "...", "en": "..."}, "url": "https://host",
     "key": {"kty": "OKP", "crv": "Ed25519", "x": "...", "kid": "<RFC 7638 thumbprint>"},
     "trust_list": "/peer/trust-list", "packs": "/peer/packs"}

A card proves nothing: whoever adds a peer compares the fingerprint over another channel.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tongban.core.values.text import Bilingual

VERSION = 1
TRUST_LIST = "/peer/trust-list"
PACKS = "/peer/packs"
MAX_BYTES = 16 * 1024

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")


class CardInvalid(ValueError):
    """Not a card; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Card:
    node: str
    """Division code of the place that the node serves."""
    name: Bilingual
    url: str
    key: Mapping[str, str]

    @property
    def kid(self) -> str:
        return self.key["kid"]

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.key)

    def document(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "node": self.node,
            "name": {"zh": self.name.zh, "en": self.name.en},
            "url": self.url,
            "key": dict(self.key),
            "trust_list": TRUST_LIST,
            "packs": PACKS,
        }


def parse(data: bytes, *, url: str | None = None) -> Card:
    """Read a card. `url` is the address it was fetched from; without it the card's own counts. Raises `CardInvalid`."""
    if len(data) > MAX_BYTES:
        raise CardInvalid("a card has at most 16 KB")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CardInvalid("not JSON") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise CardInvalid(f'not a card of version {VERSION} (member "version")')
    node, name, key = document.get("node"), document.get("name"), document.get("key")
    if not isinstance(node, str) or not re.fullmatch(r"[0-9]{6}", node):
        raise CardInvalid('"node" must be a division code of six digits')
    if not isinstance(name, dict) or not all(_short(name.get(tag)) for tag in ("zh", "en")):
        raise CardInvalid('"name" must have text of at most 120 characters for zh and en')
    return Card(
        node, Bilingual(zh=name["zh"], en=name["en"]), base_url(url or document.get("url")), public_jwk(key)
    )


def public_jwk(key: Any) -> dict[str, str]:
    """The key with its thumbprint as `kid`. Raises `CardInvalid` for anything but a public Ed25519 key."""
    if not isinstance(key, dict) or (key.get("kty"), key.get("crv")) != ("OKP", "Ed25519"):
        raise CardInvalid('"key" must be a JWK of kind OKP Ed25519')
    if "d" in key:
        raise CardInvalid('"key" is a private key: replace it at once')
    try:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": key["x"]}
        public_key(jwk)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CardInvalid('"key" has no readable "x"') from error
    return {**jwk, "kid": thumbprint(jwk)}


def public_key(jwk: Mapping[str, str]) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(unb64(jwk["x"]))


def thumbprint(jwk: Mapping[str, str]) -> str:
    """RFC 7638, for OKP keys by RFC 8037."""
    return b64(_digest(jwk))


def fingerprint(jwk: Mapping[str, str]) -> str:
    """The same digest for people: 16 groups of four hexadecimal digits."""
    text = _digest(jwk).hex()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def same_fingerprint(one: str, other: str) -> bool:
    """Whatever stands between the digits."""
    return bool(re.search(r"[0-9a-f]", other.lower())) and _hex(one) == _hex(other)


def base_url(value: Any) -> str:
    """Scheme, host and port in one spelling. Raises `CardInvalid`.

    Without TLS only the same machine may be named: a trial with two nodes side by side.
    """
    parts = urlsplit(value if isinstance(value, str) else "")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise CardInvalid("the address has no readable port") from error
    if parts.scheme not in ("https", "http") or not (_HOST.fullmatch(host) or _is_ip(host)):
        raise CardInvalid("the address must be https://host or https://host:port")
    if parts.username or parts.password or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise CardInvalid("the address is scheme, host and port only")
    if parts.scheme == "http" and not _is_loopback(host):
        raise CardInvalid("another machine is reached over https only")
    shown = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{shown}" + (f":{port}" if port not in (None, usual) else "")


def covers(node: str, place: str) -> bool:
    """Whether a node of the place `node` may speak for `place`: itself or a division within (GB/T 2260)."""
    prefix = re.sub(r"(00)+$", "", node)
    return place.startswith(prefix)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64(data) != text:
        raise ValueError("not canonical base64url")
    return data


def _digest(jwk: Mapping[str, str]) -> bytes:
    members = {name: jwk[name] for name in ("crv", "kty", "x")}
    return hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()


def _hex(text: str) -> str:
    return re.sub(r"[\s:-]", "", text).lower()


def _short(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 120 and value.isprintable()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)
