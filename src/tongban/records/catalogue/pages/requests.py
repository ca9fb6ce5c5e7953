"""Sharing requests as the offices see them: list, form, one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit import sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads
from tongban.records.catalogue import access, actions, models, queries
from tongban.records.catalogue.pages import articles, words
from tongban.records.catalogue.procedure import Event, State, allowed

PER_PAGE = 25
MOST_EXPORTED = 5000


@require_safe
@route.posts("officer", "clerk")
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    """Requests of one's own office and for what it keeps, with their clocks and lights."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    search = _search(request)
    counts = queries.counts(acting, search)
    tab = _tab(request) or next((name for name in queries.TABS if counts[name]), "open")
    page = Paginator(_found(acting, tab, search), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row(one, pack, acting) for one in queries.listed(page.object_list, acting)],
        "tab": tab,
        "search": search,
        "tabs": [(name, _(words.TABS[name]), counts[name]) for name in queries.TABS],
        "may_ask": acting.role == "officer",
    }
    return render(request, "catalogue/requests.html", context)


@require_safe
@route.posts("officer", "clerk")
@never_cache
def listing_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    columns = (
        _("Number"), _("Resource"), _("Asking office"), _("Steward"), _("Purpose"), _("State"), _("Due"), _("Working days left"),
        _("Submitted on"),
    )  # fmt: skip
    found = _found(acting, _tab(request) or "open", _search(request))[:MOST_EXPORTED]
    return sheets.download(
        "sharing-requests", columns, (_cells(one, pack, acting) for one in queries.listed(found, acting))
    )


def _cells(one: queries.Listed, pack: Pack, acting: Acting) -> tuple[str, ...]:
    line, clock = row(one, pack, acting), one.clock
    return (
        one.entry.number, line["resource"], line["asking"], line["steward"], one.entry.purpose, line["tag"]["text"],
        clock.due.day.isoformat() if clock.due else "", "" if clock.days_left is None else str(clock.days_left),
        timezone.localtime(one.entry.submitted_at).date().isoformat(),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@route.posts("officer")
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Ask for data. A form that cannot be taken comes back with everything that was typed."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    given = request.POST if request.method == "POST" else request.GET
    resource = pack.resources.get(given.get("resource", ""))
    if resource is None:
        if request.method == "POST" or given.get("resource"):
            raise Http404
        return render(request, "catalogue/choose.html", {"resources": list(pack.resources.values())})
    refusal = None
    if request.method == "POST":
        refusal, made = tried(
            lambda: actions.request_sharing(
                acting=acting, resource=resource.id, fields=given.getlist("fields"), purpose=given.get("purpose", ""),
                articles=given.getlist("articles"), event=given.get("event", ""), services=given.getlist("services"),
            )
        )  # fmt: skip
        if made is not None:
            messages.success(request, _("Sent. The clock of the answer runs."))
            return redirect("catalogue:request", made.number)
    context = {"resource": resource, "pack": pack, "refusal": refusal, **_form(pack, resource, given, acting)}
    return render(request, "catalogue/new.html", context, status=refusal.status if refusal else 200)


@require_safe
@route.posts("officer", "clerk")
@never_cache
def one(request: HttpRequest, number: str) -> HttpResponse:
    found = access.request(request.acting, number)  # type: ignore[attr-defined]
    return page(request, found)


def page(request: HttpRequest, found: models.SharingRequest, refusal: Refusal | None = None) -> HttpResponse:
    context = {**view_of(request, found), "refusal": refusal}
    return render(request, "catalogue/request.html", context, status=refusal.status if refusal else 200)


def view_of(request: HttpRequest, found: models.SharingRequest) -> dict[str, Any]:
    """Everything that the pages of one request show."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    (listed,) = queries.listed([found], acting)
    grant = models.Grant.objects.filter(request=found).first()
    events = list(found.events.order_by("sequence"))
    line = row(listed, pack, acting)
    return {
        "request_": found,
        "row": line,
        "fields": _fields(pack, found, grant),
        "served": words.listed(words.served(pack, found.event, found.services)),
        "articles": [words.article(pack, one) for one in found.articles],
        "findings": [words.finding(pack, found.resource, f["code"], f["about"]) for f in found.findings],
        "timeline": [_happened(event, pack) for event in events] + _next(listed),
        "decided": next((e for e in events if e.event in (Event.REFUSE, Event.GRANT)), None),
        "grant": grant,
        "grant_tag": words.tag(words.STATES, queries.grant_state(grant, acting.today)) if grant else None,
        "steps": steps(acting, found, events),
    }


def row(listed: queries.Listed, pack: Pack, acting: Acting) -> dict[str, Any]:
    """One line of the list."""
    entry = listed.entry
    return {
        "entry": entry,
        "clock": listed.clock,
        "left": words.time_left(listed.clock),
        "resource": words.resource(pack, entry.resource),
        "asking": words.organ(pack, entry.asking),
        "steward": words.organ(pack, entry.steward),
        "tag": words.tag(words.STATES, entry.state),
        "ours": entry.asking == acting.organisation,
    }


def steps(acting: Acting, found: models.SharingRequest, events: list[models.RequestEvent]) -> frozenset[str]:
    """Events that the one who acts may cause now; granting and refusing are one form, `decide`."""
    happened = [Event(event.event) for event in events]
    possible = {
        str(event)
        for by in access.parties(acting, found)
        for event in allowed(State(found.state), happened, by)
    }
    if Event.GRANT in possible and found.officer != acting.actor:
        possible.add("decide")
    return frozenset(possible - {str(Event.GRANT), str(Event.REFUSE)})


def tried(act: Callable[[], Any]) -> tuple[Refusal | None, Any]:
    """(None, what it gave) or (the refusal, None). What may not be seen is not there."""
    try:
        return None, act()
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        return refusal, None


def _form(pack: Pack, resource: Any, given: Any, acting: Acting) -> dict[str, Any]:
    """What the form of a new request shows, with what was ticked and typed."""
    event, services = given.get("event", ""), given.getlist("services")
    chosen, ticked = given.getlist("articles"), given.getlist("fields")
    read = reads.facts_read(
        pack, pack.life_events[event].services if event in pack.life_events else services or pack.services
    )
    return {
        "fields": [
            {
                "field": one, "checked": one.id in ticked, "grade": words.tag(words.GRADES, one.grade),
                "read": one.fact in read, "key": one.id == resource.key,
            }
            for one in resource.fields
        ],
        "sharing": words.tag(words.SHARING, resource.sharing),
        "events": list(pack.life_events.values()), "event": event,
        "services": [(one, one.id in services) for one in pack.services.values()],
        "acts": articles.choices(pack, acting.today, chosen, (*resource.articles, *resource.sharing_basis)),
        "purpose": given.get("purpose", ""),
        "needs_basis": resource.sharing != "unconditional",
    }  # fmt: skip


def _fields(pack: Pack, found: models.SharingRequest, grant: models.Grant | None) -> list[dict[str, Any]]:
    grades = (
        {f.id: f.grade for f in pack.resources[found.resource].fields}
        if found.resource in pack.resources
        else {}
    )
    return [
        {
            "id": one, "label": words.field(pack, found.resource, one), "granted": None if grant is None else one in grant.fields,
            "grade": words.tag(words.GRADES, grades.get(one)) if one in grades else None,
        }
        for one in found.fields
    ]  # fmt: skip


def _happened(event: models.RequestEvent, pack: Pack) -> dict[str, Any]:
    name, tone = words.EVENTS[event.event]
    by = words.organ(pack, event.organisation) if event.organisation else _("The platform")
    basis = words.listed(words.article(pack, one)["label"] for one in event.articles)
    note = " · ".join(part for part in (event.note, basis) if part)
    return {"title": _(name), "at": event.at, "by": by, "note": note, "tone": tone}


def _next(listed: queries.Listed) -> list[dict[str, Any]]:
    if not listed.clock.running or listed.clock.due is None:
        return []
    ready = listed.clock.state is State.GRANTED
    return [
        {"title": _("Make it ready by") if ready else _("Answer by"), "day": listed.clock.due, "next": True}
    ]


def _found(acting: Acting, tab: str, search: str) -> Any:
    return queries.found(queries.of_tab(acting, tab), search, acting).prefetch_related("events")


def _tab(request: HttpRequest) -> str | None:
    wanted = request.GET.get("tab", "")
    return wanted if wanted in queries.TABS else None


def _search(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\x00", "").strip()[:80]
