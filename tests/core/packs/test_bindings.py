"""A pack is told which roles no organ of its place fills, and who needs each."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.core.packs import shop_pack

from tongban.base.directory import sources
from tongban.core.packs import bindings
from tongban.core.packs.loader import load
from tongban.core.values.text import Bilingual

ROOT = Path(__file__).resolve().parents[3]
REGISTER = """
- id: shop-register
  name: {zh: 店铺登记库, en: Shop register}
  steward: register-office
  key: name
  key_fact: shop_name
  fields: [{id: name, type: text, fact: shop_name, label: {zh: 名称, en: Name}}, {id: size, type: decimal(1), fact: area, label: {zh: 面积, en: Area}}]
"""
AUTHORITIES = """
- {id: market, name: {zh: 市场监管, en: Market regulation}}
- {id: register-office, name: {zh: 登记机构, en: Register office}}
"""
FACTS = shop_pack.LAND["facts/all.yaml"].replace(
    "- {id: area,", "- {id: area, sources: [{registry: shop-register}, {answer: true}],"
)


def test_a_pack_without_organs_lacks_every_role_it_names() -> None:
    (found,) = bindings.unbound(shop_pack.load_pack(shop_pack.files()))
    assert (found.kind, found.id, found.authority) == ("authority", "market", "market")
    assert found.name == Bilingual("市场监管", "Market regulation")
    assert found.needed_by == ("event open-shop", "service receipt", "service shop-permit")


def test_a_registry_that_nobody_keeps_is_unmapped() -> None:
    files = shop_pack.files(
        land={"resources/all.yaml": REGISTER, "authorities/all.yaml": AUTHORITIES, "facts/all.yaml": FACTS}
    )
    found = bindings.unbound(shop_pack.load_pack(files))
    assert [(one.kind, one.id, one.authority, one.needed_by) for one in found[1:]] == [
        ("registry", "shop-register", "register-office", ("fact area",))
    ]


@pytest.mark.parametrize("folder", ["packs", "packs-two"])
def test_the_shipped_cities_lack_nothing_and_the_layers_below_them_say_what_a_city_must_add(
    folder: str,
) -> None:
    top = sources.top_layer(ROOT / folder)
    loaded = load(sources.read_layers(ROOT / folder, top, ROOT / "packs"), top)
    assert loaded.pack is not None
    assert bindings.unbound(loaded.pack) == ()
    below = loaded.pack.layers[0].id
    nation = load(sources.read_layers(ROOT / "packs", below), below).pack
    assert nation is not None
    assert {one.kind for one in bindings.unbound(nation)} == {"authority", "registry", "licence"}
