"""Finding a service, and the guide pages of life events and services."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.base.directory import queries as directory
from tongban.base.kit import access, negotiation, sheets, text
from tongban.core.packs.model import Service
from tongban.core.packs.pack import Pack
from tongban.doors.portal import guide, stages, table
from tongban.readers.assistant import queries as assistant

PER_PAGE = 20
LONGEST_QUERY = 100


@access.public
def services(request: HttpRequest) -> HttpResponse:
    """All of them, or those that a search finds; htmx asks for the results alone."""
    pack = _pack(request)
    query = request.GET.get("q", "").strip()[:LONGEST_QUERY]
    authority = request.GET.get("authority", "")
    instant = request.GET.get("instant") == "1"
    rows = [row for row in _rows(pack, query) if _kept(pack, row, authority, instant)]
    context = {
        "pack": pack,
        "query": query,
        "authority": authority,
        "instant": instant,
        "filters": bool(authority) + instant,
        "authorities": [
            pack.authorities[a] for a in dict.fromkeys(s.authority for s in pack.services.values())
        ],
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "all_events": guide.events(pack),
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, "portal/parts/results.html" if part else "portal/services.html", context)
    response.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
    return response


@access.public
def guide_table(request: HttpRequest) -> HttpResponse:
    """Every service as a row, for a spreadsheet."""
    pack, language = _pack(request), text.language()
    return sheets.download("services", table.columns(language), table.rows(pack, language), private=False)


@access.public
def guide_rdf(request: HttpRequest, form: str) -> HttpResponse:
    """The guide as CPSV-AP, for other portals to harvest."""
    from tongban.base.kit import rdf  # rdflib takes half a second to load: only who asks for RDF waits
    from tongban.doors.portal import cpsv

    base = request.build_absolute_uri("/").rstrip("/")
    made = cpsv.graph(_pack(request), cpsv.Site(base))
    response = HttpResponse(rdf.written(made, form), content_type=f"{negotiation.MEDIA[form]}; charset=utf-8")
    response["Access-Control-Allow-Origin"] = "*"  # public data, read by harvesters and pages of others
    return response


@access.public
def event(request: HttpRequest, event_id: str) -> HttpResponse:
    pack = _pack(request)
    found = pack.life_events.get(event_id)
    if found is None:
        raise Http404
    parts = [pack.services[service] for service in found.services]
    return render(
        request,
        "portal/event.html",
        {
            "pack": pack,
            "event": found,
            "services": [
                (service, guide.needed(pack, service), guide.organs(pack, service.authority))
                for service in parts
            ],
            "always": [s for s in parts if s.applies_when.strip().upper() == "TRUE"],
            "authorities": guide.authorities(pack, found),
            "saving": guide.saving(pack, found),
            "basis": guide.basis(pack, found, *parts),
            "collections": stages.holding(pack, "life_events", event_id),
            "reading": [page for page in pack.knowledge.values() if event_id in page.about],
        },
    )


@access.public
def service(request: HttpRequest, service_id: str) -> HttpResponse:
    pack = _pack(request)
    found = pack.services.get(service_id)
    if found is None:
        raise Http404
    return render(
        request,
        "portal/service.html",
        {
            "pack": pack,
            "service": found,
            "authority": pack.authorities[found.authority],
            "organs": guide.organs(pack, found.authority),
            "events": guide.events_with(pack, service_id),
            "needed": guide.needed(pack, found),
            "form": [pack.facts[name] for name in found.form if name in pack.facts],
            "basis": guide.basis(pack, found),
            "promised_by": guide.layer_name(pack, "services", service_id, "promised"),
            "licence": pack.licences.get(found.result.licence) if found.result.licence else None,
        },
    )


def _pack(request: HttpRequest) -> Pack:
    try:
        return directory.pack_in_force(request.acting.now)
    except LookupError as error:
        raise Http404 from error


def _rows(pack: Pack, query: str) -> list[dict[str, Any]]:
    """[{kind, entry, snippet}]: life events, services and, when searched for, laws."""
    if not query:
        events = [{"kind": "event", "entry": entry, "snippet": ""} for entry in guide.events(pack)]
        return events + [
            {"kind": "service", "entry": entry, "snippet": ""} for entry in pack.services.values()
        ]
    where = {"event": pack.life_events, "service": pack.services, "law": pack.laws}
    return [
        {"kind": hit.kind, "entry": where[hit.kind][hit.id], "snippet": hit.snippet}
        for hit in assistant.search(pack, query, text.language())
    ]


def _kept(pack: Pack, row: dict[str, Any], authority: str, instant: bool) -> bool:
    if not authority and not instant:
        return True
    entry = row["entry"]
    if row["kind"] == "law":
        return False
    parts: list[Service] = [pack.services[s] for s in entry.services] if row["kind"] == "event" else [entry]
    return (not authority or any(s.authority == authority for s in parts)) and (
        not instant or all(s.case_type == "instant" for s in parts)
    )
