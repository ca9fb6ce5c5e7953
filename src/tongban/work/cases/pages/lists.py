"""My applications: three tabs, and the same table as CSV."""

from __future__ import annotations

from typing import get_args

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import middleware
from tongban.base.identity import queries as identity
from tongban.base.kit import access, sheets
from tongban.base.kit.refusals import NotFound
from tongban.base.kit.templatetags.kit import state_name
from tongban.base.kit.text import in_language
from tongban.work.cases import access as access_of_cases
from tongban.work.cases import queries
from tongban.work.cases.actions import drafts

PER_PAGE = 20
MOST_EXPORTED = 5000


@access.applying
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """A draft for a life event; an open one of the same event is resumed, so a second click changes nothing.

    Somebody who represents a business is first asked whether the matter is that business's or a new one's.
    """
    chosen = request.POST.get("event", "")[:80].replace("\x00", "")
    event = directory.pack_in_force(request.acting.now).life_events.get(chosen)
    if event is not None and event.subject == "enterprise" and request.acting.mandate is None:
        firms = [
            held
            for held in identity.mandates_of(request.user.person, request.acting.now)
            if held.principal.kind == "enterprise" and (not held.events or chosen in held.events)
        ]
        wanted = request.POST.get("for", "")
        if firms and not wanted:
            founds = drafts.founds_a_firm(event.services, directory.pack_in_force(request.acting.now))
            given = {"event": event, "firms": firms, "founds": founds}
            return render(request, "cases/applicant/for_whom.html", given)
        if wanted and wanted != "new" and not middleware.act_for(request, wanted):
            raise NotFound(_("You have no mandate for this. Nothing was changed."))
    return redirect("cases:draft", drafts.start(acting=request.acting, event=chosen).id)


@access.applying
@require_safe
@never_cache
def applications(request: HttpRequest) -> HttpResponse:
    counts = queries.counts(request.acting)
    tab = _tab(request) or next((t for t in ("running", "drafts", "closed") if counts[t]), "running")
    page = Paginator(queries.of_tab(request.acting, tab), PER_PAGE).get_page(request.GET.get("page"))
    words = {"running": _("In progress"), "drafts": _("Drafts"), "closed": _("Closed")}
    pack = directory.pack_in_force(request.acting.now)
    return render(
        request,
        "cases/applicant/applications.html",
        {
            "tab": tab,
            "tabs": [{"id": t, "label": words[t], "n": counts[t], "current": t == tab} for t in words],
            "page": page,
            "rows": queries.rows(page.object_list, request.acting),
            "events": list(pack.life_events.values()),
            "discarded": queries.rows(
                access_of_cases.lately_discarded(request.acting).order_by("-updated_at")[:PER_PAGE],
                request.acting,
            )
            if tab == "drafts"
            else [],
        },
    )


@access.applying
@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponse:
    """The table of a tab as CSV; without one, everything."""
    chosen = _tab(request)
    tabs = (chosen,) if chosen else queries.TABS
    found = [
        row
        for tab in tabs
        for row in queries.rows(queries.of_tab(request.acting, tab)[:MOST_EXPORTED], request.acting)
    ]
    columns = (
        _("Number"), _("Life event"), _("Title"), _("State"), _("Submitted on"), _("Promised day"), _("Changed at"), _("Address"),
    )  # fmt: skip
    return sheets.download("applications", columns, (_cells(request, row) for row in found))


def _cells(request: HttpRequest, row: queries.Row) -> tuple[str, ...]:
    return (
        row.number or "", in_language(row.event_name), row.name, state_name(row.state),
        row.submitted_on.isoformat() if row.submitted_on else "", row.due.day.isoformat() if row.due else "",
        row.updated_at.isoformat(timespec="minutes"), request.build_absolute_uri(row.link),
    )  # fmt: skip


def _tab(request: HttpRequest) -> queries.Tab | None:
    wanted = request.GET.get("tab", "")
    return next((tab for tab in get_args(queries.Tab) if tab == wanted), None)
