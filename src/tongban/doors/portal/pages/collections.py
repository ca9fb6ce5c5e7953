"""A collection (一类事): what belongs together at a stage of life or in a trade."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.kit import access
from tongban.doors.portal import stages


@access.public
@require_safe
def collection(request: HttpRequest, collection_id: str) -> HttpResponse:
    try:
        pack = directory.pack_in_force(request.acting.now)
    except LookupError as error:
        raise Http404 from error
    found = pack.collections.get(collection_id)
    if found is None:
        raise Http404
    return render(
        request,
        "portal/collection.html",
        {
            "pack": pack,
            "collection": found,
            "stage": stages.NAMES[found.stage],
            "events": [pack.life_events[one] for one in found.life_events],
            "services": [
                (pack.services[one], pack.authorities[pack.services[one].authority]) for one in found.services
            ],
            "policies": [pack.policies[one] for one in found.policies],
            "others": [one for one in pack.collections.values() if one.id != found.id],
        },
    )
