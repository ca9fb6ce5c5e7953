"""Addresses of the market."""

from django.urls import path, register_converter

from tongban.work.market.pages import books, buyer, operator, settling, shop


class Month:
    """`2026-11`."""

    regex = r"20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ContractNumber:
    """A contract's number in capitals, with its hyphens."""

    regex = "[0-9A-Za-z][0-9A-Za-z-]{3,31}"

    def to_python(self, value: str) -> str:
        return value.upper()

    def to_url(self, value: str) -> str:
        return value


register_converter(Month, "market_month")
register_converter(ContractNumber, "contract")

app_name = "market"
urlpatterns = [
    # -- everybody
    path("market", shop.shop, name="shop"),
    path("market.csv", shop.shop_csv, name="shop_csv"),
    path("market/products/<slug:product>", shop.product, name="product"),
    # -- buyers
    path("market/products/<slug:product>/order", buyer.order, name="order"),
    path("market/contracts", buyer.contracts, name="contracts"),
    path("market/contracts/<contract:number>", buyer.contract, name="contract"),
    path("market/contracts/<contract:number>/data", buyer.fetch, name="fetch"),
    path("market/contracts/<contract:number>/usage.csv", buyer.usage_csv, name="contract_usage_csv"),
    path("market/contracts/<contract:number>/bills.csv", buyer.bills_csv, name="contract_bills_csv"),
    path("market/contracts/<contract:number>/decide", operator.decide, name="decide"),
    # -- the operator
    path("office/market", operator.overview, name="overview"),
    path("office/market/register/<slug:product>", operator.register, name="register"),
    path("office/market/products/<uuid:registration>", operator.manage, name="manage"),
    path("office/market/products/<uuid:registration>/pin", operator.pin, name="pin"),
    path("office/market/products/<uuid:registration>/offer", operator.put_on_offer, name="offer"),
    path("office/market/products/<uuid:registration>/withdraw", operator.withdraw, name="withdraw"),
    path("office/market/products/<uuid:registration>/capitalise", operator.capitalise, name="capitalise"),
    path(
        "office/market/products/<uuid:registration>/months/<market_month:month>", settling.month, name="month"
    ),
    path(
        "office/market/products/<uuid:registration>/months/<market_month:month>/settle",
        settling.settle,
        name="settle",
    ),
    path(
        "office/market/products/<uuid:registration>/months/<market_month:month>.csv",
        settling.month_csv,
        name="month_csv",
    ),
    path("office/market/snapshots/<uuid:snapshot>", operator.snapshot, name="snapshot"),
    path("office/market/snapshots/<uuid:snapshot>.csv", operator.snapshot_csv, name="snapshot_csv"),
    path("office/market/orders", operator.orders, name="orders"),
    path("office/market/orders.csv", operator.orders_csv, name="orders_csv"),
    path("office/market/usage", settling.usage, name="usage"),
    path("office/market/usage.csv", settling.usage_csv, name="usage_csv"),
    # -- the books
    path("office/market/journal", books.journal, name="journal"),
    path("office/market/journal.csv", books.journal_csv, name="journal_csv"),
    path("office/market/journal/<uuid:entry>", books.entry, name="entry"),
    path("office/market/journal/<uuid:entry>/reverse", books.reverse, name="reverse"),
    path("office/market/assets", books.assets, name="assets"),
    path("office/market/assets.csv", books.assets_csv, name="assets_csv"),
    path("office/market/assets/amortise", books.amortise, name="amortise"),
    path("office/market/shares", books.shares, name="shares"),
    path("office/market/shares.csv", books.shares_csv, name="shares_csv"),
]
