"""The synthetic policies as people write them by hand for two other tools: DuckDB, and OpenFisca.

Both are written for speed: thresholds of dates are worked out beforehand, quotients multiplied across, amounts in
DuckDB are whole fen. In DuckDB a NULL is what is not known. OpenFisca reckons in yuan with float32 and has no unknowns.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tongban.core.rules import dates, ir
from tongban.core.rules.exact import to_fraction
from tongban.core.rules.ir import Function
from tongban.core.rules.states import Parameters
from tongban.core.rules.types import Kind

_FLIPPED = {"<=": ">=", ">=": "<="}


class DuckDB:
    """Texts of SQL. What is not known is NULL."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def statement(self, condition: ir.Node, amount: ir.Node) -> str:
        """How many meet a condition, how many do not, and the sum of the amounts of those who do."""
        both = f"SELECT {self.of(condition)} AS c, {self.of(amount)} AS a FROM facts"  # noqa: S608  # made here
        counts = "count(*) FILTER (WHERE c), count(*) FILTER (WHERE NOT c), sum(a) FILTER (WHERE c)"
        return f"SELECT {counts} FROM ({both})"  # noqa: S608

    def verdicts(self, policy: str, conditions: Mapping[str, ir.Node], amount: ir.Node) -> str:
        """Everybody to whom the policy is due, who lacks one condition, or of whom something is not known."""
        names = [f"c{place}" for place in range(len(conditions))]
        judged = ", ".join(
            f"{self.of(root)} AS {name}" for name, root in zip(names, conditions.values(), strict=True)
        )
        failed = " + ".join(f"coalesce(NOT {name}, false)::UTINYINT" for name in names)
        is_open = " OR ".join(f"{name} IS NULL" for name in names)
        failing = " ".join(
            f"WHEN NOT {name} THEN '{said}'" for name, said in zip(names, conditions, strict=True)
        )
        readers: dict[str, list[str]] = {}
        for name, root in zip((*names, "a"), (*conditions.values(), amount), strict=True):
            for fact in ir.facts(root):
                readers.setdefault(fact, []).append(name)
        missing = ", ".join(
            f"CASE WHEN {fact} IS NULL AND ({' OR '.join(f'{one} IS NULL' for one in by)}) THEN '{fact}' END"
            for fact, by in sorted(readers.items())
        )
        facts = ", ".join(sorted(readers))
        return f"""
            SELECT id AS subject, '{policy}' AS policy, result, CASE WHEN result = 'eligible' THEN a END AS amount_fen,
                CASE WHEN result = 'near' THEN CASE {failing} END END AS failing,
                CASE WHEN result = 'needs-data' THEN concat_ws(',', {missing}) END AS missing
            FROM (SELECT *, CASE
                    WHEN failed = 0 AND (open OR a IS NULL) THEN 'needs-data'
                    WHEN failed = 0 AND a > 0 THEN 'eligible'
                    WHEN failed = 1 AND NOT open THEN 'near' END AS result
                FROM (SELECT *, {failed} AS failed, {is_open} AS open
                    FROM (SELECT id, {facts}, {judged}, {self.of(amount)} AS a FROM facts)))
            WHERE result IS NOT NULL"""  # noqa: S608  # made here

    def of(self, node: ir.Node) -> str:
        match node:
            case ir.Literal() | ir.Parameter():
                return _sql_constant(node, _constant(node, self._parameters))
            case ir.Fact():
                return node.name
            case ir.And() | ir.Or():
                word = " AND " if isinstance(node, ir.And) else " OR "
                return f"({word.join(map(self.of, node.operands))})"
            case ir.Not():
                return f"(NOT {self.of(node.operand)})"
            case ir.Compare():
                return self._compare(node)
            case ir.Between():
                return f"({self.of(node.operand)} BETWEEN {self.of(node.low)} AND {self.of(node.high)})"
            case ir.In():
                items = ", ".join(map(self.of, node.items))
                return f"({self.of(node.operand)} {'NOT ' * node.negated}IN ({items}))"
            case ir.Arithmetic():
                return f"({self.of(node.left)} {node.operator} {self.of(node.right)})"
            case ir.Coalesce():  # a NULL is unknown here, and so is this
                return self.of(node.operands[0])
            case ir.Call(function=Function.LEAST):
                return self._least([self.of(part) for part in node.arguments])
            case ir.Round():
                return self._rounded(node)
            case ir.Case():
                return self._case(node, self.of)
            case _:
                raise TypeError(type(node).__name__)

    def _compare(self, node: ir.Compare) -> str:
        if threshold := _date_threshold(node, self._parameters):
            fact, operator, day = threshold
            return f"({fact} {operator} DATE '{day}')"
        if not isinstance(node.left, ir.Quotient):
            return f"({self.of(node.left)} {node.operator} {self.of(node.right)})"
        limit = to_fraction(_constant(node.right, self._parameters))
        above, below = self.of(node.left.numerator), self.of(node.left.denominator)
        if node.left.denominator.type.kind is not Kind.MONEY:  # there is no money of 0 in the population
            below = f"NULLIF({below}, 0)"
        factor, part = Fraction(limit).denominator, Fraction(limit).numerator
        return f"({above} * {factor} {node.operator} {below} * {part})"

    def _least(self, parts: list[str]) -> str:
        """LEAST of DuckDB skips NULL; only the first part can be one here."""
        first, second = parts
        return f"CASE WHEN {first} <= {second} THEN {first} WHEN {first} > {second} THEN {second} END"

    def _rounded(self, node: ir.Round) -> str:
        """Of a product of money and a rate, both positive: in whole fen, or whole yuan."""
        assert isinstance(node.operand, ir.Arithmetic)
        scale, rate = node.operand.right.type.scale, node.operand.right
        if isinstance(rate, ir.Case):
            factor = self._case(rate, lambda part: str(self._scaled(part, scale)))
        else:
            factor = str(self._scaled(rate, scale))
        step = 10 ** (scale + 2 - node.digits)
        fen = f"({self.of(node.operand.left)} * {factor} + {step // 2}) // {step}"
        return f"({fen} * {10 ** (2 - node.digits)})" if node.digits < 2 else f"({fen})"

    def _scaled(self, node: ir.Node, scale: int) -> int:
        return int(to_fraction(_constant(node, self._parameters)) * 10**scale)

    def _case(self, node: ir.Case, value: Any) -> str:
        branches = ""
        for when, then in node.branches:
            condition = self.of(when)
            branches += f" WHEN {condition} THEN {value(then)} WHEN ({condition}) IS NULL THEN NULL"
        return f"CASE{branches} ELSE {value(node.otherwise)} END"


class OpenFisca:
    """Texts of Python: expressions over NumPy arrays, for the formula of a variable."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def formula(self, condition: ir.Node, amount: ir.Node) -> str:
        """The amount of those who meet a condition, and 0 for the others."""
        return f"np.where({self.of(condition)}, {self.of(amount)}, np.float32(0))"

    def of(self, node: ir.Node) -> str:
        match node:
            case ir.Literal() | ir.Parameter():
                return _python_constant(node, _constant(node, self._parameters))
            case ir.Fact():
                return f"population('{node.name}', period)"
            case ir.And() | ir.Or():
                word = " & " if isinstance(node, ir.And) else " | "
                return f"({word.join(map(self.of, node.operands))})"
            case ir.Not():
                return f"(~{self.of(node.operand)})"
            case ir.Compare():
                return self._compare(node)
            case ir.Between():
                value = self.of(node.operand)
                return f"(({value} >= {self.of(node.low)}) & ({value} <= {self.of(node.high)}))"
            case ir.In():
                items = " | ".join(
                    f"({self.of(node.operand)} == {self._code(node, item)})" for item in node.items
                )
                return f"(~({items}))" if node.negated else f"({items})"
            case ir.Arithmetic():
                return f"({self.of(node.left)} {node.operator} {self.of(node.right)})"
            case ir.Coalesce():
                return self.of(node.operands[0])
            case ir.Call(function=Function.LEAST):
                return f"np.minimum({', '.join(map(self.of, node.arguments))})"
            case ir.Round():
                return f"np.round({self.of(node.operand)}, {node.digits})"
            case ir.Case():
                return self._case(node)
            case _:
                raise TypeError(type(node).__name__)

    def _case(self, node: ir.Case) -> str:
        text = self.of(node.otherwise)
        for when, then in reversed(node.branches):
            text = f"np.where({self.of(when)}, {self.of(then)}, {text})"
        return text

    def _compare(self, node: ir.Compare) -> str:
        if threshold := _date_threshold(node, self._parameters):
            fact, operator, day = threshold
            return f"(population('{fact}', period) {operator} np.datetime64('{day}'))"
        operator = {"=": "==", "<>": "!="}.get(node.operator, node.operator)
        if node.left.type.kind is Kind.CODE:
            return f"({self.of(node.left)} {operator} {self._code(node, node.right)})"
        if not isinstance(node.left, ir.Quotient):
            return f"({self.of(node.left)} {operator} {self.of(node.right)})"
        above, below = self.of(node.left.numerator), self.of(node.left.denominator)
        return f"({above} >= {below} * {self.of(node.right)})"

    def _code(self, node: ir.Compare | ir.In, item: ir.Node) -> str:
        """The member of the enumeration of a fact."""
        fact = node.left if isinstance(node, ir.Compare) else node.operand
        assert isinstance(fact, ir.Fact)
        assert isinstance(item, ir.Literal)
        return f"ENUMS['{fact.type.codes}']['{item.value}']"


def _constant(node: ir.Node, parameters: Parameters) -> Any:
    if isinstance(node, ir.Parameter):
        return parameters[node.name]
    assert isinstance(node, ir.Literal)
    return node.value


def _date_threshold(node: ir.Compare, parameters: Parameters) -> tuple[str, str, date] | None:
    """A comparison about one date, turned into one with a fixed day. The day it is counted to ends a month of 31."""
    match node.left:
        case ir.Call(function=function, arguments=(ir.Fact(name=name), other)) if function in _SPANS:
            today, limit = _constant(other, parameters), _constant(node.right, parameters)
            if function is Function.DAYS_BETWEEN:
                return name, _FLIPPED[node.operator], today - timedelta(days=limit)
            months = limit * (12 if function is Function.YEARS_BETWEEN else 1)
            if node.operator == "<=":  # not yet one more
                months += 12 if function is Function.YEARS_BETWEEN else 1
            day = dates.add_months(today, -months)
            assert day
            return name, "<=" if node.operator == ">=" else ">", day
        case ir.Call(function=Function.ADD_MONTHS, arguments=(ir.Fact(name=name), months)):
            day = dates.add_months(_constant(node.right, parameters), -_constant(months, parameters))
            assert day
            return name, node.operator, day
        case _:
            return None


_SPANS = (Function.YEARS_BETWEEN, Function.MONTHS_BETWEEN, Function.DAYS_BETWEEN)


def _sql_constant(node: ir.Node, value: Any) -> str:
    match value:
        case bool():
            return str(value).upper()
        case date():
            return f"DATE '{value}'"
        case str():
            return "'" + value + "'"
        case _:
            return str(value)


def _python_constant(node: ir.Node, value: Any) -> str:
    match value:
        case bool():
            return str(value)
        case date():
            return f"np.datetime64('{value}')"
        case int() if node.type.kind is Kind.MONEY:
            return f"np.float32({value / 100})"
        case Decimal():
            return f"np.float32({value})"
        case _:
            return str(value)
