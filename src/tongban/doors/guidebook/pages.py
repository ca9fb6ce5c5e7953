"""What the guidebook adds to the portal's pages: its contents, and a frame in which nothing has to be served."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tongban.base.kit import access
from tongban.core.packs.model import Authority, Service
from tongban.core.packs.pack import Pack
from tongban.doors.portal import context, guide
from tongban.doors.preview import pages as preview
from tongban.doors.preview import watched


class Frame(preview.Frame):
    """Of a page that is read from a file."""

    top = "guidebook/top.html"
    still = True

    @property
    def online(self) -> str:
        """Scheme and host of the portal where the services can be applied for; empty if there is none."""
        return str(settings.GUIDEBOOK_PORTAL)

    @property
    def nav(self) -> list[context.Item]:  # type: ignore[override]
        here = self.request.path
        entries = (("/", _("Contents"), "list"), ("/laws", _("Legal basis"), "scale"), ("/glossary", _("Glossary"), "book-open"))  # fmt: skip
        return [context.Item(href, label, icon, here == href) for href, label, icon in entries]

    @property
    def about(self) -> list[context.Item]:
        return []


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}


@access.public
def contents(request: HttpRequest) -> HttpResponse:
    """Every life event, and every service by the authority that handles it."""
    pack = watched.get().current()
    return render(
        request,
        "guidebook/contents.html",
        {
            "pack": pack,
            "events": guide.events(pack),
            "authorities": _by_authority(pack),
            "reading": sorted(pack.knowledge.values(), key=lambda page: page.id),
            "collections": list(pack.collections.values()),
        },
    )


def _by_authority(pack: Pack) -> list[tuple[Authority, list[Service]]]:
    services = pack.services.values()
    return [
        (authority, found)
        for authority in pack.authorities.values()
        if (found := [service for service in services if service.authority == authority.id])
    ]
