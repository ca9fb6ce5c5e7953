"""Hearing the holder before what was granted ends against their will (陈述、申辩, 听证; 行政许可法 arts. 7, 47, 48).

    announce -> state, ask_hearing (until the term of the pack is over) -> summon, record -> only then `revocations.carry_out`

Whoever presides over a hearing neither proposed the end nor made the decision. What was stated is answered in the reasons.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.kit.templatetags.kit import day
from tongban.core.packs.pack import Pack
from tongban.core.procedures import states
from tongban.core.procedures.model import Event
from tongban.core.values.duration import Duration
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import events, papers
from tongban.work.cases.grounds import GROUNDS


class AnotherPresides(NotNow):
    """Whoever proposed the end, or made the decision, does not preside over its hearing (行政许可法 art. 48)."""


def announce(
    *, acting: Acting, case: models.Case, ending: models.Ending, articles: list[str]
) -> models.Heard:
    """Tell the holder that and why it is to end, and until when they may speak. Inside the transaction of a proposal."""
    events.add(
        acting=acting,
        case=case,
        event=Event.ANNOUNCE_END,
        note=ending.reasons,
        detail={"ground": ending.ground},
    )
    notice = papers.issue(
        acting=acting, case=case, kind="ending-notice",
        content={"ground": ending.ground, "reasons": ending.reasons, "articles": articles, **_of(case)},
    )  # fmt: skip
    heard = models.Heard.objects.create(ending=ending, notice=notice, told_at=acting.now)
    _tell(acting, case, Event.ANNOUNCE_END, notice)
    return heard


def state(*, acting: Acting, number: str, statement: str, version: int | None = None) -> models.Heard:
    """Say, once, what speaks against the end. The same again changes nothing. Raises `Invalid` for nothing said."""
    said = statement.strip()[:4000]
    if not said:
        raise Invalid(
            _("Say what speaks against it."), fields={"statement": _("Say what speaks against it.")}
        )
    with transaction.atomic():
        case, heard = _open(acting, number)
        if heard.statement == said:
            return heard
        events.require_version(case, version)
        _require(acting, case, Event.STATE_DEFENCE)
        events.add(acting=acting, case=case, event=Event.STATE_DEFENCE, note=said)
        heard.statement, heard.stated_at, heard.stated_by = said, acting.now, acting.actor
        heard.save(update_fields=["statement", "stated_at", "stated_by"])
        _tell(acting, case, Event.STATE_DEFENCE, "")
    return heard


def ask_hearing(*, acting: Acting, number: str, version: int | None = None) -> models.Heard:
    """Ask for a hearing (要求听证) within the same term; once. Asking again changes nothing."""
    with transaction.atomic():
        case, heard = _open(acting, number)
        if heard.asked_at is not None:
            return heard
        events.require_version(case, version)
        if form.terms_from_json(case.terms).hearing is None:
            raise NotNow(_("There is no hearing for this. What you write counts as much."))
        _require(acting, case, Event.ASK_HEARING)
        events.add(acting=acting, case=case, event=Event.ASK_HEARING)
        heard.asked_at = acting.now
        heard.save(update_fields=["asked_at"])
        _tell(acting, case, Event.ASK_HEARING, "")
    return heard


def summon(
    *, acting: Acting, number: str, at: datetime | None, where: str, version: int | None = None
) -> models.Heard:
    """Tell the holder when and where the hearing is held, as long before as the pack says. Telling it again changes nothing.

    `at` without a zone is the time of the place. Raises `Invalid` for a day that is too near or past the last one.
    """
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(acting.time_zone))
    with transaction.atomic():
        case = access.officer_case(acting, number)
        heard = _standing(case)
        if heard.asked_at is None or heard.recorded_at is not None:
            raise NotNow(_("No hearing is waiting to be held in this case."))
        if (heard.held_at, heard.where) == (at, where.strip()[:200]) and heard.summons:
            return heard
        events.require_version(case, version)
        _require_day(acting, case, at, where)
        heard.held_at, heard.where = at, where.strip()[:200]
        ending = heard.ending
        heard.summons = papers.issue(
            acting=acting, case=case, kind="hearing-notice",
            content={
                "ground": ending.ground, "hearing_on": at.isoformat() if at else "", "hearing_at": heard.where, **_of(case),
                "articles": articles_of(case, form.pack_of(case.application, acting)),
            },
        )  # fmt: skip
        heard.save(update_fields=["held_at", "where", "summons"])
        case.version += 1
        case.save(update_fields=["version"])
        audit.record(
            acting=acting, action="case.hearing-called", root=case.application_id, object_kind="case", object_id=case.id,
            detail={"document": heard.summons},
        )  # fmt: skip
        told = {"case": str(case.id), "document": heard.summons}
        audit.send(acting=acting, kind="cases.hearing-called", root=case.application_id, payload=told)
    return heard


def record(*, acting: Acting, number: str, record: str, version: int | None = None) -> models.Heard:
    """Write down what was said in the hearing (听证笔录), as whoever presided. The same again changes nothing."""
    said = record.strip()[:20000]
    if not said:
        raise Invalid(_("The record is empty."), fields={"record": _("Write down what was said.")})
    with transaction.atomic():
        case = access.officer_case(acting, number)
        heard = _standing(case)
        if heard.recorded_at is not None and (heard.record, heard.recorded_by) == (said, acting.actor):
            return heard
        events.require_version(case, version)
        if heard.held_at is None or heard.asked_at is None or heard.recorded_at is not None:
            raise NotNow(_("No hearing is waiting to be held in this case."))
        if acting.now < heard.held_at:
            raise NotNow(_("The hearing has not been held yet."))
        if acting.actor in (heard.ending.proposed_by, case.decision.decided_by):
            raise AnotherPresides(_("You proposed the end, or made the decision: another officer presides."))
        events.add(acting=acting, case=case, event=Event.HOLD_HEARING)
        heard.record, heard.recorded_at, heard.recorded_by = said, acting.now, acting.actor
        heard.save(update_fields=["record", "recorded_at", "recorded_by"])
        _tell(acting, case, Event.HOLD_HEARING, "")
    return heard


def close_term(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock, or before anybody goes on: write down, once, that the time for speaking is over; True when it is now."""
    last = form.clock_of(case, pack, acting.today).state_by
    if last is None or acting.today <= last.day:
        return False
    if Event.CLOSE_STATEMENT not in states.possible(form.history_of(case), "system"):
        return False
    by_law = system(
        acting.now, case.place, "the time for stating is over", acting.request_id, acting.time_zone
    )
    events.add(
        acting=by_law, case=case, event=Event.CLOSE_STATEMENT, day=last.day + timedelta(days=1),
        detail={"day": last.day.isoformat()},
    )  # fmt: skip
    return True


def require_heard(
    *, acting: Acting, case: models.Case, pack: Pack, ending: models.Ending, answer: str
) -> None:
    """Before an end is carried out: the holder has had their time and their hearing, and gets an answer. Keeps the answer."""
    heard = models.Heard.objects.select_for_update().filter(ending=ending).first()
    if heard is None:
        return
    close_term(acting=acting, case=case, pack=pack)
    marks = states.marks_of(form.history_of(case))
    if marks.asked:
        raise NotNow(_("The holder has asked for a hearing: it comes first."))
    if not marks.closed:
        last = form.clock_of(case, pack, acting.today).state_by
        raise NotNow(
            _("The holder may still state and defend, until %(day)s.") % {"day": day(last) if last else ""}
        )
    if (heard.statement or heard.record) and not answer.strip():
        said = _("Answer what the holder has stated.")
        raise Invalid(_("Some entries need another look."), fields={"answer": said})
    heard.answer = answer.strip()[:4000]
    heard.save(update_fields=["answer"])


def needed(case: models.Case, ground: str) -> bool:
    """Whether the holder is heard before it ends on this ground."""
    return not GROUNDS[ground].unheard


def of(ending: models.Ending | None) -> models.Heard | None:
    return models.Heard.objects.filter(ending=ending).first() if ending is not None else None


def articles_of(case: models.Case, pack: Pack) -> list[str]:
    """What the hearing rests on."""
    ending = pack.services[case.service].ending
    return list(ending.heard.articles if ending and ending.heard else ())


def _open(acting: Acting, number: str) -> tuple[models.Case, models.Heard]:
    if acting.role != "applicant":
        raise NotFound(_("There is no such case, or it is not yours to see."))
    case = access.case(acting, number, lock=True)
    return case, _standing(case)


def _standing(case: models.Case) -> models.Heard:
    found = (
        models.Heard.objects.select_for_update()
        .select_related("ending")
        .filter(ending__case=case, ending__dropped_at=None, ending__carried_out_at=None)
        .first()
    )
    if found is None:
        raise NotNow(_("Nothing is going to end in this case, so there is nothing to be heard about."))
    return found


def _require(acting: Acting, case: models.Case, event: Event) -> None:
    last = form.clock_of(case, form.pack_of(case.application, acting), acting.today).state_by
    open_now = event in states.possible(form.history_of(case), "applicant")
    if not open_now or last is None or acting.today > last.day:
        raise NotNow(_("The time for this is over, or you have done it already."))


def _require_day(acting: Acting, case: models.Case, at: datetime | None, where: str) -> None:
    problems: dict[str, str] = {}
    pack = form.pack_of(case.application, acting)
    declared = pack.services[case.service].ending
    notice = declared.heard.notice if declared and declared.heard else None
    if not where.strip():
        problems["where"] = _("Say where it is held.")
    if at is None:
        problems["at"] = _("Say when it is held.")
    else:
        on = at.astimezone(ZoneInfo(acting.time_zone)).date()
        calendar = form.calendar_of(case.application, pack)
        first = (
            calendar.add(acting.today, Duration(notice.amount, notice.unit)).day if notice else acting.today
        )
        if at <= acting.now or on < first:
            problems["at"] = _("The holder is told long enough before: not earlier than %(day)s.") % {"day": day(first)}  # fmt: skip
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)


def _of(case: models.Case) -> dict[str, Any]:
    return {"decision": case.decision.document, "decided_on": case.decision.decided_on.isoformat()}


def _tell(acting: Acting, case: models.Case, event: Event, document: str) -> None:
    told = {"case": str(case.id), "event": event.value, "document": document}
    audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
