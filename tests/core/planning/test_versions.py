"""Several versions of policies in one program come to what each comes to alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import numpy as np
import pytest

from tongban.base.directory import sources as directory
from tongban.core.packs import loader
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import changed
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import Verdicts
from tongban.core.planning.versions import Versions
from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.renaming import with_parameters
from tongban.core.rules.states import Brackets, Facts, Known
from tongban.core.rules.to_numpy.columns import columns
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.types import Kind, Vocabulary, parse_type

ROOT = Path(__file__).resolve().parents[3]
AT = date(2025, 6, 1)


@pytest.fixture(scope="module")
def city() -> Pack:
    found = loader.load(directory.read_layers(ROOT / "packs", "cn-qingqu"), "cn-qingqu").pack
    assert found is not None
    return found


def test_versions_side_by_side_are_what_each_is_alone(city: Pack) -> None:
    policies = [one for one in city.policies.values() if one.subject == "enterprise"]
    before, after, far = (Matcher.of_pack(city, policies, AT) for _ in range(3))
    after.parameters = changed.with_values(city, after.parameters, {"refund_rate_sme": "0.9"})
    far.parameters = {
        name: value * 2 if isinstance(value, Decimal) else value for name, value in far.parameters.items()
    }
    versions = Versions([before, after, far])
    random, words = Random(20261127), vocabulary_of(city)
    people = [_subject(random, versions, words) for _ in range(500)]
    given = columns(
        versions.needs.facts, {name: dict(of) for name, of in versions.needs.fields.items()}, people
    )
    judges = versions.judges(given, len(people))
    program(versions.rules).prepare(given, versions.parameters, len(people)).give(judges)
    found = judges.found
    for matcher, together in zip(versions.matchers, found, strict=True):
        judge = matcher.judge(given, len(people))
        program(matcher.rules).prepare(given, matcher.parameters, len(people)).give(judge)
        assert together.keys() == judge.found.keys()
        for name, alone in judge.found.items():
            assert _plain(alone) == _plain(together[name]), name
    differ = [name for name in found[0] if _plain(found[0][name]) != _plain(found[1][name])]
    assert differ == ["job-stability-refund"]
    assert sum(_plain(found[0][name]) != _plain(found[2][name]) for name in found[0]) > 1


def test_what_versions_have_in_common_is_in_the_program_once(city: Pack) -> None:
    policies = [one for one in city.policies.values() if one.subject == "enterprise"]
    one, same = Matcher.of_pack(city, policies, AT), Matcher.of_pack(city, policies, AT)

    def lines(*matchers: Matcher) -> int:
        versions = Versions(matchers)
        random, words = Random(1), vocabulary_of(city)
        people = [_subject(random, versions, words) for _ in range(200)]
        given = columns(
            versions.needs.facts, {n: dict(of) for n, of in versions.needs.fields.items()}, people
        )
        plan = program(versions.rules).prepare(given, versions.parameters, 200).plan
        return len(plan.lines) - len(plan.stores)

    assert lines(one, same) == lines(one)


def test_parameters_and_tables_are_read_under_other_names() -> None:
    words = Vocabulary(
        facts={"a": parse_type("integer")},
        parameters={"p": parse_type("integer"), "q": parse_type("integer")},
        code_lists={},
    )
    rule = compile_rule("CASE WHEN a > p THEN p + q ELSE LEAST(q, a) END", words).rule
    assert rule
    other = with_parameters(rule, {"p": "1 p"})
    assert other.parameters == {"1 p", "q"}
    assert set(ir.parameters(other.root)) == {"1 p", "q"}
    assert with_parameters(other, {"1 p": "p"}).root == rule.root
    assert with_parameters(rule, {"r": "s"}) is rule
    table = ir.Bracket(
        type=rule.type,
        line=1,
        column=1,
        operand=rule.root,
        table="t",
        key=rule.type,
        value=rule.type,
        sliced=False,
    )
    renamed = with_parameters(
        replace(rule, root=table, parameters=frozenset({"p", "q", "t"})), {"t": "1 t", "q": "1 q"}
    )
    assert set(ir.parameters(renamed.root)) == {"1 t", "p", "1 q"}


def _plain(found: Verdicts) -> tuple[list[int], ...]:
    return tuple(
        np.asarray(getattr(found, name)).tolist()
        for name in ("results", "due", "near", "failing", "wanting", "missing")
    )


def _subject(random: Random, versions: Versions, words: Vocabulary) -> Facts:
    """Nine facts in ten, near to what the rules compare with."""
    named = [
        int(value) for one in versions.matchers for value in one.parameters.values()
        if isinstance(value, int | Decimal) and not isinstance(value, bool | Brackets)
    ]  # fmt: skip
    found: dict[str, Known] = {}
    for name, type in versions.needs.facts.items():
        if random.random() < 0.1:
            continue
        match type.kind:
            case Kind.BOOLEAN:
                found[name] = Known(random.random() < 0.5)
            case Kind.CODE:
                found[name] = Known(random.choice(sorted(words.code_lists[type.codes or ""])))
            case Kind.DATE:
                found[name] = Known(date(random.randint(1990, 2025), random.randint(1, 12), 1))
            case Kind.DECIMAL:
                found[name] = Known(Decimal(random.randint(0, 200)).scaleb(-type.scale))
            case Kind.TEXT:
                found[name] = Known("x")
            case _:
                found[name] = Known(
                    max(random.choice([*named, 10, 100, 10_000_000]) + random.randint(-2, 2), 0)
                )
    return found
