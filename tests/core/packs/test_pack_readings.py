"""What rests on an article, how ready a place is, and what changes between two packs."""

from __future__ import annotations

import pytest
from tests.core.packs.shop_pack import CITY, LAND, files, load_pack
from tests.core.packs.test_pack_data import DATA

from tongban.core.packs import differences, impact, ready
from tongban.core.packs.impact import Use

PARAMETERS = LAND["parameters/all.yaml"].replace(
    "- id: large_area", "- id: large_area\n  articles: [shop-law#3]"
)


def test_an_article_is_traced_to_terms_numbers_and_the_rules_that_read_them():
    pack = load_pack(files({"parameters/all.yaml": PARAMETERS}))
    uses = impact.impact(pack, "shop-law#3")
    assert set(uses) == {
        Use("parameters", "large_area", ""),
        Use("services", "shop-permit", "statutory"),
        Use("services", "shop-permit", "applies_when", "large_area"),
    }
    assert impact.services_of(pack, uses) == {"shop-permit"}
    assert impact.impact(pack, "shop-law") == uses
    with pytest.raises(KeyError):
        impact.impact(pack, "shop-law#4")


def test_a_place_without_organs_is_ready_for_nothing_and_then_for_all():
    bare = load_pack(files())
    assert ready.business(bare).missing == ("authority market",)
    assert ready.business(bare).percent == 0
    brand = "brand: {name: {zh: 市, en: City}, tagline: {zh: 市, en: City}, seal: seal.svg}\n"
    organ = {
        "pack.yaml": CITY["pack.yaml"] + brand,
        "places/all.yaml": "- {code: 990100, name: {zh: 市, en: City}}\n",
        "organisations/all.yaml": (
            "- {id: bureau, authority: market, place: 990100, credit_code: 11990100MBDEM0015F,"
            " name: {zh: 局, en: Bureau}}\n"
        ),
    }
    bound = load_pack(files(city=organ))
    assert ready.business(bound).percent == 100
    assert ready.data(bound).missing == ("fact area", "fact kind", "fact shop_name")
    assert ready.scenes(bare, [("open-shop", True)]).percent == 100
    assert ready.scenes(bare, []).missing == ("event open-shop",)
    assert ready.scenes(bare, [("open-shop", True), ("open-shop", False)]).percent == 0


def test_a_new_version_is_told_in_words():
    old = load_pack(files(DATA))
    changed = CITY | {
        "services/all.yaml": (
            "- {id: shop-permit, promised: {amount: 4}, requires: {remove: [photo]}}\n"
            "- {id: receipt, remove: true}\n"
        ),
        "life-events/all.yaml": "- {id: open-shop, services: {remove: [receipt]}}\n",
        "policies/all.yaml": "- {id: grant, amount: '2000', conditions: [{id: stall, label: {zh: 摊, en: Stall}, rule: kind <> 'hall'}]}\n",
        "parameters/all.yaml": "- {id: large_area, values: [{valid_from: 2024-01-01, value: 55}]}\n",
    }
    new = load_pack(files(DATA, changed))
    said = {(d.folder, d.id, d.what.en, d.mood) for d in differences.differences(old, new)}
    assert said == {
        ("services", "receipt", "is gone", "neutral"),
        ("services", "shop-permit", "promised 10 working days, now 4 working days", "better"),
        ("services", "shop-permit", "no longer asks for: Photo", "better"),
        ("parameters", "large_area", "from 2024-01-01 it is 55 (was 50)", "neutral"),
        (
            "policies",
            "grant",
            "the amount was CASE WHEN area >= 100 THEN 1000 ELSE 500.50 END, now 2000",
            "neutral",
        ),
        ("policies", "grant", "the condition 'Stall' was kind = 'stall', now kind <> 'hall'", "neutral"),
    }
    whom = {d.whom for d in differences.differences(old, new) if d.id == "shop-permit"}
    assert whom == {"area >= large_area OR kind = 'hall'"}
    assert differences.differences(old, old) == ()


def test_two_places_are_laid_side_by_side():
    here = load_pack(files())
    there = load_pack(
        files(
            city={
                "services/all.yaml": "- {id: shop-permit, promised: {amount: 4}, requires: {remove: [photo]}}\n"
            }
        )
    )
    row = next(row for row in differences.compare(here, there) if row.id == "shop-permit")
    assert [days.en for days in row.days] == ["10 working days", "4 working days"]
    assert ([name.en for name in row.only_here], row.only_there) == (["Photo"], ())
    assert not row.same
    assert all(row.same for row in differences.compare(here, here))


def sized(rule: str) -> str:
    return f"conditions: [{{id: size, label: {{zh: 大小, en: Size}}, rule: {rule}}}]"


def test_a_place_may_lack_a_service_set_a_condition_by_another_rule_and_a_number_of_its_own():
    here = load_pack(files(city={"services/all.yaml": f"- {{id: shop-permit, {sized('area >= 20')}}}"}))
    own = {
        "services/all.yaml": (
            f"- {{id: shop-permit, promised: {{amount: 0}}, {sized('area >= 30')}}}\n"
            "- {id: receipt, remove: true}\n"
        ),
        "life-events/all.yaml": "- {id: open-shop, services: {remove: [receipt]}}\n",
        "parameters/all.yaml": (
            "- id: large_area\n"
            "  values:\n"
            "    remove: [2024-01-01]\n"
            "    add:\n"
            "      - {valid_from: 2024-01-01, valid_to: 2025-01-01, value: 50}\n"
            "      - {valid_from: 2025-01-01, valid_to: 2026-01-01, value: 55}\n"
        ),
    }
    there = load_pack(files(city=own))
    rows = {row.id: row for row in differences.compare(here, there)}
    assert [days.en for days in rows["receipt"].days] == ["on the spot", "not offered"]
    assert rows["receipt"].visits == (0, None)
    assert [days.zh for days in rows["shop-permit"].days] == ["10 个工作日", "当场"]
    assert [one.en for one in rows["shop-permit"].conditions_here] == ["Size (area >= 20)"]
    assert [one.en for one in rows["shop-permit"].conditions_there] == ["Size (area >= 30)"]
    (number,) = differences.numbers(here, there)
    assert number.values == (
        "50 (2024-01-01 – 2025-12-31); 60.5 (2026-01-01 –)",
        "50 (2024-01-01 – 2024-12-31); 55 (2025-01-01 – 2025-12-31); 60.5 (2026-01-01 –)",
    )
    assert differences.numbers(here, here) == ()
