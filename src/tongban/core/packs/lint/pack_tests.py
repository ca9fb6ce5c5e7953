"""Tests of a pack that speak of things the pack does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import facts, model, names
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint import references, vocabulary
from tongban.core.packs.pack import Problem
from tongban.core.rules import types


def tests(content: Content) -> Iterator[Problem]:
    """Unknown facts and values of the wrong type, unknown evidence, unknown conditions."""
    for merged, test in content.entries("tests", model.PackTest):
        yield from _facts(content, merged, test)
        for index, held in enumerate(test.held):
            known = {**content.known("licences"), **content.known("resources")}
            if held not in known:
                hint = names.did_you_mean(held, known)
                message = f'there is no licence or registry "{held}"'
                yield merged.problem("unknown-evidence", message, hint, path=("held", index))
        for service, waits in (test.expect.waits or {}).items():
            for name in (service, *waits):
                problem = references.unknown(content, merged, "services", name, ("expect", "waits", service))
                if problem:
                    yield problem
        for name in test.expect.conditions:
            yield from _condition(content, merged, name)


def _facts(content: Content, merged: Merged, test: model.PackTest) -> Iterator[Problem]:
    code_lists = {codes.id: codes for _, codes in content.entries("code-lists", model.CodeList)}
    for name, value in test.facts.items():
        path = ("facts", name)
        problem = references.unknown(content, merged, "facts", name, path)
        if problem:
            yield problem
        fact = content.get("facts", model.Fact, name)
        if fact is None or value is None or not facts.is_readable(fact, code_lists):
            continue
        message = vocabulary.yuan_problem(fact.type, value)
        try:
            facts.read_value(fact, code_lists, value)
        except types.BadValue as error:
            message = str(error)
        if message:
            yield merged.problem("fact-value", message, f"the fact is of type {fact.type}", path=path)


def _condition(content: Content, merged: Merged, name: str) -> Iterator[Problem]:
    service_id, _, condition_id = name.partition("/")
    path = ("expect", "conditions", name)
    problem = references.unknown(content, merged, "services", service_id, path)
    if problem:
        yield problem
    service = content.get("services", model.Service, service_id)
    conditions = [condition.id for condition in service.conditions] if service else []
    if service and condition_id not in conditions:
        hint = names.did_you_mean(condition_id, conditions) or "write service-id/condition-id"
        message = f'the service {service_id} has no condition "{condition_id}"'
        yield merged.problem("unknown-condition", message, hint, path=path)
