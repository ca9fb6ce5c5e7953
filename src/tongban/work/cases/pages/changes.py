"""What changed in the rules under a draft, in plain words; and what was filled in of a draft that is no longer offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access, forms
from tongban.base.kit.refusals import NotNow, StaleVersion
from tongban.base.kit.templatetags.kit import period, state_name, working_days, yuan
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import Fact
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Plan
from tongban.core.planning.moved import Moved, Term, fits
from tongban.work.cases import access as cases
from tongban.work.cases import models, rules_changed
from tongban.work.cases.actions import keeping_up
from tongban.work.cases.pages import desk, fields, reasons
from tongban.work.cases.pages.desk import Desk, Given


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    note: str
    lines: list[Line]


@access.applying
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@desk.on_draft
def changes(request: HttpRequest, on: Desk) -> HttpResponse:
    """The list of what changed. With nothing to see it leads on to the form."""
    given = Given()
    if request.method == "POST":
        try:
            keeping_up.see(
                acting=request.acting, application=on.application.id, digest=request.POST.get("digest", "")[:80],
                version=desk.version_of(request),
            )  # fmt: skip
        except (StaleVersion, NotNow) as refusal:
            on = desk.desk_of(request.acting, cases.application(request.acting, on.application.id))
            given = Given.refused(refusal, {})
        else:
            return redirect("cases:draft", on.application.id)
    if on.moved is None:
        return redirect("cases:draft", on.application.id)
    before = directory.pack(rules_changed.seen(on.application))
    return desk.page(
        request, on, "changes", {"groups": groups(on.application, on.moved, before, on.pack)}, given
    )


@access.applying
@require_safe
@never_cache
def kept(request: HttpRequest, application: UUID) -> HttpResponse:
    """What was said in a draft whose life event the pack in force does not have: to read, to copy, to discard."""
    found = cases.application(request.acting, application)
    if found.state == "submitted":
        return redirect("cases:progress", found.number)
    pack = directory.pack(rules_changed.seen(found))
    event = pack.life_events.get(found.event)
    answers = [
        (in_language(pack.facts[name].label), value_of(pack, pack.facts[name], entry["value"]))
        for name, entry in found.stated.items()
        if name in pack.facts
    ]
    context = {"application": found, "event": event, "answers": answers}
    return render(request, "cases/applicant/kept.html", context)


def groups(application: models.Application, moved: Moved, before: Pack, after: Pack) -> list[Group]:
    """Everything that changed, what needs the applicant first; groups with nothing in them are left out."""
    here = f"/applications/{application.id}"

    def ask(name: str) -> str:
        step = (
            "questions"
            if any(q.fact == name and not q.required for q in moved.after.questions)
            else "details"
        )
        return f"{here}/{step}#field-{fields.name_of(name)}"

    def said(name: str, pack: Pack) -> str:
        return value_of(pack, pack.facts[name], application.stated[name]["value"])

    found = [
        Group(
            _("Answers that no longer fit"),
            _("Please answer these once more. The old answer is shown so that you need not remember it."),
            [
                Line(_("%(what)s. So far you said: %(answer)s") % {"what": _label(after, n), "answer": said(n, before)}, ask(n))
                for n in moved.unfit
            ],
        ),
        Group(
            _("New questions"), "", [Line(in_language(after.facts[n].question) or _label(after, n), ask(n)) for n in moved.asked]
        ),
        Group(
            _("Asked in other words now"),
            _("Your answer stays as it was. Check whether it is still what you mean."),
            [
                Line(_("Before: %(before)s Now: %(after)s Your answer: %(answer)s") % {
                    "before": _question(before, n), "after": _question(after, n), "answer": said(n, after)}, ask(n))
                for n in moved.reworded
            ],
        ),
        Group(
            _("No longer asked"),
            _("Your answers are kept and come back should the question come back. No office sees them."),
            [Line(_("%(what)s: %(answer)s") % {"what": _label(before, n), "answer": said(n, before)}) for n in moved.unasked],
        ),
        Group(
            _("Asked again: your earlier answer counts once more"), "",
            [
                Line(_("%(what)s: %(answer)s") % {"what": _label(after, n), "answer": said(n, after)}, ask(n))
                for n in moved.back
                if fits(after, n, application.stated[n]["value"])
            ],
        ),
        Group(
            _("What you apply for"), "",
            [Line(_("Now also: %(name)s") % {"name": in_language(after.services[s].name)}) for s in moved.changes.added_services]
            + [Line(_("No longer needed: %(names)s.") % {"names": in_language(before.services[s].name)})
               for s in moved.changes.dropped_services]
            + [Line(_("As things stand, “%(name)s” can no longer be granted") % {"name": in_language(after.services[s].name)},
                    f"{here}/questions") for s in moved.blocked],
        ),
        Group(
            _("Papers"), "",
            [Line(_("Now needed: %(name)s") % {"name": in_language(after.materials[m].name)}, f"{here}/materials#material-{m}")
             for m in moved.changes.added_materials]
            + [Line(_("No longer needed: %(names)s.") % {"names": in_language(before.materials[m].name)})
               for m in moved.changes.dropped_materials]
            + [Line(_("%(name)s: before %(before)s, now %(after)s") % {
                "name": in_language(after.materials[m].name), "before": _way(moved.before, m), "after": _way(moved.after, m)},
                f"{here}/materials#material-{m}") for m in moved.ways]
            + [Line(_("%(name)s: the text of the promise has changed. Sign it again.") % {
                "name": in_language(after.materials[m].name)}, f"{here}/materials#material-{m}") for m in moved.promises],
        ),
        Group(_("Periods and fees"), "", [Line(text) for text in _terms(moved, after)]),
    ]  # fmt: skip
    return [group for group in found if group.lines]


def value_of(pack: Pack, fact: Fact, raw: Any) -> str:
    """A raw answer as people read it under this pack; as it stands where the pack cannot read it."""
    if raw is None:
        return in_language(fact.none) or _("none")
    try:
        value = packfacts.read_value(fact, pack.code_lists, raw)
    except ValueError:
        value = str(raw)
    shown = forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), value)
    return reasons.masked(shown) if fact.sensitivity >= fields.SENSITIVE and fact.type == "text" else shown


def _label(pack: Pack, name: str) -> str:
    return in_language(pack.facts[name].label)


def _question(pack: Pack, name: str) -> str:
    fact = pack.facts[name]
    unit = in_language(fact.unit_label)
    asked = in_language(fact.question) or in_language(fact.label)
    return f"{asked} ({unit})" if unit else asked


def _way(plan: Plan, material: str) -> str:
    found = plan.material(material)
    return state_name(found.status.value) if found else ""


def _terms(moved: Moved, after: Pack) -> Iterable[str]:
    for term in moved.terms:
        yield from _term(term, in_language(after.services[term.after.id].name))
    days = moved.changes.days_change
    if days > 0:
        yield _("Everything together now takes %(days)s longer.") % {"days": working_days(days)}
    elif days < 0:
        yield _("Everything together is now done %(days)s sooner.") % {"days": working_days(-days)}


def _term(term: Term, name: str) -> Iterable[str]:
    words = {"name": name}
    if term.before.promised != term.after.promised:
        yield _("%(name)s: promised within %(after)s, before %(before)s") % {
            **words, "before": period(term.before.promised), "after": period(term.after.promised)}  # fmt: skip
    if term.before.statutory != term.after.statutory:
        yield _("%(name)s: by law within %(after)s, before %(before)s") % {
            **words, "before": period(term.before.statutory) or _("no term"), "after": period(term.after.statutory) or _("no term")}  # fmt: skip
    if term.fee_before != term.fee_after:
        yield _("%(name)s: the fee is %(after)s, before %(before)s") % {
            **words, "before": yuan(term.fee_before), "after": yuan(term.fee_after)}  # fmt: skip
