"""An indicator over records: exact, with what is missing left out, and never a number where there is nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tongban.core.packs.logs import vocabulary
from tongban.core.packs.model_data import Indicator
from tongban.core.rules import check
from tongban.readers.insight import compute
from tongban.readers.insight.compute import Cell, Counting

WORDS = {"zh": "率", "en": "Rate"}


def made(**changes: Any) -> Indicator:
    given = {
        "id": "rate", "name": WORDS, "summary": WORDS, "log": "cases", "counts": "closed", "numerator": "on_time",
        "denominator": "TRUE", "better": "higher", **changes,
    }  # fmt: skip
    return Indicator.model_validate(given)


def counted(indicator: Indicator, rows: list[dict[str, Any]]) -> Counting:
    rules = tuple(compiled(text) for text in (indicator.counts, indicator.numerator, indicator.denominator))
    return compute.count(rules, rows)  # type: ignore[arg-type]


def compiled(text: str) -> Any:
    found = check.compile_rule(text, vocabulary("cases"))
    assert found.rule is not None, found.problems
    return found.rule


def case(number: str, **facts: Any) -> dict[str, Any]:
    return {"number": number, "closed": True, "on_time": True, "service": "a", **facts}


def test_a_share_counts_what_is_known_and_names_what_it_left_out() -> None:
    rows = [case("A"), case("B", on_time=False), case("C", closed=False), case("D", on_time=None)]
    counting = counted(made(), rows)
    result = compute.result(made(), counting)
    assert (result.percent, result.n) == ("50.0", 2)
    assert [c.number for c in result.missed] == ["B"]
    assert [row["number"] for row in result.left_out] == ["D"]


def test_a_record_without_a_fact_is_left_out_and_not_taken_for_zero() -> None:
    bare = {"number": "E", "closed": True}
    assert [row["number"] for row in counted(made(), [bare]).left_out] == ["E"]


def test_no_record_gives_no_number() -> None:
    result = compute.result(made(), counted(made(), []))
    assert (result.value, result.percent, result.n) == (None, "", 0)


def test_nothing_below_the_line_gives_no_number() -> None:
    indicator = made(counts="TRUE", numerator="actual_days", denominator="statutory_days")
    row = case("A", actual_days=0, statutory_days=0)
    assert compute.result(indicator, counted(indicator, [row])).value is None


def test_a_compression_is_one_minus_the_sum_over_the_sum() -> None:
    indicator = made(
        numerator="actual_days", denominator="statutory_days", complement=True, frontier_percent=50
    )
    rows = [case("A", actual_days=3, statutory_days=20), case("B", actual_days=9, statutory_days=10)]
    result = compute.result(indicator, counted(indicator, rows))
    assert result.value == 1 - Fraction(12, 30)
    assert [c.number for c in result.missed] == ["B"]


def test_where_lower_is_better_what_exceeds_is_to_repair() -> None:
    indicator = made(better="lower", numerator="NOT on_time")
    result = compute.result(indicator, counted(indicator, [case("A"), case("B", on_time=False)]))
    assert [c.number for c in result.missed] == ["B"]


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (Fraction(2, 3), "66.7"),
        (Fraction(1, 2000), "0.1"),
        (Fraction(-1, 25), "−4.0"),
        (Fraction(1), "100.0"),
    ],
)
def test_percent_has_one_decimal_and_rounds_a_half_away_from_zero(share: Fraction, said: str) -> None:
    assert compute.percent(share) == said


def test_fewer_than_thirty_records_are_too_few_to_rank() -> None:
    rows = [case(str(n)) for n in range(30)]
    assert compute.result(made(), counted(made(), rows[:29])).few
    assert not compute.result(made(), counted(made(), rows)).few


def parts(**sizes: int) -> list[Cell]:
    rows = [case(f"{name}{n}", service=name) for name, size in sizes.items() for n in range(size)]
    return compute.breakdown(made(), counted(made(), rows), "service")


def test_lines_stand_in_the_order_of_their_records() -> None:
    assert [cell.names for cell in parts(a=2, b=5, c=4)] == [("b",), ("c",), ("a",)]


def test_in_public_one_small_line_takes_the_next_one_with_it() -> None:
    shown = compute.for_everybody(made(), parts(a=9, b=5, c=1))
    assert [(sorted(cell.names), cell.result.n) for cell in shown] == [(["a"], 9), (["b", "c"], 6)]


def test_in_public_small_lines_that_are_enough_together_stand_as_one() -> None:
    shown = compute.for_everybody(made(), parts(a=9, b=2, c=2))
    assert [(sorted(cell.names), cell.result.n) for cell in shown] == [(["a"], 9), (["b", "c"], 4)]


def test_in_public_too_few_altogether_show_no_line_at_all() -> None:
    assert compute.for_everybody(made(), parts(a=1, b=1)) == []


def test_in_public_large_lines_stay_as_they_are() -> None:
    cells = parts(a=3, b=4)
    assert compute.for_everybody(made(), cells) == cells
