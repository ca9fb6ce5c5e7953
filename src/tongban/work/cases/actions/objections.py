"""Objecting to what was decided against one, and its review by another officer (异议, 复核).

    object_to  -> reviewed within the pack's term -> upheld | changed (granted after all) | sent back (decided anew)

What was decided stands meanwhile, and reconsideration and the courts stay open. Nobody who had a part in the decision
reviews it. What is sent back is the same case, with its history.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import queries as documents
from tongban.core.packs.pack import Pack
from tongban.core.procedures import states
from tongban.core.procedures.model import Event, State
from tongban.core.procedures.states import AGAINST
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import decisions, events, papers

OUTCOMES: Final = {"upheld": Event.UPHOLD, "changed": Event.OVERTURN, "sent-back": Event.REOPEN}


class AnotherOfficerNeeded(NotNow):
    """Whoever had a part in the decision does not review it."""


def object_to(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Objection:
    """Object to a refusal, to not being accepted, or to the end of what was granted, within the term of the pack.

    The same again changes nothing. Raises `Invalid` without reasons, `NotNow` when there is nothing to object to, no
    longer, or not at this office.
    """
    if not acting.applies:
        raise NotFound(_("There is no such case, or it is not yours to see."))
    if not reasons.strip():
        raise Invalid(_("Reasons are needed."), fields={"reasons": _("Say what is wrong with the decision.")})
    with transaction.atomic():
        case = access.case(acting, number, lock=True)
        earlier = case.objections.filter(reviewed_at=None).first()
        if (
            earlier is not None
            and earlier.made_by == acting.actor
            and earlier.reasons == reasons.strip()[:4000]
        ):
            return earlier
        events.require_version(case, version)
        pack = form.pack_of(case.application, acting)
        _require_term(acting, case, pack)
        happened = _against(case)
        decided = _decided(case, happened)
        events.add(acting=acting, case=case, event=Event.OBJECT, note=reasons.strip()[:4000])
        receipt = papers.issue(
            acting=acting, case=case, kind="objection-notice",
            content={
                "reasons": reasons.strip()[:4000], "decision": decided["document"], "decided_on": decided["on"],
                "articles": _articles(case, pack),
            },
        )  # fmt: skip
        objection = models.Objection.objects.create(
            case=case, against=happened.event, decided=decided, reasons=reasons.strip()[:4000], made_at=acting.now,
            made_by=acting.actor, receipt=receipt,
        )  # fmt: skip
        _tell(acting, case, Event.OBJECT, receipt)
    return objection


def review(
    *, acting: Acting, number: str, outcome: str, reasons: str, version: int | None = None
) -> models.Objection:
    """Say what a review has come to. Saying the same again changes nothing.

    Raises `AnotherOfficerNeeded` for whoever had a part in the decision, `NotNow` for an outcome that the case does not
    allow: what was never accepted can be sent back and not granted.
    """
    problems = {}
    if outcome not in OUTCOMES:
        problems["outcome"] = _("Choose what the review has come to.")
    if not reasons.strip():
        problems["reasons"] = _("Say why, in words the applicant understands.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    with transaction.atomic():
        case = access.officer_case(acting, number)
        objection = case.objections.order_by("-made_at").first()
        if objection is None:
            raise NotNow(_("Nobody has objected in this case."))
        if objection.reviewed_at is not None:
            if (objection.outcome, objection.reviewed_by) == (outcome, acting.actor):
                return objection
            raise NotNow(_("This objection has been reviewed already."))
        events.require_version(case, version)
        if str(acting.actor) in objection.decided["by"]:
            raise AnotherOfficerNeeded(
                _("You had a part in this decision: another officer has to review it.")
            )
        pack = form.pack_of(case.application, acting)
        said = reasons.strip()[:2000]
        if outcome == "changed":
            _change(acting, case, pack, said)
        else:
            events.add(acting=acting, case=case, event=OUTCOMES[outcome], note=said)
        document = papers.issue(
            acting=acting, case=case, kind="review-decision",
            content={
                "reasons": said, "outcome": outcome, "decision": objection.decided["document"],
                "decided_on": objection.decided["on"], "articles": _articles(case, pack),
            },
        )  # fmt: skip
        objection.outcome, objection.review_reasons, objection.document = outcome, said, document
        objection.reviewed_at, objection.reviewed_by = acting.now, acting.actor
        objection.save()
        _tell(acting, case, OUTCOMES[outcome], document)
    return objection


def end_term(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock: write down, once, that nobody objected within the term; True when that happened now."""
    last = form.clock_of(case, pack, acting.today).object_by
    if last is None or acting.today <= last.day:
        return False
    return _write_down(acting, case, Event.END_OBJECTION, last.day.isoformat())


def miss_review(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock: write down, once, that the review is late, and tell the applicant what is open to them meanwhile."""
    last = form.clock_of(case, pack, acting.today).review_by
    if last is None or acting.today <= last.day:
        return False
    if not _write_down(acting, case, Event.MISS_REVIEW, last.day.isoformat()):
        return False
    _tell(acting, case, Event.MISS_REVIEW, "")
    return True


def may_object(case: models.Case) -> bool:
    """Whether the table and the terms of the case allow an objection; the day is the clock's."""
    allowed = Event.OBJECT in states.possible(form.history_of(case), "applicant")
    return allowed and form.terms_from_json(case.terms).objection is not None


def open_objection(case: models.Case) -> models.Objection | None:
    return case.objections.filter(reviewed_at=None).first()


def possible_outcomes(case: models.Case) -> list[str]:
    possible = states.possible(form.history_of(case), "officer")
    return [name for name, event in OUTCOMES.items() if event in possible]


def _require_term(acting: Acting, case: models.Case, pack: Pack) -> None:
    if Event.OBJECT not in states.possible(form.history_of(case), "applicant"):
        raise NotNow(_("There is nothing here that you could object to, or it has been reviewed already."))
    last = form.clock_of(case, pack, acting.today).object_by
    if last is None:
        raise NotNow(
            _("This office reviews no objections. The decision says where you can ask for reconsideration.")
        )
    if acting.today > last.day:
        raise NotNow(_("The time for objecting is over. The decision says what else is open to you."))


def _against(case: models.Case) -> models.CaseEvent:
    return case.events.filter(event__in=[event.value for event in AGAINST]).latest("sequence")


def _decided(case: models.Case, happened: models.CaseEvent) -> dict[str, object]:
    """The document, the day and the officers of what is objected to."""
    by = {happened.actor}
    if happened.event == Event.REFUSE:
        document = case.decision.document
    elif happened.event == Event.DECLINE:
        found = documents.documents_of(case.application_id).filter(kind="not-accepted", about=case.id)
        document = found.order_by("-issued_at")[0].number
    else:
        ending = case.endings.get(dropped_at=None, overturned_at=None)
        document = ending.document
        by |= {ending.proposed_by, ending.carried_out_by}
    return {
        "document": document, "on": happened.day.isoformat(), "by": sorted(str(one) for one in by if one is not None),
    }  # fmt: skip


def _change(acting: Acting, case: models.Case, pack: Pack, reasons: str) -> None:
    """Grant it after all. What had ended is granted anew, and whom it excluded is readmitted."""
    if Event.OVERTURN not in states.possible(form.history_of(case), "officer"):
        raise NotNow(_("What was never accepted cannot be granted by a review. Send it back."))
    ended = case.state != State.REFUSED
    decisions.grant_after_review(acting=acting, case=case, pack=pack, reasons=reasons)
    if ended:
        case.endings.filter(dropped_at=None, overturned_at=None).update(overturned_at=acting.now)
        models.Exclusion.objects.filter(case=case, lifted_at=None).update(
            lifted_at=acting.now, lifted_by=acting.actor, lifted_because=reasons
        )


def _write_down(acting: Acting, case: models.Case, event: Event, day: str) -> bool:
    if event not in states.possible(form.history_of(case), "system"):
        return False
    events.add(acting=acting, case=case, event=event, detail={"day": day})
    return True


def _articles(case: models.Case, pack: Pack) -> list[str]:
    service = pack.services[case.service]
    return list(
        service.objection.articles if service.objection and service.objection.articles else service.articles
    )


def _tell(acting: Acting, case: models.Case, event: Event, document: str) -> None:
    told = {"case": str(case.id), "event": event.value, "document": document}
    audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
