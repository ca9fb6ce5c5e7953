"""The country template of OpenFisca as a pack, and what the rules of the pack make of households.

`country_template/` holds the rules; the dated numbers are brought in from the template's own files, each time, by
`tongban pack import-parameters`. A variable is a policy: 0 for whom a condition is not met or where no policy is in
force (the template's default), else the amount.

A pack is narrower than the template in this:

- A policy is about a person or an enterprise. A household's variables are those of the person who stands for it, its
  members a relation, and each variable a fact which the next policy reads. Which comes after which this module says,
  and the pack does not: a policy cannot read the amount of another one.
- The calculator tells amounts above zero. Disposable income may lie below, so the rules are read here and not the
  verdicts.
- An amount is whole fen, so whatever is multiplied or divided is rounded, where the template never rounds.
- A fact has no default, and rules hold for one day. `DEFAULTS` and the January of the housing tax are said here.
- Where a scale has no brackets on a day, a table has no value and OpenFisca says 0: see `_bare`.
- Two reforms that no case of the template tests are not expressed: a policy is not replaced within a pack.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from click.testing import CliRunner

from tongban.core.packs import facts, parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import AMOUNT, in_force, rules_of
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Members, Parameters, State
from tongban.core.rules.to_numpy import columns
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.types import Vocabulary
from tongban.doors.cli import packs
from tongban.doors.cli.main import cli

PACK: Final = Path(__file__).parent / "country_template"
UNITS: Final = ("currency-EUR=money", "currency-EUR/m2=money", "none=money")
"""What the template's own units are here. Prices have none there."""
PERSONS: Final = ("age", "basic_income", "pension", "income_tax", "social_security_contribution")
HOUSEHOLDS: Final = (
    "household_income", "housing_tax", "housing_allowance", "parenting_allowance", "meal_price", "swimming_pool_access",
    "disposable_income", "total_benefits", "total_taxes",
)  # fmt: skip
"""The variables that have a formula, each after those that it reads."""
REFORMS: Final = ("new_tax", "goes_to_school")
"""Of persons, in the template's reforms."""
POLICIES: Final = {"basic_income": ("basic-income-without-salary", "basic-income")}
"""Of variables with several dated formulas; any other is the policy of its name."""
DEFAULTS: Final[Mapping[str, Known | Absent]] = {
    "birth": Known(date(1970, 1, 1)), "salary": Known(0), "capital_returns": Known(0), "rent": Known(0),
    "accommodation_size": Known(Decimal(0)), "housing_occupancy_status": Known("tenant"), "has_car": ABSENT,
    "at_school": ABSENT,
}  # fmt: skip
"""As the template has them for what nobody says; of the last two the rules say it."""

Row = dict[str, Any]
"""What is known of a person or a household: Known or ABSENT by name. The members are a list of rows, and Members once
all is computed; the rows stand under `people` then."""
Engine = Callable[[Mapping[str, Rule], Sequence[Facts], Parameters], Mapping[str, Sequence[State]]]


@dataclass(frozen=True)
class Country:
    pack: Pack

    @cached_property
    def words(self) -> Vocabulary:
        """The facts and the members, with their types."""
        pack = self.pack
        return facts.vocabulary(
            pack.facts, pack.parameters, pack.code_lists, pack.bracket_tables, pack.relations
        )

    def values(self, name: str, month: str) -> Parameters:
        """The numbers that a variable rests on in a month."""
        return parameters.resolve(self.pack, _day(name, month))

    def policy(self, name: str, month: str) -> Policy | None:
        """That of a variable which is in force."""
        there = [self.pack.policies[id] for id in POLICIES.get(name, (name.replace("_", "-"),))]
        now = [policy for policy in there if in_force(policy, _day(name, month))]
        assert len(now) <= 1
        return now[0] if now else None

    def edges(self) -> list[str]:
        """Months in which some number or policy begins or ends."""
        dated = [*self.pack.parameters.values(), *self.pack.bracket_tables.values()]
        days = {value.valid_from for one in dated for value in one.values}
        days |= {value.valid_to for one in dated for value in one.values if value.valid_to}
        for policy in self.pack.policies.values():
            days |= {date.fromisoformat(day) for day in (policy.valid_from, policy.valid_to) if day}
        return sorted({f"{day:%Y-%m}" for day in days})


def make(folder: Path, numbers: Path) -> Country:
    """The pack with the numbers of a folder of OpenFisca's YAML. AssertionError when they do not all fit."""
    top = folder / "country-template"
    shutil.copytree(PACK, top)
    policies = (top / "policies").rename(folder / "policies")  # the numbers that they read come first
    units = (word for unit in UNITS for word in ("--unit", unit))
    words = ["pack", "import-parameters", str(numbers), "--into", str(top), *units, "--lang", "en"]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output
    policies.rename(top / "policies")
    return Country(packs.read_clean(top))


def compute(
    country: Country,
    engine: Engine,
    month: str,
    households: Sequence[Row],
    values: Callable[..., Parameters] | None = None,
) -> None:
    """Puts every variable into the rows of households and of their members; what is given stays as it is.

    A variable is left out, and so unknown to those that read it, where a number that it rests on has no value. `values`
    gives other numbers than the month's.
    """
    read = values or country.values
    persons = [person for household in households for person in household["members"]]
    for row in (*persons, *households):
        row.update(
            {"on_day": Known(_day("", month))}
            | {name: row.get(name, known) for name, known in DEFAULTS.items()}
        )
    for name in (*PERSONS, *REFORMS):
        _fill(country, engine, name, month, persons, read(name, month))
    for row in households:
        fields = [
            {name: person[name] for name in country.words.relations["members"] if name in person}
            for person in row["members"]
        ]
        row["people"], row["members"] = row["members"], Members(tuple(fields))
    for name in HOUSEHOLDS:
        _fill(country, engine, name, month, households, read(name, month))


def _fill(
    country: Country, engine: Engine, name: str, month: str, rows: Sequence[Row], values: Parameters
) -> None:
    open_ = [row for row in rows if name not in row]
    policy = country.policy(name, month)
    if policy is None or _bare(country, policy, values):
        states: Sequence[Known | None] = [Known(0)] * len(open_)
    else:
        rules = rules_of(country.pack, policy)
        found = engine(rules, open_, values)
        met = zip(*(found[one.id] for one in policy.conditions), strict=True)
        states = [_settled(conditions, amount) for conditions, amount in zip(met, found[AMOUNT], strict=True)]
    for row, state in zip(open_, states, strict=True):
        if state is not None:
            row[name] = state


def _bare(country: Country, policy: Policy, values: Parameters) -> bool:
    """Whether the amount reads a table that has no rows on the day; OpenFisca's scales are empty then, and give 0."""
    return any(
        name not in values
        for name in country.pack.amount(policy.id).parameters & country.pack.bracket_tables.keys()
    )


def _settled(conditions: Sequence[State], amount: State) -> Known | None:
    if Known(False) in conditions:
        return Known(0)
    return amount if isinstance(amount, Known) and all(one == Known(True) for one in conditions) else None


def _day(name: str, month: str) -> date:
    """A variable's month is its first day; the housing tax is of a year."""
    return date.fromisoformat(f"{month[:4]}-01-01" if name == "housing_tax" else f"{month}-01")


# -- two engines ----------------------------------------------------------------------------------------------


def one_by_one(
    rules: Mapping[str, Rule], rows: Sequence[Facts], values: Parameters
) -> Mapping[str, Sequence[State]]:
    """The reference."""
    return {name: [evaluate(rule, row, values) for row in rows] for name, rule in rules.items()}


def all_at_once(country: Country) -> Engine:
    """NumPy."""

    def run(
        rules: Mapping[str, Rule], rows: Sequence[Facts], values: Parameters
    ) -> Mapping[str, Sequence[State]]:
        made = program(rules)
        needed = {
            name: country.words.facts[name]
            for rule in rules.values()
            for name in rule.facts
            if name != "members"
        }
        relations = (
            {"members": country.words.relations["members"]}
            if any("members" in rule.facts for rule in rules.values())
            else {}
        )
        found = made.run(columns.columns(needed, relations, rows), values, len(rows))
        return {
            name: [columns.state_at(rule.type, found[name], place) for place in range(len(rows))]
            for name, rule in rules.items()
        }

    return run
