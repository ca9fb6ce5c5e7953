"""For residents: report, follow, say how it was. The same form serves a clerk who writes down for somebody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as door
from tongban.base.kit.refusals import Refusal
from tongban.base.kit.text import in_language
from tongban.work.hotline import access, words
from tongban.work.hotline.actions import call_backs, tickets
from tongban.work.hotline.actions.tickets import LENGTHS, REOPEN_WITHIN, Report
from tongban.work.hotline.pages import fields
from tongban.work.hotline.pages.fields import Given
from tongban.work.hotline.pages.shown import light, shown
from tongban.work.hotline.worklist import OWN, Worklist


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.public
def hotline(request: HttpRequest) -> HttpResponse:
    """What the hotline is; for who is signed in as a resident the form, which POST sends."""
    acting = request.acting
    if acting.role != "applicant":
        if request.method == "POST":
            raise Http404
        return render(request, "hotline/about.html", {"staff": acting.post is not None})
    if request.method != "POST":
        return _form(request, Given(), key=uuid4().hex)
    return _report(request, channel="web")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@door.posts("clerk")
def on_behalf(request: HttpRequest) -> HttpResponse:
    """A window or hotline clerk writes down what somebody says."""
    if request.method != "POST":
        return _form(request, Given(), key=uuid4().hex)
    return _report(request, channel="phone" if access.is_hotline(request.acting) else "window")


@require_safe
@never_cache
@door.applicant
def mine(request: HttpRequest) -> HttpResponse:
    lists = Worklist(
        request.acting, tabs=OWN, show=request.GET.get("show", ""), search=request.GET.get("q", "")
    )
    page = lists.page(request.GET.get("page"))
    context = {
        "lists": lists,
        "tabs": [(name, _(tab.label), lists.counts[name]) for name, tab in OWN.items()],
        "page": page,
        "rows": [(row, light(row.clock), _(words.STATES[row.clock.state][0]), words.STATES[row.clock.state][1]) for row in page],
        "empty": _(lists.tab.empty),
    }  # fmt: skip
    return render(request, "hotline/mine.html", context)


@require_safe
@never_cache
@door.signed_in
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """Progress for the reporter, and the receipt for whoever took it down; staff go to their own page."""
    acting = request.acting
    if acting.role == "officer":
        return redirect("hotline:assigned-ticket", number=number)
    if access.is_hotline(acting):
        return redirect("hotline:desk-ticket", number=number)
    return _progress(request, number, Given())


@require_http_methods(["GET", "HEAD", "POST"])
@door.applicant
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The reporter answers the call-back on the page."""
    if request.method != "POST":
        return redirect("hotline:ticket", number=number)
    typed = fields.sent(request, "solved", "satisfied", "note", step="answer")
    try:
        call_backs.call_back(
            acting=request.acting, number=number, version=fields.version_of(request), **typed
        )
    except Refusal as refusal:
        return _progress(request, number, Given(typed, refusal, "answer"))
    messages.success(
        request, _("Thank you. Your answer closes the ticket and counts in the rates of the unit.")
    )
    return redirect("hotline:ticket", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@door.applicant
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    if request.method != "POST":
        return redirect("hotline:ticket", number=number)
    typed = fields.sent(request, "note", step="reopen")
    try:
        tickets.reopen(acting=request.acting, number=number, version=fields.version_of(request), **typed)
    except Refusal as refusal:
        return _progress(request, number, Given(typed, refusal, "reopen"))
    messages.success(request, _("The ticket is open again; the unit has to handle it anew."))
    return redirect("hotline:ticket", number=number)


# -- parts -------------------------------------------------------------------------------------------------


def _report(request: HttpRequest, *, channel: str) -> HttpResponse:
    typed = fields.sent(request, *LENGTHS, "district", "confidential", "key")
    texts = {name: typed[name] for name in LENGTHS}
    if request.acting.role == "applicant":
        texts["name"] = ""
    report = Report(**texts, district=typed["district"], secret=typed["confidential"] == "yes")
    try:
        made = tickets.report(acting=request.acting, report=report, channel=channel, key=typed["key"] or None)
    except Refusal as refusal:
        return _form(request, Given(typed, refusal), key=typed["key"] if refusal.fields else uuid4().hex)
    messages.success(request, _("We have your report. Its number is %(number)s.") % {"number": made.number})
    return redirect("hotline:ticket", number=made.number)


def _form(request: HttpRequest, given: Given, *, key: str) -> HttpResponse:
    acting = request.acting
    pack = directory.pack_in_force(acting.now)
    places = [
        (code, in_language(known.name)) for code, known in tickets.districts(pack, acting.place).items()
    ]
    behalf = acting.role == "clerk"
    first = [
        fields.text("title", _("What is it about, in one line?"), given=given, longest=LENGTHS["title"]),
        fields.choice("district", _("Where is it?"), places, given=given, kind="select"),
        fields.text(
            "location", _("The exact place"), given=given, longest=LENGTHS["location"],
            hint=_("Street and number, or a building, a shop, a crossing."),
        ),
        fields.text(
            "enterprise", _("Is it about a firm? Its name or credit code"), given=given, longest=LENGTHS["enterprise"], required=False,
        ),
        fields.text(
            "content", _("What happened, since when, what do you want?"), given=given, longest=LENGTHS["content"], kind="textarea",
            hint=_("Leave out who you are: the unit that handles this does not learn it, unless your words tell."),
        ),
    ]  # fmt: skip
    who = [
        fields.text("phone", _("Telephone for the call-back"), given=given, longest=LENGTHS["phone"], required=False,
                    hint="" if behalf else _("Leave it empty to use the one of your account.")),
        fields.choice(
            "confidential", _("Keep secret who reports, inside the hotline too?"), [("no", _("No")), ("yes", _("Yes"))], given=given, value="no",
            hint=_("Then a clerk sees it only after writing down a reason, which is kept for auditors."),
        ),
    ]  # fmt: skip
    if behalf:
        who.insert(
            0,
            fields.text(
                "name", _("Name of the reporter"), given=given, longest=LENGTHS["name"], required=False
            ),
        )
    context = {
        "first": first, "who": who, "key": key, "given": given, "errors": fields.errors_of([*first, *who]), "behalf": behalf,
        "office": acting.post is not None,
    }  # fmt: skip
    return render(request, "hotline/report.html", context, status=given.status)


def _progress(request: HttpRequest, number: str, given: Given) -> HttpResponse:
    acting = request.acting
    found = access.ticket(acting, number)
    view = shown(acting, found, for_resident=True)
    own = acting.role == "applicant"
    closed_at = found.closed_at
    answering = [
        fields.choice("solved", _("Is it solved?"), _options(words.SOLVED), given=given, step="answer"),
        fields.choice("satisfied", _("Are you satisfied with the handling?"), _options(words.SATISFIED), given=given, step="answer"),
        fields.text("note", _("Anything you want to say"), given=given, step="answer", longest=LENGTHS["content"], kind="textarea", required=False),
    ]  # fmt: skip
    reopening = fields.text(
        "note",
        _("What is still wrong?"),
        given=given,
        step="reopen",
        longest=LENGTHS["content"],
        kind="textarea",
    )
    context: dict[str, Any] = {
        "view": view, "ticket": found, "given": given, "own": own, "answering": answering, "reopening": reopening,
        "errors": fields.errors_of([*answering, reopening]),
        "may_answer": own and found.state == "replied",
        "may_reopen": own and closed_at is not None and acting.now < closed_at + REOPEN_WITHIN,
        "master": found.master if found.master_id and own else None,
    }  # fmt: skip
    return render(request, "hotline/ticket.html", context, status=given.status)


def _options(known: Any) -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in known.items()]
