"""What an office does: answer a contest, see where to pay, say that it was paid or handed over."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices.wording import both
from tongban.work.policies import access, models, payees, words
from tongban.work.policies.actions import events
from tongban.work.policies.states import Event, State

OUTCOMES = {
    # outcome of the finding: what happens to the entitlement
    "upheld": Event.UPHOLD,
    "withdrawn": Event.WITHDRAW,
}
MOST_REASONS = 4000


def answer_contest(
    *, acting: Acting, entitlement: UUID, outcome: str, reasons: str, version: int | None = None
) -> models.Entitlement:
    """The finding stands (`upheld`: the owner's term begins anew) or is taken back (`withdrawn`: its money is released).

    For officers of the policy's organ. Raises `Invalid` without outcome or reasons. Answering the same again changes
    nothing.
    """
    reasons = reasons.replace("\x00", "").strip()[:MOST_REASONS]
    problems = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = _("Choose whether the finding stands.")
    if not reasons:
        problems["reasons"] = _("Say why, in words the owner understands.")
    if problems:
        raise Invalid(_("The answer is not complete yet."), fields=problems)
    with transaction.atomic():
        row = access.in_charge(acting, entitlement)
        if row.state == outcome:
            return row
        events.require_version(row, version)
        pack, policy = events.pack_and_policy(row)
        if outcome == "upheld":
            due = events.last_day_to_answer(pack, policy, acting)
            events.changed(row, confirm_by=due.day, provisional=due.provisional)
        event = OUTCOMES[outcome]
        events.add(acting=acting, row=row, event=event)
        models.Contest.objects.filter(entitlement=row).update(
            outcome=outcome, reasons=reasons, answered_at=acting.now, answered_by=acting.actor
        )
        stands = outcome == "upheld"
        events.tell(
            acting=acting, row=row, event=event,
            title=both(msg("Your objection was answered: %(policy)s"), policy=policy.name),
            body=both(
                msg("The finding stands. You can confirm or refuse it until %(day)s. Reasons: %(reasons)s")
                if stands
                else msg("The finding is taken back. Reasons: %(reasons)s"),
                day=row.confirm_by.isoformat() if row.confirm_by else "—", reasons=reasons[:500],
            ),
        )  # fmt: skip
    return row


def read_account(*, acting: Acting, entitlement: UUID) -> str:
    """The account to pay to, in full. For who pays; each look is an entry that the owner can see."""
    with transaction.atomic():
        row = access.to_pay(acting, entitlement)
        if row.payee_account is None:
            raise NotFound(_("No account has been given."))
        audit.record(
            acting=acting.because("payment of a benefit"), action="payee.read", root=row.id, object_kind="entitlement",
            object_id=row.id,
        )  # fmt: skip
        return payees.opened(row.id, bytes(row.payee_account))


def mark_paid(
    *, acting: Acting, entitlement: UUID, reference: str, version: int | None = None
) -> models.Entitlement:
    """Say that the money went out or that what is offered was handed over, with the reference of the payment or of the
    contract. Saying it again changes nothing."""
    reference = " ".join(reference.replace("\x00", "").split())[:60]
    with transaction.atomic():
        row = access.to_pay(acting, entitlement)
        policy = events.pack_and_policy(row)[1]
        if not reference:
            message = (
                _("Give the reference of the payment, so that it can be found again.")
                if policy.is_money
                else _("Give the number of the contract or record, so that it can be found again.")
            )
            raise Invalid(message, fields={"reference": message})
        if row.state == State.PAID.value:
            return row
        events.require_version(row, version)
        refuse_before_publicity_ends(acting, row)
        events.changed(row, paid_on=acting.today, payment=reference)
        events.add(acting=acting, row=row, event=Event.PAY)
        said = {"day": acting.today.isoformat(), "reference": reference}
        if policy.is_money:
            title = both(msg("Paid: %(policy)s"), policy=policy.name)
            body = both(
                msg("Paid on %(day)s to the account ending in %(digits)s. Reference: %(reference)s"),
                digits=row.payee_last_four, **said,
            )  # fmt: skip
        else:
            title = both(msg("Handed over: %(policy)s"), policy=policy.name)
            body = both(
                msg("%(amount)s, handed over on %(day)s. Contract or record: %(reference)s"),
                amount=words.amount_in_both(policy, row.amount_fen), **said,
            )  # fmt: skip
        events.tell(acting=acting, row=row, event=Event.PAY, title=title, body=body)
    return row


def refuse_before_publicity_ends(acting: Acting, row: models.Entitlement) -> None:
    """Raises NotNow for an entitlement of a list that is in publicity, or against which an objection is open."""
    line = models.RoundLine.objects.filter(entitlement=row).select_related("round").first()
    if line is None:
        return
    if line.round.public_to is not None and acting.today <= line.round.public_to:
        raise NotNow(still_public(line.round.public_to))
    if line.objections.filter(outcome="").exists():
        raise NotNow(_("Somebody has objected to this line of the list. Answer that first."))


def still_public(day: date) -> str:
    return _("The list is in publicity until %(day)s. Pay or hand over after that.") % {
        "day": day.isoformat()
    }
