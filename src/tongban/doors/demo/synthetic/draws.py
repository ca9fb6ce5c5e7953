"""Drawing columns of a synthetic population: shares, skewed sizes, days, and facts of which nothing is declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tongban.core.packs.model import Fact

Array = NDArray[Any]
EPOCH: Final = date(1970, 1, 1)
MOST: Final = 10**12
"""Fen, where a fact declares no greatest value."""


@dataclass(slots=True)
class Block:
    """Some subjects of which columns are drawn, one after the other; later ones may rest on earlier ones."""

    random: np.random.Generator
    n: int
    at: date
    """Day as of which the population is."""
    columns: dict[str, Array] = field(default_factory=dict[str, Array])
    none: dict[str, Array] = field(default_factory=dict[str, Array])
    """Of which subjects it is known that there is none."""
    members: dict[str, tuple[Array, dict[str, Array]]] = field(
        default_factory=dict[str, tuple[Array, dict[str, Array]]]
    )
    """Of a relation: how many members each subject has, and the columns of all members, one subject after the other."""
    beside: dict[str, Array] = field(default_factory=dict[str, Array])
    """Texts that group the subjects, whether or not a policy reads them; known of everybody."""

    def chance(self, share: float | Array) -> Array:
        return self.random.random(self.n) < share

    def pick(self, shares: Mapping[str, float | Array]) -> Array:
        """A code for each, as likely as its share; shares may differ from subject to subject."""
        names = np.array(list(shares), dtype=object)
        weights = np.stack([np.broadcast_to(np.asarray(share, float), self.n) for share in shares.values()])
        edges = np.cumsum(weights, axis=0)
        drawn = self.random.random(self.n) * edges[-1]
        return names[np.minimum((drawn >= edges).sum(axis=0), len(names) - 1)]

    def skewed(self, middle: float | Array, spread: float) -> Array:
        """Log-normal about a median."""
        return np.asarray(middle) * np.exp(spread * self.random.standard_normal(self.n))

    def days(self, first: date, last: date, n: int | None = None) -> Array:
        """Days evenly between two, as days since 1970."""
        low, high = (first - EPOCH).days, (last - EPOCH).days
        return self.random.integers(low, high + 1, self.n if n is None else n)

    def put(self, **columns: Array) -> None:
        self.columns |= columns

    def put_members(self, name: str, counts: Array, **columns: Array) -> None:
        self.members[name] = counts, columns


def fen(yuan: Array) -> Array:
    """Whole fen of yuan, as money is kept."""
    return np.rint(yuan * 100).astype(np.int64)


def fitting(block: Block, fact: Fact, codes: list[str], values: Array | None) -> Array:
    """The values that are declared, as far as they can be such of the fact in this pack; `anything` in place of others.

    Another pack may give the same name another type, or the same list other codes.
    """
    if values is None or len(values) != block.n:
        return anything(block, fact, codes)
    match fact.type:
        case "code":
            known = np.isin(values.astype(str), codes)
            return values if known.all() else np.where(known, values, anything(block, fact, codes))
        case "text":
            sort = "OU"
        case "boolean":
            sort = "b"
        case "date":
            sort = "iu"
        case _:
            sort = "iuf"
    return values if values.dtype.kind in sort else anything(block, fact, codes)


def anything(block: Block, fact: Fact, codes: list[str]) -> Array:
    """Values of a fact of which no distribution is declared: within its type, range and code list."""
    random, n = block.random, block.n
    low = fact.minimum or 0
    match fact.type:
        case "boolean":
            return random.random(n) < 0.5
        case "code":
            return np.array(codes, dtype=object)[random.integers(0, len(codes), n)]
        case "date":
            return block.days(date(block.at.year - 10, 1, 1), block.at)
        case "text":
            return np.full(n, "—", dtype=object)
        case "money":
            high = MOST if fact.maximum is None else fact.maximum * 100
            return np.minimum(fen(block.skewed(50_000, 1.5)) + low * 100, high)
        case "integer":
            high = low + 100 if fact.maximum is None else fact.maximum
            return np.minimum(low + np.floor(block.skewed(8, 1)).astype(np.int64), high)
        case _:
            high = low + 1000 if fact.maximum is None else fact.maximum
            return np.clip(np.round(low + block.skewed(20, 1), 2), low, high)
