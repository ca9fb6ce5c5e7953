"""Evidence that another node has shown, for rooms that have settled whose matter it is: planning asks what is held.

It counts for the services it was asked for and for nobody but its holder, and only while the presentation that came
still stands: its signature, its dates and the withdrawals on the trust list of that place are checked each time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.peers import queries as peers
from tongban.core.values.text import Bilingual
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import evidence_models as models
from tongban.records.licences import verification


@dataclass(frozen=True, slots=True)
class Shown:
    """One licence of another place, as far as its holder let it be shown."""

    request: UUID
    kind: str
    identifier: str
    holder: UUID
    """The subject known here whom it was issued to."""
    asked_by: UUID
    """Account that asked for it."""
    service: str
    """What it was asked for, and may be used for."""
    values: dict[str, Any]
    """Field id -> JSON value, of the fields that were shown."""
    issued_on: date
    valid_to: date | None
    """Last day; None is long-term."""
    node: str
    place: Bilingual
    """What the other node calls itself."""
    issuer: Bilingual
    shown_on: date


def shown_for(acting: Acting, holders: Collection[UUID], services: Collection[str]) -> list[Shown]:
    """What other places have shown of these subjects' licences for these services and is good today, the newest first."""
    rows = models.EvidenceRequest.objects.filter(state="held", service__in=list(services))
    rows = rows.filter(subject_id__in=list(holders)).order_by("-collected_at", "-id")
    return [one for one in _good(rows, acting) if one.holder in holders]


def shown(acting: Acting, request_id: UUID) -> Shown | None:
    """What came for one request, if it is good today."""
    rows = models.EvidenceRequest.objects.filter(pk=request_id, state="held")
    return next(iter(_good(rows, acting)), None)


def _good(rows: Iterable[models.EvidenceRequest], acting: Acting) -> Iterable[Shown]:
    for row in rows:
        peer, holder = peers.trusted_peer(row.peer), _holder(row)
        if peer is None or holder is None or not _stands(row, acting.now):
            continue
        collected = (row.collected_at or acting.now).astimezone(ZoneInfo(acting.time_zone)).date()
        found = row.found
        yield Shown(
            request=row.pk, kind=row.kind, identifier=found["identifier"] or str(row.pk), holder=holder, asked_by=row.actor,
            service=row.service, values=dict(found["values"]), issued_on=_day(found["valid_from"]) or collected,
            valid_to=_day(found["valid_to"]), node=row.peer, place=peer.name, issuer=Bilingual(**found["issuer"]),
            shown_on=collected,
        )  # fmt: skip


def _stands(row: models.EvidenceRequest, now: datetime) -> bool:
    """Whether the presentation is still good by the trust list kept of that place today."""
    return verification.verify(row.presentation or "", lists.of(row.peer), now).good


def _holder(row: models.EvidenceRequest) -> UUID | None:
    """Who holds it: whom it was asked about; or the firm they represent, when its number was shown and is known here."""
    if row.found["relation"] == "self":
        return row.subject_id
    kind = directory.pack(row.pack_digest).licences[row.kind]
    number = next((row.found["values"].get(f.id) for f in kind.fields if f.given == "holder_id"), None)
    firm = identity.subject_by_identifier(number) if isinstance(number, str) and number else None
    return firm.pk if firm is not None else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
