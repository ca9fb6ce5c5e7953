"""Products, snapshots, contracts, usage, settlements, books, assets. Private to this room.

Amounts are integer fen. Months are text, `2026-11`. Rows of what is named in `WRITTEN_ONCE` are only ever added.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from tongban.base.kit.ids import uuid7

PURPOSES = ("industry", "public-governance", "public-welfare")
CONTRACT_STATES = ("ordered", "approved", "refused")


class Registration(models.Model):
    """One version of a data product, registered with its compliance opinion (数据产品登记)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.CharField(max_length=80)
    """Id of the product in the pack `pack_digest`."""
    version = models.PositiveIntegerField()
    """From 1; a product whose content in the pack has changed is registered anew."""
    content = models.CharField(max_length=64)
    """SHA-256 of the product's content in the pack."""
    pack_digest = models.CharField(max_length=80)
    operator = models.CharField(max_length=80)
    """Id of the organisation that operates it (运营机构)."""
    place = models.CharField(max_length=6)
    opinion = models.TextField()
    """Compliance opinion: what was reviewed and why it may be sold."""
    opinion_by = models.CharField(max_length=120)
    """Who gave the opinion."""
    opinion_on = models.DateField()
    valid_to = models.DateField()
    """Last day; a registration holds three years (登记管理暂行办法, recalled)."""
    registered_at = models.DateTimeField()
    registered_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["place", "product", "version"], name="market_version_once"),
            models.UniqueConstraint(fields=["place", "product", "content"], name="market_content_once"),
        )
        indexes = (models.Index(fields=["operator", "place"]),)

    def __str__(self) -> str:
        return f"{self.product} {self.version}"


class Snapshot(models.Model):
    """Counts pinned on a day and never changed. Its digest covers every cell and total."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="snapshots")
    until = models.DateField()
    """First day that is not counted; the first of a month."""
    minimum_cell = models.PositiveIntegerField()
    totals = models.JSONField(null=True)
    """[{month?, district?, trade?, count}]: exact totals; NULL when they could give a hidden cell away."""
    digest = models.CharField(max_length=64)
    """SHA-256 of the canonical content."""
    pinned_at = models.DateTimeField()
    pinned_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["registration", "until"], name="market_snapshot_once"),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} until {self.until}"


class Cell(models.Model):
    """One cell at the finest grain. A hidden one has no number here or anywhere."""

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="cells")
    month = models.CharField(max_length=7, blank=True)
    """Empty when it is no dimension of the product; so are the next two."""
    district = models.CharField(max_length=6, blank=True)
    trade = models.CharField(max_length=120, blank=True)
    count = models.PositiveIntegerField(null=True)
    suppressed = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["snapshot", "month", "district", "trade"], name="market_cell_once"
            ),
            models.CheckConstraint(
                condition=Q(suppressed=True, count=None) | Q(suppressed=False, count__isnull=False),
                name="market_hidden_cells_have_no_number",
            ),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.district} {self.trade}"


class Listing(models.Model):
    """A product version on offer (上架) at a price under its ceiling."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="listings")
    price_fen = models.PositiveBigIntegerField()
    """Per delivered call, tax included."""
    ceiling_fen = models.PositiveBigIntegerField()
    """Government-guided ceiling of that day."""
    listed_at = models.DateTimeField()
    listed_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(price_fen__lte=F("ceiling_fen")), name="market_price_under_ceiling"
            ),
            models.UniqueConstraint(
                fields=["registration"], condition=Q(withdrawn_at=None), name="market_one_listing"
            ),
        )

    def __str__(self) -> str:
        return f"{self.registration_id} at {self.price_fen}"


class Contract(models.Model):
    """An order, and the contract it becomes when the operator approves it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    """Public; authorises nothing."""
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="contracts")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="contracts")
    buyer = models.UUIDField(db_index=True)
    """Subject: an enterprise."""
    purpose_kind = models.CharField(max_length=20, choices=[(p, p) for p in PURPOSES])
    purpose = models.CharField(max_length=500)
    months = models.PositiveSmallIntegerField()
    price_fen = models.PositiveBigIntegerField()
    """Per call; zero for a purpose that the pack frees."""
    state = models.CharField(
        max_length=10, choices=[(s, s) for s in CONTRACT_STATES], default="ordered", db_index=True
    )
    reason = models.CharField(max_length=300, blank=True)
    """Why it was refused."""
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    """Last day."""
    ordered_at = models.DateTimeField()
    ordered_by = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(valid_from__isnull=False, valid_to__isnull=False),
                name="market_approved_has_term",
            ),
        )

    def __str__(self) -> str:
        return self.number


class ContractCounter(models.Model):
    """The last number given at a place on a day. Its row is locked while one is given."""

    place = models.CharField(max_length=6)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["place", "day"], name="market_counter_once"),)

    def __str__(self) -> str:
        return f"{self.place} {self.day}: {self.last}"


class Usage(models.Model):
    """One delivered call. Committed before the first byte leaves; the same request id is the same call."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="usage")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="usage")
    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="usage")
    request_id = models.CharField(max_length=80)
    form = models.CharField(max_length=4, choices=[("json", "json"), ("csv", "csv")])
    price_fen = models.PositiveBigIntegerField()
    cells = models.PositiveIntegerField()
    hidden = models.PositiveIntegerField()
    """How many of them were suppressed."""
    month = models.CharField(max_length=7)
    """Month it is billed in."""
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["contract", "request_id"], name="market_call_once"),)
        indexes = (models.Index(fields=["registration", "month"]),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.request_id}"


class JournalEntry(models.Model):
    """One entry of an operator's journal. Only ever added; a mistake is reversed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    book = models.CharField(max_length=80)
    """Organisation whose journal it is."""
    number = models.PositiveIntegerField()
    """From 1 within the book, without gaps."""
    day = models.DateField()
    kind = models.CharField(max_length=20)
    """What it books: a key of `books.KINDS`."""
    root = models.UUIDField()
    """The settlement or asset it belongs to."""
    month = models.CharField(max_length=7)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    at = models.DateTimeField()
    by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["book", "number"], name="market_entry_number"),
            models.UniqueConstraint(
                fields=["kind", "root", "month"], condition=Q(reverses=None), name="market_booked_once"
            ),
        )
        indexes = (models.Index(fields=["book", "month"]),)

    def __str__(self) -> str:
        return f"{self.book} {self.number}"


class JournalLine(models.Model):
    """One side of one account."""

    entry = models.ForeignKey(JournalEntry, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    account = models.CharField(max_length=12)
    debit_fen = models.PositiveBigIntegerField(default=0)
    credit_fen = models.PositiveBigIntegerField(default=0)
    party = models.CharField(max_length=80, blank=True)
    """Contract or organisation it concerns, by id."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entry", "position"], name="market_line_position"),
            models.CheckConstraint(
                condition=Q(debit_fen=0, credit_fen__gt=0) | Q(credit_fen=0, debit_fen__gt=0),
                name="market_line_one_side",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.debit_fen or -self.credit_fen}"


class Settlement(models.Model):
    """What a product version earned in a month: counted, billed, taxed, shared. Once, and not changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="settlements")
    month = models.CharField(max_length=7)
    calls = models.PositiveIntegerField()
    gross_fen = models.PositiveBigIntegerField()
    tax_fen = models.PositiveBigIntegerField()
    net_fen = models.PositiveBigIntegerField()
    usage_digest = models.CharField(max_length=64)
    """SHA-256 of the ids of the usage records it counted, in order."""
    settled_at = models.DateTimeField()
    settled_by = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["registration", "month"], name="market_settled_once"),)

    def __str__(self) -> str:
        return f"{self.registration_id} {self.month}"


class Bill(models.Model):
    """What one contract owes for a settled month."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="bills")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="bills")
    calls = models.PositiveIntegerField()
    gross_fen = models.PositiveBigIntegerField()
    tax_fen = models.PositiveBigIntegerField()
    net_fen = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["settlement", "contract"], name="market_billed_once"),)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.gross_fen}"


class Share(models.Model):
    """What one organisation gets of a settlement's net income."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="shares")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=12, choices=[("operator", "operator"), ("contributor", "contributor")])
    organisation = models.CharField(max_length=80, db_index=True)
    weight = models.PositiveIntegerField()
    """Of a contributor among the contributors; of the operator its percentage."""
    amount_fen = models.PositiveBigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["settlement", "position"], name="market_share_position"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} {self.amount_fen}"


class Asset(models.Model):
    """A product's development cost on the asset register (数据资产入表, 财会〔2023〕11号, CAS 6)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    registration = models.OneToOneField(Registration, models.PROTECT, related_name="asset")
    book = models.CharField(max_length=80)
    cost_fen = models.PositiveBigIntegerField()
    months = models.PositiveSmallIntegerField()
    """Useful life; straight-line."""
    first_month = models.CharField(max_length=7)
    """Amortised from the month in which it is ready for use."""
    conditions = models.JSONField()
    """The five conditions of CAS 6 that were confirmed."""
    capitalised_at = models.DateTimeField()
    capitalised_by = models.UUIDField(null=True)

    def __str__(self) -> str:
        return f"{self.registration_id} {self.cost_fen}"


class Amortisation(models.Model):
    """One month of an asset."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="amortisation")
    month = models.CharField(max_length=7)
    amount_fen = models.PositiveBigIntegerField()
    entry = models.OneToOneField(JournalEntry, models.PROTECT, null=True, related_name="+")
    """NULL when the month bears nothing."""
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["asset", "month"], name="market_amortised_once"),)

    def __str__(self) -> str:
        return f"{self.asset_id} {self.month}"


WRITTEN_ONCE = (
    Registration, Snapshot, Cell, Usage, JournalEntry, JournalLine, Settlement, Bill, Share, Asset, Amortisation,
)  # fmt: skip
"""Tables that web and worker may add to and never change."""
