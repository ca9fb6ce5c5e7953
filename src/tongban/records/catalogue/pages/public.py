"""The public catalogue: as pages, as CSV, and as DCAT-AP for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit import negotiation, sheets
from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.records.catalogue import access, models, queries
from tongban.records.catalogue import entries as catalogue
from tongban.records.catalogue.entries import OPENNESS, SHARING, Entry, Wish
from tongban.records.catalogue.pages import words

PER_PAGE = 25


@require_safe
@route.public
def overview(request: HttpRequest) -> HttpResponse:
    """Every resource, narrowed by words, steward and attributes; as RDF to who asks for that."""
    pack = _pack(request)
    form = negotiation.preferred(request.headers.get("Accept", ""))
    if form is not None:
        return _rdf(request, pack, _entries(request, pack), form)
    wish = _wish(request)
    found = _entries(request, pack, wish)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    live = dict(queries.live_grants(request.acting.today).values_list("resource").annotate(Count("id")))
    response = render(request, "catalogue/overview.html", {
        "page": page, "rows": [_row(one, live.get(one.resource.id, 0)) for one in page], "wish": wish, "query": request.GET.urlencode(),
        "narrowed": sum(map(bool, (wish.steward, wish.sharing, wish.openness))),
        "stewards": [pack.authorities[a] for a in dict.fromkeys(r.steward for r in pack.resources.values()) if a in pack.authorities],
        "sharings": [(key, words.tag(words.SHARING, key)["text"]) for key in SHARING],
        "opennesses": [(key, words.tag(words.OPENNESS, key)["text"]) for key in OPENNESS],
        "office": request.acting.role in ("officer", "clerk"),
    })  # fmt: skip
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
@route.public
def overview_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it, one line for each field."""
    pack = _pack(request)
    columns = (
        _("Resource"), _("Resource name"), _("Steward"), _("Credit code"), _("Sharing"), _("Openness"), _("Updated"), _("Field"),
        _("Label"), _("Type"), _("Grade"), _("Data element"), _("Legal basis"),
    )  # fmt: skip
    return sheets.download(
        "catalogue", columns, _lines(pack, _entries(request, pack, _wish(request))), private=False
    )


@require_safe
@route.public
def overview_rdf(request: HttpRequest, form: str) -> HttpResponse:
    pack = _pack(request)
    return _rdf(request, pack, _entries(request, pack), form)


@require_safe
@route.public
def resource(request: HttpRequest, resource_id: str) -> HttpResponse:
    """One resource: its fields, attributes and keeper, and who uses it for what."""
    pack, entry = _one(request, resource_id)
    form = negotiation.preferred(request.headers.get("Accept", ""))
    if form is not None:
        return _rdf(request, pack, [entry], form)
    today, zone = request.acting.today, request.acting.time_zone
    months = queries.look_ups_per_month(resource_id, today, zone)
    most = max((number for _first, number in months), default=0) or 1
    grants = [_grant(pack, grant, today) for grant in queries.grants_on(resource_id)]
    response = render(request, "catalogue/resource.html", {
        "entry": entry, "resource": entry.resource, "authority": pack.authorities.get(entry.resource.steward),
        "columns": [(c, words.tag(words.GRADES, c.field.grade)) for c in catalogue.columns(pack, entry.resource)],
        "sharing": words.tag(words.SHARING, entry.resource.sharing), "openness": words.tag(words.OPENNESS, entry.resource.openness),
        "updated": words.frequency(entry.resource.update_frequency),
        "restricted": [words.article(pack, one) for one in entry.resource.sharing_basis],
        "basis": [words.article(pack, one) for one in entry.resource.articles],
        "grants": [g for g in grants if g["state"] in ("live", "not-ready")],
        "ended": [g for g in grants if g["state"] in ("expired", "revoked")],
        "months": [(first, number, round(100 * number / most)) for first, number in months],
        "total": sum(number for _first, number in months), "may_ask": request.acting.role == "officer",
    })  # fmt: skip
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
@route.public
def resource_rdf(request: HttpRequest, resource_id: str, form: str) -> HttpResponse:
    pack, entry = _one(request, resource_id)
    return _rdf(request, pack, [entry], form)


@require_safe
@route.public
def log(request: HttpRequest, resource_id: str, year: int, month: int) -> HttpResponse:
    """What the number of a month counts: by day, office and grant. No person and no key stands here."""
    pack, entry = _one(request, resource_id)
    if not (2000 <= year <= 2200 and 1 <= month <= 12):
        raise Http404
    days = queries.look_ups_by_day(resource_id, date(year, month, 1), request.acting.time_zone)
    grants = models.Grant.objects.in_bulk({day["grant_id"] for day in days})
    opens = set(access.grants(request.acting).filter(pk__in=grants).values_list("pk", flat=True))
    rows = [
        {
            **day,
            "organ": words.organ(pack, day["organisation"]),
            "purpose": grants[day["grant_id"]].purpose,
            "link": _look_ups(day) if day["grant_id"] in opens else "",
        }
        for day in days
    ]
    context = {
        "entry": entry,
        "month": date(year, month, 1),
        "rows": rows,
        "total": sum(day["number"] for day in days),
    }
    return render(request, "catalogue/log.html", context)


def _look_ups(line: Mapping[str, Any]) -> str:
    """Where whoever may open the grant finds the look-ups of one day."""
    return f"{reverse('catalogue:grant', args=[line['grant_id']])}?day={line['day']:%Y-%m-%d}"


def _pack(request: HttpRequest) -> Pack:
    try:
        return directory.pack_in_force(request.acting.now)  # type: ignore[attr-defined]
    except LookupError as error:
        raise Http404 from error


def _entries(request: HttpRequest, pack: Pack, wish: Wish | None = None) -> list[Entry]:
    return catalogue.entries(pack, pack.manifest.jurisdiction, wish)


def _one(request: HttpRequest, resource_id: str) -> tuple[Pack, Entry]:
    pack = _pack(request)
    if resource_id not in pack.resources:
        raise Http404
    return pack, catalogue.entry(pack, pack.resources[resource_id], pack.manifest.jurisdiction)


def _wish(request: HttpRequest) -> Wish:
    def chosen(name: str, known: Iterable[str]) -> str:
        value = request.GET.get(name, "")
        return value if value in known else ""

    return Wish(
        words=request.GET.get("q", "").replace("\x00", "")[:80].strip(),
        steward=request.GET.get("steward", "")[:80],
        sharing=chosen("sharing", SHARING),
        openness=chosen("openness", OPENNESS),
    )


def _row(entry: Entry, live: int) -> dict[str, Any]:
    return {
        "resource": entry.resource,
        "steward": entry.steward,
        "sharing": words.tag(words.SHARING, entry.resource.sharing),
        "openness": words.tag(words.OPENNESS, entry.resource.openness),
        "updated": words.frequency(entry.resource.update_frequency),
        "live": live,
    }


def _grant(pack: Pack, grant: models.Grant, today: date) -> dict[str, Any]:
    state = queries.grant_state(grant, today)
    return {
        "grant": grant,
        "state": state,
        "tag": words.tag(words.STATES, state),
        "organ": words.organ(pack, grant.organisation),
        "fields": words.listed(words.field(pack, grant.resource, one) for one in grant.fields),
        "served": words.listed(words.served(pack, grant.event, grant.services)),
        "articles": [words.article(pack, one) for one in grant.articles],
    }


def _lines(pack: Pack, found: list[Entry]) -> Iterable[list[str]]:
    for entry in found:
        resource, steward = entry.resource, entry.steward
        for column in catalogue.columns(pack, resource):
            yield [
                resource.id, in_language(resource.name), in_language(steward.name) if steward else "",
                steward.credit_code if steward else "", words.tag(words.SHARING, resource.sharing)["text"],
                words.tag(words.OPENNESS, resource.openness)["text"], words.frequency(resource.update_frequency),
                column.field.id, in_language(column.field.label), column.type, str(column.field.grade),
                in_language(column.element.name) if column.element else "", " ".join((*resource.articles, *resource.sharing_basis)),
            ]  # fmt: skip


def _rdf(request: HttpRequest, pack: Pack, found: list[Entry], form: str) -> HttpResponse:
    from tongban.base.kit import rdf  # rdflib takes half a second to load: only who asks for RDF waits
    from tongban.records.catalogue import dcat

    if form not in negotiation.MEDIA:
        raise Http404
    base = request.build_absolute_uri("/").rstrip("/")
    made = dcat.graph(pack, found, dcat.Site(base, _title(pack), _publisher(pack)))
    response = HttpResponse(rdf.written(made, form), content_type=f"{negotiation.MEDIA[form]}; charset=utf-8")
    patch_vary_headers(response, ["Accept"])
    response["Access-Control-Allow-Origin"] = "*"  # public data, read by harvesters and pages of others
    return response


def _publisher(pack: Pack) -> Any:
    """The organ that leads sharing; without one, whoever keeps the first resource."""
    role = access.OVERSEER
    organ = next((o for o in pack.organisations.values() if o.authority == role), None)
    organ = organ or next(iter(pack.organisations.values()), None)
    if organ is None:
        raise Http404
    return organ


def _title(pack: Pack) -> Bilingual:
    place = pack.places.get(pack.manifest.jurisdiction)
    name = place.name if place else pack.manifest.name
    return Bilingual(zh=f"{name.zh}数据资源目录", en=f"Data catalogue of {name.en}")
