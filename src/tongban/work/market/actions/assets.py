"""The asset register: development cost capitalised, then borne month by month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.core.ledger import amortise
from tongban.core.ledger.journal import credit, debit
from tongban.work.market import access, books, locks, models, months, products

CONDITIONS: Final = {
    "feasible": msg("It can technically be finished."),
    "intended": msg("It is meant to be finished and used or sold."),
    "benefit": msg("There is a market for it, or a use inside: it will bring in money."),
    "resources": msg("People, money and means are there to finish it."),
    "measurable": msg("Its cost can be measured reliably."),
}
"""CAS 6 art. 9: development cost becomes an asset only when all five hold (recalled)."""


def capitalise(*, acting: Acting, registration: UUID, conditions: Iterable[str]) -> models.Asset:
    """Put the development cost of a product version on the asset register. Doing it again changes nothing.

    Books the cost (paid from the bank) as development expenditure and takes it into intangible assets, ready for use.
    Raises `Invalid` unless all five conditions are confirmed: cost that misses one is an expense of its month.
    """
    missing = [name for name in CONDITIONS if name not in set(conditions)]
    with transaction.atomic():
        found = access.registration(acting, registration)
        locks.product(found.id)
        known = models.Asset.objects.filter(registration=found).first()
        if known is not None:
            return known
        if missing:
            raise Invalid(
                _("Only what meets all five conditions becomes an asset; the rest is an expense."),
                fields={name: _("Not confirmed.") for name in missing},
            )
        product = products.product_of(found)
        if not product.development_cost_fen:
            raise NotNow(_("The pack gives this product no development cost."))
        month = months.of(acting.today)
        asset = models.Asset.objects.create(
            registration=found, book=found.operator, cost_fen=product.development_cost_fen, months=product.useful_months,
            first_month=month, conditions=list(CONDITIONS), capitalised_at=acting.now, capitalised_by=acting.actor,
        )  # fmt: skip
        steps = (("development", books.DEVELOPMENT, books.BANK), ("in-use", books.ASSET, books.DEVELOPMENT))
        for kind, to, from_ in steps:
            books.post(
                acting=acting, book=found.operator, kind=kind, root=asset.id, month=month,
                lines=(debit(to, asset.cost_fen), credit(from_, asset.cost_fen)),
            )  # fmt: skip
        _record(acting, "asset.capitalised", asset, {"cost_fen": asset.cost_fen, "months": asset.months})
    return asset


def amortise_month(*, acting: Acting, month: str) -> list[models.Amortisation]:
    """Book what every asset of the officer's organisation bears, for each month up to `month` not booked yet.

    Straight-line from the month in which the asset was ready for use. Returns what was booked now; the same month
    again books nothing. Raises `NotNow` for a month that has not begun.
    """
    if months.first_day(month) > acting.today:
        raise NotNow(_("This month has not begun yet."))
    booked: list[models.Amortisation] = []
    with transaction.atomic():
        for asset in access.assets(acting).order_by("capitalised_at", "id"):
            locks.product(asset.registration_id)
            done = set(asset.amortisation.values_list("month", flat=True))
            amounts = amortise.straight_line(asset.cost_fen, asset.months)
            for due, amount in zip(months.between(asset.first_month, month), amounts, strict=False):
                if due not in done:
                    booked.append(_bear(acting, asset, due, amount))
    return booked


def _bear(acting: Acting, asset: models.Asset, month: str, amount: int) -> models.Amortisation:
    entry = None
    if amount:
        entry = books.post(
            acting=acting, book=asset.book, kind="amortisation", root=asset.id, month=month,
            lines=(debit(books.COST, amount), credit(books.ACCUMULATED, amount)),
        )  # fmt: skip
    row = models.Amortisation.objects.create(
        asset=asset, month=month, amount_fen=amount, entry=entry, at=acting.now
    )
    _record(acting, "asset.amortised", asset, {"month": month, "amount_fen": amount})
    return row


def _record(acting: Acting, action: str, asset: models.Asset, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting,
        action=action,
        root=asset.registration_id,
        object_kind="asset",
        object_id=asset.id,
        detail=detail,
    )
