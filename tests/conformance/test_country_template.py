"""The country template of OpenFisca, expressed as a pack, gives what openfisca-core computes beside it.

Compared are the template's own cases (38), and random households: 2,000, or 100,000 with TONGBAN_SOAK=1. The pack and
what it cannot say stand in `country_template_ours.py`; OpenFisca is installed by pip in an environment of its own
(`country_template_theirs.py`). Without a network that is skipped, but not where CI is set.

How far apart two values may be
-------------------------------
OpenFisca keeps every value in 32-bit floats, of 24 binary digits: putting a value into one moves it by up to
u = 2**-24 of itself. Ours are exact. So nothing else than this may lie between them:

Floats. 6 steps at most, one after the other, lead from what is given to a result. An income tax is made of two inputs
put into floats (1), added (2), the pension added (3), the rate put into a float (4) and multiplied (5); every other
part of a sum takes fewer, and a sum over a household is made in 64 bits and put into a float once (6). After n steps a
part is off by n u / (1 - n u) of itself at most, and a sum by that share of all its parts added up without their signs.
A social security contribution is off by what its salary is off times a rate below 1, so its part is the salary.

Half a fen. Every product that is rounded here may be off by 0.005. There are no such products in households whose
amounts are whole yuan, for every rate has two digits; only a twelfth of the housing tax remains.

Half the random households are such, and the others have amounts in fen. An age may not differ at all.

A household of the second kind may have an income that is a threshold to the fen, and which its floats put on the other
side. Then what jumps at the threshold is not compared; how many these are is counted.

What differs by design: where a number has no value on the day OpenFisca stops for everybody; here only who needs the
number has no result. Before December 2015 that is the parenting allowance, and disposable income with it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.conformance import country_template_cases as cases
from tests.conformance import country_template_ours as ours
from tests.conformance import country_template_theirs as theirs
from tests.conformance.country_template_ours import Country, Row
from tests.conformance.country_template_theirs import Template

from tongban.core.rules.states import Brackets, Known

pytestmark = pytest.mark.slow
MANY = 100_000 if os.environ.get("TONGBAN_SOAK") else 2_000
FEN = Fraction(1, 100)
NO_MONEY = ("age", "goes_to_school")
WITH_A_PRODUCT = (
    "income_tax", "new_tax", "social_security_contribution", "housing_tax", "housing_allowance", "total_benefits",
)  # fmt: skip
SUMS = ("disposable_income", "total_benefits", "total_taxes")
CLIFFS = ("parenting_allowance", "meal_price", "swimming_pool_access", "disposable_income")
"""What jumps where an income passes a threshold."""


@pytest.fixture(scope="module")
def template() -> Template:
    try:
        return theirs.install()
    except theirs.NotHere as reason:
        message = f"OpenFisca's country template cannot be installed; is there no network? pip says: {reason}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture(scope="module")
def country(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Country:
    return ours.make(tmp_path_factory.mktemp("pack"), template.files / "parameters")


# -- how far apart --------------------------------------------------------------------------------------------


def floats(steps: int) -> Fraction:
    """The share of a value by which so many steps in 32-bit floats may move it."""
    return Fraction(steps, 2**24 - steps)


def allowed(name: str, row: Row, whole_yuan: bool) -> Fraction:
    """How far OpenFisca's value may be off, in yuan. `row` holds our values."""
    if name in NO_MONEY:
        return Fraction(0)
    roundings = 0 if whole_yuan else _products(name, row)
    twelfth = name in ("disposable_income", "total_taxes")
    return floats(6) * _parts(name, row) + (roundings + twelfth) * FEN / 2


def _products(name: str, row: Row) -> Fraction:
    """How many rounded products a value holds. That of the housing tax counts a twelfth in a month."""
    taxes = 2 * len(row.get("people", ())) + Fraction(1, 12)
    counted = {"total_taxes": taxes, "disposable_income": taxes + 1}
    return counted.get(name, Fraction(name in WITH_A_PRODUCT))


def _parts(name: str, row: Row) -> Fraction:
    """All that is added up for a value, without signs."""
    if name == "social_security_contribution":
        return _yuan(row["salary"])
    held = _yuan(row[name])
    people = row.get("people", ())
    if name == "total_taxes":
        held += sum(_yuan(person["salary"]) for person in people)
    if name == "disposable_income":
        of_each = ("salary", "salary", "capital_returns", "pension", "basic_income", "income_tax")
        held = sum((_yuan(person[part]) for person in people for part in of_each), Fraction(0))
        held += _yuan(row["housing_allowance"]) + _yuan(row["parenting_allowance"])
        held += _yuan(row["housing_tax"]) / 12
    return abs(held)


def _yuan(state: Known) -> Fraction:
    return Fraction(state.value) * FEN  # type: ignore[arg-type]


def apart(name: str, row: Row, other: float) -> Fraction:
    """In yuan; of what is no money, in its own unit."""
    state = row[name]
    value = Fraction(int(state.value)) if name in NO_MONEY else _yuan(state)
    return abs(value - Fraction(other))


# -- its own cases --------------------------------------------------------------------------------------------


def test_the_38_cases_of_the_template_come_out_the_same(
    country: Country, template: Template, tmp_path: Path
) -> None:
    found = template.run("cases", template.files / "tests")
    assert found["passed"], "OpenFisca passes its own cases"
    known = {(case.file, case.name): case for case in cases.read(template.files / "tests")}
    seen = {(file, name) for file, name, *_others in found["seen"]}
    assert seen == known.keys()
    assert len(known) == 38
    compared = Counter[str]()
    for file, name, variable, period, place, values in found["seen"]:
        if variable == "housing_occupancy_status":  # an input that a case asks back
            assert values == ["tenant"]
            continue
        case, month = known[file, name], period if "-" in period else f"{period}-01"
        households = case.households(month)
        ours.compute(_reformed(country, case, template, tmp_path), ours.one_by_one, month, households)
        people = [person for row in households for person in row["people"]]
        rows = households if variable in ours.HOUSEHOLDS else people
        assert len(rows) == len(values)
        for number in range(len(rows)) if place is None else [place]:
            row = rows[number]
            difference, most = apart(variable, row, values[number]), allowed(variable, row, whole_yuan=True)
            assert difference <= most, (case, variable, row[variable], values[number])
            compared[file] += 1
    assert compared.keys() == {file for file, _name in known}
    assert compared.total() == 58


def _reformed(country: Country, case: cases.Case, template: Template, folder: Path) -> Country:
    """The country with the numbers that a case changes. What other reforms add are policies of the pack."""
    if not case.has_other_numbers:
        return country
    place = folder / str(len(list(folder.iterdir())))
    return ours.make(place, case.numbers(template, place / "numbers"))


# -- random households ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """Random households by month, and what OpenFisca makes of them."""

    months: Mapping[str, list[Row]]
    whole_yuan: Mapping[str, list[bool]]
    found: Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def drawn(country: Country, template: Template) -> Drawn:
    random, steps = Random(20261127), _steps(country)
    months: dict[str, list[Row]] = {month: [] for month in _months(country)}
    whole: dict[str, list[bool]] = {month: [] for month in months}
    for _ in range(MANY):
        month = random.choice(list(months))
        whole[month].append(random.random() < 0.5)
        months[month].append(_household(random, month, whole[month][-1], steps))
    given = {month: [_plain(row) for row in rows] for month, rows in months.items()}
    variables = {"persons": ours.PERSONS, "households": ours.HOUSEHOLDS}
    return Drawn(months, whole, template.run("households", given={"variables": variables, "months": given}))


def _months(country: Country) -> list[str]:
    """Where a number or a formula changes, the months before, and some far from any change."""
    edges = [month for month in country.edges() if month >= "2009"]
    assert len(edges) >= 9
    before = [f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}" for month in edges]
    return sorted({*edges, *before, "2016-07", "2020-05", "2025-01", "2031-10"})


def _steps(country: Country) -> list[int]:
    """Whole yuan on the thresholds of all times and beside them, in fen."""
    found: set[int] = set()
    for month in country.edges():
        for name, held in country.values("", month).items():
            if isinstance(held, Brackets):
                found |= {int(str(end)) // 100 for end in held.lower}
            elif country.pack.parameters[name].type == "money":
                found.add(int(str(held)) // 100)
    return sorted({(one + near) * 100 for one in found for near in (-1, 0, 1) if one + near >= 0})


def _household(random: Random, month: str, whole_yuan: bool, steps: Sequence[int]) -> Row:
    """Amounts in fen. Poor households are frequent."""

    def amount(most: int) -> Known:
        return Known(random.randint(0, most) * 100 if whole_yuan else random.randint(0, most * 100))

    def salary() -> Known:
        if random.random() < 0.4:
            return Known(0)
        if whole_yuan and random.random() < 0.5:
            return Known(random.choice(steps))
        return amount(random.choice((300, 300, 1200, 15_000, 60_000)))

    def member(role: str) -> Row:
        years = random.randint(16, 90) if role == "adult" else random.choice((0, 3, 5, 6, 7, 8, 12, 17, 20))
        born = date(int(month[:4]) - years, random.randint(1, 12), random.choice((1, 1, 2, 15, 28)))
        returns = amount(900) if random.random() < 0.3 else Known(0)
        return {
            "role": Known(role),
            "birth": Known(min(born, date.fromisoformat(f"{month}-01"))),
            "salary": salary(),
            "capital_returns": returns,
        }

    size = Decimal(random.randint(0, 200) if whole_yuan else random.randint(0, 20_000)).scaleb(
        0 if whole_yuan else -2
    )
    members = [member("adult") for _ in range(random.choice((1, 1, 2, 3)))]
    members += [member("child") for _ in range(random.choice((0, 0, 1, 1, 2, 4)))]
    return {
        "members": members, "rent": amount(1_500) if random.random() < 0.7 else Known(0),
        "accommodation_size": Known(size),
        "housing_occupancy_status": Known(random.choice(("owner", "tenant", "free_lodger", "homeless"))),
    }  # fmt: skip


def _plain(row: Row) -> dict[str, Any]:
    """As OpenFisca reads it, money in yuan."""

    def plain(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [_plain(member) for member in value]
        held = value.value
        if isinstance(held, Decimal):
            return float(held)
        return held.isoformat() if isinstance(held, date) else held / 100 if isinstance(held, int) else held

    return {name: plain(name, value) for name, value in row.items()}


@dataclass
class Tally:
    compared: Counter[str]
    """Values by variable."""
    above_zero: Counter[str]
    beside_a_threshold: int
    largest: Fraction
    """Of what floats are allowed, where nothing is rounded: the share that was needed."""
    wrong: list[tuple[Any, ...]]

    def take(
        self, name: str, month: str, rows: Sequence[Row], other: Sequence[float], whole: Sequence[bool]
    ) -> None:
        """Ours, OpenFisca's, and whether all amounts are whole yuan."""
        for row, value, whole_yuan in zip(rows, other, whole, strict=True):
            self.compared[name] += 1
            self.above_zero[name] += bool(value)
            if name not in row:
                self.wrong.append((name, month, "no value here", value, row))
                continue
            difference, most = apart(name, row, value), allowed(name, row, whole_yuan)
            if difference > most:
                self.wrong.append((name, month, row[name], value, row))
            elif most == floats(6) * _parts(name, row) != 0:
                self.largest = max(self.largest, difference / most)


def compare(country: Country, drawn: Drawn, engine: ours.Engine, numbers: Any = None) -> Tally:
    """`numbers` gives the rules other numbers than those of the month."""
    tally = Tally(Counter(), Counter(), 0, Fraction(0), [])
    for month, given in drawn.months.items():
        rows, found = deepcopy(given), drawn.found[month]
        ours.compute(country, engine, month, rows, numbers)
        people = [person for row in rows for person in row["people"]]
        whole = drawn.whole_yuan[month]
        of_people = [one for row, one in zip(rows, whole, strict=True) for _ in row["people"]]
        beside = [not one and _beside(country, month, row) for row, one in zip(rows, whole, strict=True)]
        tally.beside_a_threshold += sum(beside)
        for name, other in found["persons"].items():
            tally.take(name, month, people, other, of_people)
        for name, other in found["households"].items():
            kept = [n for n in range(len(rows)) if not beside[n] or name not in CLIFFS]
            tally.take(
                name, month, [rows[n] for n in kept], [other[n] for n in kept], [whole[n] for n in kept]
            )
        for name, parameter in found["missing"].items():
            assert name not in found["persons"] | found["households"]
            if numbers is None:
                _has_none(country, name, month, parameter, people if name in ours.PERSONS else rows)
    return tally


def _beside(country: Country, month: str, row: Row) -> bool:
    """Whether floats, one for each salary and one for their sum, may put an income on the other side of a threshold."""
    values, income = country.values("", month), _yuan(row["household_income"])
    tables = [
        values.get(name) for name in ("benefits_meal_price", "benefits_swimming_pool_access_cost_increase")
    ]
    ends = [Known(end) for table in tables if isinstance(table, Brackets) for end in table.lower[1:]]
    if (threshold := values.get("benefits_parenting_allowance_income_threshold")) is not None:
        ends.append(Known(threshold))  # type: ignore[arg-type]
    below = (_yuan(end) - FEN for end in ends)  # "more than 249" begins at 249.01 in a table
    return any(abs(income - end) <= floats(2) * income for end in (*map(_yuan, ends), *below))


def _has_none(country: Country, name: str, month: str, parameter: str, rows: Sequence[Row]) -> None:
    """What OpenFisca cannot compute for want of a parameter, whose name ends so, has none here either.

    A condition may settle it even so: without a child there is no parenting allowance, whatever the threshold. Then it
    is 0 here, and a sum over it is computed, where OpenFisca stops for everybody.
    """
    held = country.values(name, month)
    assert any(one.endswith(f"_{parameter}") and one not in held for one in country.pack.parameters), (
        name,
        parameter,
    )
    if name not in SUMS:
        assert all(row.get(name, Known(0)) == Known(0) for row in rows), (name, month)


@pytest.fixture(scope="module", params=["one by one", "all at once"])
def engine(request: pytest.FixtureRequest, country: Country) -> ours.Engine:
    return ours.one_by_one if request.param == "one by one" else ours.all_at_once(country)


def test_random_households_come_out_the_same(country: Country, drawn: Drawn, engine: ours.Engine) -> None:
    tally = compare(country, drawn, engine)
    assert not tally.wrong, f"{len(tally.wrong)} differ, such as {tally.wrong[0]}"
    for name in (*ours.PERSONS, *ours.HOUSEHOLDS):
        assert tally.compared[name] > MANY / 3, name
        assert tally.above_zero[name] > tally.compared[name] / 40, name
    assert tally.beside_a_threshold < MANY / 200
    print(f"\n{tally.compared.total()} values, {tally.beside_a_threshold} households beside a threshold")
    print(
        f"at most {float(tally.largest):.3f} of what floats are allowed; above zero: {dict(tally.above_zero)}"
    )


def _all_changes(country: Country) -> Iterator[tuple[str, str]]:
    for name, held in (*country.pack.parameters.items(), *country.pack.bracket_tables.items()):
        for value in held.values:
            yield name, f"{value.valid_from:%Y-%m}"


def test_a_number_of_the_month_before_is_noticed(country: Country, drawn: Drawn) -> None:
    """The comparison sees each change of each number that the households live through."""
    lived = [(name, month) for name, month in _all_changes(country) if month in drawn.months]
    assert len(lived) >= 15
    for parameter, month in lived:
        before = f"{date.fromisoformat(f'{month}-01') - timedelta(days=1):%Y-%m}"

        def late(name: str, month: str, parameter: str = parameter, before: str = before) -> Any:
            now = {one: value for one, value in country.values(name, month).items() if one != parameter}
            then = country.values("", before)
            return now | ({parameter: then[parameter]} if parameter in then else {})

        only = Drawn({month: drawn.months[month]}, drawn.whole_yuan, drawn.found)
        assert compare(country, only, ours.all_at_once(country), late).wrong, (parameter, month)
