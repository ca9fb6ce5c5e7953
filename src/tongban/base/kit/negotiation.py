"""Which form of published data an Accept header asks for (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

MEDIA: Final = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}
"""Ending of the address: media type."""


def preferred(accept: str, forms: Collection[str] = tuple(MEDIA)) -> str | None:
    """The form that an Accept header asks for before HTML; None: the page itself."""
    wishes: list[tuple[float, int, str]] = []
    for position, part in enumerate(accept.split(",")):
        media, _sign, parameters = part.strip().partition(";")
        wishes.append((-_quality(parameters), position, media.strip().lower()))
    known = {MEDIA[form]: form for form in forms}
    for quality, _position, media in sorted(wishes):
        if quality == 0 or media in ("text/html", "application/xhtml+xml", "*/*", ""):
            return None
        if media in known:
            return known[media]
    return None


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        name, _sign, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
