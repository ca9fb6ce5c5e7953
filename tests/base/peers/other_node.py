"""Another node as tests need it: its key, its row among the peers, its signed requests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from tongban.base.kit.acting import Acting, system
from tongban.base.peers import cards, node, signing
from tongban.core.values.text import Bilingual

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HERE = "990100"
BASE = "http://testserver"


def here(now: datetime = NOW) -> Acting:
    return system(now, HERE, "test")


@dataclass
class OtherNode:
    code: str = "980100"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    url: str = "https://lanxi.example"

    @property
    def jwk(self) -> dict[str, str]:
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return cards.public_jwk({"kty": "OKP", "crv": "Ed25519", "x": cards.b64(raw)})

    @property
    def card(self) -> cards.Card:
        return cards.Card(self.code, Bilingual(zh="澜溪办事", en="Lanxi Services"), self.url, self.jwk)

    def trusted_here(self) -> Any:
        from tongban.base.peers import actions

        return actions.add_peer(acting=here(), card=self.card, trusted=True, by="test")

    def sign(
        self, method: str, path: str, body: bytes = b"", *, to: str = HERE, now: datetime = NOW
    ) -> dict[str, str]:
        """Headers of a request to this node."""
        request = signing.Request(method, BASE + path, {})
        signing.sign_request(request, body, to=to, key=self.key, kid=self.jwk["kid"], now=now)
        return dict(request.headers)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        now: datetime = NOW,
    ) -> Any:
        """A request through the door; signed now unless `headers` are given."""
        sent = dict(headers) if headers is not None else self.sign(method, path, body, now=now)
        with mock.patch("django.utils.timezone.now", return_value=now):
            return Client().generic(method, path, body, content_type="application/json", headers=sent)

    def believes(
        self, response: Any, method: str, path: str, asked: Mapping[str, str], now: datetime = NOW
    ) -> None:
        """Raises unless this is the signed answer of this node to that request."""
        received = signing.Response(
            response.status_code,
            dict(response.headers.items()),
            signing.Request(method, BASE + path, dict(asked)),
        )
        key = node.jwk()
        signing.verify_response(
            received, response.content, key=cards.public_key(key), kid=key["kid"], now=now
        )
