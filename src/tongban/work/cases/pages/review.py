"""The last look before submission, the submission itself and its receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.notices import queries as notices
from tongban.core.planning.model import Applies
from tongban.work.cases import access as cases
from tongban.work.cases import form, queries
from tongban.work.cases.actions import submission
from tongban.work.cases.letters.matter import material_lines
from tongban.work.cases.pages import content, desk, documents, fields, materials, signatures
from tongban.work.cases.pages.desk import Desk, Given


@access.applying
@require_safe
@never_cache
@desk.on_draft
def review(request: HttpRequest, on: Desk) -> HttpResponse:
    return _page(request, on, Given())


@access.applying
@require_POST
def submit(request: HttpRequest, application: UUID) -> HttpResponse:
    """Submit. A second click, or a form that was sent twice, leads to the same receipt."""
    found = cases.application(request.acting, application)
    if found.state == "submitted":
        return redirect("cases:receipt", found.number)
    if request.POST.get("declared") != "yes":
        on = desk.desk_of(request.acting, found)
        return _page(
            request,
            on,
            Given(errors={"declared": _("Tick the box to declare that everything is true.")}, status=422),
        )
    try:
        submitted = submission.submit(
            acting=request.acting, application=application, version=desk.version_of(request),
            by_person=request.POST.get("by_person") == "yes",
        )  # fmt: skip
    except (Invalid, NotNow, StaleVersion) as refusal:
        on = desk.desk_of(request.acting, cases.application(request.acting, application))
        return _page(request, on, Given.refused(refusal, {"declared": "yes"}, {}))
    if request.acting.role == "window":  # the clerk does not see the draft any more, and prints the receipt
        return redirect("cases:office-window-filed", submitted.number)
    return redirect("cases:receipt", submitted.number)


@access.applying
@require_safe
@never_cache
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What was received, when and by whom, to keep or to print."""
    application = cases.application(request.acting, number)
    if application.number is None:
        raise NotFound(_("This application has not been submitted yet."))
    pack = form.pack_of(application, request.acting)
    found = next((d for d in notices.documents_of(application.id) if d.kind == "receipt"), None)
    link = request.build_absolute_uri(reverse("cases:progress", args=[application.number]))
    lines = [
        (
            case,
            pack.services[case.service],
            pack.organisations.get(case.organisation),
            form.terms_from_json(case.terms),
        )
        for case in queries.cases_of(application)
    ]
    context = {
        "application": application,
        "event": pack.life_events[application.event],
        "document": found,
        "organ": pack.organisations.get(found.organisation or "") if found else None,
        "lines": lines,
        "papers": material_lines(application, pack, found.content.get("materials", {})) if found else [],
        "link": link,
        "qr": qr(link),
        "seal": documents.seal_of(pack),
    }
    return render(request, "cases/applicant/receipt.html", context)


def qr(link: str) -> SafeString:
    """A QR code as inline SVG, dark on light in every theme: scanners do not read it inverted."""
    drawn = segno.make(link, error="m", micro=False).svg_inline(
        scale=4, border=4, dark="#17211f", light="#fff", omitsize=True
    )
    return mark_safe(drawn)  # noqa: S308  # drawn by segno; the link is in it as modules only


def _page(request: HttpRequest, on: Desk, given: Given) -> HttpResponse:
    gaps = submission.missing(on.application, on.pack, on.plan, on.acting)
    answers = [
        {
            "label": on.pack.facts[name].label,
            "value": fields.shown_value(on.application, on.pack, on.facts, name),
            "source": fields.source_label(on.application, on.pack, name),
            "step": "details" if name in on.details else "questions",
            "anchor": f"field-{fields.name_of(name)}",
            "stated": entry["source"] == "answer",
        }
        for name, entry in (
            (n, on.application.answers[n]) for n in on.pack.facts if n in on.application.answers
        )
    ]
    errors = (
        [{"id": "declared", "label": "", "message": given.errors["declared"]}]
        if "declared" in given.errors
        else []
    )
    context: dict[str, Any] = {
        "gaps": [_gap(on, key, message) for key, message in gaps.items()],
        "answers": answers,
        "papers": [
            p
            for p in materials.papers(on.application, on.pack, on.plan.materials, Given())
            if p["planned"].certain
        ],
        "errors": errors,
        "signers": signatures.signers_of(request, on),
        "ready": not gaps,
        "may_be_automatic": any(
            on.pack.services[s.id].automatic for s in on.plan.services if s.applies is Applies.YES
        ),
    }
    return desk.page(request, on, "review", context, given)


def _gap(on: Desk, key: str, message: str) -> Mapping[str, str]:
    """What is missing, with a link to where it can be put right."""
    here = f"/applications/{on.application.id}"
    kind, _colon, name = key.partition(":")
    if kind == "signer":
        return {"message": message, "link": f"{here}/review#signers"}
    if kind == "changes":
        return {"message": message, "link": f"{here}/changes"}
    if kind == "fact":
        step = "questions" if name in on.open_questions else "details"
        fact = on.pack.facts[name]
        first = (
            "-0"
            if fact.type == "boolean" or (fact.type == "code" and content.drawn_as_radio(on.pack, fact))
            else ""
        )
        return {"message": message, "link": f"{here}/{step}#field-{fields.name_of(name)}{first}"}
    if kind == "material":
        return {"message": message, "link": f"{here}/materials#material-{name}"}
    return {"message": message, "link": f"{here}/questions"}
