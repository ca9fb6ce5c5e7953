"""Letting an event happen to an entitlement: the one place where its state changes and where its money is released."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import NotNow, StaleVersion
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.packs import calendars
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration, Unit
from tongban.core.values.text import Bilingual
from tongban.work.policies import models, queries, states, words
from tongban.work.policies.actions import budgets
from tongban.work.policies.states import RESERVING, Event, State


def add(
    *, acting: Acting, row: models.Entitlement, event: Event, detail: Mapping[str, object] | None = None
) -> models.EntitlementEvent:
    """Let `event` happen to a locked entitlement now, with its audit entry. Raises NotNow when it cannot.

    An entitlement that no longer reserves gives its money back, and the next in line is offered it.
    """
    before = State(row.state) if row.events.exists() else None
    state = states.after(before, event)
    if state is None:
        raise NotNow(_("This can no longer be done: the benefit has moved on in the meantime."))
    last = row.events.aggregate(last=Max("sequence"))["last"] or 0
    written = models.EntitlementEvent.objects.create(
        entitlement=row, sequence=last + 1, event=event.value, day=acting.today, at=acting.now, actor=acting.actor,
        role=acting.role, organisation=acting.organisation,
    )  # fmt: skip
    if before is not None:
        row.state, row.version = state.value, row.version + 1
        row.save()
    audit.record(
        acting=acting, action=f"entitlement.{event.value}", root=row.id, object_kind="entitlement", object_id=row.id,
        detail={"policy": row.policy, "state": state.value, **(detail or {})},
    )  # fmt: skip
    if before in RESERVING and state not in RESERVING and row.budget is not None:
        _release(acting, row)
    return written


def require_version(row: models.Entitlement, version: int | None) -> None:
    """Raises StaleVersion when somebody else changed the row since it was shown."""
    if version is not None and version != row.version:
        raise StaleVersion(
            _(
                "Somebody changed this benefit while you were looking at it. Look at it again; your text is kept below."
            )
        )


def pack_and_policy(row: models.Entitlement) -> tuple[Pack, Policy]:
    """The pack it was found under, and its policy there."""
    pack = directory.pack(row.pack_digest)
    return pack, pack.policies[row.policy]


def last_day_to_answer(pack: Pack, policy: Policy, acting: Acting) -> DueDate:
    term = policy.confirm_within
    return calendars.work_calendar(pack).add(
        acting.today, Duration(term.amount, Unit(term.unit)), rolls=term.rolls
    )


def tell(*, acting: Acting, row: models.Entitlement, event: Event, title: Bilingual, body: Bilingual) -> None:
    """Tell the subject and the persons who may act for it, once per event."""
    persons = {account.person_id for account in identity.accounts_of_subject(row.subject, acting.now)}
    for subject in sorted({row.subject, *persons}):
        notices.tell(
            subject=subject, cause=f"entitlement:{row.id}:{event.value}", title=title, body=body, link=f"/benefits/{row.id}",
            now=acting.now,
        )  # fmt: skip


def tell_of_finding(
    *, acting: Acting, row: models.Entitlement, policy: Policy, event: Event, place: int | None = None
) -> None:
    """That something is due; or, honestly, that it would be and nothing is left. `place`: in the line of a list."""
    amount = words.amount_in_both(policy, row.amount_fen)
    if State(row.state) is State.EXHAUSTED:
        title, body = _nothing_left(policy, amount, place)
    else:
        title = both(msg("Due to you: %(amount)s, %(policy)s"), amount=amount, policy=policy.name)
        moved = event is Event.OFFER and not policy.is_money
        body = both(
            msg("Somebody gave theirs up, and you are next in line. Confirm, refuse or contest it until %(day)s. The reasons are on the page.")
            if moved
            else msg("You did not apply; the rules found you. Confirm, refuse or contest it until %(day)s. The reasons are on the page."),
            day=row.confirm_by.isoformat() if row.confirm_by else "—",
        )  # fmt: skip
    tell(acting=acting, row=row, event=event, title=title, body=body)


def _nothing_left(policy: Policy, amount: Bilingual, place: int | None) -> tuple[Bilingual, Bilingual]:
    if policy.is_money:
        title = both(msg("No money left this year: %(policy)s"), policy=policy.name)
    else:
        title = both(msg("Nothing left this year: %(policy)s"), policy=policy.name)
    if place is not None:
        body = both(
            msg("You meet every condition for %(amount)s, and others come before you on the list. You are number %(place)s in line: if somebody gives theirs up, it goes to the next by itself, and we tell you. You need do nothing."),
            amount=amount, place=place,
        )  # fmt: skip
    elif policy.is_money:
        body = both(
            msg("You meet every condition for %(amount)s, but this year's budget is spent. You stand in line: if somebody gives their money up, we tell you. You need do nothing."),
            amount=amount,
        )  # fmt: skip
    else:
        body = both(
            msg("You meet every condition for %(amount)s, but all of it is taken this year. You stand in line: if somebody gives theirs up, we tell you. You need do nothing."),
            amount=amount,
        )  # fmt: skip
    return title, body


def offer_to_those_in_line(*, acting: Acting, budget: models.BudgetYear) -> None:
    """What is free goes to the next in line whose whole amount fits, then to the next, in this transaction.

    The order was settled when the list was confirmed, and nobody chooses: lists in the order of their confirmation and
    each by its ranks, whoever is on none by the day they were found. Of a list with shares for everybody nobody is in
    line. `budget` is locked; the caller saves it.
    """
    by_system = system(
        acting.now, acting.place, "something was given up", acting.request_id, acting.time_zone
    )
    waiting = queries.in_line(budget)
    while True:
        free = budget.total_fen - budget.reserved_fen
        row = waiting.select_for_update(of=("self",)).filter(amount_fen__lte=free).first()
        if row is None or not budgets.take(budget, row.amount_fen):
            return
        pack, policy = pack_and_policy(row)
        due = last_day_to_answer(pack, policy, by_system)
        row.confirm_by, row.provisional = due.day, due.provisional
        add(acting=by_system, row=row, event=Event.OFFER)
        tell_of_finding(acting=by_system, row=row, policy=policy, event=Event.OFFER)


def _release(acting: Acting, row: models.Entitlement) -> None:
    assert row.budget is not None
    budget = budgets.locked(row.budget)
    budget.reserved_fen -= row.amount_fen
    offer_to_those_in_line(acting=acting, budget=budget)
    budget.save(update_fields=["reserved_fen"])


def changed(row: models.Entitlement, **values: Any) -> None:
    """Set fields of a locked row; `add` saves them together with the state."""
    for name, value in values.items():
        setattr(row, name, value)
