"""The worklist of officers and window clerks, as a page and as a CSV file."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.kit import access, sheets
from tongban.base.kit.templatetags.kit import called, state_name
from tongban.base.kit.text import in_language
from tongban.work.cases.pages import officer_words as words
from tongban.work.cases.worklist import CARDS, TABS, Row, Worklist

_CARD_TONE: Final = {"looking": "", "due-today": "warn", "overdue": "bad", "decided-today": "ok"}


@require_safe
@access.posts("officer", "clerk")
def office(request: HttpRequest) -> HttpResponse:
    lists = _worklist(request)
    page = lists.page(request.GET.get("page"))
    context = {
        "lists": lists,
        "title": _(words.TABS[lists.show]),
        "empty": _(words.EMPTY[lists.show]),
        "page": page,
        "rows": [(row, words.time_left(row)) for row in page],
        "tabs": [(name, _(words.TABS[name]), lists.counts[name]) for name in TABS],
        "cards": [(name, _(words.TABS[name]), lists.cards[name], tone) for name, tone in _CARD_TONE.items()],
        "is_card": lists.show in CARDS,
        "sorts": [("due", _("Most urgent first")), ("new", _("Newest first")), ("number", _("By number"))],
    }
    return render(request, "cases/officer/worklist.html", context)


@require_safe
@access.posts("officer", "clerk")
def office_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it."""
    lists = _worklist(request)
    columns = (
        _("Number"), _("Service"), _("Applicant"), _("Name"), _("State"), _("Light"), _("Next due day"), _("Working days left"),
        _("Promised day"), _("Statutory day"), _("Materials to come"), _("Returned with a correction"), _("Submitted on"),
    )  # fmt: skip
    return sheets.download(
        f"worklist-{request.acting.today}-{lists.show}",
        columns,
        (_values(row) for row in lists.every_row()),  # type: ignore[attr-defined]
    )


def _worklist(request: HttpRequest) -> Worklist:
    asked = request.GET
    return Worklist(
        request.acting,
        show=asked.get("show", "open"),
        search=asked.get("q", ""),
        sort=asked.get("sort", "due"),
    )


def _values(row: Row) -> list[Any]:
    clock = row.clock
    return [
        row.number,
        in_language(row.service),
        called(row.applicant),
        row.name,
        state_name(row.state),
        state_name(row.light.value),
        row.due.day.isoformat() if row.due else "",
        "" if row.left is None else row.left,
        clock.promised.day.isoformat() if clock.promised else "",
        clock.statutory.day.isoformat() if clock.statutory else "",
        _("yes") if row.tolerant else "",
        _("yes") if row.returned else "",
        row.case.application.submitted_on.isoformat(),
    ]
