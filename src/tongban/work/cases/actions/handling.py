"""What officers do before they decide: accept, list defects, decline, suspend, resume, extend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.core.procedures.model import Event
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import decisions, endings, events, papers


def accept(*, acting: Acting, number: str, version: int | None = None) -> models.Case:
    """Accept a case: the approval clock starts. With deferred materials it is accepted tolerantly (容缺受理)."""
    with transaction.atomic():
        case = _open(acting, number, version)
        tolerant = bool(case.deferred)
        events.add(acting=acting, case=case, event=Event.ACCEPT_TOLERANTLY if tolerant else Event.ACCEPT)
        document = papers.issue(
            acting=acting, case=case, kind="acceptance-notice", content={"deferred": case.deferred}
        )
        audit.send(
            acting=acting,
            kind="cases.accepted",
            root=case.application_id,
            payload={"case": str(case.id), "document": document},
        )
    return case


def request_correction(
    *, acting: Acting, number: str, defects: Collection[Mapping[str, str]], version: int | None = None
) -> models.Case:
    """List every defect at once (行政许可法 art. 32(4)). It can be done once: there is no second list.

    `defects`: [{kind: material|fact, id, text}] with ids of this case and words for the applicant.
    """
    with transaction.atomic():
        case = _open(acting, number, version)
        pack = form.pack_of(case.application, acting)
        if case.corrections.exists():
            raise NotNow(_("Defects were listed once already; there is no second list."))
        listed, problems = [], {}
        form_facts = set(pack.services[case.service].form)
        uploadable = {m for m in case.materials if any(a.upload for a in pack.materials[m].alternatives)}
        for defect in defects:
            known = uploadable if defect["kind"] == "material" else form_facts
            if defect["kind"] not in ("material", "fact") or defect["id"] not in known:
                problems[defect["id"]] = _("This is not part of the case.")
            elif defect["kind"] == "material" and not any(
                a.upload for a in pack.materials[defect["id"]].alternatives
            ):
                problems[defect["id"]] = _(
                    "The applicant cannot hand this in; name the answer it is drawn up from instead."
                )
            elif not defect["text"].strip():
                problems[defect["id"]] = _("Say what is wrong and what to do.")
            else:
                listed.append(
                    {"kind": defect["kind"], "id": defect["id"], "text": defect["text"].strip()[:500]}
                )
        if problems:
            raise Invalid(_("Some defects need another look."), fields=problems)
        if not listed:
            raise Invalid(_("List at least one defect."), fields={"defects": _("List at least one defect.")})
        events.add(
            acting=acting,
            case=case,
            event=Event.REQUEST_CORRECTION,
            detail={"defects": [d["id"] for d in listed]},
        )
        document = papers.issue(
            acting=acting, case=case, kind="correction-notice", content={"defects": listed}
        )
        models.Correction.objects.create(
            case=case, defects=listed, requested_at=acting.now, requested_by=acting.actor, document=document
        )
        audit.send(
            acting=acting,
            kind="cases.correction-requested",
            root=case.application_id,
            payload={"case": str(case.id), "document": document},
        )
    return case


def decline(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """Not accept a case, with reasons (不予受理): it is not ours, or it needs no permit (art. 32(1)(2))."""
    return _with_reasons(acting, number, Event.DECLINE, reasons, version, document="not-accepted")


def suspend(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """Stop the clock for a hearing, a test or an expert review; the applicant is told why (art. 45)."""
    return _with_reasons(acting, number, Event.SUSPEND, reasons, version, document="suspension-notice")


def resume(*, acting: Acting, number: str, version: int | None = None) -> models.Case:
    """Let the clock run again, as the notice of the suspension said that the applicant would be told."""
    with transaction.atomic():
        case = _open(acting, number, version)
        events.add(acting=acting, case=case, event=Event.RESUME)
        told = {"case": str(case.id), "event": Event.RESUME.value}
        audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
    return case


def extend(*, acting: Acting, number: str, reasons: str, version: int | None = None) -> models.Case:
    """Extend the term once, by what law or promise allow, with reasons told to the applicant (art. 42).

    Raises `NotNow` where they allow nothing.
    """
    if not form.terms_from_json(access.case(acting, number).terms).extension:  # fixed on submission: no lock
        raise NotNow(_("Neither law nor promise allow a longer term here."))
    return _with_reasons(acting, number, Event.EXTEND, reasons, version, document="extension-notice")


GONE: Final = {
    "applicant-gone": msg("Whoever applied has died, or was dissolved"),
    "matter-gone": msg("What was applied for no longer exists, or can no longer be done"),
    "not-needed": msg("The law no longer asks for it"),
}
"""Reasons for which nothing is left to decide (终止办理, after the practice of places); each ends a case without a decision."""


def terminate(
    *, acting: Acting, number: str, ground: str, reasons: str, version: int | None = None
) -> models.Case:
    """End a case in which nothing is left to decide, also one that still waits. The same again changes nothing.

    It is no refusal: what can be decided is decided. Raises `Invalid` without a ground or reasons.
    """
    problems = {}
    if ground not in GONE:
        problems["ground"] = _("Choose why nothing is left to decide.")
    if not reasons.strip():
        problems["reasons"] = _("Say why, in words the applicant understands.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    with transaction.atomic():
        case = access.officer_case(acting, number)
        last = case.events.order_by("-sequence").first()
        if last is not None and (last.event, last.actor) == (Event.TERMINATE.value, acting.actor):
            return case
        events.require_version(case, version)
        decisions.let_silence_speak(acting=acting, case=case, pack=form.pack_of(case.application, acting))
        said = reasons.strip()[:2000]
        endings.end(
            acting=acting,
            case=case,
            event=Event.TERMINATE,
            reason=ground,
            note=said,
            content={"reasons": said},
        )
    return case


def _open(acting: Acting, number: str, version: int | None) -> models.Case:
    """The case, locked. What silence has brought about is written down before anything else happens."""
    case = access.officer_case(acting, number)
    events.require_version(case, version)
    decisions.let_silence_speak(acting=acting, case=case, pack=form.pack_of(case.application, acting))
    return case


def _with_reasons(
    acting: Acting, number: str, event: Event, reasons: str, version: int | None, *, document: str
) -> models.Case:
    if not reasons.strip():
        raise Invalid(
            _("Reasons are needed."), fields={"reasons": _("Say why, in words the applicant understands.")}
        )
    with transaction.atomic():
        case = _open(acting, number, version)
        events.add(acting=acting, case=case, event=event, note=reasons.strip()[:2000])
        number = papers.issue(
            acting=acting, case=case, kind=document, content={"reasons": reasons.strip()[:2000]}
        )
        audit.send(
            acting=acting,
            kind="cases.told",
            root=case.application_id,
            payload={"case": str(case.id), "event": event.value, "document": number},
        )
        if event is Event.DECLINE:  # what waits for its result will not get it
            audit.send(
                acting=acting, kind="cases.closed", root=case.application_id, payload={"case": str(case.id)}
            )
    return case
