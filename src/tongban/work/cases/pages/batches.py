"""Several shops at once: the template, the upload, what came of every row, and one confirmation for all that is complete."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access, sheets
from tongban.base.kit.refusals import Invalid, NotFound, Refusal
from tongban.base.kit.text import in_language
from tongban.core.packs.model import LifeEvent
from tongban.work.cases import access as cases
from tongban.work.cases import models, shops_table
from tongban.work.cases.actions import batches

PER_PAGE = 50


@access.applying
@require_safe
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    """For which life event; and the tables that were handed in before."""
    pack = directory.pack_in_force(request.acting.now)
    earlier = [
        (batch, pack.life_events.get(batch.event))
        for batch in cases.batches(request.acting).order_by("-created_at")[:PER_PAGE]
    ]
    context = {"events": list(pack.life_events.values()), "earlier": earlier}
    return render(request, "cases/applicant/batch_choose.html", context)


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def upload(request: HttpRequest, event: str) -> HttpResponse:
    """Which columns there are, and the field for the file."""
    found = _event(request, event)
    if request.method != "POST":
        return _upload(request, found)
    sent = request.FILES.get("file")
    if sent is None:
        return _upload(
            request, found, Invalid(_("Choose a file first."), fields={"file": _("Choose a file first.")})
        )
    try:
        batch = batches.take_up(
            acting=request.acting, event=found.id, name=sent.name or "", content=sent.read(batches.MOST_BYTES + 1),
            consent=request.POST.get("consent") == "yes",
        )  # fmt: skip
    except Invalid as refusal:
        return _upload(request, found, refusal)
    return redirect("cases:batch", batch.id)


@access.applying
@require_safe
def template(request: HttpRequest, event: str) -> HttpResponse:
    """An empty table with the columns of the event, in the reader's language."""
    found = _event(request, event)
    pack = directory.pack_in_force(request.acting.now)
    headings = [_(shops_table.KEY_LABEL), *(column.label for column in shops_table.columns(pack, found.id))]
    return sheets.download(found.id, headings, [], private=False)


@access.applying
@require_safe
@never_cache
def batch(request: HttpRequest, batch: UUID) -> HttpResponse:
    """How far the reading is, then every row with its draft or its reasons."""
    found = cases.batch(request.acting, batch)
    chosen = request.GET.get("show", "")
    rows = found.rows.select_related("application")
    moved = [
        r for r in rows.filter(state="taken", application__state="draft") if r.seen_version != r.application.version
    ]  # fmt: skip
    batches.look_again(acting=request.acting, rows=moved[:PER_PAGE])
    kinds = _kinds(found)
    shown = kinds.get(chosen, rows)
    page = Paginator(shown.order_by("line"), PER_PAGE).get_page(request.GET.get("page"))
    pack = directory.pack_in_force(request.acting.now)
    ready = list(kinds["ready"])
    done = found.rows_total - rows.filter(state="waiting").count()
    words = {
        "": _("All"), "ready": _("Complete"), "open": _("Something is missing"), "submitted": _("Submitted"),
        "rejected": _("Rejected"),
    }  # fmt: skip
    context = {
        "batch": found,
        "event": pack.life_events.get(found.event),
        "done": done,
        "working": found.finished_at is None or rows.exclude(submit_version=None).exists(),
        "page": page,
        "rows": [_row(row) for row in page.object_list],
        "chosen": chosen if chosen in kinds else "",
        "tabs": [
            (name, label, rows.count() if not name else kinds[name].count()) for name, label in words.items()
        ],
        "ready": [
            (row.application_id, row.application.version) for row in ready if row.submit_version is None
        ],
        "rejected": kinds["rejected"].count(),
    }
    return render(request, "cases/applicant/batch.html", context)


@access.applying
@require_safe
def rejected(request: HttpRequest, batch: UUID) -> HttpResponse:
    """The rows that could not be taken, as they were, with line and reasons: to be mended and handed in again."""
    found = cases.batch(request.acting, batch)
    columns = (*found.header, _("Line"), _("Reason"))
    width = len(found.header)
    rows = (
        (
            *(list(row.cells)[:width] + [""] * (width - len(row.cells))),
            row.line,
            " ".join(_problem(p) for p in row.problems),
        )
        for row in found.rows.filter(state="rejected").order_by("line")
    )
    return sheets.download("rejected", columns, rows)


@access.applying
@require_POST
def submit(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Submit every draft that was shown as complete, in the version that was shown."""
    found = cases.batch(request.acting, batch)
    versions: dict[str, int] = {}
    for text in request.POST.getlist("ready")[: batches.MOST_ROWS]:
        key, _colon, version = text.partition(":")
        if version.isdecimal() and len(version) < 10:
            versions[key] = int(version)
    if request.POST.get("declared") != "yes":
        messages.error(request, _("Tick the box to declare that everything is true."))
    elif confirmed := batches.confirm(acting=request.acting, batch=found.id, versions=_known(versions)):
        messages.success(
            request,
            ngettext(
                "%(n)d application is being submitted.", "%(n)d applications are being submitted.", confirmed
            )
            % {"n": confirmed},
        )
    return redirect("cases:batch", found.id)


def _known(versions: dict[str, int]) -> dict[str, int]:
    """Only what reads as an id."""
    found = {}
    for key, version in versions.items():
        try:
            found[str(UUID(key))] = version
        except ValueError:
            continue
    return found


def _kinds(found: models.Batch) -> dict[str, Any]:
    rows = found.rows.select_related("application")
    taken = rows.filter(state="taken")
    return {
        "ready": taken.filter(application__state="draft", gaps=0),
        "open": taken.filter(application__state="draft").exclude(gaps=0),
        "submitted": taken.filter(application__state="submitted"),
        "rejected": rows.filter(state="rejected"),
    }


def _row(row: models.BatchRow) -> dict[str, Any]:
    application = row.application
    return {
        "line": row.line,
        "key": row.key,
        "state": row.state,
        "application": application,
        "link": f"/applications/{application.number or application.id}" if application else "",
        "gaps": row.gaps,
        "confirmed": row.submit_version is not None,
        "problems": [_problem(p) for p in row.problems],
        "note": in_language({"zh": row.note_zh, "en": row.note_en}),
    }


def _problem(problem: dict[str, Any]) -> str:
    text = in_language({"zh": problem["zh"], "en": problem["en"]})
    if not problem["column"]:
        return text
    return _("Column %(n)d (%(name)s): %(text)s") % {
        "n": problem["column"],
        "name": problem["label"],
        "text": text,
    }


def _event(request: HttpRequest, event: str) -> LifeEvent:
    found = directory.pack_in_force(request.acting.now).life_events.get(event)
    if found is None:
        raise NotFound(_("There is no such life event here."))
    return found


def _upload(request: HttpRequest, event: LifeEvent, refusal: Refusal | None = None) -> HttpResponse:
    pack = directory.pack_in_force(request.acting.now)
    context = {
        "event": event,
        "columns": shops_table.columns(pack, event.id),
        "key_label": _(shops_table.KEY_LABEL),
        "refusal": refusal,
        "problem": refusal.fields.get("file") or refusal.fields.get("event") or refusal.message
        if refusal
        else "",
        "most_rows": batches.MOST_ROWS,
        "most_mb": batches.MOST_BYTES // 1024 // 1024,
    }
    return render(
        request, "cases/applicant/batch_upload.html", context, status=refusal.status if refusal else 200
    )
