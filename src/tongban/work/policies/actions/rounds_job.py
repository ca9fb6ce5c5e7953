"""What the job of a round does, some subjects or lines in one transaction: looking at everybody, then telling them.

Harmless to run again at any time: what was done is behind the cursor, and nothing is made twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting, system
from tongban.core.planning import calculator
from tongban.core.planning.calculator import Result
from tongban.core.planning.ladder import Ladder
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Known
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import budgets, entitling, rounds
from tongban.work.policies.actions.budgets import Reservation
from tongban.work.policies.actions.entitling import Due
from tongban.work.policies.actions.matching import NOT_READ

SOME: Final = 200
"""Subjects or lines of one transaction."""
DIED_AFTER: Final = timedelta(minutes=2)
HAD: Final = "had"
"""Outcome of a subject to whom the policy was granted before."""


def go_on(*, round_: UUID, now: datetime, some: int = SOME) -> bool:
    """One step. Whether another one is needed."""
    with transaction.atomic():
        row = models.Round.objects.select_for_update().get(pk=round_)
        if row.state == "looking":
            more = _look(row, now, some)
        elif row.state == "telling":
            more = _tell(row, now, some)
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
    ladder = Ladder(pack, [policy], row.on)
    counted: Counter[str] = Counter(row.outcomes)
    subjects = identity.ids_of_kind(policy.subject, after=row.cursor, most=some)
    for subject in subjects:
        counted[_looked_at(row, acting, ladder, subject)] += 1
        row.cursor = subject
    row.outcomes, row.looked = dict(counted), row.looked + len(subjects)
    if len(subjects) == some:
        return True
    rounds.forecast(row)
    row.state, row.cursor, row.version = "drawn", None, row.version + 1
    rounds.note(acting, row, "round.drawn", {"looked": row.looked, "outcomes": row.outcomes})
    return False


def _looked_at(row: models.Round, acting: Acting, ladder: Ladder, subject: UUID) -> str:
    """What the policy comes to for one subject; a line is written where it is due. Each look is recorded."""
    pack, policy = ladder.pack, ladder.policies[0]
    ground = evidence.ground_of(policy, evidence.stance_of(subject))
    if ground is None:
        return NOT_READ
    key = entitling.once_key(acting, policy, subject)
    if key is not None and entitling.is_held(policy, key):
        return HAD
    read = evidence.facts_of(subject, pack, calculator.facts_read(pack, policy), row.on)
    facts = evidence.typed(pack, read)
    found = ladder.rungs(facts)[0].found
    audit.record(
        acting=acting, action="benefits.matched", root=evidence.chain_of(subject), object_kind="subject", object_id=subject,
        detail={
            "round": str(row.id), "pack": pack.digest, "facts": sorted(read), "results": {policy.id: found.result.value},
            "grounds": {policy.id: ground},
        },
    )  # fmt: skip
    if found.result is Result.ELIGIBLE and found.amount_fen and key is not None:
        score = (
            evaluate(pack.score(policy.id), facts, ladder.values) if policy.score is not None else Known(0)
        )
        points = score.value if isinstance(score, Known) and isinstance(score.value, int) else 0
        models.RoundLine.objects.get_or_create(
            round=row, subject=subject,
            defaults={
                "amount_fen": found.amount_fen, "score": points, "ground": ground, "facts": read,
                "findings": calculator.to_json(found),
            },
        )  # fmt: skip
    return found.result.value


def _tell(row: models.Round, now: datetime, some: int) -> bool:
    pack, policy = rounds.pack_and_policy(row)
    acting = _acting(row, now, pack.manifest.time_zone)
    lines = row.lines.filter(struck="").order_by("id")
    if row.cursor is not None:
        lines = lines.filter(pk__gt=row.cursor)
    budget = models.BudgetYear.objects.filter(
        policy=row.policy, year=row.year, place=pack.manifest.jurisdiction
    ).first()
    done = list(lines[:some])
    for line in done:
        held = Reservation(budget, bool(line.given_fen) or budget is None)
        amount = line.given_fen or line.amount_fen
        due = Due(
            pack, policy, line.subject, line.facts, line.findings, line.ground, amount,
            line.amount_fen if amount != line.amount_fen else None,
        )  # fmt: skip
        line.entitlement = entitling.once(acting=acting, due=due, reserve=lambda held=held: held)  # type: ignore[misc]
        if line.entitlement is None and line.given_fen and budget is not None:
            _give_back(budget, line.given_fen)  # granted to them in another way since the list was drawn
        line.save(update_fields=["entitlement"])
        row.cursor = line.id
    if len(done) == some:
        return True
    row.state, row.cursor, row.version = "told", None, row.version + 1
    rounds.note(acting, row, "round.told", {"told": row.lines.filter(entitlement__isnull=False).count()})
    return False


def _give_back(budget: models.BudgetYear, fen: int) -> None:
    row = budgets.locked(budget)
    row.reserved_fen -= fen
    row.save(update_fields=["reserved_fen"])


def _acting(row: models.Round, now: datetime, zone: str) -> Acting:
    return system(now, row.place, evidence.PURPOSE, f"round:{row.id}", zone)
