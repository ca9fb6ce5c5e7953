"""Which of the amounts that are due go together, against every set tried one by one."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.packs.model_data import Policy, Stacking
from tongban.core.planning import stacking

WAN = 1_000_000  # fen


def policy(name: str, *rules: tuple[str, str] | tuple[str, str, int], effect: str = "payment") -> Policy:
    return Policy.model_construct(
        id=name,
        effect=effect,
        stacking=tuple(
            Stacking.model_construct(group=group, rule=rule, cap_fen=cap[0] if cap else None)
            for group, rule, *cap in rules
        ),
    )


def found(
    policies: list[Policy], amounts: list[int], held: dict[str, int] | None = None
) -> stacking.Combination:
    due = {one.id: fen for one, fen in zip(policies, amounts, strict=True) if one.id not in (held or {})}
    return stacking.of_policies(policies, due, held or {})


def pays(made: stacking.Combination) -> dict[str, int]:
    return {part.policy: part.pays_fen for part in made.parts if part.taken}


def test_the_higher_of_two_awards_for_the_same_matter() -> None:
    """The vector `mutex` of the field's facts: 200,000 and 150,000 of one group make 200,000."""
    made = found(
        [policy("a", ("hi_tech", "higher-of")), policy("b", ("hi_tech", "higher-of"))], [20 * WAN, 15 * WAN]
    )
    assert made.total_fen == 20 * WAN
    assert made.exact
    left = made.parts[1]
    assert (left.policy, left.taken, left.why, left.with_, left.group) == (
        "b",
        False,
        "lower",
        ("a",),
        "hi_tech",
    )


def test_a_promotion_pays_the_difference() -> None:
    both = [policy("province", ("title", "top-up")), policy("national", ("title", "top-up"))]
    made = found(both, [20 * WAN, 50 * WAN])
    assert made.total_fen == 50 * WAN
    # the lower one pays nothing more beside the higher: one policy is enough
    assert pays(made) == {"national": 50 * WAN}
    after = found(both, [20 * WAN, 50 * WAN], held={"province": 20 * WAN})
    assert pays(after) == {"province": 0, "national": 30 * WAN}
    part = next(part for part in after.parts if part.policy == "national")
    assert (part.why, part.with_) == ("difference", ("province",))


def test_a_sum_stops_at_the_cap_of_its_group() -> None:
    rules = ("matter", "sum-with-cap", 25 * WAN)
    made = found(
        [policy("a", rules), policy("b", rules), policy("c", ("matter", "sum"))],
        [10 * WAN, 12 * WAN, 5 * WAN],
    )
    assert made.total_fen == 25 * WAN


def test_whoever_stands_alone_gives_way_to_several_that_pay_more() -> None:
    made = found(
        [policy("alone", ("m", "exclusive")), policy("b", ("m", "sum")), policy("c", ("m", "sum"))],
        [10 * WAN, 6 * WAN, 6 * WAN],
    )
    assert pays(made) == {"b": 6 * WAN, "c": 6 * WAN}
    left = made.parts[-1]
    assert (left.policy, left.why, left.with_) == ("alone", "excluded", ("b", "c"))


def test_what_was_granted_before_shuts_out_what_comes_after() -> None:
    both = [policy("a", ("m", "exclusive")), policy("b", ("m", "exclusive"))]
    made = found(both, [5 * WAN, 9 * WAN], held={"a": 5 * WAN})
    assert made.total_fen == 0
    assert {part.policy: part.why for part in made.parts} == {"a": "held", "b": "excluded"}


def test_taxes_in_sequence_are_all_taken_and_burdens_are_no_money() -> None:
    made = found(
        [policy("half", ("six", "sequence"), effect="tax-saved"), policy("other", ("six", "sum"), effect="tax-saved"),
         policy("levy", effect="levy"), policy("months", effect="months")],
        [7, 5, 100, 12],
    )  # fmt: skip
    assert pays(made) == {"half": 7, "other": 5}


def test_policies_without_a_group_go_with_everything() -> None:
    made = found([policy("a"), policy("b"), policy("c", ("m", "exclusive"))], [1, 2, 3])
    assert made.total_fen == 6


def test_more_than_twelve_in_a_cluster_is_said() -> None:
    many = [policy(f"p{n:02}", ("m", "exclusive")) for n in range(14)]
    made = found(many, list(range(1, 15)))
    assert not made.exact
    assert made.total_fen == 14


RULES = st.one_of(
    st.tuples(
        st.sampled_from("gh"), st.sampled_from(["exclusive", "higher-of", "top-up", "sum", "sequence"])
    ),
    st.tuples(st.sampled_from("gh"), st.just("sum-with-cap"), st.integers(0, 30)),
)
POLICIES = st.lists(
    st.tuples(st.lists(RULES, max_size=2, unique_by=lambda rule: rule[0]), st.integers(1, 20)),
    min_size=1,
    max_size=6,
)


@given(POLICIES, st.booleans())
@settings(max_examples=400, deadline=None)
def test_no_lawful_set_pays_more(drawn: list[tuple[list[tuple[str, str]], int]], first_is_held: bool) -> None:
    policies = [policy(f"p{place}", *rules) for place, (rules, _) in enumerate(drawn)]
    amounts = [fen for _, fen in drawn]
    held = {"p0": amounts[0]} if first_is_held else {}
    made = found(policies, amounts, held)
    assert made.exact
    everything = [one for one in policies if one.id not in held]
    sets = chain.from_iterable(combinations(everything, size) for size in range(len(everything) + 1))
    fixed = [one for one in policies if one.id in held]
    by_name = {one.id: fen for one, fen in zip(policies, amounts, strict=True)}
    most = max(_reference(fixed, list(some), by_name) for some in sets)
    assert made.total_fen == most
    assert made.total_fen == sum(pays(made).values())
    assert {part.policy for part in made.parts} == set(by_name)


@given(st.lists(st.tuples(RULES, st.integers(1, 20)), min_size=13, max_size=16))
@settings(max_examples=40, deadline=None)
def test_a_large_cluster_gets_a_lawful_set_that_one_policy_more_does_not_better(
    drawn: list[tuple[tuple[str, str], int]],
) -> None:
    policies = [policy(f"p{place}", ("g", *rule[1:])) for place, (rule, _) in enumerate(drawn)]
    by_name = {one.id: fen for one, (_, fen) in zip(policies, drawn, strict=True)}
    made = found(policies, list(by_name.values()))
    chosen = [one for one in policies if one.id in pays(made)]
    assert _reference([], chosen, by_name) == made.total_fen
    for one in policies:
        if one not in chosen:
            assert _reference([], [*chosen, one], by_name) <= made.total_fen


def _reference(held: list[Policy], new: list[Policy], amounts: dict[str, int]) -> int:
    """What a set pays, -1 if it may not be: written from the rules once more, pair by pair and fen by fen."""
    everything = [*held, *new]
    for one in new:
        for two in everything:
            if one is two:
                continue
            for mine in one.stacking:
                for theirs in two.stacking:
                    if mine.group == theirs.group and {"exclusive", "higher-of"} & {mine.rule, theirs.rule}:
                        return -1
    order = {one.id: place for place, one in enumerate(everything)}
    late = {one.id: any(rule.rule == "sequence" for rule in one.stacking) for one in everything}
    line = held + sorted(new, key=lambda one: (late[one.id], amounts[one.id], order[one.id]))
    given_by: dict[str, int] = {}
    for one in line:
        if one in held:
            given_by[one.id] = amounts[one.id]
            continue
        fen = 0
        while fen < amounts[one.id] and all(
            _may(rule, fen + 1, one, everything, given_by, amounts) for rule in one.stacking
        ):
            fen += 1
        given_by[one.id] = fen
    return sum(given_by[one.id] for one in new)


def _may(
    rule: Stacking,
    fen: int,
    one: Policy,
    everything: list[Policy],
    given_by: dict[str, int],
    amounts: dict[str, int],
) -> bool:
    group = [two for two in everything if any(theirs.group == rule.group for theirs in two.stacking)]
    so_far = sum(given_by.get(two.id, 0) for two in group)
    if rule.rule == "top-up" and so_far + fen > amounts[one.id]:
        return False
    caps = [
        theirs.cap_fen for two in group for theirs in two.stacking
        if theirs.group == rule.group and theirs.rule == "sum-with-cap" and theirs.cap_fen is not None
    ]  # fmt: skip
    return not caps or so_far + fen <= min(caps)


@pytest.mark.parametrize("amount", [0, 1])
def test_an_empty_hand_and_a_single_one(amount: int) -> None:
    assert stacking.of_policies([], {}, {}) == stacking.Combination((), 0, True)
    assert found([policy("a")], [amount]).total_fen == amount
