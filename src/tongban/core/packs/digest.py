"""The fingerprint of a merged pack: equal content has an equal digest, however it is laid out in files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from tongban.core.packs import model


def digest(
    manifests: Iterable[model.Manifest],
    entries: Mapping[str, Mapping[str, BaseModel]],
    assets: Mapping[str, bytes],
) -> str:
    """`sha256:<hex>` over canonical JSON of the manifests, the entries by folder and id, and the assets.

    Order of keys, files and entries, comments and spelled-out defaults do not matter; the order inside a list of
    an entry does. Tests are not part of it.
    """
    content: dict[str, Any] = {
        "layers": [_plain(manifest) for manifest in manifests],
        "entries": {
            folder: {entry_id: _plain(entry) for entry_id, entry in by_id.items()}
            for folder, by_id in entries.items()
            if by_id
        },
        "assets": {name: hashlib.sha256(drawing).hexdigest() for name, drawing in assets.items()},
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _plain(entry: BaseModel) -> dict[str, Any]:
    return entry.model_dump(mode="json", by_alias=True, exclude_defaults=True)
