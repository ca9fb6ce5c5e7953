"""How often somebody's place was visited in twelve months, for whoever was visited: as a page and as CSV."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access, sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.text import in_language
from tongban.work.cases import visits, visits_access
from tongban.work.cases.letters import visit as letters


@access.applicant
@require_safe
@never_cache
def own(request: HttpRequest) -> HttpResponse:
    """Visits of the past twelve months, and those that are appointed."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    coming = visits_access.inspections(acting).filter(
        recorded_at=None, case__state="accepted"
    ).select_related("case__application").order_by("appointed_at")  # fmt: skip
    context = {
        "past": _past(acting),
        "coming": [
            {"at": one.appointed_at, "organ": visits.organ_of(one), "number": one.case.number,
             "application": one.case.application.number, "officers": one.officers}
            for one in coming
        ],
        "since": visits.a_year_before(acting.today),
    }  # fmt: skip
    return render(request, "cases/applicant/visits.html", context)


@access.applicant
@require_safe
def own_csv(request: HttpRequest) -> HttpResponse:
    """The visits of the past twelve months; one made by several offices at once is one row."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    columns = (_("Visited on"), _("Offices"), _("Services"), _("Cases"), _("Officers"), _("Result"))
    rows = (
        (
            one["on"].isoformat(), _(", ").join(one["organs"]), _(", ").join(one["services"]),
            " ".join(one["numbers"]), one["officers"], _(", ").join(one["results"]),
        )
        for one in _past(acting)
    )  # fmt: skip
    return sheets.download(f"visits-{acting.today}", columns, rows)


def _past(acting: Acting) -> list[dict[str, Any]]:
    own = visits_access.inspections(acting)
    subjects = set(own.values_list("subject", flat=True))
    mine = set(own.values_list("pk", flat=True))
    found = []
    for one in visits.past_year(subjects, acting.today):
        seen = [part for part in one.inspections if part.pk in mine]
        if seen:
            packs = [directory.pack(part.case.application.pack_digest) for part in seen]
            found.append({
                "on": one.on, "organs": [in_language(visits.organ_of(part)) for part in seen],
                "services": [in_language(pack.services[part.case.service].name) for pack, part in zip(packs, seen, strict=True)],
                "numbers": [part.case.number for part in seen],
                "applications": sorted({part.case.application.number or "" for part in seen}),
                "officers": sum(part.officers for part in seen), "records": [part.record for part in seen],
                "results": [letters.result(part.result) for part in seen],
            })  # fmt: skip
    return found
