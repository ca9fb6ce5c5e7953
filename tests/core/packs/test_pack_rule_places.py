"""Every rule of a pack has an address, and whatever is written at it is found there."""

from __future__ import annotations

from tests.core.packs import shop_pack

from tongban.core.packs import rule_places
from tongban.core.rules.types import Kind
from tongban.doors.cli.rules import sources

POLICY = """
- id: grant
  name: {zh: 补贴, en: Grant}
  summary: {zh: 补贴, en: Grant}
  authority: market
  subject: person
  valid_from: 2026-01-01
  conditions: [{id: large, label: {zh: 大, en: Large}, rule: area >= large_area}]
  effect: months
  amount: 3
  confirm_within: {amount: 30}
  fair_competition_review: none
"""


def test_what_is_listed_is_where_the_address_says() -> None:
    pack = shop_pack.load_pack(shop_pack.files(city={"policies/all.yaml": POLICY}))
    places = {place.address: place for place in rule_places.places(pack)}
    listed = {text.name: text.text for text in sources.rules_of(pack)}
    assert listed.items() <= {address: place.text for address, place in places.items()}.items()
    assert set(places) - set(listed) == {
        "policies/grant#score",
        *(f"materials/{name}#alternatives[1].when" for name in ("lease", "photo", "plan")),
    }
    assert places["policies/grant#conditions.large"].path == ("conditions", 0, "rule")
    assert places["policies/grant#conditions.large"].expect.kind is Kind.BOOLEAN
    assert places["policies/grant#amount"].expect.kind is Kind.INTEGER  # months


def test_fields_are_in_the_order_in_which_people_write_them() -> None:
    pack = shop_pack.load_pack(shop_pack.files(city={"policies/all.yaml": POLICY}))
    place = next(one for one in rule_places.places(pack) if one.address == "policies/grant#score")
    assert place.order[0] == "id"
    assert place.order.index("score") == place.order.index("amount") + 1
    assert place.order[-3:] == ("articles", "source", "confidence")
