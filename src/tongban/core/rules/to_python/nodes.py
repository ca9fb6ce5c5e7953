"""From the typed form to the text of a program: what each node is in Python."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from tongban.core.rules import exact, ir
from tongban.core.rules.ir import Aggregation, Function
from tongban.core.rules.to_python.parts import ONE, Part, aligned, constant, listed, product, scaled, times
from tongban.core.rules.to_python.source import Source
from tongban.core.rules.types import Kind, Type

_BOOLEAN: Final = Type(Kind.BOOLEAN)
_OPERATORS: Final = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TURNED: Final = {"=": "==", "<>": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
"""Between the same two numbers after both were multiplied by a negative one."""
_GATHERING: Final = {
    Aggregation.COUNT: "gather_sum",
    Aggregation.SUM: "gather_sum",
    Aggregation.MIN: "gather_min",
    Aggregation.MAX: "gather_max",
    Aggregation.BOOL_OR: "gather_or",
    Aggregation.BOOL_AND: "gather_and",
}
_MOST_BRANCHES: Final = 2
"""A CASE of more is left to the function."""


class Nodes:
    """Writes nodes into a source."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._done: dict[int, tuple[ir.Node, Part]] = {}

    def place(self, node: ir.Node) -> int:
        """Where its value is among those that the program computes."""
        return self._source.returned(self.of(node))

    def of(self, node: ir.Node) -> Part:
        """The part that a node has become."""
        known = self._done.get(id(node))
        if known:
            return known[1]
        part = self._of(node)
        if not part.inside:  # the variables of a loop are those of this loop only
            self._done[id(node)] = node, part
        return part

    def _of(self, node: ir.Node) -> Part:
        source = self._source
        match node:
            case ir.Literal():
                return self._literal(node)
            case ir.Fact():
                return source.fact(node.name, node.type)
            case ir.Compare():
                return self._compare(node)
            case ir.Parameter():
                return source.parameter(node.name, node.type)
            case ir.In():
                return self._in(node)
            case ir.And():
                return self._junction(node.operands, "False", "both")
            case ir.Or():
                return self._junction(node.operands, "True", "either")
            case ir.Call():
                return self._call(node)
            case ir.Arithmetic():
                return self._arithmetic(node)
            case ir.Round():
                return self._round(node)
            case ir.Not():
                part = self.of(node.operand)
                return source.strict(f"not {part.text}", [part], node.type)
            case ir.Between():
                parts = [self.of(child) for child in ir.children(node)]
                value, low, high = aligned(parts)
                inside = f"{low} <= {value} <= {high}"
                return source.strict(f"not {inside}" if node.negated else inside, parts, node.type)
            case ir.Negate():
                part = self.of(node.operand)
                return source.strict(f"-{part.text}", [part], node.type, part.scale)
            case ir.IsNull():
                return self._is_null(node)
            case ir.Coalesce():
                return self._coalesce(node)
            case ir.Case():
                return self._case(node)
            case ir.Bracket():
                return self._bracket(node)
            case ir.Member():
                return source.member(node.relation, node.name, node.type)
            case ir.Aggregate():
                return self._aggregate(node)
            case ir.Quotient():
                raise TypeError("a quotient stands only under Compare, Round, FLOOR and CEIL")

    def _literal(self, node: ir.Literal) -> Part:
        match node.value:
            case bool():
                return Part(str(node.value))
            case int():
                return constant(node.value * 10**node.type.scale, node.type.scale)
            case Decimal():
                scale = node.type.scale
                return constant(int(exact.to_fraction(node.value) * 10**scale), scale)
            case date():
                return self._source.day(node.value)
            case str():
                return Part(ascii(node.value))

    # -- conditions ----------------------------------------------------------------------------------------

    def _junction(self, operands: Iterable[ir.Node], decisive: str, helper: str) -> Part:
        parts = list({part.text: part for part in map(self.of, operands)}.values())
        if len(parts) == 1:
            return parts[0]
        decided = " or ".join([f"{part.text} is {decisive}" for part in parts])
        return self._source.variable(
            f"{decisive} if {decided} else {helper}({listed(parts)})", parts, _BOOLEAN
        )

    def _compare(self, node: ir.Compare) -> Part:
        if isinstance(node.left, ir.Quotient) or isinstance(node.right, ir.Quotient):
            return self._compare_ratios(node)
        parts = [self.of(node.left), self.of(node.right)]
        left, right = aligned(parts)
        return self._source.strict(f"{left} {_OPERATORS[node.operator]} {right}", parts, node.type)

    def _compare_ratios(self, node: ir.Compare) -> Part:
        """Both sides are multiplied by both denominators, and turned around if just one of those is negative."""
        sides = [self._ratio(node.left), self._ratio(node.right)]
        (above, below), (above2, below2) = sides
        shift = (below.scale - above.scale) - (below2.scale - above2.scale)
        left = product(above, below2, 10 ** max(shift, 0))
        right = product(above2, below, 10 ** max(-shift, 0))
        straight = f"{left} {_OPERATORS[node.operator]} {right}"
        turned = f"{left} {_TURNED[node.operator]} {right}"
        negative = [below.number < 0 for _, below in sides if below.number is not None]
        if sum(negative) % 2:
            straight, turned = turned, straight
        match [below.text for _, below in sides if below.number is None]:
            case [only] if straight != turned:
                straight = f"({straight} if {only} > 0 else {turned})"
            case [one, other] if straight != turned:
                straight = f"({straight} if ({one} > 0) is ({other} > 0) else {turned})"
            case _:
                pass
        return self._source.divided(straight, sides, node.type)

    def _ratio(self, node: ir.Node) -> tuple[Part, Part]:
        """Numerator and denominator; the denominator of what is no quotient is 1."""
        if isinstance(node, ir.Quotient):
            return self.of(node.numerator), self.of(node.denominator)
        return self.of(node), ONE

    def _in(self, node: ir.In) -> Part:
        parts = [self.of(child) for child in ir.children(node)]
        text, *items = aligned(parts)
        items = sorted(set(items))
        if len(items) == 1:
            fast = f"{text} {'!=' if node.negated else '=='} {items[0]}"
        else:
            some = ", ".join(items)
            some = f"({some})" if node.items[0].type.kind is Kind.DATE else f"{{{some}}}"
            fast = f"{text} {'not in' if node.negated else 'in'} {some}"
        return self._source.strict(fast, parts[:1], node.type)

    def _is_null(self, node: ir.IsNull) -> Part:
        part = self.of(node.operand)
        absent, present = ("False", "True") if node.negated else ("True", "False")
        if not part.test:
            return Part(present)
        expression = f"{absent} if {part.text} is None else {present} if {part.test} else {part.text}"
        return self._source.variable(expression, [part], node.type)

    # -- numbers -------------------------------------------------------------------------------------------

    def _arithmetic(self, node: ir.Arithmetic) -> Part:
        parts = [self.of(node.left), self.of(node.right)]
        if node.operator == "*":
            fast, scale = product(parts[0], parts[1]), parts[0].scale + parts[1].scale
        else:
            fast, scale = f" {node.operator} ".join(aligned(parts)), max(parts[0].scale, parts[1].scale)
        return self._source.strict(fast, parts, node.type, scale)

    def _round(self, node: ir.Round) -> Part:
        digits = node.digits - 2 if node.type.kind is Kind.MONEY else node.digits
        back = 10**-digits if digits < 0 else 1  # whole yuan are given in fen
        scale = max(digits, 0)
        above, below = self._ratio(node.operand)
        if below is ONE and above.scale <= digits:
            return above
        if below is ONE:
            fast = f"half_away({above.text}, {10 ** (above.scale - digits)})"
            return self._source.strict(times(fast, back), [above], node.type, scale)
        shift = digits + below.scale - above.scale
        over = product(above, factor=10 ** max(shift, 0))
        under = product(below, factor=10 ** max(-shift, 0))
        fast = times(f"half_away_ratio({over}, {under})", back)
        return self._source.divided(fast, [(above, below)], node.type, scale)

    def _floor(self, node: ir.Call) -> Part:
        above, below = self._ratio(node.arguments[0])
        if below is ONE and not above.scale:
            return above
        shift = below.scale - above.scale
        over = product(above, factor=10 ** max(shift, 0))
        under = product(below, factor=10 ** max(-shift, 0))
        under = f"({under})" if " " in under else under
        fast = f"{over} // {under}" if node.function is Function.FLOOR else f"-(-{over} // {under})"
        if below is ONE:
            return self._source.strict(fast, [above], node.type)
        return self._source.divided(fast, [(above, below)], node.type)

    def _call(self, node: ir.Call) -> Part:
        if node.function in (Function.FLOOR, Function.CEIL):
            return self._floor(node)
        parts = [self.of(argument) for argument in node.arguments]
        match node.function:
            case Function.LEAST | Function.GREATEST:
                scale = max([part.scale for part in parts])
                return self._source.strict(_extreme(node.function, aligned(parts)), parts, node.type, scale)
            case Function.ABS:
                return self._source.strict(f"abs({parts[0].text})", parts, node.type, parts[0].scale)
            case function:
                partial = function is Function.ADD_MONTHS
                fast = f"{function.value}({listed(parts)})"
                return self._source.strict(fast, parts, node.type, partial=partial)

    def _bracket(self, node: ir.Bracket) -> Part:
        part = self.of(node.operand)
        scale = max(part.scale, node.key.scale)
        table = self._source.table(node.table, node.key, node.value, scale)
        fast = f"{'slices' if node.sliced else 'bracket'}({scaled(part, scale)}, {table.text})"
        if node.sliced:
            return self._source.strict(fast, [part, table], node.type, scale + node.value.scale)
        return self._source.strict(fast, [part, table], node.type, node.value.scale, partial=True)

    # -- choices -------------------------------------------------------------------------------------------

    def _coalesce(self, node: ir.Coalesce) -> Part:
        parts = self._source.same_scale([self.of(operand) for operand in node.operands])
        first, second = parts[0], parts[-1]
        if not first.test:
            return first
        expression = f"coalesce({listed(parts)})"
        if len(parts) == 2:
            rest = first.text if not second.test else f"{first.text} if {first.test} else {expression}"
            expression = f"{second.text} if {first.text} is None else {rest}"
        return self._source.variable(expression, parts, node.type, first.scale)

    def _case(self, node: ir.Case) -> Part:
        tests = [self.of(when) for when, _ in node.branches]
        values = [self.of(value) for value in (*(then for _, then in node.branches), node.otherwise)]
        *values, otherwise = self._source.same_scale(values)
        branches = list(zip(tests, values, strict=True))
        parts = [otherwise, *(part for branch in branches for part in branch)]
        whole = f"case({listed(parts)})"
        expression = whole
        if len(branches) <= _MOST_BRANCHES:
            expression = otherwise.text
            for test, value in reversed(branches):
                passed = f"({expression})" if " " in expression else expression
                expression = (
                    f"{value.text} if {test.text} is True else {passed} if {test.text} is False else {whole}"
                )
        return self._source.variable(expression, parts, node.type, otherwise.scale)

    # -- relations -----------------------------------------------------------------------------------------

    def _aggregate(self, node: ir.Aggregate) -> Part:
        def write() -> tuple[Part, Part]:
            where = self.of(node.where) if node.where else Part("True")
            return where, self.of(node.operand) if node.operand else ONE

        return self._source.gathered(_GATHERING[node.function], node.relation, write, node.type)


def _extreme(function: Function, texts: list[str]) -> str:
    texts = list(dict.fromkeys(texts))
    if len(texts) == 1:
        return texts[0]
    if len(texts) == 2:
        order = "<=" if function is Function.LEAST else ">="
        return f"({texts[0]} if {texts[0]} {order} {texts[1]} else {texts[1]})"
    return f"{'min' if function is Function.LEAST else 'max'}({', '.join(texts)})"
