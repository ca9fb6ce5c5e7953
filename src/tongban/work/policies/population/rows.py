"""The verdicts of a batch as rows of the result, and as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow
import pyarrow.compute as compute

from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import ELIGIBLE, NEAR, NEEDS_DATA, RESULTS, Verdicts, total

CODED: Final = ("subject", "policy", "result", "failing", "missing")
"""Columns whose words come again and again: written as places in a list, which is half of the time."""
_FEW: Final = 14
"""Facts whose combinations are counted in a table of all of them."""
MOST_WORDS: Final = 1 << 26
"""Bytes of the words of a column, beyond which they would be written out row by row."""
BATCH: Final = 8_192
"""Rows that the writer encodes at a time: with fewer it takes a quarter longer."""
TOGETHER: Final = 1 << 21
"""Rows of a table, about: memory of this size is used again and again."""


@dataclass(slots=True)
class Count:
    """What one policy comes to."""

    eligible: int = 0
    amount_fen: int = 0
    near: int = 0
    needs_data: int = 0
    not_due: int = 0
    referred: int = 0
    """Of those to whom it is not due: for whom a rule has no value although all is known, so that a person looks."""
    near_by: Counter[str] = field(default_factory=Counter[str])
    """How many fail by just this condition."""
    missing: Counter[str] = field(default_factory=Counter[str])
    """How many need just this fact, or this one among others."""

    def add(self, other: Count) -> None:
        for name in ("eligible", "amount_fen", "near", "needs_data", "not_due", "referred"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.near_by += other.near_by
        self.missing += other.missing


def schema() -> Any:
    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return pyarrow.schema(
        [
            pyarrow.field("subject", text, nullable=False), pyarrow.field("policy", text, nullable=False),
            pyarrow.field("result", text, nullable=False), ("amount_fen", pyarrow.int64()), ("failing", text), ("missing", text),
        ]
    )  # fmt: skip


def tables(keys: Any, found: Mapping[str, Verdicts], matcher: Matcher) -> tuple[list[Any], dict[str, Count]]:
    """The rows of everybody but those to whom a policy is not due, and the counts of all.

    They come policy by policy: to whom it is due, who misses a condition, condition by condition, and of whom something is
    not known. What is alike then stands together, and takes hardly any room or time to write.
    """
    made: list[Any] = []
    counts: dict[str, Count] = {}
    rows = _Rows(matcher)
    for policy, verdicts in found.items():
        counts[policy] = rows.add(policy, verdicts)
        if rows.size >= TOGETHER:
            made.append(rows.table(keys))
            rows = _Rows(matcher)
    if rows.size:
        made.append(rows.table(keys))
    return made, counts


def many(found: Mapping[str, Verdicts]) -> int:
    """How many rows these verdicts make."""
    return sum(len(one.eligible) + len(one.near) + len(one.wanting) for one in found.values())


def counted(table: Any) -> dict[str, Count]:
    """The counts of rows of a result, by policy; without those to whom a policy is not due, who have no row."""
    plain = table.select(["policy", "result", "failing", "missing", "amount_fen"])
    for place, name in enumerate(plain.column_names[:4]):
        plain = plain.set_column(place, name, plain[name].cast(pyarrow.string()))
    grouped = plain.group_by(plain.column_names[:4]).aggregate([("amount_fen", "sum"), ("policy", "count")])
    found: dict[str, Count] = {}
    for row in grouped.to_pylist():
        count, many = found.setdefault(row["policy"], Count()), row["policy_count"]
        match row["result"]:
            case "eligible":
                count.eligible += many
                count.amount_fen += row["amount_fen_sum"]
            case "near":
                count.near += many
                count.near_by[row["failing"]] += many
            case _:
                count.needs_data += many
                for fact in filter(None, (row["missing"] or "").split(",")):
                    count.missing[fact] += many
    return found


class _Rows:
    """Collects rows as runs of those that are alike; words are told by their places in lists."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._policies = list(matcher.conditions)
        self._conditions = list(dict.fromkeys(one for names in matcher.conditions.values() for one in names))
        self.size = 0
        self._runs: list[tuple[int, int, int, int]] = []
        """Number of rows; policy, result and condition of all of them."""
        self._places: list[Any] = []
        self._amounts: list[Any] = []
        self._lacking: list[Any] = []
        self._facts: list[Any] = []
        self._lengths: list[Any] = []
        """Facts that are missing together, those of all combinations behind one another, and how many each has."""

    def add(self, policy: str, found: Verdicts) -> Count:
        due, near, lacking = len(found.eligible), len(found.near), len(found.wanting)
        self.size += due + near + lacking
        count = Count(due, total(found.amounts), near, lacking, found.subjects - due - near - lacking)
        count.referred = found.referred
        number, names = self._policies.index(policy), self._matcher.conditions[policy]
        self._places += [found.eligible, found.near, found.wanting]
        self._amounts.append(found.amounts)
        self._runs.append((due, number, ELIGIBLE, -1))
        for name, many in zip(names, np.bincount(found.failing, minlength=len(names)).tolist(), strict=True):
            if many:
                count.near_by[name] += many
                self._runs.append((many, number, NEAR, self._conditions.index(name)))
        self._runs.append((lacking, number, NEEDS_DATA, -1))
        self._lacking.append(self._missing(policy, found.missing, count))
        return count

    def _missing(self, policy: str, bits: Any, count: Count) -> Any:
        """Of each row the place of what is missing together."""
        facts = self._matcher.facts[policy]
        different, of_each, times = _distinct(bits, len(facts))
        of_them = (different[:, None] >> np.arange(len(facts), dtype=different.dtype)) & 1
        for fact, many in zip(facts, (times @ of_them).tolist(), strict=True):
            if many:
                count.missing[fact] += many
        places = of_each + np.int32(sum(map(len, self._lengths)))
        self._lengths.append(of_them.sum(axis=1, dtype=np.int32))
        self._facts.append(pyarrow.array(facts, pyarrow.string()).take(np.nonzero(of_them)[1]))
        return places

    def _together(self) -> Any:
        """The facts of each combination, in one text."""
        ends = np.cumsum(np.concatenate([[0], *self._lengths]), dtype=np.int32)
        lists = pyarrow.ListArray.from_arrays(ends, pyarrow.concat_arrays(self._facts))
        return compute.binary_join(lists, ",")

    def table(self, keys: Any) -> Any:
        lengths, policies, results, failing = np.array(self._runs, np.int32).T
        results = np.repeat(results, lengths)
        amounts, missing = np.zeros(self.size, np.int64), np.full(self.size, -1, np.int32)
        amounts[results == ELIGIBLE] = np.concatenate(self._amounts)
        missing[results == NEEDS_DATA] = np.concatenate(self._lacking)
        places, named = _used(np.concatenate(self._places), keys)
        made = {
            "subject": _coded(places, named),
            "policy": _coded(np.repeat(policies, lengths), pyarrow.array(self._policies)),
            "result": _coded(results, pyarrow.array([one.value for one in RESULTS])),
            "amount_fen": _unless(results != ELIGIBLE, amounts, pyarrow.int64()),
            "failing": _words(np.repeat(failing, lengths), pyarrow.array(self._conditions, pyarrow.string())),
            "missing": _words(missing, self._together()),
        }
        return pyarrow.table(made, schema=schema())


def _used(places: Any, keys: Any) -> tuple[Any, Any]:
    """The places among those keys that there are rows of, and these keys: where they are few, all would take longer."""
    if len(places) < len(keys):
        of_use = np.zeros(len(keys), np.bool_)
        of_use[places] = True
        among = np.cumsum(of_use, dtype=np.int32) - 1
        places, keys = among[places], keys.filter(pyarrow.array(of_use))
    return places, keys.cast(pyarrow.string())


def _distinct(bits: Any, facts: int) -> tuple[Any, Any, Any]:
    """The different combinations, of each row its place among them, and how often each occurs."""
    if facts > _FEW:
        different, of_each, times = np.unique(bits, return_inverse=True, return_counts=True)
        return different, of_each.astype(np.int32), times
    every = np.bincount(bits, minlength=1 << facts)  # a tenth of the time that sorting takes
    different = np.flatnonzero(every)
    places = np.zeros(len(every), np.int32)
    places[different] = np.arange(len(different))
    return different, places[bits], every[different]


def _coded(places: Any, words: Any) -> Any:
    """Words by their places."""
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(places), words)


def _words(places: Any, words: Any) -> Any:
    """The same; -1 is none."""
    return pyarrow.DictionaryArray.from_arrays(_unless(places < 0, places, pyarrow.int32()), words)


def _unless(none: Any, values: Any, type: Any) -> Any:
    """The values, NULL where the flag says so."""
    there = pyarrow.py_buffer(np.packbits(~none, bitorder="little"))
    return pyarrow.Array.from_buffers(type, len(values), [there, pyarrow.py_buffer(values)])
