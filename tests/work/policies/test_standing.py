"""Who stands below a cliff: for each subject what the calculator says on both sides of each place."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from tests.core.planning.cliff_packs import Writer, small, worth_of
from tests.work.policies.test_population import city  # noqa: F401  (a fixture)

from tongban.core.packs import facts as packfacts
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator, stacking
from tongban.core.planning.calculator import Result
from tongban.core.planning.population import Matcher
from tongban.core.rules.states import Known
from tongban.work.policies.population import sources
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.standing import Standing, standing

AT = date(2025, 9, 2)
NAMES = ("entity", "staff_by_quarter", "assets_by_quarter", "taxable_income")


def firms(rows: int) -> list[dict[str, Any]]:
    random = Random(11)
    return [
        {
            "entity": random.choice(("company", "individual", None)),
            "staff_by_quarter": random.choice(("12.50", "300.00", "301.00", None)),
            "assets_by_quarter": random.choice(("49000000.00", "50000000.00", "50000000.01")),
            "taxable_income": random.choice(
                (None, "2849999.99", "2850000.00", "2999999.00", "3000000.00", "3000000.01", str(random.randint(0, 4_000_000)))
            ),
        }
        for _ in range(rows)
    ]  # fmt: skip


def test_it_is_what_the_calculator_says_of_each(city: Pack, tmp_path: Path) -> None:  # noqa: F811
    people = firms(300)
    path = tmp_path / "firms.csv"
    lines = [f"{n}," + ",".join(one[name] or "" for name in NAMES) for n, one in enumerate(people)]
    path.write_text("\n".join(("id," + ",".join(NAMES), *lines)), encoding="utf-8")
    policies = [city.policies["small-low-profit-tax"], city.policies["small-low-profit-relief"]]
    matcher = Matcher.of_pack(city, policies, AT)
    source = sources.open_source(str(path))
    checker = Checker.of(city, matcher.needs, vocabulary_of(city).ranges, "id")
    found = standing(source, checker, city, policies, "taxable_income", AT, within=Fraction(5, 100))

    def worth(raw: dict[str, Any], fen: int) -> int | None:
        known = {name: value for name, value in raw.items() if value is not None and name != "taxable_income"}
        facts, problems = packfacts.read_facts(city, known)
        assert problems == ()
        whole = 0
        for policy in policies:
            one = calculator.assess(city, policy, {**facts, "taxable_income": Known(fen)}, AT)
            if one.result is Result.NEEDS_DATA:
                return None
            whole += (one.amount_fen or 0) * (-1 if policy.effect == "tax-due" else 1)
        return whole

    (place,) = (one for one in found.places if one.at == 3_000_000_00)
    assert place.beyond == 3_000_000_01
    near = [
        one for one in people
        if one["taxable_income"] is not None and 2_850_000 <= float(one["taxable_income"]) <= 3_000_000
    ]  # fmt: skip
    sides = [(worth(one, 3_000_000_00), worth(one, 3_000_000_01)) for one in near]
    lost = [before - after for before, after in sides if before is not None and after is not None]
    assert place.near == len(near) > 100
    assert place.open == len(near) - len(lost) > 0
    assert place.losing == sum(one > 100 for one in lost) > 0
    assert place.lost_fen == sum(one for one in lost if one > 100)
    assert found.losing == place.losing
    assert (found.subjects, found.rejected) == (300, 0)
    assert found.unknown == sum(one["taxable_income"] is None for one in people)
    assert found.others == frozenset()


def below(pack: Pack, fact: str, path: Path, at: date) -> Standing:
    policies = list(pack.policies.values())
    checker = Checker.of(pack, Matcher.of_pack(pack, policies, at).needs, vocabulary_of(pack).ranges, "id")
    return standing(sources.open_source(str(path)), checker, pack, policies, fact, at, within=Fraction(1, 2))


def held_against_each(pack: Pack, people: list[dict[str, int]], found: Standing) -> int:
    """Every place counted again, subject by subject; how many lose."""
    whole = 0
    for place in found.places:
        at, beyond = int(str(place.at)), int(str(place.beyond))
        near = [one for one in people if at - at // 2 <= one["x"] <= at]
        lost = [worth_of(pack, facts(one, at)) - worth_of(pack, facts(one, beyond)) for one in near]
        assert (place.near, place.open) == (len(near), 0)
        assert place.losing == sum(one > 100 for one in lost), place
        assert place.lost_fen == sum(one for one in lost if one > 100), place
        whole += place.losing
    return whole


def facts(one: dict[str, int], x: int) -> dict[str, Known]:
    return {"x": Known(x), "y": Known(one["y"]), "one": Known(one["one"] * 100)}


def test_of_policies_that_bear_on_each_other_it_is_the_best_combination_of_each(tmp_path: Path) -> None:
    losing = combined = 0
    for seed in range(12):
        write = Writer(seed)
        pack = small(*write.policies())
        random = write.random
        people = [
            {"x": random.randint(0, 90), "y": random.randint(0, 60), "one": random.choice((1, 2, 3))}
            for _ in range(60)
        ]
        path = tmp_path / f"{seed}.csv"
        rows = (f"{n},{one['x']},{one['y']},{one['one']}" for n, one in enumerate(people))
        path.write_text("\n".join(("id,x,y,one", *rows)), encoding="utf-8")
        found = below(pack, "x", path, AT)
        assert found.exact
        losing += held_against_each(pack, people, found)
        combined += bool(stacking.clusters(pack.policies.values()))
    assert losing > 100
    assert combined > 5


def test_a_cap_counts_for_one_policy_alone_and_more_than_twelve_are_said_not_to_be_exact(
    tmp_path: Path,
) -> None:
    path = tmp_path / "people.csv"
    path.write_text("id,x\na,10\nb,9\n", encoding="utf-8")
    ends = "CASE WHEN x > 10 THEN 1.00 ELSE 500.00 END"
    capped = "{group: g, rule: sum-with-cap, cap_fen: 3000, source: drawn, confidence: design}"
    found = below(small({"amount": ends, "stacking": capped}), "x", path, AT)
    assert [(one.at, one.losing, one.lost_fen) for one in found.places if one.losing] == [(10, 2, 2 * 29_00)]
    assert found.exact
    alone = "{group: g, rule: higher-of, source: drawn, confidence: design}"
    many = [{"amount": f"{300 + n}.00", "stacking": alone} for n in range(13)]
    found = below(small({"amount": ends, "stacking": alone}, *many), "x", path, AT)
    assert [(one.at, one.losing, one.lost_fen) for one in found.places if one.losing] == [(10, 2, 2 * 188_00)]
    assert not found.exact


def test_places_that_move_with_other_facts_are_named(city: Pack, tmp_path: Path) -> None:  # noqa: F811
    path = tmp_path / "firms.csv"
    path.write_text("id,staff_insured_last_year\na,30\n", encoding="utf-8")
    policies = [city.policies["job-stability-refund"]]
    checker = Checker.of(city, Matcher.of_pack(city, policies, AT).needs, vocabulary_of(city).ranges, "id")
    found = standing(
        sources.open_source(str(path)),
        checker,
        city,
        policies,
        "staff_insured_last_year",
        AT,
        within=Fraction(1, 20),
    )
    assert found.others == {"layoffs_last_year"}
    assert (30, 1, 1) in [(one.at, one.near, one.open) for one in found.places]
