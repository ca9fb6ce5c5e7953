"""What the preview adds to the portal's pages: what is wrong with the pack, and the questions of each life event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.kit import access, forms, text
from tongban.base.kit.acting import Acting
from tongban.core.packs.in_chinese import in_chinese
from tongban.core.packs.model import Fact
from tongban.core.packs.pack import Pack, Problem
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Applies, Plan
from tongban.core.rules.states import Known
from tongban.doors.portal import context, guide, navigation
from tongban.doors.preview import watched

MOST: Final = 3
"""Questions on the page at a time."""
_SCRIPT: Final = b'<script src="/static/preview/preview.js" defer></script></head>'


class Frame(context.Frame):
    """The frame of the portal around the pack that is being written; nobody signs in."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, quiet=True)

    @property
    def pack(self) -> Pack | None:  # type: ignore[override]
        return watched.get().pack

    @property
    def nav(self) -> list[context.Item]:  # type: ignore[override]
        return [
            context.Item(href, _(label), icon, self.request.path.startswith(href))
            for href, label, icon in navigation.VISITORS
            if navigation.exists(href)
        ]

    @property
    def about(self) -> list[context.Item]:
        entries = (entry for entry in navigation.ABOUT if navigation.exists(entry[0]))
        return [context.Item(href, _(label), icon, False) for href, label, icon in entries]


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}


class Watching:
    """Every page is that of a visitor, and is drawn anew when a file changes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        pack = watched.get().pack
        place, zone = (pack.manifest.jurisdiction, pack.manifest.time_zone) if pack else ("", "Asia/Shanghai")
        request.user = AnonymousUser()
        request.acting = Acting(  # type: ignore[attr-defined]
            None, None, None, None, None, "visitor", place, "preview", timezone.now(), "preview", zone
        )
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html") and not response.streaming:
            response.content = response.content.replace(b"</head>", _SCRIPT, 1)
        return response


@access.public
@require_safe
def version(request: HttpRequest) -> HttpResponse:
    """A number that grows with each change of a file."""
    return HttpResponse(str(watched.get().version), content_type="text/plain")


@access.public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is wrong with the pack as it is now, and where to look at it."""
    shown = watched.get()
    problems = [_told(problem) for problem in shown.problems]
    return render(
        request,
        "preview/index.html",
        {
            "path": shown.path,
            "pack": shown.pack,
            "problems": problems,
            "files": len({problem.position.file for problem in problems}),
            "events": guide.events(shown.pack) if shown.pack else [],
        },
    )


@dataclass(frozen=True, slots=True)
class Given:
    """The answers in the address of the page."""

    facts: dict[str, Known]
    typed: dict[str, str]
    errors: dict[str, str]


@access.public
@require_safe
def questions(request: HttpRequest, event_id: str) -> HttpResponse:
    """The questions of a life event as an applicant meets them, and what follows from each answer."""
    pack = watched.get().pack
    if pack is None or event_id not in pack.life_events:
        raise Http404
    given = _given(pack, request)
    today: date = request.acting.today  # type: ignore[attr-defined]
    found = planning.plan(pack, event_id, given.facts, (), today)
    asked = [q.fact for q in found.questions if _asked(pack, q.fact)]
    open_ = [*(name for name in given.errors), *(name for name in asked if name not in given.errors)][:MOST]
    return render(
        request,
        "preview/questions.html",
        {
            "pack": pack,
            "event": pack.life_events[event_id],
            "open": [_field(pack, pack.facts[name], given) for name in open_],
            "left": len(asked),
            "later": [pack.facts[name] for name in asked if name not in open_],
            "answered": [_field(pack, pack.facts[name], given) for name in given.facts if name not in open_],
            "services": _services(pack, found),
            "materials": [(pack.materials[m.id], m) for m in found.materials],
            "plan": found,
        },
    )


def _given(pack: Pack, request: HttpRequest) -> Given:
    given = Given({}, {}, {})
    for name, raw in request.GET.items():
        fact = pack.facts.get(name)
        if fact is None or not raw.strip():
            continue
        given.typed[name] = raw
        value, error = forms.read(fact, pack.code_lists.get(fact.codes or ""), raw)
        if error:
            given.errors[name] = error
        elif value is not None:
            given.facts[name] = Known(value)
    return given


def _asked(pack: Pack, name: str) -> bool:
    """An office alone may know a fact: nobody is asked for it."""
    return name in pack.facts and pack.facts[name].question is not None


def _field(pack: Pack, fact: Fact, given: Given) -> dict[str, Any]:
    drawn = forms.field_of(
        fact,
        pack.code_lists.get(fact.codes or ""),
        value=given.typed.get(fact.id),
        error=given.errors.get(fact.id, ""),
        required=False,
    )
    return {**drawn, "fact": fact.id, "raw": given.typed.get(fact.id, "")}


def _services(pack: Pack, found: Plan) -> list[dict[str, Any]]:
    """Each service with whether it applies: surely, perhaps, not."""
    order = {Applies.YES: 0, Applies.MAYBE: 1, Applies.NO: 2}
    rows = [
        {"service": pack.services[one.id], "planned": one, "applies": one.applies.value}
        for one in (*found.services, *found.not_needed)
    ]
    return sorted(rows, key=lambda row: order[row["planned"].applies])


def _told(problem: Problem) -> Problem:
    return in_chinese(problem) if text.language().startswith("zh") else problem
