"""Decisions on commitment (告知承诺): the check afterwards, what follows from it, and who may go this way at all.

The organ tells the conditions, the applicant promises, the organ decides on the spot and checks within the pack's term
(优化营商环境条例 art. 40; 北京市优化营商环境条例 (2024) art. 33, 安阳市政务服务条例 arts. 26-29). A promise that is not kept yet is
ordered to be put right; one that is untrue, or still not kept then, ends the decision (`revocations`) and keeps whoever
gave it from going this way again until the term is over or the record repaired.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs import calendars, parameters
from tongban.core.packs.model import Term, Variant
from tongban.core.packs.pack import Pack
from tongban.core.procedures import spans, states
from tongban.core.procedures.model import Event
from tongban.core.rules import explain
from tongban.core.values.duration import Duration
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import events, papers


def way_of(case: models.Case, pack: Pack) -> Variant | None:
    """The way on commitment that a case goes; None for any other way, and where its pack sets no term for the check."""
    variant = form.variant_of(pack.services[case.service], case.variant)
    checked = variant is not None and variant.on_commitment and form.terms_from_json(case.terms).verify
    return variant if checked else None


def promise_of(case: models.Case, pack: Pack, variant: Variant) -> dict[str, Any]:
    """What a decision on commitment rests on besides its facts: why it goes this way, and what was signed."""
    facts = form.facts_of(case.application, pack)
    values = parameters.resolve(pack, case.application.submitted_on)
    return {
        "variant": variant.id,
        "finding": explain.to_json(explain.explain(pack.rule(variant.when), facts, values)),
        "signed": signed(case),
    }


def signed(case: models.Case) -> list[str]:
    """Materials of a case that were met by a signature."""
    current = form.current_materials(case.application)
    return [m for m in case.materials if m in current and current[m].way == "commit"]


def verify(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """Write down that the promise was checked and is kept; the decision stands. Raises NotNow where none is to check."""
    return _checked(acting, number, Event.VERIFY, reasons, version, document="verification-notice")


def order_remedy(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """Order that what the check has found be put right within the pack's term (责令限期整改), once."""
    return _checked(acting, number, Event.ORDER_REMEDY, reasons, version, document="remedy-order")


def miss_verification(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock: write down, once, that the term for the check went by; True when that happened now.

    No law ends a decision by that silence: the fault is the office's, and its light stays red.
    """
    verify_by = form.clock_of(case, pack, acting.today).verify_by
    if verify_by is None or acting.today <= verify_by.day:
        return False
    if Event.MISS_VERIFICATION not in states.possible(form.history_of(case), "system"):
        return False
    events.add(
        acting=acting, case=case, event=Event.MISS_VERIFICATION, detail={"day": verify_by.day.isoformat()}
    )
    return True


def exclude(*, acting: Acting, case: models.Case, ground: str) -> None:
    """Keep whoever promised from going this way again, from today on. Inside the transaction of an action."""
    application = case.application
    models.Exclusion.objects.update_or_create(
        case=case,
        defaults={
            "subject": application.subject, "principal": application.principal, "ground": ground, "since": acting.today,
            "lifted_at": None, "lifted_by": None, "lifted_because": "",
        },
    )  # fmt: skip
    audit.record(
        acting=acting, action="commitment.excluded", root=application.id, object_kind="case", object_id=case.id,
        detail={"ground": ground},
    )  # fmt: skip


def lift(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """End an exclusion early because the record was repaired (信用修复). Lifting it again changes nothing."""
    reasons = _required(reasons)
    with transaction.atomic():
        case = access.officer_case(acting, number)
        found = models.Exclusion.objects.select_for_update().filter(case=case).first()
        if found is None:
            raise NotFound(_("This case excludes nobody from commitments."))
        if found.lifted_at is not None:
            return case
        events.require_version(case, version)
        found.lifted_at, found.lifted_by, found.lifted_because = acting.now, acting.actor, reasons
        found.save(update_fields=["lifted_at", "lifted_by", "lifted_because"])
        case.version += 1
        case.save(update_fields=["version"])
        audit.record(
            acting=acting, action="commitment.readmitted", root=case.application_id, object_kind="case",
            object_id=case.id, detail={},
        )  # fmt: skip
        told = {"case": str(case.id)}
        audit.send(acting=acting, kind="cases.readmitted", root=case.application_id, payload=told)
    return case


def excluded_until(exclusion: models.Exclusion) -> date | None:
    """The last day of an exclusion by the pack of its case; None: until the record is repaired."""
    pack = directory.pack(exclusion.case.application.pack_digest)
    variant = form.variant_of(pack.services[exclusion.case.service], exclusion.case.variant)
    term: Term | None = variant.excluded_for if variant else None
    if term is None:
        return None
    length = Duration(term.amount, term.unit)
    return spans.last_day(calendars.work_calendar(pack), exclusion.since, length, rolls=term.rolls).day


def exclusion_of(subjects: Iterable[UUID], today: date) -> models.Exclusion | None:
    """What keeps these subjects from commitments today, if anything does."""
    wanted = set(subjects)
    found = models.Exclusion.objects.filter(Q(subject__in=wanted) | Q(principal__in=wanted), lifted_at=None)
    for one in found.select_related("case__application").order_by("since"):
        until = excluded_until(one)
        if until is None or today <= until:
            return one
    return None


def _checked(
    acting: Acting, number: str, event: Event, reasons: str, version: int | None, *, document: str
) -> models.Case:
    reasons = _required(reasons)
    with transaction.atomic():
        case = access.officer_case(acting, number)
        events.require_version(case, version)
        pack = form.pack_of(case.application, acting)
        if event is Event.ORDER_REMEDY and form.terms_from_json(case.terms).remedy is None:
            raise NotNow(
                _("The pack gives no time to put anything right here. Find the promise kept, or annul.")
            )
        if case.endings.filter(dropped_at=None, overturned_at=None).exists():
            raise NotNow(_("An end of this decision has been proposed. Carry it out or drop it first."))
        events.add(acting=acting, case=case, event=event, note=reasons)
        decision = case.decision
        issued = papers.issue(
            acting=acting, case=case, kind=document,
            content={
                "reasons": reasons, "signed": signed(case), "decision": decision.document,
                "decided_on": decision.decided_on.isoformat(), "articles": _articles(case, pack),
            },
        )  # fmt: skip
        told = {"case": str(case.id), "event": event.value, "document": issued}
        audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
    return case


def _articles(case: models.Case, pack: Pack) -> list[str]:
    variant = form.variant_of(pack.services[case.service], case.variant)
    return list(variant.articles if variant and variant.articles else pack.services[case.service].articles)


def _required(reasons: str) -> str:
    if not reasons.strip():
        raise Invalid(
            _("Reasons are needed."),
            fields={"reasons": _("Say what was found, in words the applicant understands.")},
        )
    return reasons.strip()[:2000]
