"""Beside the calculator: two situations compared, one kept, one shared, and a page for other sites to show."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST, require_safe

from tongban.base.kit import access as route
from tongban.base.kit import forms, sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.rules.states import Known
from tongban.work.policies import access
from tongban.work.policies.actions import situations as writes
from tongban.work.policies.calculator import situation as situations
from tongban.work.policies.calculator.advice import Advice, advise
from tongban.work.policies.calculator.situation import Kind, Situation
from tongban.work.policies.pages import calculator_state as states
from tongban.work.policies.pages import calculator_view as view
from tongban.work.policies.pages.calculator import granted, pack_of

PREFIX: Final = "f."
"""Of the names of facts in a link: they never meet those of the page itself."""
_LETTERS: Final = "ABC"
_RESULTS: Final = {
    "eligible": msg("due"), "near": msg("one step away"), "needs-data": msg("open"), "not": msg("not due"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """One line of a comparison."""

    label: str
    cells: tuple[str, ...]
    link: str = ""

    @property
    def differs(self) -> bool:
        return any(cell != self.cells[0] for cell in self.cells[1:])


@route.public
@require_POST
def aside(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Sets the situation aside to compare with, and goes on from it."""
    state = states.of(request, kind)
    state.aside = [*state.aside, state.now][-states.MOST_ASIDE :]
    states.put(request, kind, state)
    messages.success(request, _("Set aside. Change an answer, then compare."))
    return redirect("policies:calculator", kind=kind)


@route.public
@require_safe
@never_cache
def compare(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The situations that were set aside and the one at hand, side by side: what differs, and all policies."""
    pack, state = pack_of(request), states.of(request, kind)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    kept = [
        (row.name, _opened(writes.opened(row)))
        for row in access.kept(acting).filter(kind=kind, pk__in=_keys(request.GET.getlist("kept")))
    ]
    if not state.aside and not kept:
        return redirect("policies:calculator", kind=kind)
    named = [
        (_("%(letter)s, set aside") % {"letter": letter}, one)
        for letter, one in zip(_LETTERS, state.aside, strict=False)
    ]
    sides = [*named, *kept, (_("Now"), state.now)]
    held = {row.policy: row.amount_fen for row in granted(acting, pack, state.now)}
    advised = [advise(pack, one, acting.today, held) for _name, one in sides]
    most = max(one.together.total_fen for one in advised)
    context = {
        "kind": kind,
        "names": [name for name, _one in sides],
        "answers": _answers(pack, [one for _name, one in sides]),
        "policies": _policies(advised),
        "sides": [
            (name, _share(one.together.total_fen, most))
            for (name, _one), one in zip(sides, advised, strict=True)
        ],
    }
    if request.GET.get("format") == "csv":
        lines = [*context["answers"], *context["policies"]]
        return sheets.download(
            f"comparison-{kind}", ("", *context["names"]), [(one.label, *one.cells) for one in lines]
        )
    return render(request, "policies/calculator/compare.html", context)


@route.applicant
@require_POST
def keep(request: HttpRequest, kind: Kind) -> HttpResponse:
    state = states.of(request, kind)
    try:
        row = writes.keep(acting=request.acting, situation=state.now, name=request.POST.get("name", ""))  # type: ignore[attr-defined]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Kept as “%(name)s”. Only you can open it.") % {"name": row.name})
    return redirect("policies:calculator", kind=kind)


@route.applicant
@require_POST
def kept(request: HttpRequest, kind: Kind, key: UUID) -> HttpResponse:
    """Opens a kept situation, or deletes it."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    if request.POST.get("how") == "delete":
        name = writes.forget(acting=acting, kept=key)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return redirect("policies:calculator", kind=kind)
    row = access.kept_one(acting, key)
    state = states.of(request, kind)
    if state.now.steps:
        state.aside = [*state.aside, state.now][-states.MOST_ASIDE :]
    state.now = _opened(writes.opened(row))
    states.put(request, kind, state)
    messages.success(request, _("“%(name)s” is open.") % {"name": row.name})
    return redirect("policies:calculator", kind=kind)


@route.public
@require_safe
def share(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The link that may be passed on, and what it leaves out."""
    pack, state = pack_of(request), states.of(request, kind)
    held = state.now.open_answers(pack)
    left_out = [line for line in view.told(pack, state.now) if line.name not in held and not line.passed]
    query = urlencode(
        [*((f"{PREFIX}{name}", _written(pack, name, value)) for name, value in held.items()), *(("policy", name) for name in state.now.only)]
    )  # fmt: skip
    path = f"/calculator/{kind}/shared"
    context = {
        "kind": kind,
        "link": request.build_absolute_uri(f"{path}?{query}" if query else path),
        "held": [line for line in view.told(pack, state.now) if line.name in held],
        "left_out": left_out,
        "widget": request.build_absolute_uri(f"/calculator/{kind}/widget" + (f"?{query}" if query else "")),
    }
    return render(request, "policies/calculator/share.html", context)


@route.public
@require_safe
def shared(request: HttpRequest, kind: Kind) -> HttpResponse:
    """What a link says, read only; one may go on from it."""
    return render(request, "policies/calculator/shared.html", _from_link(request, kind))


@route.public
@require_POST
def take(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Goes on from the answers of a link; what was told before is set aside."""
    pack, state = pack_of(request), states.of(request, kind)
    if state.now.steps:
        state.aside = [*state.aside, state.now][-states.MOST_ASIDE :]
    state.now = _of_query(pack, kind, QueryDict(request.POST.get("query", "")[:4000]))
    states.put(request, kind, state)
    return redirect("policies:calculator", kind=kind)


@route.public
@require_safe
@xframe_options_exempt
def widget(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The ladder for another site to show in a frame: it reads nothing, sets nothing and asks nothing."""
    response = render(request, "policies/calculator/widget.html", _from_link(request, kind))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors *; base-uri 'none'"
    )
    return response


def _from_link(request: HttpRequest, kind: Kind) -> dict[str, Any]:
    pack = pack_of(request)
    acting: Acting = request.acting  # type: ignore[attr-defined]
    situation = _of_query(pack, kind, request.GET)
    advice = advise(pack, situation, acting.today)
    query = request.GET.urlencode()
    return {
        "kind": kind, "advice": advice, "told": view.told(pack, situation), "query": query, "situation": situation,
        "groups": view.groups(pack, advice, situation, acting.place), "today": acting.today,
        "full": request.build_absolute_uri(f"/calculator/{kind}/shared?{query}"),
    }  # fmt: skip


def _of_query(pack: Pack, kind: Kind, query: QueryDict) -> Situation:
    """Of a link only what may stand in one: whatever else somebody wrote into it counts for nothing."""
    raw = {name.removeprefix(PREFIX): _raw(value) for name, value in query.items() if name.startswith(PREFIX)}
    only = [
        name
        for name in query.getlist("policy")
        if name in pack.policies and pack.policies[name].subject == kind
    ]
    made = situations.of_answers(kind, pack, raw, only)
    allowed = made.open_answers(pack)
    return replace(made, steps=tuple(step for step in made.steps if step.name in allowed))


def _written(pack: Pack, name: str, value: Any) -> str:
    """As a form writes it: money in yuan."""
    state = packfacts.read_facts(pack, {name: value})[0].get(name)
    return forms.written(pack.facts[name], state.value) if isinstance(state, Known) else ""


def _raw(text: Any) -> Any:
    return {"yes": True, "no": False}.get(str(text), str(text))


def _opened(held: Any) -> Situation:
    try:
        return situations.from_json(held)
    except ValueError as error:
        raise Http404 from error


def _keys(raw: list[str]) -> list[UUID]:
    found: list[UUID] = []
    for one in raw[:4]:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _answers(pack: Pack, sides: list[Situation]) -> list[Beside]:
    """The answers that are not the same on all sides."""
    names = dict.fromkeys(name for one in sides for name in (*one.found, *one.answers))
    lines: list[Beside] = []
    for name in names:
        raw = [
            one.answers.get(name, one.found.get(name, {}).get("value", _MISSING)) if name in one.answers or name in one.found
            else _MISSING
            for one in sides
        ]  # fmt: skip
        if all(value == raw[0] for value in raw[1:]):
            continue
        labels = view.view.fact_names(pack, [name])
        cells = tuple("—" if value is _MISSING else view.value_text(pack, name, value) for value in raw)
        lines += [Beside(label, cells) for label in labels]
    return lines


_MISSING: Final = cast(Any, object())


def _policies(advised: list[Advice]) -> list[Beside]:
    """Every policy with what it comes to on each side; those that differ first."""
    by_side = [{rung.policy.id: rung for rung in one.rungs} for one in advised]
    lines: list[Beside] = []
    for policy in advised[0].ladder.policies:
        rungs = [side.get(policy.id) for side in by_side]
        cells = tuple(
            " · ".join(filter(None, (_(_RESULTS[rung.found.result.value]), view.amount(rung)))) if rung else _("you have it")
            for rung in rungs
        )  # fmt: skip
        lines.append(Beside(in_language(policy.name), cells, f"/policies/{policy.id}"))
    return sorted(lines, key=lambda line: not line.differs)


def _share(total: int, most: int) -> tuple[int, int]:
    """A total, and how long its bar is in hundredths of the longest."""
    return total, round(100 * total / most) if most else 0
