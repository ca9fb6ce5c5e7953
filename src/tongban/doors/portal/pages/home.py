"""The home page."""

from __future__ import annotations

from itertools import islice

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tongban.base.directory import queries as directory
from tongban.base.kit import access, text
from tongban.core.packs.pack import Pack
from tongban.doors.portal import guide, stages
from tongban.work.cases import queries as cases

EXAMPLES = 4
SERVICES = 6


@access.public
def home(request: HttpRequest) -> HttpResponse:
    try:
        pack = directory.pack_in_force(request.acting.now)
    except LookupError:
        return render(request, "portal/no_pack.html", status=503)
    recent = cases.recent_for(request.acting, limit=3) if request.acting.role == "applicant" else None
    return render(
        request,
        "portal/home.html",
        {
            "pack": pack,
            "events": [
                (event, len(event.services), guide.authorities(pack, event)) for event in guide.events(pack)
            ],
            "stages": stages.by_stage(pack),
            "services": list(islice(pack.services.values(), SERVICES)),
            "examples": _examples(pack),
            "recent": recent,
        },
    )


def _examples(pack: Pack) -> list[str]:
    """Words people use for the life events, in the script the reader reads, taken in turn from each event."""
    chinese = text.language().startswith("zh")
    words = [[word for word in event.search if chinese != word.isascii()] for event in guide.events(pack)]
    in_turn = [row[place] for place in range(EXAMPLES) for row in words if place < len(row)]
    return [text.in_language({"zh": word, "en": word}) for word in in_turn[:EXAMPLES]]
