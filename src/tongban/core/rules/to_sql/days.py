"""Counting between dates. What engines offer differs at the ends of months, so it is built from EXTRACT.

The numbers are those of `core/rules/dates.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tongban.core.rules import ir
from tongban.core.rules.ir import Function
from tongban.core.rules.to_sql.terms import Outcome, Term, choose, deepest

if TYPE_CHECKING:
    from tongban.core.rules.to_sql.emit import Emission

FUNCTIONS: Final = frozenset(
    {Function.MONTHS_BETWEEN, Function.YEARS_BETWEEN, Function.DAYS_BETWEEN, Function.ADD_MONTHS}
)
_MONTHS: Final = 9999 * 12
_DAYS: Final = 3_652_058
"""From 1 January of the year 1 to 31 December 9999."""


def call(emission: Emission, node: ir.Call) -> Outcome:
    parts = [emission.of(part) for part in node.arguments]
    match node.function:
        case Function.DAYS_BETWEEN:
            return emission.strict(node, parts, lambda v: _days(emission, v[0], v[1]))
        case Function.MONTHS_BETWEEN:
            return emission.strict(node, parts, lambda v: _months(emission, v[0], v[1]))
        case Function.YEARS_BETWEEN:
            return emission.strict(node, parts, lambda v: _years(emission, v[0], v[1]))
        case _:
            return emission.strict(
                node,
                parts,
                lambda v: _add_months(emission, v[0], v[1]),
                beside="a date outside the years 1 to 9999",
                partial=True,
            )


def _days(emission: Emission, start: Term, end: Term) -> Term:
    sql = emission.dialect.days(start.within, end.within)
    return Term(sql, deepest((start, end)), low=-_DAYS, high=_DAYS)


def _months(emission: Emission, start: Term, end: Term) -> Term:
    """Months by the calendar, less one if the last is not full: its day is not reached, nor is its last day."""
    start, end = emission.layers.hold(start, "start"), emission.layers.hold(end, "end")
    calendar = emission.layers.hold(
        Term(f"{_index(end.sql)} - {_index(start.sql)}", deepest((start, end))), "calendar_months"
    )
    short = f"{_day(end.sql)} < {_day(start.sql)} AND {_day(f'{end.sql} + 1')} > 1"
    early = f"{_day(start.sql)} < {_day(end.sql)} AND {_day(f'{start.sql} + 1')} > 1"
    branches = [
        (f"{end.sql} >= {start.sql} AND {short}", f"{calendar.sql} - 1"),
        (f"{end.sql} < {start.sql} AND {early}", f"{calendar.sql} + 1"),
    ]
    depth = calendar.depth
    found = choose([(Term(test, depth), Term(then, depth)) for test, then in branches], calendar)
    return Term(found.sql, found.depth, low=-_MONTHS, high=_MONTHS)


def _years(emission: Emission, start: Term, end: Term) -> Term:
    months = emission.layers.hold(_months(emission, start, end), "months")
    dialect = emission.dialect
    before = f"-({dialect.divide(f'(-{months.sql})', '12', wide=False)})"
    found = choose(
        [(Term(f"{months.sql} < 0", months.depth), Term(before, months.depth))],
        Term(dialect.divide(months.sql, "12", wide=False), months.depth),
    )
    return Term(found.sql, found.depth, low=-9999, high=9999)


def _add_months(emission: Emission, start: Term, months: Term) -> Term:
    """Only where the result is in the years 1 to 9999."""
    start, months = emission.layers.hold(start, "start"), emission.layers.hold(months, "months")
    index = Term(f"{_index(start.sql)} - 1", start.depth, low=12, high=_MONTHS + 11)
    index = emission.numbers.add(index, months)
    inside = Term(f"{index.sql} BETWEEN 12 AND {_MONTHS + 11}", index.depth)
    found = Term(emission.dialect.add_months(start.sql, months.sql), deepest((start, months)))
    return choose([(inside, found)], None)


def _index(day: str) -> str:
    """Months since the year 0, counted from 1."""
    return f"CAST(EXTRACT(YEAR FROM {day}) * 12 + EXTRACT(MONTH FROM {day}) AS BIGINT)"


def _day(day: str) -> str:
    return f"EXTRACT(DAY FROM {day})"
