"""The verdicts of a batch as rows of the result, and as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np

from tongban.core.planning.population import (
    ELIGIBLE,
    NEAR,
    NEEDS_DATA,
    NOT,
    RESULTS,
    Matcher,
    Verdicts,
    total,
)

CODED: Final = ("subject", "policy", "result", "failing", "missing")
"""Columns whose words come again and again: written as places in a list, which is half of the time."""


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
    import pyarrow

    text = pyarrow.dictionary(pyarrow.int32(), pyarrow.string())
    return pyarrow.schema(
        [
            ("subject", text), ("policy", text), ("result", text), ("amount_fen", pyarrow.int64()),
            ("failing", text), ("missing", text),
        ]
    )  # fmt: skip


def table(keys: Any, found: Iterable[tuple[str, Verdicts]], matcher: Matcher) -> tuple[Any, dict[str, Count]]:
    """The rows of everybody but those to whom a policy is not due, policy by policy; and the counts of all."""
    import pyarrow

    rows = _Rows(matcher)
    for policy, verdicts in found:
        rows.add(policy, verdicts)
    places = _joined(rows.places, np.int32)
    made = {
        "subject": pyarrow.DictionaryArray.from_arrays(pyarrow.array(places), keys),
        "policy": _words(_joined(rows.policies, np.int32), list(matcher.conditions)),
        "result": _words(_joined(rows.results, np.int32), [one.value for one in RESULTS]),
        "amount_fen": pyarrow.array(
            _joined(rows.amounts, np.int64), mask=_joined(rows.results, np.int32) != ELIGIBLE
        ),
        "failing": _words(_joined(rows.failing, np.int32), rows.conditions),
        "missing": _words(_joined(rows.missing, np.int32), rows.wanting),
    }
    return pyarrow.table(made, schema=schema()), rows.counts


def counted(table: Any) -> dict[str, Count]:
    """The counts of rows of a result, by policy; without those to whom a policy is not due, who have no row."""
    import pyarrow

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
    """Collects the arrays of all policies; words are told by their places in lists that all of them share."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self.counts = {name: Count() for name in matcher.conditions}
        self.places, self.policies, self.results, self.amounts, self.failing, self.missing = (
            [] for _ in range(6)
        )
        self.conditions = list(dict.fromkeys(one for names in matcher.conditions.values() for one in names))
        self._condition = {name: place for place, name in enumerate(self.conditions)}
        self._number = {name: place for place, name in enumerate(matcher.conditions)}
        self.wanting: list[str] = []

    def add(self, policy: str, found: Verdicts) -> None:
        count = self.counts[policy]
        totals = np.bincount(found.results, minlength=len(RESULTS))
        count.eligible, count.near = int(totals[ELIGIBLE]), int(totals[NEAR])
        count.needs_data, count.not_due = int(totals[NEEDS_DATA]), int(totals[NOT])
        count.referred, count.amount_fen = found.referred, total(found.amounts)
        rows = np.flatnonzero(found.results)
        if not len(rows):
            return
        self.places.append(rows)
        self.policies.append(np.full(len(rows), self._number[policy], np.int32))
        self.results.append(found.results[rows])
        self.amounts.append(found.amounts[rows])
        self.failing.append(self._failing(policy, found.failing[rows], count))
        self.missing.append(self._missing(policy, found.missing[rows], count))

    def _failing(self, policy: str, failing: Any, count: Count) -> Any:
        names = self._matcher.conditions[policy]
        times = np.bincount(failing[failing >= 0], minlength=len(names))
        count.near_by.update({name: int(many) for name, many in zip(names, times, strict=True) if many})
        known = np.array([*(self._condition[name] for name in names), -1], np.int32)
        return known[failing]  # -1, for none, is the last

    def _missing(self, policy: str, bits: Any, count: Count) -> Any:
        codes = np.full(len(bits), -1, np.int32)
        there = np.flatnonzero(bits)
        if not len(there):
            return codes
        facts = self._matcher.facts[policy]
        for place, fact in enumerate(facts):
            if times := int(np.count_nonzero(bits & (1 << place))):
                count.missing[fact] += times
        different, of_each = np.unique(bits[there], return_inverse=True)
        codes[there] = of_each + len(self.wanting)
        self.wanting += [_named(facts, one) for one in different.tolist()]
        return codes


@lru_cache(maxsize=200_000)
def _named(facts: tuple[str, ...], bits: int) -> str:
    """The same few combinations come again in every batch."""
    return ",".join(fact for place, fact in enumerate(facts) if bits >> place & 1)


def _joined(arrays: list[Any], dtype: Any) -> Any:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.zeros(0, dtype)


def _words(places: Any, words: list[str]) -> Any:
    """Words by their places; -1 is none."""
    import pyarrow

    indices = pyarrow.array(np.maximum(places, 0), pyarrow.int32(), mask=places < 0)
    return pyarrow.DictionaryArray.from_arrays(indices, pyarrow.array(words, pyarrow.string()))
