"""Reading entitlements, budgets and runs. Who may see what is settled in `access`; nothing here goes around it.

`log_rows` and `budget_of` are for readers that name nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity_access
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.work.policies import access, evidence, models
from tongban.work.policies.states import RESERVING, State

TABS = ("open", "contested", "to-pay", "paid", "closed", "all")
_OF_TAB: dict[str, tuple[State, ...]] = {
    "open": (State.FOUND, State.UPHELD, State.EXHAUSTED),
    "contested": (State.CONTESTED,),
    "to-pay": (State.CONFIRMED,),
    "paid": (State.PAID, State.RECLAIMED, State.REPAID, State.RETURNED),
    "closed": (State.REFUSED, State.LAPSED, State.WITHDRAWN),
    "all": tuple(State),
    "held": tuple(RESERVING),
}
"""`held` is no tab of its own: what the money of a budget that is reserved or paid opens to."""


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """The money of a policy in a year, as everybody may know it."""

    year: int
    total_fen: int
    reserved_fen: int

    @property
    def left_fen(self) -> int:
        return self.total_fen - self.reserved_fen

    @property
    def used_percent(self) -> int:
        """Rounded down, so that 100 means spent."""
        return 100 if self.total_fen == 0 else self.reserved_fen * 100 // self.total_fen


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at a subject's data for benefits, for that subject."""

    at: datetime
    action: str
    facts: tuple[str, ...]
    role: str


def of_owner(acting: Acting) -> QuerySet[models.Entitlement]:
    """Those of everybody the one who acts may act for; what waits for an answer first, then the newest."""
    return access.entitlements(acting).select_related("budget", "contest").order_by("-found_at", "-id")


def of_office(
    acting: Acting, *, tab: str = "all", policy: str = "", search: str = "", year: int = 0
) -> QuerySet[models.Entitlement]:
    """An office's list: a tab, one policy, part of a name, the budget of a year. Page, file and count all come from here."""
    found = access.entitlements(acting) if acting.role == "officer" else models.Entitlement.objects.none()
    found = found.filter(state__in=[state.value for state in _OF_TAB.get(tab, _OF_TAB["all"])])
    if policy:
        found = found.filter(policy=policy)
    if year:
        found = found.filter(budget__year=year)
    if search:
        names = identity.names_of(set(found.values_list("subject", flat=True)))
        wanted = search.casefold()
        found = found.filter(
            subject__in=[key for key, s in names.items() if wanted in f"{s.name} {s.name_en}".casefold()]
        )
    return found.select_related("budget", "contest").order_by("confirm_by", "-found_at", "-id")


def counts(acting: Acting, *, policy: str = "", search: str = "", year: int = 0) -> dict[str, int]:
    """How many each tab holds: as many as the list behind it."""
    return {tab: of_office(acting, tab=tab, policy=policy, search=search, year=year).count() for tab in TABS}


def subjects(acting: Acting) -> list[Any]:
    """For whom the one who acts may act, the principal first."""
    found = identity.names_of(set(identity_access.subjects(acting))).values()
    return sorted(found, key=lambda s: (s.pk != acting.principal, s.name, str(s.pk)))


def names(rows: Iterable[models.Entitlement]) -> dict[UUID, Any]:
    return identity.names_of({row.subject for row in rows})


def subjects_named(keys: set[UUID]) -> dict[UUID, Any]:
    return identity.names_of(keys)


def latest_run(acting: Acting, subject: UUID) -> models.MatchingRun | None:
    return access.runs(acting).filter(subject=subject).order_by("-at", "-id").first()


def looks_at(acting: Acting, subject: UUID, limit: int = 20) -> list[Seen]:
    """Every time this subject's data was looked at for benefits, newest first."""
    entries = audit.entries_of(evidence.chain_of(access.subject(acting, subject))).order_by("-sequence")[
        :limit
    ]
    return [Seen(e.at, e.action, tuple(e.detail.get("facts", ())), e.role) for e in entries]


def account_read(row: models.Entitlement) -> list[Any]:
    """Audit entries of everybody who looked at the whole account number, newest first."""
    return list(audit.entries_of(row.id).filter(action="payee.read").order_by("-sequence")[:20])


def policies_in_force(pack: Pack, at: date) -> list[Policy]:
    return [policy for policy in pack.policies.values() if calculator.in_force(policy, at)]


def policy_of(row: models.Entitlement) -> Policy | None:
    """As it stood in the pack that the entitlement was found under; None when that is not there any more."""
    try:
        return directory.pack(row.pack_digest).policies.get(row.policy)
    except (ObjectDoesNotExist, ValueError):
        return None


def is_money(row: models.Entitlement) -> bool:
    """Whether its amount is fen, and not units of an offer."""
    policy = policy_of(row)
    return policy is None or policy.is_money


def order_of(policy: Policy, year: int) -> str:
    """How what is set aside for a year is shared out; a policy without a budget owes everybody at once."""
    return next((budget.order for budget in policy.budget if budget.year == year), "first-come")


def budget_of(pack: Pack, policy: Policy, year: int) -> BudgetLine | None:
    """What the pack sets aside for the year and how much of it is held; None: no budget was declared for it."""
    declared = next((budget for budget in policy.budget if budget.year == year), None)
    if declared is None:
        return None
    row = models.BudgetYear.objects.filter(
        policy=policy.id, year=year, place=pack.manifest.jurisdiction
    ).first()
    reserved = row.reserved_fen if row else 0
    return BudgetLine(year, max(declared.total_fen, reserved), reserved)


def line_of(row: models.Entitlement) -> BudgetLine | None:
    """The budget that an entitlement draws on, as it is now."""
    budget = row.budget
    return BudgetLine(budget.year, budget.total_fen, budget.reserved_fen) if budget else None


def in_line(budget: models.BudgetYear) -> QuerySet[models.Entitlement]:
    """Who waits for something of this budget to be given up, the next first."""
    waiting = models.Entitlement.objects.filter(budget=budget, state=State.EXHAUSTED.value)
    return waiting.exclude(line__round__order="pro-rata").order_by(
        Coalesce("line__round__confirmed_at", "found_at"), F("line__rank").asc(nulls_last=True), "id"
    )


def place_in_line(row: models.Entitlement) -> int | None:
    """How manieth in the line of its list, from 1. None: it is on no list, or does not wait."""
    line = models.RoundLine.objects.filter(entitlement=row).select_related("round").first()
    if row.state != State.EXHAUSTED.value or line is None or line.round.order == "pro-rata":
        return None
    before = line.round.lines.filter(entitlement__state=State.EXHAUSTED.value, rank__lt=line.rank)
    return before.count() + 1


def log_rows(*, now: datetime, place: str | None = None) -> Iterator[dict[str, Any]]:
    """One record of the log `entitlements` (core/packs/logs.py) for every entitlement.

    Holds the facts of the log and `number`, the id by which a number on a page opens to its entitlements; names nobody.
    None is a fact known to be absent: nothing is due before it is confirmed, and an offer is no money. `contested` says
    that a contest is open.
    """
    rows = models.Entitlement.objects.filter(place=place) if place else models.Entitlement.objects.all()
    for row in rows.order_by("found_at", "id").iterator():
        yield {
            "number": str(row.id),
            "policy": row.policy,
            "place": row.place,
            "amount": row.amount_fen if is_money(row) else None,
            "confirmed": row.due_on is not None,
            "refused": row.state == State.REFUSED.value,
            "contested": row.state == State.CONTESTED.value,
            "paid": row.paid_on is not None,
            "due_on": row.due_on,
        }


def append_only_tables() -> tuple[str, ...]:
    """Tables that web and worker may add to and never change."""
    return tuple(model._meta.db_table for model in models.WRITTEN_ONCE)
