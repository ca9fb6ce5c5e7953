"""What this room does when it hears a message: tell the buyer. Once per message, in a transaction of its own."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop as msg

from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.values.text import Bilingual
from tongban.work.market import models, products

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def tell_of_approval(message: Message, now: datetime) -> None:
    contract = _contract(message)
    _tell(
        contract, "approved", now,
        both(msg("Contract approved: %(product)s"), product=_name(contract)),
        both(msg("Contract %(number)s runs until %(day)s. Every delivered call is counted and billed by the month."),
             number=contract.number, day=contract.valid_to.isoformat() if contract.valid_to else "—"),
    )  # fmt: skip


def tell_of_refusal(message: Message, now: datetime) -> None:
    contract = _contract(message)
    _tell(
        contract, "refused", now,
        both(msg("Order refused: %(product)s"), product=_name(contract)),
        both(msg("Order %(number)s: %(reason)s"), number=contract.number, reason=contract.reason),
    )  # fmt: skip


def tell_of_bills(message: Message, now: datetime) -> None:
    settlement = models.Settlement.objects.get(pk=message.payload["settlement"])
    for bill in settlement.bills.select_related("contract__registration"):
        amount = f"{bill.gross_fen // 100}.{bill.gross_fen % 100:02d}"
        _tell(
            bill.contract, f"billed:{settlement.month}", now,
            both(msg("Bill of %(month)s: %(product)s"), month=settlement.month, product=_name(bill.contract)),
            both(msg("%(calls)s calls under contract %(number)s: CNY %(amount)s, tax included."),
                 calls=bill.calls, number=bill.contract.number, amount=amount),
        )  # fmt: skip


def _contract(message: Message) -> models.Contract:
    return models.Contract.objects.select_related("registration").get(pk=message.payload["contract"])


def _name(contract: models.Contract) -> Bilingual:
    return products.product_of(contract.registration).name


def _tell(contract: models.Contract, cause: str, now: datetime, title: Bilingual, body: Bilingual) -> None:
    notices.tell(
        subject=contract.buyer, cause=f"contract:{contract.id}:{cause}", title=title, body=body,
        link=f"/market/contracts/{contract.number}", now=now,
    )  # fmt: skip
