"""A population, two hundred policies: run with `python -m bench.rules.many [--rows 10000000]`.

Every policy comes to the amount that is due to each subject: its amount where its condition is met, else nothing.

- One million subjects, beside `openfisca-core`, which is given the same formulas in float32 over subjects of whom
  everything is known. It is installed into `build/bench` at the first run.
- The whole population, read chunk by chunk from a Parquet file, beside SQL for DuckDB that is written for speed, one
  statement for each policy, over its own table. Both count who is due something and who is not, and add up the amounts.
  NumPy's time includes reading the file; DuckDB's does not include loading its table.

Each measurement is made in a process of its own, two threads each, and its peak of memory is that process's.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from bench.rules import by_hand, population, synthetic

from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Parameters
from tongban.core.rules.to_numpy.chunks import run_chunks, tally_chunks
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.types import Kind, parse_type

FOLDER = Path(__file__).resolve().parents[2] / "build" / "bench"
CHUNK = 131_072
ROUNDS = 3
GROUP = 131_072
"""Rows of a group in the Parquet file."""
UNKNOWN, ABSENT = 0.10, 0.04
"""Shares of each fact, in the first comparison; in the second nothing is absent, as a NULL in DuckDB is one thing."""


@dataclass(frozen=True)
class Policies:
    rules: dict[str, Rule]
    """What is due, by policy."""
    parts: dict[str, tuple[ir.Node, ir.Node]]
    """Condition and amount."""
    parameters: Parameters


def policies() -> Policies:
    vocabulary, texts, parameters = synthetic.policies()
    rules, parts = {}, {}
    for name, (condition, amount) in texts.items():
        due = f"CASE WHEN {condition} THEN {amount} ELSE 0 END"
        compiled = [
            compile_rule(text, vocabulary, expect=parse_type(type)).rule
            for text, type in ((due, "money"), (condition, "boolean"), (amount, "money"))
        ]
        assert all(compiled), name
        rules[name] = compiled[0]
        parts[name] = compiled[1].root, compiled[2].root  # type: ignore[union-attr]
    return Policies(rules, parts, parameters)  # type: ignore[arg-type]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000, help="subjects of the large population")
    parser.add_argument(
        "--against-openfisca", type=int, default=1_000_000, help="subjects, 0 to leave it out"
    )
    parser.add_argument("--only", choices=sorted(CHILDREN), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        print(json.dumps(CHILDREN[given.only](given.rows)))
        return 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    over = []
    if given.against_openfisca:
        over += _beside_openfisca(given.against_openfisca)
    over += _beside_duckdb(given.rows)
    if over:
        print(f"\nnot held: {', '.join(over)}")
    return bool(over)


# -- one million, beside OpenFisca ---------------------------------------------------------------------------


def _beside_openfisca(rows: int) -> list[str]:
    """Each three times in turns, and of each the fastest: other work on the machine then disturbs all alike."""
    print(f"{rows:,} subjects x 200 policies, in memory")
    prepared = _prepare_openfisca(rows)
    runs = [
        (_child("numpy-known", rows), _child("numpy-unknown", rows), _openfisca(prepared))
        for _ in range(ROUNDS)
    ]
    known, unknown, other = (
        min(same, key=lambda found: found["seconds"]) for same in zip(*runs, strict=True)
    )
    _print("NumPy", known)
    _print(f"NumPy, {UNKNOWN + ABSENT:.0%} not known", unknown)
    _print("OpenFisca", other)
    apart = max(abs(count - other["counts"][name]) / rows for name, count in known["counts"].items())
    print(
        f"  with float32 and without undefined, up to {apart:.1%} of the subjects are told otherwise whether they are due"
    )
    ratio = other["seconds"] / unknown["seconds"]
    print(f"  throughput of NumPy with unknowns to that of OpenFisca: {ratio:.2f} (limit: 1.5 at least)")
    return [] if ratio >= 1.5 else ["throughput beside OpenFisca"]


def _print(name: str, found: dict[str, Any], more: str = "") -> None:
    seconds = f"{found['seconds']:>8.2f} s{found['worked']:>8.2f} s of processors"
    print(f"  {name:<28}{seconds}{_size(found['peak']):>10}{more}")


def _in_memory(rows: int, unknown: float, absent: float) -> dict[str, Any]:
    """The results of every subject, given out chunk by chunk and dropped."""
    made, given = program(policies().rules), policies()
    columns = population.together(
        [part for part, _ in population.chunks(rows, CHUNK, unknown=unknown, absent=absent)]
    )
    counts = dict.fromkeys(given.rules, 0)
    _warm(made, columns, given.parameters)
    begun, seconds, worked = perf_counter(), 0.0, process_time()
    for found in run_chunks(made, population.sliced(columns, CHUNK), given.parameters):
        seconds += perf_counter() - begun
        for name, column in found.items():
            counts[name] += int(np.count_nonzero(column.values))
        begun = perf_counter()
    seconds += perf_counter() - begun
    return {"seconds": seconds, "worked": process_time() - worked, "peak": _peak(), "counts": counts}


def _warm(made: Any, columns: population.Columns, parameters: Parameters) -> None:
    """Once over a few subjects: compiling a program is no part of its throughput."""
    for part, n in list(population.sliced(columns, CHUNK))[:2]:
        made.run(part, parameters, n)


def _prepare_openfisca(rows: int) -> list[str]:
    """Installs it, and writes down what it is given. The command that runs it."""
    folder, given = FOLDER / "openfisca", policies()
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(folder / "venv", with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "openfisca-core"], check=True)
    vocabulary, hand = synthetic.vocabulary(), by_hand.OpenFisca(given.parameters)
    facts = {name: (str(type.kind), type.codes) for name, type in vocabulary.facts.items()}
    formulas = {name.replace("-", "_"): hand.formula(*parts) for name, parts in given.parts.items()}
    enums = {name: sorted(codes) for name, codes in vocabulary.code_lists.items()}
    (folder / "given.json").write_text(json.dumps({"facts": facts, "formulas": formulas, "enums": enums}))
    columns = population.together([part for part, _ in population.chunks(rows, CHUNK)])
    for name, type in vocabulary.facts.items():
        np.save(folder / f"{name}.npy", _as_openfisca(type.kind, type.scale, columns[name]))
    return [str(python), str(Path(__file__).with_name("openfisca_run.py")), str(folder)]


def _openfisca(command: list[str]) -> dict[str, Any]:
    found = _json(command)
    found["counts"] = {name.replace("_", "-"): count for name, count in found["counts"].items()}
    return found


def _as_openfisca(kind: Kind, scale: int, column: Any) -> Any:
    match kind:
        case Kind.MONEY | Kind.DECIMAL:
            return (column.values / 10 ** (2 if kind is Kind.MONEY else scale)).astype(np.float32)
        case Kind.INTEGER:
            return column.values.astype(np.int32)
        case Kind.DATE:
            return column.values.astype("datetime64[D]")
        case Kind.CODE:
            return np.array(column.categories)[column.values]
        case _:
            return column.values


# -- the whole population, beside DuckDB -----------------------------------------------------------------------


def _beside_duckdb(rows: int) -> list[str]:
    path = _parquet(rows)
    if not path.exists():
        begun = perf_counter()
        population.write(path, rows, GROUP, unknown=UNKNOWN)
        print(f"\nwrote {path.name}, {_size(path.stat().st_size)}, in {perf_counter() - begun:.0f} s")
    print(f"\n{rows:,} subjects x 200 policies, counted and added up")
    mine, other = _child("numpy", rows), _child("duckdb", rows)
    _print("NumPy, from the Parquet file", mine)
    _print("DuckDB, from its table", other, f", and {other['loading']:.0f} s of loading")
    wrong = [name for name, found in mine["found"].items() if found != other["found"][name]]
    print(f"  the results of {len(mine['found']) - len(wrong)} of {len(mine['found'])} policies are the same")
    ratio = mine["seconds"] / other["seconds"]
    print(
        f"  time of NumPy to that of DuckDB: {ratio:.2f} (limit: 0.5); peak {_size(mine['peak'])} (limit: 2 GB)"
    )
    limits = {
        "results beside DuckDB": not wrong,
        "time beside DuckDB": ratio <= 0.5,
        "memory": mine["peak"] < 2e9,
    }
    return [name for name, held in limits.items() if not held]


def _from_parquet(rows: int) -> dict[str, Any]:
    from tongban.base.engines import arrow
    from tongban.core.rules.to_sql.source import ColumnRef, NullMeans

    given = policies()
    conditions = {f"{name}?": _condition(given, name) for name in given.rules}
    made = program(given.rules | conditions)
    refs = {name: ColumnRef(name, null_means=NullMeans.UNKNOWN) for name in synthetic.vocabulary().facts}
    begun, worked = perf_counter(), process_time()
    found = tally_chunks(made, arrow.chunks(_parquet(rows), made.needs, refs, rows=CHUNK), given.parameters)
    seconds, worked = perf_counter() - begun, process_time() - worked
    sums = {
        name: [found[f"{name}?"].holds, found[f"{name}?"].known - found[f"{name}?"].holds, found[name].total]
        for name in given.rules
    }
    return {"seconds": seconds, "worked": worked, "peak": _peak(), "found": sums}


def _condition(given: Policies, name: str) -> Rule:
    root = given.parts[name][0]
    return Rule(name, root.type, root, frozenset(ir.facts(root)), frozenset(ir.parameters(root)))


def _in_duckdb(rows: int) -> dict[str, Any]:
    import duckdb

    given, vocabulary = policies(), synthetic.vocabulary()
    file = FOLDER / f"population-{rows}.duckdb"
    file.unlink(missing_ok=True)
    begun = perf_counter()
    with duckdb.connect(file) as connection:
        connection.execute("SET threads = 2")
        columns = []
        for name, type in vocabulary.facts.items():
            codes = ", ".join(f"'{code}'" for code in sorted(vocabulary.code_lists.get(type.codes or "", ())))
            columns.append(f"{name}::ENUM({codes}) AS {name}" if codes else name)
        connection.execute(f"CREATE TABLE facts AS SELECT {', '.join(columns)} FROM '{_parquet(rows)}'")  # noqa: S608
        loading = perf_counter() - begun
        hand, found = by_hand.DuckDB(given.parameters), {}
        statements = {name: hand.statement(*parts) for name, parts in given.parts.items()}
        begun, worked = perf_counter(), process_time()
        for name, statement in statements.items():
            met, unmet, total = connection.execute(statement).fetchall()[0]
            found[name] = [met, unmet, int(total or 0)]
        seconds, worked = perf_counter() - begun, process_time() - worked
    file.unlink()
    return {"seconds": seconds, "worked": worked, "peak": _peak(), "found": found, "loading": loading}


def _parquet(rows: int) -> Path:
    return FOLDER / f"population-{rows}-{date(2026, 1, 1):%Y}.parquet"


# -- processes -------------------------------------------------------------------------------------------------


CHILDREN: dict[str, Callable[[int], dict[str, Any]]] = {
    "numpy-known": lambda rows: _in_memory(rows, 0, 0),
    "numpy-unknown": lambda rows: _in_memory(rows, UNKNOWN, ABSENT),
    "numpy": _from_parquet,
    "duckdb": _in_duckdb,
}


def _child(name: str, rows: int) -> dict[str, Any]:
    return _json([sys.executable, "-m", "bench.rules.many", "--only", name, "--rows", str(rows)])


def _json(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        command, cwd=Path(__file__).resolve().parents[2], check=True, stdout=subprocess.PIPE
    )
    return json.loads(done.stdout)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _size(count: float) -> str:
    return f"{count / 1e9:.2f} GB"


if __name__ == "__main__":
    sys.exit(main())
