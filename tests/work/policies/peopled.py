"""Subjects of whom something is known, and files of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pyarrow
from pyarrow import parquet

from tongban.base.directory import sources as directory
from tongban.core.packs import loader
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.population import Matcher
from tongban.core.rules.states import ABSENT, Facts, Known, Members
from tongban.core.rules.types import Kind, Range, Type
from tongban.work.policies.population import run as running
from tongban.work.policies.population import sources
from tongban.work.policies.population.checking import Checker

ROOT = Path(__file__).resolve().parents[3]
AT = date(2025, 6, 1)
REFUND = "job-stability-refund"

HEAD = "id,unemployment_insured_months,layoffs_last_year,staff_insured_last_year,unemployment_premium_last_year,firm_size"
GOOD = "E1,12,0,10,96000.50,small"


@cache
def city() -> Pack:
    found = loader.load(directory.read_layers(ROOT / "packs", "cn-qingqu"), "cn-qingqu").pack
    assert found is not None
    return found


def matcher_of(pack: Pack, subject: str = "enterprise", at: date = AT) -> Matcher:
    policies = [
        one for one in pack.policies.values() if one.subject == subject and calculator.in_force(one, at)
    ]
    assert policies
    return Matcher.of_pack(pack, policies, at)


def value(random: Random, type: Type, range: Range | None, codes: Mapping[str, frozenset[str]]) -> Any:
    """A value of the type inside its range, often where a policy of the pack changes its mind."""
    low = range.low if range and range.low is not None else 0
    high = range.high if range and range.high is not None else low
    match type.kind:
        case Kind.BOOLEAN:
            return random.random() < 0.6
        case Kind.CODE:
            return random.choice(sorted(codes[type.codes or ""]))
        case Kind.TEXT:
            return random.choice(["甲", "乙"])
        case Kind.DATE:
            return date(random.randint(1950, 2025), random.randint(1, 12), random.randint(1, 28))
    wanted = random.choice([0, 1, 2, 3, 6, 11, 12, 30, 31, 100, 300, 2_000_000, 18_000_000])
    wanted = wanted * 100 if type.kind is Kind.MONEY else wanted
    most = int(high) if range and range.high is not None else wanted  # type: ignore[arg-type]
    found = max(int(low), min(wanted, most))  # type: ignore[arg-type]
    return Decimal(found) if type.kind is Kind.DECIMAL else found


def subject(random: Random, pack: Pack, matcher: Matcher, known: float = 0.85) -> Facts:
    words = vocabulary_of(pack)
    found: dict[str, Any] = {}
    for name, type in matcher.needs.facts.items():
        if random.random() < known:
            found[name] = Known(value(random, type, words.ranges.get(name), words.code_lists))
        elif random.random() < 0.2:
            found[name] = ABSENT
    for name, fields in matcher.needs.fields.items():
        if random.random() < known:
            found[name] = Members(
                tuple(
                    {
                        one: Known(value(random, type, words.ranges.get(f"{name}.{one}"), words.code_lists))
                        for one, type in fields.items()
                        if random.random() < 0.95
                    }
                    for _ in range(random.randint(0, 3))
                )
            )
    return found


def population(pack: Pack, matcher: Matcher, path: Path, rows: int) -> Path:
    """A Parquet file of subjects, with relations as lists and one column in yuan."""
    random = Random(7)
    people = [subject(random, pack, matcher) for _ in range(rows)]
    made: dict[str, Any] = {"id": [f"E{number:05}" for number in range(rows)]}
    types: list[tuple[str, Any]] = [("id", pyarrow.string())]
    for name, type in matcher.needs.facts.items():
        held = [facts[name].value if isinstance(facts.get(name), Known) else None for facts in people]  # type: ignore[union-attr]
        in_yuan = name == "unemployment_premium_last_year"
        made[name] = [None if one is None else Decimal(one) / 100 for one in held] if in_yuan else held
        types.append((name, pyarrow.decimal128(16, 2) if in_yuan else arrow_type(type)))
    for name, fields in matcher.needs.fields.items():
        made[name] = [
            [{one: row[one].value if one in row else None for one in fields} for row in facts[name].rows]  # type: ignore[union-attr]
            if isinstance(facts.get(name), Members)
            else None
            for facts in people
        ]
        types.append(
            (name, pyarrow.list_(pyarrow.struct([(one, arrow_type(type)) for one, type in fields.items()])))
        )
    parquet.write_table(pyarrow.table(made, schema=pyarrow.schema(types)), path)
    return path


def arrow_type(type: Type) -> Any:
    return {
        Kind.BOOLEAN: pyarrow.bool_(), Kind.INTEGER: pyarrow.int32(), Kind.MONEY: pyarrow.int64(), Kind.DATE: pyarrow.date32(),
        Kind.DECIMAL: pyarrow.decimal128(16, type.scale), Kind.TEXT: pyarrow.string(), Kind.CODE: pyarrow.string(),
    }[type.kind]  # fmt: skip


def matched(
    pack: Pack, source: str, out: Path, engine: str = "numpy", *, matcher: Matcher | None = None, key: str = "id",
    table: str | None = None,
) -> running.Outcome:  # fmt: skip
    matcher = matcher or matcher_of(pack)
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, key)
    found = sources.open_source(source, table)
    checker.look_over(found.columns())
    return running.run(found, checker, matcher, engine, out, url=os.environ["TONGBAN_DATABASE_URL"])


def rows_of(out: Path) -> list[dict[str, Any]]:
    found = [
        row for part in sorted(out.glob("part-*.parquet")) for row in parquet.read_table(part).to_pylist()
    ]
    return sorted(found, key=lambda row: (row["subject"], row["policy"]))


def csv(tmp_path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path = tmp_path / "firms.csv"
    path.write_bytes("\n".join((HEAD, *lines, "")).encode(encoding))
    return str(path)
