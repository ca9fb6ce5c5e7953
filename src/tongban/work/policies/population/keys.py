"""Keys of subjects: whether each of them has one of its own.

Told apart by fingerprints of eight bytes, ten million in eighty megabytes. That two different keys have the same one is less
likely than one in a hundred thousand runs over ten million; of whole numbers it is impossible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tongban.work.policies.population.sources import BadSource, Parquet, Source

Fingerprints = NDArray[np.int64]
_LOOKED: Final = dict[tuple[str | None, str], bool]()
"""What was looked up before, by the digest of a population and the name of the column: it is asked for at every trial."""
_KEPT: Final = 64


def texts(column: Any) -> Any:
    """The keys as pyarrow strings. Raises BadSource."""
    import pyarrow

    return plain(column).cast(pyarrow.string())


def empty(column: Any) -> NDArray[np.bool_]:
    """Which rows have no key. Raises BadSource."""
    import pyarrow
    import pyarrow.compute as compute

    array = plain(column)
    if pyarrow.types.is_integer(array.type):
        nothing = array.is_null()
    else:
        trimmed = compute.utf8_trim_whitespace(array.cast(pyarrow.string()).fill_null(""))
        nothing = compute.equal(compute.binary_length(trimmed), 0)
    return nothing.to_numpy(zero_copy_only=False)


def differ_in(source: Source, key: str) -> bool:
    """Whether every row of a population has a key of its own, where that can be looked up beforehand at little cost; False
    where it cannot, and where the file cannot be read to its end: what can be read of it is not lost by looking ahead."""
    if not isinstance(source, Parquet):
        return False
    asked = source.digest(), key
    if asked not in _LOOKED:
        try:
            found = all_differ(batch.table[key] for batch in source.batches(frozenset({key})))
        except BadSource:
            return False
        while len(_LOOKED) >= _KEPT:
            del _LOOKED[next(iter(_LOOKED))]
        _LOOKED[asked] = found
    return _LOOKED[asked]


def all_differ(columns: Iterable[Any]) -> bool:
    """Whether every row of all of them has a key, and none of them twice. Raises BadSource."""
    parts: list[Fingerprints] = []
    for column in columns:
        if empty(column).any():
            return False
        parts.append(_fingerprints(column))
    together = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    del parts
    together.sort()
    return not np.any(together[1:] == together[:-1])


@dataclass(slots=True)
class Seen:
    """Keys that came before, batch by batch."""

    blocks: list[Fingerprints]
    """Sorted; each at least twice as long as the next."""

    def again(self, column: Any) -> NDArray[np.bool_]:
        """Which of these keys came before, among them or earlier; from now on all of them did. Raises BadSource."""
        found = _fingerprints(column)
        order = np.argsort(found, kind="stable")
        ordered = found[order]
        before = np.zeros(len(ordered), np.bool_)
        before[1:] = ordered[1:] == ordered[:-1]
        for block in self.blocks:  # looked up in rising order, which stays within the processor's cache
            places = np.minimum(np.searchsorted(block, ordered), len(block) - 1)
            before |= block[places] == ordered
        self.blocks.append(ordered)
        while len(self.blocks) > 1 and len(self.blocks[-2]) < 2 * len(self.blocks[-1]):
            self.blocks[-2:] = [np.sort(np.concatenate(self.blocks[-2:]), kind="stable")]
        again = np.zeros(len(ordered), np.bool_)
        again[order] = before
        return again


def _fingerprints(column: Any) -> Fingerprints:
    import pyarrow

    array = plain(column)
    if pyarrow.types.is_integer(array.type):
        return array.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64, copy=False)
    keys = array.cast(pyarrow.string()).to_pylist()
    return np.fromiter(map(hash, keys), np.int64, len(keys))


def plain(column: Any) -> Any:
    """The keys as a pyarrow array of texts or whole numbers. Raises BadSource."""
    import pyarrow

    array = column
    if hasattr(array, "chunks"):
        array = array.chunk(0) if array.num_chunks == 1 else array.combine_chunks()
    if pyarrow.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pyarrow.types.is_floating(array.type) or pyarrow.types.is_nested(array.type):
        raise BadSource(f"The column of keys holds {array.type}. Keys are texts or whole numbers.")
    return array
