"""From licences to a table: counted by the licences' own room, laid over the product's dimensions."""

from __future__ import annotations

from datetime import date

from tongban.core.packs.model_data import Product
from tongban.core.packs.pack import Pack
from tongban.records.licences import queries as licences
from tongban.work.market.suppression import Key


def counts(pack: Pack, product: Product, until: date) -> dict[Key, int]:
    """Counts at the product's finest grain, over what was issued before `until`.

    The district is the division of the issuing office, if that is one; else where the firm is registered; else the
    place as a whole.
    """
    found: dict[Key, int] = {}
    for month, place, registered, trade, count in licences.counts_for_statistics(
        product.licence, until=until, field=product.trade_field
    ):
        values = {
            "month": f"{month:%Y-%m}",
            "district": _district(pack, place, registered),
            "trade": trade,
        }
        key = tuple(values[dimension] for dimension in product.dimensions)
        found[key] = found.get(key, 0) + count
    return found


def _district(pack: Pack, place: str, registered: str) -> str:
    for code in (place, registered):
        known = pack.places.get(code)
        if known is not None and known.parent is not None:
            return code
    return place
