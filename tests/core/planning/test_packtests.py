"""A pack carries its own tests, and says in words what came out differently."""

import yaml
from tests.core.planning.restaurant import RESTAURANT, SMALL_SHOP
from tests.core.planning.small_packs import small_pack

from tongban.core.planning.packtests import run_tests


def outcomes(*tests):
    content = yaml.safe_load(RESTAURANT) | {
        "tests": [{"event": "event", "at": "2026-03-02", "facts": SMALL_SHOP} | test for test in tests]
    }
    return run_tests(small_pack(content))


def test_a_test_that_is_met_passes():
    (found,) = outcomes(
        {
            "name": "small-shop",
            "expect": {
                "services": ["registration", "food-permit", "signboard"],
                "not_services": ["tobacco-permit"],
                "undecided": [],
                "waits": {"food-permit": ["registration"]},
                "blocked": [],
                "uploads": ["premises", "layout-plan", "safety-rules", "sign-drawing"],
                "deferrable": ["sign-design"],
                "held": [],
                "commitments": [],
                "questions": [],
                "promised_days": 8,
                "statutory_days": 23,
                "finish": "2026-03-12",
                "conditions": {"food-permit/grease-trap": "pass"},
            },
        }
    )
    assert (found.name, found.ok, found.differences) == ("small-shop", True, ())


def test_every_difference_is_a_line_that_names_both_sides():
    (found,) = outcomes(
        {
            "name": "all-wrong",
            "held": ["property"],
            "expect": {
                "services": ["food-permit", "tobacco-permit"],
                "not_services": ["signboard"],
                "undecided": ["fire-check"],
                "waits": {"food-permit": [], "fire-check": ["registration"]},
                "blocked": ["food-permit"],
                "held": [],
                "questions": ["area"],
                "promised_days": 7,
                "finish": "2026-03-11",
                "conditions": {"food-permit/grease-trap": "fail"},
            },
        }
    )
    assert not found.ok
    assert found.differences == (
        "services: missing tobacco-permit; not expected registration, signboard",
        "not_services: signboard applies",
        "undecided: missing fire-check",
        "waits of food-permit: not expected registration",
        "waits: fire-check is not in the plan",
        "blocked: missing food-permit",
        "held: not expected premises",
        "questions: missing area",
        "promised_days: expected 7, found 8",
        "finish: expected 2026-03-11, found 2026-03-12",
        "condition food-permit/grease-trap: expected fail, found pass",
    )
