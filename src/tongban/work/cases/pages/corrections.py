"""Answering a correction notice, and bringing papers that were to come later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.files import queries as files
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal, StaleVersion, TooLarge
from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import State
from tongban.work.cases import access as cases
from tongban.work.cases import form, models
from tongban.work.cases.actions import corrections
from tongban.work.cases.pages import content, desk, fields, materials
from tongban.work.cases.pages.desk import Given


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Every defect at once, each with its field or upload. A POST sends the case back."""
    case, correction = _open(request, number)
    if correction is None:
        return _nothing_open(request, case)
    if request.method != "POST":
        return _page(request, case, correction, Given())
    try:
        corrections.answer(acting=request.acting, number=number, version=desk.version_of(request))
    except (Invalid, NotNow, StaleVersion) as refusal:
        return _again(request, number, Given.refused(refusal, {}))
    messages.success(
        request, _("The case went back to the office. Its time to look through the papers starts anew.")
    )
    return redirect("cases:progress", case.application.number)


@access.applying
@require_POST
def facts(request: HttpRequest, number: str) -> HttpResponse:
    """Save corrected answers; the case goes back only when the applicant says so."""
    case, correction = _open(request, number)
    if correction is None:
        return _nothing_open(request, case)
    pack = form.pack_of(case.application, request.acting)
    named = [d["id"] for d in correction.defects if d["kind"] == "fact"]
    known = form.facts_of(case.application, pack)
    values, typed, errors = fields.read(request, case.application, pack, known, only=named)
    errors |= {name: _("An answer is needed here.") for name, value in values.items() if value is None}
    if errors:
        return _page(request, case, correction, Given(typed, errors, status=Invalid.status))
    if values:
        try:
            corrections.correct_fact(
                acting=request.acting, number=number, answers=values, version=desk.version_of(request)
            )
        except (Invalid, NotNow, StaleVersion) as refusal:
            return _again(request, number, Given.refused(refusal, typed))
    messages.success(request, _("Saved."))
    return redirect("cases:correct", number)


@access.applying
@require_POST
def upload(request: HttpRequest, number: str, material: str) -> HttpResponse:
    """A new file for a paper that the notice names."""
    case, correction = _open(request, number)
    if correction is None:
        return _nothing_open(request, case)
    refusal = _hand_in(request, number, material)
    if refusal is not None:
        return _again(request, number, Given.refused(refusal, {}, {material: _(refusal.message)}))
    messages.success(request, _("The file was taken in."))
    response = redirect("cases:correct", number)
    response.headers["Location"] += f"#defect-{material}"
    return response


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def deferred(request: HttpRequest, number: str, material: str) -> HttpResponse:
    """Bring one paper that was accepted to come later."""
    case = cases.case(request.acting, number)
    pack = form.pack_of(case.application, request.acting)
    if material not in case.deferred or material not in pack.materials:
        raise NotFound(_("This material is not asked for now."))
    error, status = "", 200
    if request.method == "POST":
        refusal = _hand_in(request, number, material)
        if refusal is None:
            messages.success(request, _("The file was taken in."))
            return redirect("cases:progress", case.application.number)
        error, status = _(refusal.message), refusal.status
    clock = form.clock_of(case, pack, request.acting.today)
    row = form.current_materials(case.application).get(material)
    context = {
        "case": case,
        "event": pack.life_events[case.application.event],
        "service": pack.services[case.service],
        "paper": {**_paper(pack, material), "error": error},
        "file": files.upload(row.upload) if row and row.upload else None,
        "due": clock.materials_by,
        "errors": [
            {"id": f"field-{material}", "label": in_language(pack.materials[material].name), "message": error}
        ]
        if error
        else [],
    }
    return render(request, "cases/applicant/deferred.html", context, status=status)


def _hand_in(request: HttpRequest, number: str, material: str) -> Refusal | None:
    sent = request.FILES.get("file")
    if sent is None:
        return Invalid(_("Choose a file first."))
    act: Callable[[], object] = lambda: corrections.hand_in(  # noqa: E731
        acting=request.acting,
        number=number,
        material=material,
        name=sent.name or "",
        data=sent.read(settings.UPLOAD_LIMIT + 1),
    )
    try:
        act()
    except (Invalid, TooLarge, NotNow, StaleVersion) as refusal:
        return refusal
    return None


def _open(request: HttpRequest, number: str) -> tuple[models.Case, models.Correction | None]:
    case = cases.case(request.acting, number)
    open_notice = (
        case.corrections.filter(answered_at=None).first() if case.state == State.CORRECTING.value else None
    )
    return case, open_notice


def _nothing_open(request: HttpRequest, case: models.Case) -> HttpResponse:
    """The link of an old notice: it has been answered, or the case has moved on."""
    messages.info(request, _("This correction notice has been dealt with; nothing is open for you here."))
    return redirect("cases:progress", case.application.number)


def _again(request: HttpRequest, number: str, given: Given) -> HttpResponse:
    case, correction = _open(request, number)
    return _nothing_open(request, case) if correction is None else _page(request, case, correction, given)


def _page(
    request: HttpRequest, case: models.Case, correction: models.Correction, given: Given
) -> HttpResponse:
    application = case.application
    pack = form.pack_of(application, request.acting)
    known = form.facts_of(application, pack)
    current = form.current_materials(application)
    defects: list[dict[str, Any]] = []
    for defect in correction.defects:
        if defect["kind"] == "material" and defect["id"] in pack.materials:
            row = current.get(defect["id"])
            file = files.upload(row.upload) if row and row.upload else None
            counts = file is None or file.usable
            done = row is not None and row.created_at > correction.requested_at and counts
            paper = {**_paper(pack, defect["id"]), "error": given.errors.get(defect["id"], "")}
            shown = content.shown_elsewhere(pack, application.evidence, row)
            defects.append({**defect, "paper": paper, "done": done, "file": file, "shown": shown})
        elif defect["kind"] == "fact" and defect["id"] in pack.facts:
            field = fields.field(application, pack, known, defect["id"], given, editable=True)
            defects.append({**defect, "field": field, "done": True})
    undone = [d["paper"]["name"] for d in defects if not d["done"]]
    errors = [
        {"id": f"field-{d['id']}", "label": d["paper"]["name"], "message": d["paper"]["error"]}
        for d in defects
        if d["kind"] == "material" and d["paper"]["error"]
    ] + fields.errors_of(d["field"] for d in defects if d["kind"] == "fact")
    context = {
        "case": case,
        "event": pack.life_events[application.event],
        "service": pack.services[case.service],
        "organ": pack.organisations.get(case.organisation),
        "correction": correction,
        "papers": [d for d in defects if d["kind"] == "material"],
        "answers": [d for d in defects if d["kind"] == "fact"],
        "count": len(defects),
        "undone": undone,
        "errors": errors,
        "given": given,
    }
    return render(request, "cases/applicant/correct.html", context, status=given.status)


def _paper(pack: Pack, material: str) -> dict[str, Any]:
    declared = pack.materials[material]
    spec = next((a.upload for a in declared.alternatives if a.upload), None)
    return {
        "id": material,
        "name": in_language(declared.name),
        "note": in_language(declared.note),
        "spec": materials.spec_in_words(spec) if spec else "",
        "accept": materials.accepted(spec) if spec else "",
    }
