"""A draft on the desk: the application with its pack and plan, and what every step of the way shows around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal, StaleVersion
from tongban.core.packs.model import LifeEvent
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Plan
from tongban.core.planning.moved import Moved
from tongban.core.rules.states import Facts
from tongban.records.dossier import queries as dossier
from tongban.work.cases import access, form, models, rules_changed
from tongban.work.cases.pages import content, side

STEPS = ("questions", "details", "materials", "review")


@dataclass(frozen=True)
class Desk:
    acting: Acting
    application: models.Application
    pack: Pack
    plan: Plan
    facts: Facts
    consent: bool
    moved: Moved | None = None
    """What the pack in force changes against the one whose rules the applicant knows; None: nothing."""

    @property
    def event(self) -> LifeEvent:
        return self.pack.life_events[self.application.event]

    @property
    def open_questions(self) -> list[str]:
        """Facts still worth asking because something hangs on them, best first."""
        return [q.fact for q in self.plan.questions if not q.required]

    @property
    def asked_now(self) -> list[str]:
        """Those of them that surely matter. What hangs on a service that may not apply waits until only such are left:
        often it falls away."""
        now = [q.fact for q in self.plan.questions if not q.required and not q.later]
        return now or self.open_questions

    @property
    def open_details(self) -> list[str]:
        """Facts that only fill a form and are still empty."""
        return [q.fact for q in self.plan.questions if q.required]

    @property
    def decided(self) -> list[str]:
        """Answered facts that some rule of the event reads, in the order of the pack."""
        deciding = content.deciding_facts(self.pack, self.application.event)
        return [name for name in self.pack.facts if name in self.application.answers and name in deciding]

    @property
    def details(self) -> list[str]:
        """What the step Details shows: the form, without the situations that the questions deal with."""
        asked = set(self.open_questions)
        deciding = content.deciding_facts(self.pack, self.application.event)
        missing = set(self.open_details)
        named = [
            n
            for n in dict.fromkeys((*self.plan.form, *self.open_details))
            if n in self.pack.facts and n not in asked
        ]
        return [n for n in named if n in missing or n not in deciding or self.pack.facts[n].effort != "tap"]


@dataclass(frozen=True)
class Given:
    """What came back with a form that could not be taken: shown again, nothing is lost."""

    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 200

    @classmethod
    def refused(
        cls, refusal: Refusal, typed: Mapping[str, str], errors: Mapping[str, str] | None = None
    ) -> Given:
        return cls(typed, refusal.fields if errors is None else errors, _(refusal.message), refusal.status)

    @property
    def unsaved(self) -> list[str]:
        """Facts for which something was typed that could not be saved: shown even where nothing hangs on them any more."""
        return [name for name, text in self.typed.items() if text.strip()] if self.status != 200 else []

    @property
    def stale(self) -> bool:
        return self.status == StaleVersion.status


def desk_of(acting: Acting, application: models.Application) -> Desk:
    pack = form.pack_of(application, acting)
    facts = form.facts_of(application, pack)
    moved = rules_changed.changed(application, pack, acting.today)
    return Desk(
        acting,
        application,
        pack,
        form.plan_of(application, pack, acting.today),
        facts,
        dossier.has_consent(application.id),
        moved,
    )


def on_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the draft on a desk. What was submitted in the meantime shows its progress instead, and what is no
    longer offered what was filled in."""

    @wraps(view)
    def opened(request: HttpRequest, application: UUID, *args: Any, **kwargs: Any) -> HttpResponse:
        found = access.application(request.acting, application)  # type: ignore[attr-defined]
        if found.state == "submitted":
            return redirect("cases:progress", found.number)
        if found.event not in form.pack_of(found, request.acting).life_events:  # type: ignore[attr-defined]
            return redirect("cases:kept", found.id)
        return view(request, desk_of(request.acting, found), *args, **kwargs)  # type: ignore[attr-defined]

    return opened


def page(
    request: HttpRequest, desk: Desk, step: str, context: Mapping[str, Any], given: Given | None = None
) -> HttpResponse:
    """One step of a draft, with the steps above it and the plan at its side."""
    given = given or Given()
    around = {
        "desk": desk,
        "application": desk.application,
        "event": desk.event,
        "pack": desk.pack,
        "step": step,
        "steps": steps_of(desk, step),
        "side": side.side(desk.plan, desk.pack, desk.application.place, desk.application.evidence),
        "given": given,
        "live": bool(request.headers.get("HX-Request")),
    }
    return render(request, f"cases/applicant/{step}.html", {**around, **context}, status=given.status)


def steps_of(desk: Desk, step: str) -> list[dict[str, Any]]:
    """The five steps: each a plain link, so that one can leave and come back anywhere."""
    words = {
        "questions": _("Questions"),
        "details": _("Details"),
        "materials": _("Materials"),
        "review": _("Review and sign"),
    }
    current = STEPS.index(step) if step in STEPS else -1
    return [
        {
            "label": words[name],
            "href": f"/applications/{desk.application.id}/{name}",
            "current": name == step,
            "done": position < current,
        }
        for position, name in enumerate(STEPS)
    ] + [{"label": _("Submitted"), "href": "", "current": False, "done": False}]


def version_of(request: HttpRequest) -> int | None:
    """The version of what the form showed."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
