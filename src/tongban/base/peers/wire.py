"""One request to one peer: to its registered address only, no redirects, bounded in time and size."""

from __future__ import annotations

import http.client
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from tongban.base.peers import cards, node, signing
from tongban.base.peers.refusals import NoAnswer, PeerRefused

TIMEOUT = 10
"""Seconds for each step: connecting, and every wait for the next bytes."""
DEADLINE = 60
"""Seconds for the whole answer: a peer that trickles does not hold a worker."""
MAX_ANSWER = 8 * 1024 * 1024

_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


class Peer(Protocol):
    """A row of `models.Peer`."""

    node: str
    base_url: str
    kid: str
    key: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer answered, its signature checked. A refusal is an answer too."""

    status: int
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status == 200


def call(
    peer: Peer,
    method: str,
    path: str,
    *,
    now: Callable[[], datetime],
    body: bytes = b"",
    limit: int = MAX_ANSWER,
) -> Answer:
    """Ask a peer, signed, and believe its answer only when it is signed too. Raises `NoAnswer`."""
    request = signing.Request(method, peer.base_url + checked(path), {"Accept": "application/json"})
    if body:
        request.headers["Content-Type"] = "application/json"
    jwk = node.jwk()
    signing.sign_request(request, body, to=peer.node, key=node.key(), kid=jwk["kid"], now=now())
    response, answered = _exchange(request, body, limit)
    try:
        signing.verify_response(response, answered, key=cards.public_key(peer.key), kid=peer.kid, now=now())
    except PeerRefused as refused:
        raise NoAnswer(
            f"the answer ({response.status_code}) is not signed by {peer.node}: {refused.code}"
        ) from refused
    return Answer(response.status_code, answered)


def fetch_card(url: str, *, now: Callable[[], datetime]) -> cards.Card:
    """The card at an address, signed with the key it names: whoever answers has that key.

    Raises `NoAnswer` or `CardInvalid`.
    """
    base = cards.base_url(url)
    request = signing.Request("GET", f"{base}/peer.json", {"Accept": "application/json"})
    response, body = _exchange(request, b"", cards.MAX_BYTES)
    if response.status_code != 200:
        raise NoAnswer(f"{base} has no card (status {response.status_code})")
    card = cards.parse(body, url=base)
    try:
        signing.verify_response(
            response, body, key=cards.public_key(card.key), kid=card.kid, now=now(), signed=False
        )
    except PeerRefused as refused:
        raise NoAnswer(
            f"the card of {base} is not signed with the key that it names: {refused.code}"
        ) from refused
    return card


def checked(path: str) -> str:
    """A plain path: no query, no empty or dotted segment. ValueError: a programming mistake, or an attack on us."""
    if len(path) > 200 or not _PATH.fullmatch(path):
        raise ValueError("not a path of the protocol between nodes")
    return path


def _exchange(request: signing.Request, body: bytes, limit: int) -> tuple[signing.Response, bytes]:
    parts = urlsplit(request.url)
    ends = time.monotonic() + DEADLINE
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname or "", parts.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request(request.method, parts.path, body=body or None, headers=dict(request.headers))
        response = connection.getresponse()
        chunks, size = [], 0
        while chunk := response.read1(65536):
            size += len(chunk)
            if size > limit:
                raise NoAnswer("the answer is larger than it may be")
            if time.monotonic() > ends:
                raise NoAnswer("the answer took too long")
            chunks.append(chunk)
        headers: dict[str, str] = {}
        for name, value in response.getheaders():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return signing.Response(response.status, headers, request), b"".join(chunks)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(f"no connection: {type(error).__name__}") from error
    finally:
        connection.close()
