"""Looking one row up in a registry: under a live grant, only the fields granted, logged before it is delivered."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, Refusal
from tongban.core.packs.model import Resource
from tongban.records.catalogue import models, queries


class NoLiveGrant(Refusal):
    """Nobody has granted this look-up, or the grant has ended."""

    status = 403
    code = "no-live-grant"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the registry says: the fields asked for and granted, the reference and the date of the data."""

    resource: str
    reference: str
    values: Mapping[str, Any]
    updated_at: datetime
    grant: UUID
    """Under which it was delivered."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One look-up as it is logged."""

    acting: Acting
    resource: str
    key_digest: str
    about: UUID
    root: UUID
    under: str
    services: tuple[str, ...]


def look_up(
    *,
    acting: Acting,
    resource: Resource,
    key: str,
    fields: Collection[str],
    about: UUID,
    root: UUID,
    under: str,
    services: Collection[str],
    legal_basis: Collection[str] = (),
) -> Answer | None:
    """One row by its key, or None when the registry has no such row.

    `under` is the organisation whose grant is used, `services` are the ids of those it serves; the grant must cover
    all of them. Delivered is what was both asked for and granted. `legal_basis` is that of the grant unless given.

    The transaction is the outermost one: the log entry and the audit entry are on disk when this returns, whatever the
    caller then makes of the values. Called inside a transaction it raises RuntimeError: a log that can still be rolled
    back proves nothing.

    Raises NoLiveGrant after committing a refused entry. Raises Invalid for a field that the resource does not have.
    """
    unknown = set(fields) - {field.id for field in resource.fields}
    if unknown:
        raise Invalid(f"The resource {resource.id} has no field {', '.join(sorted(unknown))}.")
    folded = fold_key(key)
    call = _Call(
        acting, resource.id, keys.keyed_digest(folded), about, root, under, tuple(sorted(set(services)))
    )
    with transaction.atomic(durable=True):
        grant, delivered = _live_grant(call, frozenset(fields))
        if grant is None:
            _log_refusal(call, fields)
        else:
            row = models.Row.objects.filter(resource=resource.id, key=folded).first()
            outcome = "delivered" if row is not None else "not-found"
            _log(call, outcome, delivered, grant, legal_basis or grant.articles)
    if grant is None:
        raise NoLiveGrant(msg("No live grant covers this look-up."))
    if row is None:
        return None
    values = {name: row.values.get(name) for name in delivered}
    return Answer(resource.id, f"{resource.id}:{call.key_digest[:12]}", values, row.updated_at, grant.id)


def keep_row(*, resource: Resource, values: Mapping[str, Any], now: datetime) -> models.Row:
    """Add or replace one row of a registry kept here."""
    with transaction.atomic():
        row, _ = models.Row.objects.update_or_create(
            resource=resource.id, key=fold_key(str(values[resource.key])), defaults={"values": dict(values), "updated_at": now}
        )  # fmt: skip
    return row


def fold_key(key: str) -> str:
    """Spelling of a key that people type: full-width characters and spaces do not matter."""
    return "".join(unicodedata.normalize("NFKC", key.replace("\x00", "")).split()).casefold()[:200]


def _live_grant(call: _Call, asked: frozenset[str]) -> tuple[models.Grant | None, list[str]]:
    """The grant that delivers most of what is asked, held so that it cannot be revoked meanwhile."""
    pack = directory.pack_in_force(call.acting.now)
    live = queries.live_grants(call.acting.today).filter(organisation=call.under, resource=call.resource)
    fitting = [
        (asked & set(grant.fields), grant)
        for grant in live.order_by("-valid_from", "-id")
        if call.services and set(call.services) <= queries.covered_services(grant, pack)
    ]
    for delivered, grant in sorted(fitting, key=lambda pair: -len(pair[0])):
        if delivered and _hold(grant):
            return grant, sorted(delivered)
    return None, []


def _hold(grant: models.Grant) -> bool:
    """Share-lock the grant until the transaction ends; False when it was revoked in the meantime."""
    table = connection.ops.quote_name(models.Grant._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s AND revoked_at IS NULL FOR SHARE", [grant.pk])  # noqa: S608  # a table name of ours
        return cursor.fetchone() is not None


def _log(
    call: _Call, outcome: str, fields: Collection[str], grant: models.Grant | None, basis: Collection[str]
) -> None:
    entry = models.LookUp.objects.create(
        resource=call.resource, grant=grant, organisation=call.under, services=list(call.services), key_digest=call.key_digest,
        fields=sorted(fields), actor=call.acting.actor, principal=call.acting.principal, about=call.about, root=call.root,
        purpose=call.acting.purpose[:120], legal_basis=list(basis), outcome=outcome, at=call.acting.now,
    )  # fmt: skip
    detail = {
        "resource": call.resource, "key": call.key_digest, "fields": sorted(fields), "found": outcome == "delivered",
        "grant": str(grant.pk) if grant else None, "under": call.under,
    }  # fmt: skip
    action = "registry.refused" if outcome == "refused" else "registry.looked-up"
    audit.record(
        acting=call.acting,
        action=action,
        root=call.root,
        object_kind="look-up",
        object_id=entry.id,
        detail=detail,
    )


def _log_refusal(call: _Call, fields: Collection[str]) -> None:
    """Once a day for the same row and application: a form that is saved again and again is one attempt."""
    again = models.LookUp.objects.filter(
        root=call.root, resource=call.resource, key_digest=call.key_digest, organisation=call.under, outcome="refused",
        at__gte=_start_of(call.acting.today, call.acting.time_zone),
    )  # fmt: skip
    if not again.exists():
        _log(call, "refused", fields, None, ())


def _start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
