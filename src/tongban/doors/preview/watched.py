"""The pack that is being written: read again whenever one of its files changes, the last sound state kept for show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from tongban.base.directory import loading, sources
from tongban.core.packs.pack import Pack, Problem


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
    _seen: dict[str, bytes] = field(default_factory=dict[str, bytes], repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def look(self) -> bool:
        """Read the files of its layers and check them if any has changed; whether one has.

        Raises NoSuchPack the first time when the folder holds no pack. Later its manifest may be away for a moment,
        while an editor puts the new one in place.
        """
        with self._lock:
            try:
                files = sources.read_layers(self.path.parent, self.path.name, *self.others)
            except sources.NoSuchPack:
                if not self._seen:
                    raise
                return False
            if files == self._seen:
                return False
            self._seen = files
            found = loading.load(files, self.path.name)
            self.problems = found.problems
            self.pack = found.pack or self.pack
            self.version += 1
            return True

    def current(self) -> Pack:
        """The pack to show. Raises LookupError while there was no sound one yet."""
        if self.pack is None:
            raise LookupError(f"{self.path} has problems")
        return self.pack


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
