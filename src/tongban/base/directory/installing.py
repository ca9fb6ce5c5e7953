"""Packs added by hand: in force from a day on, listed, withdrawn, frozen.

    added      checked, its missing bindings told, kept, in force now or from the first moment of a later day
    removed    only what is not in force, is no pilot's and stands in no record of this node
    frozen     what is in force and what is to come, with the digest of each layer, to install the same elsewhere

Running cases keep the pack they were submitted under; a pack only decides for what is submitted while it is in force.

    Incomplete(Invalid)      the place lacks what the pack needs; `missing` says what
    InUse(NotNow)            the version cannot be removed; the message says what holds it
    FrozenOtherwise(Invalid) the pack is not the frozen one; `lines` says where they differ
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any, Final, Literal
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

import yaml
from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import actions, loading, models, queries, sources
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs import bindings
from tongban.core.packs.bindings import Unbound
from tongban.core.packs.pack import Pack

LONGEST_FROZEN: Final = 1_000_000
"""Bytes of a file of `freeze`."""
_PINNED: Final = "pack_digest"
"""Column in which every room of the platform keeps the pack that something was done under."""

State = Literal["in force", "scheduled", "past"]


class Incomplete(Invalid):
    code = "pack-incomplete"

    def __init__(self, place: str, missing: tuple[Unbound, ...]) -> None:
        super().__init__(
            _("Bindings that this pack needs and the place %(place)s lacks: %(count)s. Nothing was written.")
            % {"place": place, "count": len(missing)}
        )
        self.missing = missing


class InUse(NotNow):
    code = "pack-in-use"


class FrozenOtherwise(Invalid):
    code = "pack-not-frozen"

    def __init__(self, message: str, lines: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.lines = tuple(lines)


@dataclass(frozen=True, slots=True)
class Checked:
    """A sound pack that is not installed yet."""

    pack: Pack
    files: Mapping[str, bytes]
    top: str
    missing: tuple[Unbound, ...]

    @property
    def place(self) -> str:
        return self.pack.manifest.jurisdiction


@dataclass(frozen=True, slots=True)
class Period:
    """Half-open; without an end while nothing follows."""

    place: str
    valid_from: datetime
    valid_to: datetime | None
    state: State


@dataclass(frozen=True, slots=True)
class Version:
    """One installed version, and where and when it governs."""

    digest: str
    layer: str
    version: str
    installed_at: datetime
    periods: tuple[Period, ...]
    pilots: int
    """How many pilots it is the pack or the base of."""


# -- adding ------------------------------------------------------------------------------------------------


def check(files: Mapping[str, bytes], top: str) -> Checked:
    """The pack with what its place lacks; nothing is written. Raises `actions.PackRefused` with every problem."""
    found = loading.load(files, top)
    if found.pack is None:
        raise actions.PackRefused(found.problems)
    return Checked(found.pack, files, top, bindings.unbound(found.pack))


def starts(checked: Checked, first: date | None, now: datetime) -> datetime:
    """The moment from which it governs: now, or the first of a later day at the place. Raises Invalid for a past day."""
    zone = ZoneInfo(checked.pack.manifest.time_zone)
    today = now.astimezone(zone).date()
    if first is None or first == today:
        return now
    if first < today:
        raise Invalid(
            _("%(day)s is past: what was decided since then stays as it was. Give today or a later day.") % {"day": first}
        )  # fmt: skip
    return datetime.combine(first, time(), zone)


def add_pack(
    *, acting: Acting, checked: Checked, first: date | None = None, incomplete: bool = False
) -> datetime | None:
    """Keep a pack and put it in force for its place from `first` on; returns the moment.

    None when it governs then already, or what governs rests on it by a promoted pilot: nothing changes. Raises
    `Incomplete` unless `incomplete` accepts that, and Invalid for a day that is past.
    """
    if checked.missing and not incomplete:
        raise Incomplete(checked.place, checked.missing)
    begins, digest, place = starts(checked, first, acting.now), checked.pack.digest, checked.place
    with transaction.atomic():
        actions.keep(acting=acting, pack=checked.pack, files=checked.files, top=checked.top)
        rows = models.InForce.objects.select_for_update().filter(place=place, valid_from__lte=begins)
        governing = rows.order_by("-valid_from", "-id").first()
        if governing is not None and actions.rests_on(governing.pack_id, digest):
            return None
        models.InForce.objects.create(place=place, pack_id=digest, valid_from=begins)
        detail = {
            "place": place,
            "version": checked.pack.manifest.version,
            "from": begins.isoformat(timespec="seconds"),
            "missing": len(checked.missing),
        }
        _record(acting, place, actions.ADDED, digest, detail)
    return begins


# -- reading -----------------------------------------------------------------------------------------------


def versions(now: datetime) -> list[Version]:
    """All that is installed here, the latest first."""
    periods = _periods(now)
    return [
        Version(
            found.digest, found.layer, found.version, found.installed_at, tuple(periods.get(found.digest, ())),
            models.Pilot.objects.filter(Q(pack=found) | Q(base=found)).count(),
        )
        for found in models.PackVersion.objects.order_by("-installed_at", "layer")
    ]  # fmt: skip


def version_named(name: str, now: datetime) -> Version:
    """By digest, the beginning of a digest, or `layer@version`. Raises NotFound, and Invalid when it could be several."""
    wanted = name.removeprefix("sha256:")
    found = [
        one
        for one in versions(now)
        if f"{one.layer}@{one.version}" == name
        or (len(wanted) >= 6 and one.digest.removeprefix("sha256:").startswith(wanted))
    ]
    if not found:
        raise NotFound(_("No pack %(name)s is installed here. See: tongban pack list") % {"name": name})
    if len(found) > 1:
        raise Invalid(
            _("%(name)s could be several packs: %(digests)s. Give more of the digest.")
            % {"name": name, "digests": ", ".join(one.digest for one in found)}
        )
    return found[0]


def _periods(now: datetime) -> dict[str, list[Period]]:
    """When each version governs, by digest, in order of place and time. What begins at one moment with another before
    it never governs."""
    found: dict[str, list[Period]] = {}
    rows = list(models.InForce.objects.order_by("place", "valid_from", "id"))
    for row, after in zip_longest(rows, rows[1:]):
        end = after.valid_from if after is not None and after.place == row.place else None
        if end == row.valid_from:
            continue
        state: State = (
            "scheduled" if row.valid_from > now else "past" if end is not None and end <= now else "in force"
        )
        found.setdefault(row.pack_id, []).append(Period(row.place, row.valid_from, end, state))
    return found


# -- removing ----------------------------------------------------------------------------------------------


def remove_pack(*, acting: Acting, name: str) -> Version:
    """Forget an installed version, and that it was to come into force. Raises NotFound, Invalid and `InUse`.

    The audit keeps that it was there. What any record of this node was done under stays for ever: it is read again when
    that is explained, replayed or verified.
    """
    with transaction.atomic():
        list(models.InForce.objects.select_for_update())  # nothing comes into force meanwhile
        found = version_named(name, acting.now)
        held = _held(found)
        if held:
            raise InUse(
                _("%(pack)s stays: %(reasons)s.") % {"pack": f"{found.layer} {found.version}", "reasons": "; ".join(held)}
            )  # fmt: skip
        models.InForce.objects.filter(pack_id=found.digest).delete()
        models.PackVersion.objects.filter(pk=found.digest).delete()
        places = sorted({period.place for period in found.periods}) or [acting.place]
        for place in places:
            _record(acting, place, "pack.removed", found.digest, {"version": found.version})
    queries.pack.cache_clear()
    return found


def _held(found: Version) -> list[str]:
    """Why it cannot go."""
    reasons = [
        _("it is in force for %(place)s") % {"place": period.place}
        for period in found.periods
        if period.state == "in force"
    ]
    if found.pilots:
        reasons.append(_("pilots that rest on it: %(count)s") % {"count": found.pilots})
    reasons += [
        _("records of %(table)s made under it: %(count)s") % {"count": count, "table": table}
        for table, count in records_under(found.digest).items()
    ]
    return reasons


def records_under(digest: str) -> dict[str, int]:
    """How many records of each table were made under a pack, drafts and running cases among them.

    Asked of the registry of tables, since the rooms that hold them lie above: whoever keeps a pack's digest does so in
    a column `pack_digest`.
    """
    counts: dict[str, int] = {}
    for table in apps.get_models():
        if any(field.name == _PINNED for field in table._meta.get_fields()):
            count = table._default_manager.filter(**{_PINNED: digest}).count()
            if count:
                counts[table._meta.label_lower] = count
    return counts


# -- freezing ----------------------------------------------------------------------------------------------


def frozen(now: datetime, place: str) -> dict[str, Any]:
    """What governs a place and what is to come, as plain data: place, and packs with the digest of each layer.

    Raises NotFound where no pack is in force.
    """
    packs = [
        _frozen(one, period)
        for one in versions(now)
        for period in one.periods
        if period.place == place and period.state != "past"
    ]
    if not packs:
        raise NotFound(
            _("No pack is in force for %(place)s. See: tongban pack list") % {"place": place or "-"}
        )
    return {"place": place, "packs": sorted(packs, key=lambda pack: pack["from"])}


def _frozen(found: Version, period: Period) -> dict[str, Any]:
    stored = models.PackVersion.objects.get(pk=found.digest)
    digests = layer_digests(sources.unzipped(bytes(stored.files)))
    return {
        "pack": found.layer,
        "version": found.version,
        "digest": found.digest,
        "from": period.valid_from.isoformat(timespec="seconds"),
        "layers": [
            {"layer": layer.id, "version": layer.version, "digest": digests[layer.id]}
            for layer in queries.pack(found.digest).layers
        ],
    }


def layer_digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The digest of each layer's names and bytes, as peers publish it."""
    layers = {name.split("/")[0] for name in files}
    return {
        layer: sources.digest_of({name: data for name, data in files.items() if name.startswith(f"{layer}/")})
        for layer in sorted(layers)
    }


def require_frozen(checked: Checked, data: bytes) -> None:
    """Raises `FrozenOtherwise` unless the pack is, byte for byte, one of those that `freeze` wrote down."""
    place, packs = _read_frozen(data)
    if place != checked.place:
        raise FrozenOtherwise(
            _("The frozen packs are for %(frozen)s, this one is for %(place)s.") % {"frozen": place, "place": checked.place}
        )  # fmt: skip
    ours = {layer.id: layer_digests(checked.files)[layer.id] for layer in checked.pack.layers}
    wanted = [one for one in packs if one["pack"] == checked.top]
    if any(one["digest"] == checked.pack.digest and _digests(one) == ours for one in wanted):
        return
    if not wanted:
        names = ", ".join(sorted({one["pack"] for one in packs}))
        raise FrozenOtherwise(
            _("%(pack)s is not among the frozen packs: %(names)s.") % {"pack": checked.top, "names": names}
        )
    raise FrozenOtherwise(
        _("%(pack)s differs from what was frozen. Nothing was written.") % {"pack": checked.top},
        _apart(ours, _digests(wanted[0])),
    )


def _digests(frozen_pack: Mapping[str, Any]) -> dict[str, str]:
    return {row["layer"]: row["digest"] for row in frozen_pack["layers"]}


def _apart(ours: Mapping[str, str], theirs: Mapping[str, str]) -> list[str]:
    nothing = _("not there")
    return [
        _("layer %(layer)s: frozen %(frozen)s, here %(here)s")
        % {"layer": layer, "frozen": theirs.get(layer, nothing), "here": ours.get(layer, nothing)}
        for layer in dict.fromkeys((*theirs, *ours))
        if ours.get(layer) != theirs.get(layer)
    ]


def _read_frozen(data: bytes) -> tuple[str, list[dict[str, Any]]]:
    """Place and packs of a file that `freeze` wrote. Raises `FrozenOtherwise` for any other file."""
    try:
        if len(data) > LONGEST_FROZEN:
            raise ValueError("too large")
        read = yaml.safe_load(data)
        packs = [
            {
                "pack": str(one["pack"]),
                "digest": str(one["digest"]),
                "layers": [
                    {"layer": str(row["layer"]), "digest": str(row["digest"])} for row in one["layers"]
                ],
            }
            for one in read["packs"]
        ]
        return str(read["place"]), packs
    except (yaml.YAMLError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise FrozenOtherwise(
            _("The file of frozen packs cannot be read. Write it anew with: tongban pack freeze")
        ) from error


def _record(acting: Acting, place: str, action: str, digest: str, detail: dict[str, Any]) -> None:
    audit.record(
        acting=acting, action=action, root=uuid5(NAMESPACE_URL, f"place:{place}"), object_kind="pack", object_id=digest,
        detail={"place": place, **detail},
    )  # fmt: skip
