"""JSON Schema for editors: valid itself, and true to what the loader takes and refuses."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.core.packs.shop_pack import files

from tongban.core.packs import kinds, shapes, tree
from tongban.core.packs.schema import schemas

ROOT = Path(__file__).parents[3]
SCHEMAS = schemas()
REAL = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("packs", "packs-two")
    for path in (ROOT / folder).rglob("*.yaml")
)


def as_editors_see_it(file: str, content: bytes) -> Any:
    """JSON as an editor makes it of YAML: dates are text."""
    node, problems = tree.read(file, content)
    assert node is not None, problems
    return jsonable(shapes.data(node, Any))


def jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def errors(folder: str, content: bytes) -> list[str]:
    validator = jsonschema.Draft202012Validator(SCHEMAS[folder])
    return [error.message for error in validator.iter_errors(as_editors_see_it("x.yaml", content))]


def test_there_is_a_schema_for_every_folder():
    assert set(SCHEMAS) == {*kinds.KINDS, "tests", "pack.yaml"}


@pytest.mark.parametrize("folder", SCHEMAS)
def test_a_schema_is_valid_json_schema(folder: str):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[folder])


@pytest.mark.parametrize("file", [path for path in files() if path.endswith(".yaml")])
def test_a_sound_file_passes(file: str):
    assert errors(file.split("/")[1], files()[file]) == []


@pytest.mark.parametrize("file", REAL)
def test_the_packs_of_this_repository_pass(file: str):
    assert errors(file.split("/")[2], (ROOT / file).read_bytes()) == []


@pytest.mark.parametrize(
    "overlay",
    [
        b"- {id: shop-permit, promised: {amount: 5}}",
        b"- {id: shop-permit, remove: true}",
        b"- {id: shop-permit, requires: {add: [{material: lease}], remove: [photo]}}",
    ],
)
def test_an_overlay_passes(overlay: bytes):
    assert errors("services", overlay) == []


@pytest.mark.parametrize(
    "wrong",
    [
        b"- {promised: {amount: 5}}",
        b"- {id: shop-permit, promissed: {amount: 5}}",
        b"- {id: shop-permit, promised: {amount: ten}}",
        b"- {id: shop-permit, kind: licence}",
        b"- {id: shop-permit, requires: {plus: [{material: lease}]}}",
        b"{id: shop-permit}",
    ],
)
def test_a_slip_is_found(wrong: bytes):
    assert errors("services", wrong)
