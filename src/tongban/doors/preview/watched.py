"""The pack that is being written: read again whenever one of its files changes, the last sound state kept for show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tongban.base.directory import loading, sources
from tongban.core.packs.pack import Pack, Problem

Signature = tuple[tuple[str, int, int], ...]


@dataclass
class Watched:
    """A pack folder, with its layers in the folder beside it or in `others`."""

    path: Path
    others: tuple[Path, ...] = ()
    pack: Pack | None = None
    """The last one without problems."""
    problems: tuple[Problem, ...] = ()
    """Of the files as they are now."""
    version: int = 0
    """Counts the changes, from 1."""
    _seen: Signature = ()
    _lock: Lock = field(default_factory=Lock, repr=False)

    def look(self) -> bool:
        """Read the files again if any of them has changed; whether one has."""
        with self._lock:
            seen = self._signature()
            if seen == self._seen:
                return False
            self._seen = seen
            found = loading.load(self._files(), self.path.name)
            self.problems = found.problems
            self.pack = found.pack or self.pack
            self.version += 1
            return True

    def current(self) -> Pack:
        """The pack to show. Raises LookupError while there was no sound one yet."""
        if self.pack is None:
            raise LookupError(f"{self.path} has problems")
        return self.pack

    def _files(self) -> dict[str, bytes]:
        return sources.read_layers(self.path.parent, self.path.name, *self.others)

    def _signature(self) -> Signature:
        """Name, time and size of everything in the folders that hold layers. A folder may vanish while it is read."""
        found: list[tuple[str, int, int]] = []
        for folder in dict.fromkeys((self.path.parent, *self.others)):
            for file in sorted(folder.rglob("*")):
                try:
                    stat = file.stat()
                except OSError:
                    continue
                found.append((str(file), stat.st_mtime_ns, stat.st_size))
        return tuple(found)


_watched: Watched | None = None


def show(watched: Watched, instead: Callable[[Callable[[], Pack]], None]) -> None:
    """From now on the pages of this process show this pack."""
    global _watched
    _watched = watched
    instead(watched.current)


def get() -> Watched:
    """What is shown. Raises LookupError before `show`."""
    if _watched is None:
        raise LookupError("nothing is watched")
    return _watched
