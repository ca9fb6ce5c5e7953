"""Where one more loses more than one: every such place, held against looking at each value one by one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.core.planning.cliff_packs import AT, MOST, Writer, look, one_by_one, small

from tongban.core.packs import facts as packfacts
from tongban.core.packs.loader import load
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator, cliff_places
from tongban.core.planning.cliffs import CannotLook, Found, NeedsData, cliffs, grid_of, roots
from tongban.core.rules.states import Facts, Known

ROOT = Path(__file__).parents[3]


@cache
def qingqu() -> Pack:
    files = {
        path.relative_to(ROOT / "packs").as_posix(): path.read_bytes()
        for path in (ROOT / "packs").rglob("*")
        if path.is_file()
    }
    loaded = load(files, "cn-qingqu")
    assert loaded.pack is not None
    return loaded.pack


def of_city(policy: str, fact: str, at: date = AT, **raw: Any) -> Found:
    pack = qingqu()
    facts, problems = packfacts.read_facts(pack, raw)
    assert problems == ()
    return cliffs(pack, [pack.policies[policy]], fact, facts, at)


# -- policies whose cliffs are known -------------------------------------------------------------------------


def test_small_firms_fall_off_at_three_million_of_taxable_income() -> None:
    """E3: 3,000,000.00 pays 150,000.00 and 3,000,000.01 pays 750,000.00."""
    found = of_city(
        "small-low-profit-tax", "taxable_income",
        entity="company", staff_by_quarter=300, assets_by_quarter="50000000.00",
    )  # fmt: skip
    (cliff,) = found.cliffs
    assert (cliff.at, cliff.beyond) == (3_000_000_00, 3_000_000_01)
    assert cliff.by_policy == {"small-low-profit-tax": (150_000_00, 750_000_00)}
    assert (cliff.before_fen, cliff.after_fen, cliff.lost_fen) == (-150_000_00, -750_000_00, 600_000_00)
    (turned,) = cliff.turned
    assert turned.place == calculator.AMOUNT
    assert [type(node).__name__ for node in turned.nodes] == ["Compare"]
    assert found.slides == ()


def test_with_one_more_in_staff_there_is_no_low_rate_to_lose() -> None:
    found = of_city(
        "small-low-profit-tax", "taxable_income",
        entity="company", staff_by_quarter=301, assets_by_quarter="50000000.00",
    )  # fmt: skip
    assert found.cliffs == ()


def test_the_thirty_first_insured_ends_the_refund_by_its_condition() -> None:
    """E6: with 6 laid off, 30 insured get the refund and 31 do not."""
    found = of_city(
        "job-stability-refund", "staff_insured_last_year",
        firm_size="small", layoffs_last_year=6, unemployment_insured_months=12,
        unemployment_premium_last_year="18000.00",
    )  # fmt: skip
    (cliff,) = found.cliffs
    assert (cliff.at, cliff.beyond, cliff.after_fen) == (30, 31, 0)
    assert cliff.before_fen == 10_800_00
    assert [turned.place for turned in cliff.turned] == ["few-layoffs"]


def test_a_ratio_is_a_place_that_need_not_be_solved() -> None:
    """E10 with one disabled person: from the 101st on the share is below 1 %, and 90 % are due and not 50 %."""
    found = of_city(
        "disabled-employment-levy", "staff_last_year",
        disabled_staff_last_year=1, average_wage_last_year="80000.00",
    )  # fmt: skip
    (cliff,) = found.cliffs
    assert (cliff.at, cliff.by_policy) == (100, {"disabled-employment-levy": (20_000_00, 37_080_00)})


# -- what counts ---------------------------------------------------------------------------------------------


def test_more_money_is_no_cliff_and_less_tax_is_none_either() -> None:
    rising = "CASE WHEN x > 10 THEN 500.00 ELSE 100.00 END"
    falling = "CASE WHEN x > 10 THEN 100.00 ELSE 500.00 END"
    for effect, amount, cliff in (
        ("payment", rising, False), ("payment", falling, True), ("tax-saved", falling, True),
        ("tax-due", rising, True), ("levy", rising, True), ("tax-due", falling, False),
    ):  # fmt: skip
        found = look(small({"amount": amount, "effect": effect}))
        assert [one.at for one in found.cliffs] == ([10] if cliff else []), (effect, amount)


@pytest.mark.parametrize(("lost", "is_cliff"), [("1.00", False), ("1.01", True)])
def test_a_yuan_lost_for_a_yuan_is_not_more_than_it(lost: str, is_cliff: bool) -> None:
    found = look(
        small({"rule": "income > 0", "amount": f"CASE WHEN income > 50 THEN 7.00 ELSE 7.00 + {lost} END"}),
        "income",
    )
    assert [one.at for one in found.cliffs] == ([50_00] if is_cliff else [])


def test_a_fen_can_be_the_measure() -> None:
    pack = small({"rule": "income > 0", "amount": "CASE WHEN income > 50 THEN 7.00 ELSE 7.02 END"})
    assert look(pack, "income").cliffs == ()
    (cliff,) = look(pack, "income", more_than_fen=1).cliffs
    assert (cliff.at, cliff.beyond, cliff.lost_fen) == (50_00, 50_01, 2)


def test_the_number_of_the_day_counts() -> None:
    pack = small({"rule": "x <= line", "amount": "10.00"})
    assert [one.at for one in look(pack).cliffs] == [30]
    assert [one.at for one in look(pack, at=date(2024, 6, 1)).cliffs] == [20]


def test_a_bracket_that_gives_less_is_a_cliff() -> None:
    (cliff,) = look(small({"amount": "bracket(x, steps)"})).cliffs
    assert (cliff.at, cliff.before_fen, cliff.after_fen) == (50, 300_00, 20_00)
    assert [type(node).__name__ for node in cliff.turned[0].nodes] == ["Bracket"]


def test_policies_are_added_up_and_one_can_make_good_what_the_other_takes() -> None:
    takes = {"amount": "CASE WHEN x > 10 THEN 100.00 ELSE 500.00 END"}
    gives = {"amount": "CASE WHEN x > 10 THEN 600.00 ELSE 100.00 END"}
    costs = {"amount": "CASE WHEN x > 10 THEN 900.00 ELSE 100.00 END", "effect": "tax-due"}
    assert look(small(takes, gives)).cliffs == ()
    (cliff,) = look(small(takes, gives, costs)).cliffs
    assert cliff.policy == "p2"
    assert cliff.lost_fen == 700_00
    assert cliff.by_policy == {"p0": (500_00, 100_00), "p1": (100_00, 600_00), "p2": (100_00, 900_00)}
    assert {one.policy for one in cliff.turned} == {"p0", "p1", "p2"}


def test_a_benefit_withdrawn_faster_than_it_is_earned_is_a_slide() -> None:
    pack = small({"rule": "income >= 0", "amount": "GREATEST(5000.00 - ROUND(income * 1.5, 2), 10.00)"})
    found = look(pack, "income")
    assert found.cliffs == ()
    (slide,) = found.slides
    assert slide.first in (0, 1)  # of fen
    assert 3326_00 <= int(str(slide.last)) <= 3326_67
    gentle = small({"rule": "income >= 0", "amount": "GREATEST(5000.00 - ROUND(income * 0.5, 2), 10.00)"})
    assert look(gentle, "income").slides == ()


def test_steps_of_rounding_are_places_and_too_many_are_said_to_be_left_open() -> None:
    pack = small({"rule": "n >= 0", "amount": "500000.00 - FLOOR(n / 200) * 30.00"})
    found = look(pack, "n", high=Fraction(900))
    assert [one.at for one in found.cliffs] == [199, 399, 599, 799]
    assert found.open == ()
    most = look(pack, "n")
    assert len(most.cliffs) >= cliff_places.MAX_STEPS
    assert [one.at for one in most.cliffs][:3] == [199, 399, 599]
    assert most.open
    assert all(len(range(int(str(low)), int(str(high)), 200)) > 1 for low, high in most.open)


def test_a_decimal_fact_is_looked_at_in_its_own_last_digit() -> None:
    (cliff,) = look(small({"rule": "rate <= 5.5", "amount": "10.00"}), "rate").cliffs
    assert (cliff.at, cliff.beyond) == (Decimal("5.5"), Decimal("5.6"))


def test_only_what_is_asked_for_is_looked_at() -> None:
    pack = small({"amount": "CASE WHEN x > 60 THEN 1.00 WHEN x > 10 THEN 100.00 ELSE 500.00 END"})
    assert [one.at for one in look(pack).cliffs] == [10, 60]
    assert [one.at for one in look(pack, low=Fraction(11)).cliffs] == [60]
    assert [one.at for one in look(pack, high=Fraction(60)).cliffs] == [10]


# -- what cannot be told -------------------------------------------------------------------------------------


def test_what_else_decides_has_to_be_known() -> None:
    pack = small({"rule": "x > 3 AND said", "amount": "CASE WHEN x > y THEN 1.00 ELSE 9.00 END"})
    with pytest.raises(NeedsData) as open_:
        look(pack)
    assert open_.value.missing == {"said", "y"}
    (cliff,) = look(pack, facts={"said": Known(True), "y": Known(40)}).cliffs
    assert cliff.at == 40
    assert look(pack, facts={"said": Known(False)}).cliffs == ()  # settled without y


@pytest.mark.parametrize(
    ("fact", "reason"),
    [("z", "unknown-fact"), ("said", "not-a-number"), ("rate", "not-read")],
)
def test_a_fact_that_there_is_nothing_to_find_for_is_refused(fact: str, reason: str) -> None:
    with pytest.raises(CannotLook) as refused:
        look(small({"rule": "x > 3 AND said"}), fact)
    assert refused.value.reason == reason


def test_an_empty_range_and_months_are_refused() -> None:
    with pytest.raises(CannotLook) as refused:
        look(small({}), low=Fraction(MOST))
    assert refused.value.reason == "empty-range"
    with pytest.raises(CannotLook) as months:
        look(small({"amount": "x", "effect": "months"}))
    assert months.value.reason == "not-money"


# -- every value, one by one ---------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_whole_numbers_have_the_cliffs_that_looking_at_each_finds(seed: int) -> None:
    write = Writer(seed)
    effect = write.random.choice(("payment", "tax-saved", "tax-due", "levy"))
    pack = small(
        {"rule": f"x >= 0 AND {write.condition()}", "amount": write.amount(), "effect": effect},
        {"amount": write.amount()},
    )
    facts: Facts = {"y": Known(write.random.randint(0, 60)), "one": Known(100)}
    found = look(pack, facts=facts)
    assert found.open == ()
    steps = {int(str(one.at)) for one in found.cliffs}
    for slide in found.slides:
        steps |= set(range(int(str(slide.first)), int(str(slide.last))))
    assert steps == one_by_one(pack, "x", facts), [
        (one.conditions[0].rule, one.amount) for one in pack.policies.values()
    ]


@pytest.mark.parametrize("seed", range(15))
def test_money_has_the_cliffs_that_looking_at_each_fen_finds(seed: int) -> None:
    random = Random(seed)
    branches = "".join(
        f"WHEN m <= {fen // 100}.{fen % 100:02} THEN one * {random.randint(0, 9)} "
        for fen in (random.randint(0, 200) for _ in range(4))
    )
    rate = random.choice(("0.1", "0.25", "0.9", "3"))
    pack = small({"rule": "m >= 0", "amount": f"ROUND(CASE {branches} ELSE one * 3 END + m * {rate}, 2)"})
    facts: Facts = {"one": Known(100)}
    found = look(pack, "m", facts)
    assert {int(str(one.at)) for one in found.cliffs} == one_by_one(pack, "m", facts)
    assert found.slides == ()


def test_the_random_policies_do_have_cliffs_and_slides() -> None:
    """Else the two tests above would say nothing."""
    found: list[Found] = []
    for seed in range(20):
        write = Writer(seed)
        pack = small({"rule": "x >= 0", "amount": write.amount()})
        found.append(look(pack, facts={"y": Known(30), "one": Known(100)}))
    assert sum(len(one.cliffs) for one in found) > 10
    assert sum(len(one.slides) for one in found) > 3


# -- places for everybody ------------------------------------------------------------------------------------


def test_places_that_are_the_same_for_every_subject_are_told_from_those_that_move() -> None:
    pack = small({"rule": "x * 2 > 30 AND x / y > 0.5", "amount": "bracket(x, steps)"})
    policies = list(pack.policies.values())
    values = {"line": 30} | dict(cliff_values(pack))
    found, others = cliff_places.fixed(roots(pack, policies), "x", values, grid_of(pack, policies, "x"))
    assert {15, 16, 50} <= set(found)
    assert others == {"y"}


def cliff_values(pack: Pack) -> Any:
    from tongban.core.packs import parameters

    return parameters.resolve(pack, AT)
