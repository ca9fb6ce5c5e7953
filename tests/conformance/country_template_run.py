"""Run by an interpreter that has openfisca-country-template and nothing of this project; each writes JSON to FILE.

python country_template_run.py cases TESTS FILE        runs the template's own cases, and what each of them computed
python country_template_run.py scale REFORM NAME FILE  the dated brackets of a scale as a reform leaves them
python country_template_run.py households FILE         households by month from standard input, and every variable
"""

import json
import sys
from pathlib import Path

from openfisca_core.errors import ParameterNotFoundError
from openfisca_core.indexed_enums import EnumArray
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.tools import test_runner
from openfisca_country_template import CountryTaxBenefitSystem

PART = 250
"""Households that are computed together."""


def main(mode, *words):
    *given, file = words
    made = {"cases": cases, "scale": scale, "households": households}[mode](*given)
    Path(file).write_text(json.dumps(made), encoding="utf-8")


def cases(folder):
    """Whether all of them passed, and each value that was looked at, with its case by file and name."""
    seen, check = [], test_runner.YamlItem.check_variable

    def watched(item, name, expected, period, entity_index=None):
        check(item, name, expected, period, entity_index)
        if not isinstance(expected, dict):  # of several periods, each comes by itself
            values = item.simulation.calculate(name, period)
            values = values.decode_to_str() if isinstance(values, EnumArray) else values
            of = str(item.path.relative_to(folder)), item.test.name
            seen.append([*of, name, str(period), entity_index, values.tolist()])

    test_runner.YamlItem.check_variable = watched
    code = test_runner.run_tests(CountryTaxBenefitSystem(), folder, {})
    return {"passed": code == 0, "seen": seen}


def scale(reform, name):
    system = CountryTaxBenefitSystem().apply_reform(reform)
    found = system.parameters
    for part in name.split("."):
        found = getattr(found, part)
    return [
        {
            what: {one.instant_str: one.value for one in getattr(bracket, what).values_list}
            for what in ("threshold", "rate")
        }
        for bracket in found.brackets
    ]


def households():
    """By month what was missing, and of each variable an array: {"missing": {variable: parameter}, "persons": {...}}"""
    given, system = json.load(sys.stdin), CountryTaxBenefitSystem()
    return {
        month: in_parts(system, month, given["variables"], many) for month, many in given["months"].items()
    }


def in_parts(system, month, variables, many):
    """The builder looks every member up in the list of all of them, so that many at once take it long."""
    parts = [computed(system, month, variables, many[n : n + PART]) for n in range(0, len(many), PART)]
    found = {"missing": parts[0]["missing"]}
    for entity in variables:
        found[entity] = {
            name: [one for part in parts for one in part[entity][name]] for name in parts[0][entity]
        }
    return found


def computed(system, month, variables, many):
    january, persons, groups = month[:4] + "-01", {}, {}
    for number, one in enumerate(many):
        roles = {"adult": [], "child": []}
        for place, member in enumerate(one["members"]):
            name = f"{number}-{place}"
            roles[member["role"]].append(name)
            persons[name] = {
                "birth": {"ETERNITY": member["birth"]}, "salary": {month: member["salary"]},
                "capital_returns": {month: member["capital_returns"]},
            }  # fmt: skip
        groups[str(number)] = {
            "adults": roles["adult"], "children": roles["child"], "rent": {month: one["rent"]},
            "accommodation_size": {january: one["accommodation_size"]},
            "housing_occupancy_status": {january: one["housing_occupancy_status"]},
        }  # fmt: skip
    simulation = SimulationBuilder().build_from_entities(system, {"persons": persons, "households": groups})
    assert simulation.persons.ids == list(persons)
    found = {"missing": {}}
    for entity, names in variables.items():
        found[entity] = {}
        for name in names:
            period = month[:4] if system.get_variable(name).definition_period == "year" else month
            try:
                found[entity][name] = simulation.calculate(name, period).tolist()
            except ParameterNotFoundError as missing:
                found["missing"][name] = missing.name
    return found


main(*sys.argv[1:])
