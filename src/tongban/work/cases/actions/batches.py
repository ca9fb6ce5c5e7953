"""Several shops at once: take a table in, read it row by row, submit what is complete.

Each row is a transaction of its own: one that cannot be read keeps no other back, and a job that was stopped goes on
where it stood. The same key in the same life event is the same draft, so a table can be handed in again and again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.files import actions as files
from tongban.base.identity import queries as identity
from tongban.base.kit import spreadsheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal
from tongban.base.kit.text import language
from tongban.core.packs.pack import Pack
from tongban.records.dossier import actions as dossier
from tongban.work.cases import access, form, models, shops_table
from tongban.work.cases.actions import drafts, submission
from tongban.work.cases.shops_table import Problem

log = logging.getLogger(__name__)

READ: Final = "cases.read-batch"
SUBMIT: Final = "cases.submit-batch"
MOST_ROWS: Final = 500
MOST_BYTES: Final = 2 * 1024 * 1024


def take_up(*, acting: Acting, event: str, name: str, content: bytes, consent: bool) -> models.Batch:
    """Take a table in and let a job read its rows. Raises `Invalid` when the table as a whole cannot be read."""
    pack = directory.pack_in_force(acting.now)
    if event not in pack.life_events:
        raise NotFound(_("There is no such life event here."))
    drafts.refuse_starting(acting, pack, event)
    if len(content) > MOST_BYTES:
        raise Invalid(_("The table is too large."), fields={"file": _("At most %(n)d MB are read.") % {"n": MOST_BYTES // 1024 // 1024}})  # fmt: skip
    try:
        table = spreadsheets.read(name, content, only=True, rows=MOST_ROWS + 1, characters=MOST_BYTES)
    except spreadsheets.BadTable as bad:
        told = spreadsheets.told(files.safe_name(name), bad, language())
        raise Invalid(_("The table cannot be read."), fields={"file": told}) from bad
    rows = [(line, cells) for line, cells in enumerate(table.rows, 1) if any(cell.strip() for cell in cells)]
    if not rows or len(rows) == 1:
        raise Invalid(_("The table is empty."), fields={"file": _("Fill in one line for each shop below the headings.")})  # fmt: skip
    if len(rows) > MOST_ROWS + 1:
        raise Invalid(_("The table is too large."), fields={"file": _("At most %(n)d shops at once: split the table.") % {"n": MOST_ROWS}})  # fmt: skip
    header = rows[0][1]
    columns = shops_table.headed(pack, event, header)
    with transaction.atomic():
        batch = models.Batch.objects.create(
            event=event, principal=acting.principal, acting=_written(acting), consent=consent, name=files.safe_name(name),
            header=header, columns=columns, rows_total=len(rows) - 1, created_at=acting.now,
        )  # fmt: skip
        models.BatchRow.objects.bulk_create(
            models.BatchRow(batch=batch, line=line, cells=cells) for line, cells in rows[1:]
        )
        audit.record(
            acting=acting, action="batch.taken-in", root=batch.id, object_kind="batch", object_id=batch.id,
            detail={"event": event, "rows": batch.rows_total},
        )  # fmt: skip
        jobs.configure_task(READ).defer(batch_id=str(batch.id))
    return batch


def read(*, batch_id: UUID, now: datetime) -> int:
    """Read every row that waits; how many. Harmless to run again: what was read stays read."""
    batch = models.Batch.objects.get(pk=batch_id)
    done = 0
    for key in batch.rows.filter(state="waiting").values_list("pk", flat=True):
        try:
            acting = _acting(batch, now)
            done += read_row(acting=acting, row=key)
        except NotNow as refusal:
            done += _reject(key, [_of_row(refusal)])
        except Exception:  # one row that cannot be read for whatever reason keeps no other back
            log.exception("row %s of batch %s was not read", key, batch_id)
            done += _reject(
                key, [_both(lambda: Problem(0, "", _("This line could not be read. Hand it in again.")))]
            )
    models.Batch.objects.filter(pk=batch_id, finished_at=None).exclude(rows__state="waiting").update(
        finished_at=now
    )
    return done


def read_row(*, acting: Acting, row: int) -> bool:
    """Turn one row into a draft, or into a list of problems. False: it was read before."""
    with transaction.atomic():
        found = models.BatchRow.objects.select_for_update().select_related("batch").get(pk=row)
        if found.state != "waiting":
            return False
        batch = found.batch
        pack = directory.pack_in_force(acting.now)
        drafts.refuse_starting(acting, pack, batch.event)
        key, answers, problems = _read(pack, batch, found)
        found.key = key[: shops_table.LONGEST_KEY]
        earlier = batch.rows.filter(key=found.key, line__lt=found.line).exclude(state="waiting").first()
        if key and earlier is not None:
            problems.append(
                _both(
                    lambda: Problem(0, "", _("Line %(n)d has the same number already.") % {"n": earlier.line})
                )
            )
        if problems:
            found.state, found.problems = "rejected", problems
            found.save()
            return True
        draft, refused = drafts.open_keyed(acting=acting, event=batch.event, key=found.key)
        if refused:
            found.state, found.problems = "rejected", [_of_row(refused)]
            found.save()
            return True
        if batch.consent:
            dossier.give_consent(acting=acting, subject=draft.subject, root=draft.id)
        drafts.answer(acting=acting, application=draft.id, answers=answers, draws=False)
        found.state, found.application = "taken", draft
        found.save()
    if batch.consent:
        drafts.draw(acting=acting, application=draft.id)
    look_again(acting=acting, rows=[found])
    return True


def look_again(*, acting: Acting, rows: list[models.BatchRow]) -> None:
    """Note of rows whose drafts have moved on how much is missing now."""
    for row in rows:
        draft = models.Application.objects.get(pk=row.application_id) if row.application_id else None
        if draft is None or draft.state != "draft" or row.seen_version == draft.version:
            continue
        pack = form.pack_of(draft, acting)
        if draft.event not in pack.life_events:
            continue
        plan = form.plan_of(draft, pack, acting.today)
        row.gaps = len(submission.missing(draft, pack, plan, acting))
        row.seen_version = draft.version
        row.save(update_fields=["gaps", "seen_version"])


def confirm(*, acting: Acting, batch: UUID, versions: Mapping[str, int]) -> int:
    """Let a job submit these drafts (application id to the version that was shown); how many. What has moved on since
    is left out by the job and says so. Confirming again changes nothing."""
    with transaction.atomic():
        found = access.batch(acting, batch)
        rows = found.rows.select_for_update().filter(state="taken", application_id__in=list(versions))
        confirmed = 0
        for row in rows:
            row.submit_version = versions[str(row.application_id)]
            row.note_zh = row.note_en = ""
            row.save(update_fields=["submit_version", "note_zh", "note_en"])
            confirmed += 1
        if confirmed:
            audit.record(
                acting=acting, action="batch.confirmed", root=found.id, object_kind="batch", object_id=found.id,
                detail={"rows": confirmed},
            )  # fmt: skip
            found.acting = _written(acting)
            found.save(update_fields=["acting"])
            jobs.configure_task(SUBMIT).defer(batch_id=str(found.id))
    return confirmed


def submit(*, batch_id: UUID, now: datetime) -> int:
    """Submit every draft that was confirmed and not submitted yet; how many."""
    batch = models.Batch.objects.get(pk=batch_id)
    submitted = 0
    for row in batch.rows.exclude(submit_version=None).select_related("application"):
        try:
            submission.submit(
                acting=_acting(batch, now), application=row.application_id, version=row.submit_version
            )
            submitted += 1
            note = ("", "")
        except Refusal as refusal:
            note = _texts(refusal)
        except Exception:  # the others are submitted
            log.exception("row %s of batch %s was not submitted", row.pk, batch_id)
            continue  # confirmed still: it is tried when the job runs again
        models.BatchRow.objects.filter(pk=row.pk).update(
            submit_version=None, note_zh=note[0], note_en=note[1]
        )
    return submitted


def _read(
    pack: Pack, batch: models.Batch, row: models.BatchRow
) -> tuple[str, dict[str, object], list[dict[str, Any]]]:
    """The row with every problem in both languages."""
    told: dict[str, list[Problem]] = {}
    for code in ("zh-hans", "en"):
        with translation.override(code):
            key, answers, told[code] = shops_table.read_row(pack, batch.columns, batch.header, row.cells)
    both = zip(told["zh-hans"], told["en"], strict=True)
    return (
        key,
        answers,
        [{"column": zh.column, "label": zh.label, "zh": zh.text, "en": en.text} for zh, en in both],
    )


def _both(say: Any) -> dict[str, Any]:
    """A problem in both languages."""
    with translation.override("zh-hans"):
        zh = say()
    with translation.override("en"):
        en = say()
    return {"column": zh.column, "label": zh.label, "zh": zh.text, "en": en.text}


def _of_row(refusal: Refusal) -> dict[str, Any]:
    zh, en = _texts(refusal)
    return {"column": 0, "label": "", "zh": zh, "en": en}


def _texts(refusal: Refusal) -> tuple[str, str]:
    """A refusal in both languages. What it says of single fields stays as it was said."""
    texts = []
    for code in ("zh-hans", "en"):
        with translation.override(code):
            texts.append(" ".join([_(refusal.message), *refusal.fields.values()]))
    return texts[0], texts[1]


def _reject(row: int, problems: list[dict[str, Any]]) -> int:
    return models.BatchRow.objects.filter(pk=row, state="waiting").update(state="rejected", problems=problems)


def _written(acting: Acting) -> dict[str, Any]:
    return {
        "actor": str(acting.actor), "mandate": str(acting.mandate) if acting.mandate else None, "role": acting.role,
        "place": acting.place, "time_zone": acting.time_zone,
    }  # fmt: skip


def _acting(batch: models.Batch, now: datetime) -> Acting:
    """In whose name the job works. Raises `NotNow` when the mandate has ended in the meantime."""
    told = batch.acting
    mandate = UUID(told["mandate"]) if told["mandate"] else None
    if mandate is not None and not identity.is_in_force(mandate, now):
        raise NotNow(_("The mandate under which this table was handed in has ended."))
    return Acting(
        UUID(told["actor"]), batch.principal, mandate, None, None, told["role"], told["place"] or settings.PLACE,
        "own matter", now, uuid4().hex, told["time_zone"],
    )  # fmt: skip
