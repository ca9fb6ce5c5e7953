"""Official documents as pages that print and as files: what they say was fixed when they were issued."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.files import queries as files
from tongban.base.files import serving
from tongban.base.kit import access, drawings, markdown
from tongban.base.kit.acting import system
from tongban.base.kit.refusals import NotFound, NotNow
from tongban.base.kit.text import language
from tongban.base.notices import queries as notices
from tongban.base.notices.typesetting import CannotTypeset
from tongban.core.packs.pack import Pack
from tongban.work.cases import access as cases
from tongban.work.cases import editions, letters, models
from tongban.work.cases.letters import citing, titles


@access.signed_in
@require_safe
@never_cache
def document(request: HttpRequest, number: str) -> HttpResponse:
    """One document, for those who may read the case it is about; for everybody else it does not exist."""
    found = cases.document(request.acting, number)
    matter = editions.matter_of(found)
    if matter is None:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    pack, case = matter.pack, matter.case
    written = editions.letter(matter)
    context = {
        "document": found,
        "letter": written,
        "written": markdown.rendered(written.text),
        "application": matter.application,
        "case": case,
        "basis": citing.bases(pack, letters.articles_of(matter)),
        "seal": seal_of(pack),
        "correcting": found.kind == "correction-notice" and case is not None and case.state == "correcting",
        "languages": [(code, name) for code, name in _NAMES.items() if code != written.language],
    }
    return render(request, "cases/applicant/document.html", context)


@access.signed_in
@require_safe
@never_cache
def file(request: HttpRequest, number: str) -> HttpResponseBase:
    """The PDF of a document, in the language asked for or the reader's own; the same bytes every time."""
    found = cases.document(request.acting, number)
    wanted = request.GET.get("lang", "").lower()
    wanted = wanted if wanted in letters.LANGUAGES else language()
    kept = notices.editions_of(found)
    if wanted not in kept:  # issued a moment ago, or before documents were kept as files
        acting = system(
            request.acting.now, request.acting.place, "a document as a file", request.acting.request_id
        )
        try:
            editions.keep(acting=acting, found=found)
        except CannotTypeset as error:
            raise NotNow(
                _("The file cannot be made at the moment. The page holds the same text; print that.")
            ) from error
        kept = notices.editions_of(found)
    if wanted not in kept:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    return serving.download(files.upload(kept[wanted].file))


_NAMES = {"zh-hans": "简体中文", "zh-hant": "繁體中文", "en": "English"}


def entry(found: Any, pack: Pack, case: models.Case | None) -> dict[str, Any]:
    """A document as lists show it."""
    return {
        "title": titles.title_of(found, pack, case),
        "number": found.number,
        "link": f"/documents/{found.number}",
        "file": f"/documents/{found.number}.pdf",
        "at": found.issued_at,
    }


def seal_of(pack: Pack) -> SafeString | str:
    """The drawing of the seal that the pack brings; empty without one."""
    brand = next((layer.brand for layer in (pack.manifest, *reversed(pack.layers)) if layer.brand), None)
    svg = pack.assets.get(brand.seal) if brand else None
    return drawings.inline(svg) if svg else ""
