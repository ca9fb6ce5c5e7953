"""Explanations of all rules of a program at once, each equal to what `explain.explain` gives for the rule.

A plan says for every different part that an explanation goes down to where its value is among those that the
program computes. What several rules ask is one finding, shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias, cast

from tongban.core.rules import ir
from tongban.core.rules.explain import FactUse, Finding, ParameterUse
from tongban.core.rules.printing import print_node
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Facts, Parameters, Undefined, Unknown
from tongban.core.rules.to_python.nodes import Nodes
from tongban.core.rules.to_python.runtime import Outcome, Partial
from tongban.core.rules.types import Kind

Names: TypeAlias = tuple[str, ...]
_Picker: TypeAlias = Callable[[Sequence[Finding]], tuple[Finding, ...]]


class Step(NamedTuple):
    """One finding to be made."""

    place: int
    """Of the value among those that the program computes."""
    text: str
    facts: Names
    parameters: Names
    children: tuple[int, ...]
    """Earlier steps."""


class Root(NamedTuple):
    """The finding of a whole rule."""

    step: int
    no: bool
    """What is undefined fails; see `OnUndefined.NO`."""
    absent: bool
    """And then it is absent."""


class Plan(NamedTuple):
    steps: tuple[Step, ...]
    """Children before their parents."""
    roots: tuple[Root, ...]
    """One for each rule."""


def parts(node: ir.Node) -> Iterator[ir.Node]:
    """A rule and the parts that its explanation goes down to."""
    yield node
    if isinstance(node, ir.And | ir.Or | ir.Not):
        for child in ir.children(node):
            yield from parts(child)


def plan(rules: Mapping[str, Rule], nodes: Nodes) -> Plan:
    """The plan for rules whose `parts` the program computes."""
    steps: dict[Step, int] = {}

    def of(node: ir.Node) -> int:
        place, text = nodes.place(node), print_node(node)
        if isinstance(node, ir.And | ir.Or | ir.Not):
            step = Step(place, text, (), (), tuple(of(child) for child in ir.children(node)))
        else:
            step = Step(place, text, ir.facts(node), ir.parameters(node), ())
        return steps.setdefault(step, len(steps))

    roots = tuple(
        Root(of(rule.root), rule.on_undefined is OnUndefined.NO, rule.type.kind is not Kind.BOOLEAN)
        for rule in rules.values()
    )
    return Plan(tuple(steps), roots)


class Findings:
    """Makes findings by a plan."""

    def __init__(self, plan: Plan) -> None:
        facts = _numbered(step.facts for step in plan.steps)
        parameters = _numbered(step.parameters for step in plan.steps)
        self._steps = [
            (step.place, step.text, facts[step.facts], parameters[step.parameters], _picker(step.children))
            for step in plan.steps
        ]
        self._roots = plan.roots
        self._facts, self._parameters = list(facts), list(parameters)
        self._unknown = {name: FactUse(name, Unknown(frozenset({name}))) for names in facts for name in names}
        self._names = list(dict.fromkeys(name for names in parameters for name in names))

    def of(self, values: Sequence[Outcome], facts: Facts, parameters: Parameters) -> list[Finding]:
        """The findings of all rules, in their order, from all values that the program computed."""
        fact_uses = self._fact_uses(facts)
        parameter_uses = self._parameter_uses(parameters)
        made: list[Finding] = []
        for place, text, read, given, children in self._steps:
            value = values[place]
            outcome, absent, reason = "pass", False, None
            if value is False:
                outcome = "fail"
            elif value is None:
                outcome, absent = "fail", True
            elif type(value) in _OPEN:
                outcome = "unknown"
            elif type(value) is Undefined:
                outcome, reason = "undefined", value.reason
            finding = _new(Finding)
            _set_outcome(finding, outcome)
            _set_text(finding, text)
            _set_facts(finding, fact_uses[read])
            _set_parameters(finding, parameter_uses[given])
            _set_children(finding, children(made))
            _set_absent(finding, absent)
            _set_reason(finding, reason)
            made.append(finding)
        return [
            replace(made[step], outcome="fail", absent=absent)
            if no and made[step].outcome == "undefined"
            else made[step]
            for step, no, absent in self._roots
        ]

    def _fact_uses(self, facts: Facts) -> list[tuple[FactUse, ...]]:
        """For each list of names that a finding shows."""
        uses = {
            name: unknown if (state := facts.get(name)) is None else FactUse(name, state)
            for name, unknown in self._unknown.items()
        }
        return [tuple([uses[name] for name in names]) for names in self._facts]

    def _parameter_uses(self, parameters: Parameters) -> list[tuple[ParameterUse, ...]]:
        uses = {name: ParameterUse(name, parameters.get(name)) for name in self._names}
        return [tuple([uses[name] for name in names]) for names in self._parameters]


# What the class itself does when it is called, without the keywords and the look-ups: half the time.
_new: Final = object.__new__
_set_outcome, _set_text, _set_facts, _set_parameters, _set_children, _set_absent, _set_reason = (
    getattr(Finding, name).__set__
    for name in ("outcome", "text", "facts", "parameters", "children", "absent", "reason")
)
assert set(Finding.__dataclass_fields__) == {
    *("outcome", "text", "facts", "parameters", "children", "absent", "reason")
}


_OPEN: Final = (frozenset, Partial)


def _numbered(lists: Iterable[Names]) -> dict[Names, int]:
    """The different ones, and a number for each."""
    return {names: number for number, names in enumerate(dict.fromkeys(lists))}


def _picker(children: tuple[int, ...]) -> _Picker:
    match children:
        case ():
            return lambda made: ()
        case (only,):
            return lambda made: (made[only],)
        case _:
            return cast("_Picker", itemgetter(*children))
