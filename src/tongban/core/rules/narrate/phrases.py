"""Parts of a rule in words.

    rent * 12 / income <= 0.3      Rent × 12 ÷ Income        at most 0.3

A condition has a label (what is looked at) and a need (what it must be). With `values`, the names in a phrase are
followed by what is known of them: "at least Smallest area (60 m²)".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.ir import Aggregation, Comparison, Function
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Brackets, Facts, Known, Parameters, Undefined, Unknown
from tongban.core.rules.types import Kind, Type

MIRRORED: Final[dict[Comparison, Comparison]] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
OPPOSITE: Final[dict[Comparison, Comparison]] = {
    "=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<",
}  # fmt: skip
_NUMBERS: Final[dict[Comparison, tuple[str, str]]] = {
    "=": ("{}", "{}"),
    "<>": ("不是 {}", "anything but {}"),
    "<": ("小于 {}", "less than {}"),
    "<=": ("不超过 {}", "at most {}"),
    ">": ("大于 {}", "more than {}"),
    ">=": ("不少于 {}", "at least {}"),
}
_DATES: Final[dict[Comparison, tuple[str, str]]] = {
    **_NUMBERS,
    "<": ("早于 {}", "before {}"),
    "<=": ("不晚于 {}", "{} or earlier"),
    ">": ("晚于 {}", "after {}"),
    ">=": ("不早于 {}", "{} or later"),
}
_NAMED = ir.Literal | ir.Fact | ir.Parameter | ir.Member


@dataclass(frozen=True, slots=True)
class Need:
    label: str
    """What is looked at."""
    words: str
    """What it must be."""
    judged: ir.Node
    """The part whose value decides."""
    named: bool = False
    """The words are a plain value: `是 X` and not `不少于 X` in Chinese."""


@dataclass(frozen=True, slots=True)
class Phrases:
    speech: Speech
    facts: Facts
    parameters: Parameters
    steps: Mapping[ir.Node, str] = field(default_factory=dict[ir.Node, str])
    """Parts that are worked out already, with what refers to them: `[1]`."""

    def need(self, node: ir.Node, *, negated: bool = False) -> Need:
        """A single condition: what it looks at and what that must be (must not be, if negated)."""
        say = self.speech.say
        match node:
            case ir.Compare():
                return self._compared(node, negated)
            case ir.Between():
                low, high = self._limit(node.low, node.operand), self._limit(node.high, node.operand)
                if node.negated != negated:
                    words = say(f"不在 {low} 至 {high} 之间", f"outside {low} to {high}")
                else:
                    words = say(f"在 {low} 至 {high} 之间", f"from {low} to {high}")
                return Need(self.words(node.operand), words, node.operand)
            case ir.In():
                return self._listed(node, node.negated != negated)
            case ir.IsNull():
                none = node.negated == negated
                words = say("无", "none") if none else say("有", "some value")
                return Need(self.words(node.operand), words, node.operand, named=True)
            case _:
                words = say("否", "no") if negated else say("是", "yes")
                return Need(self.words(node), words, node, named=True)

    def condition(self, node: ir.Node) -> str:
        """Any condition as a clause: "Floor area is at least 60 m²"."""
        say = self.speech.say
        match node:
            case ir.And():
                return say(" 且 ", " and ").join(self._clause(part, ir.Or) for part in node.operands)
            case ir.Or():
                return say(" 或 ", " or ").join(self._clause(part, ir.And) for part in node.operands)
            case ir.Not(operand=ir.And() | ir.Or()):
                return say("并非", "not ") + self._bracketed(self.condition(node.operand))
            case ir.Not():
                return self._joined(self.need(node.operand, negated=True))
            case _:
                return self._joined(self.need(node))

    def words(self, node: ir.Node, *, values: bool = False) -> str:
        """Any part in words."""
        if done := self.steps.get(node):
            return done
        return expression(node, lambda part: self._operation(part, values))

    def _joined(self, need: Need) -> str:
        return need.label + self.speech.say("为 " if need.named else " ", " is ") + need.words

    def _clause(self, node: ir.Node, kind: type[ir.And] | type[ir.Or]) -> str:
        words = self.condition(node)
        return self._bracketed(words) if isinstance(node, kind) else words

    def _bracketed(self, words: str) -> str:
        return self.speech.say(f"（{words}）", f"({words})")

    def _compared(self, node: ir.Compare, negated: bool) -> Need:
        left, right = node.left, node.right
        operator = OPPOSITE[node.operator] if negated else node.operator
        if ir.facts(right) and not ir.facts(left):
            left, right, operator = right, left, MIRRORED[operator]
        if left.type.kind is Kind.BOOLEAN and isinstance(right, ir.Literal):
            return self.need(left, negated=(operator == "=") != right.value)
        forms = _DATES if left.type.kind is Kind.DATE else _NUMBERS
        words = self.speech.say(*forms[operator]).format(self._limit(right, left))
        return Need(self.words(left), words, left, named=operator == "=")

    def _limit(self, node: ir.Node, judged: ir.Node) -> str:
        """What a value is held against; a plain number is in the unit of the value."""
        if isinstance(node, ir.Literal) and node.type.unit is None:
            return self.speech.value(replace(node.type, unit=judged.type.unit), node.value)
        return self.words(node, values=True)

    def _listed(self, node: ir.In, negated: bool) -> Need:
        items = [self._limit(item, node.operand) for item in node.items]
        if len(items) == 1:
            forms = _NUMBERS["<>" if negated else "="]
            words = self.speech.say(*forms).format(items[0])
        else:
            listed = self.speech.listed(items)
            words = (
                self.speech.say(f"不属于 {listed}", f"none of {listed}")
                if negated
                else self.speech.say(f"{listed} 之一", f"one of {listed}")
            )
        return Need(self.words(node.operand), words, node.operand, named=not negated)

    def _operation(self, node: ir.Node, values: bool) -> str:
        say = self.speech.say
        if done := self.steps.get(node):
            return done
        match node:
            case ir.Literal():
                return self.speech.value(node.type, node.value)
            case ir.Fact() | ir.Parameter() | ir.Member():
                return self._name(node, values)
            case ir.Round():
                step = "0." + "0" * (node.digits - 1) + "1" if node.digits else "1"
                return self.words(node.operand, values=values) + say(
                    f"（四舍五入到 {step}）", f" (rounded to {step})"
                )
            case ir.Call():
                return self._called(node, [self.words(part, values=values) for part in node.arguments])
            case ir.Coalesce():
                first, *rest = (self.words(part, values=values) for part in node.operands)
                return first + "".join(
                    say(f"（没有则为 {other}）", f" (or {other} if there is none)") for other in rest
                )
            case ir.Bracket():
                inside = self.words(node.operand, values=values)
                table = self.speech.label(node.table)
                if node.sliced:
                    return say(f"{inside} 按「{table}」分档累计", f"{table} on {inside}, slice by slice")
                return say(f"{inside} 在「{table}」中的档值", f"{table} for {inside}")
            case ir.Aggregate():
                return self._gathered(node)
            case ir.Case():
                parts = [
                    say(f"若 {self.condition(when)}：", f"if {self.condition(when)}: ")
                    + self._chosen(then, values)
                    for when, then in node.branches
                ]
                last = say("否则：", "otherwise: ") + self._chosen(node.otherwise, values)
                return say("；", "; ").join([*parts, last])
            case _:
                return self.condition(node)

    def _chosen(self, node: ir.Node, values: bool) -> str:
        words = self.words(node, values=values)
        return self._bracketed(words) if isinstance(node, ir.Case) else words

    def _name(self, node: ir.Fact | ir.Parameter | ir.Member, values: bool) -> str:
        if isinstance(node, ir.Member):
            return self.speech.label(f"{node.relation}.{node.name}")
        label = self.speech.label(node.name)
        if not values:
            return label
        return label + self._bracketed_value(node)

    def _bracketed_value(self, node: ir.Fact | ir.Parameter) -> str:
        if self.speech.withheld(node):
            return ""
        if isinstance(node, ir.Fact):
            state = self.facts.get(node.name, Unknown(frozenset({node.name})))
        else:
            value = self.parameters.get(node.name)
            if value is None or isinstance(value, Brackets):
                state = Undefined(f"no value of '{node.name}' for this date")
            else:
                state = Known(value)
        if isinstance(state, Undefined):
            return self.speech.say("（该日期没有数值）", " (no value on this date)")
        return self.speech.say("（{}）", " ({})").format(self.speech.result(node.type, state))

    def _called(self, node: ir.Call, arguments: list[str]) -> str:
        say, first, last = self.speech.say, arguments[0], arguments[-1].removeprefix("−")
        match node.function:
            case Function.ABS:
                return say(f"{first} 的绝对值", f"the size of {first}")
            case Function.FLOOR:
                return say(f"{first}（向下取整）", f"{first} (rounded down)")
            case Function.CEIL:
                return say(f"{first}（向上取整）", f"{first} (rounded up)")
            case Function.LEAST:
                word = "earliest" if node.type.kind is Kind.DATE else "least"
                zh = "最早者" if node.type.kind is Kind.DATE else "最小者"
                return say(f"{self.speech.listed(arguments)} 中的{zh}", f"the {word} of {_and(arguments)}")
            case Function.GREATEST:
                word = "latest" if node.type.kind is Kind.DATE else "greatest"
                zh = "最晚者" if node.type.kind is Kind.DATE else "最大者"
                return say(f"{self.speech.listed(arguments)} 中的{zh}", f"the {word} of {_and(arguments)}")
            case Function.MONTHS_BETWEEN:
                return say(f"{first} 至 {last} 的整月数", f"whole months from {first} to {last}")
            case Function.YEARS_BETWEEN:
                return say(f"{first} 至 {last} 的整年数", f"whole years from {first} to {last}")
            case Function.DAYS_BETWEEN:
                return say(f"{first} 至 {last} 的天数", f"days from {first} to {last}")
            case Function.ADD_MONTHS:
                earlier = arguments[-1].startswith("−")
                months = (
                    self.speech.value(Type(Kind.INTEGER, unit="months"), 1)
                    if last == "1"
                    else f"{last} {self.speech.unit('months')}"
                )
                return say(
                    f"{first} {'之前' if earlier else '之后'} {months}",
                    f"{months} {'before' if earlier else 'after'} {first}",
                )

    def _gathered(self, node: ir.Aggregate) -> str:
        say, relation = self.speech.say, self.speech.label(node.relation)
        of = self.words(node.operand) if node.operand else ""
        is_date = node.type.kind is Kind.DATE
        match node.function:
            case Aggregation.COUNT:
                words = say(f"{relation}的数量", f"number of {relation}")
            case Aggregation.SUM:
                words = say(f"{of} 合计", f"sum of {of}")
            case Aggregation.MIN:
                words = say(
                    f"{of} 的{'最早' if is_date else '最小'}值", f"{'earliest' if is_date else 'least'} {of}"
                )
            case Aggregation.MAX:
                words = say(
                    f"{of} 的{'最晚' if is_date else '最大'}值", f"{'latest' if is_date else 'greatest'} {of}"
                )
            case Aggregation.BOOL_OR:
                words = say(f"{relation}中至少一个：{of}", f"any of {relation}: {of}")
            case Aggregation.BOOL_AND:
                words = say(f"{relation}全部：{of}", f"every one of {relation}: {of}")
        if node.where is None:
            return words
        where = self.condition(node.where)
        return words + say(f"（其中 {where}）", f" (where {where})")


def expression(node: ir.Node, leaf: Callable[[ir.Node], str]) -> str:
    """An expression of + - * / with whatever `leaf` writes for what stands in it."""
    match node:
        case ir.Arithmetic(operator="*"):
            return f"{_within(node.left, 2, leaf)} × {_within(node.right, 3, leaf)}"
        case ir.Arithmetic():
            sign = "−" if node.operator == "-" else "+"
            return f"{_within(node.left, 1, leaf)} {sign} {_within(node.right, 2, leaf)}"
        case ir.Quotient():
            return f"{_within(node.numerator, 2, leaf)} ÷ {_within(node.denominator, 3, leaf)}"
        case ir.Negate():
            return f"−{_within(node.operand, 4, leaf)}"
        case _:
            return leaf(node)


def _within(node: ir.Node, least: int, leaf: Callable[[ir.Node], str]) -> str:
    text = expression(node, leaf)
    match node:
        case ir.Arithmetic(operator="*") | ir.Quotient():
            level = 2
        case ir.Arithmetic() | ir.Negate():
            level = 1
        case _:
            level = 1 if text.startswith("−") else 4 if isinstance(node, _NAMED) or " " not in text else 0
    return text if level >= least else f"({text})"


def _and(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1]
