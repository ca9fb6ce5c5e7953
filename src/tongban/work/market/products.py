"""What the packs say about products: as they stand today, and as they stood when a version was registered."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_noop as msg

from tongban.base.audit import chain
from tongban.base.directory import queries as directory
from tongban.base.kit.refusals import NotFound
from tongban.base.notices.wording import both
from tongban.core.packs.model import Organisation
from tongban.core.packs.model_data import Product
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.work.market import models

ELSEWHERE = msg("No district recorded")
NO_TRADE = msg("No trade recorded")


def declared(now: datetime) -> tuple[Pack, dict[str, Product]]:
    """The pack in force and its products by id."""
    pack = directory.pack_in_force(now)
    return pack, dict(pack.products)


def current(now: datetime, product: str) -> tuple[Pack, Product]:
    """A product of the pack in force. Raises NotFound."""
    pack, products = declared(now)
    if product not in products:
        raise NotFound("There is no such product.")
    return pack, products[product]


def pack_of(registration: models.Registration) -> Pack:
    return directory.pack(registration.pack_digest)


def product_of(registration: models.Registration) -> Product:
    """The product as it was registered."""
    return pack_of(registration).products[registration.product]


def content_digest(product: Product) -> str:
    """SHA-256 over everything the pack says about a product; another digest is another version."""
    return hashlib.sha256(chain.canonical(product.model_dump(mode="json"))).hexdigest()


def operator_of(pack: Pack, product: Product) -> Organisation:
    """The organisation that operates a product in this place."""
    return directory.organisation_for(pack, product.operator, pack.manifest.jurisdiction)


def contributors_of(pack: Pack, product: Product) -> list[tuple[Organisation, int]]:
    """(organisation, weight) of whoever's data goes in, in the pack's order."""
    place = pack.manifest.jurisdiction
    return [(directory.organisation_for(pack, c.authority, place), c.weight) for c in product.contributors]


def district_name(pack: Pack, code: str) -> Bilingual:
    place = pack.places.get(code)
    return place.name if place is not None and place.parent is not None else both(ELSEWHERE)


def trade_name(pack: Pack, product: Product, code: str) -> Bilingual:
    """The words for a trade: of the code list behind the licence's field, else the value itself."""
    kind = pack.licences.get(product.licence)
    field = next((f for f in kind.fields if f.id == product.trade_field), None) if kind else None
    fact = pack.facts.get(field.fact or "") if field else None
    codes = pack.code_lists.get(fact.codes or "") if fact else None
    label = next((item.label for item in codes.items if item.code == code), None) if codes else None
    if label is not None:
        return label
    return Bilingual(zh=code, en=code) if code else both(NO_TRADE)


def licence_name(pack: Pack, product: Product) -> Bilingual:
    return pack.licences[product.licence].name
