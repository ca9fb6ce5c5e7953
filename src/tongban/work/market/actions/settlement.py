"""Settling a month: count, bill, tax, share, book. Once per product version and month."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotNow, StaleVersion
from tongban.core.ledger.journal import Line, credit, debit
from tongban.work.market import access, books, locks, models, months, queries
from tongban.work.market.reckoning import Reckoning


def settle_month(
    *, acting: Acting, registration: UUID, month: str, expected_calls: int | None = None
) -> models.Settlement:
    """Settle a month, by rule once it is over. The same month again gives the same settlement.

    A month may be closed early: calls that come later are billed with the next one. `expected_calls` is what the page
    that was confirmed showed: another number is a `StaleVersion`. Raises `NotNow` for a month that has not begun.
    """
    with transaction.atomic():
        found = access.registration(acting, registration)
        locks.product(found.id)
        known = found.settlements.filter(month=month).first()
        if known is not None:
            return known
        if months.first_day(month) > acting.today:
            raise NotNow(_("This month has not begun yet."))
        reckoning = queries.reckoning(found, month)
        if expected_calls is not None and expected_calls != reckoning.calls:
            raise StaleVersion(_("More calls were counted in the meantime. Look at the month again."))
        settlement = _written(acting, found, month, reckoning)
        _book(acting, found, settlement, reckoning)
        audit.record(
            acting=acting, action="product.month-settled", root=found.id, object_kind="settlement", object_id=settlement.id,
            detail={"month": month, "calls": settlement.calls, "gross_fen": settlement.gross_fen, "net_fen": settlement.net_fen,
                    "usage": settlement.usage_digest},
        )  # fmt: skip
        audit.send(
            acting=acting, kind="market.settled", root=found.id, payload={"settlement": str(settlement.id)}
        )
    return settlement


def _written(
    acting: Acting, found: models.Registration, month: str, reckoning: Reckoning
) -> models.Settlement:
    settlement = models.Settlement.objects.create(
        registration=found, month=month, calls=reckoning.calls, gross_fen=reckoning.gross_fen, tax_fen=reckoning.tax_fen,
        net_fen=reckoning.net_fen, usage_digest=reckoning.usage_digest, settled_at=acting.now, settled_by=acting.actor,
    )  # fmt: skip
    models.Bill.objects.bulk_create(
        models.Bill(
            settlement=settlement, contract_id=bill.contract, calls=bill.calls, gross_fen=bill.gross_fen, tax_fen=bill.tax_fen,
            net_fen=bill.net_fen,
        )
        for bill in reckoning.bills
    )  # fmt: skip
    models.Share.objects.bulk_create(
        models.Share(
            settlement=settlement, position=position, role=share.role, organisation=share.organisation, weight=share.weight,
            amount_fen=share.amount_fen,
        )
        for position, share in enumerate(reckoning.shares, start=1)
    )  # fmt: skip
    return settlement


def _book(
    acting: Acting, found: models.Registration, settlement: models.Settlement, reckoning: Reckoning
) -> None:
    """The operator sells in its own name: all of the net is its revenue, what it owes the contributors its cost."""
    income = [debit(books.RECEIVABLE, b.gross_fen, str(b.contract)) for b in reckoning.bills if b.gross_fen]
    if income:
        income += _some(credit, books.REVENUE, reckoning.net_fen) + _some(
            credit, books.TAX, reckoning.tax_fen
        )
        _post(acting, found, settlement, "income", income)
    owed = [
        credit(books.PAYABLE, share.amount_fen, share.organisation)
        for share in reckoning.shares
        if share.role == "contributor" and share.amount_fen
    ]
    if owed:
        _post(acting, found, settlement, "sharing", [debit(books.COST, reckoning.contributed_fen), *owed])


def _post(
    acting: Acting, found: models.Registration, settlement: models.Settlement, kind: str, lines: list[Line]
) -> None:
    books.post(
        acting=acting, book=found.operator, kind=kind, root=settlement.id, month=settlement.month, lines=lines
    )


def _some(side: object, account: str, fen: int) -> list[Line]:
    return [side(account, fen)] if fen else []  # type: ignore[operator]
