"""Claims about a subject, each in two forms: as a term of the prover, and as what evaluation says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tongban.core.rules import ir
from tongban.core.rules.evaluate import evaluate, evaluate_node
from tongban.core.rules.prove import calendar, numbers, outcome
from tongban.core.rules.prove.calendar import Day
from tongban.core.rules.prove.logic import Term, World
from tongban.core.rules.prove.outcome import Outcome
from tongban.core.rules.prove.questions import Scene, Side
from tongban.core.rules.states import Absent, Facts, Known, State, Undefined
from tongban.core.rules.types import Type


@dataclass(frozen=True, slots=True)
class Step:
    """On the way to a part of a rule, a condition of CASE was met, or passed over."""

    condition: ir.Node
    met: bool


@dataclass(frozen=True, slots=True)
class Path:
    """A way to a part of the first rule of a scene."""

    steps: tuple[Step, ...] = ()

    def then(self, condition: ir.Node, *, met: bool) -> Path:
        return Path((*self.steps, Step(condition, met)))

    def term(self, scene: Scene) -> Term:
        world, encoding = scene.world, scene.encodings[0]
        found: list[Term] = []
        for step in self.steps:
            asked = encoding.of(step.condition)
            if step.met:
                found.append(outcome.holds(world, asked))
            else:
                found.append(world.any(outcome.fails(world, asked), outcome.missing(world, asked)))
        return world.all(*found)

    def check(self, facts: Facts, side: Side) -> bool:
        states = [(step, part_state(step.condition, facts, side)) for step in self.steps]
        return all(
            state == Known(True) if step.met else state == Known(False) or isinstance(state, Absent)
            for step, state in states
        )


def part_state(node: ir.Node, facts: Facts, side: Side) -> State:
    return evaluate_node(node, node.type, facts, side.parameters)


def rule_state(facts: Facts, side: Side) -> State:
    return evaluate(side.rule, facts, side.parameters)


def differs(world: World, one: Outcome, other: Outcome, types: Sequence[Type]) -> Term:
    """Whether two outcomes are not the same; why they are undefined does not count."""
    undefined = world.no(world.same(one.undefined, other.undefined))
    absent = world.no(world.same(one.absent, other.absent))
    left, right = one.value, other.value
    if isinstance(left, Day):
        unequal = world.no(calendar.place(left) == calendar.place(right))
    elif types[0].kind == "boolean":
        unequal = world.no(world.same(left, right))
    else:
        scale = max(type.scale for type in types)
        left, right = (
            numbers.rescaled(value, type.scale, scale)
            for value, type in zip((left, right), types, strict=True)
        )
        unequal = world.no(left == right)
    value = world.all(world.no(one.absent), unequal)
    return world.any(undefined, world.all(world.no(one.undefined), world.any(absent, value)))


def are_different(one: State, other: State) -> bool:
    if isinstance(one, Undefined) and isinstance(other, Undefined):
        return False
    return one != other
