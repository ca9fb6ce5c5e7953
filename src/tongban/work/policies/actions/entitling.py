"""Making an entitlement, once for whatever the policy is granted once to."""

from __future__ import annotations

from collections.abc import Callable
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
    match policy.once_per:
        case "subject":
            return str(subject)
        case "year":
            return f"{subject}:{acting.today.year}"
        case "person":
            return _person(acting, subject)


def is_held(policy: Policy, key: str) -> bool:
    found = models.Entitlement.objects.filter(policy=policy.id, once_key=key)
    return found.exclude(state=State.WITHDRAWN.value).exists()


def _written(acting: Acting, due: Due, key: str, held: Reservation) -> models.Entitlement:
    pack, policy = due.pack, due.policy
    organ = directory.organisation_for(pack, policy.authority, acting.place)
    payer = _payer(pack)
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
    events.tell_of_finding(acting=acting, row=row, policy=policy, event=event)
    return row


def _payer(pack: Pack) -> Any:
    try:
        return directory.organisation_for(pack, PAYING, pack.manifest.jurisdiction)
    except LookupError:
        return None


def _person(acting: Acting, subject: UUID) -> str | None:
    if identity.subject(subject).kind == "person":
        return str(subject)
    persons = [
        account.person_id
        for account in identity.accounts_of_subject(subject, acting.now)
        if identity.mandates_of(account.person, acting.now)
        .filter(principal_id=subject, ground="representative")
        .exists()
    ]
    return str(min(persons)) if persons else None
