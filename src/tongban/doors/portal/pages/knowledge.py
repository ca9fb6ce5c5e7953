"""Words and pages that explain: the glossary, and what a pack tells about its events and policies in plain words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access, markdown, text
from tongban.core.packs.model_guide import Knowledge, Term
from tongban.core.packs.pack import Pack

SUBJECTS = (("life_events", "/events/"), ("services", "/services/"), ("policies", "/policies/"))
"""Where a subject of a page is looked for, and the address of its own page."""


@access.public
@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    """All terms in the reader's language, or those that hold the words asked for."""
    pack = _pack(request)
    query = request.GET.get("q", "").strip()[:100]
    terms = [term for term in pack.glossary.values() if _holds(term, query)]
    terms.sort(key=lambda term: text.in_language(term.term).casefold())
    return render(request, "portal/glossary.html", {"terms": terms, "query": query})


@access.public
@require_safe
def page(request: HttpRequest, page_id: str) -> HttpResponse:
    pack = _pack(request)
    found = pack.knowledge.get(page_id)
    if found is None:
        raise Http404
    return render(
        request,
        "portal/knowledge.html",
        {"page": found, "body": _body(found), "about": _about(pack, found), "today": request.acting.today},
    )


def _body(page: Knowledge) -> SafeString:
    return markdown.rendered(text.in_language(page.body))


def _about(pack: Pack, page: Knowledge) -> list[tuple[str, object]]:
    """The address and the entry of each subject of a page."""
    return [
        (address + subject, getattr(pack, attribute)[subject])
        for subject in page.about
        for attribute, address in SUBJECTS
        if subject in getattr(pack, attribute)
    ]


def _holds(term: Term, query: str) -> bool:
    wanted = text.simplified(query).casefold()
    words = (term.term.zh, term.term.en, term.definition.zh, term.definition.en, *term.also)
    return any(wanted in word.casefold() for word in words)


def _pack(request: HttpRequest) -> Pack:
    try:
        return directory.pack_in_force(request.acting.now)
    except LookupError as error:
        raise Http404 from error
