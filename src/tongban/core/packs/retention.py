"""When what was handed in for a case may be destroyed: pure arithmetic over the classes of a pack.

    closed 2026-03-02, ten years, counts_from next-year    due 2037-01-01
    closed 2026-03-02, ten years, counts_from closing      due 2036-03-02

A file may serve several cases: it is due when the last of them is, and never while one is open, permanent, or has no
class at all. What is not known is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tongban.core.packs.model_retention import RetentionClass
from tongban.core.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Due:
    """From `day` on a file may be destroyed, under the class that keeps it longest."""

    day: date
    under: RetentionClass


def class_of(pack: Pack, service: str) -> RetentionClass | None:
    """The class of a service; None where the pack names none: then nothing of it is destroyed."""
    declared = pack.services.get(service)
    of_kind: RetentionClass | None = None
    for one in pack.retention.values():
        if service in one.services:
            return one
        if declared is not None and declared.kind in one.kinds:
            of_kind = one
    return of_kind


def longer(one: RetentionClass | None, other: RetentionClass | None, closed: date) -> RetentionClass | None:
    """Of two classes, of which either may be missing, the one that keeps a case closed on that day longer."""
    if one is None or other is None:
        return one or other
    first, second = due(one, closed), due(other, closed)
    if first is None or (second is not None and first >= second):
        return one
    return other


def due(under: RetentionClass, closed: date) -> date | None:
    """First day on which a file of a case closed on that day may be destroyed; None: never."""
    if under.years is None:
        return None
    if under.counts_from == "next-year":
        return date(closed.year + 1 + under.years, 1, 1)
    try:
        return closed.replace(year=closed.year + under.years)
    except ValueError:  # closed on 29 February
        return date(closed.year + under.years, 3, 1)


def last_due(cases: Iterable[tuple[date | None, RetentionClass | None]]) -> Due | None:
    """Of all the cases a file serves, (closed on, class): when the last of them is due; None: it is kept."""
    latest: Due | None = None
    for closed, under in cases:
        day = due(under, closed) if closed is not None and under is not None else None
        if day is None or under is None:
            return None
        if latest is None or day > latest.day:
            latest = Due(day, under)
    return latest
