"""Cliffs of policies that exclude, cap and top up each other: held against looking at each value one by one."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.core.planning.cliff_packs import Writer, look, one_by_one, small, worth_of

from tongban.core.packs.pack import Pack
from tongban.core.planning import stacking
from tongban.core.planning.cliffs import Cliff, Found
from tongban.core.planning.together import Together
from tongban.core.rules.states import Known

ONE: dict[str, Known] = {"one": Known(100)}


def of(group: str, rule: str, cap_fen: int | None = None) -> str:
    cap = "" if cap_fen is None else f", cap_fen: {cap_fen}"
    return f"{{group: {group}, rule: {rule}, source: drawn, confidence: design{cap}}}"


def taken(cliff: Cliff) -> tuple[dict[str, int], ...]:
    return tuple(
        {part.policy: part.pays_fen for part in made.parts if part.taken} for made in cliff.combined or ()
    )


ENDS = {"amount": "CASE WHEN x > 10 THEN 0.00 ELSE 500.00 END"}
"""500 yuan up to 10, and nothing beyond."""


def test_the_lower_one_catches_whoever_falls_off_the_higher() -> None:
    higher = {"stacking": of("g", "higher-of")}
    pack = small(ENDS | higher, {"amount": "300.00"} | higher)
    (cliff,) = look(pack).cliffs
    assert (cliff.at, cliff.before_fen, cliff.after_fen, cliff.lost_fen) == (10, 500_00, 300_00, 200_00)
    assert cliff.policy == "p0"
    assert cliff.by_policy == {"p0": (500_00, 0)}
    assert taken(cliff) == ({"p0": 500_00}, {"p1": 300_00})


def test_what_another_makes_up_for_is_no_cliff() -> None:
    higher = {"stacking": of("g", "higher-of")}
    assert look(small(ENDS | higher, {"amount": "500.00"} | higher)).cliffs == ()
    assert look(small(ENDS | higher, {"amount": "499.00"} | higher)).cliffs == ()  # a yuan for one more
    (cliff,) = look(small(ENDS | higher, {"amount": "498.99"} | higher)).cliffs
    assert cliff.lost_fen == 1_01


def test_under_a_cap_that_is_reached_anyway_nothing_is_lost() -> None:
    capped = {"stacking": of("g", "sum-with-cap", 400_00)}
    assert look(small(ENDS | capped, {"amount": "450.00"} | capped)).cliffs == ()
    (cliff,) = look(small(ENDS | capped, {"amount": "350.00"} | capped)).cliffs
    assert (cliff.before_fen, cliff.after_fen) == (400_00, 350_00)
    assert taken(cliff) == ({"p0": 400_00}, {"p1": 350_00})  # one that fills the cap is enough


def test_a_cap_counts_for_one_policy_alone() -> None:
    (cliff,) = look(small(ENDS | {"stacking": of("g", "sum-with-cap", 30_00)})).cliffs
    assert (cliff.before_fen, cliff.after_fen) == (30_00, 0)
    assert cliff.by_policy == {"p0": (500_00, 0)}
    assert taken(cliff) == ({"p0": 30_00}, {})


def test_more_of_one_policy_is_a_cliff_where_it_ends_what_goes_beside_it() -> None:
    """Nothing alone falls: the topped-up one comes to more than its neighbour, which is then counted against it."""
    pack = small(
        {"amount": "one * 100 + one * x * 10", "stacking": of("g", "top-up")},
        {"amount": "one * 405", "stacking": of("g", "sum")},
    )
    found = look(pack, facts=ONE)
    (cliff,) = found.cliffs
    assert (cliff.at, cliff.before_fen, cliff.after_fen) == (30, 805_00, 410_00)
    assert cliff.by_policy == {"p0": (400_00, 410_00)}
    assert taken(cliff) == ({"p1": 405_00, "p0": 400_00}, {"p0": 410_00})
    assert cliff.policy == "p1"


def test_a_slide_begins_where_the_best_combination_switches() -> None:
    """Up to 30 the one that stays is better; before that only the falling one is lost."""
    pack = small(
        {"amount": "one * 500 - one * x * 5", "stacking": of("g", "exclusive")},
        {"amount": "one * 350", "stacking": of("g", "exclusive")},
    )
    (slide,) = look(pack, facts=ONE).slides
    assert (slide.first, slide.last) == (0, 30)
    assert (slide.before_fen, slide.after_fen) == (500_00, 350_00)
    later = small(
        {"amount": "one * 350", "stacking": of("g", "exclusive")},
        {"amount": "one * 500 - one * x * 5", "stacking": of("g", "sum")},
        {"amount": "one * x", "stacking": of("g", "sum")},
    )
    (slide,) = look(later, facts=ONE).slides
    assert (slide.first, slide.last) == (0, 38)  # 500 - 4 * 37 is 352 and 500 - 4 * 38 is 348


def test_a_slide_of_money_is_whole_although_the_combination_turns_on_it() -> None:
    pack = small(
        {"rule": "income >= 0", "amount": "GREATEST(5000.00 - ROUND(income * 1.5, 2), 10.00)", "stacking": of("g", "exclusive")},
        {"rule": "income >= 0", "amount": "GREATEST(8000.00 - ROUND(income * 3.13, 2), 10.00)", "stacking": of("g", "exclusive")},
    )  # fmt: skip
    found = look(pack, "income")
    assert found.cliffs == ()
    (slide,) = found.slides
    assert slide.before_fen in (8000_00, 7999_98, 7999_97)
    assert 3326_00 <= int(str(slide.last)) <= 3326_67


def test_taxes_and_levies_are_paid_beside_the_combination() -> None:
    alone = {"stacking": of("g", "exclusive")}
    tax = {"amount": "CASE WHEN x > 10 THEN 90.00 ELSE 20.00 END", "effect": "tax-due"}
    (cliff,) = look(small(ENDS | alone, {"amount": "480.00"} | alone, tax)).cliffs
    assert (cliff.before_fen, cliff.after_fen, cliff.policy) == (480_00, 390_00, "p0")
    assert taken(cliff) == ({"p0": 500_00}, {"p1": 480_00})
    assert cliff.by_policy == {"p0": (500_00, 0), "p2": (20_00, 90_00)}
    assert {one.policy for one in cliff.turned} == {"p0", "p2"}


def test_what_is_taken_on_neither_side_is_not_said_to_turn() -> None:
    alone = {"stacking": of("g", "exclusive")}
    rest = {"amount": "CASE WHEN x > 10 THEN 600.00 ELSE 800.00 END"}
    (cliff,) = look(small(ENDS | alone, rest | alone)).cliffs
    assert cliff.lost_fen == 200_00
    assert set(cliff.by_policy) == {"p0", "p1"}
    assert {one.policy for one in cliff.turned} == {"p1"}


def test_policies_that_go_together_are_added_up_without_a_word() -> None:
    for rule in ("sum", "sequence"):
        pack = small(ENDS | {"stacking": of("g", rule)}, {"amount": "300.00", "stacking": of("g", rule)})
        (cliff,) = look(pack).cliffs
        assert (cliff.before_fen, cliff.after_fen, cliff.combined) == (800_00, 300_00, None)


def test_more_than_twelve_that_bear_on_each_other_are_said_not_to_be_exact() -> None:
    many = [{"amount": f"{300 + n}.00", "stacking": of("g", "higher-of")} for n in range(13)]
    found = look(small(ENDS | {"stacking": of("g", "higher-of")}, *many[:11]))
    assert found.exact
    more = look(small(ENDS | {"stacking": of("g", "higher-of")}, *many))
    assert not more.exact
    assert [(one.before_fen, one.after_fen) for one in more.cliffs] == [(500_00, 312_00)]


# -- every value, one by one ---------------------------------------------------------------------------------


def drawn(seed: int) -> tuple[Pack, dict[str, Known]]:
    write = Writer(seed)
    return small(*write.policies()), ONE | {"y": Known(write.random.randint(0, 60))}


def losing(found: Found) -> set[int]:
    """The values after which one more loses too much."""
    steps = {int(str(one.at)) for one in found.cliffs}
    return steps.union(*(range(int(str(one.first)), int(str(one.last))) for one in found.slides))


@pytest.mark.parametrize("seed", range(60))
def test_cliffs_and_slides_are_those_that_looking_at_each_value_finds(seed: int) -> None:
    pack, facts = drawn(seed)
    found = look(pack, facts=facts)
    assert found.open == ()
    assert losing(found) == one_by_one(pack, "x", facts), [
        (one.effect, one.conditions[0].rule, one.amount, one.stacking) for one in pack.policies.values()
    ]
    for cliff in found.cliffs:
        sides = [worth_of(pack, facts | {"x": Known(value)}) for value in (cliff.at, cliff.beyond)]
        assert [cliff.before_fen, cliff.after_fen] == sides


def test_the_random_policies_do_bear_on_each_other() -> None:
    """Else the test above would say nothing: plain sums would tell false cliffs and miss others."""
    rules: Counter[str] = Counter()
    false = missed = 0
    for seed in range(25):
        pack, facts = drawn(seed)
        rules.update(rule.rule for one in pack.policies.values() for rule in one.stacking)
        bare = Writer(seed).policies()
        plain = losing(look(small(*(one | {"stacking": ""} for one in bare)), facts=facts))
        wanted = losing(look(pack, facts=facts))
        false += len(plain - wanted)
        missed += len(wanted - plain)
    assert min(rules.values()) > 3
    assert set(rules) == {"exclusive", "higher-of", "top-up", "sum", "sequence", "sum-with-cap"}
    assert false > 10
    assert missed > 3


# -- clusters ------------------------------------------------------------------------------------------------


def test_clusters_are_the_policies_that_are_not_simply_added_up() -> None:
    pack = small(
        {"stacking": of("g", "sum")},
        {"stacking": f"{of('g', 'sum')}, {of('h', 'sum')}"},
        {"stacking": of("h", "exclusive")},
        {"stacking": of("i", "top-up")},
        {"stacking": of("j", "sum-with-cap", 100)},
        {"effect": "levy", "stacking": of("h", "exclusive")},
        {},
    )
    clusters = stacking.clusters(pack.policies.values())
    assert [[one.id for one in cluster] for cluster in clusters] == [["p1", "p2"], ["p4"]]


def test_what_policies_come_to_together_is_what_the_best_combination_pays() -> None:
    for seed in range(20):
        pack, _ = drawn(seed)
        random = Writer(seed).random
        together = Together(pack, list(pack.policies.values())[::-1])
        for _ in range(50):
            fen = {name: random.choice((0, 0, random.randint(1, 900_00), 300_00)) for name in pack.policies}
            costs = sum(fen[name] for name, one in pack.policies.items() if one.effect == "tax-due")
            due = {name: amount for name, amount in fen.items() if amount}
            assert together.worth(fen) == stacking.best(pack, due).total_fen - costs
