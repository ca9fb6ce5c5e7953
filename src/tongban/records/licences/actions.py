"""Issuing, taking over, withdrawing; publishing the trust list."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from stdnum.iso7064 import mod_37_36

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.packs.model import LicenceKind, Organisation
from tongban.core.packs.pack import Pack
from tongban.core.values.identifiers import check_resident_id, licence_identifier
from tongban.records.licences import access, document, issuers, models, queries, sdjwt, trust

CHANGES = {
    # verb: (from these statuses, to)
    "revoked": (frozenset({"valid", "suspended"}), "revoked"),
    "suspended": (frozenset({"valid"}), "suspended"),
    "reinstated": (frozenset({"suspended"}), "valid"),
}


class Holder(Protocol):
    """A subject of identity."""

    @property
    def pk(self) -> Any: ...
    @property
    def identifier(self) -> Any:
        """Resident number or credit code; None before a registration bound one."""


@dataclass(frozen=True)
class _Draft:
    """What a licence is made from, whether by a decision or from a register."""

    kind: LicenceKind
    organisation: Organisation
    holder: Holder
    holder_name: str
    values: Mapping[str, Any]
    on: date
    """Day of issue."""
    valid_to: date | None
    since: date | None = None
    """First day of validity; None: the day of issue."""

    @property
    def first(self) -> date:
        return self.since or self.on


def issue(
    *,
    acting: Acting,
    decision: UUID,
    kind: LicenceKind,
    pack: Pack,
    organisation: Organisation,
    holder: Holder,
    holder_name: str,
    values: Mapping[str, Any],
    on: date,
    renews: str = "",
    pack_digest: str | None = None,
) -> models.Licence:
    """The licence that a decision grants, numbered and signed. The same decision again gives the same licence.

    `values` holds JSON values by field id; what the kind does not declare is not kept. `on` is the day of issue in
    the place; validity starts that day. `renews`: identifier of a licence of the same kind that is prolonged; the new one
    says what that said where `values` say nothing, and begins the day after it ends, however late it is issued.
    """
    first, values = _continued(kind, holder, renews, values, on)
    draft = _Draft(kind, organisation, holder, holder_name, values, on, _last_day(kind, first), first)
    _check(acting, draft)
    digest = pack_digest or pack.digest
    try:
        with transaction.atomic():
            counter = _locked_counter(organisation.place, kind.id, on.year)
            known = queries.by_decision(decision)
            if known is not None:
                return known
            counter.last += 1
            counter.save(update_fields=["last"])
            number = _number(organisation.place, on.year, counter.last)
            licence = _written(
                draft, number, number, source="decision", decision=decision, pack_digest=digest
            )
            _sign(acting, licence, draft)
            ids = {"licence": str(licence.id), "decision": str(decision), "kind": kind.id}
            _record(acting, "licence.issued", licence, ids)
            audit.send(acting=acting, kind="licences.issued", root=licence.id, payload=ids)
            return licence
    except IntegrityError:  # the same decision, dated into another year, at the same moment
        known = queries.by_decision(decision)
        if known is None:
            raise
        return known


def register(
    *,
    acting: Acting,
    kind: LicenceKind,
    pack: Pack,
    organisation: Organisation,
    holder: Holder,
    holder_name: str,
    number: str,
    values: Mapping[str, Any],
    on: date,
    valid_to: date | None = None,
    pack_digest: str | None = None,
) -> models.Licence:
    """Take over a licence that a register holds already, under its own number. The same number again changes nothing.

    `valid_to` None: as long as the kind is valid from `on`.
    """
    draft = _Draft(kind, organisation, holder, holder_name, values, on, valid_to or _last_day(kind, on))
    _check(acting, draft)
    with transaction.atomic():
        _locked_counter(organisation.place, kind.id, on.year)
        known = models.Licence.objects.filter(
            issuer_organisation=organisation.id, place=organisation.place, kind=kind.id, number=number
        ).first()
        if known is None:
            digest = pack_digest or pack.digest
            licence = _written(
                draft, number, _serial(number), source="register", decision=None, pack_digest=digest
            )
            _sign(acting, licence, draft)
            _record(acting, "licence.registered", licence, {"kind": kind.id})
            return licence
    if known.holder_id != holder.pk:
        raise Invalid(
            "This number belongs to another holder.", fields={"number": "Belongs to another holder."}
        )
    return known


def revoke(*, acting: Acting, licence: UUID, reason: str, version: int) -> models.Licence:
    """End a licence for good. Online it is refused from the next request on."""
    with transaction.atomic():
        revoked = _change("revoked", acting, licence, reason, version)
        ids = {"licence": str(licence), "kind": revoked.kind}
        audit.send(acting=acting, kind="licences.revoked", root=licence, payload=ids)
    return revoked


def suspend(*, acting: Acting, licence: UUID, reason: str, version: int) -> models.Licence:
    return _change("suspended", acting, licence, reason, version)


def reinstate(*, acting: Acting, licence: UUID, reason: str, version: int) -> models.Licence:
    """End a suspension."""
    return _change("reinstated", acting, licence, reason, version)


def look_at(*, acting: Acting, licence: UUID) -> models.Licence:
    """A licence for somebody who may see it. When that is not the holder, the holder sees who looked."""
    with transaction.atomic():
        found = access.get(acting, licence)
        if acting.post is not None:
            _record(acting, "licence.read", found, {})
    return found


def publish_trust_list(*, acting: Acting) -> Path:
    """Write `$TONGBAN_HOME/trust-list.json`: this node's issuers, their keys, and every withdrawal known now.

    The old list is replaced in one step. What it knew of keys and offices stays in the new one.
    """
    pack = directory.pack_in_force(acting.now)
    path, text = trust.file_of_node(), queries.trust_list_text(pack, acting.now)
    with transaction.atomic():
        place = pack.manifest.jurisdiction
        audit.record(
            acting=acting, action="trust-list.published", root=uuid5(NAMESPACE_URL, f"place:{place}"),
            object_kind="trust-list", object_id=hashlib.sha256(text.encode()).hexdigest(), detail={"issuers": len(trust.parse(text.encode()).issuers)},
        )  # fmt: skip
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        draft.write_text(text, encoding="utf-8")
        os.replace(draft, path)
    return path


def _check(acting: Acting, draft: _Draft) -> None:
    organ = draft.organisation
    if not access.may_issue(acting, organ.id, organ.place):
        raise NotFound("There is no such licence to issue, or it is not yours to issue.")
    if draft.kind.issuer != organ.authority:
        raise Invalid(
            "This office may not issue this kind of licence.",
            fields={"organisation": "May not issue it."},
        )
    if draft.valid_to is not None and draft.valid_to < draft.first:
        raise Invalid(
            "The licence would end before it begins.", fields={"valid_to": "Lies before the first day."}
        )


def _last_day(kind: LicenceKind, first: date) -> date | None:
    """The day before the anniversary; None: long-term. From 29 February it is 28 February."""
    if kind.validity.years is None:
        return None
    year = first.year + kind.validity.years
    leap_day = (first.month, first.day) == (2, 29)
    return (date(year, 3, 1) if leap_day else first.replace(year=year)) - timedelta(days=1)


def _continued(
    kind: LicenceKind, holder: Holder, renews: str, values: Mapping[str, Any], on: date
) -> tuple[date, Mapping[str, Any]]:
    """First day and values of a licence that prolongs another; of one that prolongs none, as given."""
    if not renews:
        return on, values
    before = models.Licence.objects.filter(identifier=renews, kind=kind.id, holder=holder.pk).first()
    if before is None or before.valid_to is None:
        raise NotFound("There is no such licence of this holder to prolong.")
    return before.valid_to + timedelta(days=1), {**before.claims, **values}


def _locked_counter(place: str, kind: str, year: int) -> models.LicenceCounter:
    models.LicenceCounter.objects.get_or_create(place=place, kind=kind, year=year)
    return models.LicenceCounter.objects.select_for_update().get(place=place, kind=kind, year=year)


def _number(place: str, year: int, sequence: int) -> str:
    """Place, year, sequence, check character (ISO 7064 MOD 37,36)."""
    body = f"{place}{year}{sequence:07d}"
    return body + mod_37_36.calc_check_digit(body)


def _serial(number: str) -> str:
    """A register's number as the serial inside the identifier: digits and capital letters.

    A digest keeps apart what leaving out the other signs would make equal. An identity number is no serial: the
    identifier is shown to whoever checks a licence, so a keyed digest takes its place.
    """
    if check_resident_id(number) is None:
        return keys.keyed_digest(number).upper()
    plain = re.sub(r"[^0-9A-Z]", "", number.upper())
    if plain == number and len(plain) <= 64:
        return plain
    return plain[:48] + hashlib.sha256(number.encode()).hexdigest()[:12].upper()


def _written(
    draft: _Draft, number: str, serial: str, *, source: str, decision: UUID | None, pack_digest: str
) -> models.Licence:
    return models.Licence.objects.create(
        kind=draft.kind.id,
        identifier=licence_identifier(draft.kind.type_code, draft.organisation.credit_code, serial, 1),
        number=number,
        holder_id=draft.holder.pk,
        holder_name=draft.holder_name,
        issuer_organisation=draft.organisation.id,
        place=draft.organisation.place,
        issue_date=draft.on,
        valid_from=draft.first,
        valid_to=draft.valid_to,
        decision=decision,
        source=source,
        claims=_claims(draft, number),
        pack_digest=pack_digest,
    )


def _claims(draft: _Draft, number: str) -> dict[str, Any]:
    """Field id -> value, in the kind's order. A field with no value is left out."""
    given = {
        "number": number,
        "issuer": draft.organisation.name.zh,
        "issue_date": draft.on.isoformat(),
        "valid_from": draft.first.isoformat(),
        "valid_to": draft.valid_to.isoformat() if draft.valid_to else None,
        "holder_name": draft.holder_name,
        "holder_id": draft.holder.identifier,
    }
    filled: dict[str, Any] = {}
    for field in draft.kind.fields:
        value = given[field.given] if field.given else draft.values.get(field.id)
        if value is not None:
            filled[field.id] = value
    return filled


def _sign(acting: Acting, licence: models.Licence, draft: _Draft) -> None:
    """Sign the file. Civil days become instants in the time zone of the place: a licence ends at 24:00."""
    zone = ZoneInfo(acting.time_zone)
    key, kid = issuers.key_of(draft.organisation.id)
    head = document.Head(
        licence.identifier, licence.place, licence.issue_date, licence.valid_from, licence.valid_to
    )
    claims, disclosable, always = document.claims_of(
        draft.kind, head, licence.claims, number=licence.number, holder_name=licence.holder_name
    )
    licence.token = sdjwt.issue(
        claims,
        disclosable=disclosable,
        always=always,
        vct=trust.type_of(licence.kind),
        issuer=trust.issuer_id(licence.place, licence.issuer_organisation),
        key=key,
        kid=kid,
        issued_at=acting.now,
        valid_from=datetime.combine(licence.valid_from, time.min, zone),
        valid_to=datetime.combine(licence.valid_to + timedelta(days=1), time.min, zone)
        if licence.valid_to
        else None,
    )
    licence.signed_at = acting.now
    licence.save(update_fields=["token", "signed_at"])


def _change(verb: str, acting: Acting, licence_id: UUID, reason: str, version: int) -> models.Licence:
    reason = reason.strip()[:200]
    if not reason:
        raise Invalid("Say why.", fields={"reason": "Say why."})
    before, after = CHANGES[verb]
    with transaction.atomic():
        licence = access.get_to_change(acting, licence_id)
        if licence.version != version:
            raise StaleVersion("Somebody else changed this licence in the meantime. Look at it again.")
        if licence.status not in before:
            raise NotNow("The status of this licence does not allow that.")
        licence.status, licence.status_reason = after, reason
        licence.version += 1
        licence.save(update_fields=["status", "status_reason", "version"])
        detail = {"version": licence.version, "reason": keys.keyed_digest(reason)}
        _record(acting, f"licence.{verb}", licence, detail)
    return licence


def _record(acting: Acting, action: str, licence: models.Licence, detail: Mapping[str, Any]) -> None:
    audit.record(
        acting=acting,
        action=action,
        root=licence.id,
        object_kind="licence",
        object_id=licence.id,
        detail=detail,
    )
