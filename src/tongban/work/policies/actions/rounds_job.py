"""What the job of a round does, some subjects or lines in one transaction: looking at everybody, then telling them.

Harmless to run again at any time: what was done is behind the cursor, and nothing is made twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from tongban.base.kit.acting import Acting, system
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import budgets, entitling, events, rounds, rounds_look, sharing
from tongban.work.policies.actions.budgets import Reservation
from tongban.work.policies.actions.entitling import Due
from tongban.work.policies.actions.rounds_look import Eye

SUBJECTS: Final = 500
"""Who is looked at in one transaction."""
LINES: Final = 200
"""Who is told in one transaction."""
DIED_AFTER: Final = timedelta(minutes=2)


def go_on(*, round_: UUID, now: datetime, some: int | None = None) -> bool:
    """One step, for so many subjects or lines. Whether another one is needed."""
    with transaction.atomic():
        row = models.Round.objects.select_for_update().get(pk=round_)
        if row.state == "looking":
            more = _look(row, now, some or SUBJECTS)
        elif row.state == "telling":
            more = _tell(row, now, some or LINES)
        else:
            return False
        row.touched_at = now
        row.save()
    return more


def died(*, now: datetime) -> list[UUID]:
    """Rounds that wait for a job that does nothing any more."""
    waiting = models.Round.objects.filter(state__in=["looking", "telling"], touched_at__lt=now - DIED_AFTER)
    return list(waiting.values_list("pk", flat=True))


def _look(row: models.Round, now: datetime, some: int) -> bool:
    pack, policy = rounds.pack_and_policy(row)
    acting = _acting(row, now, pack.manifest.time_zone)
    if rounds_look.look(acting=acting, row=row, eye=Eye(pack, policy, row.on), some=some):
        return True
    sharing.rank(row)
    rounds.forecast(row)
    row.state, row.cursor, row.version = "drawn", None, row.version + 1
    rounds.note(acting, row, "round.drawn", {"looked": row.looked, "outcomes": row.outcomes})
    return False


def _tell(row: models.Round, now: datetime, some: int) -> bool:
    """By rank, so that nobody stands in line before somebody of a better place does."""
    pack, policy = rounds.pack_and_policy(row)
    acting = _acting(row, now, pack.manifest.time_zone)
    budget = models.BudgetYear.objects.filter(
        policy=row.policy, year=row.year, place=pack.manifest.jurisdiction
    ).first()
    lines = row.lines.filter(struck="")
    reached = row.lines.filter(pk=row.cursor).values_list("rank", flat=True).first() or 0
    in_line = 0
    if budget is not None and row.order != "pro-rata":
        in_line = lines.filter(rank__lte=reached, given_fen=0).count()
    done = list(lines.filter(rank__gt=reached).order_by("rank")[:some])
    for line in done:
        waits = budget is not None and not line.given_fen
        in_line += waits
        held = Reservation(budget, not waits)
        amount = line.given_fen or line.amount_fen
        due = Due(
            pack, policy, line.subject, line.facts, line.findings, line.ground, amount,
            line.amount_fen if amount != line.amount_fen else None,
            in_line if waits and row.order != "pro-rata" else None,
        )  # fmt: skip
        line.entitlement = entitling.once(acting=acting, due=due, reserve=lambda held=held: held)  # type: ignore[misc]
        if line.entitlement is None and line.given_fen and budget is not None:
            budgets.give_back(budget, line.given_fen)  # granted in another way since the list was drawn
        line.save(update_fields=["entitlement"])
        row.cursor = line.id
    if len(done) == some:
        return True
    if budget is not None:  # what came back while others were told
        free = budgets.locked(budget)
        events.offer_to_those_in_line(acting=acting, budget=free)
        free.save(update_fields=["reserved_fen"])
    row.state, row.cursor, row.version = "told", None, row.version + 1
    rounds.note(acting, row, "round.told", {"told": row.lines.filter(entitlement__isnull=False).count()})
    return False


def _acting(row: models.Round, now: datetime, zone: str) -> Acting:
    return system(now, row.place, evidence.PURPOSE, f"round:{row.id}", zone)
