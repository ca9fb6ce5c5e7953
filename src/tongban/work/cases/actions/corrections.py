"""What applicants do after submission: answer a correction notice, bring deferred materials, withdraw, rate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.files import actions as taking_in
from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import drafts, endings, events, gathering, registries


def correct_fact(
    *, acting: Acting, number: str, answers: Mapping[str, object], version: int | None = None
) -> models.Case:
    """Change facts that an open correction notice names; nothing else of a submitted application can be changed.

    Registries whose key is corrected are asked anew, once the correction is saved.
    """
    with transaction.atomic():
        case, correction = _open(acting, number, version)
        named = {d["id"] for d in correction.defects if d["kind"] == "fact"}
        if set(answers) - named:
            raise NotNow(_("Only what the correction notice names can be changed now."))
        application = case.application
        pack = form.pack_of(application, acting)
        values = drafts.read_answers(pack, answers)
        empty = {name: _("An answer is needed here.") for name, value in values.items() if value is None}
        if empty:
            raise Invalid(_("Some answers need another look."), fields=empty)
        drafts.state(acting, application, values)
        gathering.gather(acting=acting, application=application, pack=pack)
        application.version += 1
        application.updated_at = acting.now
        application.save()
        audit.record(
            acting=acting, action="application.corrected", root=application.id, object_kind="application",
            object_id=application.id, detail={"facts": sorted(answers)},
        )  # fmt: skip
    _draw(acting, number)
    return case


def hand_in(*, acting: Acting, number: str, material: str, name: str, data: bytes) -> models.Material:
    """Upload a material that a correction notice names, or one that was deferred."""
    with transaction.atomic():
        case = access.case(acting, number, lock=True)
        _require_applicant(acting)
        correction = case.corrections.filter(answered_at=None).first()
        named = {d["id"] for d in correction.defects if d["kind"] == "material"} if correction else set()
        if material not in named and material not in case.deferred:
            raise NotFound(_("This material is not asked for now."))
        application = case.application
        formats, limit = drafts.upload_spec(form.pack_of(application, acting), material)
        upload = taking_in.take_in(
            acting=acting,
            owner=application.subject,
            root=application.id,
            name=name,
            data=data,
            formats=formats,
            max_bytes=limit,
        )
        row = drafts.put_material(
            acting=acting, application=application, material=material, way="upload", upload=upload.id
        )
        if upload.usable:  # else when the scanner has found it clean: `hearing_files`
            clear_deferral(acting, application, material)
    return row


def answer(*, acting: Acting, number: str, version: int | None = None) -> models.Case:
    """Send the corrected case back: the notice term starts anew. Every named material must have been replaced."""
    _draw(acting, number)
    with transaction.atomic():
        case, correction = _open(acting, number, version)
        current = form.current_materials(case.application)
        met = form.met_materials(case.application)
        undone = {
            d["id"]: _("Hand this in again before you send the case back.")
            for d in correction.defects
            if d["kind"] == "material"
            and (d["id"] not in current or current[d["id"]].created_at <= correction.requested_at)
        }
        for material in {d["id"] for d in correction.defects if d["kind"] == "material"} - {*met, *undone}:
            undone[material] = files.upload(current[material].upload).in_words
        if undone:
            raise Invalid(_("Not every defect has been dealt with yet."), fields=undone)
        correction.answered_at = acting.now
        correction.save(update_fields=["answered_at"])
        events.add(acting=acting, case=case, event=Event.ANSWER_CORRECTION)
        audit.send(
            acting=acting,
            kind="cases.correction-answered",
            root=case.application_id,
            payload={"case": str(case.id)},
        )
    return case


def remind(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock: remind, once, that a correction notice is still to be answered; True when that happened now."""
    clock = form.clock_of(case, pack, acting.today)
    if clock.correct_by is None or clock.remind_on is None:
        return False
    if not clock.remind_on <= acting.today <= clock.correct_by.day:
        return False
    correction = case.corrections.select_for_update().filter(answered_at=None, reminded_at=None).first()
    if correction is None:
        return False
    correction.reminded_at = acting.now
    correction.save(update_fields=["reminded_at"])
    audit.record(
        acting=acting, action="case.correction-reminded", root=case.application_id, object_kind="case", object_id=case.id,
        detail={"day": clock.correct_by.day.isoformat()},
    )  # fmt: skip
    told = {"case": str(case.id), "day": clock.correct_by.day.isoformat()}
    audit.send(acting=acting, kind="cases.correction-due", root=case.application_id, payload=told)
    return True


def end_unanswered(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """From a clock: a case whose correction notice was not answered in time counts as taken back, from the day after.

    What was handed in and only waits for the scanner is no delay of the applicant's. True when it ended now.
    """
    clock = form.clock_of(case, pack, acting.today)
    if case.state != "correcting" or clock.correct_by is None or acting.today <= clock.correct_by.day:
        return False
    endings.end(
        acting=acting,
        case=case,
        event=Event.WITHDRAW,
        reason="correction-unanswered",
        content={"day": clock.correct_by.day.isoformat()},
        day=clock.correct_by.day + timedelta(days=1),
    )
    return True


def withdraw(*, acting: Acting, number: str, version: int | None = None) -> models.Case:
    """Take one case back before it is decided."""
    with transaction.atomic():
        _require_applicant(acting)
        case = access.case(acting, number, lock=True)
        events.require_version(case, version)
        endings.end(
            acting=acting,
            case=case,
            event=Event.WITHDRAW,
            reason="own-wish",
            content={"day": acting.today.isoformat()},
        )
    return case


def rate(*, acting: Acting, number: str, grade: int, comment: str) -> models.Rating:
    """Rate an application once it is closed, once (一事一评). Rating it again changes nothing."""
    with transaction.atomic():
        _require_applicant(acting)
        application = access.application(acting, number, lock=True)
        if application.cases.filter(closed_at=None).exists() or application.state != "submitted":
            raise NotNow(_("You can rate this once every part of it is closed."))
        if not 1 <= grade <= 5:
            raise Invalid(
                _("Choose one of the five grades."), fields={"grade": _("Choose one of the five grades.")}
            )
        rating, new = models.Rating.objects.get_or_create(
            application=application,
            defaults={"grade": grade, "comment": comment.strip()[:500], "at": acting.now, "by": acting.actor},
        )
        if new:
            audit.record(
                acting=acting, action="application.rated", root=application.id, object_kind="rating", object_id=rating.pk,
                detail={"grade": grade},
            )  # fmt: skip
    return rating


def _open(acting: Acting, number: str, version: int | None) -> tuple[models.Case, models.Correction]:
    _require_applicant(acting)
    case = access.case(acting, number, lock=True)
    events.require_version(case, version)
    correction = case.corrections.filter(answered_at=None).first()
    if correction is None or case.state != "correcting":
        raise NotNow(_("There is no open correction notice for this case."))
    return case, correction


def _draw(acting: Acting, number: str) -> None:
    """Ask the registries that are due after a correction, outside any transaction, and keep what they say."""
    case = access.case(acting, number)
    if not acting.applies or case.state != "correcting":
        return
    found = registries.look(acting=acting, application=case.application_id)
    if not registries.worth_keeping(found):
        return
    with transaction.atomic():
        application = access.application(acting, case.application_id, lock=True)
        pack = form.pack_of(application, acting)
        gathering.gather(acting=acting, application=application, pack=pack, found=found)
        application.version += 1
        application.updated_at = acting.now
        application.save()


def _require_applicant(acting: Acting) -> None:
    if not acting.applies:
        raise NotFound(_("There is no such case, or it is not yours to see."))


def clear_deferral(acting: Acting, application: models.Application, material: str) -> None:
    """A deferred material is there: no case waits for it any more. Inside the transaction of an action."""
    for case in models.Case.objects.select_for_update().filter(application=application, closed_at=None):
        if material in case.deferred:
            case.deferred = [m for m in case.deferred if m != material]
            if case.deferred or case.state != "accepted":
                case.version += 1
                case.save()
            else:
                events.add(acting=acting, case=case, event=Event.COMPLETE_MATERIALS)
