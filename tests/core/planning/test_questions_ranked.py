"""Which question comes first, and that no order of questions would take many fewer."""

import pytest
from bench.planning import small
from tests.core.planning.small_packs import asked, plan_of, small_pack

RATIO = 1.15


@pytest.mark.parametrize("number", range(10))
def test_an_interview_takes_hardly_more_questions_than_the_best_one_there_is(number: int):
    interviews = small.made(number, 5 + number % 2)
    assert interviews.expected() <= RATIO * interviews.best()


@pytest.mark.parametrize("number", [2018, 2026])
def test_nor_does_one_about_twelve_facts(number: int):
    interviews = small.made(number, small.MOST_FACTS)
    assert interviews.expected() <= RATIO * interviews.best()


def test_the_best_interview_is_better_than_a_silly_one():
    """The bench can tell: whoever asks from the end of the list needs more."""
    all_of_them = [small.made(number, 6) for number in (6, 11, 21)]
    worst = sum(one.expected(lambda found: found.questions[-1].fact) for one in all_of_them)
    best = sum(one.best() for one in all_of_them)
    assert worst > RATIO * best


RARE = """
facts:
  - {{id: rare, priors: {priors}}}
  - {{id: other}}
services:
  - {{id: a, applies_when: rare AND other}}
"""


@pytest.mark.parametrize(
    ("priors", "first"), [("{'yes': 0.02}", "rare"), ("{'no': 0.02}", "other"), ("{'yes': 0.4}", "rare")]
)
def test_what_most_people_answer_decides_which_question_settles_more(priors: str, first: str):
    """`rare AND other` is over at once for the 98 % who say no."""
    assert asked(plan_of(small_pack(RARE.format(priors=priors))))[0] == first


def test_a_number_is_tried_on_both_sides_of_its_limit():
    """Below 300 the fire check and its two questions fall away, so the area comes before a question on its own."""
    pack = small_pack("""
    facts:
      - {id: alone}
      - {id: area, type: integer}
      - {id: built}
      - {id: moved}
    materials: [{id: plan}, {id: report}]
    services:
      - {id: sign, applies_when: alone}
      - id: fire-check
        applies_when: area >= 300
        requires: [{material: plan, when: built}, {material: report, when: moved}]
    """)
    assert asked(plan_of(pack)) == ["area", "alone", "built", "moved"]
    assert asked(plan_of(pack, {"area": 299})) == ["alone"]


def test_of_equal_questions_the_one_that_is_easier_to_answer_comes_first():
    pack = small_pack("""
    facts: [{id: paper, effort: look-up}, {id: typed, effort: type}, {id: tapped}]
    services:
      - {id: a, applies_when: paper}
      - {id: b, applies_when: typed}
      - {id: c, applies_when: tapped}
    """)
    assert asked(plan_of(pack)) == ["tapped", "typed", "paper"]


def test_a_question_that_may_fall_away_waits_until_it_is_known():
    pack = small_pack("""
    facts: [{id: abroad}, {id: visa}, {id: stay}]
    materials: [{id: m}]
    services:
      - id: passport
        applies_when: abroad
        requires: [{material: m, when: visa OR stay}]
        blocked_when: [visa AND stay]
        conditions: [{id: c, rule: visa}, {id: d, rule: stay}]
    """)
    first, *rest = plan_of(pack).questions
    assert (first.fact, first.later) == ("abroad", False)
    assert [one.later for one in rest] == [True, True]
    assert not any(one.later for one in plan_of(pack, {"abroad": True}).questions)
