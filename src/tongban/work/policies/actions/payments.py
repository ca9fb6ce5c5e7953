"""Paying a whole list: a file for the bank or treasury, and what came back from it; of an offer that is not money, a file
for whoever hands it over. And claiming back what was paid or handed over."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, Refusal
from tongban.base.notices.wording import both
from tongban.core.packs import parameters
from tongban.core.planning import clawback
from tongban.work.policies import access, models, payees, queries, words
from tongban.work.policies.actions import events, office, rounds
from tongban.work.policies.states import Event, State

COLUMNS: Final = ("entitlement", "payee", "account", "amount_yuan", "policy", "pay_by")
ALLOCATION: Final = ("entitlement", "name", "identifier", "amount", "unit", "policy", "hand_over_by")
RESULT: Final = ("entitlement", "reference")
MOST_LINES: Final = 100_000


@dataclass(frozen=True, slots=True)
class Payment:
    """One line of the file that goes to whoever pays."""

    entitlement: UUID
    payee: str
    account: str
    amount_fen: int
    policy: str
    pay_by: date | None


@dataclass(frozen=True, slots=True)
class Allocation:
    """One line of the file that goes to whoever hands over what is offered."""

    entitlement: UUID
    subject: UUID
    amount: int
    """In units of the offer."""
    hand_over_by: date | None


@dataclass(frozen=True, slots=True)
class Misfit:
    line: int
    """Of the file, the row of names being the first."""
    reason: str


def to_pay(*, acting: Acting, round_: UUID) -> list[Payment]:
    """Every confirmed entitlement of a list whose publicity is over, with the account. Each account that is read is an
    entry that its owner sees. Raises NotNow while publicity lasts, Invalid for a list of something that is not money."""
    with transaction.atomic():
        row = access.round_page(acting, round_)
        if row.public_to is not None and acting.today <= row.public_to:
            raise NotNow(office.still_public(row.public_to))
        if not rounds.pack_and_policy(row)[1].is_money:
            raise Invalid(_("Nothing is paid by this list. Take the file of places instead."))
        made: list[Payment] = []
        for one in _ready(acting, row):
            if one.payee_account is None:
                continue
            audit.record(
                acting=acting.because("payment of a benefit"), action="payee.read", root=one.id, object_kind="entitlement",
                object_id=one.id, detail={"round": str(row.id)},
            )  # fmt: skip
            account = payees.opened(one.id, bytes(one.payee_account))
            made.append(Payment(one.id, one.payee_name, account, one.amount_fen, one.policy, one.due_on))
        audit.record(
            acting=acting, action="round.payment-file", root=row.id, object_kind="round", object_id=row.id,
            detail={"payments": len(made), "total": sum(one.amount_fen for one in made)},
        )  # fmt: skip
    return made


def to_hand_over(*, acting: Acting, round_: UUID) -> list[Allocation]:
    """Every confirmed entitlement of a list of something that is not money, once publicity is over, in the order of the
    list. Raises NotNow while publicity lasts, Invalid for a list of payments."""
    with transaction.atomic():
        row = access.round_page(acting, round_)
        if row.public_to is not None and acting.today <= row.public_to:
            raise NotNow(office.still_public(row.public_to))
        if rounds.pack_and_policy(row)[1].is_money:
            raise Invalid(_("This list is paid. Take the payment file instead."))
        made = [Allocation(one.id, one.subject, one.amount_fen, one.due_on) for one in _ready(acting, row)]
        audit.record(
            acting=acting, action="round.allocation-file", root=row.id, object_kind="round", object_id=row.id,
            detail={"places": len(made), "total": sum(one.amount for one in made)},
        )  # fmt: skip
    return made


def take_results(*, acting: Acting, round_: UUID, text: str) -> tuple[int, list[Misfit]]:
    """What was paid or handed over, from a CSV file with the columns `entitlement` and `reference`: how many are marked, and the lines
    that could not be. Good lines count whatever the others are; taking the same file again changes nothing.

    Raises Invalid for a file that is no such table.
    """
    row = access.round_page(acting, round_)
    there = {
        str(key) for key in access.entitlements(acting).filter(line__round=row).values_list("pk", flat=True)
    }
    done, misfits = 0, list[Misfit]()
    for number, key, reference in _lines(text):
        if key not in there:
            misfits.append(Misfit(number, _("This entitlement is not on the list.")))
            continue
        try:
            office.mark_paid(acting=acting, entitlement=UUID(key), reference=reference)
        except Refusal as refusal:
            misfits.append(Misfit(number, "; ".join(refusal.fields.values()) or str(refusal)))
        else:
            done += 1
    return done, misfits


def claim_back(
    *, acting: Acting, entitlement: UUID, rule: int, on: date, reasons: str, rate: str = "", version: int | None = None
) -> models.Entitlement:  # fmt: skip
    """Claim back what was paid or handed over, by a rule of the policy: what has happened, on which day. The amount is
    computed; an offer that is not money goes back whole, and without interest.

    `rate` is the yearly rate in percent where interest is owed and the pack names none. Claiming the same again changes
    nothing.
    """
    reasons = reasons.replace("\x00", "").strip()[: office.MOST_REASONS]
    if not reasons:
        message = _("Say why, in words the owner understands.")
        raise Invalid(message, fields={"reasons": message})
    with transaction.atomic():
        row = access.in_charge(acting, entitlement)
        if row.state == State.RECLAIMED.value and row.reclaim and row.reclaim["rule"] == rule:
            return row
        events.require_version(row, version)
        pack, policy = events.pack_and_policy(row)
        if not 0 <= rule < len(policy.clawback) or row.paid_on is None:
            message = _("Choose what has happened; the policy says for which cases it is paid back.")
            raise Invalid(message, fields={"rule": message})
        chosen = policy.clawback[rule]
        if not row.paid_on <= on <= acting.today:
            message = (
                _("Give a day from the payment, %(day)s, to today.")
                if policy.is_money
                else _("Give a day from the handing over, %(day)s, to today.")
            ) % {"day": row.paid_on.isoformat()}
            raise Invalid(message, fields={"on": message})
        yearly: Decimal | None = None
        if policy.is_money:
            named = parameters.resolve(pack, on).get(chosen.interest or "")
            if isinstance(named, Decimal):
                yearly = named
            elif chosen.returns == "all-with-interest":
                yearly = _percent(rate)
        else:
            chosen = chosen.model_copy(update={"returns": "all"})
        owed = clawback.back(chosen, paid_fen=row.amount_fen, paid_on=row.paid_on, on=on, yearly_rate=yearly)
        if not owed.total_fen:
            raise NotNow(
                _("The time in which it has to be paid back is over: nothing is owed.")
                if policy.is_money
                else _("The time in which it has to be given back is over.")
            )
        events.changed(
            row,
            reclaim={
                "rule": rule, "on": on.isoformat(), "principal_fen": owed.principal_fen, "interest_fen": owed.interest_fen,
                "rate": str(yearly) if yearly is not None else None, "reasons": reasons,
            },
        )  # fmt: skip
        events.add(acting=acting, row=row, event=Event.RECLAIM, detail={"rule": rule, "owed": owed.total_fen})
        amount = words.amount_in_both(policy, owed.total_fen)
        title = (
            both(msg("To be paid back: %(amount)s, %(policy)s"), amount=amount, policy=policy.name)
            if policy.is_money
            else both(msg("To be given back: %(amount)s, %(policy)s"), amount=amount, policy=policy.name)
        )
        events.tell(
            acting=acting, row=row, event=Event.RECLAIM, title=title,
            body=both(
                msg("What has happened: %(case)s. Reasons: %(reasons)s You can ask for reconsideration or go to court."),
                case=chosen.when, reasons=reasons[:500],
            ),
        )  # fmt: skip
    return row


def mark_repaid(*, acting: Acting, entitlement: UUID, version: int | None = None) -> models.Entitlement:
    """Say that it was paid back; or given back, and then it goes to the next in line. Saying it again changes nothing."""
    with transaction.atomic():
        row = access.in_charge(acting, entitlement)
        if row.state in (State.REPAID.value, State.RETURNED.value):
            return row
        events.require_version(row, version)
        events.changed(row, repaid_on=acting.today)
        event = Event.REPAY if queries.is_money(row) else Event.RETURN
        events.add(acting=acting, row=row, event=event)
    return row


def _ready(acting: Acting, row: models.Round) -> Iterator[models.Entitlement]:
    """Those who have confirmed and against whom no objection is open, in the order of the list."""
    disputed = models.Objection.objects.filter(line__round=row, outcome="").values("line_id")
    found = access.entitlements(acting).filter(line__round=row, state=State.CONFIRMED.value)
    yield from found.exclude(line__in=disputed).order_by("line__rank")


def _percent(rate: str) -> Decimal:
    try:
        found = Decimal(rate.strip().removesuffix("%"))
    except InvalidOperation:
        found = Decimal(-1)
    if not 0 <= found <= 36:
        message = _("Give the yearly rate of interest in percent, from 0 to 36.")
        raise Invalid(message, fields={"rate": message})
    return found / 100


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    head = [name.strip().casefold() for name in next(reader, [])]
    if not set(RESULT) <= set(head):
        message = _("The file needs the columns entitlement and reference in its first line.")
        raise Invalid(message, fields={"file": message})
    key, reference = (head.index(name) for name in RESULT)
    for number, cells in enumerate(reader, 2):
        if number > MOST_LINES:
            message = _("The file has more than %(n)d lines. Split it.") % {"n": MOST_LINES}
            raise Invalid(message, fields={"file": message})
        if any(cell.strip() for cell in cells):
            padded = [*cells, *[""] * len(head)]
            yield number, padded[key].strip(), padded[reference].strip()
