"""Questions to the prover: is there a subject for whom something holds?

    Found(facts)   yes, this one: it was evaluated, and it does hold
    NONE           there is none
    UNTOLD         not found out

A `NONE` holds for every subject whose facts are inside their declared ranges and have the digits that facts can
have. Where members of relations are many, or numbers are multiplied with each other, it can be `UNTOLD`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from tongban.core.rules import ir
from tongban.core.rules.intervals import narrowing, spans
from tongban.core.rules.prove.encode import Encoding
from tongban.core.rules.prove.logic import EFFORT, Term, World
from tongban.core.rules.prove.subject import Subject
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Parameters
from tongban.core.rules.types import Kind, Range, Type


@dataclass(frozen=True, slots=True)
class Found:
    facts: Facts
    """Everything that the rules read."""


class Nobody(Enum):
    NONE = "none"
    UNTOLD = "untold"


NONE: Final = Nobody.NONE
UNTOLD: Final = Nobody.UNTOLD
Answer: TypeAlias = Found | Nobody


@dataclass(frozen=True, slots=True)
class Side:
    """A rule and what it is evaluated with."""

    rule: Rule
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Scene:
    """The rules in question as terms, for one subject."""

    world: World
    subject: Subject
    encodings: tuple[Encoding, ...]


Claim: TypeAlias = Callable[[Scene], Term]
"""What is to hold of the subject."""
Check: TypeAlias = Callable[[Facts], bool]
"""Whether it does, by evaluation."""


class Prover:
    """Answers questions about the same rules. Raises ProverMissing when it is made without z3."""

    def __init__(
        self,
        sides: Sequence[Side],
        codes: Mapping[str, frozenset[str]] | None = None,
        effort: int = EFFORT,
    ) -> None:
        self._sides = tuple(sides)
        self._codes = codes or {}
        self._effort = effort
        self._near = self._scene(loose=False)
        self._loose: Scene | None = None

    def find(self, claim: Claim, check: Check, *, absent: Collection[str] | None = None) -> Answer:
        """A subject for whom the claim holds; one that is easy to read, if there is one.

        `absent`: nothing but these facts is absent of the subject.
        """
        scene = self._near
        world, subject, term = scene.world, scene.subject, claim(scene)
        terms = [*subject.limits, term, *([] if absent is None else subject.present(absent))]
        answer = None
        for wished in ([*subject.present(), *subject.plain], subject.present(), []):
            solver = world.solver([*terms, *wished])
            answer = solver.check()
            if world.is_yes(answer):
                facts = subject.read(solver.model())
                # never somebody whom evaluation does not confirm
                return Found(facts) if check(facts) else UNTOLD
        return NONE if world.is_no(answer) and self._surely_nobody(claim, absent) else UNTOLD

    def is_possible(self, claim: Claim) -> bool | None:
        """Whether there is such a subject; None if that is not found out. Nothing is evaluated."""
        answer = self._answer(self._near, claim)
        if self._near.world.is_yes(answer):
            return True
        return False if self._near.world.is_no(answer) and self._surely_nobody(claim) else None

    def _surely_nobody(self, claim: Claim, absent: Collection[str] | None = None) -> bool:
        """There is nobody among small subjects; is there nobody at all?"""
        if not self._near.subject.small:
            return True
        if self._loose is None:
            self._loose = self._scene(loose=True)
        return self._loose.world.is_no(self._answer(self._loose, claim, absent))

    def _answer(self, scene: Scene, claim: Claim, absent: Collection[str] | None = None) -> Any:
        term = claim(scene)
        there = [] if absent is None else scene.subject.present(absent)
        return scene.world.solver([term, *scene.subject.limits, *there]).check()

    def _scene(self, *, loose: bool) -> Scene:
        world = World(self._effort)
        rules = [side.rule for side in self._sides]
        subject = Subject(world, _ranges(rules), self._codes, _summed(rules))
        encodings = tuple(
            Encoding(world, subject, side.rule, side.parameters, loose=loose) for side in self._sides
        )
        return Scene(world, subject, encodings)


def _ranges(rules: Sequence[Rule]) -> dict[str, Range]:
    """What each name that is read can hold, by any of the rules that read it."""
    found: dict[str, Range] = {}
    for rule in rules:
        for name in names(rule):
            declared = rule.ranges.get(name, Range())
            found[name] = _wider(found[name], declared) if name in found else declared
    return found


def _summed(rules: Sequence[Rule]) -> frozenset[str]:
    """Relations of which fields are added up."""
    nodes = (node for rule in rules for node in ir.walk(rule.root))
    return frozenset(
        node.relation
        for node in nodes
        if isinstance(node, ir.Aggregate) and node.function is ir.Aggregation.SUM
    )


def names(rule: Rule) -> dict[str, Type]:
    """Facts, relations and fields that a rule reads, with their types; a relation's is that of its number."""
    found: dict[str, Type] = {}
    for node in ir.walk(rule.root):
        match node:
            case ir.Fact() | ir.Member():
                found[narrowing.key(node)] = node.type
            case ir.Aggregate():
                found[node.relation] = Type(Kind.INTEGER)
            case _:
                pass
    return found


def _wider(one: Range, other: Range) -> Range:
    low = None if one.low is None or other.low is None else min(one.low, other.low, key=spans.inner)
    high = None if one.high is None or other.high is None else max(one.high, other.high, key=spans.inner)
    return Range(low, high)
