"""What a pack's tests leave untouched."""

from __future__ import annotations

from tests.core.packs.shop_pack import files, load_pack
from tests.core.packs.test_pack_data import DATA

from tongban.core.packs.model import PackTest
from tongban.core.planning.coverage import Coverage, coverage


def tried(*tests: dict[str, object]) -> Coverage:
    named = [
        PackTest.model_validate({"name": f"t{n}", "at": "2026-03-02", "expect": {}, **test})
        for n, test in enumerate(tests)
    ]
    return coverage(load_pack(files(DATA)), named)


def missing(found: Coverage, address: str) -> tuple[str, ...]:
    return next(rule.missing for rule in found.rules if rule.address == address)


SERVICE, AMOUNT = "services/shop-permit#applies_when", "policies/grant#amount"


def test_without_tests_nothing_is_touched() -> None:
    found = tried()
    assert found.done == 0
    assert missing(found, SERVICE) == ("never settled",)
    assert missing(found, AMOUNT) == ("never settled", "2 of 2 branches never taken")
    assert found.unread == ("fee", "large_area")


def test_a_rule_is_covered_when_it_was_met_and_failed() -> None:
    met = {"event": "open-shop", "facts": {"area": 70, "kind": "stall"}}
    failed = {"event": "open-shop", "facts": {"area": 10, "kind": "stall"}}
    assert missing(tried(met), SERVICE) == ("never failed",)
    assert missing(tried(failed), SERVICE) == ("never met",)
    assert missing(tried(met, failed), SERVICE) == ()
    assert missing(tried({"event": "open-shop", "facts": {"area": 10}}), SERVICE) == ("never settled",)
    assert tried(met).unread == ("fee",)


def test_a_test_of_a_policy_reaches_its_amount_and_nothing_else() -> None:
    found = tried({"policy": "grant", "facts": {"area": 70, "kind": "stall"}})
    assert missing(found, AMOUNT) == ("1 of 2 branches never taken",)
    assert missing(found, SERVICE) == ("never settled",)
    both = tried(*({"policy": "grant", "facts": {"area": area}} for area in (70, 100)))
    assert missing(both, AMOUNT) == ()
