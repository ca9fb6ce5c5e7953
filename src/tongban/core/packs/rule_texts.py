"""Every rule text of a pack: where it stands, and its compiled form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

from tongban.core.packs import facts, model, parameters, tree, walk
from tongban.core.packs.content import NOUNS, Content, Merged, dotted
from tongban.core.packs.pack import Position, Problem
from tongban.core.rules import check, evaluate, types
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Known

RULES: Final[Mapping[type[BaseModel], str]] = {
    # class: its field that holds a rule, true or false
    model.Service: "applies_when",
    model.Requirement: "when",
    model.Alternative: "when",
    model.Block: "when",
    model.Condition: "rule",
    model.Variant: "when",
}

_BOOLEAN: Final = types.parse_type("boolean")


def compile_all(content: Content) -> tuple[dict[str, Rule], list[Problem]]:
    """Text -> compiled rule for each distinct text, and every mistake at each place where the text stands."""
    vocabulary, unreadable = _vocabulary(content)
    compiled: dict[str, check.Checked] = {}
    rules: dict[str, Rule] = {}
    problems: list[Problem] = []
    for merged, path, text in _texts(content):
        if unreadable and unreadable & set(re.findall(r"\w+", text)):
            continue
        if text not in compiled:
            compiled[text] = check.compile_rule(text, vocabulary, expect=_BOOLEAN)
        checked = compiled[text]
        problems += (_problem(merged, path, problem) for problem in checked.problems)
        if checked.rule is not None and not checked.problems:
            rules[text] = checked.rule
            if path == ("applies_when",) and evaluate.evaluate(checked.rule, {}, {}) == Known(False):
                message = "the rule is never true, so the service never applies"
                hint = "correct it, or take the service away with remove: true"
                problems.append(merged.problem("never-true", message, hint, path=path))
    return rules, problems


def _texts(content: Content) -> Iterator[tuple[Merged, walk.Path, str]]:
    for folder in ("materials", "services"):
        for entry_id, entry in content.models.get(folder, {}).items():
            for path, part in walk.parts(entry):
                name = RULES.get(type(part))
                text = getattr(part, name) if name else None
                if name and text is not None:
                    yield content.merged[folder][entry_id], (*path, name), text


def _problem(merged: Merged, path: walk.Path, problem: RuleProblem) -> Problem:
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
    declared = {*content.known("facts"), *content.known("parameters")}
    unreadable = frozenset(declared - {*readable, *numbers})
    return facts.vocabulary(readable, numbers, code_lists), unreadable
