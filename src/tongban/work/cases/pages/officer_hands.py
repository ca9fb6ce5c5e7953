"""Taking cases in hand: the next best, one, or several at once; and putting them back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tongban.base.identity import queries as identity
from tongban.base.kit import access
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.templatetags.kit import called, state_name
from tongban.work.cases import access as cases
from tongban.work.cases import worklist
from tongban.work.cases.actions import claims
from tongban.work.cases.actions.claims import Outcome, Taken
from tongban.work.cases.pages import officer_words as words


@access.posts("officer")
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """The next best case, taken in hand and opened; a sentence says why it is this one."""
    try:
        taken = claims.take_next(acting=request.acting, leaving=request.POST.get("leaving", "")[:60])
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        return redirect("cases:office")
    if taken is None:
        messages.info(
            request, _("There is nothing to take up now: what is open is with somebody else, or waits.")
        )
        return redirect("cases:office")
    messages.info(request, why(taken))
    return redirect("cases:office-case", number=taken.row.number)


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """One case at once; several after a look at which they are. Each says what has become of it."""
    if request.method != "POST":
        return redirect("cases:office")
    return _several(request, "claim")


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest) -> HttpResponse:
    """Put cases back for everybody."""
    if request.method != "POST":
        return redirect("cases:office")
    return _several(request, "release")


@access.posts("officer")
@require_POST
def seen(request: HttpRequest) -> HttpResponse:
    """What others put into one's hands was looked at."""
    claims.mark_seen(acting=request.acting)
    return redirect("/office?whose=mine")


def why(taken: Taken) -> str:
    """In a sentence why it is this case."""
    row = taken.row
    said = {"light": state_name(row.light.value), "left": words.time_left(row)}
    first = (
        _("In your hands already, and most urgent: %(light)s, %(left)s.")
        if taken.own
        else _("Taken in hand for you, as the most urgent of what is free: %(light)s, %(left)s.")
    ) % said
    behind = ngettext(
        "%(n)d more can be taken up after it.", "%(n)d more can be taken up after it.", taken.others
    ) % {"n": taken.others}
    waiting = ngettext(
        "%(n)d waits on somebody else and was passed over.",
        "%(n)d wait on somebody else and were passed over.",
        taken.waiting,
    ) % {"n": taken.waiting}
    order = _("Order: light, then due day, then age.")
    return " ".join((first, order, behind, *([waiting] if taken.waiting else [])))


def shown(request: HttpRequest, numbers: list[str]) -> list[Any]:
    """Rows of these cases as far as the officer may see them, in the order asked for."""
    found = cases.cases(request.acting).filter(number__in=numbers)
    rows = worklist.rows_of(worklist.with_all(found), request.acting.today)
    order = {number: place for place, number in enumerate(numbers)}
    return sorted(rows, key=lambda row: order[row.number])


def results(request: HttpRequest, outcomes: list[Outcome], title: str, back: str) -> HttpResponse:
    """What has become of each of several cases; those that were not done say why and who has them."""
    people = identity.people_of({one.holder for one in outcomes if one.holder})
    rows = {row.number: row for row in shown(request, [one.number for one in outcomes])}
    lines = [(one, rows.get(one.number), called(people.get(one.holder))) for one in outcomes]
    done = [line for line in lines if line[0].done]
    context = {
        "title": title, "done": done, "others": [line for line in lines if not line[0].done], "back": back,
    }  # fmt: skip
    return render(request, "cases/officer/outcomes.html", context)


def _several(request: HttpRequest, what: str) -> HttpResponse:
    numbers = list(dict.fromkeys(n.strip().upper()[:60] for n in request.POST.getlist("number") if n.strip()))
    one = request.POST.get("one", "").strip().upper()[:60]
    if one:  # the button of a single row or case, whatever is ticked
        numbers = [one]
    back = request.POST.get("back", "")
    back = back if back.startswith("/office") and "//" not in back else "/office"
    titles = {"claim": _("Take in hand"), "release": _("Put back")}
    if "cancel" in request.POST:
        return redirect(back)
    if len(numbers) > 1 and "confirmed" not in request.POST:
        rows = shown(request, numbers)
        people = identity.people_of({row.claim.holder for row in rows if row.claim is not None})
        return render(request, "cases/officer/confirm_several.html", {
            "title": titles[what], "what": what, "back": back, "numbers": numbers,
            "rows": [(row, words.time_left(row), called(people.get(row.claim.holder)) if row.claim else "") for row in rows],
        })  # fmt: skip
    act = claims.claim if what == "claim" else claims.release
    try:
        outcomes = act(acting=request.acting, numbers=numbers)
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.warning(request, refusal.message)
        return redirect(back)
    if len(outcomes) == 1:
        _say(request, outcomes[0], what)
        return redirect(back)
    return results(request, outcomes, titles[what], back)


def _say(request: HttpRequest, outcome: Outcome, what: str) -> None:
    if outcome.done:
        text = (
            _("%(number)s is in your hands.") if what == "claim" else _("%(number)s is free for everybody.")
        )
        messages.success(request, text % {"number": outcome.number})
        return
    holder = identity.people_of({outcome.holder}) if outcome.holder else {}
    name = called(holder.get(outcome.holder)) if outcome.holder else ""
    words_ = [f"{outcome.number}{_(': ')}{outcome.why}"]
    if name:
        words_.append(_("It is with %(name)s.") % {"name": name})
    messages.warning(request, " ".join(words_))
