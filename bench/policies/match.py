"""Two hundred policies over a population, from the file to the result: `python -m bench.policies.match [--rows 10000000]`.

The population is that of `bench.rules.many`, a tenth of each fact not known; each part of a condition that is joined by
AND is a condition of its own, so that near misses are found. It is read from Parquet, checked, matched, and everybody to
whom a policy is due, who lacks one condition or of whom something is not known is written, with what is missing.

Beside it stands SQL for DuckDB, written for speed, which does the same without checking anything: the file is loaded into a
table, and one statement for each policy writes its rows. It knows no difference between what is not known and what has no
value (a quotient by 0): there, and only there, its results differ.

Each measurement is a process of its own, two threads or processes at work in it, and its peak of memory is that of all of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.rules import by_hand, population, synthetic
from bench.rules.many import FOLDER, GROUP, UNKNOWN

from tongban.core.planning.population import Matcher
from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.types import Kind, parse_type
from tongban.work.policies.population import processes, run, sources
from tongban.work.policies.population.checking import Checker

LIMIT_MEMORY = 2_000_000_000
LIMIT_RATIO = 0.7
LIMIT_SECONDS = 60
"""For ten million."""
OUT = FOLDER / "matched"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--only", choices=("tongban", "duckdb"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    path = population_of(given.rows)
    if given.only:
        print(json.dumps(_matched(path) if given.only == "tongban" else _by_hand(path)))
        return 0
    mine, hand = (_child(name, given.rows) for name in ("tongban", "duckdb"))
    shutil.rmtree(OUT, ignore_errors=True)
    rows = sum(sum(count[:3]) for count in mine["counts"].values())
    print(f"{given.rows:,} subjects x 200 policies: {rows:,} rows")
    for name, found in (("Tongban", mine), ("DuckDB, by hand", hand)):
        said = f"{found['seconds']:8.1f} s  {found['peak'] / 1e9:5.2f} GB  {found['size'] / 1e6:7,.0f} MB written"
        print(
            f"  {name:<18}{said}"
            + (f", {found['loading']:.0f} s of it loading" if "loading" in found else "")
        )
    same = {name for name, count in mine["counts"].items() if count == hand["counts"][name]}
    odd = _divide(set(mine["counts"]))
    ratio = mine["seconds"] / hand["seconds"]
    print(f"  results of {len(same)} of 200 policies are the same; {len(odd)} divide by what can be 0")
    print(f"  time of Tongban to that of DuckDB: {ratio:.2f} (limit {LIMIT_RATIO})")
    seconds = LIMIT_SECONDS * given.rows / 10_000_000
    over = {
        f"{mine['seconds']:.0f} s (limit {seconds:.0f} s)": mine["seconds"] > seconds,
        f"{mine['peak'] / 1e9:.2f} GB (limit 2 GB)": mine["peak"] > LIMIT_MEMORY,
        f"ratio {ratio:.2f}": ratio > LIMIT_RATIO,
        f"results: {sorted(set(mine['counts']) - same - odd)}": bool(set(mine["counts"]) - same - odd),
    }
    print(
        "  not held: " + "; ".join(name for name, is_over in over.items() if is_over)
        if any(over.values())
        else "  held"
    )
    return any(over.values())


def _child(name: str, rows: int) -> dict[str, Any]:
    words = [sys.executable, "-m", "bench.policies.match", "--rows", str(rows), "--only", name]
    return json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)


def _divide(policies: set[str]) -> set[str]:
    """Policies that divide by a number that is 0 of some subjects: money never is."""
    made = matcher()
    return {
        name
        for name in policies
        for rule in made.rules_of(name).values()
        for node in ir.walk(rule.root)
        if isinstance(node, ir.Quotient) and node.denominator.type.kind is not Kind.MONEY
    }


def population_of(rows: int) -> Path:
    """The file of so many subjects, written if it is not there."""
    path = FOLDER / f"keyed-{rows}.parquet"
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_suffix(".part")
        population.write(draft, rows, GROUP, unknown=UNKNOWN, keys=True)
        draft.rename(path)
    return path


def matcher(giving: Mapping[str, str] | None = None) -> Matcher:
    """The policies; of those in `giving`, each gives what another one does."""
    vocabulary, texts, parameters = synthetic.policies()
    texts = {
        name: (condition, texts[(giving or {}).get(name, name)][1]) for name, (condition, _) in texts.items()
    }
    conditions: dict[str, dict[str, Rule]] = {}
    amounts: dict[str, Rule] = {}
    for name, (condition, amount) in texts.items():
        whole = compile_rule(condition, vocabulary, expect=parse_type("boolean")).rule
        due = compile_rule(amount, vocabulary, expect=parse_type("money")).rule
        assert whole
        assert due
        parts = whole.root.operands if isinstance(whole.root, ir.And) else (whole.root,)
        conditions[name] = {f"part-{place}": _part(whole, root) for place, root in enumerate(parts)}
        amounts[name] = due
    return Matcher(conditions, amounts, parameters, date(2026, 1, 1))


def _part(whole: Rule, root: ir.Node) -> Rule:
    facts = frozenset(ir.facts(root))
    ranges = {name: one for name, one in whole.ranges.items() if name in facts}
    return Rule(
        whole.text, root.type, root, facts, frozenset(ir.parameters(root)), whole.on_undefined, ranges
    )


def _matched(path: Path) -> dict[str, Any]:
    shutil.rmtree(OUT, ignore_errors=True)
    made, vocabulary = matcher(), synthetic.vocabulary()
    checker = Checker("id", made.needs, vocabulary.ranges, vocabulary.code_lists)
    begun = perf_counter()
    outcome = run.run(sources.open_source(str(path)), checker, made, "numpy", OUT)
    seconds = perf_counter() - begun
    counts = {
        name: [one.eligible, one.near, one.needs_data, one.amount_fen] for name, one in outcome.counts.items()
    }
    return {"seconds": seconds, "counts": counts, "peak": peak(), "size": _size()}


def _by_hand(path: Path) -> dict[str, Any]:
    import duckdb

    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    made, vocabulary = matcher(), synthetic.vocabulary()
    hand, counts = by_hand.DuckDB(made.parameters), dict[str, list[int]]()
    columns = ["id"]
    for name, type in vocabulary.facts.items():
        codes = ", ".join(f"'{code}'" for code in sorted(vocabulary.code_lists.get(type.codes or "", ())))
        columns.append(f"{name}::ENUM({codes}) AS {name}" if codes else name)
    file = FOLDER / "by-hand.duckdb"
    file.unlink(missing_ok=True)
    begun = perf_counter()
    with duckdb.connect(file) as connection:
        connection.execute("SET threads = 2")
        connection.execute(f"CREATE TABLE facts AS SELECT {', '.join(columns)} FROM '{path}'")  # noqa: S608
        loading = perf_counter() - begun
        for name in made.conditions:
            *conditions, amount = made.rules_of(name).values()
            roots = dict(zip(made.conditions[name], (rule.root for rule in conditions), strict=True))
            statement = hand.verdicts(name, roots, amount.root)
            connection.execute(f"COPY ({statement}) TO '{OUT / name}.parquet' (COMPRESSION snappy)")
    seconds, held, size = perf_counter() - begun, peak(), _size()
    with duckdb.connect() as connection:
        counted = connection.execute(f"""
            SELECT policy, count(*) FILTER (WHERE result = 'eligible'), count(*) FILTER (WHERE result = 'near'),
                count(*) FILTER (WHERE result = 'needs-data'), coalesce(sum(amount_fen), 0)::HUGEINT
            FROM '{OUT}/*.parquet' GROUP BY policy""").fetchall()  # noqa: S608
    counts = {name: [0, 0, 0, 0] for name in made.conditions} | {
        name: list(map(int, of)) for name, *of in counted
    }
    file.unlink()
    return {"seconds": seconds, "counts": counts, "peak": held, "size": size, "loading": loading}


def peak() -> int:
    """Of the process, and of as many others as there may be, each counted as the largest of them."""
    unit = 1 if sys.platform == "darwin" else 1024
    mine, others = (
        resource.getrusage(who).ru_maxrss * unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return mine + others * min(processes.MOST, os.cpu_count() or 1)


def _size() -> int:
    return sum(part.stat().st_size for part in OUT.glob("*.parquet"))


if __name__ == "__main__":
    raise SystemExit(main())
