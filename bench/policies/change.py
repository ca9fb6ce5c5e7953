"""What changes after a run over a population, and what a change would do: `python -m bench.policies.change [--rows 10000000]`.

The population and the policies are those of `bench.policies.match`. After a run over everybody:

- one policy is another one: it is run over everybody again, on top of the result that is there;
- the facts of one subject in a hundred are others, and their rows are given: all policies are run over those alone;
- the same, and who they are is found in the new file, which is read whole for it: no limit is set for that;
- a number of a policy is moved, and before is laid beside after over everybody, in one pass for several policies.

The second counts from the file of the subjects that changed. All are measured in one process, after the run.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from bench.policies.match import OUT, matcher, peak, population_of
from bench.rules import synthetic
from bench.rules.many import FOLDER

from tongban.core.planning.population import Matcher
from tongban.work.policies.population import again, run, simulation, sources
from tongban.work.policies.population.checking import Checker

LIMITS = {"policy": 2.0, "subjects": 6.0, "what-if": 2.0}
"""Seconds, over ten million."""
TRIED = 8
"""Policies of which a number is moved."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    path = population_of(given.rows)
    if given.only:
        print(json.dumps(_measured(path, given.rows)))
        return 0
    words = [sys.executable, "-m", "bench.policies.change", "--rows", str(given.rows), "--only"]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    share = given.rows / 10_000_000
    print(f"{given.rows:,} subjects x 200 policies; limits in proportion to ten million")
    over = False
    for name, words_ in (
        ("policy", "one policy is another"),
        ("subjects", "one subject in a hundred changed"),
        ("found", "the same, found in the new file"),
        ("what-if", f"before against after, each of {TRIED} policies"),
    ):
        limit = LIMITS[name] * share if name in LIMITS else None
        is_over = limit is not None and found[name] > limit
        over |= is_over
        said = "" if limit is None else f"  limit {limit:.2f} s" + ": OVER" * is_over
        print(f"  {words_:<44}{found[name]:8.2f} s{said}")
    print(f"  {'memory':<44}{found['peak'] / 1e9:8.2f} GB")
    shutil.rmtree(OUT, ignore_errors=True)
    return over


def _measured(path: Path, rows: int) -> dict[str, float]:
    shutil.rmtree(OUT, ignore_errors=True)
    made, whole, before = matcher(), sources.open_source(str(path)), OUT / "before"
    run.run(whole, _checker(made), made, "numpy", before)
    found = {"policy": _one_policy(made, whole, before)}
    found["subjects"] = _some_subjects(made, whole, before, rows)
    found["found"] = _found(made, whole, before)
    found["what-if"] = _what_if(made, whole)
    return {**found, "peak": peak()}


def _checker(made: Matcher) -> Checker:
    vocabulary = synthetic.vocabulary()
    return Checker("id", made.needs, vocabulary.ranges, vocabulary.code_lists)


def _one_policy(made: Matcher, whole: sources.Source, before: Path) -> float:
    """The first gives what the second does."""
    name = next(iter(made.conditions))
    other = matcher({name: list(made.conditions)[1]})
    begun = perf_counter()
    again.run_again(before, whole, None, _checker(other), other, "numpy", OUT / "policy")
    return perf_counter() - begun


def _some_subjects(made: Matcher, whole: sources.Source, before: Path, rows: int) -> float:
    from pyarrow import parquet

    some = FOLDER / "changed.parquet"
    batch = next(iter(whole.batches(frozenset(whole.columns())))).table
    with parquet.ParquetWriter(some, batch.schema, store_decimal_as_integer=True) as writer:
        left = rows // 100
        for one in whole.batches(frozenset(whole.columns())):
            if left <= 0:
                break
            writer.write_table(one.table.slice(0, left))
            left -= one.table.num_rows
    changed = sources.open_source(str(some))
    begun = perf_counter()
    again.run_again(before, whole, changed, _checker(made), made, "numpy", OUT / "subjects")
    return perf_counter() - begun


def _found(made: Matcher, whole: sources.Source, before: Path) -> float:
    """Each hundredth subject has one employee more than before."""
    import pyarrow
    from pyarrow import parquet

    path, writer, place = FOLDER / "after.parquet", None, 0
    for batch in whole.batches(frozenset(whole.columns())):
        table = batch.table
        more = pyarrow.array((np.arange(place, place + table.num_rows) % 100 == 0).astype(np.int32))
        column = table.schema.get_field_index("employees")
        staff = pyarrow.compute.add(table.column(column), more)
        table, place = table.set_column(column, "employees", staff), place + table.num_rows
        writer = writer or parquet.ParquetWriter(path, table.schema, store_decimal_as_integer=True)
        writer.write_table(table)
    assert writer
    writer.close()
    begun = perf_counter()
    again.run_again(
        before, sources.open_source(str(path)), None, _checker(made), made, "numpy", OUT / "found"
    )
    seconds = perf_counter() - begun
    path.unlink()
    return seconds


def _what_if(made: Matcher, whole: sources.Source) -> float:
    """A policy, on the average of several that are looked at in one pass."""
    names = list(made.conditions)[:TRIED]
    before, after = matcher(), matcher()
    before.keep(names)
    after.keep(names)
    after.parameters = {
        **after.parameters,
        "cap": after.parameters["cap"] * 2,
        "rate": after.parameters["rate"] * 2,
    }
    begun = perf_counter()
    simulation.simulate(whole, _checker(before), before, [after])
    return (perf_counter() - begun) / len(names)


if __name__ == "__main__":
    raise SystemExit(main())
