"""Official documents as pages that print: what they say comes from data, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.identity import queries as identity
from tongban.base.kit import access, drawings
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.base.kit.templatetags.kit import state_name
from tongban.base.kit.text import in_language
from tongban.base.notices import queries as notices
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.work.cases import access as cases
from tongban.work.cases import form, models
from tongban.work.cases.pages import content, letters

TITLES: Final = {
    "receipt": msg("Receipt of an application"),
    "correction-notice": msg("Correction notice"),
    "acceptance-notice": msg("Notice of acceptance"),
    "not-accepted": msg("Notice that a case is not accepted"),
    "suspension-notice": msg("Notice that the clock is stopped"),
    "extension-notice": msg("Notice of a longer term"),
    "granted": msg("Decision: granted"),
    "refused": msg("Decision: refused"),
}
AUTOMATIC: Final = msg("Every condition was checked against the records and is met.")


@access.signed_in
@require_safe
@never_cache
def document(request: HttpRequest, number: str) -> HttpResponse:
    """One document, for those who may read the case it is about; for everybody else it does not exist."""
    found = notices.document(number)
    if found is None:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    application, case = _matter(request.acting, found)
    pack = form.pack_of(application, request.acting)
    organ = pack.organisations.get(found.organisation or "")
    data = found.content
    defects, papers = _defects(pack, data), material_lines(application, pack, data.get("materials", {}))
    reasons = reasons_in_language(data.get("reasons", ""), bool(data.get("automatic")))
    matter = letters.Matter(
        found, application, case, pack,
        materials="\n".join(_("%(name)s (%(how)s)") % {"name": name, "how": how} for name, how in papers),
        missing="\n".join(f"{name}{_(': ')}{' '.join(words.split())}" for name, words in defects),
        reasons=reasons,
        articles=tuple(data.get("articles", ())),
    )  # fmt: skip
    context = {
        "written": letters.written(matter),
        "document": found,
        "title": title_of(found),
        "application": application,
        "event": pack.life_events[application.event],
        "case": case,
        "service": pack.services.get(case.service) if case else None,
        "organ": organ,
        "addressee": identity.names_of({application.subject}).get(application.subject),
        "defects": defects,
        "deferred": [
            in_language(pack.materials[m].name) for m in data.get("deferred", []) if m in pack.materials
        ],
        "reasons": reasons,
        "outcome": data.get("outcome", ""),
        "basis": content.bases(pack, data.get("articles", [])),
        "ground": _ground(pack, case) if found.kind == "correction-notice" else [],
        "papers": papers,
        "services": _services(pack, application) if found.kind == "receipt" else [],
        "seal": seal_of(pack),
        "terms": form.terms_from_json(case.terms) if case else None,
    }
    return render(request, "cases/applicant/document.html", context)


def title_of(found: Any) -> str:
    kind = found.content.get("outcome", "") if found.kind == "decision" else found.kind
    return _(TITLES[kind]) if kind in TITLES else found.kind


def entry(found: Any) -> dict[str, Any]:
    """A document as lists show it."""
    return {
        "title": title_of(found),
        "number": found.number,
        "link": f"/documents/{found.number}",
        "at": found.issued_at,
    }


def reasons_in_language(reasons: str, automatic: bool) -> str:
    """What an officer wrote stays as written; what the platform says is said in the reader's language."""
    return _(AUTOMATIC) if automatic and reasons in (both(AUTOMATIC).zh, both(AUTOMATIC).en) else reasons


def material_lines(
    application: models.Application, pack: Pack, planned: Mapping[str, str]
) -> list[tuple[str, str]]:
    """(name, how it was met) of the materials that a receipt lists, as they were on submission."""
    at = application.submitted_at
    ways = {
        row.material: row.way
        for row in application.materials.all()
        if at is not None and row.created_at <= at and (row.replaced_at is None or row.replaced_at > at)
    }
    words = {"upload": _("handed in"), "commit": _("signed")}
    return [
        (in_language(pack.materials[m].name), words.get(way) or state_name(way))
        if (way := ways.get(m))
        else (
            in_language(pack.materials[m].name),
            _("comes later") if status == "deferrable" else state_name(status),
        )
        for m, status in planned.items()
        if m in pack.materials
    ]


def seal_of(pack: Pack) -> SafeString | str:
    """The drawing of the seal that the pack brings; empty without one."""
    brand = next((layer.brand for layer in (pack.manifest, *reversed(pack.layers)) if layer.brand), None)
    svg = pack.assets.get(brand.seal) if brand else None
    return drawings.inline(svg) if svg else ""


def _matter(acting: Acting, found: Any) -> tuple[models.Application, models.Case | None]:
    if found.about is None:
        return cases.application(acting, found.root), None
    case = cases.cases(acting).filter(pk=found.about).select_related("application").first()
    if case is None:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    return case.application, case


def _defects(pack: Pack, data: Mapping[str, Any]) -> list[tuple[str, str]]:
    found = []
    for defect in data.get("defects", []):
        declared: Any = (
            pack.materials.get(defect["id"]) if defect["kind"] == "material" else pack.facts.get(defect["id"])
        )
        named = (
            in_language(declared.name if defect["kind"] == "material" else declared.label)
            if declared
            else defect["id"]
        )
        found.append((named, defect["text"]))
    return found


def _ground(pack: Pack, case: models.Case | None) -> list[content.Basis]:
    """The article by which everything missing is listed once."""
    term = pack.services[case.service].notify_missing if case else None
    return content.bases(pack, term.articles) if term else []


def _services(pack: Pack, application: models.Application) -> list[tuple[Any, Any, Any]]:
    return [
        (case, pack.services[case.service], pack.organisations.get(case.organisation))
        for case in application.cases.order_by("number")
    ]
