"""Which pack governs a place, and any pack by its digest."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.conf import settings

from tongban.base.directory import models, sources
from tongban.core.packs import loader
from tongban.core.packs.model import Authority, Organisation
from tongban.core.packs.pack import Pack


def pack_in_force(now: datetime, place: str | None = None) -> Pack:
    """The merged pack that governs `place` (this node's by default) at `now`."""
    digest = (
        models.InForce.objects.filter(place=place or settings.PLACE or default_place(), valid_from__lte=now)
        .order_by("-valid_from", "-id")
        .values_list("pack_id", flat=True)
        .first()
    )
    if digest is None:
        raise LookupError(f"no pack is in force for {place or settings.PLACE or 'this node'}: run `tongban pack install`")
    return pack(digest)


@lru_cache(maxsize=16)
def pack(digest: str) -> Pack:
    """A pack by digest, however old. The digest of what is read back is checked."""
    version = models.PackVersion.objects.get(pk=digest)
    loaded = loader.load(sources.unzipped(bytes(version.files)), version.layer)
    if loaded.pack is None:
        raise ValueError(f"the stored pack {digest} no longer loads: {loaded.problems[0]}")
    if loaded.pack.digest != digest:
        raise ValueError(f"the stored pack {digest} was changed: it now reads as {loaded.pack.digest}")
    return loaded.pack


def default_place() -> str:
    """The place of the pack that came into force last."""
    return models.InForce.objects.order_by("-valid_from", "-id").values_list("place", flat=True).first() or ""


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
