"""The request itself: the same document at both nodes, and the digest that a consent is bound to.

    {"version": 1, "id": "<uuid>", "from": "980100", "to": "990100", "asks": {"zh", "en"}, "kind": "<licence kind>",
     "fields": ["..."], "service": "<id>", "purpose": {"zh", "en"}, "basis": {"zh", "en"},
     "nonce": "<256 random bits>", "holder": "<HMAC-SHA256 of the holder's number under the nonce>",
     "asked_at": "...", "expires_at": "..."}

The holder is named by a digest that only this request uses: a node that has the person's number recognises them, and
two requests about one person cannot be joined by it. Identity numbers can be guessed by trying, so the digest travels
only inside the signed request and is no secret from the node that is asked.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tongban.base.kit.refusals import Invalid
from tongban.base.peers import cards
from tongban.core.values.text import Bilingual

VERSION = 1
VALID_FOR = timedelta(days=7)
MAX_VALID = timedelta(days=30)
MAX_FIELDS = 60

_MEMBERS = {
    "id": r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "from": r"[0-9]{6}",
    "to": r"[0-9]{6}",
    "kind": r"[a-z][a-z0-9_-]{0,79}",
    "service": r"[a-z][a-z0-9_-]{0,79}",
    "nonce": r"[A-Za-z0-9_-]{43}",
    "holder": r"[0-9a-f]{64}",
}
_TEXTS = ("asks", "purpose", "basis")
_INSTANTS = ("asked_at", "expires_at")
_ALL = {"version", "fields", *_MEMBERS, *_TEXTS, *_INSTANTS}


def make(
    *, request_id: UUID, asking: str, asked: str, asks: Bilingual, kind: str, fields: Sequence[str], service: str,
    purpose: Bilingual, basis: Bilingual, identifier: str, now: datetime,
) -> dict[str, Any]:  # fmt: skip
    nonce = cards.b64(secrets.token_bytes(32))
    return checked(
        {
            "version": VERSION,
            "id": str(request_id),
            "from": asking,
            "to": asked,
            "asks": _pair(asks),
            "kind": kind,
            "fields": sorted(set(fields)),
            "service": service,
            "purpose": _pair(purpose),
            "basis": _pair(basis),
            "nonce": nonce,
            "holder": holder_digest(nonce, identifier),
            "asked_at": now.isoformat(timespec="seconds"),
            "expires_at": (now + VALID_FOR).isoformat(timespec="seconds"),
        }
    )


def canonical(value: Any) -> bytes:
    """One spelling for both nodes. The values are texts and lists of texts, so sorting the members suffices."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(document: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(dict(document))).hexdigest()


def holder_digest(nonce: str, identifier: str) -> str:
    return hmac.new(cards.unb64(nonce), f"holder\n{identifier}".encode(), hashlib.sha256).hexdigest()


def is_holder(document: Mapping[str, Any], identifier: str | None) -> bool:
    return bool(identifier) and hmac.compare_digest(
        document["holder"], holder_digest(document["nonce"], identifier or "")
    )


def expires_at(document: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(document["expires_at"])


def checked(document: Any) -> dict[str, Any]:
    """The document, if it has exactly the members it must have. Raises `Invalid`."""
    if not isinstance(document, dict) or set(document) != _ALL or document["version"] != VERSION:
        raise Invalid("This is not a request for evidence.")
    for name, pattern in _MEMBERS.items():
        if not isinstance(document[name], str) or not re.fullmatch(pattern, document[name]):
            raise Invalid("This is not a request for evidence.", fields={name: "not readable"})
    fields = document["fields"]
    if not isinstance(fields, list) or len(fields) > MAX_FIELDS or not all(map(_is_name, fields)):
        raise Invalid("This is not a request for evidence.", fields={"fields": "not readable"})
    if fields != sorted(set(fields)):
        raise Invalid("This is not a request for evidence.", fields={"fields": "not in order"})
    for name in _TEXTS:
        pair = document[name]
        if not isinstance(pair, dict) or set(pair) != {"zh", "en"} or not all(map(_is_text, pair.values())):
            raise Invalid("The request does not say who asks, for what purpose and on which legal basis.")
    try:
        asked, expires = (datetime.fromisoformat(document[name]) for name in _INSTANTS)
        lasts = expires - asked
    except (TypeError, ValueError) as error:
        raise Invalid("This is not a request for evidence.", fields={"asked_at": "not readable"}) from error
    if asked.tzinfo is None or not timedelta(0) < lasts <= MAX_VALID:
        raise Invalid("A request for evidence is valid for at most 30 days.")
    return document


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]{0,79}", value) is not None


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 200 and value.isprintable()


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh[:200], "en": text.en[:200]}
