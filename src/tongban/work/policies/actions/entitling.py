"""Making an entitlement, once for whatever the policy is granted once to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import events
from tongban.work.policies.actions.budgets import Reservation
from tongban.work.policies.states import Event, State

PAYING: Final = "finance"
"""Role of the organ that pays (财政部门), where the place has one."""


@dataclass(frozen=True, slots=True)
class Due:
    """What the rules found for one subject."""

    pack: Pack
    policy: Policy
    subject: UUID
    facts: dict[str, Any]
    """Only those that the policy reads, with their sources."""
    findings: dict[str, Any]
    ground: str
    amount_fen: int
    full_fen: int | None = None
    """Where only a share is given: what the rules come to."""
    place: int | None = None
    """In the line of a list, of which nothing is left for it."""


def once(*, acting: Acting, due: Due, reserve: Callable[[], Reservation]) -> models.Entitlement | None:
    """The entitlement with its reservation; None when there is one already or it may not be made again."""
    key = once_key(acting, due.policy, due.subject)
    if key is None or is_held(due.policy, key):
        return None
    earlier = models.Entitlement.objects.filter(policy=due.policy.id, once_key=key)
    if earlier.filter(facts_digest=evidence.digest_of(due.facts)).exists():
        return None  # an officer has taken back just this finding
    try:
        with transaction.atomic():
            return _written(acting, due, key, reserve())
    except IntegrityError:  # another subject of the same person, at the same moment
        if is_held(due.policy, key):
            return None
        raise


def once_key(acting: Acting, policy: Policy, subject: UUID) -> str | None:
    """What the policy is granted once to. None: to a person, and nobody is known who represents the firm."""
    return once_keys(acting, policy, [subject])[subject]


def once_keys(acting: Acting, policy: Policy, subjects: Sequence[UUID]) -> dict[UUID, str | None]:
    """The same of each of them, who are all of the kind that the policy is meant for."""
    match policy.once_per:
        case "subject":
            return {subject: str(subject) for subject in subjects}
        case "year":
            return {subject: f"{subject}:{acting.today.year}" for subject in subjects}
        case "person" if policy.subject == "person":
            return {subject: str(subject) for subject in subjects}
        case "person":
            agents = identity.representatives_of(subjects, acting.now)
            return {subject: str(agents[subject]) if subject in agents else None for subject in subjects}


def is_held(policy: Policy, key: str) -> bool:
    return bool(held(policy, [key]))


def held(policy: Policy, keys: Collection[str]) -> frozenset[str]:
    """Those of the keys that it has been granted to and not taken back from."""
    found = models.Entitlement.objects.filter(policy=policy.id, once_key__in=keys)
    return frozenset(found.exclude(state=State.WITHDRAWN.value).values_list("once_key", flat=True))


def _written(acting: Acting, due: Due, key: str, held: Reservation) -> models.Entitlement:
    pack, policy = due.pack, due.policy
    organ = directory.organisation_for(pack, policy.authority, acting.place)
    payer = _payer(pack) if policy.is_money else None
    last = events.last_day_to_answer(pack, policy, acting) if held.held else None
    row = models.Entitlement.objects.create(
        policy=policy.id, subject=due.subject, once_key=key, organisation=organ.id, place=organ.place,
        payer=payer and payer.id, payer_place=payer and payer.place, amount_fen=due.amount_fen, budget=held.budget,
        state=(State.FOUND if held.held else State.EXHAUSTED).value, ground=due.ground, facts=due.facts,
        facts_digest=evidence.digest_of(due.facts), findings=due.findings, pack_digest=pack.digest,
        engine=calculator.ENGINE, articles=calculator.articles_of(policy), found_at=acting.now, found_on=acting.today,
        confirm_by=last and last.day, provisional=bool(last and last.provisional), full_fen=due.full_fen,
    )  # fmt: skip
    event = Event.FIND if held.held else Event.EXHAUST
    events.add(acting=acting, row=row, event=event, detail={"ground": due.ground})
    events.tell_of_finding(acting=acting, row=row, policy=policy, event=event, place=due.place)
    return row


def _payer(pack: Pack) -> Any:
    try:
        return directory.organisation_for(pack, PAYING, pack.manifest.jurisdiction)
    except LookupError:
        return None
