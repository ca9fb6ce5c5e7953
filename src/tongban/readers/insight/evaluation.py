"""A pilot judged by its cases: those of its service in the two districts, submitted before it began and since.

Cases belong to the time in which they were submitted, since the version then in force is theirs for good. Before is a
year; after is from the first day of the pilot to its end, or to today. Only what the indicator counts is compared, so
a case that is still open waits for its decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from tongban.core.packs.model_data import Goal, Indicator
from tongban.core.packs.pack import Pack
from tongban.readers.insight import compute, effects
from tongban.readers.insight.compute import Counted
from tongban.readers.insight.effects import Effect, Four
from tongban.work.cases import log

BEFORE: Final = timedelta(days=365)
Which = Literal["pilot-before", "pilot-after", "other-before", "other-after"]
CELLS: Final[tuple[Which, ...]] = ("pilot-before", "pilot-after", "other-before", "other-after")


@dataclass(frozen=True, slots=True)
class Evaluation:
    indicator: Indicator
    goal: Goal
    first: date
    until: date
    """Last day that counts as after."""
    cells: dict[Which, tuple[Counted, ...]]
    effect: Effect | None
    """None: too few cases."""
    under: tuple[Counted, ...]
    """Of the cases after, in the pilot's district, those handled under its version."""

    def mean(self, cell: Which) -> float | None:
        return effects.mean(_values(self.indicator, self.cells[cell]))

    @property
    def smallest(self) -> int:
        return min(len(found) for found in self.cells.values())

    @property
    def helped(self) -> bool | None:
        """Whether it changed the indicator for the better; None while that is not clear."""
        if self.effect is None or not self.effect.clear:
            return None
        return (self.effect.points > 0) == (self.indicator.better == "higher")


def evaluate(pilot: Any, base: Pack, now: datetime) -> Evaluation:
    """`pilot` from `directory.pilots`, `base` the pack it was laid over: it fixes goal and indicator for good."""
    indicator, goal = base.indicators[pilot.indicator], base.goals[pilot.goal]
    zone = ZoneInfo(base.manifest.time_zone)
    first = pilot.valid_from.astimezone(zone).date()
    until = min(now, pilot.valid_to - timedelta(microseconds=1)).astimezone(zone).date()
    rows = log.log_rows("cases", now=now, place=pilot.whole, service=pilot.service, since=first - BEFORE)
    sides = {pilot.place: "pilot", pilot.comparison: "other"}
    found: dict[Which, list[Counted]] = {cell: [] for cell in CELLS}
    kept = (row for row in rows if row["place"] in sides and first - BEFORE <= row["submitted_on"] <= until)
    for counted in compute.count(base.indicator(indicator.id), kept).counted:
        when = "after" if counted.row["submitted_on"] >= first else "before"
        if counted.denominator != 0:
            found[f"{sides[counted.row['place']]}-{when}"].append(counted)  # type: ignore[index]
    cells = {cell: tuple(counted) for cell, counted in found.items()}
    return Evaluation(
        indicator=indicator,
        goal=goal,
        first=first,
        until=until,
        cells=cells,
        effect=effects.effect(Four(*(_values(indicator, cells[cell]) for cell in CELLS))),
        under=tuple(counted for counted in cells["pilot-after"] if counted.row["pack"] == pilot.pack_id),
    )


def _values(indicator: Indicator, counted: tuple[Counted, ...]) -> list[float]:
    """Percent of each case."""
    values = (compute.own_value(indicator, one) for one in counted)
    return [float(value * 100) for value in values if value is not None]
