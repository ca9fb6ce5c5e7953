"""Looking at a place before the decision (现场核查): ordering it, drawing who goes, what was found.

    order -> who goes is drawn by lot -> notice to the applicant -> record -> confirmed by another of them -> report

Two officers go at least (行政许可法 art. 34), drawn among those of the organ who are neither away nor have an interest in
the matter. The pool is fixed in the audit before the lot exists: the seed is the hash of that very entry. Whoever decides
may be drawn as well: the law forbids neither, and what was found is signed by two.

    NotNow
    ├── TooFewOfficers     the organ has fewer who can go than the pack wants
    └── NotGoing           only whoever goes records and confirms, and one does not confirm what one has recorded
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.packs import model as packs
from tongban.core.packs.pack import Pack
from tongban.core.procedures import drawing, spans, states
from tongban.core.procedures.model import Event
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration
from tongban.work.cases import access, form, hands, models, visits, visits_access
from tongban.work.cases.actions import decisions, events, papers


class TooFewOfficers(NotNow):
    """The organ has fewer officers who can go than the pack wants."""


class NotGoing(NotNow):
    """Only whoever goes says what was found, and another of them confirms it."""


def order(
    *,
    acting: Acting,
    number: str,
    appointed_at: datetime,
    reasons: str,
    left_out: Mapping[UUID, str] | None = None,
    chosen: Collection[UUID] = (),
    together_with: UUID | None = None,
    version: int | None = None,
) -> models.Inspection:
    """Order an inspection, draw who goes and tell the applicant. The same again changes nothing.

    `left_out`: officers who cannot go, with the reason; who is away on that day, and whoever is a party, is left out
    anyway. `chosen`: who goes, where the pack does not have it drawn. `together_with`: the visit of another authority to
    the same applicant at whose time this one is made. Raises `Invalid` for a day outside the pack's term, `TooFewOfficers`.
    """
    with transaction.atomic():
        case = access.officer_case(acting, number)
        pack = form.pack_of(case.application, acting)
        declared = pack.services[case.service].inspection
        if declared is None:
            raise NotNow(_("Nobody inspects anything for this service."))
        if together_with is not None:
            appointed_at = _joined(case, pack, acting, together_with)
        earlier = case.inspections.filter(confirmed_at=None).first()
        if earlier is not None and (earlier.ordered_by, earlier.appointed_at) == (acting.actor, appointed_at):
            return earlier
        events.require_version(case, version)
        decisions.let_silence_speak(acting=acting, case=case, pack=pack)
        said = reasons.strip()[:2000]
        _require(acting, case, pack, declared, appointed_at, said)
        pool, out = _pool(acting, case, appointed_at, left_out or {})
        if len(pool) < declared.officers:
            raise TooFewOfficers(
                _(
                    "%(found)s officers of your organ can go on that day, and %(wanted)s are needed. Choose another day, or leave out fewer."
                )
                % {"found": len(pool), "wanted": declared.officers}
            )
        inspection = models.Inspection(
            case=case, organisation=case.organisation, place=case.place, subject=case.application.subject, reasons=said,
            ordered_at=acting.now, ordered_on=acting.today, ordered_by=acting.actor, appointed_at=appointed_at,
            officers=declared.officers, drawn=declared.drawn, pool=pool, left_out=out, visit=together_with or uuid7(),
        )  # fmt: skip
        fixed = audit.record(
            acting=acting, action="inspection.pool-fixed", root=case.application_id, object_kind="inspection",
            object_id=inspection.id,
            detail={"pool": pool, "left_out": [one["account"] for one in out], "officers": declared.officers,
                    "appointed": appointed_at.isoformat()},
        )  # fmt: skip
        inspection.seed, inspection.entry = fixed.hash, fixed.sequence
        inspection.going = _going(declared, pool, fixed.hash, chosen)
        events.add(
            acting=acting, case=case, event=Event.ORDER_INSPECTION, note=said,
            detail={"inspection": str(inspection.id), "going": inspection.going, "seed": inspection.seed},
        )  # fmt: skip
        if declared.stops_clock and Event.SUSPEND in states.possible(form.history_of(case), "officer"):
            events.add(acting=acting, case=case, event=Event.SUSPEND, note=said)
            inspection.stopped = True
        inspection.notice = papers.issue(
            acting=acting, case=case, kind="inspection-notice",
            content={
                "reasons": said, "appointed": appointed_at.isoformat(), "officers": declared.officers,
                "drawn": declared.drawn, "looks": [look.id for look in declared.looks], "stopped": inspection.stopped,
                "within": f"{declared.within.amount} {declared.within.unit.value}", "articles": list(declared.articles),
            },
        )  # fmt: skip
        inspection.save()
        _tell(acting, case, Event.ORDER_INSPECTION, inspection.notice)
    return inspection


def replace(
    *,
    acting: Acting,
    inspection: UUID,
    account: UUID,
    reason: str,
    by: UUID | None = None,
    version: int | None = None,
) -> models.Inspection:
    """Let somebody who was drawn stay away, with a reason; the next in the order of the lot goes instead.

    `by` names who goes where the pack does not have it drawn. Raises `TooFewOfficers` when nobody is left.
    """
    if not reason.strip():
        raise Invalid(_("Reasons are needed."), fields={"reason": _("Say why this officer cannot go.")})
    with transaction.atomic():
        found, case = _mine(acting, inspection)
        done = [one for one in found.replaced if one["account"] == str(account)]
        if done and str(account) not in found.going:
            return found
        _require_version(found, version)
        if found.recorded_at is not None:
            raise NotNow(_("What was found is recorded already; nobody can be replaced any more."))
        if str(account) not in found.going:
            raise Invalid(
                _("This officer does not go."), fields={"account": _("Choose one of those who go.")}
            )
        gone = {*found.going, *(one["account"] for one in found.replaced)}
        if found.drawn:
            try:
                instead = drawing.next_of(found.pool, found.seed, gone)
            except drawing.TooFew as error:
                raise TooFewOfficers(
                    _("Nobody else of your organ can go. Order the inspection anew for another day.")
                ) from error
        elif by is None or str(by) not in found.pool or str(by) in gone:
            raise Invalid(_("Choose who goes instead."), fields={"by": _("Choose who goes instead.")})
        else:
            instead = str(by)
        found.going = [instead if one == str(account) else one for one in found.going]
        found.replaced = [
            *found.replaced,
            {
                "account": str(account),
                "by": instead,
                "reason": reason.strip()[:500],
                "at": acting.now.isoformat(),
            },
        ]
        found.version += 1
        found.save()
        audit.record(
            acting=acting, action="inspection.replace", root=case.application_id, object_kind="inspection",
            object_id=found.id, detail={"account": str(account), "by": instead},
        )  # fmt: skip
    return found


def record(
    *,
    acting: Acting,
    inspection: UUID,
    visited_on: Any,
    looks: Collection[Mapping[str, Any]],
    words: str = "",
    version: int | None = None,
) -> models.Inspection:
    """Write down what was found, as one of those who went; until it is confirmed it can be written anew.

    `looks`: [{id, passed, words}], one for everything that the pack has them look at; what is not in order is said in
    words. It is passed when all of it is.
    """
    with transaction.atomic():
        found, case = _mine(acting, inspection)
        if str(acting.actor) not in found.going:
            raise NotGoing(_("Only an officer who went records what was found."))
        if found.confirmed_at is not None:
            raise NotNow(_("What was found is recorded and confirmed already."))
        _require_version(found, version)
        declared = form.pack_of(case.application, acting).services[case.service].inspection
        wanted = [look.id for look in declared.looks] if declared else []
        seen = _seen(wanted, looks)
        _require_day(acting, found, visited_on)
        found.looks, found.words = seen, words.strip()[:4000]
        found.result = "passed" if all(one["passed"] for one in seen) else "failed"
        found.visited_on, found.recorded_at, found.recorded_by = visited_on, acting.now, acting.actor
        found.version += 1
        found.save()
        audit.record(
            acting=acting, action="inspection.record", root=case.application_id, object_kind="inspection",
            object_id=found.id, detail={"result": found.result, "on": visited_on.isoformat()},
        )  # fmt: skip
    return found


def confirm(*, acting: Acting, inspection: UUID, version: int | None = None) -> models.Inspection:
    """Confirm what another of those who went has recorded: the result counts, the clock runs again, the applicant is told.

    Confirming again changes nothing.
    """
    with transaction.atomic():
        found, case = _mine(acting, inspection)
        if found.confirmed_at is not None and found.confirmed_by == acting.actor:
            return found
        if found.confirmed_at is not None or found.recorded_at is None:
            raise NotNow(_("There is nothing to confirm: record what was found first, once."))
        if str(acting.actor) not in found.going or acting.actor == found.recorded_by:
            raise NotGoing(_("Another officer who went confirms what was recorded."))
        _require_version(found, version)
        found.confirmed_at, found.confirmed_by = acting.now, acting.actor
        found.version += 1
        events.add(
            acting=acting, case=case, event=Event.RECORD_INSPECTION, note=found.words,
            detail={"inspection": str(found.id), "result": found.result},
        )  # fmt: skip
        if found.stopped and Event.RESUME in states.possible(form.history_of(case), "officer"):
            events.add(acting=acting, case=case, event=Event.RESUME)
        found.record = papers.issue(
            acting=acting, case=case, kind="inspection-record",
            content={
                "result": found.result, "visited_on": found.visited_on.isoformat(), "looks": found.looks,
                "words": found.words, "officers": len(found.going), "drawn": found.drawn, "stopped": found.stopped,
            },
        )  # fmt: skip
        found.save()
        _tell(acting, case, Event.RECORD_INSPECTION, found.record)
    return found


def last_day(acting: Acting, case: models.Case, pack: Pack, declared: packs.Inspection) -> DueDate:
    """By when an inspection of this case that is ordered today is made."""
    within = declared.within
    return spans.last_day(
        form.calendar_of(case.application, pack),
        acting.today,
        Duration(within.amount, within.unit),
        rolls=within.rolls,
    )


def _joined(case: models.Case, pack: Pack, acting: Acting, visit: UUID) -> datetime:
    other = visits.joinable(case, pack, acting).get(visit)
    if other is None:
        text = _("This visit is over, or your office cannot join it. Choose a time of your own.")
        raise Invalid(text, fields={"together_with": text})
    return other.appointed_at


def _require(
    acting: Acting,
    case: models.Case,
    pack: Pack,
    declared: packs.Inspection,
    appointed_at: datetime,
    reasons: str,
) -> None:
    problems = {}
    day = appointed_at.astimezone(ZoneInfo(acting.time_zone)).date()
    due = last_day(acting, case, pack, declared).day
    if appointed_at <= acting.now:
        problems["appointed_at"] = _("Choose a time that is still to come.")
    elif day > due:
        problems["appointed_at"] = _("Choose a day until %(day)s.") % {"day": due.isoformat()}
    if not reasons:
        problems["reasons"] = _("Say why, in words the applicant understands.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)


def _pool(
    acting: Acting, case: models.Case, appointed_at: datetime, named: Mapping[UUID, str]
) -> tuple[list[str], list[dict[str, str]]]:
    """Officers of the organ in the order of their ids, and who is left out and why."""
    officers = identity.colleagues(
        organisation=case.organisation, place=case.place, role="officer", now=acting.now
    )
    day = appointed_at.astimezone(ZoneInfo(acting.time_zone)).date()
    away = hands.away(organisation=case.organisation, place=case.place, today=day)
    parties = visits.parties(case)
    pool, out = [], []
    for officer in sorted(officers, key=lambda one: str(one.pk)):
        reason = (
            "party"
            if officer.person_id in parties
            else "away"
            if officer.pk in away
            else named.get(officer.pk, "").strip()
        )
        if reason:
            out.append({"account": str(officer.pk), "reason": reason[:300]})
        else:
            pool.append(str(officer.pk))
    return pool, out


def _going(declared: packs.Inspection, pool: list[str], seed: str, chosen: Collection[UUID]) -> list[str]:
    if declared.drawn:
        return list(drawing.draw(pool, seed, declared.officers))
    wanted = sorted({str(one) for one in chosen})
    if len(wanted) != declared.officers or not set(wanted) <= set(pool):
        text = _("Choose %(n)s officers who can go.") % {"n": declared.officers}
        raise Invalid(text, fields={"chosen": text})
    return wanted


def _seen(wanted: list[str], looks: Collection[Mapping[str, Any]]) -> list[dict[str, Any]]:
    given = {str(one.get("id")): one for one in looks}
    problems: dict[str, str] = {}
    seen: list[dict[str, Any]] = []
    for name in wanted:
        one = given.get(name)
        words = str((one or {}).get("words", "")).strip()[:1000]
        if one is None or not isinstance(one.get("passed"), bool):
            problems[name] = _("Say whether it is in order.")
        elif not one["passed"] and not words:
            problems[name] = _("Say what is not in order.")
        else:
            seen.append({"id": name, "passed": one["passed"], "words": words})
    if unknown := sorted(set(given) - set(wanted)):
        problems |= dict.fromkeys(unknown, _("Nobody looks at this here."))
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    return seen


def _require_day(acting: Acting, found: models.Inspection, visited_on: Any) -> None:
    if visited_on is None or not found.ordered_on <= visited_on <= acting.today:
        text = _("Give the day of the visit: from %(first)s to today.") % {
            "first": found.ordered_on.isoformat()
        }
        raise Invalid(text, fields={"visited_on": text})


def _mine(acting: Acting, inspection: UUID) -> tuple[models.Inspection, models.Case]:
    """The inspection and its case, locked, for an officer of the organ."""
    if acting.role != "officer":
        raise NotFound(_("There is no such inspection, or it is not yours to see."))
    found = visits_access.inspections(acting).filter(pk=inspection).select_related("case").first()
    if found is None:
        raise NotFound(_("There is no such inspection, or it is not yours to see."))
    case = access.officer_case(acting, found.case.number)
    found = models.Inspection.objects.select_for_update().get(pk=inspection)
    found.case = case
    return found, case


def _require_version(found: models.Inspection, version: int | None) -> None:
    if version is not None and version != found.version:
        raise StaleVersion(
            _(
                "Somebody changed this inspection while you were looking at it. Look at it again; your text is kept below."
            )
        )


def _tell(acting: Acting, case: models.Case, event: Event, document: str) -> None:
    told = {"case": str(case.id), "event": event.value, "document": document}
    audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
