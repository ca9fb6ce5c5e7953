"""In whose hands cases are, and which of them an officer best takes up next. Reads only.

what = hands.offers(acting)      what.rows[0]: the next best      what.waiting: how many somebody else has to move first
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.procedures.model import Light
from tongban.work.cases import models
from tongban.work.cases.worklist import SEVERITY, Row, Worklist

LOOKED_AT: Final = timedelta(minutes=30)
"""So long a case of one's own is not offered again."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What an officer could take up now, best first."""

    rows: tuple[Row, ...]
    waiting: int
    """Open cases that were passed over because somebody else has to move first."""


def offers(acting: Acting, *, leaving: str = "") -> Offers:
    """Free cases and those in one's own hands, by light, then due day, then age.

    Passed over: what waits on an applicant, another case or a stopped clock; objections to what the officer had a part
    in; what a colleague has in hand; the case one comes from (`leaving`). What of one's own was offered within the last
    half hour comes after everything else.
    """
    rows = Worklist(acting).all_open
    here = {account.pk for account in colleagues(acting)}
    partial = parts(rows)
    fit, waiting = [], 0
    for row in rows:
        if not row.ticking:
            waiting += 1
        elif row.number != leaving and _may_have(row, acting.actor, here, partial.get(row.case.pk, ())):
            fit.append(row)
    return Offers(tuple(sorted(fit, key=lambda row: _order(row, acting))), waiting)


def colleagues(acting: Acting) -> list[Any]:
    """Accounts of the officers of one's organ and place, oneself among them, by name."""
    if acting.role != "officer" or acting.organisation is None:
        return []
    return identity.colleagues(
        organisation=acting.organisation, place=acting.place, role="officer", now=acting.now
    )


def parts(rows: Iterable[Row]) -> dict[UUID, tuple[UUID, ...]]:
    """Of cases under review: accounts that had a part in what is objected to."""
    reviewed = [row.case.pk for row in rows if row.duty is not None and row.duty.kind == "review"]
    if not reviewed:
        return {}
    found = models.Objection.objects.filter(case__in=reviewed, reviewed_at=None)
    return {one.case_id: tuple(UUID(by) for by in one.decided["by"]) for one in found}


def away(*, organisation: str, place: str, today: date) -> dict[UUID, models.Absence]:
    """Account -> the absence it is on that day, of the officers of an organ in a place."""
    found = models.Absence.objects.filter(
        organisation=organisation, place=place, over_at=None, starts__lte=today, ends__gte=today
    )
    return {one.account: one for one in found}


def holders(rows: Iterable[Row]) -> Mapping[UUID, Any]:
    """Account -> person, of those who have these cases in hand."""
    return identity.people_of({row.claim.holder for row in rows if row.claim is not None})


def is_free(claim: models.Claim | None, here: set[UUID], partial: Iterable[UUID] = ()) -> bool:
    """Nobody has it in hand; or somebody who no longer holds a post here, or who may not review it."""
    return claim is None or claim.holder not in here or claim.holder in partial


def _may_have(row: Row, officer: UUID | None, here: set[UUID], partial: tuple[UUID, ...]) -> bool:
    if officer in partial:
        return False
    claim = row.claim
    return is_free(claim, here, partial) or (claim is not None and claim.holder == officer)


def _order(row: Row, acting: Acting) -> tuple[Any, ...]:
    claim = row.claim
    offered = claim.offered_at if claim is not None and claim.holder == acting.actor else None
    just = offered is not None and acting.now - offered < LOOKED_AT
    return (
        just,
        offered.timestamp() if just and offered is not None else 0,
        SEVERITY[row.light],
        row.due.day if row.due else date.max,
        row.case.created_at,
        row.number,
    )


def tone(light: Light) -> str:
    """Colour of a light; the words beside it say the same."""
    return {"green": "ok", "yellow": "warn", "red": "bad", "black": "bad"}.get(light.value, "")
