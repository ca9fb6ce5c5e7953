"""Publicity (公示) of a list: anybody who is signed in may object to a line, and the office answers with reasons."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.work.policies import access, models
from tongban.work.policies.actions import budgets, events, rounds
from tongban.work.policies.actions.owner import MOST_TEXT
from tongban.work.policies.states import Event, State, after


def object_to(*, acting: Acting, line: UUID, text: str) -> models.Objection:
    """Say why a line should not stand, until the last day of publicity. Saying it again changes nothing.

    Raises Invalid without a text, NotNow outside publicity or when something else was said before.
    """
    said = text.replace("\x00", "").strip()
    if not said or len(said) > MOST_TEXT:
        message = _("Say what is wrong, in at most %(n)d characters.") % {"n": MOST_TEXT}
        raise Invalid(message, fields={"text": message})
    by = access.keeper(acting)
    with transaction.atomic():
        found = models.RoundLine.objects.select_related("round").filter(pk=line, struck="").first()
        if found is None or found.round.public_to is None:
            raise NotFound(_("There is no such list, or it is not yours to see."))
        if acting.today > found.round.public_to:
            raise NotNow(_("Publicity is over. You can still write to the office or the hotline."))
        row, new = models.Objection.objects.get_or_create(
            line=found, by=by, defaults={"text": said, "raised_at": acting.now}
        )
        if not new and row.text != said:
            raise NotNow(_("You have objected to this line before; the office answers it."))
        if new:
            rounds.note(acting, found.round, "round.objected", {"line": str(line)})
    return row


def answer(*, acting: Acting, objection: UUID, outcome: str, reasons: str) -> models.Objection:
    """The line stands, or is struck: then its entitlement is withdrawn and the money released. Both sides are told.

    Raises Invalid without outcome and reasons, NotNow when the entitlement has been paid.
    """
    reasons = reasons.replace("\x00", "").strip()[:MOST_TEXT]
    problems = {}
    if outcome not in ("stands", "struck"):
        problems["outcome"] = _("Choose whether the line stands.")
    if not reasons:
        problems["reasons"] = _("Say why, in words the owner understands.")
    if problems:
        raise Invalid(_("The answer is not complete yet."), fields=problems)
    with transaction.atomic():
        row = access.objections(acting).select_for_update().filter(pk=objection).first()
        if row is None or acting.role != "officer":
            raise NotFound(_("There is no such list, or it is not yours to see."))
        if row.outcome == outcome:
            return row
        if row.outcome:
            raise NotNow(_("This objection was answered before."))
        row.outcome, row.reasons, row.answered_at, row.answered_by = (
            outcome,
            reasons,
            acting.now,
            acting.actor,
        )
        row.save()
        if outcome == "struck":
            _withdraw(acting, row.line, reasons)
        rounds.note(acting, row.line.round, "round.answered", {"line": str(row.line_id), "outcome": outcome})
        stands = outcome == "stands"
        notices.tell(
            subject=row.by, cause=f"objection:{row.id}",
            title=both(msg("The line you objected to stands") if stands else msg("The line you objected to was struck")),
            body=both(msg("Reasons: %(reasons)s"), reasons=reasons[:500]), link=f"/publicity/{row.line.round_id}", now=acting.now,
        )  # fmt: skip
    return row


def _withdraw(acting: Acting, line: models.RoundLine, reasons: str) -> None:
    """Under the lock of the round, so that the job which tells everybody sees it or has told this line already."""
    round_ = models.Round.objects.select_for_update().get(pk=line.round_id)
    line.refresh_from_db()
    line.struck = reasons
    line.save(update_fields=["struck"])
    if line.entitlement_id is None:
        if round_.state == "telling" and line.given_fen:
            _give_back(round_, line.given_fen)
        return
    held = models.Entitlement.objects.select_for_update().get(pk=line.entitlement_id)
    if after(State(held.state), Event.WITHDRAW) is None:
        if State(held.state) in (State.REFUSED, State.LAPSED, State.WITHDRAWN):
            return
        raise NotNow(_("It has been paid. Claim it back instead."))
    events.add(acting=acting, row=held, event=Event.WITHDRAW)
    policy = events.pack_and_policy(held)[1]
    events.tell(
        acting=acting, row=held, event=Event.WITHDRAW,
        title=both(msg("Taken off the list: %(policy)s"), policy=policy.name),
        body=both(
            msg("Somebody objected in publicity, and the office agrees. Reasons: %(reasons)s You can ask for reconsideration or go to court."),
            reasons=reasons[:500],
        ),
    )  # fmt: skip


def _give_back(round_: models.Round, amount: int) -> None:
    """What a line was to be given that nobody has been told of yet; the job offers it to those in line at its end."""
    pack, policy = rounds.pack_and_policy(round_)
    budget = budgets.of_year(pack=pack, policy=policy, year=round_.year) if policy.budget else None
    if budget is not None:
        budgets.give_back(budget, amount)
