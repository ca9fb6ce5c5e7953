"""Installing packs and putting them in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.audit import queries as audit_queries
from tongban.base.directory import loading, models, sources
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack, Problem

ADDED: Final = "pack.added"
"""In the audit: put in force by hand (`installing`), not from the packs folder at a start."""


class PackRefused(ValueError):
    """The pack has mistakes; `problems` lists them all."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def install_pack(*, acting: Acting, files: dict[str, bytes], top: str, again: bool = True) -> Pack:
    """Check a pack, keep its files for ever and put it in force for its jurisdiction from now on.

    Installing what is already in force changes nothing, nor does installing what a promoted pilot rests on: the same
    files on disk at the next start do not take the promotion back. Without `again` they do not take back either what
    was added by hand after them.
    """
    loaded = loading.load(files, top)
    if loaded.pack is None:
        raise PackRefused(loaded.problems)
    pack = loaded.pack
    with transaction.atomic():
        place = pack.manifest.jurisdiction
        keep(acting=acting, pack=pack, files=files, top=top)
        before = models.InForce.objects.filter(place=place, valid_from__lte=acting.now)
        current = before.order_by("-valid_from", "-id").first()
        if current is not None and rests_on(current.pack_id, pack.digest):
            return pack
        if not again and before.filter(pack_id=pack.digest).exists() and _added(place, current):
            return pack
        models.InForce.objects.create(place=place, pack_id=pack.digest, valid_from=acting.now)
        audit.record(
            acting=acting, action="pack.in-force", root=_root(place),
            object_kind="pack", object_id=pack.digest, detail={"place": place, "version": pack.manifest.version},
        )  # fmt: skip
    return pack


def keep(*, acting: Acting, pack: Pack, files: Mapping[str, bytes], top: str) -> None:
    """Keep the files of a checked pack. The same digest again changes nothing."""
    models.PackVersion.objects.get_or_create(
        digest=pack.digest,
        defaults={
            "layer": top,
            "version": pack.manifest.version,
            "files": sources.zipped(files),
            "installed_at": acting.now,
        },
    )


def rests_on(current: str, installed: str) -> bool:
    """Whether `current` is `installed`, or came from it by one promoted pilot after another."""
    return installed in _ancestry(current)


def _ancestry(digest: str) -> Iterator[str]:
    """The version itself, then what each promoted pilot in it started from."""
    current: str | None = digest
    while current is not None:
        yield current
        promoted = models.Pilot.objects.filter(pack_id=current, state="promoted").order_by("-decided_at")
        current = promoted.values_list("base_id", flat=True).first()


def _added(place: str, current: models.InForce | None) -> bool:
    """Whether what is in force, or what it rests on, came there by hand rather than from the packs folder."""
    spoken = audit_queries.entries_of(_root(place)).filter(action__in=(ADDED, "pack.in-force"))
    for digest in _ancestry(current.pack_id) if current else ():
        last = spoken.filter(object_id=digest).last()
        if last is not None and last.action == ADDED:
            return True
    return False


def _root(place: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"place:{place}")
