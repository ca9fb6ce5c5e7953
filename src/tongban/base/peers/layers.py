"""Pack layers on their way from one node to another: a list of what a node publishes, one layer as a ZIP.

    [{"layer": "cn-restaurant", "version": "1.2.0", "name": {"zh", "en"}, "licence": "Apache-2.0", "extends": "cn",
      "digest": "sha256:...", "files": 8, "bytes": 31415}]

A node publishes what its own city stands on: every layer of the pack in force but the uppermost. The digest is over
the names and the bytes of a layer's files, so it is the same wherever they lie. List and ZIP come in signed answers.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from tongban.base.directory import archives, sources
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack, Problem

MAX_FILES = 2000
ORIGIN = ".origin.json"
"""Where a fetched layer came from. Files with a leading dot are no content."""

_LAYER = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENDINGS = frozenset({".yaml", ".yml", ".md", ".svg"})


@dataclass(frozen=True, slots=True)
class Listed:
    layer: str
    version: str
    name: Mapping[str, str]
    licence: str
    extends: str | None
    digest: str
    files: int
    bytes: int

    def document(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class LayerRefused(Invalid):
    """A layer that would not be a clean pack here; `problems` lists every reason."""

    code = "layer-refused"

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


def published(pack: Pack, folder: Path) -> list[Listed]:
    """From the bottom up. A layer that is not on disk any more is left out."""
    return [listed(files) for manifest in pack.layers[:-1] if (files := read(folder, manifest.id))]


def files_of(pack: Pack, folder: Path, layer: str) -> dict[str, bytes]:
    if layer not in {manifest.id for manifest in pack.layers[:-1]}:
        raise NotFound("This node does not publish such a layer.")
    files = read(folder, layer)
    if not files:
        raise NotFound("This node does not publish such a layer.")
    return files


def read(folder: Path, layer: str) -> dict[str, bytes]:
    """The files of one layer alone, keyed `layer/path`; empty when it is not there."""
    if not _LAYER.fullmatch(layer) or not (folder / layer / "pack.yaml").is_file():
        return {}
    return {
        name: data
        for name, data in sources.read_layers(folder, layer).items()
        if name.startswith(f"{layer}/")
    }


def listed(files: Mapping[str, bytes]) -> Listed:
    layer = next(iter(files)).split("/")[0]
    manifest = yaml.safe_load(files[f"{layer}/pack.yaml"])
    name = {tag: str(manifest["name"][tag]) for tag in ("zh", "en")}
    size = sum(len(data) for data in files.values())
    return Listed(
        layer, str(manifest["version"]), name, str(manifest["licence"]), manifest.get("extends"), sources.digest_of(files),
        len(files), size,
    )  # fmt: skip


def listing(data: bytes) -> dict[str, Listed]:
    """A peer's list by layer. Raises `LayerRefused`."""
    try:
        rows = [Listed(**row) for row in json.loads(data)["layers"]]
        if not all(isinstance(row.layer, str) and isinstance(row.digest, str) for row in rows):
            raise ValueError("not text")
    except (ValueError, TypeError, KeyError) as error:
        raise LayerRefused("The peer's list of layers cannot be read.") from error
    return {row.layer: row for row in rows}


def unpacked(data: bytes, layer: str, digest: str) -> dict[str, bytes]:
    """The files of a fetched ZIP: of this layer only, of kinds that packs have, with this digest.

    Raises `LayerRefused`.
    """
    try:
        files = archives.unpacked(data)
    except archives.ArchiveRefused as error:
        raise LayerRefused(error.message) from error
    if len(files) > MAX_FILES:
        raise LayerRefused("The layer has more files than a layer can have.")
    for name in files:
        path = PurePosixPath(name)
        if len(path.parts) < 2 or path.parts[0] != layer or path.suffix not in _ENDINGS:
            raise LayerRefused("The ZIP holds a file that does not belong to a layer.")
    if sources.digest_of(files) != digest:
        raise LayerRefused("The files are not those of the peer's list: their digest differs.")
    return files


def check(files: Mapping[str, bytes], folder: Path, layer: str) -> Pack:
    """The layer on top of those below it that lie in `folder`, lint-clean. Raises `LayerRefused`."""
    together = dict(files)
    below = yaml.safe_load(files.get(f"{layer}/pack.yaml", b"")) or {}
    name = below.get("extends") if isinstance(below, dict) else None
    if isinstance(name, str) and _LAYER.fullmatch(name) and (folder / name / "pack.yaml").is_file():
        together = {**sources.read_layers(folder, name), **together}
    loaded = loader.load(together, layer)
    if loaded.pack is None:
        raise LayerRefused(
            "The layer does not pass the checks of a pack here. Nothing was written.", loaded.problems
        )
    return loaded.pack


def keep(
    files: Mapping[str, bytes], folder: Path, layer: str, *, origin: Mapping[str, Any], replace: bool = False
) -> bool:
    """Write a checked layer into the packs folder in one step. False when the very same is there already."""
    there = read(folder, layer)
    if there and sources.digest_of(there) == sources.digest_of(files):
        return False
    if (folder / layer).exists() and not replace:
        raise NotNow("Another version of this layer lies there. Compare them, then fetch with --replace.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".fetched-", dir=folder) as temporary:
        fresh = Path(temporary) / layer
        for name, data in files.items():
            path = Path(temporary) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        (fresh / ORIGIN).write_text(
            json.dumps(dict(origin), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        if (folder / layer).exists():
            shutil.move(folder / layer, Path(temporary) / "before")
        os.replace(fresh, folder / layer)
    return True
