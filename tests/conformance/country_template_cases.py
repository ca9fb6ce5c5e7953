"""The template's own cases: YAML as households of ours.

    {name, period, input: {salary: 2000}, output: {...}}                       one person
    {..., input: {household_income: [0, 1, 250]}, ...}                         three households
    {..., input: {household: {adults: [A], rent: 1}, persons: {A: {...}}}}     one household

A value is of the case's period, or stands by period. A salary of a year is spread over its months.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml
from tests.conformance.country_template_ours import Row
from tests.conformance.country_template_theirs import Template

from tongban.core.rules.states import Known

OF_PERSONS: Final = ("birth", "age", "salary", "capital_returns", "has_car", "goes_to_school")
SPREAD: Final = ("salary", "capital_returns")
JANUARY: Final = ("accommodation_size", "housing_occupancy_status")
"""What the housing tax reads, of the first month of its year."""

MODIFIED: Final = (
    "openfisca_country_template.reforms.modify_social_security_taxation.modify_social_security_taxation"
)
"""The one reform that changes numbers."""
SCALE: Final = ("taxes", "social_security_contribution")
"""The scale that it changes."""


@dataclass(frozen=True)
class Case:
    file: str
    """Below the folder of the tests."""
    name: str
    given: Mapping[str, Any]
    """As YAML has it: period, input, reforms, parameters."""

    def households(self, month: str) -> list[Row]:
        """What is said of a month: money in fen. What is not said is left out."""
        said = self.given.get("input", {})
        group = said.get("household", {})
        many = max((len(value) for value in said.values() if isinstance(value, list)), default=1)
        return [self._household(said, group, number, month) for number in range(many)]

    @property
    def has_other_numbers(self) -> bool:
        return "parameters" in self.given or self.given.get("reforms") == MODIFIED

    def numbers(self, template: Template, folder: Path) -> Path:
        """Writes the template's parameters as the case changes them: its reform, or what it says of a parameter."""
        shutil.copytree(template.files / "parameters", folder)
        if self.given.get("reforms") == MODIFIED:
            brackets = template.run("scale", MODIFIED, ".".join(SCALE))
            _change(folder.joinpath(*SCALE), {"brackets": [_from_zero(brackets), *map(_dated, brackets)]})
        for group, held in self.given.get("parameters", {}).items():
            for name, new in held.items():
                _change(folder / group / name, new)
        return folder

    def _household(self, said: Mapping[str, Any], group: Mapping[str, Any], number: int, month: str) -> Row:
        persons = said.get("persons", {"": {}})
        flat = {
            name: value[number] if isinstance(value, list) else value
            for name, value in {**said, **group}.items()
            if name not in ("household", "persons", "adults", "children")
        }
        single = {name: value for name, value in flat.items() if name in OF_PERSONS}
        whole = {name: value for name, value in flat.items() if name not in OF_PERSONS}
        members = [
            {"role": Known("child" if name in group.get("children", ()) else "adult")}
            | self._states({**single, **own}, month)
            for name, own in persons.items()
        ]
        return {"members": members} | self._states(whole, month)

    def _states(self, said: Mapping[str, Any], month: str) -> Row:
        found = {name: self._value(name, value, month) for name, value in said.items()}
        return {name: Known(value) for name, value in found.items() if value is not None}

    def _value(self, name: str, value: Any, month: str) -> Any:
        if name == "birth":
            return value
        asked = f"{month[:4]}-01" if name in JANUARY else month
        by_period = value if isinstance(value, dict) else {self.given["period"]: value}
        by_period = {str(period): one for period, one in by_period.items()}
        if asked not in by_period and name in SPREAD and month[:4] in by_period:
            return round(Decimal(str(by_period[month[:4]])) * 100 / 12)
        value = by_period.get(asked)
        if value is None or isinstance(value, str | bool) or name == "age":
            return value
        return Decimal(str(value)) if name == "accommodation_size" else round(Decimal(str(value)) * 100)


def read(folder: Path) -> Iterator[Case]:
    for path in sorted(folder.rglob("*.yaml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(str(path.relative_to(folder)), one["name"], one)


# -- the numbers that a case changes --------------------------------------------------------------------------


class _Plain(yaml.SafeDumper):
    """Without anchors, which packs do not use."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _change(path: Path, new: Mapping[str, Any]) -> None:
    file = path.with_suffix(".yaml")
    before = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.dump({**before, **new}, Dumper=_Plain, allow_unicode=True), encoding="utf-8")


def _dated(bracket: Mapping[str, Mapping[str, float]]) -> dict[str, dict[date, Any]]:
    """As the file has it. The reform adds to a rate in floats: 0.12 + 0.1 is 0.22 again."""
    return {
        what: {date.fromisoformat(day): round(value, 9) for day, value in held.items()}
        for what, held in bracket.items()
    }


def _from_zero(brackets: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[date, Any]]:
    """Below its first bracket OpenFisca's scale takes nothing, and a table has no value: so it gets a bracket of 0."""
    first = min(date.fromisoformat(day) for day in brackets[0]["threshold"])
    return {"threshold": {first: 0}, "rate": {first: 0}}
