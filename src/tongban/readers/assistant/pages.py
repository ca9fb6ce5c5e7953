"""The page that answers questions out of what is published. Nothing of a question is kept."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access
from tongban.readers.assistant.answers import answer as answers


@require_safe
@never_cache
@access.public
def ask(request: HttpRequest) -> HttpResponse:
    acting = request.acting  # type: ignore[attr-defined]
    try:
        pack = directory.pack_in_force(acting.now)
    except LookupError as error:
        raise Http404 from error
    typed = request.GET.get("q", "").replace("\x00", "").strip()
    question = typed[: answers.LONGEST]
    context = {
        "pack": pack,
        "question": question,
        "cut": len(typed) > answers.LONGEST,
        "longest": answers.LONGEST,
        "answer": answers.answer(pack, question, acting.today) if question else None,
        "examples": answers.examples(pack),
        "today": acting.today,
    }
    response = render(request, "assistant/ask.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
