"""Ending what was granted before its time: annulled, recalled or cancelled (撤销, 撤回, 注销), each on a ground of law.

    propose  -> where the ground harms the holder they are heard first (`hearings`)
             -> carried out at once, or by a second officer where the pack says so
    carry_out, drop

The licence follows by a message: it is revoked in its own room, with the ground as the reason.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, Refusal
from tongban.core.packs.pack import Pack
from tongban.core.procedures import states
from tongban.core.procedures.model import Event
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import commitments, events, hearings, papers
from tongban.work.cases.grounds import ARTICLES_OF, GROUNDS

PAPERS = {Event.ANNUL: "annulment", Event.RECALL: "recall", Event.CANCEL: "cancellation"}


class SecondOfficerNeeded(NotNow):
    """Whoever proposed it may not carry it out as well."""


def propose(
    *, acting: Acting, number: str, ground: str, reasons: str, version: int | None = None
) -> models.Ending:
    """Propose the end of what was granted; where the pack asks for one officer only, it ends at once.

    The same proposal again changes nothing. Raises `Invalid` for a ground that does not fit the case, `NotNow` when
    there is nothing to end or another proposal is open.
    """
    problems = {}
    if ground not in GROUNDS:
        problems["ground"] = _("Choose a ground.")
    if not reasons.strip():
        problems["reasons"] = _("Say why, in words the applicant understands.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    with transaction.atomic():
        case = access.officer_case(acting, number)
        earlier = case.endings.filter(dropped_at=None, overturned_at=None).first()
        if earlier is not None and (earlier.ground, earlier.proposed_by) == (ground, acting.actor):
            return earlier
        events.require_version(case, version)
        if earlier is not None:
            raise NotNow(_("An end of this decision has been proposed. Carry it out or drop it first."))
        if (obstacle := _obstacle(case, acting, ground)) is not None:
            raise obstacle
        pack = form.pack_of(case.application, acting)
        declared = pack.services[case.service].ending
        ending = models.Ending.objects.create(
            case=case, ground=ground, reasons=reasons.strip()[:2000], two_officers=bool(declared and declared.two_officers),
            proposed_at=acting.now, proposed_by=acting.actor,
        )  # fmt: skip
        if hearings.needed(case, ground):
            hearings.announce(acting=acting, case=case, ending=ending, articles=_articles(case, ending, pack))
            _record(acting, "case.ending-proposed", ending)
        elif ending.two_officers:
            case.version += 1
            case.save(update_fields=["version"])
            _record(acting, "case.ending-proposed", ending)
        else:
            _carry_out(acting, case, ending, pack, answer="")
    return ending


def carry_out(*, acting: Acting, number: str, answer: str = "", version: int | None = None) -> models.Ending:
    """Carry out what was proposed, once its holder has been heard. Carrying it out again changes nothing.

    `answer`: what is said to the holder's statement; needed where there is one. Raises `SecondOfficerNeeded` where the
    pack asks for two, `NotNow` while the holder may still speak, `Invalid` without an answer.
    """
    with transaction.atomic():
        case, ending = _proposed(acting, number)
        if ending.carried_out_at is not None and ending.carried_out_by == acting.actor:
            return ending
        events.require_version(case, version)
        if ending.carried_out_at is not None:
            raise NotNow(_("It has been carried out already."))
        if ending.two_officers and ending.proposed_by == acting.actor:
            raise SecondOfficerNeeded(_("You have proposed this: another officer has to carry it out."))
        pack = form.pack_of(case.application, acting)
        hearings.require_heard(acting=acting, case=case, pack=pack, ending=ending, answer=answer)
        _carry_out(acting, case, ending, pack, answer=answer.strip()[:4000])
    return ending


def drop(*, acting: Acting, number: str, version: int | None = None) -> models.Case:
    """Drop a proposal, one's own or another officer's: what was granted stays in force."""
    with transaction.atomic():
        case, ending = _proposed(acting, number)
        events.require_version(case, version)
        if ending.carried_out_at is not None:
            raise NotNow(_("It has been carried out already."))
        ending.dropped_at, ending.dropped_by = acting.now, acting.actor
        ending.save(update_fields=["dropped_at", "dropped_by"])
        if hearings.of(ending) is not None:  # the holder was told that it is to end
            events.add(acting=acting, case=case, event=Event.CALL_OFF_END, detail={"ground": ending.ground})
            told = {"case": str(case.id), "event": Event.CALL_OFF_END.value, "document": ""}
            audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
        else:
            case.version += 1
            case.save(update_fields=["version"])
        _record(acting, "case.ending-dropped", ending)
    return case


def possible_grounds(case: models.Case, acting: Acting) -> list[str]:
    """Grounds on which it could end now, in the order of the law: those of a promise only while one is to be kept."""
    return [name for name in GROUNDS if _obstacle(case, acting, name) is None]


def open_proposal(case: models.Case) -> models.Ending | None:
    """What is proposed and neither carried out nor dropped."""
    return case.endings.filter(dropped_at=None, carried_out_at=None).first()


def _obstacle(case: models.Case, acting: Acting, name: str) -> Refusal | None:
    """Why it cannot end on this ground now; None when it can."""
    ground, history = GROUNDS[name], form.history_of(case)
    if ground.event not in states.possible(history, "officer"):
        return NotNow(_("There is nothing in force here that could end."))
    if hearings.needed(case, name) and form.terms_from_json(case.terms).heard is None:
        return NotNow(_("The pack does not say how the holder is heard before this. Choose another ground."))
    marks = states.marks_of(history)
    if ground.of_promise and not marks.promised:
        said = _("It was not granted on a promise that is still to be kept. Choose another ground.")
        return Invalid(_("Some entries need another look."), fields={"ground": said})
    if name == "commitment-unkept" and form.terms_from_json(case.terms).remedy is not None:
        clock = form.clock_of(case, form.pack_of(case.application, acting), acting.today)
        if clock.remedy_by is None:
            return NotNow(_("Order it to be put right first: the pack gives time for that."))
        if acting.today <= clock.remedy_by.day:
            return NotNow(_("The time for putting it right is not over."))
    return None


def _proposed(acting: Acting, number: str) -> tuple[models.Case, models.Ending]:
    case = access.officer_case(acting, number)
    ending = (
        models.Ending.objects.select_for_update()
        .filter(case=case, dropped_at=None, overturned_at=None)
        .first()
    )
    if ending is None:
        raise NotNow(_("Nobody has proposed to end this decision."))
    return case, ending


def _articles(case: models.Case, ending: models.Ending, pack: Pack) -> list[str]:
    service = pack.services[case.service]
    return list(getattr(service.ending, ARTICLES_OF[GROUNDS[ending.ground].event], ()) or service.articles)


def _carry_out(acting: Acting, case: models.Case, ending: models.Ending, pack: Pack, *, answer: str) -> None:
    ground = GROUNDS[ending.ground]
    events.add(
        acting=acting, case=case, event=ground.event, note=ending.reasons, detail={"ground": ending.ground}
    )
    decision = case.decision
    ending.document = papers.issue(
        acting=acting, case=case, kind=PAPERS[ground.event],
        content={
            "ground": ending.ground, "reasons": ending.reasons, "articles": _articles(case, ending, pack),
            "decision": decision.document, "decided_on": decision.decided_on.isoformat(), "answer": answer,
        },
    )  # fmt: skip
    ending.carried_out_at, ending.carried_out_by = acting.now, acting.actor
    ending.save(update_fields=["document", "carried_out_at", "carried_out_by"])
    if ground.excludes:
        commitments.exclude(acting=acting, case=case, ground=ending.ground)
    told = {"case": str(case.id), "event": ground.event.value, "document": ending.document}
    audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
    audit.send(
        acting=acting, kind="cases.ended", root=case.application_id,
        payload={"case": str(case.id), "decision": str(decision.id), "ending": str(ending.id)},
    )  # fmt: skip


def _record(acting: Acting, action: str, ending: models.Ending) -> None:
    audit.record(
        acting=acting, action=action, root=ending.case.application_id, object_kind="ending", object_id=ending.id,
        detail={"ground": ending.ground},
    )  # fmt: skip
