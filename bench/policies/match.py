"""Two hundred policies over a population, from the file to the result: `python -m bench.policies.match [--rows 1000000]`.

The population is that of `bench.rules.many`, a tenth of each fact not known; each part of a condition that is joined by
AND is a condition of its own, so that near misses are found. It is read from Parquet, checked, matched, and everybody to
whom a policy is due, who lacks one condition or of whom something is not known is written. Beside it stands the time of
the rules alone, which is what the rest is measured by: keys, checks, verdicts, and the writing of all rows.

The first measurement is a process of its own, and its peak of memory is that process's.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.rules import population, synthetic
from bench.rules.many import FOLDER, GROUP, UNKNOWN

from tongban.base.engines import arrow
from tongban.core.planning.population import Matcher
from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.to_numpy.chunks import run_chunks
from tongban.core.rules.to_numpy.program import program
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans
from tongban.core.rules.types import parse_type
from tongban.work.policies.population import run, sources
from tongban.work.policies.population.checking import Checker

LIMIT_MEMORY = 2_000_000_000
OUT = FOLDER / "matched"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--only", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    path = population_of(given.rows)
    if given.only:
        print(json.dumps(_matched(path)))
        return 0
    words = [sys.executable, "-m", "bench.policies.match", "--rows", str(given.rows), "--only"]
    found = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE).stdout)
    alone = _rules_alone(path)
    size = sum(part.stat().st_size for part in OUT.glob("part-*.parquet"))
    print(f"{given.rows:,} subjects x 200 policies")
    print(
        f"  matched and written    {found['seconds']:8.1f} s   {found['rows']:,} rows, {size / 1e6:,.0f} MB"
    )
    print(f"  the rules alone        {alone:8.1f} s   {found['seconds'] / alone:.2f} times that in all")
    print(
        f"  memory                 {found['peak'] / 1e9:8.2f} GB  limit 2 GB"
        + (": OVER" if found["peak"] > LIMIT_MEMORY else "")
    )
    shutil.rmtree(OUT, ignore_errors=True)
    return found["peak"] > LIMIT_MEMORY


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
    rows = sum(count.eligible + count.near + count.needs_data for count in outcome.counts.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"seconds": seconds, "rows": rows, "peak": peak}


def _rules_alone(path: Path) -> float:
    """Every state and value computed and dropped."""
    made = matcher()
    ready = program(made.rules)
    refs = {name: ColumnRef(name, null_means=NullMeans.UNKNOWN) for name in made.needs.facts}
    begun = perf_counter()
    for _ in run_chunks(ready, arrow.chunks(path, made.needs, refs, rows=sources.ROWS), made.parameters):
        pass
    return perf_counter() - begun


if __name__ == "__main__":
    raise SystemExit(main())
