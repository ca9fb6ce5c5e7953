"""What the owner of an entitlement does: confirm with an account, refuse, contest."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices.wording import both
from tongban.core.packs import calendars
from tongban.core.packs.model_data import Policy
from tongban.core.values.duration import Duration, Unit
from tongban.work.policies import access, models, payees, words
from tongban.work.policies.actions import events
from tongban.work.policies.states import ANSWERABLE, Event, State

PAY_WITHIN = Duration(10, Unit.WORKING_DAYS)
"""From confirmation to payment, where the policy does not say. Our own design."""
MOST_TEXT = 2000


def confirm(
    *, acting: Acting, entitlement: UUID, payee_name: str = "", account: str = "", version: int | None = None
) -> models.Entitlement:
    """Accept the amount and say where to pay it; an offer that is not money needs no account. Confirming again changes
    nothing.

    Raises `Invalid` for an account that cannot be one, `NotNow` past the last day to answer.
    """
    with transaction.atomic():
        row = access.own(acting, entitlement)
        if row.state == State.CONFIRMED.value:
            return row
        pack, policy = events.pack_and_policy(row)
        name, digits = payees.checked(payee_name, account) if policy.is_money else ("", "")
        events.require_version(row, version)
        _refuse_late(acting, row)
        listed = models.RoundLine.objects.filter(entitlement=row).select_related("round").first()
        public_to = listed.round.public_to if listed else None
        first = max(acting.today, public_to) if public_to else acting.today  # nothing is paid in publicity
        due = calendars.work_calendar(pack).add(first, time_to_pay(policy))
        events.changed(
            row,
            payee_name=name,
            payee_account=payees.sealed(row.id, digits) if policy.is_money else None,
            payee_last_four=digits[-4:],
            due_on=due.day,
        )
        events.add(acting=acting, row=row, event=Event.CONFIRM)
        body = (
            both(msg("It will be paid by %(day)s to the account ending in %(digits)s."), day=due.day.isoformat(), digits=digits[-4:])
            if policy.is_money
            else both(msg("It will be handed over by %(day)s: %(amount)s."), day=due.day.isoformat(), amount=words.amount_in_both(policy, row.amount_fen))
        )  # fmt: skip
        events.tell(
            acting=acting, row=row, event=Event.CONFIRM,
            title=both(msg("Confirmed: %(policy)s"), policy=policy.name), body=body,
        )  # fmt: skip
    return row


def time_to_pay(policy: Policy) -> Duration:
    """From the confirmation, or from the end of publicity, to the payment or the handing over."""
    said = policy.pay_within
    return Duration(said.amount, Unit(said.unit)) if said is not None else PAY_WITHIN


def refuse(*, acting: Acting, entitlement: UUID, version: int | None = None) -> models.Entitlement:
    """Give the amount up; it is released at once, for the next in line. Refusing again changes nothing."""
    with transaction.atomic():
        row = access.own(acting, entitlement)
        if row.state == State.REFUSED.value:
            return row
        events.require_version(row, version)
        events.add(acting=acting, row=row, event=Event.REFUSE)
    return row


def contest(
    *, acting: Acting, entitlement: UUID, text: str, version: int | None = None
) -> models.Entitlement:
    """Say what is wrong with the finding: an officer answers with reasons, and the clock to answer stands still.

    Raises `Invalid` without a text, `NotNow` past the last day to answer or when it was contested before.
    """
    said = text.replace("\x00", "").strip()
    if not said:
        message = _("Say what is wrong, in your own words.")
        raise Invalid(message, fields={"text": message})
    if len(said) > MOST_TEXT:
        message = _("Use at most %(n)d characters; these are %(given)d.") % {
            "n": MOST_TEXT,
            "given": len(said),
        }
        raise Invalid(message, fields={"text": message})
    with transaction.atomic():
        row = access.own(acting, entitlement)
        earlier = models.Contest.objects.filter(entitlement=row).first()
        if earlier is not None and earlier.text == said:
            return row
        events.require_version(row, version)
        _refuse_late(acting, row)
        if earlier is not None:
            raise NotNow(_("This was contested and answered once; ask for reconsideration or go to court."))
        events.add(acting=acting, row=row, event=Event.CONTEST)
        models.Contest.objects.create(
            entitlement=row, text=said, raised_at=acting.now, raised_by=acting.actor
        )
    return row


def _refuse_late(acting: Acting, row: models.Entitlement) -> None:
    """The last day ends at 24:00 of the place, whether or not a clock has run since."""
    if State(row.state) in ANSWERABLE and row.confirm_by is not None and acting.today > row.confirm_by:
        raise NotNow(_("The last day to answer has passed. What was reserved is free for the next."))
