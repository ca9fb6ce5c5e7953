"""Bracket tables: their ends and values are known when the statement is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tongban.core.rules import ir
from tongban.core.rules.states import Brackets
from tongban.core.rules.to_sql.columns import NUMERIC
from tongban.core.rules.to_sql.terms import NULL, Outcome, Term, choose, number

if TYPE_CHECKING:
    from tongban.core.rules.to_sql.emit import Emission


def bracket(emission: Emission, node: ir.Bracket) -> Outcome:
    table, operand = emission.parameters.get(node.table), emission.of(node.operand)
    if not isinstance(table, Brackets):
        missing = emission.never(
            node.type, emission.reasons.code(f"no value of '{node.table}' for this date")
        )
        return emission.strict(node, [operand, missing], lambda _: emission.nothing(node.type))
    if node.sliced:
        return emission.strict(node, [operand], lambda v: _slices(emission, node, v[0], table))
    return emission.strict(
        node,
        [operand],
        lambda v: _bracket(emission, node, v[0], table),
        beside=f"it lies below the first bracket of '{node.table}'",
        partial=True,
    )


def _bracket(emission: Emission, node: ir.Bracket, value: Term, table: Brackets) -> Term:
    value, lower = _ends(emission, node, value, table)
    values = [emission.literal(value, node.value) for value in table.values]
    if node.value.kind in NUMERIC:
        values = emission.numbers.alike(values)
    tests = [Term(f"{value.sql} >= {low.sql}", value.depth) for low in lower]
    return choose(list(zip(tests, values, strict=True))[::-1], None)


def _slices(emission: Emission, node: ir.Bracket, value: Term, table: Brackets) -> Term:
    """What is due in the brackets below the one at hand is a fixed sum."""
    value, lower = _ends(emission, node, value, table)
    numbers = emission.numbers
    rates = [emission.literal(rate, node.value) for rate in table.values]
    tests: list[Term] = []
    sums: list[Term] = []
    for index, (low, rate) in reversed(list(enumerate(zip(lower, rates, strict=True)))):
        due = number(0)
        for end, start, passed in zip(lower[1 : index + 1], lower, rates, strict=False):
            due = numbers.add(due, numbers.multiply(numbers.subtract(end, start), passed))
        inside = numbers.multiply(numbers.subtract(value, low), rate)
        tests.append(Term(f"{value.sql} > {low.sql}", value.depth))
        sums.append(numbers.add(due, inside) if due.constant else inside)
    *sums, zero = numbers.alike([*sums, number(0)])
    nothing = Term(f"{value.sql} IS NULL", value.depth)
    return choose([(nothing, NULL), *zip(tests, sums, strict=True)], *numbers.alike([zero]))


def _ends(emission: Emission, node: ir.Bracket, value: Term, table: Brackets) -> tuple[Term, list[Term]]:
    """The operand as an atom, and the lower ends scaled alike."""
    lower = [emission.literal(low, node.key) for low in table.lower]
    if node.key.kind in NUMERIC:
        scale = max(node.operand.type.scale, node.key.scale)
        value = emission.numbers.shift(value, scale - node.operand.type.scale)
        lower = [emission.numbers.shift(low, scale - node.key.scale) for low in lower]
    return emission.layers.hold(value, "operand"), lower
