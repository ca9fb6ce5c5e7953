"""Which pack governs a place, and any pack by its digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.db.models.functions import Now

from tongban.base.directory import loading, models, sources
from tongban.core.packs.model import Authority, Organisation
from tongban.core.packs.pack import Pack

_instead: Callable[[], Pack] | None = None


def show_instead(source: Callable[[], Pack]) -> None:
    """In this process the pack of every place is what `source` gives, or LookupError: to look at one not installed."""
    global _instead
    _instead = source


HOTLINE: Final = "hotline-centre"
"""Authority whose organisation runs the hotline of a place (北京市接诉即办工作条例 art. 5)."""


def runs_the_hotline(organisation: str | None, now: datetime) -> bool:
    """Whether it is the hotline: its clerks take tickets, and stand at no window."""
    organ = pack_in_force(now).organisations.get(organisation or "")
    return organ is not None and organ.authority == HOTLINE


def pack_in_force(now: datetime, place: str | None = None) -> Pack:
    """The merged pack that governs `place` (this node's by default) at `now`.

    In a district that is the pack of a pilot that runs there, else its own, else that of the whole place it belongs to.
    """
    if _instead is not None:
        return _instead()
    whole = settings.PLACE or default_place()
    below = place not in (None, whole)
    digest = (_of_pilot(now, place) if below else None) or _installed(now, place or whole)
    if digest is None and below:
        city = pack_in_force(now)
        if place in city.places:
            return city
    if digest is None:
        raise LookupError(
            f"no pack is in force for {place or settings.PLACE or 'this node'}: run `tongban pack install`"
        )
    return pack(digest)


def _of_pilot(now: datetime, district: str | None) -> str | None:
    running = models.Pilot.objects.filter(place=district, valid_from__lte=now, valid_to__gt=now)
    return running.order_by("-valid_from").values_list("pack_id", flat=True).first()


def _installed(now: datetime, place: str) -> str | None:
    found = models.InForce.objects.filter(place=place, valid_from__lte=now)
    return found.order_by("-valid_from", "-id").values_list("pack_id", flat=True).first()


def district_named(pack: Pack, text: object) -> str | None:
    """The one place below the pack's own whose name stands in a text, by its code; None if there is none, or several."""
    whole = pack.manifest.jurisdiction
    found = {p.code for p in pack.places.values() if p.code != whole and p.name.zh in str(text)}
    return found.pop() if len(found) == 1 else None


@lru_cache(maxsize=16)
def pack(digest: str) -> Pack:
    """A pack by digest, however old. The digest of what is read back is checked."""
    version = models.PackVersion.objects.get(pk=digest)
    loaded = loading.load(sources.unzipped(bytes(version.files)), version.layer)
    if loaded.pack is None:
        raise ValueError(f"the stored pack {digest} no longer loads: {loaded.problems[0]}")
    if loaded.pack.digest != digest:
        raise ValueError(f"the stored pack {digest} was changed: it now reads as {loaded.pack.digest}")
    return loaded.pack


def default_place() -> str:
    """The place of the pack that came into force last; of one that is still to come only while there is no other."""
    rows = models.InForce.objects.order_by("-valid_from", "-id").values_list("place", flat=True)
    return rows.filter(valid_from__lte=Now()).first() or rows.last() or ""


def organisation_for(pack: Pack, authority: str, place: str) -> Organisation:
    """The organ that fills a role: in the district if it has one of its own, else in the city."""
    candidates = [o for o in pack.organisations.values() if o.authority == authority]
    for organ in candidates:
        if organ.place == place:
            return organ
    if not candidates:
        raise LookupError(f"no organisation of {pack.manifest.id} fills the role {authority}")
    return candidates[0]


def authority(pack: Pack, authority_id: str) -> Authority:
    return pack.authorities[authority_id]
