"""The list of a round by the engine of populations is the list that the calculator makes subject by subject."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.fixtures import NOON
from tests.work.policies.grants import COMMERCE, GRANT, SMALL, Town
from tests.work.policies.listed import drawn, officer

from tongban.base.audit.verify import verify
from tongban.base.identity import queries as identity
from tongban.core.packs import parameters
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import score_key
from tongban.core.planning import calculator
from tongban.core.planning.allotment import allot
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import matching, office, owner, rounds, rounds_job

SCORE = "CASE WHEN area >= 300 THEN 3 WHEN area >= 80 THEN 2 ELSE 1 END"


@pytest.fixture
def mixed(town: Town) -> Town:
    """Shops of every sort: what is known of them, what they asked for, and what they have already."""
    for area, entity, scope, permit in (
        ("86.50", "individual", "catering", date(2026, 2, 20)), ("320.00", "individual", "catering", date(2026, 1, 1)),
        ("50.00", "company", "catering_and_food_sales", date(2026, 3, 1)), ("86.50", "branch", "catering", date(2026, 2, 20)),
        ("86.50", "individual", "food_sales", date(2026, 2, 20)), ("86.50", "individual", "catering", date(2025, 12, 31)),
        ("86.50", "individual", "catering", date(2020, 1, 2)), ("320.00", None, "catering", date(2026, 2, 20)),
        (None, "individual", "catering", date(2026, 2, 20)), ("86.50", "individual", None, None),
        ("86.50", "branch", "food_sales", None), ("80.00", "individual", "catering", date(2026, 2, 20)),
        ("81.00", "individual", "catering", date(2026, 2, 21)),
    ):  # fmt: skip
        town.shop(area=area, entity=entity, scope=scope, permit=permit)
    town.say(town.shop(), area=None)  # known to be absent, said after it was something
    town.say(town.shop(), area="lots")  # not understood
    town.say(town.shop(area="10.00"), days=-3, area="300.00")  # what was said later counts
    matching.pause(acting=town.owner(), subject=town.shop().pk)
    town.found(town.shop())
    taken_back = town.found(town.shop())
    owner.contest(acting=town.owner(), entitlement=taken_back.pk, text="This is not my shop.")
    office.answer_contest(
        acting=town.officer(COMMERCE), entitlement=taken_back.pk, outcome="withdrawn", reasons="That is so."
    )
    town.shop(owner="demo-shen")
    town.found(town.shop(owner="demo-neighbour"))
    town.shop(owner="demo-neighbour")
    return town


def by_hand(
    town: Town, row: models.Round, total: int
) -> tuple[Counter[str], dict[Any, tuple[int, int, int]]]:
    """Outcomes, and of each subject on the list (amount, score, given), one look after the other."""
    pack, policy = rounds.pack_and_policy(row)
    outcomes: Counter[str] = Counter()
    listed = []
    for subject in identity.ids_of_kind("enterprise", most=1000):
        stance = evidence.stance_of(subject)
        if evidence.ground_of(policy, stance) is None:
            outcomes["not-read"] += 1
            continue
        agents = [
            account.person_id for account in identity.accounts_of_subject(subject, NOON)
            if identity.mandates_of(account.person, NOON).filter(principal_id=subject, ground="representative").exists()
        ]  # fmt: skip
        keys = {
            "subject": str(subject),
            "year": f"{subject}:2026",
            "person": str(min(agents)) if agents else None,
        }
        key = keys[policy.once_per]
        had = models.Entitlement.objects.filter(policy=GRANT, once_key=key).exclude(state="withdrawn")
        if key is not None and had.exists():
            outcomes["had"] += 1
            continue
        read = evidence.facts_of(subject, pack, calculator.facts_read(pack, policy), row.on)
        facts = evidence.typed(pack, read)
        found = calculator.assess(pack, policy, facts, row.on)
        outcomes[found.result.value] += 1
        if found.amount_fen and key is not None:
            score = 0
            if policy.score is not None:
                score = evaluate(pack.score(GRANT), facts, parameters.resolve(pack, row.on)).value
            listed.append((subject, found, score))
    given = allot(
        [found.amount_fen for _subject, found, _score in listed], total, row.order,
        scores=[score for *_rest, score in listed], partial=row.partial,
    )  # fmt: skip
    for subject, found, _score in listed:
        assert models.RoundLine.objects.get(round=row, subject=subject).findings == calculator.to_json(found)
    return outcomes, {
        subject: (found.amount_fen, score, fen)
        for (subject, found, score), fen in zip(listed, given, strict=True)
    }


@pytest.mark.parametrize("once_per", ["subject", "person", "year"])
@pytest.mark.parametrize("order", ["first-come", "score", "pro-rata"])
@pytest.mark.parametrize("some", [7, 1000])
def test_the_list_is_the_one_that_looking_at_each_alone_makes(
    mixed: Town, monkeypatch: pytest.MonkeyPatch, once_per: str, order: str, some: int
) -> None:
    total = 4 * SMALL + SMALL // 2
    budget = mixed.policy.budget[0].model_copy(
        update={"year": 2026, "total_fen": 2 * SMALL + total, "order": order, "partial": some == 7}
    )
    rule = compile_rule(SCORE, vocabulary_of(mixed.pack)).rule
    assert rule
    scores = MappingProxyType({**mixed.pack.amounts, score_key(GRANT): rule})
    mixed.city.pack = replace(mixed.pack, amounts=scores)
    mixed.put_in_force(
        monkeypatch, budget=(budget,), once_per=once_per, score=SCORE if order == "score" else None
    )
    row = drawn(mixed, some=some)
    outcomes, expected = by_hand(mixed, row, total)
    assert row.outcomes == outcomes
    assert len(expected) >= 6
    found = {line.subject: (line.amount_fen, line.score, line.given_fen) for line in row.lines.all()}
    assert found == expected
    ranked = list(row.lines.order_by("rank").values_list("rank", "score", "subject"))
    assert [rank for rank, *_rest in ranked] == list(range(1, len(ranked) + 1))
    assert [(-score, subject) for _rank, score, subject in ranked] == sorted(
        (-score, subject) for _rank, score, subject in ranked
    )
    assert verify().sound


def test_whoever_has_not_consented_is_not_looked_at_where_no_article_says_so(
    mixed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    matching.resume(acting=mixed.owner(), subject=mixed.shops[0].pk)
    matching.resume(acting=mixed.owner(), subject=mixed.shops[3].pk)
    mixed.put_in_force(monkeypatch, articles=())
    row = drawn(mixed, some=5)
    outcomes, _lines = by_hand(mixed, row, 10**9)
    assert row.outcomes == outcomes
    assert outcomes["not-read"] == row.looked - 2


def test_many_cost_no_more_queries_than_few(mixed: Town) -> None:
    counts = []
    for some in (4, 20):
        row = rounds.begin(acting=officer(mixed), policy=GRANT)
        with CaptureQueriesContext(connection) as queries:
            assert rounds_job.go_on(round_=row.pk, now=NOON, some=some)
        counts.append(len(queries))
        rounds.drop(acting=officer(mixed), round_=row.pk)
    assert counts[0] == counts[1] <= 20


def test_what_two_engines_say_differently_is_not_granted(
    mixed: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking = rounds_job.rounds_look
    everybody = [looking.Result.ELIGIBLE]
    monkeypatch.setattr(looking.Eye, "results", lambda self, facts: everybody * len(facts))
    row = rounds.begin(acting=officer(mixed), policy=GRANT)
    with pytest.raises(looking.Disagreement, match=GRANT):
        rounds_job.go_on(round_=row.pk, now=NOON)
    row.refresh_from_db()
    assert (row.looked, row.lines.count()) == (0, 0)
