"""Runs the tests that a pack carries: facts in, plan or assessment out, differences in words.

services: missing food-permit; not expected tobacco-permit
promised_days: expected 7, found 9
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tongban.core.packs import model
from tongban.core.packs.facts import read_facts
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.model import Applies, Held, Plan, Status
from tongban.core.planning.plan import UnknownEvent, plan
from tongban.core.rules import types
from tongban.core.rules.states import Facts


@dataclass(frozen=True, slots=True)
class TestOutcome:
    __test__ = False  # not a class of tests, whatever its name suggests to a collector

    name: str
    ok: bool
    differences: tuple[str, ...]
    """What was expected and not found, one line each. Empty: passed."""
    layer: str = ""
    """Id of the layer that carries the test."""


def run_tests(pack: Pack, *, all_layers: bool = False) -> tuple[TestOutcome, ...]:
    """One outcome per test of the uppermost layer, in the pack's order; with `all_layers` of every layer, from the
    bottom up, each against the whole merged pack. Mistakes in a test are differences too."""
    layers = pack.layer_tests if all_layers else {pack.manifest.id: pack.tests}
    return tuple(_run(test, pack, layer) for layer, tests in layers.items() for test in tests)


def _run(test: model.PackTest, pack: Pack, layer: str) -> TestOutcome:
    facts, problems = read_facts(pack, test.facts)
    differences = [f"facts: {problem.message}" for problem in problems]
    differences += [
        f"held: '{i}' is neither a licence kind nor a registry" for i in test.held if not _kind(i, pack)
    ]
    if not differences and test.policy is not None:
        if test.policy in pack.policies:
            differences += _of_policy(test, pack, facts)
        else:
            differences.append(f"the pack has no policy '{test.policy}'")
    elif not differences:
        try:
            found = plan(pack, test.event or "", facts, _held(test, pack), test.at)
        except UnknownEvent as unknown:
            differences.append(str(unknown))
        else:
            differences += _differences(test.expect, found)
    return TestOutcome(test.name, not differences, tuple(differences), layer)


def _of_policy(test: model.PackTest, pack: Pack, facts: Facts) -> Iterator[str]:
    policy, expect = pack.policies[test.policy or ""], test.expect
    found = calculator.assess(pack, policy, facts, test.at)
    yield from _values("result", expect.result, found.result.value)
    if expect.amount is not None:
        kind = pack.amount(policy.id).type
        wanted = types.write(kind, types.read(kind, expect.amount))
        yield from _values("amount", wanted, found.amount_fen)
    yield from _values("failing", expect.failing, found.failing)
    yield from _sets("missing", expect.missing, found.missing)
    for name, outcome in expect.conditions.items():
        finding = found.conditions.get(name)
        yield from _values(f"condition {name}", outcome, finding.outcome if finding else None)


def _held(test: model.PackTest, pack: Pack) -> tuple[Held, ...]:
    return tuple(Held(_kind(i, pack), i, reference=f"test:{i}") for i in test.held)


def _kind(evidence: str, pack: Pack) -> str:
    if evidence in pack.licences:
        return "licence"
    return "registry" if evidence in pack.resources else ""


def _differences(expect: model.Expectation, plan: Plan) -> Iterator[str]:
    yes = [s.id for s in plan.services if s.applies is Applies.YES]
    maybe = [s.id for s in plan.services if s.applies is Applies.MAYBE]
    yield from _sets("services", expect.services, yes)
    for service in expect.not_services:
        if service in yes or service in maybe:
            yield f"not_services: {service} {'applies' if service in yes else 'may apply'}"
    yield from _sets("undecided", expect.undecided, maybe)
    yield from _waits(expect, plan)
    yield from _sets("blocked", expect.blocked, [s.id for s in plan.blocked])
    yield from _sets("uploads", expect.uploads, _materials(plan, Status.UPLOAD))
    yield from _sets("held", expect.held, _materials(plan, Status.HELD))
    yield from _sets("deferrable", expect.deferrable, _materials(plan, Status.DEFERRABLE))
    yield from _sets("commitments", expect.commitments, _materials(plan, Status.COMMIT))
    yield from _sets("questions", expect.questions, [q.fact for q in plan.questions])
    yield from _values("promised_days", expect.promised_days, plan.promised_days)
    yield from _values("statutory_days", expect.statutory_days, plan.statutory_days)
    yield from _values("finish", expect.finish, plan.finish_promised.day if plan.finish_promised else None)
    yield from _conditions(expect, plan)


def _materials(plan: Plan, status: Status) -> list[str]:
    """Those surely needed; what an unknown fact may still drop is not compared."""
    return [m.id for m in plan.materials if m.status is status and m.certain]


def _waits(expect: model.Expectation, plan: Plan) -> Iterator[str]:
    for service_id, wanted in (expect.waits or {}).items():
        planned = plan.service(service_id)
        if planned is None or planned.applies is Applies.NO:
            yield f"waits: {service_id} is not in the plan"
        else:
            yield from _sets(f"waits of {service_id}", wanted, planned.waits_for)


def _conditions(expect: model.Expectation, plan: Plan) -> Iterator[str]:
    for path, wanted in expect.conditions.items():
        service_id, _, condition = path.partition("/")
        planned = plan.service(service_id)
        finding = dict(planned.conditions).get(condition) if planned else None
        if finding is None:
            yield f"conditions: {path} is not in the plan"
        else:
            yield from _values(f"condition {path}", wanted, finding.outcome)


def _sets(name: str, expected: Iterable[str] | None, found: Iterable[str]) -> Iterator[str]:
    if expected is None:
        return
    wanted, got = set(expected), set(found)
    parts: list[str] = []
    if wanted - got:
        parts.append("missing " + ", ".join(sorted(wanted - got)))
    if got - wanted:
        parts.append("not expected " + ", ".join(sorted(got - wanted)))
    if parts:
        yield f"{name}: {'; '.join(parts)}"


def _values(name: str, expected: object, found: object) -> Iterator[str]:
    if expected is not None and expected != found:
        yield f"{name}: expected {expected}, found {found if found is not None else 'none'}"
