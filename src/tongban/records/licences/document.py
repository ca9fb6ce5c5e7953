"""What a licence file says, beside its envelope (`iss`, `vct`, `iat`, `nbf`, `exp`).

    "licence": {"identifier": "1.2.156.3005.2...", "kind": {"zh", "en"}, "place": "990100",
                "issue_date": "2026-11-25", "valid_from": "2026-11-25", "valid_to": null for long-term,
                "holder": <claim with the holder's name>, "number": <claim with the number>,
                "issuer": <claim with the issuer's name, if there is one>,
                "labels": {<claim>: {"zh", "en"}}}
    <field id>: <value>                                                always shown, or a disclosure

The head names the claims and does not repeat them: what the pack lets a holder withhold (a name, an identity number)
stands nowhere in clear. The labels travel with the file so that it can be read in a place whose packs do not know the
kind. A field whose id is a word of the envelope (`status`) becomes the claim `field.status`, and what a kind has no
field for is `licence.number` and `licence.holder`; field ids have no dots, so nothing collides.
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
_EXTRA = {
    # what every file has, with or without a field of the kind: (claim, label)
    "holder_name": ("licence.holder", Bilingual(zh="持有人", en="Holder")),
    "number": ("licence.number", Bilingual(zh="证照编号", en="Licence number")),
}


@dataclass(frozen=True, slots=True)
class Head:
    """The part of a file that is always readable."""

    identifier: str
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
    kind: LicenceKind, head: Head, values: Mapping[str, Any], *, number: str, holder_name: str
) -> tuple[dict[str, Any], list[str], list[str]]:
    """(claims, those that may be withheld, those always shown) of a licence with these field values."""
    fields = [field for field in kind.fields if field.id in values]
    claims = {claim_name(field.id): values[field.id] for field in fields}
    labels = {claim_name(field.id): _pair(field.label) for field in fields}
    given = {field.given: claim_name(field.id) for field in fields if field.given}
    for name, value in {"number": number, "holder_name": holder_name}.items():
        if name not in given:
            claim, label = _EXTRA[name]
            given[name], claims[claim], labels[claim] = claim, value, _pair(label)
    claims[_HEAD] = {
        "identifier": head.identifier,
        "kind": _pair(kind.name),
        "place": head.place,
        "issue_date": head.issue_date.isoformat(),
        "valid_from": head.valid_from.isoformat(),
        "valid_to": head.valid_to.isoformat() if head.valid_to else None,
        "holder": given["holder_name"],
        "number": given["number"],
        **({"issuer": given["issuer"]} if "issuer" in given else {}),
        "labels": labels,
    }
    always = [_HEAD, *(claim_name(field.id) for field in fields if field.always_shown)]
    return claims, [name for name in claims if name not in always], always


def read(claims: Mapping[str, Any], issuer: Bilingual) -> Document:
    """The content of checked claims. Another place's file may lack any part of the head."""
    head = _mapping(claims.get(_HEAD))
    labels = _mapping(head.get("labels"))
    names = [name for name in labels if name in claims and name != _HEAD]
    names += [name for name in claims if name not in labels and name != _HEAD]
    return Document(
        identifier=_text(head.get("identifier")),
        number=_named(claims, head.get("number")),
        kind=_bilingual(head.get("kind")),
        holder=_named(claims, head.get("holder")),
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


def claim_name(field: str) -> str:
    """The claim that a field of a kind becomes."""
    return f"field.{field}" if field in sdjwt.RESERVED or field == _HEAD else field


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _named(claims: Mapping[str, Any], name: Any) -> str | None:
    return _text(claims.get(name)) if isinstance(name, str) else None


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
