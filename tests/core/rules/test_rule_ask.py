"""Which question comes next: by example, and what holds for every set of goals."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random

import pytest
from bench.rules import synthetic
from hypothesis import given
from hypothesis import strategies as st
from tests.core.rules import strategies, subjects
from tests.core.rules.city import rule
from tests.core.rules.meaning import Sample
from tests.core.rules.test_rule_properties import SEEDS, compiled, examples

from tongban.core.rules.ask import Goal, Interview, Question, Run, open_facts, rank
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import ABSENT, Facts, Known, Parameters, State, Unknown
from tongban.core.rules.types import parse_type

GOALS = {
    "stall": Goal(rule("cold_dishes OR open_kitchen")),
    "restaurant": Goal(rule("area >= 60 AND seats > 10 AND cold_dishes"), weight=3),
    "grant": Goal(rule("rent * 2"), weight=2),
}


def scores(questions: list[Question]) -> dict[str, Fraction]:
    return {question.name: question.score for question in questions}


def test_the_fact_on_which_most_hangs_comes_first() -> None:
    questions = rank(GOALS, {}, {}, {})
    assert scores(questions) == {
        "rent": Fraction(2),
        "cold_dishes": Fraction(1, 2) + Fraction(3, 3),
        "area": Fraction(1),
        "seats": Fraction(1),
        "open_kitchen": Fraction(1, 2),
    }
    assert [question.name for question in questions] == [
        "rent",
        "cold_dishes",
        "area",
        "seats",
        "open_kitchen",
    ]
    assert questions[1] == Question("cold_dishes", Fraction(3, 2), ("stall", "restaurant"))


def test_a_question_that_is_hard_to_answer_comes_later() -> None:
    costs = {"rent": 4, "area": Fraction(1, 3), "never_read": 7}
    questions = rank(GOALS, {}, {}, costs)
    assert [question.name for question in questions][:3] == ["area", "cold_dishes", "seats"]
    assert scores(questions)["rent"] == Fraction(1, 2)
    assert scores(questions)["area"] == 3


def test_what_an_answer_settles_is_not_asked() -> None:
    questions = rank(GOALS, {"cold_dishes": Known(False)}, {}, {})
    assert [question.name for question in questions] == ["rent", "open_kitchen"]
    assert rank(GOALS, {"cold_dishes": Known(True), "rent": ABSENT, "seats": ABSENT}, {}, {}) == [
        Question("area", Fraction(3), ("restaurant",))  # an absent one leaves AND open: it could be false
    ]


def test_a_goal_that_cannot_be_defined_is_not_asked_about() -> None:
    assert rank({"share": Goal(rule("area >= least_area"))}, {}, {}, {}) == []


def test_a_relation_is_asked_for_by_its_name() -> None:
    checked = compile_rule("COUNT(children) FILTER (WHERE children.grade > area) > 1", subjects.VOCABULARY)
    assert checked.rule
    assert [question.name for question in rank({"one": Goal(checked.rule)}, {}, {}, {})] == [
        "area",
        "children",
    ]


def test_an_amount_does_not_matter_once_its_condition_fails() -> None:
    goals = {"amount": Goal(rule("rent"), only_if="due"), "due": Goal(rule("area >= 60 OR open_kitchen"))}
    interview = Interview(goals, {}, {}, {})
    assert [question.name for question in interview.questions()] == ["rent", "area", "open_kitchen"]
    interview.answer("area", Known(45))
    assert [question.name for question in interview.questions()] == ["open_kitchen", "rent"]
    interview.answer("open_kitchen", Known(False))
    assert interview.questions() == []
    interview.answer("rent", Known(5))
    interview.answer("area", Known(60))  # a correction
    assert interview.questions() == []
    assert interview.states == {"amount": Known(5), "due": Known(True)}


def test_an_answer_can_be_corrected() -> None:
    interview = Interview(GOALS, {"cold_dishes": Known(False)}, {}, {})
    interview.answer("cold_dishes", Known(True))
    assert interview.questions() == rank(GOALS, {"cold_dishes": Known(True)}, {}, {})
    assert interview.facts == {"cold_dishes": Known(True)}
    interview.answer("unheard_of", Known(1))
    assert interview.questions() == rank(GOALS, {"cold_dishes": Known(True)}, {}, {})


@pytest.mark.parametrize("number", [0, -1, Fraction(-1, 2)])
def test_weights_and_costs_are_more_than_nothing(number: int | Fraction) -> None:
    with pytest.raises(ValueError):
        rank({"one": Goal(rule("area > 1"), weight=number)}, {}, {}, {})
    with pytest.raises(ValueError):
        rank(GOALS, {}, {}, {"area": number})


@pytest.mark.parametrize("number", [0.5, True, "1"])
def test_weights_and_costs_are_exact(number: object) -> None:
    with pytest.raises(TypeError):
        rank(GOALS, {}, {}, {"area": number})  # type: ignore[dict-item]


def test_a_goal_depends_on_a_goal() -> None:
    with pytest.raises(ValueError):
        rank({"one": Goal(rule("area > 1"), only_if="two")}, {}, {}, {})


# -- properties --------------------------------------------------------------------------------------------

several = st.lists(strategies.rules, min_size=1, max_size=5)


def goals(samples: list[Sample], random: Random) -> dict[str, Goal]:
    weights = [1, 2, 3, Fraction(1, 2)]
    made = {f"goal-{n}": Goal(compiled(s), random.choice(weights)) for n, s in enumerate(samples)}
    first = made["goal-0"]
    if first.rule.type == parse_type("boolean") and random.random() < 0.5:
        made |= {n: Goal(g.rule, g.weight, only_if="goal-0") for n, g in made.items() if n != "goal-0"}
    return made


def costs(random: Random) -> dict[str, int | Fraction]:
    return {
        name: random.choice([1, 2, 5, Fraction(1, 2)]) for name in subjects.READABLE if random.random() < 0.6
    }


def plainly(
    goals: Mapping[str, Goal], facts: Facts, parameters: Parameters, costs: Mapping[str, int | Fraction]
) -> list[Question]:
    """The ranking as its definition says, from nothing."""
    found: dict[str, tuple[Fraction, tuple[str, ...]]] = {}
    for name, goal in goals.items():
        due = evaluate(goals[goal.only_if].rule, facts, parameters) if goal.only_if else Known(True)
        open_ = open_facts(goal.rule, facts, parameters)
        for fact in open_ if isinstance(due, Unknown) or due == Known(True) else ():
            score, names = found.get(fact, (Fraction(), ()))
            score += Fraction(goal.weight) / len(open_) / costs.get(fact, 1)
            found[fact] = score, (*names, name)
    return [Question(n, s, g) for n, (s, g) in sorted(found.items(), key=lambda i: (-i[1][0], i[0]))]


@examples(120)
@given(several, SEEDS)
def test_after_every_answer_the_ranking_is_what_it_would_be_from_nothing(
    samples: list[Sample], seed: int
) -> None:
    random = Random(seed)
    wanted, prices = goals(samples, random), costs(random)
    given_parameters = subjects.parameters(random)
    facts = dict(subjects.some_facts(random, subjects.READABLE))
    interview = Interview(wanted, facts, given_parameters, prices)
    compiled_run = Interview(wanted, facts, given_parameters, prices, run=run(wanted))
    asked: set[str] = set()
    while True:
        questions = interview.questions()
        assert questions == plainly(wanted, interview.facts, given_parameters, prices)
        assert questions == rank(wanted, interview.facts, given_parameters, prices)
        assert questions == compiled_run.questions()
        assert not asked & {question.name for question in questions}
        if not questions:
            break
        name = questions[0].name if random.random() < 0.7 else random.choice(sorted(subjects.READABLE))
        state = subjects.complete(random, [name], {})[name]
        before = {question.name for question in questions}
        for one in (interview, compiled_run):
            one.answer(name, state)
        asked.add(name)
        after = {question.name for question in interview.questions()}
        assert name in facts or after <= before - {name}  # nothing settled comes back
        facts[name] = state


def run(goals: Mapping[str, Goal]) -> Run:
    """All goals at once, as a compiled program does."""

    def states(facts: Facts, parameters: Parameters) -> dict[str, State]:
        return {name: evaluate(goal.rule, facts, parameters) for name, goal in goals.items()}

    return states


@examples(100)
@given(several, SEEDS)
def test_complete_facts_leave_no_question(samples: list[Sample], seed: int) -> None:
    random = Random(seed)
    wanted = goals(samples, random)
    facts = subjects.complete(random, subjects.READABLE, {})
    assert rank(wanted, facts, subjects.parameters(random), {}) == []


@pytest.fixture(scope="module")
def policies() -> tuple[dict[str, Goal], Parameters]:
    vocabulary, texts, parameters = synthetic.policies()
    made: dict[str, Goal] = {}
    for name, (condition, _) in texts.items():
        checked = compile_rule(condition, vocabulary, expect=parse_type("boolean"))
        assert checked.rule
        made[name] = Goal(checked.rule)
    return made, parameters


def test_an_interview_over_two_hundred_policies_ends_with_every_one_settled(
    policies: tuple[dict[str, Goal], Parameters],
) -> None:
    """How fast is a matter of `bench.rules.one`."""
    wanted, parameters = policies
    subject = synthetic.subject(Random(5), 1.0)
    interview = Interview(wanted, {}, parameters, {})
    asked: list[str] = []
    while questions := interview.questions():
        asked.append(questions[0].name)
        interview.answer(questions[0].name, subject[questions[0].name])
    assert 20 < len(asked) == len(set(asked))
    assert not any(isinstance(state, Unknown) for state in interview.states.values())
