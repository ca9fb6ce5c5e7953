"""Where the subjects of a population come from: Parquet, CSV, or a table of PostgreSQL, some ten thousands at a time.

    source = open_source("firms.parquet")
    for batch in source.batches(): ...

Of a CSV file and of a table every value comes as text, and `checking` reads it as the type of its fact.
"""

from __future__ import annotations

import hashlib
import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

import psycopg
from psycopg import sql

from tongban.base.engines import arrow

ROWS: Final = 65_536
"""Subjects of a batch."""


class BadSource(ValueError):
    """A population that cannot be read as it is; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Batch:
    table: Any
    """pyarrow.Table of one chunk for each column."""
    first: int
    """Which of the rows that could be read is its first, from 1."""


@dataclass(slots=True)
class Torn:
    """Rows that have not as many values as there are columns."""

    rows: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """Number of the row as a spreadsheet counts, and the text of its beginning."""


class Source(Protocol):
    name: str
    torn: Torn

    def columns(self) -> tuple[str, ...]:
        """Names of its columns."""
        ...

    def size(self) -> int | None:
        """Number of rows, where it is known beforehand."""
        ...

    def digest(self) -> str | None:
        """Tells whether it is the same population as before; None where nobody can."""
        ...

    def batches(self, wanted: frozenset[str]) -> Iterator[Batch]:
        """The rows in their order, with those of the wanted columns that there are. Raises BadSource."""
        ...

    def numbered(self, place: int) -> int:
        """The number by which people find the row that comes at this place, from 1: of a CSV file as a spreadsheet
        counts."""
        ...


def open_source(population: str, table: str | None = None) -> Source:
    """The source that a path or the URL of a database names. Raises BadSource."""
    if population.startswith(("postgresql://", "postgres://")):
        if table is None:
            raise BadSource("Of a database, name the table: --table people")
        return _Table(population, table)
    path = Path(population)
    if not path.is_file():
        raise BadSource(f"There is no file {path}.")
    if path.suffix.lower() == ".parquet":
        return Parquet(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _Csv(path)
    raise BadSource(f"{path} is neither Parquet (.parquet) nor CSV (.csv).")


@dataclass(frozen=True, slots=True)
class Groups:
    """Groups of rows of a Parquet file."""

    places: tuple[int, ...]
    first: int
    """Which row of the file is their first, from 1."""
    rows: int


class Parquet:
    def __init__(self, path: Path) -> None:
        from pyarrow import ArrowException, parquet

        self.name, self.torn, self._path = str(path), Torn(), path
        try:
            with parquet.ParquetFile(path) as file:
                self._names = tuple(file.schema_arrow.names)
                self._metadata = file.metadata
        except (ArrowException, OSError) as error:
            raise BadSource(f"{path} cannot be read as Parquet: {_brief(error)}") from error

    def columns(self) -> tuple[str, ...]:
        return self._names

    def size(self) -> int | None:
        return int(self._metadata.num_rows)

    def digest(self) -> str | None:
        return _of_file(self._path)

    def numbered(self, place: int) -> int:
        return place

    def groups(self, rows: int) -> list[Groups]:
        """Groups of rows that lie behind one another, at least so many rows together, the last ones perhaps less."""
        found: list[Groups] = []
        first = 1
        for groups in arrow.groups(self._metadata, rows):
            size = sum(self._metadata.row_group(group).num_rows for group in groups)
            found.append(Groups(tuple(groups), first, size))
            first += size
        return found

    def batches(self, wanted: frozenset[str]) -> Iterator[Batch]:
        for groups in self.groups(ROWS):
            yield from self.batches_of(groups, wanted)

    def batches_of(self, groups: Groups, wanted: frozenset[str], *, threads: bool = True) -> Iterator[Batch]:
        """Like `batches`, of some groups of rows."""
        import pyarrow
        from pyarrow import parquet

        first = groups.first
        names = [name for name in self._names if name in wanted]
        try:
            # what the file says of itself is read once: of many columns and groups it takes longer than a batch
            with parquet.ParquetFile(self._path, metadata=self._metadata, pre_buffer=False) as file:
                for batch in file.iter_batches(
                    batch_size=ROWS, row_groups=list(groups.places), columns=names, use_threads=threads
                ):
                    yield Batch(pyarrow.Table.from_batches([batch]), first)
                    first += batch.num_rows
        except (pyarrow.ArrowException, OSError) as error:
            raise BadSource(
                f"{self.name} cannot be read on after row {first - 1:,}: {_brief(error)}"
            ) from error


class _Texts(ABC):
    """CSV, from a file or from a database."""

    name: str
    torn: Torn

    @abstractmethod
    def _open(self) -> Any:
        """A binary stream of UTF-8."""

    def _delimiter(self) -> str:
        return ","

    def columns(self) -> tuple[str, ...]:
        from pyarrow import ArrowException

        try:
            with self._open() as stream, self._reader(stream, (), Torn()) as reader:
                return tuple(reader.schema.names)
        except (ArrowException, UnicodeError, OSError, psycopg.Error) as error:
            raise BadSource(f"{self.name} cannot be read: {_brief(error)}") from error

    def batches(self, wanted: frozenset[str]) -> Iterator[Batch]:
        import pyarrow

        names = [name for name in self.columns() if name in wanted]
        first, held = 1, list[Any]()
        try:
            with self._open() as stream, self._reader(stream, names, self.torn) as reader:
                for batch in reader:
                    held.append(batch.select(names))
                    while sum(one.num_rows for one in held) >= ROWS:
                        table = pyarrow.Table.from_batches(held).combine_chunks()
                        yield Batch(table.slice(0, ROWS).combine_chunks(), first)
                        first += ROWS
                        held = table.slice(ROWS).to_batches()
            if sum(one.num_rows for one in held):
                yield Batch(pyarrow.Table.from_batches(held).combine_chunks(), first)
        except (pyarrow.ArrowException, UnicodeError, OSError, psycopg.Error) as error:
            raise BadSource(
                f"{self.name} cannot be read on after row {first - 1:,}: {_brief(error)}"
            ) from error

    def _reader(self, stream: Any, names: Sequence[str], torn: Torn) -> Any:
        """Of these columns the values come as texts."""
        import pyarrow
        from pyarrow import csv

        def set_apart(row: Any) -> str:
            torn.rows.append((row.number or 0, str(row.text)[:80]))
            return "skip"

        return csv.open_csv(
            stream,
            read_options=csv.ReadOptions(use_threads=False, block_size=4_000_000),
            parse_options=csv.ParseOptions(
                delimiter=self._delimiter(), newlines_in_values=True, invalid_row_handler=set_apart
            ),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=True, null_values=[""],
                quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip


class _Csv(_Texts):
    def __init__(self, path: Path) -> None:
        self.name, self.torn, self._path = str(path), Torn(), path
        with path.open("rb") as stream:
            head = stream.read(1 << 16)
        if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head:
            raise BadSource(f"{path} is written in UTF-16. Save it as CSV in UTF-8.")
        if not head.strip():
            raise BadSource(f"{path} is empty.")
        self._encoding = "utf-8-sig" if _is_utf8(head) else "gb18030"
        line = head.decode(self._encoding, errors="replace").split("\n", 1)[0]
        self._sign = next((sign for sign in ",;\t" if sign in line), ",")
        self.columns()  # what cannot be read is refused before anything begins

    def size(self) -> int | None:
        return None

    def digest(self) -> str | None:
        return _of_file(self._path)

    def numbered(self, place: int) -> int:
        number = place + 1  # the row of names is the first
        for torn, _ in self.torn.rows:
            number += torn <= number
        return number

    def _delimiter(self) -> str:
        return self._sign

    def _open(self) -> Any:
        return _Recoded(self._path.open("rb"), self._encoding)


class _Table(_Texts):
    """A table of a database, read with COPY in one statement: it is the same moment for all of its rows."""

    def __init__(self, url: str, table: str) -> None:
        self.name, self.torn, self._url, self._table = table, Torn(), url, tuple(table.split("."))
        self.columns()  # what cannot be read is refused before anything begins

    def size(self) -> int | None:
        return None

    def digest(self) -> str | None:
        return None

    def numbered(self, place: int) -> int:
        return place

    def _open(self) -> Any:
        return _Copied(self._url, self._table)


class _Recoded(io.RawIOBase):
    """A file in some encoding, read as UTF-8."""

    def __init__(self, stream: Any, encoding: str) -> None:
        import codecs

        self._stream, self._left = stream, b""
        self._decode = codecs.getincrementaldecoder(encoding)().decode

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            read = self._stream.read(1 << 20)
            self._left = self._decode(read, not read).encode()
            if not read:
                break
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Copied(io.RawIOBase):
    """What COPY gives of a table, as a stream."""

    def __init__(self, url: str, table: tuple[str, ...]) -> None:
        self._session = psycopg.connect(url, connect_timeout=10)
        self._session.read_only = True
        statement = sql.SQL("COPY (SELECT * FROM {}) TO STDOUT WITH (FORMAT csv, HEADER, ENCODING 'UTF8')")
        self._copy = self._session.cursor().copy(statement.format(sql.Identifier(*table)))
        self._blocks = iter(self._copy.__enter__())
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._left = bytes(block)
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size

    def close(self) -> None:
        if not self.closed:
            self._session.close()
        super().close()


def _is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, cut inside a character perhaps."""
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3
    return True


def _of_file(path: Path) -> str:
    stat = path.stat()
    return hashlib.sha256(f"{path.resolve()} {stat.st_size} {stat.st_mtime_ns}".encode()).hexdigest()


def _brief(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
