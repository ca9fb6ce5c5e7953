"""Installing packs and putting them in force."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.directory import loading, models, sources
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack, Problem


class PackRefused(ValueError):
    """The pack has mistakes; `problems` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def install_pack(*, acting: Acting, files: dict[str, bytes], top: str) -> Pack:
    """Check a pack, keep its files for ever and put it in force for its jurisdiction from now on.

    Installing what is already in force changes nothing, nor does installing what a promoted pilot rests on: the same
    files on disk at the next start do not take the promotion back.
    """
    loaded = loading.load(files, top)
    if loaded.pack is None:
        raise PackRefused(loaded.problems)
    pack = loaded.pack
    with transaction.atomic():
        place = pack.manifest.jurisdiction
        models.PackVersion.objects.get_or_create(
            digest=pack.digest,
            defaults={
                "layer": top,
                "version": pack.manifest.version,
                "files": sources.zipped(files),
                "installed_at": acting.now,
            },
        )
        current = models.InForce.objects.filter(place=place).order_by("-valid_from", "-id").first()
        if current is None or not _rests_on(current.pack_id, pack.digest):
            models.InForce.objects.create(place=place, pack_id=pack.digest, valid_from=acting.now)
            audit.record(
                acting=acting, action="pack.in-force", root=uuid5(NAMESPACE_URL, f"place:{place}"),
                object_kind="pack", object_id=pack.digest, detail={"place": place, "version": pack.manifest.version},
            )  # fmt: skip
    return pack


def _rests_on(current: str, installed: str) -> bool:
    """Whether `current` is `installed`, or came from it by one promoted pilot after another."""
    while current != installed:
        promoted = (
            models.Pilot.objects.filter(pack_id=current, state="promoted").order_by("-decided_at").first()
        )
        if promoted is None:
            return False
        current = promoted.base_id
    return True
