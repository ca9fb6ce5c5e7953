"""Calendars that contradict the week or themselves."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Problem

_SATURDAY = 5


def calendars(content: Content) -> Iterator[Problem]:
    """Days that need no mention, days past the known end, and a missing default among several calendars."""
    known = content.known("calendars")
    if len(known) > 1 and "default" not in known:
        merged = next(iter(known.values()))
        message = "the pack has several calendars and none is called default"
        yield merged.problem("no-default", message, "call the usual one default", path=("id",))
    if not known and content.known("services"):
        message = "there is no calendar, and services count their terms by one"
        hint = "add calendars/default.yaml with known_until, rest_days and working_days"
        yield Problem(content.top.position(), "no-calendar", message, hint)
    for merged, calendar in content.entries("calendars", model.Calendar):
        yield from _days(merged, calendar)


def _days(merged: Merged, calendar: model.Calendar) -> Iterator[Problem]:
    for name in ("rest_days", "working_days"):
        for index, day in enumerate(getattr(calendar, name)):
            weekend = day.weekday() >= _SATURDAY
            kind = f"{day} is a {day:%A}"
            path = (name, index)
            if name == "rest_days" and weekend:
                yield merged.problem("calendar-day", f"{kind}, which rests anyway", "take it out", path=path)
            if name == "working_days" and not weekend:
                yield merged.problem(
                    "calendar-day", f"{kind}, which is worked anyway", "take it out", path=path
                )
            if day > calendar.known_until:
                message = f"{day} lies after the last day that the calendar knows, {calendar.known_until}"
                yield merged.problem(
                    "calendar-day", message, "move known_until, or take the day out", path=path
                )
