"""Who stands below a cliff: for each subject what the calculator says on both sides of each place."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

from tests.work.policies.test_population import city  # noqa: F401  (a fixture)

from tongban.core.packs import facts as packfacts
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.calculator import Result
from tongban.core.planning.population import Matcher
from tongban.core.rules.states import Known
from tongban.work.policies.population import sources
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.standing import standing

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
