"""From counted calls to bills, tax and shares. Pure; the page that asks for confirmation shows the same numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tongban.core.ledger import shares, tax


@dataclass(frozen=True, slots=True)
class Call:
    """One usage record: what is billed is counted from nothing else."""

    id: UUID
    contract: UUID
    price_fen: int


@dataclass(frozen=True, slots=True)
class BillDue:
    """What one contract owes for a month. The tax is contained in the price and split off once per bill."""

    contract: UUID
    calls: int
    gross_fen: int
    tax_fen: int
    net_fen: int


@dataclass(frozen=True, slots=True)
class ShareDue:
    role: str
    """`operator` or `contributor`."""
    organisation: str
    weight: int
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A month of one product version."""

    bills: tuple[BillDue, ...]
    shares: tuple[ShareDue, ...]
    usage_digest: str

    @property
    def calls(self) -> int:
        return sum(bill.calls for bill in self.bills)

    @property
    def gross_fen(self) -> int:
        return sum(bill.gross_fen for bill in self.bills)

    @property
    def tax_fen(self) -> int:
        return sum(bill.tax_fen for bill in self.bills)

    @property
    def net_fen(self) -> int:
        return sum(bill.net_fen for bill in self.bills)

    @property
    def contributed_fen(self) -> int:
        """What goes to the contributors together."""
        return sum(share.amount_fen for share in self.shares if share.role == "contributor")


def reckon(
    calls: Iterable[Call],
    *,
    tax_percent: int,
    operator: str,
    operator_percent: int,
    contributors: Sequence[tuple[str, int]],
) -> Reckoning:
    """Bill every call, split off the tax, give the operator its percentage of the net, share the rest by weights.

    The shares add up to the net exactly. `contributors` are (organisation, weight).
    """
    counted = sorted(calls, key=lambda call: str(call.id))
    bills = tuple(
        _bill(contract, counted, tax_percent)
        for contract in sorted({call.contract for call in counted}, key=str)
    )
    net = sum(bill.net_fen for bill in bills)
    kept, rest = shares.percent_of(net, operator_percent)
    amounts = shares.largest_remainder(rest, [weight for _, weight in contributors])
    due = [ShareDue("operator", operator, operator_percent, kept)]
    due += [
        ShareDue("contributor", organisation, weight, amount)
        for (organisation, weight), amount in zip(contributors, amounts, strict=True)
    ]
    digest = hashlib.sha256("\n".join(str(call.id) for call in counted).encode()).hexdigest()
    return Reckoning(bills, tuple(due), digest)


def _bill(contract: UUID, counted: Sequence[Call], tax_percent: int) -> BillDue:
    own = [call.price_fen for call in counted if call.contract == contract]
    gross = sum(own)
    split = tax.included(gross, tax_percent)
    return BillDue(contract, len(own), gross, split.tax_fen, split.net_fen)
