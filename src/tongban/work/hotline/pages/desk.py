"""A ticket on the hotline's desk: its words, clocks and history, and every step that the states allow, as a form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as door
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.text import in_language
from tongban.work.hotline import access, classify, models, queries, states, words
from tongban.work.hotline.actions import call_backs, disputes, duplicates, events, reporters, tickets
from tongban.work.hotline.pages import fields
from tongban.work.hotline.pages.fields import Given
from tongban.work.hotline.pages.shown import Shown, shown
from tongban.work.hotline.states import Event, State

CANDIDATES: Final = 5


@require_safe
@never_cache
@door.posts("clerk")
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, number, Given())


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("clerk")
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One form of the page: `classify`, `dispatch`, `ruling`, `call-back`, `reopen`, `merge`, `split`."""
    if step not in STEPS:
        raise Http404
    if request.method != "POST":
        return redirect("hotline:desk-ticket", number=number)
    names, act, done = STEPS[step]
    typed = fields.sent(request, *names, step=step)
    try:
        act(request.acting, number, typed, fields.version_of(request))
    except Refusal as refusal:
        access.ticket(request.acting, number)  # what one may not see stays a 404
        return _page(request, number, Given(typed, refusal, step))
    messages.success(request, _(done))
    return redirect("hotline:desk-ticket", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("clerk")
def reporter(request: HttpRequest, number: str) -> HttpResponse:
    """Open who reported a secret ticket: shown in the answer to this one request, and nowhere else."""
    if request.method != "POST":
        return redirect("hotline:desk-ticket", number=number)
    typed = fields.sent(request, "reason", step="reporter")
    try:
        opened = reporters.open_identity(acting=request.acting, number=number, reason=typed["reason"])
    except Refusal as refusal:
        access.ticket(request.acting, number)
        return _page(request, number, Given(typed, refusal, "reporter"))
    return _page(request, number, Given(), opened=opened)


# -- what each form does -----------------------------------------------------------------------------------

Act = Callable[[Acting, str, dict[str, str], int], Any]


def _rule(acting: Acting, number: str, typed: dict[str, str], version: int) -> None:
    disputes.rule_on_objection(
        acting=acting, number=number, upheld=typed["ruling"] == "upheld", note=typed["note"],
        organisation=typed["organisation"] or None, version=version,
    )  # fmt: skip


def _call_back(acting: Acting, number: str, typed: dict[str, str], version: int) -> None:
    answers = {name: typed[name] for name in ("solved", "satisfied", "note")}
    call_backs.call_back(
        acting=acting, number=number, reached=typed["reached"] != "no", version=version, **answers
    )


STEPS: Final[dict[str, tuple[tuple[str, ...], Act, str]]] = {
    "classify": (
        ("complaint_class",),
        lambda acting, number, typed, version: tickets.classify_ticket(
            acting=acting, number=number, version=version, **typed
        ),
        msg("The class is set."),
    ),
    "dispatch": (
        ("organisation", "note"),
        lambda acting, number, typed, version: tickets.dispatch(
            acting=acting, number=number, organisation=typed["organisation"] or None, note=typed["note"], version=version
        ),
        msg("Sent. The unit's clock runs and the reporter is told."),
    ),
    "ruling": (("ruling", "note", "organisation"), _rule, msg("The ruling is written down.")),
    "call-back": (("reached", "solved", "satisfied", "note"), _call_back, msg("The call-back is written down.")),
    "reopen": (
        ("note",),
        lambda acting, number, typed, version: tickets.reopen(acting=acting, number=number, version=version, **typed),
        msg("The ticket is open again; the unit has to handle it anew."),
    ),
    "merge": (
        ("into",),
        lambda acting, number, typed, version: duplicates.merge(acting=acting, number=number, version=version, **typed),
        msg("Joined. It can be separated again."),
    ),
    "split": (
        (),
        lambda acting, number, typed, version: duplicates.split(acting=acting, number=number, version=version),
        msg("Separated. The ticket waits for its dispatch."),
    ),
}  # fmt: skip
"""Step -> its fields, the call it makes, what is said afterwards."""


# -- the page ----------------------------------------------------------------------------------------------


def _page(
    request: HttpRequest, number: str, given: Given, opened: models.Reporter | None = None
) -> HttpResponse:
    acting = request.acting
    if not access.is_hotline(acting):
        raise Http404
    found = access.ticket(acting, number)
    view = shown(acting, found, whole=True if opened else None)
    reporter = opened or (None if found.reporter.secret else found.reporter)
    forms = _forms(acting, view, given)
    context = {
        "view": view, "ticket": found, "given": given, "reporter": reporter, "opened": opened is not None,
        "forms": forms, "errors": fields.errors_of([f for form in forms for f in form["fields"]]),
        "opening": fields.text("reason", _("What do you need it for?"), given=given, step="reporter", longest=100),
        "candidates": _candidates(view) if found.state == "received" else [],
        "duplicates": queries.duplicates_of(found) if found.state == "received" else [],
        "disputes": [_dispute(d, view) for d in found.disputes.order_by("raised_at")],
        "call_backs": [_call(c, view) for c in found.call_backs.order_by("at")],
    }  # fmt: skip
    return render(request, "hotline/desk_ticket.html", context, status=given.status)


def _forms(acting: Acting, view: Shown, given: Given) -> list[dict[str, Any]]:
    """The steps that the states allow, the most wanted first and open."""
    may = set(states.allowed(State(view.ticket.state), "clerk"))
    made = []
    if Event.CLASSIFY in may:
        made.append(_form("classify", _("Class"), _("Set the class"), [_class_field(view, given)]))
    if Event.DISPATCH in may and view.kind is not None:
        made.append(_form("dispatch", _("Send to a unit"), _("Send it"), [
            _unit_field(view, given, "dispatch", required=True), _note(given, "dispatch", _("Note for the unit"), required=False),
        ]))  # fmt: skip
    if Event.UPHOLD in may:
        made.append(_form("ruling", _("Rule on the objection"), _("Write the ruling down"), [
            fields.choice("ruling", _("Ruling"), [
                ("rejected", _("Rejected: the unit stays in charge and may not object again")),
                ("upheld", _("Upheld: the ticket goes to another unit")),
            ], given=given, step="ruling"),
            _note(given, "ruling", _("Reasons, for the unit")),
            _unit_field(view, given, "ruling", required=False, hint=_("If upheld: send it there at once. Empty: decide later.")),
        ]))  # fmt: skip
    if Event.CALL_BACK in may:
        hint = _("It was tried today already.") if call_backs.missed_today(acting, view.ticket) else ""
        made.append(_form("call-back", _("Call back"), _("Write the call-back down"), [
            fields.choice("reached", _("Was the reporter reached?"), [("yes", _("Yes")), ("no", _("No"))], given=given, step="call-back", hint=hint),
            fields.choice("solved", _("Is it solved?"), _options(words.SOLVED), given=given, step="call-back", required=False),
            fields.choice("satisfied", _("Is the reporter satisfied?"), _options(words.SATISFIED), given=given, step="call-back", required=False),
            _note(given, "call-back", _("What the reporter said"), required=False),
        ]))  # fmt: skip
    if Event.REOPEN in may:
        made.append(_form("reopen", _("Open it again"), _("Reopen"), [_note(given, "reopen", _("Why"))]))
    if Event.SPLIT in may:
        made.append(_form("split", _("Undo the joining"), _("Separate it again"), []))
    return made


def _form(step: str, title: str, button: str, inside: list[dict[str, Any]]) -> dict[str, Any]:
    return {"step": step, "title": title, "button": button, "fields": inside}


def _class_field(view: Shown, given: Given) -> dict[str, Any]:
    """Every class of the pack by its path, those that the words speak for first."""
    complaints = directory.pack(view.ticket.pack_digest).complaints
    ranked = [c.id for c in queries.candidates(view.ticket)]
    rest = sorted((c for c in complaints.values() if c.id not in ranked), key=lambda c: c.code)
    options = [
        (c.id, " / ".join([*(in_language(p) for p in c.path), in_language(c.name)]))
        for c in (*(complaints[i] for i in ranked), *rest)
    ]
    return fields.choice(
        "complaint_class", _("Class of complaint"), options, given=given, step="classify", kind="select",
        value=view.ticket.complaint_class or "",
    )  # fmt: skip


def _unit_field(view: Shown, given: Given, step: str, *, required: bool, hint: str = "") -> dict[str, Any]:
    """Units that may get the ticket: whoever fills the authority of some class, except those released from it."""
    released = queries.released_units(view.ticket)
    current = {view.unit.id} if step == "ruling" and view.unit else set()
    authorities = {c.authority for c in view.pack.complaints.values()}
    units = [
        (o.id, in_language(o.name))
        for o in view.pack.organisations.values()
        if o.authority in authorities and o.id not in released | current
    ]
    proposed = queries.proposed_unit(view.ticket, view.pack) if step == "dispatch" else None
    return fields.choice(
        "organisation", _("Unit"), units, given=given, step=step, kind="select", required=required,
        value=proposed.id if proposed else "",
        hint=hint or (_("Proposed: it fills the authority that the class names, where the matter lies.") if proposed else ""),
    )  # fmt: skip


def _note(given: Given, step: str, label: str, *, required: bool = True) -> dict[str, Any]:
    return fields.text(
        "note", label, given=given, step=step, longest=events.LONGEST, kind="textarea", required=required
    )


def _candidates(view: Shown) -> list[dict[str, Any]]:
    ranked = queries.candidates(view.ticket)
    clear = classify.decided(ranked)
    complaints = directory.pack(view.ticket.pack_digest).complaints
    return [
        {"name": complaints[c.id].name, "weight": c.weight, "words": c.words, "clear": clear is not None and c.id == clear.id}
        for c in ranked[:CANDIDATES]
    ]  # fmt: skip


def _dispute(dispute: models.Dispute, view: Shown) -> dict[str, Any]:
    organ = view.pack.organisations.get(dispute.organisation)
    return {
        "unit": organ.name if organ else dispute.organisation,
        "reason": _(words.REASONS[dispute.reason]),
        "note": view.reading.text(dispute.note),
        "raised_at": dispute.raised_at,
        "ruling": _(words.RULINGS[dispute.ruling]) if dispute.ruling else "",
        "ruling_note": view.reading.text(dispute.ruling_note),
        "ruled_at": dispute.ruled_at,
    }


def _call(call: models.CallBack, view: Shown) -> dict[str, Any]:
    answers = words.answers(call.solved, call.satisfied) if call.reached else ""
    return {
        "at": call.at,
        "answers": answers,
        "by_reporter": call.by_reporter,
        "note": view.reading.text(call.note),
    }


def _options(known: Any) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in known.items()]
