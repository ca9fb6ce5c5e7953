"""What is wrong with a decision table, given as the conditions of its rows: gaps, overlaps, rows for nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.printing import print_node
from tongban.core.rules.prove import outcome
from tongban.core.rules.prove.claims import rule_state
from tongban.core.rules.prove.findings import Finding, finding
from tongban.core.rules.prove.logic import EFFORT, Term
from tongban.core.rules.prove.questions import UNTOLD, Found, Prover, Scene, Side
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Known, Parameters, Undefined

MAX_OVERLAPS: Final = 20
"""Most overlaps that are given."""


def check_rows(
    rows: Sequence[Rule],
    parameters: Parameters,
    *,
    first: bool = False,
    complete: bool = True,
    codes: Mapping[str, frozenset[str]] | None = None,
    effort: int = EFFORT,
) -> list[Finding]:
    """Rows that never apply; what no row takes, if the table is to be `complete`; what several rows take.

    With `first` the first row counts that applies: rows may overlap then, and one that is never reached is found.
    A gap is shown by a subject of whom nothing is absent, except facts that some row asks to be absent (IS NULL).
    See `lint.lint` for the other arguments and for how far this is proved. Raises ProverMissing without z3.
    """
    if not rows:
        return []
    return _Table(rows, parameters, codes, effort).findings(first=first, complete=complete)


class _Table:
    def __init__(
        self,
        rows: Sequence[Rule],
        parameters: Parameters,
        codes: Mapping[str, frozenset[str]] | None,
        effort: int,
    ) -> None:
        self._sides = [Side(row, parameters) for row in rows]
        self._prover = Prover(self._sides, codes, effort)
        self._found: list[Finding] = []
        self._dead: set[int] = set()
        """Rows that take nobody, from 0."""

    def findings(self, *, first: bool, complete: bool) -> list[Finding]:
        for row in range(len(self._sides)):
            self._row(row, first=first)
        if complete:
            self._gap()
        if not first:
            self._overlaps()
        return sorted(self._found, key=lambda one: one.rows)

    def _row(self, row: int, *, first: bool) -> None:
        met = self._prover.is_possible(lambda scene: _takes(scene, row))
        code = "row-never-true"
        if met and first and row:
            code = "row-never-reached"
            met = self._prover.is_possible(lambda scene: _reaches(scene, row))
        if met is None:
            self._give_up(row)
        elif not met:
            self._dead.add(row)
            self._say(code, row)

    def _gap(self) -> None:
        def claim(scene: Scene) -> Term:
            world = scene.world
            wholes = [encoding.whole for encoding in scene.encodings]
            return world.all(*(world.no(world.any(w.undefined, outcome.holds(world, w))) for w in wholes))

        def check(facts: Facts) -> bool:
            states = [rule_state(facts, side) for side in self._sides]
            return not any(state == Known(True) or isinstance(state, Undefined) for state in states)

        found = self._prover.find(claim, check, absent=self._may_be_absent())
        if isinstance(found, Found):
            self._found.append(finding("gap", 1, 1, found.facts))
        elif found is UNTOLD:
            self._give_up(0)

    def _overlaps(self) -> None:
        alive = [row for row in range(len(self._sides)) if row not in self._dead]
        left = set(combinations(alive, 2))
        for _ in range(MAX_OVERLAPS):
            pairs = sorted(left)

            def claim(scene: Scene, pairs: Sequence[tuple[int, int]] = pairs) -> Term:
                taken = [_takes(scene, row) for row in range(len(self._sides))]
                return scene.world.any(*(scene.world.all(taken[one], taken[other]) for one, other in pairs))

            def check(facts: Facts, pairs: Sequence[tuple[int, int]] = pairs) -> bool:
                return bool(set(combinations(self._taking(facts), 2)) & set(pairs))

            found = self._prover.find(claim, check)
            if not isinstance(found, Found):
                if found is UNTOLD:
                    self._give_up(0)
                return
            taking = self._taking(found.facts)
            left -= set(combinations(taking, 2))
            self._say("overlap", *taking, facts=found.facts)

    def _taking(self, facts: Facts) -> list[int]:
        return [row for row, side in enumerate(self._sides) if rule_state(facts, side) == Known(True)]

    def _may_be_absent(self) -> frozenset[str]:
        asked = (
            node.operand.name
            for side in self._sides
            for node in ir.walk(side.rule.root)
            if isinstance(node, ir.IsNull) and isinstance(node.operand, ir.Fact)
        )
        return frozenset(asked)

    def _give_up(self, row: int) -> None:
        self._say("cannot-tell", row, text=print_node(self._sides[row].rule.root))

    def _say(self, code: str, *rows: int, facts: Facts | None = None, **words: str) -> None:
        root = self._sides[rows[-1]].rule.root
        numbers = tuple(row + 1 for row in rows)
        self._found.append(finding(code, root.line, root.column, facts, numbers, words))


def _takes(scene: Scene, row: int) -> Term:
    return outcome.holds(scene.world, scene.encodings[row].whole)


def _reaches(scene: Scene, row: int) -> Term:
    """The row takes the subject, and no row before it does."""
    before = scene.world.any(*(_takes(scene, other) for other in range(row)))
    return scene.world.all(_takes(scene, row), scene.world.no(before))
