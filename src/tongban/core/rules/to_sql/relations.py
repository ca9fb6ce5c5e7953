"""Aggregates over the members of a relation.

    children AS (SELECT c.parent AS key, c.born AS born, ..., s.today AS today FROM children c JOIN subjects s ...),
    children_total AS (SELECT key, COUNT(...) AS count_1 FROM children GROUP BY key)

and the subjects are joined with the totals. Where the relation itself may be unknown, the result is what `evaluate`
gives for a member of whom nothing is known, worked out over the subjects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.ir import Aggregation
from tongban.core.rules.to_sql.choices import junction_codes
from tongban.core.rules.to_sql.columns import NUMERIC, Setting
from tongban.core.rules.to_sql.emit import Emission
from tongban.core.rules.to_sql.layers import Layers, Names, Select
from tongban.core.rules.to_sql.source import RelationRef
from tongban.core.rules.to_sql.terms import (
    ABSENT,
    ALWAYS_KNOWN,
    FALSE,
    KNOWN,
    NULL,
    OPEN,
    OPENS,
    PARTIAL,
    TRUE,
    UNDEFINED,
    Codes,
    Outcome,
    Term,
    both,
    choose,
    either,
    negated,
    number,
)

_MEMBERS: Final = 10**6
"""So many members a subject may have, for the width of sums. With more, an engine may refuse, but never wraps."""
_ANYONE: Final = Outcome(TRUE, ALWAYS_KNOWN)
_ONE: Final = Outcome(number(1), ALWAYS_KNOWN)
_LEAST_OR_GREATEST: Final = (Aggregation.MIN, Aggregation.MAX)


@dataclass(frozen=True, slots=True)
class Total:
    """A column of totals, before the subjects without members are added."""

    value: str
    status: str | None
    codes: Codes
    low: int
    high: int
    wide: bool


class Members:
    """The members of one relation, and what is gathered of them."""

    def __init__(self, setting: Setting, relation: RelationRef, tables: Names, name: str, alias: str) -> None:
        self.alias = alias
        """Of the totals, where the subjects are read."""
        self._setting, self._relation = setting, relation
        self._names, self._name = tables, name
        self._layers = Layers(setting.dialect, tables, f"{name}_members", f"{name}_step")
        self._with_subjects = False
        key = f"c.{setting.dialect.identifier(relation.foreign_key)}"
        self._key = self._layers.read(key, "key")
        self._order: Term | None = None
        self._emission = Emission(setting, self._layers, self)
        self._columns = Names("key")
        self._totals: list[str] = []

    # -- what the filters and operands read ----------------------------------------------------------------

    def fact(self, node: ir.Fact) -> Outcome:
        column = self._setting.source.columns.get(node.name)
        self._with_subjects = self._with_subjects or column is not None
        return self._setting.column(self._layers, "s", column, node.name, node.type)

    def member(self, node: ir.Member) -> Outcome:
        column = self._relation.columns.get(node.name)
        return self._setting.column(self._layers, "c", column, f"{node.relation}.{node.name}", node.type)

    def aggregate(self, node: ir.Aggregate) -> Outcome:
        raise AssertionError("aggregates do not stand in aggregates")

    # -- totals --------------------------------------------------------------------------------------------

    def total(self, node: ir.Aggregate) -> Total:
        """A new total. Raises TooWide, and TooManyDigits for the sum itself."""
        emission, hold = self._emission, self._layers.hold
        where = emission.held(emission.of(node.where)) if node.where else _ANYONE
        operand = emission.held(emission.of(node.operand)) if node.operand else _ONE
        value, codes = self._value(node, where, operand), _contribution_codes(where, operand)
        value = hold(value, node.function)
        status = None
        if max(codes) >= OPEN:
            status = hold(_contribution(node.function, where, operand), f"{node.function}_status")
        total, low, high, wide = self._gathered(node, value)
        column = self._add(total, node.function)
        if status is None:
            codes = frozenset({KNOWN, ABSENT} if node.function in _LEAST_OR_GREATEST else {KNOWN})
            return Total(column, None, codes, low, high, wide)
        found = self._status(node.function, value, status, codes)
        codes = _total_codes(node.function, codes)
        return Total(column, self._add(found.sql, f"{node.function}_status"), codes, low, high, wide)

    def tables(self) -> tuple[list[Select], str]:
        """The selects of the relation, and the join of its totals with the subjects `s`."""
        setting, quoted = self._setting, self._setting.dialect.identifier
        come_from = (f"FROM {setting.dialect.table(self._relation.table)} c",)
        if self._with_subjects:
            key = f"s.{quoted(setting.source.key)} = c.{quoted(self._relation.foreign_key)}"
            come_from += (f"JOIN {setting.dialect.table(setting.source.table)} s ON {key}",)
        found, key = self._layers.tables(come_from), self._key.sql
        name = quoted(self._names.new(f"{self._name}_total"))
        found.append(Select(name, (key, *self._totals), (f"FROM {found[-1].name}", f"GROUP BY {key}")))
        return found, f"LEFT JOIN {name} {self.alias} ON {self.alias}.{key} = s.{quoted(setting.source.key)}"

    def _add(self, expression: str, stem: str) -> str:
        name = self._setting.dialect.identifier(self._columns.new(stem, numbered=True))
        self._totals.append(f"{expression} AS {name}")
        return f"{self.alias}.{name}"

    def _value(self, node: ir.Aggregate, where: Outcome, operand: Outcome) -> Term:
        """What a member adds to the total, NULL for nothing."""
        if KNOWN not in where.codes or KNOWN not in operand.codes or where.value.constant is False:
            return self._emission.nothing(node.type)
        value = operand.value
        if node.type.kind in NUMERIC:
            (value,) = self._emission.numbers.alike([value])
        return choose([(where.value, value)], None)

    def _gathered(self, node: ir.Aggregate, value: Term) -> tuple[str, int, int, bool]:
        """The SQL of the total of all known values, its ends, and whether it is wide."""
        numbers = self._emission.numbers
        match node.function:
            case Aggregation.COUNT:
                return f"COUNT({value.sql})", 0, _MEMBERS, False
            case Aggregation.SUM:
                low, high = min(value.low, 0) * _MEMBERS, max(value.high, 0) * _MEMBERS
                if not numbers.is_wide(low, high) and not value.wide:
                    return f"CAST(SUM({value.sql}) AS BIGINT)", low, high, False
                return f"SUM({numbers.widened(value).sql})", low, high, True
            case _:
                return f"{node.function.upper()}({value.sql})", value.low, value.high, value.wide

    def _status(self, function: Aggregation, value: Term, status: Term, codes: Codes) -> Term:
        """The code of the total, over a group."""

        def some(among: Callable[[int], bool]) -> Term:
            wanted = frozenset(code for code in codes if among(code))
            test = Outcome(value, codes | {KNOWN, ABSENT}, status).among(wanted)
            return FALSE if test == FALSE else Term(f"BOOL_OR({test.sql})")

        open_ = some(lambda code: code in OPENS)
        if function in (Aggregation.BOOL_OR, Aggregation.BOOL_AND):
            decided = (
                f"BOOL_OR({value.sql})" if function is Aggregation.BOOL_OR else f"NOT BOOL_AND({value.sql})"
            )
            return choose(
                [
                    (Term(decided), number(KNOWN)),
                    (both([open_, some(lambda code: code >= PARTIAL)]), number(PARTIAL)),
                    (open_, number(OPEN)),
                    (some(lambda code: code >= UNDEFINED), self._first(status, UNDEFINED, codes)),
                ],
                number(KNOWN),
            )
        none = Term(f"COUNT({value.sql}) = 0") if function in _LEAST_OR_GREATEST else FALSE
        return choose(
            [
                (some(lambda code: code >= PARTIAL), self._first(status, PARTIAL, codes)),
                (open_, number(OPEN)),
                (none, number(ABSENT)),
            ],
            number(KNOWN),
        )

    def _first(self, status: Term, least: int, codes: Codes) -> Term:
        """The first code from `least` on, in the order of the members."""
        possible = [code for code in codes if code >= least]
        if len(possible) <= 1:
            return number(min(possible, default=least))
        where = f"{status.sql} >= {least}"
        if self._relation.order is None:
            return Term(f"MIN({status.sql}) FILTER (WHERE {where})")
        if self._order is None:
            self._order = self._layers.read(
                f"c.{self._setting.dialect.identifier(self._relation.order)}", "order"
            )
        return Term(self._setting.dialect.first(status.sql, self._order.sql, where))


class Nobody:
    """Reads a member of whom nothing is known, beside the facts of a subject."""

    def __init__(self, setting: Setting, layers: Layers, subjects: Emission) -> None:
        self._setting, self._subjects = setting, subjects
        self._emission = Emission(setting, layers, self)

    def fact(self, node: ir.Fact) -> Outcome:
        return self._subjects.of(node)

    def member(self, node: ir.Member) -> Outcome:
        return self._setting.column(self._emission.layers, "", None, node.name, node.type)

    def aggregate(self, node: ir.Aggregate) -> Outcome:
        raise AssertionError("aggregates do not stand in aggregates")

    def total(self, node: ir.Aggregate) -> Outcome:
        """The aggregate where the relation is unknown: open, unless no member could count."""
        emission = self._emission
        where = emission.held(emission.of(node.where)) if node.where else _ANYONE
        operand = emission.held(emission.of(node.operand)) if node.operand else _ONE
        out = either([both([where.among({KNOWN}), negated(where.value)]), where.among({ABSENT})])
        quiet = _quiet(node.function, operand)
        empty, value = _of_none(node, emission)
        status = choose(
            [
                (out, number(empty)),
                (where.among(where.severe), number(PARTIAL)),
                (quiet, number(empty)),
                (operand.among(operand.severe), number(PARTIAL)),
            ],
            number(OPEN),
        )
        if isinstance(status.constant, int):
            if status.constant == KNOWN:
                return Outcome(value, ALWAYS_KNOWN)
            return emission.never(node.type, status.constant)
        status = emission.layers.hold(status, "nobody_status")
        if node.type.kind in NUMERIC:
            (value,) = emission.numbers.alike([value])
        known = choose([(Term(f"{status.sql} = {KNOWN}", status.depth), value)], None)
        return Outcome(known if empty == KNOWN else value, frozenset({empty, OPEN, PARTIAL}), status)


def gathered(
    node: ir.Aggregate, emission: Emission, total: Total, blank: Outcome | None, known: Term | None
) -> Outcome:
    """The aggregate of a subject: the total, what it is over nobody, or `blank` where the members are not known."""
    layers = emission.layers
    empty, default = _of_none(node, emission)
    if total.status is None:
        value = total.value if empty == ABSENT else f"COALESCE({total.value}, {default.sql})"
        status = None
    else:
        status = layers.read(f"COALESCE({total.status}, {empty})", f"{node.function}_status")
        value = total.value if empty == ABSENT else f"COALESCE({total.value}, {default.sql})"
        value = f"CASE WHEN COALESCE({total.status}, {empty}) = {KNOWN} THEN {value} END"
    term = replace(layers.read(value, node.function), low=total.low, high=total.high, wide=total.wide)
    several = len(total.codes - {KNOWN}) > 1
    found = Outcome(term, total.codes, status if several else None)
    if blank is None or known is None:
        return found
    codes = found.codes | blank.codes
    value_term = choose([(known, found.value)], blank.value)
    value_term = replace(value_term, low=min(term.low, 0), high=max(term.high, 0), wide=term.wide)
    return emission.outcome(
        value_term,
        codes,
        lambda _: choose([(known, found.code(found.codes))], blank.code(blank.codes)),
        node.function,
    )


def _of_none(node: ir.Aggregate, emission: Emission) -> tuple[int, Term]:
    """The code and value of an aggregate over no members."""
    match node.function:
        case Aggregation.MIN | Aggregation.MAX:
            return ABSENT, emission.nothing(node.type)
        case Aggregation.BOOL_OR:
            return KNOWN, FALSE
        case Aggregation.BOOL_AND:
            return KNOWN, TRUE
        case Aggregation.COUNT | Aggregation.SUM:
            return KNOWN, number(0)


# -- what one member adds: ABSENT stands for nothing -------------------------------------------------------


def _contribution_codes(where: Outcome, operand: Outcome) -> Codes:
    codes = {ABSENT} | where.undefined
    if KNOWN in where.codes:
        codes |= operand.codes
    if where.codes & OPENS:
        codes |= {OPEN, PARTIAL} if where.severe or operand.severe else {OPEN}
    return frozenset(codes)


def _contribution(function: Aggregation, where: Outcome, operand: Outcome) -> Term:
    quiet = _quiet(function, operand)
    return choose(
        [
            (where.value if KNOWN in where.codes else FALSE, operand.code(operand.codes)),
            (where.among(where.undefined), where.code(where.undefined) if where.undefined else NULL),
            (where.among({KNOWN, ABSENT}), number(ABSENT)),
            (both([quiet, negated(where.among({PARTIAL}))]), number(ABSENT)),
            (either([where.among({PARTIAL}), operand.among(operand.severe)]), number(PARTIAL)),
        ],
        number(OPEN),
    )


def _quiet(function: Aggregation, operand: Outcome) -> Term:
    """Whether the operand changes nothing, let through or not."""
    idle = FALSE
    if KNOWN in operand.codes:
        match function:
            case Aggregation.SUM:
                constant = operand.value.constant
                idle = Term(f"{operand.value.sql} = 0", operand.value.depth)
                if isinstance(constant, int):
                    idle = FALSE if constant else TRUE
            case Aggregation.BOOL_OR:
                idle = negated(operand.value)
            case Aggregation.BOOL_AND:
                idle = operand.value
            case _:
                pass
    return either([operand.among({ABSENT}), idle])


def _total_codes(function: Aggregation, codes: Codes) -> Codes:
    if function in (Aggregation.BOOL_OR, Aggregation.BOOL_AND):
        return junction_codes([Outcome(NULL, codes)]) - {ABSENT} | {KNOWN}
    codes = codes - {ABSENT} | {KNOWN}
    return codes | {ABSENT} if function in _LEAST_OR_GREATEST else codes
