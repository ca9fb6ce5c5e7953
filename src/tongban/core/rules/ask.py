"""Which facts are still worth asking for.

A rule with unknowns is evaluated as far as it goes; the facts that remain are those in parts not yet settled.
None remain exactly when the result is definite. An answer settles parts and never unsettles one, so answering
a fact never brings back another that was no longer open.
"""

from __future__ import annotations

from collections.abc import Mapping

from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Unknown, Value


def open_facts(rule: Rule, facts: Facts, parameters: Mapping[str, Value]) -> frozenset[str]:
    """Names of the unknown facts that can still change the result; empty when the result is definite."""
    match evaluate(rule, facts, parameters):
        case Unknown(facts=names):
            return names
        case _:
            return frozenset()
