"""Products on their way into the shop: registered, counted, put on offer."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.work.market import (
    access,
    content,
    counting,
    history,
    locks,
    models,
    months,
    products,
    suppression,
)

REGISTERED_FOR = 36
"""Months a registration holds (登记管理暂行办法: three years, recalled)."""


def register_product(
    *, acting: Acting, product: str, opinion: str, opinion_by: str, opinion_on: date | None = None
) -> models.Registration:
    """Register the product as the pack in force has it, with its compliance opinion. Unchanged content: the same version."""
    fields = {
        name: _("This is needed.")
        for name, given in (("opinion", opinion), ("opinion_by", opinion_by))
        if not given.strip()
    }
    if fields:
        raise Invalid(_("A product is registered with the opinion that it may be sold."), fields=fields)
    day = opinion_on or acting.today
    if day > acting.today:
        raise Invalid(
            _("The opinion lies in the future."), fields={"opinion_on": _("This day has not come yet.")}
        )
    with transaction.atomic():
        pack, declared = products.current(acting.now, product)
        if not access.operates(acting, pack, declared):
            raise NotFound(_("There is no such thing in the market, or it is not yours to see."))
        operator = products.operator_of(pack, declared)
        digest = products.content_digest(declared)
        locks.book(operator.id)
        versions = models.Registration.objects.filter(place=operator.place, product=product)
        known = versions.filter(content=digest).first()
        if known is not None:
            return known
        registration = models.Registration.objects.create(
            product=product, version=versions.count() + 1, content=digest, pack_digest=pack.digest, operator=operator.id,
            place=operator.place, opinion=opinion.strip()[:4000], opinion_by=opinion_by.strip()[:120], opinion_on=day,
            valid_to=months.later(acting.today, REGISTERED_FOR), registered_at=acting.now, registered_by=acting.actor,
        )  # fmt: skip
        _record(
            acting, "product.registered", registration, {"product": product, "version": registration.version}
        )
    return registration


def pin_snapshot(*, acting: Acting, registration: UUID, until: date | None = None) -> models.Snapshot:
    """Count what was issued in the months before `until` (the current month by default) and keep it as it is.

    Only whole months that are over are counted: two snapshots within a month would tell by their difference what
    each of them hides. The same `until` again gives the same snapshot.
    """
    limit = until or acting.today.replace(day=1)
    if limit.day != 1 or limit > acting.today:
        raise Invalid(
            _("Only whole months that are over are counted."),
            fields={"until": _("Give the first day of a month that has begun.")},
        )
    with transaction.atomic():
        found = access.registration(acting, registration)
        locks.product(found.id)
        known = found.snapshots.filter(until=limit).first()
        if known is not None:
            return known
        pack, product = products.pack_of(found), products.product_of(found)
        told = history.lay_over(found, counting.counts(pack, product, limit))
        table = suppression.protect(
            told.counts, product.minimum_cell, shown_before=told.shown, hidden_before=told.hidden
        )
        head = content.head_of(found, limit, product.minimum_cell)
        snapshot = models.Snapshot.objects.create(
            registration=found, until=limit, minimum_cell=product.minimum_cell, totals=content.totals_list(product.dimensions, table),
            digest=content.digest(head, product.dimensions, table), pinned_at=acting.now, pinned_by=acting.actor,
        )  # fmt: skip
        models.Cell.objects.bulk_create(
            models.Cell(
                snapshot=snapshot,
                count=count,
                suppressed=count is None,
                **dict(zip(product.dimensions, key, strict=True)),
            )
            for key, count in table.cells.items()
        )
        _record(
            acting, "product.snapshot-pinned", found,
            {"snapshot": str(snapshot.id), "until": limit.isoformat(), "digest": snapshot.digest, "cells": len(table.cells), "hidden": len(table.hidden)},
        )  # fmt: skip
    return snapshot


def list_product(*, acting: Acting, registration: UUID, price_fen: int | None = None) -> models.Listing:
    """Put a version on offer, by default at the pack's price. At another price the earlier offer ends.

    Raises `Invalid` over the ceiling (发改价格〔2025〕65号: government-guided price), `NotNow` without a snapshot.
    """
    with transaction.atomic():
        found = access.registration(acting, registration)
        locks.product(found.id)
        product = products.product_of(found)
        price = product.price_fen if price_fen is None else price_fen
        if price < 0 or price > product.ceiling_fen:
            raise Invalid(
                _("The price is over the ceiling."),
                fields={
                    "price": _("At most %(ceiling)s yuan a call.") % {"ceiling": _yuan(product.ceiling_fen)}
                },
            )
        newest = found.snapshots.order_by("-until").first()
        if newest is None:
            raise NotNow(_("Nothing has been counted yet: pin a snapshot first."))
        if not newest.cells.filter(suppressed=False).exists():
            raise NotNow(_("The newest snapshot shows no number at all: there is nothing to sell."))
        known = found.listings.filter(withdrawn_at=None).first()
        if known is not None and known.price_fen == price:
            return known
        earlier = models.Listing.objects.filter(
            registration__product=found.product, registration__place=found.place, withdrawn_at=None
        )
        earlier.update(withdrawn_at=acting.now)
        listing = models.Listing.objects.create(
            registration=found,
            price_fen=price,
            ceiling_fen=product.ceiling_fen,
            listed_at=acting.now,
            listed_by=acting.actor,
        )
        _record(
            acting,
            "product.listed",
            found,
            {"listing": str(listing.id), "price_fen": price, "ceiling_fen": product.ceiling_fen},
        )
    return listing


def withdraw_listing(*, acting: Acting, registration: UUID) -> None:
    """Take a version off offer (下架). Contracts that run keep running; doing it again changes nothing."""
    with transaction.atomic():
        found = access.registration(acting, registration)
        locks.product(found.id)
        if found.listings.filter(withdrawn_at=None).update(withdrawn_at=acting.now):
            _record(acting, "product.withdrawn", found, {})


def _record(
    acting: Acting, action: str, registration: models.Registration, detail: dict[str, object]
) -> None:
    audit.record(
        acting=acting,
        action=action,
        root=registration.id,
        object_kind="product",
        object_id=registration.id,
        detail=detail,
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
