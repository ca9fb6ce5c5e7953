"""Whether two versions of a rule give the same result for everybody; if not, a subject for whom they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from tongban.core.rules.literals import same_kind
from tongban.core.rules.prove.claims import are_different, differs, rule_state
from tongban.core.rules.prove.logic import EFFORT, Term
from tongban.core.rules.prove.questions import NONE, Found, Prover, Scene, Side, names
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Parameters, State


@dataclass(frozen=True, slots=True)
class Difference:
    facts: Facts
    """A subject whose result changes: everything that the two versions read."""
    before: State
    """Its result by the old version, as `evaluate` gives it."""
    after: State


class Verdict(Enum):
    EQUAL = "equal"
    """Nobody's result changes. Why one is undefined does not count."""
    CANNOT_TELL = "cannot-tell"


def diff(
    old: Rule,
    new: Rule,
    parameters_old: Parameters,
    parameters_new: Parameters,
    *,
    codes: Mapping[str, frozenset[str]] | None = None,
    effort: int = 3 * EFFORT,
) -> Difference | Verdict:
    """A subject whose result changes from the one version to the other; one of whom nothing is absent, if possible.

    Raises ValueError when the results are of different types, or a fact is of another type in the new version;
    ProverMissing without z3.
    """
    if not same_kind(old.type, new.type):
        raise ValueError(f"a {old.type.kind} and a {new.type.kind} cannot be compared")
    types, others = names(old), names(new)
    for name in types.keys() & others.keys():
        if types[name] != others[name]:
            raise ValueError(f"'{name}' is of another type in the new version")
    sides = Side(old, parameters_old), Side(new, parameters_new)

    def claim(scene: Scene) -> Term:
        one, other = (encoding.whole for encoding in scene.encodings)
        return differs(scene.world, one, other, (old.root.type, new.root.type))

    def check(facts: Facts) -> bool:
        return are_different(*(rule_state(facts, side) for side in sides))

    found = Prover(sides, codes, effort).find(claim, check)
    if isinstance(found, Found):
        return Difference(found.facts, *(rule_state(found.facts, side) for side in sides))
    return Verdict.EQUAL if found is NONE else Verdict.CANNOT_TELL
