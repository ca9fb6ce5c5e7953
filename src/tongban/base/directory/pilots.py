"""Pilots (先行先试): a changed version of one service, in force in one district, until it is promoted or withdrawn.

    written        ->  a layer on top of the pack in force:   cn-city-pilot-1f3a9c2e/services/service.yaml
    checked        ->  lint, the tests of every layer, and nothing changed but this one service
    in force       ->  `queries.pack_in_force(now, district)` gives it from its first to its last day
    decided        ->  promoted: in force in the whole place; withdrawn: nowhere

What another layer promises holds in a pilot too: one of its tests that fails refuses the pilot. Tests of the place's
own layer may say otherwise, since that is what the place tries out; they are shown to the one who starts it.

Who starts and decides a pilot are officers of the organ that owns its goal.

    PilotRefused(Invalid)   the version cannot be piloted; `lines` says why, one line each
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import actions, loading, models, queries, sources
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.packs import kinds
from tongban.core.packs.in_chinese import in_chinese
from tongban.core.packs.pack import Pack
from tongban.core.planning import packtests

LONGEST_PATCH: Final = 20_000
"""Characters of a changed version."""
MEASURED: Final = "cases"
"""Log whose records say at which service and in which district: only its indicators can judge a pilot."""
_MARK: Final = "-pilot-"
_FILE: Final = "services/service.yaml"


class PilotRefused(Invalid):
    code = "pilot-refused"

    def __init__(self, message: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(message, fields={"patch": message})
        self.args = (message, *lines)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Change:
    """One field of the service that the pilot changes: `promised.amount`, 10, 6."""

    path: str
    before: Any
    after: Any
    """As JSON holds it; None where there is nothing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A version that has passed every check."""

    pack: Pack
    files: Mapping[str, bytes]
    changes: tuple[Change, ...]
    moved: tuple[str, ...]
    """Tests of the place's own layer that now come out otherwise, with what they found."""


# -- reading -----------------------------------------------------------------------------------------------


def all_pilots() -> list[models.Pilot]:
    """Those that still run first, then the latest."""
    found = models.Pilot.objects.order_by("-valid_from", "-id")
    return sorted(found, key=lambda pilot: pilot.state != "running")


def pilot(pilot_id: UUID) -> models.Pilot:
    """Raises NotFound."""
    found = models.Pilot.objects.filter(pk=pilot_id).first()
    if found is None:
        raise NotFound(_("There is no such pilot."))
    return found


def changes_of(found: models.Pilot) -> tuple[Change, ...]:
    """What it changes, computed anew from the two packs."""
    before, after = queries.pack(found.base_id), queries.pack(found.pack_id)
    return _changes(before, after, found.service)


def leads(acting: Acting, pack: Pack, goal: str) -> bool:
    """Whether the one who acts may start and decide pilots for this goal."""
    organ = pack.organisations.get(acting.organisation or "")
    wanted = pack.goals.get(goal)
    return (
        acting.role == "officer"
        and organ is not None
        and wanted is not None
        and organ.authority == wanted.owner
    )


def districts(pack: Pack) -> list[Any]:
    """The places in which a pilot can run."""
    return [place for place in pack.places.values() if place.parent == pack.manifest.jurisdiction]


# -- trying ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What somebody wants to try, where, and by what it will be judged."""

    service: str
    patch: str
    place: str
    comparison: str
    goal: str
    first: date
    last: date
    """Included."""


def preview(*, acting: Acting, pilot_id: UUID, plan: Plan) -> Draft:
    """The version checked and compared with what is in force, without saving anything.

    Raises PilotRefused, Invalid; NotFound for whoever does not lead the goal.
    """
    return _check(acting, _base(acting), pilot_id, plan)


def start_pilot(*, acting: Acting, pilot_id: UUID, plan: Plan, seen: str | None = None) -> models.Pilot:
    """Put a changed version of a service in force in a district from the first to the last day of the plan.

    `pilot_id` is made by the door; starting the same pilot again changes nothing. `seen` is the digest of the version
    that was shown before: another one is refused. Raises what `preview` raises, and StaleVersion.
    """
    with transaction.atomic():
        base = _base(acting, lock=True)
        earlier = models.Pilot.objects.filter(pk=pilot_id).first()
        if earlier is not None:
            return earlier
        draft = _check(acting, base, pilot_id, plan)
        if seen is not None and seen != draft.pack.digest:
            raise StaleVersion(_("This is not the version that was shown. Look at it again."))
        pack, version = queries.pack(base.digest), _keep(acting, draft)
        begun = models.Pilot.objects.create(
            id=pilot_id, whole=pack.manifest.jurisdiction, place=plan.place, comparison=plan.comparison, service=plan.service,
            patch=plan.patch, base=base, pack=version, goal=plan.goal, indicator=pack.goals[plan.goal].indicator, state="running",
            started_at=acting.now, valid_from=max(acting.now, _midnight(plan.first, pack)),
            valid_to=_midnight(plan.last + timedelta(days=1), pack),
        )  # fmt: skip
        _audit(acting, begun, "pilot.started", {
            "service": plan.service, "place": plan.place, "comparison": plan.comparison, "goal": plan.goal, "base": base.digest,
            "pack": version.digest, "from": begun.valid_from.isoformat(), "to": begun.valid_to.isoformat(),
        })  # fmt: skip
    return begun


# -- deciding ----------------------------------------------------------------------------------------------


def promote(*, acting: Acting, pilot_id: UUID, reasons: str, version: int | None = None) -> models.Pilot:
    """Put the version in force in the whole place.

    Where the place's pack has changed since, the same changes are laid over what is in force now and checked again.
    Raises NotNow when the service itself has changed since, or when the pilot has not begun.
    """
    with transaction.atomic():
        base = _base(acting, lock=True)
        found = _open(acting, pilot_id, reasons, version)
        if acting.now < found.valid_from:
            raise NotNow(_("The pilot has not begun; there is nothing to judge it by."))
        now_in_force, then = queries.pack(base.digest), queries.pack(found.base_id)
        if now_in_force.services.get(found.service) != then.services.get(found.service):
            raise NotNow(
                _(
                    "The service was changed for the whole place since the pilot began. Withdraw it and start anew."
                )
            )
        draft = _lay(base, layer_id=found.id, service=found.service, patch=found.patch)
        actions.install_pack(acting=acting, files=dict(draft.files), top=draft.pack.manifest.id)
        _close(acting, found, "promoted", reasons, {"pack": draft.pack.digest, "piloted": found.pack_id})
    return found


def withdraw(*, acting: Acting, pilot_id: UUID, reasons: str, version: int | None = None) -> models.Pilot:
    """End the pilot: in its district the pack of the whole place is in force again from now on.

    What was submitted under it stays under it.
    """
    with transaction.atomic():
        _base(acting, lock=True)
        found = _open(acting, pilot_id, reasons, version)
        _close(acting, found, "withdrawn", reasons, {"piloted": found.pack_id})
    return found


def _open(acting: Acting, pilot_id: UUID, reasons: str, version: int | None) -> models.Pilot:
    found = models.Pilot.objects.select_for_update().filter(pk=pilot_id).first()
    if found is None or not leads(acting, queries.pack(found.base_id), found.goal):
        raise NotFound(_("There is no such pilot, or it is not yours to decide."))
    if found.state != "running":
        raise NotNow(_("This pilot has been decided already."))
    if version is not None and version != found.version:
        raise StaleVersion(_("Somebody changed this pilot in the meantime. Look at it again."))
    if not reasons.strip():
        raise Invalid(
            _("Reasons are needed."), fields={"reasons": _("Say why: it is kept with the decision.")}
        )
    return found


def _close(acting: Acting, found: models.Pilot, state: str, reasons: str, detail: dict[str, object]) -> None:
    found.state, found.reasons, found.decided_at = state, reasons.strip()[:1000], acting.now
    found.valid_to = max(found.valid_from, min(found.valid_to, acting.now))
    found.version += 1
    found.save()
    _audit(acting, found, f"pilot.{state}", detail)


# -- the layer of a pilot ----------------------------------------------------------------------------------


def _base(acting: Acting, *, lock: bool = False) -> models.PackVersion:
    """The version in force in the whole place. Locked, no other pilot begins or ends meanwhile."""
    found = models.InForce.objects.filter(
        place=settings.PLACE or queries.default_place(), valid_from__lte=acting.now
    ).order_by("-valid_from", "-id")
    row = (found.select_for_update() if lock else found).first()
    if row is None:
        raise NotNow(_("No pack is in force here."))
    return models.PackVersion.objects.get(pk=row.pack_id)


def _check(acting: Acting, base: models.PackVersion, pilot_id: UUID, plan: Plan) -> Draft:
    pack = queries.pack(base.digest)
    if not leads(acting, pack, plan.goal):
        raise NotFound(_("Only the organ that owns the goal starts a pilot for it."))
    _check_frame(acting, pack, plan)
    return _lay(base, layer_id=pilot_id, service=plan.service, patch=plan.patch)


def _lay(base: models.PackVersion, *, layer_id: UUID, service: str, patch: str) -> Draft:
    before = queries.pack(base.digest)
    if service not in before.services:
        raise NotFound(_("There is no such service here."))
    if len(patch) > LONGEST_PATCH:
        raise PilotRefused(_("A changed version may have at most 20,000 characters."))
    layer = f"{base.layer.split(_MARK)[0]}{_MARK}{layer_id.hex[-8:]}"
    files = {
        **sources.unzipped(bytes(base.files)),
        f"{layer}/pack.yaml": _manifest(before, layer),
        f"{layer}/{_FILE}": _entry(service, patch).encode(),
    }
    loaded = loading.load(files, layer)
    if loaded.pack is None:
        chinese = str(get_language()).startswith("zh")
        told = map(in_chinese, loaded.problems) if chinese else loaded.problems
        lines = tuple(str(problem).removeprefix(f"{layer}/") for problem in told)
        raise PilotRefused(_("The version has mistakes."), lines)
    after = loaded.pack
    others = _other_changes(before, after, service)
    if others:
        raise PilotRefused(_("A pilot changes one service and nothing else."), others)
    changes = _changes(before, after, service)
    if not changes:
        raise PilotRefused(_("This changes nothing."))
    broken, moved = _failing(before, after)
    if broken:
        raise PilotRefused(_("It breaks what another layer promises."), broken)
    return Draft(after, files, changes, moved)


def _manifest(before: Pack, layer: str) -> bytes:
    """Of a layer for the same place, under the same brand; its version is the next one."""
    top = before.manifest
    major, minor, fix = (int(part) for part in top.version.split("."))
    written = top.model_dump(mode="json", exclude_none=True)
    written |= {"id": layer, "extends": top.id, "version": f"{major}.{minor}.{fix + 1}"}
    return yaml.safe_dump(written, allow_unicode=True).encode()


def _entry(service: str, patch: str) -> str:
    """A list with one entry. Whoever writes only the changed fields need not write the id."""
    text = patch.replace("\r\n", "\n").strip("\n")
    if text.lstrip().startswith("-"):
        return text + "\n"
    lines = [] if text.startswith("id:") else [f"id: {service}"]
    lines += text.split("\n")
    return "".join(f"{'- ' if position == 0 else '  '}{line}\n" for position, line in enumerate(lines))


def _other_changes(before: Pack, after: Pack, service: str) -> tuple[str, ...]:
    changed: list[str] = []
    for folder, (attribute, _model) in kinds.KINDS.items():
        old, new = getattr(before, attribute), getattr(after, attribute)
        changed += [f"{folder}/{i}" for i in sorted({*old, *new}) if old.get(i) != new.get(i)]
    same = f"services/{service}"
    return tuple(i for i in changed if i != same or service not in after.services)


def _failing(before: Pack, after: Pack) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tests that the version fails and what is in force passes: of layers of others, and of the place's own."""
    failed = [t for t in packtests.run_tests(after, all_layers=True) if not t.ok]
    if not failed:
        return (), ()
    passed = {(t.layer, t.name) for t in packtests.run_tests(before, all_layers=True) if t.ok}
    own = {layer.id for layer in before.layers if layer.jurisdiction == before.manifest.jurisdiction}
    said = [
        (t.layer in own, f"{t.layer}: {t.name}: {'; '.join(t.differences)}")
        for t in failed
        if (t.layer, t.name) in passed
    ]
    return tuple(line for mine, line in said if not mine), tuple(line for mine, line in said if mine)


def _changes(before: Pack, after: Pack, service: str) -> tuple[Change, ...]:
    old, new = (
        _flat(p.services[service].model_dump(mode="json", by_alias=True, exclude_none=True))
        for p in (before, after)
    )
    return tuple(
        Change(i, old.get(i), new.get(i)) for i in dict.fromkeys((*old, *new)) if old.get(i) != new.get(i)
    )


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    """`{"promised": {"amount": 10}}` as `{"promised.amount": 10}`; items of lists by what names them."""
    if isinstance(value, Mapping) and set(value) != {"zh", "en"}:
        parts = value.items()
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        parts = [(str(item.get("id") or item.get("material") or n + 1), item) for n, item in enumerate(value)]
    else:
        return {path: value}
    return {
        k: v for name, part in parts for k, v in _flat(part, f"{path}.{name}" if path else str(name)).items()
    }


# -- the frame of a pilot ----------------------------------------------------------------------------------


def _check_frame(acting: Acting, pack: Pack, plan: Plan) -> None:
    """Two districts of the place that no other pilot touches, a goal that cases can show, days to come. Raises Invalid."""
    wrong: dict[str, str] = {}
    codes = {district.code for district in districts(pack)}
    running = models.Pilot.objects.filter(state="running")
    touched = running.filter(service=plan.service)
    if plan.place not in codes:
        wrong["place"] = _("Choose a district.")
    elif running.filter(place=plan.place).exists():
        wrong["place"] = _("A pilot runs in this district, or waits for its decision.")
    if plan.comparison not in codes or plan.comparison == plan.place:
        wrong["comparison"] = _("Choose another district to compare with.")
    elif touched.filter(place=plan.comparison).exists() or touched.filter(comparison=plan.place).exists():
        wrong["comparison"] = _("One of the two districts is part of another pilot of this service.")
    if pack.indicators[pack.goals[plan.goal].indicator].log != MEASURED:
        wrong["goal"] = _("This goal is not measured on cases, so a pilot cannot be judged by it.")
    if plan.first < acting.today:
        wrong["first"] = _("A pilot begins today or later.")
    if not plan.first <= plan.last < date.max:
        wrong["last"] = _("The last day comes after the first.")
    if wrong:
        raise Invalid(_("Some answers need another look."), fields=wrong)


def _keep(acting: Acting, draft: Draft) -> models.PackVersion:
    top = draft.pack.manifest
    row, _created = models.PackVersion.objects.get_or_create(
        digest=draft.pack.digest,
        defaults={
            "layer": top.id,
            "version": top.version,
            "files": sources.zipped(dict(draft.files)),
            "installed_at": acting.now,
        },
    )
    return row


def _midnight(day: date, pack: Pack) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(pack.manifest.time_zone))


def _audit(acting: Acting, found: models.Pilot, action: str, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting, action=action, root=found.id, object_kind="pilot", object_id=found.id, detail=detail
    )
