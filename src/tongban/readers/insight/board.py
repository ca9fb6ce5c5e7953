"""The numbers of a place as pages show them: each log read once, each indicator counted once."""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property

from tongban.core.packs.model_data import Goal, Indicator
from tongban.core.packs.pack import Pack
from tongban.readers.insight import compute, logs, periods
from tongban.readers.insight.compute import Cell, Counting, Result, Row
from tongban.readers.insight.periods import Span


class Board:
    """Everything since the first of twelve months, for one instant."""

    def __init__(self, pack: Pack, now: datetime, today: date) -> None:
        self.pack, self.now, self.today = pack, now, today
        self._rows: dict[str, list[Row]] = {}
        self._counted: dict[str, Counting] = {}

    @cached_property
    def months(self) -> tuple[Span, ...]:
        return periods.months(self.today)

    def counting(self, indicator: Indicator, span: Span) -> Counting:
        """What counts in a period."""
        day = logs.day_fact(self.pack, indicator)
        return compute.chosen(self._counting(indicator), lambda row: span.holds(row[day]))

    def result(self, indicator: Indicator, span: Span) -> Result:
        return compute.result(indicator, self.counting(indicator, span))

    def trend(self, indicator: Indicator) -> list[tuple[Span, Result]]:
        return [(month, self.result(indicator, month)) for month in self.months]

    def breakdown(self, indicator: Indicator, span: Span, by: str) -> list[Cell]:
        return compute.breakdown(indicator, self.counting(indicator, span), by)

    def goals(self) -> list[tuple[Goal, Indicator, Result]]:
        """What was set as a goal, and how far it is over the last twelve months."""
        whole = periods.year(self.months)
        found = [(goal, self.pack.indicators[goal.indicator]) for goal in self.pack.goals.values()]
        return [(goal, indicator, self.result(indicator, whole)) for goal, indicator in found]

    def _counting(self, indicator: Indicator) -> Counting:
        if indicator.id not in self._counted:
            rules = self.pack.indicator(indicator.id)
            self._counted[indicator.id] = compute.count(rules, self._log(indicator.log))
        return self._counted[indicator.id]

    def _log(self, log: str) -> list[Row]:
        if log not in self._rows:
            since, place = self.months[0].days.start, self.pack.manifest.jurisdiction
            self._rows[log] = logs.rows(log, now=self.now, place=place, since=since)
        return self._rows[log]


def reached(goal: Goal, indicator: Indicator, result: Result) -> bool | None:
    """None while there is no number."""
    if result.value is None:
        return None
    share = result.value * 100
    return share >= goal.target_percent if indicator.better == "higher" else share <= goal.target_percent
