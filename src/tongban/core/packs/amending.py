"""A layer that changes numbers of a pack from a day on, and nothing else: what a clerk tried out, as content. Pure.

    files = layer(pack, {"renovation_least": "1500000.00"}, date(2027, 1, 1), "cn-qingqu-2027-01")
    files["parameters/changed.yaml"]

Values that held before stay as they are, the last of them until that day.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date

from tongban.core.packs import parameters
from tongban.core.packs.model import DatedValue, Parameter
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.types import Kind


def layer(pack: Pack, values: Mapping[str, str], on: date, layer_id: str) -> dict[str, str]:
    """Path in the layer to its text. `values` as people type them, money in yuan.

    Raises KeyError for a parameter that the pack does not have, BadValue for a value that is not of its type.
    """
    manifest = pack.manifest
    name = {"zh": f"{manifest.name.zh}（{on} 起调整）", "en": f"{manifest.name.en}, changed from {on}"}
    kept = manifest.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    head = {**kept, "id": layer_id, "version": "0.1.0", "name": name, "extends": manifest.id}
    said = [f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in head.items()]
    changed = [_parameter(pack.parameters[one], text, on) for one, text in values.items()]
    return {"pack.yaml": "".join(said), "parameters/changed.yaml": "".join(changed)}


def _parameter(parameter: Parameter, text: str, on: date) -> str:
    type = parameters.type_of(parameter)
    value = types.read(type, text)
    new = (
        f"{int(value) // 100}.{int(value) % 100:02}"
        if type.kind is Kind.MONEY and isinstance(value, int)
        else types.write(type, value)
    )
    lines = [f"- id: {parameter.id}", "  values:"]
    for dated in sorted(parameter.values, key=lambda one: one.valid_from):
        if dated.valid_from < on:
            lines.append(f"    - {_dated(dated, min(dated.valid_to or on, on))}")
    lines.append(f"    - {{valid_from: {on}, value: {json.dumps(str(new))}, confidence: design}}")
    return "\n".join(lines) + "\n"


def _dated(value: DatedValue, ends: date) -> str:
    parts = [f"valid_from: {value.valid_from}", f"valid_to: {ends}", f"value: {json.dumps(str(value.value))}"]
    if value.articles:
        parts.append(f"articles: {json.dumps(list(value.articles))}")
    if value.source:
        parts.append(f"source: {json.dumps(value.source, ensure_ascii=False)}")
    return "{" + ", ".join([*parts, f"confidence: {value.confidence.value}"]) + "}"
