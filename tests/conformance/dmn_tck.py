"""Runs cases of the DMN TCK against the rule language.

The TCK (github.com/dmn-tck/tck, Apache-2.0) is not kept here, and no package of PyPI or npm carries it. Put its
folder `TestCases` somewhere and name it:

    TONGBAN_DMN_TCK=/path/to/tck/TestCases python -m tests.conformance.dmn_tck

Each result of a case ends in one of four ways, and none in silence:

    passed          FEEL's result is ours
    by design       ours differs on purpose; `DESIGN` says why, and that ours is what it is meant to be is checked
    out of scope    the language has no counterpart; the reason is printed
    failed          anything else
"""

from __future__ import annotations

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.conformance import dmn_tables
from tests.conformance.dmn_models import OTHER, Case, Element, Model, cases, child, children, tag, text, value
from tests.conformance.feel import Given, Node, OutOfScope, Reader
from tests.conformance.feel_writer import Writer

from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Absent, Known, State, Undefined
from tongban.core.rules.tables.table import read_table
from tongban.core.rules.tables.texts import to_rule_text
from tongban.core.rules.types import Vocabulary

GROUPS = {
    "ternary logic": ["0106-", "0107-", "0064-", "0065-", "0066-"],
    "comparison": ["0068-"],
    "between": ["0071-"],
    "in": ["0072-"],
    "arithmetic": ["0002-", "0105-", "0099-arithmetic", "0100-arithmetic"],
    "constants": ["0100-feel-c", "0101-", "0102-"],
    "functions": ["0032-", "0050-", "1101-", "1102-", "1143-"],
    "decision tables": [],  # every folder of levels 2 and 3 that holds one
}
DESIGN = {
    "types": "Operands of a wrong type: FEEL gives null when it runs, here the rule is refused when it is checked.",
    "decided": "Operands of a wrong type where another one decides: FEEL does not look at them, here they are refused.",
    "null": "Equality with null: true or false in FEEL; here absent, as every strict operation is. IS NULL asks.",
    "zero": "Division by zero: null in FEEL; here undefined, which is not the same as absent.",
    "arguments": "A wrong number of arguments: null in FEEL; here the rule is refused when it is checked.",
    "digits": "ROUND to a number of digits that is not from 0 to 9, or not fixed: refused when it is checked.",
}
TYPES = {"wrong-type", "not-a-condition", "wrong-unit"}
LIMITS = {
    "division": "a division that is not compared or rounded",
    "bad-number": "numbers of more than 18 digits",
    "too-many-decimals": "products of more than 18 digits after the point",
    "too-long": "tables of more than 4,000 characters",
    "too-deep": "deeply nested rules",
}


@dataclass(frozen=True)
class Result:
    group: str
    name: str
    """Folder, case and decision."""
    end: str
    """passed, by design, out of scope or failed"""
    reason: str


class ByDesign(Exception):
    """Ours differs, for this reason of `DESIGN`."""


class Wrong(Exception):
    """Ours differs, and ought not to."""


def run(folder: Path) -> Iterator[Result]:
    for group, directory in _directories(folder):
        for path in sorted(directory.glob("*.xml")):
            model = Model(directory / f"{directory.name}.dmn")
            for case in cases(path):
                for name, (expected, error) in case.results.items():
                    full = f"{directory.name} {case.id} {name}"
                    if group != "decision tables" or _has_table(model, name):
                        yield Result(group, full, *_ending(model, case, name, expected, error))


def _directories(folder: Path) -> Iterator[tuple[str, Path]]:
    for level in ("compliance-level-2", "compliance-level-3"):
        for directory in sorted(path for path in (folder / level).iterdir() if path.is_dir()):
            for group, beginnings in GROUPS.items():
                if directory.name.startswith(tuple(beginnings)):
                    yield group, directory
            model = directory / f"{directory.name}.dmn"
            if model.exists() and b"decisionTable" in model.read_bytes():
                yield "decision tables", directory


def _has_table(model: Model, name: str) -> bool:
    """Whether a decision is a table, or calls one."""
    decision = model.decisions.get(name)
    if decision is None:
        return False
    called = {
        text(child(found, "literalExpression")) for found in decision.iter() if tag(found) == "invocation"
    }
    elements = [decision, *(model.knowledge[name] for name in called if name in model.knowledge)]
    return any(tag(found) == "decisionTable" for element in elements for found in element.iter())


def _ending(model: Model, case: Case, name: str, expected: Element, error: bool) -> tuple[str, str]:
    try:
        wanted = value(expected)
        if wanted is OTHER:
            raise OutOfScope("results that are times, durations or lists")
        _Evaluation(model, model.inputs(case)).check(name, wanted)
    except OutOfScope as reason:
        return "out of scope", str(reason)
    except ByDesign as reason:
        return "by design", str(reason)
    except Wrong as reason:
        return "failed", str(reason)
    return "passed", ""


@dataclass
class _Evaluation:
    """Of the decisions of a model for one case."""

    model: Model
    given: dict[str, Given]
    found: dict[str, Any] = field(default_factory=dict)

    def check(self, name: str, wanted: Any) -> None:
        """Raises ByDesign or Wrong where our result is not the wanted one."""
        decision = self.model.decisions.get(name)
        if decision is None:
            raise OutOfScope("decision services and imported models")
        logic, names = self._logic(decision)
        self._check(logic, names, self.model.type_of(decision), wanted)

    def _decision(self, name: str) -> Given:
        """The value of a decision that another one needs."""
        decision = self.model.decisions[name]
        type = self.model.type_of(decision)
        if name not in self.found:
            logic, names = self._logic(decision)
            self.found[name] = self._value(logic, names, type)
        return self.model.given(type, self.found[name])

    def _logic(self, decision: Element) -> tuple[Element, dict[str, Given]]:
        names = {**self.given, **{other: self._decision(other) for other in self.model.required(decision)}}
        for shape in ("literalExpression", "decisionTable", "invocation"):
            if (logic := child(decision, shape)) is not None:
                return self._called(logic, names) if shape == "invocation" else (logic, names)
        raise OutOfScope("boxed expressions other than tables")

    def _called(self, invocation: Element, names: dict[str, Given]) -> tuple[Element, dict[str, Given]]:
        """The logic of the knowledge model that is called, with its parameters as names."""
        called = self.model.knowledge.get(text(child(invocation, "literalExpression")))
        body = child(called, "encapsulatedLogic")
        inner: dict[str, Given] = {}
        for binding in children(invocation, "binding"):
            parameter = child(binding, "parameter")
            expression = child(binding, "literalExpression")
            if parameter is None or expression is None:
                raise OutOfScope("boxed expressions other than tables")
            node = Reader(text(expression), names).expression()
            if node.shape == "name":
                inner[parameter.get("name", "")] = Writer(names)._lookup(node.parts)
            else:
                raw = self._value(expression, names, "")
                inner[parameter.get("name", "")] = self.model.given("", raw)
        for shape in ("literalExpression", "decisionTable"):
            if (logic := child(body, shape)) is not None:
                return logic, inner
        raise OutOfScope("boxed expressions other than tables")

    # -- one expression or table

    def _value(self, logic: Element, names: dict[str, Given], type: str) -> Any:
        """A value that is needed on the way; what differs there by design is out of scope for what needs it."""
        try:
            outcome = self._outcome(logic, names, type, None)
        except ByDesign as reason:
            raise OutOfScope(f"a decision before it differs by design ({reason})") from None
        values = {name: _plain(state) for name, state in outcome.items()}
        return values["result"] if list(values) == ["result"] else values

    def _check(self, logic: Element, names: dict[str, Given], type: str, wanted: Any) -> None:
        outcome = self._outcome(logic, names, type, wanted)
        if not isinstance(wanted, dict):
            wanted = dict.fromkeys(outcome, wanted) if wanted is None else {next(iter(outcome)): wanted}
        if set(wanted) != set(outcome):
            raise Wrong(f"the outputs {sorted(outcome)} are not {sorted(wanted)}")
        for name, state in outcome.items():
            _same(state, wanted[name])

    def _outcome(self, logic: Element, names: dict[str, Given], type: str, wanted: Any) -> dict[str, State]:
        if tag(logic) == "decisionTable":
            return self._table(logic, names, type)
        node = Reader(text(logic), names).expression()
        return {"result": _expression(node, Writer(names), self.model, type, wanted)}

    def _table(self, table: Element, names: dict[str, Given], type: str) -> dict[str, State]:
        writer = Writer(names)
        rows, policy = dmn_tables.rows(table, self.model, writer, type)
        source, problems = read_table(rows, policy)
        vocabulary = Vocabulary(writer.types, {}, {})
        if source is None:
            raise OutOfScope(f"the shape of the table: {problems[0].message}")
        result = to_rule_text(source, vocabulary)
        codes = {problem.code for problem in result.problems}
        if codes:
            _refused(codes, result.problems[0].message)
        found: dict[str, State] = {}
        for name, written in result.texts.items():
            rule = compile_rule(written, vocabulary).rule
            assert rule
            found[name] = evaluate(rule, writer.states, {})
        return found


def _expression(node: Node, writer: Writer, model: Model, type: str, wanted: Any) -> State:
    written = writer.text(node, model.kind(type) if type else None)
    vocabulary = Vocabulary(writer.types, {}, {})
    if node.shape == "quotient":
        return _quotient(written, vocabulary, writer, wanted)
    checked = compile_rule(written, vocabulary)
    if not checked.rule:
        codes = {problem.code for problem in checked.problems}
        if node.shape == "call" and codes <= {"unreadable", "wrong-arguments"} and wanted is None:
            raise ByDesign("arguments")
        _refused(codes, checked.problems[0].message, wanted)
        raise AssertionError
    state = evaluate(checked.rule, writer.states, {})
    if writer.compares_null and isinstance(state, Absent) and wanted is not None:
        raise ByDesign("null")
    return state


def _quotient(written: str, vocabulary: Vocabulary, writer: Writer, wanted: Any) -> State:
    """A quotient can only be compared: it is the wanted number where it equals it."""
    number = wanted if isinstance(wanted, Decimal) else Decimal(0)
    checked = compile_rule(f"{written} = {format(number, 'f')}", vocabulary)
    if not checked.rule:
        _refused({problem.code for problem in checked.problems}, checked.problems[0].message, wanted)
        raise AssertionError
    assert isinstance(checked.rule.root, ir.Compare)
    state = evaluate(checked.rule, writer.states, {})
    return Known(_number(number)) if state == Known(True) else state


def _refused(codes: set[str], message: str, wanted: Any = None) -> None:
    for code, reason in LIMITS.items():
        if code in codes and not (code == "division" and message == "This divides by zero."):
            raise OutOfScope(reason)
    if message == "This divides by zero." and wanted is None:
        raise ByDesign("zero")
    if codes <= {"not-constant"}:
        if wanted is None:
            raise ByDesign("digits")
        raise OutOfScope("rounding to more than 9 digits")
    if codes <= TYPES and wanted is None:
        raise ByDesign("types")
    if codes <= TYPES and isinstance(wanted, bool):
        raise ByDesign("decided")
    raise Wrong(f"refused: {message}")


def _same(state: State, wanted: Any) -> None:
    match state:
        case Undefined(reason="division by zero") if wanted is None:
            raise ByDesign("zero")
        case Absent() if wanted is None:
            return
        case Known(value=found) if wanted is not None:
            if isinstance(wanted, bool) == isinstance(found, bool) and found == wanted:
                return
    raise Wrong(f"{state!r} is not {wanted!r}")


def _plain(state: State) -> Any:
    match state:
        case Known(value=bool() | str() | date() as found):
            return found
        case Known(value=found):
            return Decimal(found)
        case Absent():
            return None
        case _:
            raise OutOfScope("a decision before it is undefined here")


def _number(number: Decimal) -> int | Decimal:
    return int(number) if number == number.to_integral_value() else number


# -- the report ------------------------------------------------------------------------------------------------


def report(results: list[Result]) -> str:
    ends = ("passed", "by design", "failed", "out of scope")
    lines = [f"{'group':<17}{'results':>8}{'covered':>9}" + "".join(f"{end:>14}" for end in ends)]
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for result in results:
        counted[result.group][result.end] += 1
        counted["all"][result.end] += 1
    for group in [*GROUPS, "all"]:
        found = counted[group]
        covered = found.total() - found["out of scope"]
        row = "".join(f"{found[end]:>14}" for end in ends)
        lines.append(f"{group:<17}{found.total():>8}{covered:>9}{row}")
    for end in ("by design", "out of scope"):
        lines.append(f"\n{end}:")
        reasons = Counter((r.group, r.reason) for r in results if r.end == end)
        for (group, reason), count in sorted(reasons.items()):
            lines.append(f"  {group:<17}{count:>5}  {DESIGN.get(reason, reason)}")
    if failed := [result for result in results if result.end == "failed"]:
        lines.append("\nfailed:")
        lines += [f"  {result.name}: {result.reason}" for result in failed]
    return "\n".join(lines)


def folder() -> Path | None:
    """The TCK's folder `TestCases`, if it is here."""
    found = Path(os.environ.get("TONGBAN_DMN_TCK") or Path(__file__).parent / ".cache" / "dmn-tck")
    return found if (found / "compliance-level-2").is_dir() else None


def main() -> int:
    found = folder()
    if found is None:
        print("The DMN TCK is not here: set TONGBAN_DMN_TCK to its folder TestCases.")
        return 2
    results = list(run(found))
    print(report(results))
    return int(any(result.end == "failed" for result in results))


if __name__ == "__main__":
    sys.exit(main())
