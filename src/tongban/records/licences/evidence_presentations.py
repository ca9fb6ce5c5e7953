"""What is handed over of a licence file: the signed part and the disclosures of the agreed fields, nothing else."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection

from tongban.records.licences import document


def presentation(token: str, fields: Collection[str]) -> str:
    """The file with the disclosures of these fields only (RFC 9901, section 4.1). Fields always shown stay anyway."""
    signed, *disclosures = token.rstrip("~").split("~")
    keep = {document.claim_name(field) for field in fields}
    return "~".join([signed, *(text for text in disclosures if _name(text) in keep)]) + "~"


def disclosed(token: str) -> set[str]:
    """Names of the claims that a file discloses beside those always shown. ValueError: not a licence file."""
    _, *disclosures = token.rstrip("~").split("~")
    return {_name(text) for text in disclosures}


def _name(disclosure: str) -> str:
    """A disclosure is the base64url form of `[salt, name, value]`."""
    parts = json.loads(base64.urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))
    if not isinstance(parts, list) or len(parts) != 3 or not isinstance(parts[1], str):
        raise ValueError("not a disclosure of a claim")
    return parts[1]
