"""Standing in for what could not be read, so that one slip does not hide an entry's other mistakes.

    promised: {amount: ten}   is reported; then the entry is checked as if it said {amount: 0}

Only such parts are mended as lead to no further complaint. A mended entry never reaches a pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final, cast

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from tongban.core.packs import model

Path = tuple[int | str, ...]

_EVERYWHERE: Final = ("articles", "source", "confidence")

_HARMLESS: Final[Mapping[type[BaseModel], Mapping[str, Any]]] = {
    # class: {field that nothing else depends on: what stands in for it; None takes the field out}
    model.Fact: dict.fromkeys(("effort", "sensitivity", "minimum", "maximum", "max_length")),
    model.Service: {
        **dict.fromkeys(("statutory", "notify_missing", "deliver", "tolerance", "fee_fen", "national_list")),
        "promised": {"amount": 0},
        "alone": {"steps": 1, "visits": 0},
        "kind": "permit",
        "case_type": "promised",
    },
    model.LifeEvent: {**dict.fromkeys(("icon", "search")), "together": {"steps": 1, "visits": 0}},
    model.Material: {"channel": "applicant"},
    model.LicenceKind: {"holder": "either", "validity": {}, "type_code": "0" * 21},
}


def mend(data: Any, kind: type[BaseModel], errors: list[ErrorDetails]) -> Any | None:
    """The data with every mistake stood in for, or None when one of them cannot be."""
    mended = deepcopy(data)
    for error in errors:
        if not _mend_one(mended, kind, error):
            return None
    return mended


def _mend_one(data: Any, kind: type[BaseModel], error: ErrorDetails) -> bool:
    path: Path = tuple(error["loc"])
    top = str(path[0]) if path else ""
    ground = next((index for index, step in enumerate(path) if step in _EVERYWHERE), None)
    if ground is not None:
        return _take_out(data, path[: ground + 1])
    if path and path[-1] in ("zh", "en") and error["type"] in ("missing", "string_too_short", "string_type"):
        _parent(data, path)[path[-1]] = "?"
        return True
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return _take_out(data, path)
    harmless = _HARMLESS.get(kind, {})
    if top not in harmless:
        return False
    data[top] = deepcopy(harmless[top])
    return True if data[top] is not None else _take_out(data, (top,))


def _parent(data: Any, path: Path) -> Any:
    for step in path[:-1]:
        data = data[step]
    return data


def _take_out(data: Any, path: Path) -> bool:
    cast("dict[int | str, Any]", _parent(data, path)).pop(path[-1], None)
    return True
