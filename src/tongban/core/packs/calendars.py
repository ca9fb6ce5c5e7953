"""The working calendar of a pack."""

from __future__ import annotations

from tongban.core.packs.pack import Pack
from tongban.core.values.calendar import WorkCalendar


def work_calendar(pack: Pack, calendar_id: str | None = None) -> WorkCalendar:
    """The named calendar; without a name the only one, or of several the one called `default`.

    Raises KeyError when the pack has no such calendar.
    """
    if calendar_id is None:
        calendar_id = next(iter(pack.calendars)) if len(pack.calendars) == 1 else "default"
    calendar = pack.calendars[calendar_id]
    return WorkCalendar(
        id=calendar.id,
        known_until=calendar.known_until,
        rest_days=frozenset(calendar.rest_days),
        working_days=frozenset(calendar.working_days),
    )
