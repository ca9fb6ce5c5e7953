"""What the tests of a pack leave untouched: rules never met or never failed, branches never taken, numbers never read.

A test of a life event reaches the services of the event and the materials they require; a test of a policy reaches
that policy. A rule counts as met or failed where a test settles it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import BaseModel

from tongban.core.packs import facts as packfacts
from tongban.core.packs import impact, model, parameters, rule_texts, walk
from tongban.core.packs.content import dotted
from tongban.core.packs.pack import Pack
from tongban.core.rules import ir
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Absent, Facts, Known, Parameters


@dataclass(slots=True)
class Covered:
    """One rule, and what the tests made of it."""

    address: str
    """`services/food-permit#applies_when`"""
    text: str
    outcomes: Counter[str] = field(default_factory=Counter[str])
    """How often it was met (`pass`), not met (`fail`), or settled to an amount (`value`)."""
    branches: int = 0
    """Branches of its CASEs, ELSE included."""
    taken: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])
    """(CASE, branch), counted in the order of the text."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What no test showed: `never met`, `never failed`, `never settled`, `n of m branches never taken`."""
        found: list[str] = []
        if not self.outcomes:
            found.append("never settled")
        elif not self.outcomes["value"]:
            found += [
                words
                for key, words in (("pass", "never met"), ("fail", "never failed"))
                if not self.outcomes[key]
            ]
        if left := self.branches - len(self.taken):
            found.append(f"{left} of {self.branches} branches never taken")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Coverage:
    rules: tuple[Covered, ...]
    """Every rule of the pack that is not constant, by address."""
    unread: tuple[str, ...]
    """Parameters and bracket tables that no settled rule read."""

    @property
    def done(self) -> int:
        """Rules of which nothing is missing."""
        return sum(not rule.missing for rule in self.rules)


def coverage(pack: Pack, tests: Iterable[model.PackTest]) -> Coverage:
    """What these tests touch of the pack."""
    rules = {
        address: (Covered(address, rule.text, branches=_branches(rule)), rule)
        for address, rule in _rules(pack)
    }
    read: set[str] = set()
    for test in tests:
        facts, _ = packfacts.read_facts(pack, test.facts)
        numbers = parameters.resolve(pack, test.at)
        reached = _reached(pack, test)
        for address, (covered, rule) in rules.items():
            if address.split("#")[0] in reached and _run(covered, rule, facts, numbers):
                read |= rule.parameters
    named = {*pack.parameters, *pack.bracket_tables}
    return Coverage(tuple(covered for covered, _ in rules.values()), tuple(sorted(named - read)))


def _rules(pack: Pack) -> Iterator[tuple[str, Rule]]:
    for folder, entry_id, entry in impact.entries(pack):
        for path, part in walk.parts(entry):
            yield from _of_part(pack, f"{folder}/{entry_id}#", path, part)
        if folder == "policies" and entry_id in pack.amounts:
            yield f"{folder}/{entry_id}#amount", pack.amounts[entry_id]


def _of_part(pack: Pack, start: str, path: walk.Path, part: BaseModel) -> Iterator[tuple[str, Rule]]:
    name = rule_texts.RULES.get(type(part))
    text = getattr(part, name) if name else None
    if name and isinstance(text, str) and text in pack.rules and pack.rules[text].facts:
        yield start + dotted((*path, name)), pack.rules[text]


def _reached(pack: Pack, test: model.PackTest) -> set[str]:
    if test.policy:
        return {f"policies/{test.policy}"}
    event = pack.life_events.get(test.event or "")
    services = [pack.services[name] for name in (event.services if event else ())]
    materials = {requirement.material for service in services for requirement in service.requires}
    return {f"services/{service.id}" for service in services} | {f"materials/{name}" for name in materials}


def _run(covered: Covered, rule: Rule, facts: Facts, numbers: Parameters) -> bool:
    """Whether the test settles the rule."""
    match evaluate_node(rule.root, rule.type, facts, numbers):
        case Known(value=bool() as met):
            covered.outcomes["pass" if met else "fail"] += 1
        case Known():
            covered.outcomes["value"] += 1
        case Absent():
            covered.outcomes["fail"] += 1
        case _:
            return False
    for index, node in enumerate(_cases(rule)):
        if (branch := _branch(node, facts, numbers)) is not None:
            covered.taken.add((index, branch))
    return True


def _branch(node: ir.Case, facts: Facts, numbers: Parameters) -> int | None:
    """Which branch is taken; the ELSE is the last. None when it is open."""
    for number, (when, _) in enumerate(node.branches):
        match evaluate_node(when, when.type, facts, numbers):
            case Known(value=True):
                return number
            case Known() | Absent():
                continue
            case _:
                return None
    return len(node.branches)


def _branches(rule: Rule) -> int:
    return sum(len(node.branches) + 1 for node in _cases(rule))


def _cases(rule: Rule) -> list[ir.Case]:
    """Its CASEs in the order of the text, without those inside an aggregate, which have a branch for each member."""
    gathered = {
        id(inside)
        for node in ir.walk(rule.root)
        if isinstance(node, ir.Aggregate)
        for inside in ir.walk(node)
    }
    return [node for node in ir.walk(rule.root) if isinstance(node, ir.Case) and id(node) not in gathered]
