"""Every rule text of a pack: where it stands, and its compiled form.

    materials, services, policies   true or false, over the facts of the pack
    policies: amount                money or whole numbers, over the facts of the pack
    policies: score                 whole numbers, over the facts of the pack
    indicators                      true or false and whole numbers, over the facts of a log

Mistakes are reported at every place where a wrong text stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import BaseModel

from tongban.core.packs import (
    facts,
    logs,
    model,
    model_data,
    model_rules,
    model_signers,
    parameters,
    tree,
    walk,
)
from tongban.core.packs.content import NOUNS, Content, Merged, dotted
from tongban.core.packs.pack import Pack, Position, Problem, score_key
from tongban.core.rules import check, evaluate, types
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Known

RULES: Final[Mapping[type[BaseModel], str]] = {
    # class: its field that holds a rule, true or false
    model.Service: "applies_when",
    model.Requirement: "when",
    model.Alternative: "when",
    model.Block: "when",
    model.Condition: "rule",
    model.Variant: "when",
    model_signers.Signer: "when",
    model_data.PolicyCondition: "rule",
}

_NAMED: Final = ("facts", "parameters", "bracket-tables", "relations")
"""Folders whose entries a rule can name."""
_BOOLEAN: Final = types.parse_type("boolean")
_MONEY: Final = types.parse_type("money")
_COUNT: Final = types.parse_type("integer")


@dataclass(frozen=True, slots=True)
class Compiled:
    """The compiled rules of a pack; see `Pack` for what each mapping holds."""

    rules: dict[str, Rule] = field(default_factory=dict[str, Rule])
    amounts: dict[str, Rule] = field(default_factory=dict[str, Rule])
    indicators: dict[str, tuple[Rule, Rule, Rule]] = field(default_factory=dict[str, tuple[Rule, Rule, Rule]])


def compile_all(content: Content) -> tuple[Compiled, list[Problem]]:
    """Every rule compiled, and every mistake at each place where its text stands."""
    compiled = Compiled()
    vocabulary, unreadable = _vocabulary(content)
    problems = _conditions(content, vocabulary, unreadable, compiled.rules)
    problems += _amounts(content, vocabulary, unreadable, compiled.amounts)
    problems += _indicators(content, compiled.indicators)
    return compiled, problems


def compiled(content: Content, pack: Pack) -> Iterator[tuple[Merged, walk.Path, Rule]]:
    """Every rule over the facts of the pack with the entry and the path where its text stands, in the order of the pack."""
    for merged, path, text in _texts(content):
        yield merged, path, pack.rule(text)
    for merged, policy in content.entries("policies", model_data.Policy):
        yield merged, ("amount",), pack.amount(policy.id)
        if policy.score is not None:
            yield merged, ("score",), pack.score(policy.id)


def _conditions(
    content: Content, vocabulary: types.Vocabulary, unreadable: frozenset[str], rules: dict[str, Rule]
) -> list[Problem]:
    """Each distinct text is compiled once."""
    compiled: dict[str, check.Checked] = {}
    problems: list[Problem] = []
    for merged, path, text in _texts(content):
        if _names(text) & unreadable:
            continue
        if text not in compiled:
            compiled[text] = check.compile_rule(text, vocabulary, expect=_BOOLEAN)
        checked = compiled[text]
        problems += (in_place(merged, path, problem) for problem in checked.problems)
        if checked.rule is not None and not checked.problems:
            rules[text] = checked.rule
            listed = sorted(checked.rule.facts & set(vocabulary.relations))
            if listed and merged.folder != "policies":
                message = f"a form cannot ask for a list yet, and this rule reads the relation {listed[0]}"
                hint = "only policies can read relations"
                problems.append(merged.problem("relation", message, hint, path=path))
            if path == ("applies_when",) and evaluate.evaluate(checked.rule, {}, {}) == Known(False):
                message = "the rule is never true, so the service never applies"
                hint = "correct it, or take the service away with remove: true"
                problems.append(merged.problem("never-true", message, hint, path=path))
    return problems


def _amounts(
    content: Content, vocabulary: types.Vocabulary, unreadable: frozenset[str], amounts: dict[str, Rule]
) -> list[Problem]:
    problems: list[Problem] = []
    for merged, policy in content.entries("policies", model_data.Policy):
        expect = _MONEY if policy.is_money else _COUNT
        texts = [("amount", policy.amount, expect, policy.id)]
        texts += [("score", policy.score, _COUNT, score_key(policy.id))] if policy.score is not None else []
        for name, text, type, key in texts:
            if _names(text) & unreadable:
                continue
            checked = check.compile_rule(
                text, vocabulary, expect=type, on_undefined=OnUndefined(policy.on_undefined)
            )
            problems += (in_place(merged, (name,), problem) for problem in checked.problems)
            if checked.rule is not None:
                amounts[key] = checked.rule
    return problems


def _indicators(content: Content, indicators: dict[str, tuple[Rule, Rule, Rule]]) -> list[Problem]:
    problems: list[Problem] = []
    for merged, indicator in content.entries("indicators", model_data.Indicator):
        vocabulary = logs.vocabulary(indicator.log)
        counts, numerator, denominator = (
            _of_log(merged, name, getattr(indicator, name), vocabulary, problems)
            for name in ("counts", "numerator", "denominator")
        )
        if counts and numerator and denominator:
            indicators[indicator.id] = (counts, numerator, denominator)
    return problems


def _of_log(
    merged: Merged, name: str, text: str, vocabulary: types.Vocabulary, problems: list[Problem]
) -> Rule | None:
    expect = _BOOLEAN if name == "counts" else None
    checked = check.compile_rule(text, vocabulary, expect=expect)
    problems += (in_place(merged, (name,), problem) for problem in checked.problems)
    rule = checked.rule
    if rule is not None and rule.type.kind not in (types.Kind.BOOLEAN, types.Kind.INTEGER):
        message = (
            f"a share adds up whole numbers or counts what is true, and this is {types.describe(rule.type)}"
        )
        hint = "use a fact of the log that is a whole number, or a condition"
        problems.append(merged.problem("rule-type", message, hint, path=(name,)))
        return None
    return rule


def _texts(content: Content) -> Iterator[tuple[Merged, walk.Path, str]]:
    for folder in ("materials", "services", "policies"):
        for entry_id, entry in content.models.get(folder, {}).items():
            for path, part in walk.parts(entry):
                name = RULES.get(type(part))
                text = getattr(part, name) if name else None
                if name and text is not None:
                    yield content.merged[folder][entry_id], (*path, name), text


def _names(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def in_place(merged: Merged, path: walk.Path, problem: RuleProblem) -> Problem:
    """A mistake in a rule as a problem of the pack, at the line and column of the file where it stands."""
    node = tree.at(merged.table, path)
    position: Position = node.position
    if isinstance(node, tree.Scalar):
        position = tree.position_in(node, problem.line, problem.column)
    where = f"{NOUNS[merged.folder]} {merged.id} ({dotted(path)})"
    return Problem(position, problem.code, f"{where}: {problem.message}", problem.hint)


def _vocabulary(content: Content) -> tuple[types.Vocabulary, frozenset[str]]:
    """What can be read of the vocabulary, and the names that are declared and cannot be read."""
    code_lists = {codes.id: codes for _, codes in content.entries("code-lists", model.CodeList)}
    readable = {
        fact.id: fact
        for _, fact in content.entries("facts", model.Fact)
        if facts.is_readable(fact, code_lists)
    }
    numbers = {
        entry.id: entry
        for _, entry in content.entries("parameters", model.Parameter)
        if parameters.is_readable(entry)
    }
    tables = {
        entry.id: entry
        for _, entry in content.entries("bracket-tables", model_rules.BracketTable)
        if parameters.is_readable_table(entry)
    }
    relations = {
        entry.id: entry
        for _, entry in content.entries("relations", model_rules.Relation)
        if all(facts.is_readable(field, code_lists) for field in entry.fields)
    }
    declared = {name for folder in _NAMED for name in content.known(folder)}
    unreadable = frozenset(declared - {*readable, *numbers, *tables, *relations})
    return facts.vocabulary(readable, numbers, code_lists, tables, relations), unreadable
