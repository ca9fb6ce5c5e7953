"""Reading licences.

What takes `acting` is for a person and goes through `access`. What takes subjects is for other rooms that have
settled whose matter it is: planning asks what the applicant holds.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left, Substr, TruncMonth

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.kit import forms
from tongban.base.kit.acting import Acting
from tongban.base.kit.templatetags import kit
from tongban.core.packs.model import LicenceField, LicenceKind
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Held
from tongban.core.values.text import Bilingual
from tongban.records.licences import access, issuers, models, trust, verification
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences.verification import Verification

BY_ISSUER = frozenset({"licence.issued", "licence.registered"})
"""What the platform does in the issuer's name."""


@dataclass(frozen=True, slots=True)
class Card:
    """A licence with the words of the pack it was issued under."""

    licence: models.Licence
    kind: LicenceKind
    issuer: Bilingual
    state: str
    """Status on the day asked about: the row's, or `expired`, or `not-yet-valid`."""
    fields: tuple[tuple[Bilingual, Any], ...]
    """(label, value) in the kind's order."""
    end_stated: bool
    """Whether one of the fields says until when it is valid."""


@dataclass(frozen=True, slots=True)
class Use:
    """One line of a licence's history, for its holder."""

    at: datetime
    action: str
    organisation: Bilingual | None


def held_by(subject_ids: Iterable[UUID], at: date) -> list[Held]:
    """Valid licences of these subjects on a day, as evidence for a plan."""
    return [
        Held("licence", licence.kind, licence.identifier, licence.valid_to)
        for licence in valid_of_subjects(subject_ids, at)
    ]


def valid_of_subjects(subject_ids: Iterable[UUID], at: date) -> QuerySet[models.Licence]:
    """What these subjects validly hold on a day: by kind, the newest first."""
    return _valid(at).filter(holder_id__in=list(subject_ids)).order_by("kind", "-issue_date", "-id")


def valid_of(subject_id: UUID, kind: str, at: date) -> models.Licence | None:
    """The newest licence of a kind that a subject validly holds on a day."""
    return valid_of_subjects([subject_id], at).filter(kind=kind).first()


def decisions_of(number: str) -> QuerySet[models.Licence, Any]:
    """Decisions that led to the licence with this number, whole, as written or as its identifier. For a room to narrow
    to what somebody may read."""
    written = {number, number.upper()}
    found = models.Licence.objects.filter(Q(number__in=written) | Q(identifier__in=written))
    return found.exclude(decision=None).values("decision")


def by_decision(decision: UUID) -> models.Licence | None:
    return models.Licence.objects.filter(decision=decision).first()


def values(licence: models.Licence) -> dict[str, Any]:
    """Field id -> JSON value."""
    return dict(licence.claims)


def of_subject(acting: Acting) -> QuerySet[models.Licence]:
    """The wallet of whom `acting` acts for; for officers what their organisation issued. Newest first."""
    return access.visible_to(acting).order_by("-issue_date", "-id")


def card(licence: models.Licence, at: date) -> Card:
    pack = directory.pack(licence.pack_digest)
    kind = pack.licences[licence.kind]
    issuer = pack.organisations[licence.issuer_organisation].name
    filled = [field for field in kind.fields if field.id in licence.claims]
    return Card(
        licence,
        kind,
        issuer,
        _state(licence, at),
        tuple(
            (
                field.label,
                issuer if field.given == "issuer" else worded(pack, field, licence.claims[field.id]),
            )
            for field in filled
        ),
        any(field.given == "valid_to" for field in filled),
    )


def used_by(licence: models.Licence) -> list[Use]:
    """Who issued, changed or looked at a licence, newest first."""
    organisations = directory.pack(licence.pack_digest).organisations
    return [
        Use(
            entry.at,
            entry.action,
            organisations[office].name if office in organisations else _shown_to(entry.detail),
        )
        for entry in audit.entries_of(licence.id).order_by("-sequence")[:50]
        for office in [
            entry.organisation or (licence.issuer_organisation if entry.action in BY_ISSUER else None)
        ]
    ]


def token_of_code(code: str) -> str | None:
    """The signed file behind a public verification code."""
    return models.Licence.objects.filter(code=code).values_list("token", flat=True).first()


def verify(token: str | bytes, now: datetime) -> Verification:
    """Judge a file online: with every issuer this node believes, and with its own rows for the status."""
    own = issuers.known(directory.pack_in_force(now))
    believed = [trust.TrustList(own, now), *lists.others()]
    return verification.verify(
        token, trust.merge(believed), now, lambda issuer, identifier: _status(own, issuer, identifier)
    )


def counts_for_statistics(
    kind: str, *, until: date, field: str | None = None
) -> list[tuple[date, str, str, str, int]]:
    """How many licences of a kind were issued before `until`: [(month, place, registered, value, count)].

    Added up in the database: no row leaves this room, only the counts. `month` is its first day, `place` the division
    of the issuing organisation, `registered` the division that a firm's credit code says it is registered in (GB
    32100-2015, digits 3 to 8; empty for persons), `value` that of the claim `field` (empty without one). Counted is
    the issue, whatever became of the licence.
    """
    text = TextField()
    code = Case(When(holder__kind="enterprise", then=Substr("holder__identifier", 3, 6)), output_field=text)
    claim = Left(KeyTextTransform(field, "claims"), 120, output_field=text) if field else Value("")
    rows = (
        models.Licence.objects.filter(kind=kind, issue_date__lt=until)
        .annotate(
            month=TruncMonth("issue_date"),
            registered=Coalesce(code, Value(""), output_field=text),
            value=Coalesce(claim, Value(""), output_field=text),
        )
        .values("month", "place", "registered", "value")
        .annotate(n=Count("id"))
        .order_by("month", "place", "registered", "value")
    )
    return list(rows.values_list("month", "place", "registered", "value", "n"))


def trust_list_text(pack: Pack, now: datetime) -> str:
    """The trust list of this node as its file says it, with every withdrawal known now."""
    gone = _withdrawn()
    listed = [replace(issuer, withdrawn=gone.get(issuer.id, {})) for issuer in issuers.known(pack).values()]
    return json.dumps(trust.document_of(listed, now), ensure_ascii=False, indent=1) + "\n"


def _shown_to(detail: Mapping[str, Any]) -> Bilingual | None:
    """The other node of an entry about evidence, as it was called then."""
    name = detail.get("shown_to")
    return Bilingual(zh=name["zh"], en=name["en"]) if name else None


def _withdrawn() -> dict[str, dict[str, str]]:
    """Issuer id -> digest of the identifier -> status, for every licence that is no longer good."""
    found: dict[str, dict[str, str]] = {}
    rows = models.Licence.objects.exclude(status="valid")
    for place, organisation, identifier, status in rows.values_list(
        "place", "issuer_organisation", "identifier", "status"
    ):
        found.setdefault(trust.issuer_id(place, organisation), {})[trust.digest_of(identifier)] = status
    return found


def _status(own: Container[str], issuer: str, identifier: str) -> str | None:
    """A licence's status; `unknown` when this node should have it and does not; None when another node issued it."""
    if issuer not in own:
        return None
    row = models.Licence.objects.filter(identifier=identifier).first()
    return row.status if row and trust.issuer_id(row.place, row.issuer_organisation) == issuer else "unknown"


def _valid(at: date) -> QuerySet[models.Licence]:
    return models.Licence.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=at), status="valid", valid_from__lte=at
    )


def _state(licence: models.Licence, at: date) -> str:
    if licence.status != "valid":
        return licence.status
    if licence.valid_to is not None and licence.valid_to < at:
        return "expired"
    return "not-yet-valid" if licence.valid_from > at else "valid"


def worded(pack: Pack, field: LicenceField, value: Any) -> Any:
    """A value as people read it, in the reader's language."""
    if field.given in {"issue_date", "valid_from", "valid_to"}:
        return kit.day(date.fromisoformat(value))
    fact = pack.facts.get(field.fact or "")
    if fact is None:
        return value
    typed = date.fromisoformat(value) if fact.type == "date" else value
    return forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), typed)
