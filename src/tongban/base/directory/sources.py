"""Packs on disk and in ZIP form."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import yaml

MAX_BYTES = 50 * 1024 * 1024


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
                files[f"{layer}/{path.relative_to(root).as_posix()}"] = path.read_bytes()
        try:
            manifest = yaml.safe_load(files[f"{layer}/pack.yaml"])
        except yaml.YAMLError:
            break
        layer = manifest.get("extends") if isinstance(manifest, dict) else None
    return files


def holder(layer: str, folder: Path, *others: Path) -> Path:
    """The first of these folders that holds the layer; the first of all if none does."""
    return next((one for one in (folder, *others) if (one / layer / "pack.yaml").is_file()), folder)


def top_layer(folder: Path) -> str:
    """The layer of `folder` that no other layer extends; the first by name if several."""
    manifests = {
        path.parent.name: yaml.safe_load(path.read_bytes()) for path in sorted(folder.glob("*/pack.yaml"))
    }
    below = {manifest.get("extends") for manifest in manifests.values()}
    tops = [name for name in manifests if name not in below]
    if not tops:
        raise NoSuchPack(f"No pack in {folder}.")
    return tops[0]


def zipped(files: dict[str, bytes]) -> bytes:
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
