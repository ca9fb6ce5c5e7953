"""What a licence file says, beside its envelope (`iss`, `vct`, `iat`, `nbf`, `exp`).

    "licence": {"identifier": "1.2.156.3005.2...", "number": "...", "kind": {"zh", "en"}, "place": "330106",
                "issue_date": "2026-11-25", "valid_from": "2026-11-25", "valid_to": null for long-term,
                "holder": <name of the claim with the holder's name>,
                "issuer": <name of the claim with the issuer's name, if there is one>,
                "labels": {<claim>: {"zh", "en"}}}
    <field id>: <value>                                                always shown, or a disclosure

The labels travel with the file so that it can be read in a place whose packs do not know the kind. A field whose id
is a word of the envelope (`status`) becomes the claim `field.status`; ids have no dots, so nothing collides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.core.packs.model import LicenceKind
from tongban.core.values.text import Bilingual
from tongban.records.licences import sdjwt

_HEAD = "licence"
_HOLDER = "holder_name"


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a file that is always readable."""

    identifier: str
    number: str
    place: str
    issue_date: date
    valid_from: date
    valid_to: date | None
    """Last day; None: long-term."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field that the file at hand discloses."""

    label: Bilingual
    value: Any


@dataclass(frozen=True, slots=True)
class Document:
    """What could be read from a file whose signature was checked. None: not stated or withheld."""

    identifier: str | None
    number: str | None
    kind: Bilingual | None
    holder: str | None
    valid_from: date | None
    valid_to: date | None
    fields: tuple[Shown, ...]


def claims_of(
    kind: LicenceKind, head: Head, values: Mapping[str, Any], holder_name: str
) -> tuple[dict[str, Any], list[str], list[str]]:
    """(claims, those that may be withheld, those always shown) of a licence with these field values."""
    fields = [field for field in kind.fields if field.id in values]
    names = {field.id: _claim(field.id) for field in fields}
    given = {field.given: names[field.id] for field in fields if field.given}
    claims = {names[field.id]: values[field.id] for field in fields}
    labels = {names[field.id]: _pair(field.label) for field in fields}
    always = [_HEAD, *(names[field.id] for field in fields if field.always_shown)]
    holder = given.get("holder_name", _HOLDER)
    if holder not in claims:
        claims[holder] = holder_name
        labels[holder] = {"zh": "持有人", "en": "Holder"}
    claims[_HEAD] = {
        "identifier": head.identifier,
        "number": head.number,
        "kind": _pair(kind.name),
        "place": head.place,
        "issue_date": head.issue_date.isoformat(),
        "valid_from": head.valid_from.isoformat(),
        "valid_to": head.valid_to.isoformat() if head.valid_to else None,
        "holder": holder,
        **({"issuer": given["issuer"]} if "issuer" in given else {}),
        "labels": labels,
    }
    return claims, [name for name in claims if name not in always], always


def read(claims: Mapping[str, Any], issuer: Bilingual) -> Document:
    """The content of checked claims. Another place's file may lack any part of the head."""
    head = _mapping(claims.get(_HEAD))
    labels = _mapping(head.get("labels"))
    holder = (
        claims.get(head.get("holder") or _HOLDER) if isinstance(head.get("holder", _HOLDER), str) else None
    )
    names = [name for name in labels if name in claims and name != _HEAD]
    names += [name for name in claims if name not in labels and name != _HEAD]
    return Document(
        identifier=_text(head.get("identifier")),
        number=_text(head.get("number")),
        kind=_bilingual(head.get("kind")),
        holder=_text(holder),
        valid_from=_date(head.get("valid_from")),
        valid_to=_date(head.get("valid_to")),
        fields=tuple(
            Shown(
                _bilingual(labels.get(name)) or Bilingual(zh=name, en=name),
                {"zh": issuer.zh, "en": issuer.en} if name == head.get("issuer") else claims[name],
            )
            for name in names
        ),
    )


def _claim(field: str) -> str:
    return f"field.{field}" if field in sdjwt.RESERVED or field == _HEAD else field


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _bilingual(value: Any) -> Bilingual | None:
    pair = _mapping(value)
    zh, en = _text(pair.get("zh")), _text(pair.get("en"))
    return Bilingual(zh=zh, en=en) if zh and en else None


def _date(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
