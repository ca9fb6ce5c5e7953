"""The worklist of officers and window clerks, as a page and as a CSV file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.kit import access, sheets
from tongban.base.kit.templatetags.kit import called, state_name
from tongban.base.kit.text import in_language
from tongban.work.cases import desk_access, hands
from tongban.work.cases.pages import officer_words as words
from tongban.work.cases.worklist import CARDS, LIGHTS, TABS, WHOSE, Row, Worklist

_CARD_TONE: Final = {"looking": "", "due-today": "warn", "overdue": "bad", "decided-today": "ok"}


@require_safe
@access.posts("officer", "clerk")
def office(request: HttpRequest) -> HttpResponse:
    lists = _worklist(request)
    page = lists.page(request.GET.get("page"))
    people = hands.holders(page)
    officer = request.acting.role == "officer"
    context = {
        "lists": lists,
        "title": _(words.TABS[lists.show]),
        "empty": _(words.EMPTY[lists.show]),
        "page": page,
        "rows": [
            (row, words.time_left(row), _holder(row, people, request), row.is_new_for(request.acting.actor))
            for row in page
        ],
        "tabs": [(_query(lists, show=name), name, _(words.TABS[name]), lists.counts[name]) for name in TABS],
        "lights": _lights(lists),
        "hands": _hands(lists) if officer else [],
        "officer": officer,
        "leads": officer and desk_access.leads(request.acting),
        "here": request.get_full_path(),
        "query": _query(lists),
        "new": lists.has_new,
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
        *([_("In hand")] if request.acting.role == "officer" else []),
    )  # fmt: skip
    people = {one.pk: one.person for one in hands.colleagues(request.acting)}
    return sheets.download(
        f"worklist-{request.acting.today}-{lists.show}",
        columns,
        (
            _values(row) + ([_name(row, people)] if request.acting.role == "officer" else [])
            for row in lists.every_row()
        ),
    )


def _worklist(request: HttpRequest) -> Worklist:
    asked = request.GET
    return Worklist(
        request.acting,
        show=asked.get("show", "open"),
        search=asked.get("q", ""),
        sort=asked.get("sort", "due"),
        whose=asked.get("whose", "all"),
        light=asked.get("light", ""),
    )


def _query(lists: Worklist, **other: str) -> str:
    """The address of the same list, with something else chosen; from its first page."""
    chosen = {
        "show": lists.show,
        "q": lists.search,
        "sort": lists.sort,
        "whose": lists.whose,
        "light": lists.light,
    }
    usual = {"q": "", "sort": "due", "whose": "all", "light": ""}
    return urlencode({k: v for k, v in (chosen | other).items() if v != usual.get(k)})


def _lights(lists: Worklist) -> list[tuple[str, str, str, int]]:
    """(address, light, words, how many): every light that shines on something, and the one that is chosen."""
    found = lists.by_light
    if not found:
        return []
    lights = [light for light in LIGHTS if found[light] or light == lists.light]
    return [
        (_query(lists, light=light), light, state_name(light) if light else _("Every light"), found[light])
        for light in ("", *lights)
    ]


def _hands(lists: Worklist) -> list[tuple[str, str, str, int]]:
    found = lists.by_hands
    wanted = [whose for whose in WHOSE if whose != "new" or found[whose] or lists.whose == whose]
    return [(_query(lists, whose=whose), whose, _(words.WHOSE[whose]), found[whose]) for whose in wanted]


def _holder(row: Row, people: Mapping[Any, Any], request: HttpRequest) -> str:
    if row.claim is None:
        return ""
    return _("you") if row.claim.holder == request.acting.actor else _name(row, people)


def _name(row: Row, people: Mapping[Any, Any]) -> str:
    return called(people.get(row.claim.holder)) if row.claim is not None else ""


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
