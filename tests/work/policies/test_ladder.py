"""The ladder of policies: no question that settles nothing, and on each rung what the calculator says."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from tests.work.policies.peopled import AT, ROOT, matcher_of, subject
from tests.work.policies.test_population import city  # noqa: F401  (a fixture)

from tongban.core.packs import parameters
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator, ladder
from tongban.core.planning.calculator import Result
from tongban.core.rules.ask import Interview
from tongban.core.rules.states import Known
from tongban.doors.cli import packs
from tongban.doors.cli.main import cli

REFUND = "job-stability-refund"


def policies(pack: Pack) -> list[Any]:
    return [
        one for one in pack.policies.values() if one.subject == "enterprise" and calculator.in_force(one, AT)
    ]


def due(found: list[ladder.Rung]) -> dict[str, int | None]:
    return {one.policy.id: one.found.amount_fen for one in found if one.found.result is Result.ELIGIBLE}


def test_each_rung_is_what_the_calculator_says_and_the_best_come_first(city: Pack) -> None:  # noqa: F811
    random, matcher = Random(3), matcher_of(city)
    rungs = ladder.Ladder(city, policies(city), AT)
    for _ in range(40):
        facts = subject(random, city, matcher, random.choice([0.3, 0.8, 1]))
        found = rungs.rungs(facts)
        order = [Result.ELIGIBLE, Result.NEAR, Result.NEEDS_DATA, Result.NOT]
        assert [order.index(one.found.result) for one in found] == sorted(
            order.index(o.found.result) for o in found
        )
        due = [one.found.amount_fen or 0 for one in found if one.found.result is Result.ELIGIBLE]
        assert due == sorted(due, reverse=True)
        for rung in found:
            assert rung.found == calculator.assess(city, rung.policy, facts, AT)
            assert (rung.bounds is not None) is (rung.found.result is Result.NEEDS_DATA)
            if rung.found.result is Result.NEAR:
                assert [one.id for one in rung.unmet] == [rung.found.failing]


def test_when_nothing_is_asked_any_more_every_policy_is_settled(city: Pack) -> None:  # noqa: F811
    """A policy that is shut out is not asked about, though its amount stays open."""
    random, matcher = Random(11), matcher_of(city)
    values, settled = parameters.resolve(city, AT), 0
    climbed = ladder.Ladder(city, policies(city), AT)
    for _ in range(15):
        complete = subject(random, city, matcher, 1)
        talk = Interview(climbed.goals, {}, values, {})
        asked: set[str] = set()
        while questions := talk.questions():
            name = questions[0].name
            if name not in complete or name in asked:  # a field of a member is not known
                break
            asked.add(name)
            talk.answer(name, complete[name])
        else:
            found = climbed.rungs(talk.facts)
            assert all(one.found.result is not Result.NEEDS_DATA for one in found)
            everything = climbed.rungs(complete)
            assert due(found) == due(
                everything
            )  # a condition that has failed may spare the others, and so a near miss
        settled += not talk.questions()
    assert settled >= 5


def ran(*words: object, typed: str, language: str = "en_US.UTF-8") -> Any:
    given = ["policy", "ask", "--at", "2025-06-01", "--pack", str(ROOT / "packs/cn"), *map(str, words)]
    return CliRunner().invoke(cli, given, input=typed, env={"LC_ALL": language})


def test_the_interview_ends_with_what_is_due_and_keeps_the_answers(tmp_path: Path) -> None:
    out = tmp_path / "answers.yaml"
    done = ran("--policy", REFUND, "--out", out, typed="small\n96000.50\n0\n10\n12\n")
    assert done.exit_code == 0, done.output
    assert "At most 5 questions left" in done.output
    assert "Due (1)" in done.output
    assert "Job-stability refund of 2025: ¥57,600.30" in done.output
    again = ran("--policy", REFUND, "--facts", out, typed="")
    assert "questions left" not in again.output
    assert "¥57,600.30" in again.output


def test_one_step_away_says_which_step(tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(
        "unemployment_insured_months: 11\nlayoffs_last_year: 0\nstaff_insured_last_year: 10\n",
        encoding="utf-8",
    )
    done = ran("--policy", REFUND, "--facts", facts, typed="")
    assert "One step away (1)" in done.output
    assert "Unemployment premiums were paid for 12 months" in done.output
    chinese = ran("--policy", REFUND, "--facts", facts, typed="", language="zh_CN.UTF-8")
    assert "差一步 (1)" in chinese.output


@pytest.mark.parametrize("typed", ["<\n", "small\n<\n<\n"])
def test_a_step_back_leads_to_the_question_before(typed: str) -> None:
    done = ran("--policy", REFUND, typed=typed)
    assert "This is the first question." in done.output
    assert "Still open (1)" in done.output


def test_members_of_a_relation_are_asked_for_one_by_one() -> None:
    done = ran("--policy", "job-expansion-subsidy", typed="1\n1\nyes\n3\nno\n")
    assert done.exit_code == 0, done.output
    assert "Due (1)" in done.output, done.output
    assert "¥1,500" in done.output


def test_a_member_of_whom_something_is_not_known_is_not_asked_for_again() -> None:
    done = ran("--policy", "job-expansion-subsidy", typed="1\n1\n?\n3\nno\n")
    assert done.exit_code == 0, done.output
    assert done.output.count("(how many?)") == 1
    assert "Still open (1)" in done.output


def test_known_facts_count_from_the_start(city: Pack) -> None:  # noqa: F811
    climbed = ladder.Ladder(city, policies(city), AT)
    names = {one.name for one in climbed.questions({})}
    assert "firm_size" in names
    fewer = {one.name for one in climbed.questions({"firm_size": Known("small")})}
    assert fewer < names
    assert "firm_size" not in fewer


def test_an_open_amount_has_an_end_only_where_the_policy_sets_one(city: Pack) -> None:  # noqa: F811
    """What a fact may at most be declared to be is no end: no firm is told of forty thousand millions."""
    highs = _highs(city, AT)
    assert highs[REFUND] is None
    assert highs["small-scale-vat-relief"] is None
    local = _highs(packs.read_clean(ROOT / "packs/cn-qingqu"), date(2026, 11, 1))
    assert local["technical-renovation"] == 1_000_000_000  # 10 million yuan, its second ceiling
    assert local["start-up-grant"] == 1_000_000
    assert local["six-taxes-halved"] is None


def _highs(pack: Pack, at: date) -> dict[str, Any]:
    wanted = [p for p in pack.policies.values() if p.subject == "enterprise" and calculator.in_force(p, at)]
    return {
        rung.policy.id: rung.bounds.high for rung in ladder.Ladder(pack, wanted, at).rungs({}) if rung.bounds
    }
