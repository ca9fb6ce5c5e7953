"""What an answer changed: one plan against the plan before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.core.planning.model import Applies, Plan


@dataclass(frozen=True, slots=True)
class Changes:
    """Ids in the order of the plan they stand in."""

    added_services: tuple[str, ...]
    """They surely apply now and did not before."""
    dropped_services: tuple[str, ...]
    """They may or did apply before and do not now."""
    added_materials: tuple[str, ...]
    """Surely needed now, and not before."""
    dropped_materials: tuple[str, ...]
    """No longer in the plan."""
    days_change: int
    """Promised working days more (or fewer) than before."""

    @property
    def any(self) -> bool:
        return bool(
            self.added_services
            or self.dropped_services
            or self.added_materials
            or self.dropped_materials
            or self.days_change
        )


def changes(before: Plan, after: Plan) -> Changes:
    """What the page says after an answer: what it added, what it spared, and what that does to the end."""
    return Changes(
        added_services=_beyond(_sure_services(after), _sure_services(before)),
        dropped_services=_beyond((s.id for s in before.services), (s.id for s in after.services)),
        added_materials=_beyond(_sure_materials(after), _sure_materials(before)),
        dropped_materials=_beyond((m.id for m in before.materials), (m.id for m in after.materials)),
        days_change=after.promised_days - before.promised_days,
    )


def _sure_services(plan: Plan) -> Iterable[str]:
    return (s.id for s in plan.services if s.applies is Applies.YES)


def _sure_materials(plan: Plan) -> Iterable[str]:
    return (m.id for m in plan.materials if m.certain)


def _beyond(these: Iterable[str], those: Iterable[str]) -> tuple[str, ...]:
    known = set(those)
    return tuple(i for i in these if i not in known)
