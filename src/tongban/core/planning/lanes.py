"""The plan as lanes, one per authority, ready to be drawn. Days only, no geometry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Applies, Plan


@dataclass(frozen=True, slots=True)
class Bar:
    service: str
    applies: Applies
    starts: date
    due: date
    """By promise."""
    statutory: date | None
    """By law, if all before it take their full statutory term."""
    waits_for: tuple[str, ...]
    critical: bool
    """It decides when the whole is done."""


@dataclass(frozen=True, slots=True)
class Lane:
    authority: str
    bars: tuple[Bar, ...]


def lanes(plan: Plan, pack: Pack) -> tuple[Lane, ...]:
    """Authorities in the order in which their first service starts, each with its services in plan order."""
    found: dict[str, list[Bar]] = {}
    for planned in plan.services:
        bar = Bar(
            service=planned.id,
            applies=planned.applies,
            starts=planned.starts,
            due=planned.due_promised.day,
            statutory=planned.due_statutory.day if planned.due_statutory else None,
            waits_for=planned.waits_for,
            critical=planned.id in plan.critical_path,
        )
        found.setdefault(pack.services[planned.id].authority, []).append(bar)
    made = (Lane(authority, tuple(bars)) for authority, bars in found.items())
    return tuple(sorted(made, key=lambda lane: min(bar.starts for bar in lane.bars)))
