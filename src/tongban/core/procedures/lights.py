"""The lights of electronic supervision (电子监察). Thresholds are local, so they are an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.core.procedures.model import Light
from tongban.core.values.calendar import DueDate


@dataclass(frozen=True, slots=True)
class Lights:
    """When a clock that is not yet late turns yellow: either threshold is enough."""

    yellow_days_left: int = 1
    """Working days left, inclusive."""
    yellow_percent_used: int = 80
    """Percent of the promised term used, inclusive."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a term has gone by, in working days without pauses."""

    left: int
    """To the last day; negative when past."""
    gone: int
    whole: int

    @property
    def used(self) -> float:
        """Share of the term used: 0 at the start, 1 on the last day, more when late. Only ever shown."""
        return self.gone / max(self.whole, 1)


def colour(
    today: date, promised: DueDate, statutory: DueDate | None, progress: Progress, lights: Lights
) -> Light:
    """Black past the statutory day (unlawful), red past the promised day (a fault of service)."""
    if statutory is not None and today > statutory.day:
        return Light.BLACK
    if today > promised.day:
        return Light.RED
    nearly_used = progress.whole > 0 and progress.gone * 100 >= lights.yellow_percent_used * progress.whole
    if progress.left <= lights.yellow_days_left or nearly_used:
        return Light.YELLOW
    return Light.GREEN
