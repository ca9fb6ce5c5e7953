"""Compare, Between and In, and the two parts of a ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tongban.core.rules import ir
from tongban.core.rules.to_sql.terms import (
    ABSENT,
    ALWAYS_KNOWN,
    FALSE,
    KNOWN,
    NULL,
    OPEN,
    OPENS,
    PARTIAL,
    Codes,
    Outcome,
    Term,
    choose,
    deepest,
    either,
    number,
)

if TYPE_CHECKING:
    from tongban.core.rules.to_sql.emit import Emission


def compare(emission: Emission, node: ir.Compare) -> Outcome:
    left, right = node.left, node.right
    if isinstance(left, ir.Quotient) or isinstance(right, ir.Quotient):
        return _compare_ratios(emission, node)
    scale = max(left.type.scale, right.type.scale)
    parts = [emission.scaled(left, scale), emission.scaled(right, scale)]
    return emission.strict(node, parts, lambda v: _compared(node.operator, v[0], v[1]))


def between(emission: Emission, node: ir.Between) -> Outcome:
    """In SQL, 5 BETWEEN NULL AND 4 is false; here it is absent."""
    nodes = (node.operand, node.low, node.high)
    scale = max(part.type.scale for part in nodes)
    parts = [emission.scaled(part, scale) for part in nodes]
    word = "NOT BETWEEN" if node.negated else "BETWEEN"

    def inside(values: list[Term]) -> Term:
        operand, low, high = (value.within for value in values)
        return Term(f"{operand} {word} {low} AND {high}", deepest(values))

    ends_known = all(part.codes == ALWAYS_KNOWN for part in parts[1:])
    return emission.strict(node, parts, inside, guarded=not ends_known)


def membership(emission: Emission, node: ir.In) -> Outcome:
    scale = max(part.type.scale for part in (node.operand, *node.items))
    items = ", ".join(emission.scaled(item, scale).value.sql for item in node.items)
    word = "NOT IN" if node.negated else "IN"
    operand = emission.scaled(node.operand, scale)
    return emission.strict(node, [operand], lambda v: Term(f"{v[0].within} {word} ({items})", v[0].depth))


def _compared(operator: str, left: Term, right: Term) -> Term:
    return Term(f"{left.within} {operator} {right.within}", deepest((left, right)))


# -- ratios ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """A number as an exact fraction of whole ones: above / below x 10 to the power of `exponent`."""

    outcome: Outcome
    above: Term
    below: Term
    """An atom."""
    exponent: int

    def parts(self, emission: Emission, digits: int) -> tuple[Term, Term]:
        """Numerator and denominator of the number times ten to the power of `digits`."""
        power = self.exponent + digits
        above = emission.numbers.shift(self.above, max(power, 0))
        return above, emission.layers.hold(emission.numbers.shift(self.below, max(-power, 0)), "below")


def ratio(emission: Emission, node: ir.Node) -> Ratio:
    """The parts of a quotient; any other number is over 1."""
    if not isinstance(node, ir.Quotient):
        found = emission.of(node)
        return Ratio(found, found.value, number(1), -node.type.scale)
    above, below = emission.held(emission.of(node.numerator)), emission.held(emission.of(node.denominator))
    exponent = node.denominator.type.scale - node.numerator.type.scale
    return Ratio(_quotient(emission, above, below), above.value, below.value, exponent)


def _compare_ratios(emission: Emission, node: ir.Compare) -> Outcome:
    """a / b >= c is a >= c x b where b is above 0, and c x b >= a where it is below."""
    left, right = ratio(emission, node.left), ratio(emission, node.right)
    if KNOWN not in left.outcome.codes or KNOWN not in right.outcome.codes:
        return emission.strict(node, [left.outcome, right.outcome], lambda _: emission.nothing(node.type))
    numbers, hold, least = emission.numbers, emission.layers.hold, min(left.exponent, right.exponent)
    one = numbers.multiply(numbers.shift(left.above, left.exponent - least), right.below)
    other = numbers.multiply(numbers.shift(right.above, right.exponent - least), left.below)
    one, other = hold(one, "product"), hold(other, "product")
    plain, turned = _compared(node.operator, one, other), _compared(node.operator, other, one)
    ends = (left.below, right.below)
    if sum(isinstance(end.constant, int) and end.constant < 0 for end in ends) == 1:
        plain, turned = turned, plain
    varying = [end for end in ends if end.constant is None]
    if node.operator in ("=", "<>"):
        turned = plain
    match varying:
        case []:
            value = plain
        case [end]:
            positive, negative = (Term(f"{end.sql} {sign} 0", end.depth) for sign in "><")
            value = choose([(positive, plain), (negative, turned)], None)
        case _:
            alike = Term(f"({ends[0].sql} > 0) = ({ends[1].sql} > 0)", deepest(ends))
            zero = either(Term(f"{end.sql} = 0", end.depth) for end in ends)
            value = choose([(zero, emission.nothing(node.type)), (alike, plain)], turned)
    return emission.strict(node, [left.outcome, right.outcome], lambda _: value)


def _quotient(emission: Emission, above: Outcome, below: Outcome) -> Outcome:
    """What is known of a ratio: see `evaluate`. Zero is undefined whatever stands above it."""
    divided = emission.reasons.code("division by zero")
    zero = FALSE
    if KNOWN in below.codes:
        constant = below.value.constant
        zero = Term(f"{below.value.sql} = 0", below.value.depth)
        if isinstance(constant, int):
            zero = FALSE if constant else below.among({KNOWN})
    branches = [
        (above.among(above.severe), above, above.severe),
        (below.among(below.undefined), below, below.undefined),
        (zero, None, frozenset({divided})),
        (below.among({ABSENT}), None, frozenset({ABSENT})),
        (below.among(OPENS), None, frozenset({PARTIAL})),
        (above.among({ABSENT, OPEN}), above, above.codes & {ABSENT, OPEN}),
    ]
    codes: Codes = frozenset()
    chosen: list[tuple[Term, Term]] = []
    for test, part, found in branches:
        if test != FALSE:
            chosen.append((test, part.code(found) if part else number(min(found))))
            codes |= found
        if test.constant is True:
            break
    else:
        codes |= {KNOWN}
    missing = either(test for test, _ in chosen)
    if len(codes - {KNOWN}) <= 1:
        return Outcome(NULL, codes, missing=missing)
    status = emission.layers.hold(choose(chosen, number(KNOWN)), "quotient_status")
    return Outcome(NULL, codes, status, missing)
