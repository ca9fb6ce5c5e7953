"""Requests and answers between nodes, signed by RFC 9421 (HTTP Message Signatures) over RFC 9530 digests.

    Tongban-To: 990100
    Content-Digest: sha-256=:...:
    Signature-Input: peer=("@method" "@target-uri" "content-digest" "tongban-to");created=...;keyid="<thumbprint>";
                     nonce="...";alg="ed25519";tag="tongban-peer"

An answer covers its status and digest and, by `req` components (RFC 9421 section 2.4), the request it answers and that
request's signature: an answer cannot be kept and served to another question. The library does the cryptography, the
components and the digest of the body. This module says what must be covered, by which key, and how old it may be, with
`now` as the only clock.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from tongban.base.peers.refusals import Downgraded, Expired, Forged, Misdirected, Unsigned

TAG = "tongban-peer"
LABEL = "peer"
ALGORITHM = "ed25519"
TO = "tongban-to"
COVERED = ("@method", "@target-uri", "content-digest", TO)
ANSWERED = ("@status", "content-digest", '"@method";req', '"@target-uri";req')
QUESTION = '"signature";req'
MAX_AGE = timedelta(minutes=2)
SKEW = timedelta(seconds=30)
"""By how much the clock of the other node may be ahead of ours."""
MIN_NONCE, MAX_NONCE = 16, 64

_KID = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass
class Request:
    """What was asked. `url` is absolute; `headers` map names in any case to values."""

    method: str
    url: str
    headers: MutableMapping[str, str]


@dataclass
class Response:
    status_code: int
    headers: MutableMapping[str, str]
    request: Request


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a signature says of itself, before anything is checked."""

    kid: str
    created: int
    nonce: str
    covers: frozenset[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Signed:
    """A request whose signature holds."""

    kid: str
    nonce: str
    forget_at: datetime
    """From then on a repetition is refused by its age alone."""


FindKey = Callable[[str], Ed25519PublicKey]
"""kid -> key; raises `UnknownPeer` or `NotTrusted`."""


def sign_request(
    request: Request, body: bytes, *, to: str, key: Ed25519PrivateKey, kid: str, now: datetime
) -> None:
    """Add digest, recipient and signature to the headers."""
    request.headers[TO] = to
    _signer(key, kid).sign(
        request, key_id=kid, created=now, nonce=secrets.token_urlsafe(24), label=LABEL, tag=TAG,
        covered_component_ids=COVERED, body=body,
    )  # fmt: skip


def verify_request(request: Request, body: bytes, *, to: str, find: FindKey, now: datetime) -> Signed:
    """Who signed this request for us just now. Whether its nonce is new is the caller's to check.

    Raises `PeerRefused`.
    """
    claimed = _claimed(request.headers)
    key = find(claimed.kid)
    _demand(claimed, COVERED)
    if not MIN_NONCE <= len(claimed.nonce) <= MAX_NONCE:
        raise Downgraded("The nonce of this request is missing or too short.")
    _fresh(claimed, now)
    _verify(request, body, key, claimed.kid, COVERED, now)
    if _header(request.headers, TO) != to:
        raise Misdirected("This request was signed for another node.")
    created = datetime.fromtimestamp(claimed.created, UTC)
    return Signed(claimed.kid, claimed.nonce, created + MAX_AGE + 2 * SKEW)


def sign_response(
    response: Response, body: bytes, *, key: Ed25519PrivateKey, kid: str, now: datetime
) -> None:
    asked = "signature" in {name.lower() for name in response.request.headers}
    _signer(key, kid).sign(
        response, key_id=kid, created=now, label=LABEL, tag=TAG,
        covered_component_ids=(*ANSWERED, QUESTION) if asked else ANSWERED, body=body,
    )  # fmt: skip


def verify_response(
    response: Response, body: bytes, *, key: Ed25519PublicKey, kid: str, now: datetime, signed: bool = True
) -> None:
    """That this is the answer of this node to this very request. `signed`: the request was signed itself.

    Raises `PeerRefused`.
    """
    claimed = _claimed(response.headers)
    if claimed.kid != kid:
        raise Forged("The answer is signed with another key.")
    wanted = (*ANSWERED, QUESTION) if signed else ANSWERED
    _demand(claimed, wanted)
    _fresh(claimed, now)
    _verify(response, body, key, kid, wanted, now)


def kid_of(headers: Mapping[str, str]) -> str:
    """The key that a request names, checked or not; empty when it names none that could be one."""
    try:
        kid = _ours(headers)[1].get("keyid")
    except (Unsigned, Forged):
        return ""
    return kid if isinstance(kid, str) and _KID.fullmatch(kid) else ""


class _Verifier(HTTPMessageVerifier):
    """The library's verifier with our clock."""

    max_clock_skew = SKEW
    now: datetime

    def validate_created_and_expires(self, sig_input: Any, max_age: timedelta | None = None) -> None:
        created = datetime.fromtimestamp(sig_input.params["created"], UTC)
        expires = sig_input.params.get("expires")
        if created > self.now + SKEW or (max_age is not None and created + max_age < self.now - SKEW):
            raise InvalidSignature("too old, or from the future")
        if expires is not None and datetime.fromtimestamp(expires, UTC) < self.now - SKEW:
            raise InvalidSignature("expired")


def _signer(key: Ed25519PrivateKey, kid: str) -> HTTPMessageSigner:
    resolver = MappingKeyResolver(public_keys={}, private_keys={kid: key})
    return HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=resolver)


def _verify(
    message: Request | Response,
    body: bytes,
    key: Ed25519PublicKey,
    kid: str,
    wanted: tuple[str, ...],
    now: datetime,
) -> None:
    resolver = MappingKeyResolver(public_keys={kid: key}, private_keys={})
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=resolver)
    verifier.now = now
    try:
        results = verifier.verify(
            message, max_age=MAX_AGE, expect_tag=TAG, require_components=wanted, body=body
        )
    except Exception as error:  # whatever a library trips over is a refusal, never a stack trace
        raise Forged("The signature does not fit this request.") from error
    if len(results) != 1 or results[0].body is None:
        raise Forged("The signature does not fit this request.")


def _claimed(headers: Mapping[str, str]) -> Claimed:
    components, params = _ours(headers)
    kid, created = params.get("keyid"), params.get("created")
    if not isinstance(kid, str) or not _KID.fullmatch(kid):
        raise Forged("The signature cannot be read.")
    if params.get("alg") != ALGORITHM:
        raise Downgraded("Only Ed25519 signatures are accepted.")
    if isinstance(created, bool) or not isinstance(created, int) or not 0 <= created < 1 << 36:
        raise Downgraded("The signature does not say when it was made.")
    return Claimed(kid, created, str(params.get("nonce") or ""), components)


def _ours(headers: Mapping[str, str]) -> tuple[frozenset[tuple[str, tuple[str, ...]]], dict[str, Any]]:
    """(covered components, parameters) of the one signature of this protocol. Others, of a proxy for example, are
    passed over."""
    text = _header(headers, "signature-input")
    if not text or not _header(headers, "signature"):
        raise Unsigned("This request is not signed.")
    try:
        members = http_sf.parse(text.encode("ascii"), tltype="dictionary")
        ours = [(inner, params) for inner, params in members.values() if params.get("tag") == TAG]
        covers = frozenset((name, tuple(sorted(params))) for name, params in (ours[0][0] if ours else ()))
    except Exception as error:
        raise Forged("The signature cannot be read.") from error
    if not ours:
        raise Unsigned("This request is not signed.")
    if len(ours) != 1:
        raise Forged("The request carries more than one signature.")
    return covers, dict(ours[0][1])


def _demand(claimed: Claimed, wanted: tuple[str, ...]) -> None:
    """Every component in full: one of a single member (`;key=`) or of another message (`;req`) is another one."""
    for component in wanted:
        name, _, parameter = component.replace('"', "").partition(";")
        if (name, (parameter,) if parameter else ()) not in claimed.covers:
            raise Downgraded("The signature does not cover what it must.")


def _fresh(claimed: Claimed, now: datetime) -> None:
    age = now.timestamp() - claimed.created
    if age > (MAX_AGE + SKEW).total_seconds() or age < -SKEW.total_seconds():
        raise Expired("The signature is too old, or the clocks of the two nodes differ.")


def _header(headers: Mapping[str, str], wanted: str) -> str:
    return next((value for name, value in headers.items() if name.lower() == wanted), "")
