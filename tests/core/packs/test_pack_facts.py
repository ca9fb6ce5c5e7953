"""Reading and writing what is known about a subject, parameters by date, and the calendar of a pack."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.packs.shop_pack import files, load_pack

from tongban.core.packs import calendars, facts, parameters
from tongban.core.rules.states import ABSENT, Known

PACK = load_pack(files())


def problems_of(**raw: Any) -> list[tuple[str, str]]:
    known, problems = facts.read_facts(PACK, raw)
    assert not known
    return [(problem.code, problem.message) for problem in problems]


def test_values_are_read_by_the_type_of_their_fact():
    raw = {"area": "12.5", "kind": "hall", "capital": "100.50", "opened": "2026-01-01", "shop_name": "面馆"}
    known, problems = facts.read_facts(PACK, raw)
    assert problems == ()
    assert known == {
        "area": Known(Decimal("12.5")),
        "kind": Known("hall"),
        "capital": Known(10050),
        "opened": Known(date(2026, 1, 1)),
        "shop_name": Known("面馆"),
    }


def test_none_means_known_to_be_absent():
    assert facts.read_facts(PACK, {"area": None}) == ({"area": ABSENT}, ())


@pytest.mark.parametrize(
    ("raw", "code", "words"),
    [
        ({"aera": 5}, "unknown-fact", 'no fact "aera"'),
        ({"area": "large"}, "not-a-number", "number"),
        ({"area": 0}, "too-small", "1 m2"),
        ({"area": "900.1"}, "too-large", "900 m2"),
        ({"capital": "5000.01"}, "too-large", "5000 yuan"),
        ({"kind": "hal"}, "not-in-list", 'did you mean "hall"?'),
        ({"kind": "palace"}, "not-in-list", "one of: stall, hall"),
        ({"opened": "2026-02-30"}, "not-a-date", "date"),
        ({"shop_name": "兰州拉面馆"[:5] + "店"}, "too-long", "6 characters and may have 5"),
    ],
)
def test_a_wrong_value_is_told_what_is_wrong(raw: dict[str, Any], code: str, words: str):
    ((found, message),) = problems_of(**raw)
    assert found == code
    assert words in message


def test_every_wrong_value_is_reported_and_the_right_ones_are_kept():
    known, problems = facts.read_facts(PACK, {"area": 20, "kind": 7, "aera": 5, "opened": "soon"})
    assert known == {"area": Known(Decimal("20"))}
    assert [problem.code for problem in problems] == ["not-in-list", "unknown-fact", "not-a-date"]
    assert problems[1].hint == 'did you mean "area"?'


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "area": st.none() | st.decimals(1, 900, places=1),
            "kind": st.none() | st.sampled_from(["stall", "hall"]),
            "capital": st.none() | st.integers(0, 500000),
            "opened": st.none() | st.dates(),
            "shop_name": st.none() | st.text("abc面", min_size=1, max_size=5),
        },
    )
)
def test_written_facts_read_back_the_same(raw: dict[str, Any]):
    known, problems = facts.read_facts(PACK, raw)
    assert problems == ()
    assert facts.read_facts(PACK, facts.write_facts(PACK, known)) == (known, ())


def test_a_parameter_changes_on_the_first_day_of_its_new_value():
    assert parameters.resolve(PACK, date(2025, 12, 31)) == {"large_area": Decimal("50.0")}
    assert parameters.resolve(PACK, date(2026, 1, 1)) == {"large_area": Decimal("60.5")}


def test_a_parameter_without_a_value_for_the_day_is_left_out():
    assert parameters.resolve(PACK, date(2020, 1, 1)) == {}
    assert parameters.resolve(PACK, date(2026, 7, 1))["fee"] == 1250


def test_the_only_calendar_is_the_usual_one():
    calendar = calendars.work_calendar(PACK)
    assert calendar.id == "default"
    assert calendar.is_working_day(date(2026, 1, 4))
    assert not calendar.is_working_day(date(2026, 1, 1))


def test_an_unknown_calendar_is_refused():
    with pytest.raises(KeyError):
        calendars.work_calendar(PACK, "courts")


def test_rules_know_facts_parameters_and_codes():
    vocabulary = facts.vocabulary(PACK.facts, PACK.parameters, PACK.code_lists, {}, {})
    assert vocabulary.facts["area"].unit == "m2"
    assert vocabulary.parameters["fee"].kind == "money"
    assert vocabulary.code_lists == {"kinds": frozenset({"stall", "hall"})}


def test_every_rule_text_is_compiled_once():
    assert PACK.rule("area >= large_area OR kind = 'hall'").facts == {"area", "kind"}
    assert PACK.rule("TRUE").facts == frozenset()
