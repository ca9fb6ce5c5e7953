"""What is wrong with a rule although it compiles: parts of it that can be left out, or that cannot be meant.

seats > 5 AND seats < 3                     never-true
seats > 5 OR seats <= 5                     never-false: true for everybody, and yet it asks for seats
seats > 5 AND seats > 3                     operand-never-matters: seats > 3
CASE WHEN area > 5 .. WHEN area > 9 ..      branch-never-taken: area > 9
bracket(income, tax), income from 0         bracket-gap, if the table begins above 0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final, cast

from tongban.core.rules import ir
from tongban.core.rules.changes.change import shown
from tongban.core.rules.intervals import narrowing, spans, walk
from tongban.core.rules.printing import print_node
from tongban.core.rules.prove import outcome
from tongban.core.rules.prove.claims import Path, differs, part_state, rule_state
from tongban.core.rules.prove.findings import Finding, finding
from tongban.core.rules.prove.logic import EFFORT, Term
from tongban.core.rules.prove.questions import NONE, UNTOLD, Claim, Found, Prover, Scene, Side
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Brackets, Facts, Known, Parameters, State
from tongban.core.rules.types import Kind, Range, Type
from tongban.core.values.text import Bilingual

MAX_UNTOLD: Final = 8
"""After so many questions without an answer no more are asked about a rule."""
_BOOLEAN: Final = Type(Kind.BOOLEAN)


def lint(
    rule: Rule,
    parameters: Parameters,
    *,
    codes: Mapping[str, frozenset[str]] | None = None,
    effort: int = EFFORT,
) -> list[Finding]:
    """Everything that is found, in the order of the text, at most one finding at a place.

    It is proved for every subject inside the declared ranges, with the parameters of one date. `codes` are the
    code lists by id; of a list that is not given, any code is thought possible. What could not be proved with so
    much effort is a finding `cannot-tell`. Raises ProverMissing without z3.
    """
    return _Linter(Side(rule, parameters), codes, effort).findings()


class _Enough(Exception):
    """Too much could not be told; the rest will not be either."""


class _Linter:
    def __init__(self, side: Side, codes: Mapping[str, frozenset[str]] | None, effort: int) -> None:
        self._side = side
        self._root = side.rule.root
        self._prover = Prover([side], codes, effort)
        self._said: dict[tuple[int, int, str], Finding] = {}
        self._untold = 0
        self._operands: list[tuple[int, ir.And | ir.Or, ir.Node]] = []
        """(depth, junction, operand) that can be reached, and can be true and false."""

    def findings(self) -> list[Finding]:
        try:
            if not self._whole():
                self._parts(self._root, Path(), 0)
                self._idle()
        except _Enough:
            self._say("cannot-tell", self._root)
        whole = self._said.get(self._place(self._root))
        untold = whole is not None and whole.code == "cannot-tell"  # then the parts need not be named
        found = [
            one for one in self._said.values() if one is whole or not untold or one.code != "cannot-tell"
        ]
        return sorted(found, key=lambda one: (one.line, one.column))

    def _whole(self) -> bool:
        """Whether there is something to say about the rule as a whole."""
        if self._root.type.kind is Kind.BOOLEAN:
            return self._condition(self._root, Path())
        if (
            self._possible(lambda scene: outcome.known(scene.world, scene.encodings[0].whole), self._root)
            is False
        ):
            self._say("never-value", self._root)
            return True
        return False

    # -- conditions ----------------------------------------------------------------------------------------

    def _condition(self, node: ir.Node, path: Path) -> bool:
        """Whether there is something to say about a condition, where the path leads to it."""
        if isinstance(node, ir.Literal | ir.Fact | ir.Parameter):
            return False
        if self._can_be(node, True, path) is False:
            self._say("never-true", node)
            if isinstance(node, ir.And):  # is one of them to blame?
                for operand in node.operands:
                    self._condition(operand, path)
            return True
        if self._can_be(node, False, path) is not False:
            return False
        unmet = self._prover.find(
            lambda scene: scene.world.all(
                path.term(scene), scene.world.no(outcome.holds(scene.world, self._of(scene, node)))
            ),
            lambda facts: path.check(facts, self._side) and self._state(node, facts) != Known(True),
        )
        match unmet:
            case Found(facts=facts):
                self._say("never-false", node, facts, names=_listed(ir.facts(node)))
            case _ if unmet is NONE:
                self._say("always-true", node)
            case _:
                self._give_up(node)
        return True

    def _can_be(self, node: ir.Node, value: bool, path: Path) -> bool | None:
        look = outcome.holds if value else outcome.fails

        def claim(scene: Scene) -> Term:
            return scene.world.all(path.term(scene), look(scene.world, self._of(scene, node)))

        found = self._prover.is_possible(claim)
        if found is None and not self._bounds(node).may_be(value):
            return False
        return self._told(found, node)

    def _bounds(self, node: ir.Node) -> spans.Possible:
        rule = self._side.rule
        found = walk.of(replace(rule, root=node), {}, self._side.parameters, {})
        if node is self._root and rule.on_undefined is OnUndefined.NO and found.undefined:
            return spans.Possible(spans.union((found.values, spans.truths(False))), found.absent)
        return found

    def _of(self, scene: Scene, node: ir.Node) -> outcome.Outcome:
        encoding = scene.encodings[0]
        return encoding.whole if node is self._root else encoding.of(node)

    def _state(self, node: ir.Node, facts: Facts) -> State:
        return rule_state(facts, self._side) if node is self._root else part_state(node, facts, self._side)

    # -- parts ---------------------------------------------------------------------------------------------

    def _parts(self, node: ir.Node, path: Path, depth: int) -> None:
        match node:
            case ir.And() | ir.Or():
                for operand in node.operands:
                    if not self._condition(operand, path):
                        self._operands.append((depth, node, operand))
                        self._parts(operand, path, depth + 1)
            case ir.Case():
                self._case(node, path, depth + 1)
            case ir.Aggregate():
                self._filter(node)
            case ir.Bracket():
                self._gap(node, path)
                self._parts(node.operand, path, depth + 1)
            case _:
                for child in ir.children(node):
                    self._parts(child, path, depth + 1)

    def _case(self, node: ir.Case, path: Path, depth: int) -> None:
        for condition, value in node.branches:
            if self._can_be(condition, True, path) is False:
                self._say("branch-never-taken", condition)
            else:
                self._parts(condition, path, depth)
                self._parts(value, path.then(condition, met=True), depth)
            path = path.then(condition, met=False)
        if self._possible(path.term, node) is False:
            self._say("else-never-taken", node.otherwise)
        else:
            self._parts(node.otherwise, path, depth)

    def _filter(self, node: ir.Aggregate) -> None:
        where = node.where
        if where is None:
            return

        def claim(scene: Scene) -> Term:
            return outcome.holds(scene.world, scene.encodings[0].inside(where, 0))

        if self._possible(claim, where) is False:
            self._say("filter-never-true", where)

    def _gap(self, node: ir.Bracket, path: Path) -> None:
        """Only where the least that the operand can be is declared: any number could be below 0 otherwise."""
        table = self._side.parameters.get(node.table)
        if node.sliced or not isinstance(table, Brackets):
            return
        read = [part for part in ir.walk(node.operand) if isinstance(part, ir.Fact | ir.Member)]
        ranges = [
            self._side.rule.ranges.get(narrowing.key(part), Range())
            for part in read
            if part.type.kind in spans.ORDERED
        ]
        if any(declared.low is None for declared in ranges):
            return
        low = ir.Literal(table.lower[0], type=node.key, line=node.line, column=node.column)
        reaches = ir.Compare(">=", node.operand, low, type=_BOOLEAN, line=node.line, column=node.column)
        found = self._prover.find(
            lambda scene: scene.world.all(
                path.term(scene), outcome.fails(scene.world, scene.encodings[0].of(reaches))
            ),
            lambda facts: path.check(facts, self._side) and self._state(reaches, facts) == Known(False),
        )
        match found:
            case Found(facts=facts):
                self._say(
                    "bracket-gap", node.operand, facts, table=node.table, low=shown(node.key, table.lower[0])
                )
            case _ if found is UNTOLD and self._bounds(reaches).may_be(False):
                self._give_up(node.operand)
            case _:
                pass

    def _idle(self) -> None:
        """Operands without which the rule means the same: the large ones first, and of two alike the last."""
        gone: frozenset[int] = frozenset()
        inside: set[int] = set()
        last = list(reversed(self._operands))
        last.sort(key=lambda one: one[0])
        for _, junction, operand in last:
            fewer = gone | {id(operand)}
            if id(operand) in inside or all(id(other) in fewer for other in junction.operands):
                continue
            now, then = without(self._root, gone), without(self._root, fewer)

            def claim(scene: Scene, now: ir.Node = now, then: ir.Node = then) -> Term:
                encoding = scene.encodings[0]
                one, other = (encoding.finished(encoding.of(root)) for root in (now, then))
                return differs(scene.world, one, other, (now.type, then.type))

            if self._possible(claim, operand) is False:
                self._say("operand-never-matters", operand)
                gone = fewer
                inside |= {id(part) for part in ir.walk(operand)}

    # -- answers -------------------------------------------------------------------------------------------

    def _possible(self, claim: Claim, node: ir.Node) -> bool | None:
        return self._told(self._prover.is_possible(claim), node)

    def _told(self, found: bool | None, node: ir.Node) -> bool | None:
        if found is None:
            self._give_up(node)
        return found

    def _give_up(self, node: ir.Node) -> None:
        self._untold += 1
        if self._untold > MAX_UNTOLD:
            raise _Enough
        self._say("cannot-tell", node)

    def _say(self, code: str, node: ir.Node, facts: Facts | None = None, **words: str | Bilingual) -> None:
        place = self._place(node)
        before = self._said.get(place)
        if before is None or before.code == "cannot-tell":
            given = {"text": place[2], **words}
            self._said[place] = finding(code, node.line, node.column, facts, words=given)

    def _place(self, node: ir.Node) -> tuple[int, int, str]:
        return node.line, node.column, print_node(node)


def _listed(names: Sequence[str]) -> Bilingual:
    return Bilingual("、".join(names), ", ".join(names))


def without(node: ir.Node, gone: frozenset[int]) -> ir.Node:
    """The rule without these operands of AND and OR, by `id`; one that is left alone stands for itself."""
    if isinstance(node, ir.And | ir.Or):
        left = tuple(without(operand, gone) for operand in node.operands if id(operand) not in gone)
        return left[0] if len(left) == 1 else replace(node, operands=left)
    changed = {
        one.name: _rebuilt(value, gone)
        for one in fields(node)
        if one.name != "type" and isinstance(value := getattr(node, one.name), tuple | ir.Node)
    }
    return replace(node, **changed) if changed else node


def _rebuilt(value: Any, gone: frozenset[int]) -> Any:
    if isinstance(value, tuple):
        return tuple(_rebuilt(part, gone) for part in cast("tuple[Any, ...]", value))
    return without(value, gone)
