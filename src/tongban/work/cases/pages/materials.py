"""Materials of a draft: upload, replace, remove, sign, hand in later, look at one's own file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.files import queries as files
from tongban.base.kit import access
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal, StaleVersion, TooLarge
from tongban.base.kit.text import in_language
from tongban.base.peers import queries as peers
from tongban.core.packs.model import UploadSpec
from tongban.core.packs.pack import Pack
from tongban.core.planning import choice
from tongban.core.planning.model import PlannedMaterial, Status
from tongban.work.cases import access as cases
from tongban.work.cases import form, models
from tongban.work.cases.actions import drafts
from tongban.work.cases.pages import desk, looking, side
from tongban.work.cases.pages.desk import Desk, Given

TO_HAND_IN = (Status.UPLOAD, Status.DEFERRABLE)


@access.applying
@require_safe
@never_cache
@desk.on_draft
def materials(request: HttpRequest, on: Desk) -> HttpResponse:
    return _page(request, on, Given())


@access.applying
@require_POST
@desk.on_draft
def upload(request: HttpRequest, on: Desk, material: str) -> HttpResponse:
    """Hand in or replace a file. What cannot be taken is said beside it; nothing else on the page is lost."""
    sent = request.FILES.get("file")
    if sent is None:
        return _refused(request, on, material, Invalid(_("Choose a file first.")))
    data = sent.read(settings.UPLOAD_LIMIT + 1)
    return _done(
        request, on, material,
        lambda: drafts.hand_in(
            acting=request.acting, application=on.application.id, material=material, name=sent.name or "", data=data,
            version=desk.version_of(request),
        ),
        _("The file was taken in."),
    )  # fmt: skip


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk.on_draft
def remove(request: HttpRequest, on: Desk, material: str) -> HttpResponse:
    """Asks first; then takes a file or a signature back."""
    current = form.current_materials(on.application).get(material)
    if current is None or material not in on.pack.materials:
        raise NotFound(_("There is nothing to remove."))
    if request.method == "POST":
        return _done(
            request, on, material,
            lambda: drafts.take_back(
                acting=request.acting, application=on.application.id, material=material, version=desk.version_of(request)
            ),
            _("It was removed."),
        )  # fmt: skip
    context = {
        "application": on.application,
        "event": on.event,
        "material": on.pack.materials[material],
        "file": files.upload(current.upload) if current.upload else None,
    }
    return render(request, "cases/applicant/remove.html", context)


@access.applying
@require_POST
@desk.on_draft
def sign(request: HttpRequest, on: Desk, material: str) -> HttpResponse:
    """Sign a commitment: its text stands on the page, the box beside it has to be ticked."""
    if request.POST.get("agreed") != "yes":
        return _refused(
            request, on, material, Invalid(_("Tick the box to show that you have read the text and agree."))
        )
    return _done(
        request, on, material,
        lambda: drafts.sign_commitment(
            acting=request.acting, application=on.application.id, material=material, version=desk.version_of(request)
        ),
        _("Signed."),
    )  # fmt: skip


@access.applying
@require_POST
@desk.on_draft
def later(request: HttpRequest, on: Desk, material: str) -> HttpResponse:
    """Choose to hand a deferrable paper in later, or change one's mind."""
    wanted = request.POST.get("later") == "yes"
    return _done(
        request, on, material,
        lambda: drafts.defer(
            acting=request.acting, application=on.application.id, material=material, later=wanted, version=desk.version_of(request)
        ),
        _("You will hand this in later.") if wanted else _("You will hand this in now."),
    )  # fmt: skip


@access.applying
@require_safe
@never_cache
def own_file(
    request: HttpRequest, application: UUID, material: str, *, look: bool = False, page: int | None = None
) -> HttpResponseBase:
    """One's own upload, as a download, which the browser never shows as a page of ours, or as pictures of its pages."""
    found = cases.application(request.acting, application)
    current = form.current_materials(found).get(material)
    if current is None or current.upload is None:
        raise NotFound(_("There is no such file."))
    back = (
        f"/applications/{application}/materials" if found.number is None else f"/applications/{found.number}"
    )
    return looking.served(request, files.upload(current.upload), back, look=look, page=page)


def spec_in_words(spec: UploadSpec) -> str:
    """What may be uploaded: formats and the largest size."""
    limit = min(spec.max_mb, settings.UPLOAD_LIMIT // (1024 * 1024))
    return _("%(formats)s, at most %(limit)d MB") % {
        "formats": _(", ").join(f.upper() for f in spec.formats),
        "limit": limit,
    }


def accepted(spec: UploadSpec) -> str:
    """The `accept` attribute of the file field."""
    return ",".join(
        {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}[f] for f in spec.formats
    )


def _done(
    request: HttpRequest, on: Desk, material: str, act: Callable[[], object], said: str
) -> HttpResponse:
    if material not in on.pack.materials:
        raise NotFound(_("There is no such material."))
    try:
        act()
    except (Invalid, TooLarge, NotNow, StaleVersion) as refusal:
        return _refused(request, on, material, refusal)
    messages.success(request, f"{in_language(on.pack.materials[material].name)}{_(': ')}{said}")
    response = redirect("cases:materials", on.application.id)
    response.headers["Location"] += f"#material-{material}"
    return response


def _refused(request: HttpRequest, on: Desk, material: str, refusal: Refusal) -> HttpResponse:
    on = desk.desk_of(request.acting, cases.application(request.acting, on.application.id))
    if isinstance(refusal, StaleVersion):
        return _page(request, on, Given.refused(refusal, {}))
    return _page(request, on, Given.refused(refusal, {}, {material: _(refusal.message)}))


def _page(request: HttpRequest, on: Desk, given: Given) -> HttpResponse:
    shown = papers(on.application, on.pack, on.plan.materials, given)
    groups = [
        ("upload", _("To hand in"), [p for p in shown if p["planned"].status in TO_HAND_IN]),
        ("commit", _("To sign"), [p for p in shown if p["planned"].status is Status.COMMIT]),
        (
            "missing",
            _("Not found in any registry"),
            [p for p in shown if p["planned"].status is Status.MISSING],
        ),
        (
            "nothing",
            _("Nothing to do for you"),
            [p for p in shown if p["planned"].status in (Status.HELD, Status.FORM, Status.PRODUCED)],
        ),
    ]
    left = sum(p["open"] for p in shown)
    errors = [
        {
            "id": f"field-{material}",
            "label": in_language(on.pack.materials[material].name),
            "message": message,
        }
        for material, message in given.errors.items()
        if material in on.pack.materials
    ]
    context = {
        "groups": [g for g in groups if g[2]],
        "left": left,
        "errors": errors,
        "uncertain": any(not p["planned"].certain for p in shown),
    }
    return desk.page(request, on, "materials", context, given)


def papers(
    application: models.Application, pack: Pack, planned: tuple[PlannedMaterial, ...], given: Given
) -> list[dict[str, Any]]:
    """Every planned material with what is there already and what can be done with it."""
    current = form.current_materials(application)
    uploads = files.uploads([row.upload for row in current.values() if row.upload])
    neighbours = peers.trusted().exists()
    shown = []
    for material in planned:
        declared = pack.materials[material.id]
        alternative = declared.alternatives[material.alternative]
        spec = alternative.upload
        row = current.get(material.id)
        file = uploads.get(row.upload) if row and row.upload else None
        counts = row is not None and (file is None or file.usable)
        later_chosen = material.deferred and row is None
        shown.append({
            "planned": material,
            "id": material.id,
            "name": in_language(declared.name),
            "note": in_language(declared.note),
            "kind": in_language(alternative.name),
            "chosen": in_language(choice.chosen(material, pack)),
            "from": side.material_note(material, pack, application.evidence),
            "elsewhere": _elsewhere(material, pack) if neighbours and row is None else "",
            "services": [in_language(pack.services[s].name) for s in material.services],
            "row": row,
            "file": file,
            "later": later_chosen,
            "counts": counts,
            "done": counts or later_chosen,
            "open": material.certain and material.status in (*TO_HAND_IN, Status.COMMIT) and not counts and not later_chosen,
            "spec": spec_in_words(spec) if spec else "",
            "accept": accepted(spec) if spec else "",
            "commitment": in_language(alternative.commitment),
            "error": given.errors.get(material.id, ""),
        })  # fmt: skip
    return shown


def _elsewhere(material: PlannedMaterial, pack: Pack) -> str:
    """Where to ask another place for the licence that would do instead of handing anything in; empty: none would."""
    kind = next((a.licence for a in pack.materials[material.id].alternatives if a.licence), None)
    if kind not in pack.licences or material.status not in (*TO_HAND_IN, Status.MISSING):
        return ""
    return f"/evidence/ask?{urlencode({'kind': kind, 'service': material.services[0]})}"
