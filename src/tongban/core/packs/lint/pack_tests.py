"""Tests of a pack that speak of things the pack does not have."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import facts, model, model_data, model_rules, names
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
        yield from _subject(content, merged, test)


def _subject(content: Content, merged: Merged, test: model.PackTest) -> Iterator[Problem]:
    """A test is of a life event or of a policy, and expects what such a thing has."""
    if (test.event is None) == (test.policy is None):
        message = "a test names the event or the policy that it is of"
        yield merged.problem("test-subject", message, "write event: ... or policy: ..., and not both")
    of_policies = set(model.Expectation.model_fields) & {"result", "amount", "failing", "missing"}
    given = test.expect.model_fields_set - {"conditions"}
    wrong = sorted(given - of_policies if test.policy else given & of_policies)
    for name in wrong:
        message = f"a test of a {'policy' if test.policy else 'life event'} has no {name}"
        yield merged.problem("test-subject", message, path=("expect", name))
    for name in test.expect.missing or ():
        known = {**content.known("facts"), **content.known("relations")}
        if name not in known:
            hint = names.did_you_mean(name, known)
            message = f'there is no fact "{name}"'
            yield merged.problem("unknown-fact", message, hint, path=("expect", "missing"))
    policy = content.get("policies", model_data.Policy, test.policy or "")
    conditions = [condition.id for condition in policy.conditions] if policy else []
    for name in test.expect.conditions:
        if not test.policy:
            yield from _condition(content, merged, name)
        elif policy and name not in conditions:
            hint = names.did_you_mean(name, conditions)
            message = f'the policy {test.policy} has no condition "{name}"'
            yield merged.problem("unknown-condition", message, hint, path=("expect", "conditions", name))


def _facts(content: Content, merged: Merged, test: model.PackTest) -> Iterator[Problem]:
    code_lists = {codes.id: codes for _, codes in content.entries("code-lists", model.CodeList)}
    for name, value in test.facts.items():
        path = ("facts", name)
        relation = content.get("relations", model_rules.Relation, name)
        if relation is not None:
            yield from _members(content, merged, relation, value, path)
            continue
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


def _members(
    content: Content, merged: Merged, relation: model_rules.Relation, value: object, path: tuple[str, ...]
) -> Iterator[Problem]:
    code_lists = {codes.id: codes for _, codes in content.entries("code-lists", model.CodeList)}
    if all(facts.is_readable(field, code_lists) for field in relation.fields):
        try:
            facts.read_members(relation, code_lists, value)
        except types.BadValue as error:
            yield merged.problem("fact-value", str(error), path=path)


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
