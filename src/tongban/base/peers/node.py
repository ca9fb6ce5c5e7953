"""This node among others: its key and its card."""

from __future__ import annotations

from datetime import datetime

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from tongban.base.directory import queries as directory
from tongban.base.kit import keys
from tongban.base.peers import cards
from tongban.core.values.text import Bilingual


def key() -> Ed25519PrivateKey:
    """The private key that signs this node's requests and answers; made on first use."""
    made = keys.signing_key("node", "Ed25519")
    if not isinstance(made, Ed25519PrivateKey):
        raise TypeError("keys/node.pem holds another kind of key than Ed25519")
    return made


def jwk() -> dict[str, str]:
    raw = key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return cards.public_jwk({"kty": "OKP", "crv": "Ed25519", "x": cards.b64(raw)})


def code() -> str:
    """Division code of the place that this node serves; empty before anything is installed."""
    return settings.PLACE or directory.default_place()


def card(now: datetime, url: str) -> cards.Card:
    """Raises LookupError when this node does not know yet which place it serves."""
    return cards.Card(code(), _name(now), cards.base_url(url), jwk())


def _name(now: datetime) -> Bilingual:
    """Of the pack in force; before the first installation of the pack on disk that is for this place."""
    try:
        manifest = directory.pack_in_force(now).manifest
    except LookupError:
        return _name_on_disk()
    return manifest.brand.name if manifest.brand else manifest.name


def _name_on_disk() -> Bilingual:
    for path in sorted(settings.PACKS.glob("*/pack.yaml")):
        manifest = yaml.safe_load(path.read_bytes())
        if isinstance(manifest, dict) and str(manifest.get("jurisdiction")) == settings.PLACE:
            named = (manifest.get("brand") or manifest)["name"]
            return Bilingual(zh=named["zh"], en=named["en"])
    raise LookupError("this node serves no place yet: run `tongban pack install`, or set TONGBAN_PLACE")
