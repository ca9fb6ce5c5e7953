"""What a buyer gets: the cells of one snapshot, as JSON or CSV, with where they come from and what is hidden.

Made from the stored cells alone; its digest is computed anew each time and must be the one pinned.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_noop as msg

from tongban.base.audit import chain
from tongban.base.kit import sheets
from tongban.base.notices.wording import both
from tongban.core.values.text import Bilingual
from tongban.work.market import models, products
from tongban.work.market.suppression import Key, Table


class SnapshotBroken(RuntimeError):
    """A stored snapshot no longer has the digest it was pinned with: nothing of it is delivered."""


def note(minimum: int, *, totals: bool) -> Bilingual:
    """The rule in plain words."""
    rule = both(
        msg(
            "Cells that count fewer than %(minimum)s are shown without their number, and some others with them, "
            "so that no total gives a hidden number away."
        ),
        minimum=minimum,
    )
    if totals:
        return rule
    thin = both(msg("This table is thin: it has no totals, and a hidden cell may also be empty."))
    return Bilingual(zh=f"{rule.zh}{thin.zh}", en=f"{rule.en} {thin.en}")


def digest(head: Mapping[str, Any], dimensions: Iterable[str], table: Table) -> str:
    """SHA-256 (hex) over the canonical JSON of head, cells and totals."""
    names = tuple(dimensions)
    cells = [[*key, count] for key, count in sorted(table.cells.items())]
    return hashlib.sha256(
        chain.canonical(
            {"head": dict(head), "dimensions": names, "cells": cells, "totals": totals_list(names, table)}
        )
    ).hexdigest()


def head_of(registration: models.Registration, until: Any, minimum: int) -> dict[str, Any]:
    return {
        "product": registration.product,
        "version": registration.version,
        "pack": registration.pack_digest,
        "place": registration.place,
        "until": until.isoformat(),
        "minimum_cell": minimum,
    }


def totals_list(dimensions: tuple[str, ...], table: Table) -> list[dict[str, Any]] | None:
    """[{dimension: value, count}]: what is summed over is left out."""
    if table.totals is None:
        return None
    ordered = sorted(table.totals.items(), key=lambda item: tuple(value or "" for value in item[0]))
    return [
        {
            **{name: value for name, value in zip(dimensions, total, strict=True) if value is not None},
            "count": count,
        }
        for total, count in ordered
    ]


def checked_table(snapshot: models.Snapshot) -> dict[Key, int | None]:
    """The cells of a snapshot, once its digest has been found to be the pinned one. Raises SnapshotBroken."""
    registration = snapshot.registration
    dimensions = products.product_of(registration).dimensions
    cells = {
        tuple(str(getattr(cell, name)) for name in dimensions): cell.count for cell in snapshot.cells.all()
    }
    totals = None
    if snapshot.totals is not None:
        totals = {tuple(row.get(name) for name in dimensions): row["count"] for row in snapshot.totals}
    found = digest(
        head_of(registration, snapshot.until, snapshot.minimum_cell), dimensions, Table(cells, totals)
    )
    if found != snapshot.digest:
        raise SnapshotBroken(f"snapshot {snapshot.pk} was changed after it was pinned")
    return cells


def as_json(snapshot: models.Snapshot) -> dict[str, Any]:
    """The delivered document. Names in both languages; a hidden cell has no `count`."""
    registration = snapshot.registration
    pack, product = products.pack_of(registration), products.product_of(registration)
    cells = checked_table(snapshot)
    words = note(snapshot.minimum_cell, totals=snapshot.totals is not None)
    return {
        "product": {"id": product.id, "version": registration.version, "name": _both(product.name), "pack": registration.pack_digest},
        "counted": _both(products.licence_name(pack, product)),
        "place": registration.place,
        "snapshot": {
            "id": str(snapshot.id),
            "until": snapshot.until.isoformat(),
            "pinned_at": snapshot.pinned_at.isoformat(timespec="seconds"),
            "digest": f"sha256:{snapshot.digest}",
        },
        "dimensions": list(product.dimensions),
        "minimum_cell": snapshot.minimum_cell,
        "suppression": {"note": _both(words), "hidden_cells": sum(count is None for count in cells.values())},
        "labels": {
            "district": {c: _both(products.district_name(pack, c)) for c in _values(cells, product.dimensions, "district")},
            "trade": {c: _both(products.trade_name(pack, product, c)) for c in _values(cells, product.dimensions, "trade")},
        },
        "cells": [_cell(product.dimensions, key, count) for key, count in sorted(cells.items())],
        "totals": snapshot.totals,
    }  # fmt: skip


def as_csv(snapshot: models.Snapshot) -> str:
    """The same as a table: lines that begin with # say what it is, then one row per cell and one per total."""
    document = as_json(snapshot)
    out = io.StringIO()
    for name, value in (
        ("product", f"{document['product']['id']} version {document['product']['version']}"),
        ("snapshot", f"{document['snapshot']['digest']} until {document['snapshot']['until']}"),
        ("suppression", document["suppression"]["note"]["en"]),
        ("隐藏规则", document["suppression"]["note"]["zh"]),
    ):
        out.write(f"# {name}: {value}\r\n")
    names = document["dimensions"]
    labelled = [name for name in names if document["labels"].get(name) is not None]
    tongues = [f"{name}_{tongue}" for name in labelled for tongue in ("zh", "en")]
    lines = []
    rows = [("cell", row) for row in document["cells"]] + [("total", row) for row in document["totals"] or ()]
    for kind, row in rows:
        labels = [
            document["labels"][name].get(row.get(name), {}).get(tongue, "")
            for name in labelled
            for tongue in ("zh", "en")
        ]
        line = [
            kind,
            *(row.get(name, "*") for name in names),
            *labels,
            row.get("count", ""),
            row.get("suppressed", False),
        ]
        lines.append(line)
    return out.getvalue() + sheets.text(("row", *names, *tongues, "count", "suppressed"), lines)


def text_of(snapshot: models.Snapshot, form: str) -> tuple[str, str]:
    """(body, content type) in the form asked for."""
    if form == "csv":
        return sheets.MARK + as_csv(snapshot), sheets.TYPE
    return json.dumps(as_json(snapshot), ensure_ascii=False, indent=1), "application/json"


def _cell(dimensions: tuple[str, ...], key: Key, count: int | None) -> dict[str, Any]:
    row: dict[str, Any] = {**dict(zip(dimensions, key, strict=True)), "suppressed": count is None}
    return row if count is None else {**row, "count": count}


def _values(cells: Mapping[Key, int | None], dimensions: tuple[str, ...], name: str) -> list[str]:
    if name not in dimensions:
        return []
    return sorted({key[dimensions.index(name)] for key in cells})


def _both(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
