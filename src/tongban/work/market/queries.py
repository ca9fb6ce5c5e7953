"""Reading the market. What takes `acting` goes through `access`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.ledger import amortise
from tongban.core.packs.model import Organisation
from tongban.core.packs.model_data import Product
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.work.market import access, models, months, products
from tongban.work.market.reckoning import Call, Reckoning, reckon


@dataclass(frozen=True, slots=True)
class Offer:
    """A product on offer, with the words of the pack it was registered from."""

    listing: models.Listing
    registration: models.Registration
    pack: Pack
    product: Product
    snapshot: models.Snapshot | None
    """The newest; a buyer gets this one."""

    @property
    def operator(self) -> Organisation:
        return self.pack.organisations[self.registration.operator]

    @property
    def contributors(self) -> list[tuple[Organisation, int]]:
        return products.contributors_of(self.pack, self.product)

    @property
    def weights(self) -> int:
        return sum(weight for _, weight in self.contributors)

    @property
    def counted(self) -> Bilingual:
        return products.licence_name(self.pack, self.product)

    @property
    def contributors_percent(self) -> int:
        return 100 - self.product.operator_share_percent


@dataclass(frozen=True, slots=True)
class AssetLine:
    """One asset as it stands in a month."""

    asset: models.Asset
    name: Bilingual
    month_fen: int
    """What the month bears."""
    booked: models.Amortisation | None
    borne_fen: int
    """Booked so far, in all months."""

    @property
    def carrying_fen(self) -> int:
        """Carrying amount: cost less what was borne."""
        return self.asset.cost_fen - self.borne_fen


def offers() -> list[Offer]:
    """The shop window, in the order in which it was filled."""
    return [_offer(listing) for listing in access.offers().order_by("listed_at", "id")]


def offer(product: str) -> Offer | None:
    listing = access.offers().filter(registration__product=product).order_by("-listed_at").first()
    return _offer(listing) if listing else None


def to_register(acting: Acting) -> list[tuple[Product, models.Registration | None, bool]]:
    """Products the officer's organisation operates: (product, newest version, whether the pack has changed since)."""
    pack, declared = products.declared(acting.now)
    found = []
    for product in declared.values():
        if access.operates(acting, pack, product):
            newest = access.registrations(acting).filter(product=product.id).order_by("-version").first()
            changed = newest is None or newest.content != products.content_digest(product)
            found.append((product, newest, changed))
    return found


def is_operator(acting: Acting) -> bool:
    """Whether the officer's organisation operates any product."""
    return access.registrations(acting).exists() or bool(to_register(acting))


def snapshots(registration: models.Registration) -> QuerySet[models.Snapshot]:
    """Newest first, each with how many cells it has and how many of them are hidden."""
    return registration.snapshots.annotate(
        shown_cells=Count("cells", filter=Q(cells__suppressed=False)),
        hidden_cells=Count("cells", filter=Q(cells__suppressed=True)),
    ).order_by("-until")


def contracts_of(acting: Acting) -> QuerySet[models.Contract]:
    """Newest first, each with the number of its calls."""
    return access.contracts(acting).annotate(calls=Count("usage")).order_by("-ordered_at", "-id")


def shown(contracts: QuerySet[models.Contract], show: str, today: date) -> QuerySet[models.Contract]:
    """Those that `waiting` (for a decision) or `in-force` names; all for anything else."""
    if show == "waiting":
        return contracts.filter(state="ordered")
    if show == "in-force":
        return contracts.filter(Q(valid_to=None) | Q(valid_to__gte=today), state="approved")
    return contracts


def usage_of(acting: Acting) -> QuerySet[models.Usage]:
    return access.usage(acting).order_by("-at", "-id")


def bills_of(contract: models.Contract) -> QuerySet[models.Bill]:
    return contract.bills.select_related("settlement").order_by("-settlement__month")


def unbilled(contract: models.Contract) -> list[dict[str, Any]]:
    """[{month, calls, fen}] of calls whose month is not settled yet."""
    settled = models.Settlement.objects.filter(registration_id=contract.registration_id).values("month")
    open_calls = contract.usage.exclude(month__in=settled)
    return list(
        open_calls.values("month").annotate(calls=Count("id"), fen=Sum("price_fen")).order_by("month")
    )


def reckoning(registration: models.Registration, month: str) -> Reckoning:
    """A month from its usage records alone, settled or not."""
    pack, product = products.pack_of(registration), products.product_of(registration)
    rows = registration.usage.filter(month=month).values_list("id", "contract_id", "price_fen")
    return reckon(
        (Call(*row) for row in rows),
        tax_percent=product.tax_percent,
        operator=registration.operator,
        operator_percent=product.operator_share_percent,
        contributors=[
            (organisation.id, weight) for organisation, weight in products.contributors_of(pack, product)
        ],
    )


def months_of(
    registration: models.Registration, today: date
) -> list[tuple[str, int, models.Settlement | None]]:
    """(month, calls, settlement) from the month of registration to the current one, newest first."""
    calls = dict(registration.usage.values_list("month").annotate(n=Count("id")).order_by("month"))
    settled = {settlement.month: settlement for settlement in registration.settlements.all()}
    first = min([*calls, months.of(registration.registered_at.date()), months.of(today)])
    last = max([*calls, months.of(today)])
    return [
        (month, calls.get(month, 0), settled.get(month)) for month in reversed(months.between(first, last))
    ]


def entries(acting: Acting) -> QuerySet[models.JournalEntry]:
    """The journal, newest first."""
    return access.entries(acting).prefetch_related("lines").order_by("book", "-number")


def asset_register(acting: Acting, month: str) -> list[AssetLine]:
    lines = []
    for asset in access.assets(acting).prefetch_related("amortisation").order_by("capitalised_at"):
        amounts = dict(
            zip(
                months.between(asset.first_month, months.after(asset.first_month, asset.months - 1)),
                amortise.straight_line(asset.cost_fen, asset.months),
                strict=True,
            )
        )
        booked = {row.month: row for row in asset.amortisation.all()}
        lines.append(
            AssetLine(
                asset,
                products.product_of(asset.registration).name,
                amounts.get(month, 0),
                booked.get(month),
                sum(row.amount_fen for row in booked.values()),
            )
        )
    return lines


def shares_of(acting: Acting) -> QuerySet[models.Share]:
    """Shares of the officer's own organisation, newest month first."""
    own = access.shares(acting).filter(organisation=acting.organisation)
    return own.order_by("-settlement__month", "settlement_id", "position")


def names(subjects: Iterable[UUID]) -> dict[UUID, Any]:
    return identity.names_of(set(subjects))


def append_only_tables() -> tuple[str, ...]:
    """Tables that web and worker may add to and never change."""
    return tuple(model._meta.db_table for model in models.WRITTEN_ONCE)


def _offer(listing: models.Listing) -> Offer:
    registration = listing.registration
    newest = registration.snapshots.order_by("-until").first()
    return Offer(
        listing, registration, products.pack_of(registration), products.product_of(registration), newest
    )
