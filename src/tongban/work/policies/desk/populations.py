"""The populations of this node that changes are tried on, and a sample of each that is quick to ask.

They lie as `populations/enterprise.parquet` and `populations/person.parquet` in the data folder: put there by
`tongban demo population`, or by whoever may bring a real one here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final

from tongban.base.kit import environment
from tongban.core.packs.pack import Pack
from tongban.work.policies.population.sources import BadSource, Batch, Torn, open_source

FOLDER: Final = "populations"
SAMPLE: Final = 20_000
KEY: Final = "id"
_MOST: Final = 8
_kept: OrderedDict[Any, Any] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Population:
    path: Path
    rows: int
    columns: tuple[str, ...]

    def groups(self, pack: Pack) -> tuple[str, ...]:
        """Columns by which an effect can be told: those that are no facts, such as a district, and facts of a few codes."""
        plain = [
            name for name in self.columns if "__" not in name and name != KEY and name not in pack.relations
        ]
        beside = [name for name in plain if name not in pack.facts]
        return (
            *beside,
            *(name for name in plain if name in pack.facts and pack.facts[name].type in ("code", "boolean")),
        )


@dataclass(slots=True)
class Sample:
    """Some rows of a population as a source."""

    table: Any
    name: str
    torn: Torn

    def columns(self) -> tuple[str, ...]:
        return tuple(self.table.column_names)

    def size(self) -> int | None:
        return int(self.table.num_rows)

    def digest(self) -> str | None:
        return None

    def numbered(self, place: int) -> int:
        return place

    def batches(self, wanted: frozenset[str]) -> Iterator[Batch]:
        names = [name for name in self.table.column_names if name in wanted]
        yield Batch(self.table.select(names).combine_chunks(), 1)


def population_of(kind: str) -> Population | None:
    """None where there is none for subjects of this kind. Raises BadSource for a file that is no Parquet."""
    path = environment.home() / FOLDER / f"{kind}.parquet"
    if not path.is_file():
        return None
    source = open_source(str(path))
    return Population(path, source.size() or 0, source.columns())


def sample_of(population: Population, wanted: frozenset[str]) -> Sample:
    """Rows from all over the file, at most `SAMPLE`, the same as long as the file is. Kept for the next who asks."""
    from pyarrow import ArrowException

    names = tuple(name for name in population.columns if name in wanted)
    stat = population.path.stat()
    key = population.path, stat.st_mtime_ns, stat.st_size, names
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return Sample(_kept[key], str(population.path), Torn())
    try:
        table = _drawn(population.path, names)
    except (ArrowException, OSError) as error:
        raise BadSource(f"{population.path.name}: {str(error).splitlines()[0]}") from error
    with _lock:
        _kept[key] = table
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return Sample(table, str(population.path), Torn())


def _drawn(path: Path, names: tuple[str, ...]) -> Any:
    import pyarrow
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        groups = file.num_row_groups
        chosen = sorted(
            {round(n * (groups - 1) / max(1, min(groups, 10) - 1)) for n in range(min(groups, 10))}
        )
        each = -(-SAMPLE // len(chosen))
        parts = []
        for group in chosen:
            part = file.read_row_group(group, columns=list(names))
            parts.append(part.take(list(range(0, part.num_rows, max(1, part.num_rows // each))))[:each])
    return pyarrow.concat_tables(parts, promote_options="default").unify_dictionaries().combine_chunks()
