"""Packs on disk and in ZIP form."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import yaml

MAX_BYTES = 50 * 1024 * 1024
_LAYER = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")


class NoSuchPack(LookupError):
    """The folder holds no pack; the message says where it looked."""


def read_layers(folder: Path, top: str, *others: Path) -> dict[str, bytes]:
    """The files of layer `top` and of every layer below it, keyed `layer/path`.

    Layers are folders inside `folder`, or of `others` where it does not hold them. A layer that cannot be read is left
    to the loader to report.
    """
    files: dict[str, bytes] = {}
    layer: str | None = top
    seen: set[str] = set()
    while layer and layer not in seen:
        seen.add(layer)
        root = holder(layer, folder, *others) / layer
        if not (root / "pack.yaml").is_file():
            if layer == top:
                raise NoSuchPack(
                    f"No pack.yaml in {root}. A pack is a folder with a pack.yaml; `tongban pack lint packs/NAME`."
                )
            break
        for path in sorted(root.rglob("*")):
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(root).parts):
                files[f"{layer}/{path.relative_to(root).as_posix()}"] = _content(path)
        layer = extended(files[f"{layer}/pack.yaml"])
    return files


def _content(path: Path) -> bytes:
    """The bytes of a file; of one too large for any pack only so much that the checks see that it is."""
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def extended(manifest: bytes) -> str | None:
    """The layer that a pack.yaml extends, by the name of its folder.

    None too where it cannot be read, or names what can be no layer (`../x`): no file is looked for there, and the
    loader tells the author.
    """
    try:
        read = yaml.safe_load(manifest)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: 2026-13-45 as a plain date
        return None
    named = read.get("extends") if isinstance(read, dict) else None
    return named if isinstance(named, str) and _LAYER.fullmatch(named) else None


def holder(layer: str, folder: Path, *others: Path) -> Path:
    """The first of these folders that holds the layer; the first of all if none does."""
    return next((one for one in (folder, *others) if (one / layer / "pack.yaml").is_file()), folder)


def top_layer(folder: Path) -> str:
    """The layer of `folder` that no other layer extends; the first by name if several."""
    below = {path.parent.name: extended(path.read_bytes()) for path in sorted(folder.glob("*/pack.yaml"))}
    tops = [name for name in below if name not in below.values()]
    if not tops:
        raise NoSuchPack(f"No pack in {folder}.")
    return tops[0]


def digest_of(files: Mapping[str, bytes]) -> str:
    """Over the names and the bytes of files, so it is the same wherever they lie."""
    lines = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    return "sha256:" + hashlib.sha256(lines.encode()).hexdigest()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), files[name])
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(item.file_size for item in archive.infolist()) > MAX_BYTES:
            raise ValueError("the pack is larger than 50 MB when unpacked")
        return {item.filename: archive.read(item) for item in archive.infolist()}
