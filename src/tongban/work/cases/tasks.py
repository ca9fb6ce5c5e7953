"""Time passes: what the law lets happen by silence or by a missed day."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from tongban.base.directory import queries as directory
from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting, system
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.work.cases import form, models
from tongban.work.cases.actions import (
    absences,
    awaited,
    batches,
    commitments,
    corrections,
    decisions,
    endings,
    hearings,
    objections,
    redating,
    retiring,
    standings,
)


@app.periodic(cron="12 * * * *")
@app.task(name="cases.let-time-act", queue="clock")
def let_time_act(timestamp: int) -> None:
    """Accept and renew by silence; end tolerant cases whose deferred materials never came and corrections that nobody
    answered, and remind of these before; write down that a promise was not checked in time, that the time for being heard
    is over, that nobody objected, that a review is late. Harmless to run at any time; after a stop it finds the right days.
    """
    now = timezone.now()
    for case_id in models.Case.objects.filter(state__in=("submitted", "accepted")).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            if decisions.let_silence_speak(acting=acting, case=case, pack=pack):
                continue
            clock = form.clock_of(case, pack, acting.today)
            if (
                case.state == "accepted"
                and case.deferred
                and clock.materials_by
                and acting.today > clock.materials_by.day
                and not _are_being_scanned(case)
            ):
                tolerance = pack.services[case.service].tolerance
                ended = (
                    Event.TERMINATE if tolerance and tolerance.on_default == "terminated" else Event.WITHDRAW
                )
                endings.end(
                    acting=acting,
                    case=case,
                    event=ended,
                    reason="materials-late",
                    content={"deferred": case.deferred, "day": clock.materials_by.day.isoformat()},
                )
    for case_id in models.Case.objects.filter(state="correcting").values_list("pk", flat=True):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            if not _hands_are_full(case):
                corrections.end_unanswered(acting=acting, case=case, pack=pack)
            corrections.remind(acting=acting, case=case, pack=pack)
    for case_id in models.Case.objects.filter(afterwards__in=("announced", "hearing")).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            hearings.close_term(acting=acting, case=case, pack=pack)
    for case_id in models.Case.objects.filter(afterwards="verify").values_list("pk", flat=True):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            commitments.miss_verification(acting=acting, case=case, pack=pack)
    for case_id in models.Case.objects.filter(afterwards__in=("objectable", "review")).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            objections.end_term(acting=acting, case=case, pack=pack)
            objections.miss_review(acting=acting, case=case, pack=pack)


@app.periodic(cron="14 * * * *")
@app.task(name="cases.let-silence-answer", queue="clock")
def let_silence_answer(timestamp: int) -> None:
    """Write down that an authority which was asked kept silent until its last day, where that counts as no objection.
    Harmless to run at any time; after a stop it finds the right days."""
    now = timezone.now()
    waiting = models.Case.objects.filter(
        state="accepted", consultations__answered_at=None, consultations__silence="no-objection"
    )
    for case_id in waiting.distinct().values_list("pk", flat=True):
        with transaction.atomic():
            case, pack, acting = _taken_up(case_id, now)
            awaited.lapse_due(acting=acting, case=case, pack=pack)


@app.periodic(cron="24 * * * *")
@app.task(name="cases.redate", queue="clock")
def redate(timestamp: int) -> None:
    """Count provisional days again once the holidays of their year are published, and tell what became of them. Harmless
    to run at any time."""
    redating.redate(now=timezone.now())


@app.periodic(cron="2 * * * *")
@app.task(name="cases.bring-standings-up-to-date", queue="clock")
def bring_standings_up_to_date(timestamp: int) -> None:
    """After midnight: where every open case stands on the lists of the new day. Harmless to run at any time."""
    standings.bring_up_to_date(now=timezone.now())


@app.periodic(cron="20 18 * * *")  # 02:20 in the usual time zone
@app.task(name="cases.destroy-due", queue="clock")
def destroy_due(timestamp: int) -> None:
    """Destroy the files whose time for keeping is over. Harmless to run at any time."""
    retiring.destroy_due(now=timezone.now())


@app.periodic(cron="3 * * * *")
@app.task(name="cases.let-officers-be-away", queue="clock")
def let_officers_be_away(timestamp: int) -> None:
    """Hand over what is in the hands of officers who are away, give back what was not worked on. Harmless to run at any
    time."""
    absences.let_days_pass(now=timezone.now())


@app.task(name=batches.READ, queue="default")
def read_batch(batch_id: str) -> None:
    """Read the rows of a table that was handed in."""
    batches.read(batch_id=UUID(batch_id), now=timezone.now())


@app.task(name=batches.SUBMIT, queue="default")
def submit_batch(batch_id: str) -> None:
    """Submit the drafts of a table that were confirmed."""
    batches.submit(batch_id=UUID(batch_id), now=timezone.now())


def _taken_up(case_id: UUID, now: datetime) -> tuple[models.Case, Pack, Acting]:
    """The case, locked as it is now, with its pack and the time of its place."""
    case = models.Case.objects.select_for_update().select_related("application").get(pk=case_id)
    pack = directory.pack(case.application.pack_digest)
    zone = pack.manifest.time_zone or settings.TIME_ZONE
    return case, pack, system(now, case.place, "the passing of time", time_zone=zone)


def _hands_are_full(case: models.Case) -> bool:
    """Whether everything that a correction notice names is handed in and only the scanner has yet to speak."""
    correction = case.corrections.filter(answered_at=None).first()
    current = form.current_materials(case.application)
    named = [d["id"] for d in correction.defects if d["kind"] == "material"] if correction else []
    given = [current[m] for m in named if m in current and current[m].created_at > correction.requested_at]
    ids = [row.upload for row in given if row.upload]
    waiting = set(files.blocked(ids).values())
    return bool(named) and len(ids) == len(named) and bool(waiting) and waiting <= {"unscanned", "failed"}


def _are_being_scanned(case: models.Case) -> bool:
    """Whether everything that was deferred is there and only the scanner has yet to speak: that is no delay of theirs."""
    current = form.current_materials(case.application)
    ids = [current[m].upload for m in case.deferred if m in current and current[m].upload]
    return len(ids) == len(case.deferred) and set(files.blocked(ids).values()) <= {"unscanned", "failed"}
