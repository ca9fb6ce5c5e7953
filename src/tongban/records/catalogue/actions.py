"""Looking a row up in a registry: for a purpose, only the fields needed, logged before it is delivered."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid
from tongban.core.packs.model import Resource
from tongban.records.catalogue import models


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry says: the fields asked for, the reference and the date of the data."""

    resource: str
    reference: str
    values: Mapping[str, Any]
    updated_at: datetime


def look_up(
    *, acting: Acting, resource: Resource, key: str, fields: Collection[str], about: UUID, root: UUID, legal_basis: Collection[str] = ()
) -> Answer | None:
    """One row by its key, or None.

    `fields` are the ids that the purpose needs; anything else stays where it is. The log entry and the audit entry
    are committed before the values are returned (政务数据共享条例 asks for traceable use).
    """
    unknown = set(fields) - {field.id for field in resource.fields}
    if unknown:
        raise Invalid(f"The resource {resource.id} has no field {', '.join(sorted(unknown))}.")
    folded = fold_key(key)
    with transaction.atomic():
        row = models.Row.objects.filter(resource=resource.id, key=folded).first()
        digest = keys.keyed_digest(folded)
        entry = models.LookUp.objects.create(
            resource=resource.id, key_digest=digest, fields=sorted(fields), actor=acting.actor, principal=acting.principal,
            about=about, root=root, purpose=acting.purpose[:120], legal_basis=list(legal_basis), found=row is not None, at=acting.now,
        )  # fmt: skip
        audit.record(
            acting=acting, action="registry.looked-up", root=root, object_kind="look-up", object_id=entry.id,
            detail={"resource": resource.id, "key": digest, "fields": sorted(fields), "found": row is not None},
        )  # fmt: skip
    if row is None:
        return None
    return Answer(resource.id, f"{resource.id}:{digest[:12]}", {name: row.values.get(name) for name in fields}, row.updated_at)


def keep_row(*, resource: Resource, values: Mapping[str, Any], now: datetime) -> models.Row:
    """Add or replace one row of a registry kept here."""
    with transaction.atomic():
        row, _ = models.Row.objects.update_or_create(
            resource=resource.id, key=fold_key(str(values[resource.key])), defaults={"values": dict(values), "updated_at": now}
        )
    return row


def fold_key(key: str) -> str:
    """Spelling of a key that people type: full-width characters and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", key).split()).casefold()[:200]
