"""A layer of another node is written only when it is whole, plain, clean and wanted."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.base.peers.other_node import OtherNode

from tongban.base.directory import sources
from tongban.base.kit.refusals import NotNow
from tongban.base.peers import layers

PACKS = Path(__file__).resolve().parents[3] / "packs"


def below_the_city() -> str:
    """The layer that the shipped city stands on."""
    top = sources.top_layer(PACKS)
    files = sources.read_layers(PACKS, top)
    return next(name for name in dict.fromkeys(path.split("/")[0] for path in files) if name != top)


LAYER = below_the_city()
FILES = layers.read(PACKS, LAYER)


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A packs folder with the national layers only."""
    made = tmp_path / "packs"
    for name in {path.split("/")[0] for path in sources.read_layers(PACKS, LAYER)} - {LAYER}:
        shutil.copytree(PACKS / name, made / name)
    return made


def test_a_peer_sees_and_fetches_what_the_city_stands_on(city: Any, folder: Path, settings: Any) -> None:
    settings.PACKS = PACKS
    other = OtherNode()
    other.trusted_here()
    listed = layers.listing(other.send("GET", "/peer/packs").content)
    assert LAYER in listed
    assert sources.top_layer(PACKS) not in listed
    files = layers.unpacked(other.send("GET", f"/peer/packs/{LAYER}").content, LAYER, listed[LAYER].digest)
    assert files == FILES
    layers.check(files, folder, LAYER)
    assert layers.keep(files, folder, LAYER, origin={"peer": "990100"})
    assert layers.read(folder, LAYER) == FILES
    assert json.loads((folder / LAYER / layers.ORIGIN).read_text())["peer"] == "990100"
    assert other.send("GET", f"/peer/packs/{sources.top_layer(PACKS)}").status_code == 404


def test_the_same_layer_again_changes_nothing_another_needs_replace(folder: Path) -> None:
    assert layers.keep(FILES, folder, LAYER, origin={})
    assert not layers.keep(FILES, folder, LAYER, origin={})
    other = {**FILES, f"{LAYER}/README.md": b"changed"}
    with pytest.raises(NotNow):
        layers.keep(other, folder, LAYER, origin={})
    assert layers.read(folder, LAYER) == FILES
    assert layers.keep(other, folder, LAYER, origin={}, replace=True)
    assert layers.read(folder, LAYER) == other
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


def test_a_layer_with_mistakes_is_not_written(folder: Path) -> None:
    broken = {**FILES, f"{LAYER}/services/extra.yaml": b"- id: x\n  nonsense: true\n"}
    with pytest.raises(layers.LayerRefused) as refused:
        layers.check(broken, folder, LAYER)
    assert refused.value.problems


def test_a_layer_whose_lower_layer_is_not_here_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(layers.LayerRefused):
        layers.check(FILES, tmp_path, LAYER)


@pytest.mark.parametrize(
    "name",
    [
        "../evil.yaml", "/etc/evil.yaml", "other-layer/pack.yaml", f"{LAYER}/../x.yaml", f"{LAYER}/a\\b.yaml", f"{LAYER}/run.sh",
        f"{LAYER}/.hidden.yaml", f"{LAYER}/.git/x.yaml", f"{LAYER}//x.yaml", f"{LAYER}/x\n.yaml", f"{LAYER}", "x.yaml", f"{LAYER}/c:x.yaml",
    ],
)  # fmt: skip
def test_a_zip_that_reaches_elsewhere_is_refused(name: str) -> None:
    files = {**FILES, name: b"x"}
    with pytest.raises(layers.LayerRefused):
        layers.unpacked(zipped(files), LAYER, sources.digest_of(files))


def test_other_files_than_the_list_says_are_refused() -> None:
    with pytest.raises(layers.LayerRefused):
        layers.unpacked(zipped({**FILES, f"{LAYER}/README.md": b"x"}), LAYER, sources.digest_of(FILES))


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"not a zip", zipped({f"x/{n}.yaml": b"" for n in range(layers.MAX_FILES + 1)})]
)
def test_what_is_no_zip_of_a_layer_is_refused(data: bytes) -> None:
    with pytest.raises(layers.LayerRefused):
        layers.unpacked(data, LAYER, sources.digest_of(FILES))


def test_a_zip_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAYER}/pack.yaml", b"\0" * (sources.MAX_BYTES + 1))
    assert len(buffer.getvalue()) < 100_000
    with pytest.raises(layers.LayerRefused):
        layers.unpacked(buffer.getvalue(), LAYER, "sha256:x")


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"layers": [1]}', b'{"layers": [{"layer": "x"}]}', b'{"layers": 3}']
)
def test_a_list_that_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(layers.LayerRefused):
        layers.listing(data)
