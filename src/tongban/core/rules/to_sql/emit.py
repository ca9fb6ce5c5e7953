"""One node of a rule after the other, as SQL.

Which outcomes a node has, and which goes before which, is what `evaluate` says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from tongban.core.rules import exact, ir
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.printing import print_node
from tongban.core.rules.states import Absent, Known, Undefined, Unknown, Value
from tongban.core.rules.to_sql import brackets, calculations, choices, comparisons, days
from tongban.core.rules.to_sql.columns import NUMERIC, Setting
from tongban.core.rules.to_sql.dialects import Dialect
from tongban.core.rules.to_sql.layers import Layers
from tongban.core.rules.to_sql.numbers import Numbers, TooManyDigits
from tongban.core.rules.to_sql.terms import (
    ABSENT,
    ALWAYS_KNOWN,
    FALSE,
    KNOWN,
    NULL,
    Codes,
    Outcome,
    Term,
    choose,
    either,
    number,
    strict_codes,
    strict_status,
)
from tongban.core.rules.types import Type
from tongban.core.values.text import Bilingual


class TooWide(ValueError):
    """A part of a rule has intermediate numbers that the engine cannot hold; the message says what to do."""

    def __init__(self, node: ir.Node, dialect: Dialect, problem: TooManyDigits) -> None:
        part, engine = print_node(node), dialect.engine.label
        part = part if len(part) <= 80 else part[:77] + "..."
        self.text = Bilingual(
            zh=f"第 {node.line} 行第 {node.column} 列：{part} 要用到 {problem.digits} 位的数，{engine} 最多算到 "
            f"{problem.most} 位。请为其中的事实声明取值范围，或先用 ROUND 取整其中一部分。",
            en=f"Line {node.line}, column {node.column}: {part} needs numbers of {problem.digits} digits, and "
            f"{engine} computes with at most {problem.most}. Declare the ranges of the facts in it, or round a "
            "part of it first with ROUND.",
        )
        super().__init__(self.text.en)
        self.line = node.line
        self.column = node.column


class Reader(Protocol):
    """Where the facts of a scope come from."""

    def fact(self, node: ir.Fact) -> Outcome: ...

    def member(self, node: ir.Member) -> Outcome: ...

    def aggregate(self, node: ir.Aggregate) -> Outcome: ...


class Emission:
    """The translation of nodes over one table: of subjects, or of the members of a relation."""

    def __init__(self, setting: Setting, layers: Layers, reader: Reader) -> None:
        self.dialect = setting.dialect
        self.layers = layers
        self.reasons = setting.reasons
        self.parameters = setting.parameters
        self.numbers = Numbers(setting.dialect, layers)
        self._reader = reader
        self._found: dict[ir.Node, Outcome] = {}

    def of(self, node: ir.Node) -> Outcome:
        """The node's outcome. Raises TooWide, and BadName for a text that the engine cannot hold."""
        found = self._found.get(node)
        if found is None:
            try:
                found = self._constant(node) or self._of(node)
            except TooManyDigits as problem:
                raise TooWide(node, self.dialect, problem) from None
            self._found[node] = found
        return found

    def scaled(self, node: ir.Node, scale: int) -> Outcome:
        """The same with so many digits after the point, at least as many as it has."""
        found = self.of(node)
        if node.type.kind not in NUMERIC or KNOWN not in found.codes:
            return found
        return replace(found, value=self.numbers.shift(found.value, scale - node.type.scale))

    # -- values and outcomes -------------------------------------------------------------------------------

    def literal(self, value: Value, type: Type) -> Term:
        """A value as the engine computes with it: a number scaled as its type says."""
        match value:
            case bool():
                return Term(str(value).upper(), atom=True, constant=value)
            case date():
                return Term(self.dialect.date(value), atom=True)
            case str():
                return Term(self.dialect.text(value), atom=True)
            case int() | Decimal():
                scaled = exact.plain(exact.to_fraction(value) * 10**type.scale)
                assert isinstance(scaled, int)
                self.numbers.is_wide(scaled, scaled)
                return number(scaled)

    def nothing(self, type: Type) -> Term:
        """NULL of the type."""
        return Term(self.dialect.null(type.kind), atom=True)

    def never(self, type: Type, code: int) -> Outcome:
        """An outcome without a value, the same for all."""
        return Outcome(self.nothing(type), frozenset({code}))

    def outcome(self, value: Term, codes: Codes, status: Callable[[Term], Term], stem: str) -> Outcome:
        """With a column for the code where there has to be one; `status` gives it for the value as an atom."""
        if len(codes - {KNOWN}) <= 1:
            return Outcome(value, codes)
        value = self.layers.hold(value, stem)
        return Outcome(value, codes, self.layers.hold(status(value), f"{stem}_status"))

    def held(self, outcome: Outcome) -> Outcome:
        """The same with an atom as value."""
        return replace(outcome, value=self.layers.hold(outcome.value, "value"))

    def strict(
        self,
        node: ir.Node,
        parts: Sequence[Outcome],
        operation: Callable[[list[Term]], Term],
        *,
        beside: str | None = None,
        partial: bool = False,
        guarded: bool = False,
    ) -> Outcome:
        """A strict operation: `operation` gives its value, from those of the parts.

        `beside` is the reason where it has no value although all parts are known; `partial` says that it can be
        undefined by itself; `guarded` that the engine does not give NULL by itself when a part is.
        """
        beside_code = self.reasons.code(beside) if beside else None
        codes = strict_codes(parts, beside=[beside_code] if beside_code else (), partial=partial)
        if guarded or len(codes - {KNOWN}) > 1:
            parts = [self.held(part) if len(part.codes) > 1 else part for part in parts]
        if KNOWN in codes:
            value = operation([part.value for part in parts])
            missing = either(part.among(part.codes - {KNOWN}) for part in parts) if guarded else FALSE
            value = choose([(missing, NULL)], value)
        else:
            value = self.nothing(node.type)
        stem = type(node).__name__.lower()
        return self.outcome(
            value, codes, lambda held: strict_status(held, codes, parts, beside_code, partial=partial), stem
        )

    # -- nodes ---------------------------------------------------------------------------------------------

    def _constant(self, node: ir.Node) -> Outcome | None:
        """What is the same for every subject is computed here and now."""
        if isinstance(node, ir.Quotient) or any(
            isinstance(part, ir.Fact | ir.Member | ir.Aggregate) for part in ir.walk(node)
        ):
            return None
        match evaluate_node(node, node.type, {}, self.parameters):
            case Known(value=value):
                return Outcome(self.literal(value, node.type), ALWAYS_KNOWN)
            case Absent():
                return self.never(node.type, ABSENT)
            case Undefined(reason=reason):
                return self.never(node.type, self.reasons.code(reason))
            case Unknown():
                raise AssertionError("nothing is unknown where no fact is read")

    def _of(self, node: ir.Node) -> Outcome:
        match node:
            case ir.Fact():
                return self._reader.fact(node)
            case ir.Member():
                return self._reader.member(node)
            case ir.Aggregate():
                return self._reader.aggregate(node)
            case ir.And() | ir.Or():
                return choices.junction(self, node)
            case ir.Not():
                part = self.of(node.operand)
                return self.strict(node, [part], lambda v: Term(f"NOT {v[0].within}", v[0].depth))
            case ir.IsNull():
                return choices.is_null(self, node)
            case ir.Coalesce():
                return choices.coalesce(self, node)
            case ir.Case():
                return choices.case(self, node)
            case ir.Compare():
                return comparisons.compare(self, node)
            case ir.Between():
                return comparisons.between(self, node)
            case ir.In():
                return comparisons.membership(self, node)
            case ir.Arithmetic() | ir.Negate():
                return calculations.arithmetic(self, node)
            case ir.Round():
                return calculations.rounded(self, node)
            case ir.Call(function=function) if function in days.FUNCTIONS:
                return days.call(self, node)
            case ir.Call():
                return calculations.call(self, node)
            case ir.Bracket():
                return brackets.bracket(self, node)
            case ir.Literal() | ir.Parameter() | ir.Quotient():
                raise AssertionError("constants are folded, and a quotient is read by what it stands under")
