"""Run by an interpreter that has openfisca-core and nothing of this project: python openfisca_run.py FOLDER

The folder holds `given.json` (formulas by variable, codes by enumeration, facts with their kind) and an array for each
fact. Prints JSON: the seconds that all variables took to be computed (by the clock, and of processors), the
peak memory, and the sum of each variable.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026-03"
KINDS = {"money": float, "decimal": float, "integer": int, "boolean": bool}


def main(folder: Path) -> None:
    given = json.loads((folder / "given.json").read_text())
    enums = {name: Enum(name, {code: code for code in codes}) for name, codes in given["enums"].items()}
    shop = Entity("shop", "shops", "", "")
    shop.is_person = True
    system = TaxBenefitSystem([shop])
    for name, (kind, codes) in given["facts"].items():
        system.add_variable(_input(name, kind, enums.get(codes), shop))
    names = {"np": np, "ENUMS": {name: enum.__members__ for name, enum in enums.items()}}
    for name, text in given["formulas"].items():
        formula = eval(f"lambda population, period: {text}", names)  # noqa: S307  # made by this bench
        system.add_variable(_computed(name, formula, shop))

    arrays = {name: np.load(folder / f"{name}.npy") for name in given["facts"]}
    simulation = SimulationBuilder().build_default_simulation(system, len(next(iter(arrays.values()))))
    for name, (kind, codes) in given["facts"].items():
        array = arrays.pop(name)
        simulation.set_input(name, PERIOD, enums[codes].encode(array) if kind == "code" else array)

    begun, worked = time.perf_counter(), time.process_time()
    found = {name: simulation.calculate(name, PERIOD) for name in given["formulas"]}
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    sums = {name: int(np.count_nonzero(array)) for name, array in found.items()}
    print(json.dumps({"seconds": seconds, "worked": worked, "peak": _peak(), "counts": sums}))


def _input(name, kind, enum, entity):
    more = {"possible_values": enum, "default_value": next(iter(enum))} if enum else {}
    value_type = Enum if enum else KINDS.get(kind) or __import__("datetime").date
    body = {"value_type": value_type, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), body | more)


def _computed(name, formula, entity):
    def compute(population, period, parameters=None):
        return formula(population, period)

    body = {"value_type": float, "entity": entity, "definition_period": DateUnit.MONTH, "label": name}
    return type(name, (Variable,), body | {"formula": compute})


def _peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main(Path(sys.argv[1]))
