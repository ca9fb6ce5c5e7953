"""What is known of a subject, as one number: the same wherever it is read from, another one as soon as anything is another."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow
import pytest

from tongban.base.engines import arrow
from tongban.core.rules.states import ABSENT, Facts, Known, Members
from tongban.core.rules.to_numpy.columns import columns
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.to_sql.source import ColumnRef, NullMeans
from tongban.core.rules.types import parse_type
from tongban.work.policies.population import record

NEEDS = Needs(
    {
        "staff": parse_type("integer"), "income": parse_type("money"), "rate": parse_type("decimal(2)"),
        "since": parse_type("date"), "trade": parse_type("code", codes="trades"), "name": parse_type("text"),
        "listed": parse_type("boolean"),
    },
    {"hires": {"paid": parse_type("money"), "from": parse_type("date")}},
)  # fmt: skip
SUBJECT: Facts = {
    "staff": Known(7), "income": Known(1_000_000), "rate": Known(Decimal("1.25")), "since": Known(date(2020, 2, 29)),
    "trade": Known("catering"), "name": Known("面馆"), "listed": Known(True),
    "hires": Members(({"paid": Known(100), "from": Known(date(2024, 1, 1))}, {"paid": Known(200), "from": Known(date(2024, 1, 2))})),
}  # fmt: skip
OTHERS: dict[str, list[Any]] = {
    "staff": [Known(8), Known(-7), ABSENT, None], "income": [Known(1_000_001), Known(7), ABSENT, None],
    "rate": [Known(Decimal("1.26")), Known(Decimal("125")), None], "since": [Known(date(2020, 3, 1)), None],
    "trade": [Known("retail"), ABSENT, None], "name": [Known("面馆 "), Known(""), None], "listed": [Known(False), ABSENT, None],
    "hires": [
        None, ABSENT, Members(()), Members(({"paid": Known(100), "from": Known(date(2024, 1, 1))},)),
        Members(({"paid": Known(200), "from": Known(date(2024, 1, 2))}, {"paid": Known(100), "from": Known(date(2024, 1, 1))})),
        Members(({"paid": Known(100)}, {"paid": Known(200), "from": Known(date(2024, 1, 2))})),
        Members(({"paid": Known(100), "from": Known(date(2024, 1, 2))}, {"paid": Known(200), "from": Known(date(2024, 1, 1))})),
    ],
}  # fmt: skip


def numbers(*subjects: Facts, needs: Needs = NEEDS) -> list[int]:
    relations = {name: dict(fields) for name, fields in needs.fields.items()}
    given = columns(needs.facts, relations, subjects)
    return record.numbers(given, needs, len(subjects)).tolist()


def changed(name: str, state: Any) -> Facts:
    facts = dict(SUBJECT)
    del facts[name]
    return facts if state is None else {**facts, name: state}


def test_whatever_is_another_makes_another_number() -> None:
    varied = [SUBJECT, *(changed(name, state) for name, states in OTHERS.items() for state in states)]
    assert len(set(numbers(*varied))) == len(varied)
    assert numbers(*varied) == [
        number for one in varied for number in numbers(one)
    ]  # whoever stands beside it


def test_many_subjects_have_as_many_numbers() -> None:
    random = Random(20261127)
    made = {
        (random.randrange(10**6), random.randrange(10**9), random.choice("abc")): None for _ in range(20_000)
    }
    subjects = [{"staff": Known(a), "income": Known(b), "name": Known(c)} for a, b, c in made]
    assert len(set(numbers(*subjects))) == len(made)


def test_values_that_change_places_are_seen() -> None:
    needs = Needs({"a": parse_type("integer"), "b": parse_type("integer")}, {})
    found = numbers({"a": Known(1), "b": Known(2)}, {"a": Known(2), "b": Known(1)}, needs=needs)
    assert found[0] != found[1]


def test_it_is_the_same_from_every_kind_of_column() -> None:
    plain = pyarrow.table({
        "staff": pyarrow.array([7, None], pyarrow.int32()), "income": pyarrow.array([1_000_000, 5]),
        "rate": pyarrow.array([Decimal("1.25"), None], pyarrow.decimal128(9, 2)),
        "trade": pyarrow.array(["catering", "retail"]), "since": pyarrow.array([date(2020, 2, 29), None]),
    })  # fmt: skip
    other = pyarrow.table({
        "staff": pyarrow.array([7, None], pyarrow.int64()),
        "income": pyarrow.array([Decimal("10000.00"), Decimal("0.05")], pyarrow.decimal128(18, 2)),
        "rate": pyarrow.array([Decimal("1.250"), None], pyarrow.decimal128(18, 3)),
        "trade": pyarrow.array(["catering", "retail"]).dictionary_encode(), "since": pyarrow.array([date(2020, 2, 29), None]),
        "name": pyarrow.array([None, None], pyarrow.string()),
    })  # fmt: skip
    refs = {name: ColumnRef(name, null_means=NullMeans.UNKNOWN) for name in NEEDS.facts}

    def read(table: Any) -> Any:
        there = {name: ref for name, ref in refs.items() if name in table.column_names}
        return record.numbers(
            arrow.columns(table, Needs({n: NEEDS.facts[n] for n in there}, {}), there), NEEDS, 2
        )

    assert read(plain).tolist() == read(other).tolist()
    assert read(plain).tolist() == numbers(
        {name: SUBJECT[name] for name in ("staff", "income", "rate", "trade", "since")},
        {"income": Known(5), "trade": Known("retail")},
    )


def test_it_is_the_same_in_another_process(tmp_path: Path) -> None:
    words = "from tests.work.policies.test_record import SUBJECT, numbers; print(numbers(SUBJECT)[0])"
    said = subprocess.run(
        [sys.executable, "-c", words],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert int(said.stdout) == numbers(SUBJECT)[0]


def test_needs_are_kept_whole(tmp_path: Path) -> None:
    area = replace(parse_type("decimal(1)"), unit="m2")
    needs = Needs({**NEEDS.facts, "area": area}, NEEDS.fields)
    assert record.needs_of(tmp_path) is None
    record.begin(tmp_path, needs)
    assert record.needs_of(tmp_path) == needs


@pytest.mark.parametrize("rows", [0, 3])
def test_a_record_is_read_back(tmp_path: Path, rows: int) -> None:
    keys = pyarrow.array([f"E{place}" for place in range(rows)], pyarrow.string())
    record.write(tmp_path, 0, [record.table(keys, np.arange(rows, dtype=np.uint64))])
    (found,) = record.tables(tmp_path)
    assert (found["subject"].to_pylist(), found["known"].to_pylist()) == (keys.to_pylist(), list(range(rows)))
