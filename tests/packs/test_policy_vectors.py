"""The worked examples of the policy calculator: each stands as a test in the layer that sets the numbers it rests on.

What is here keeps them from being lost; that they pass is seen where all tests of the packs run.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tongban.base.directory import sources
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack
from tongban.core.planning import coverage

PACKS = Path(__file__).resolve().parents[2] / "packs"

VECTORS = (
    # layer, test, policy, what comes out; None where nothing is due
    ("cn-qingqu", "refund-of-120-staff", "job-stability-refund", "57600.00"),
    ("cn-qingqu", "refund-of-thirty-staff-in-the-city", "job-stability-refund", "10800.00"),
    ("cn", "refund-of-thirty-one-staff", "job-stability-refund", None),
    ("cn-qingqu", "refund-of-a-large-enterprise-in-the-city", "job-stability-refund", "450000.00"),
    ("cn-qingqu", "three-hires-of-which-two-count", "job-expansion-subsidy", "3000.00"),
    ("cn", "rd-of-a-manufacturer", "rd-super-deduction", "500000.00"),
    ("cn", "rd-of-a-caterer", "rd-super-deduction", None),
    ("cn", "small-low-profit-at-every-limit", "small-low-profit-tax", "150000.00"),
    ("cn", "small-low-profit-one-fen-over", "small-low-profit-tax", "750000.00"),
    ("cn", "six-taxes-of-a-small-scale-payer", "six-taxes-halved", "12000.00"),
    (
        "cn-qingqu",
        "four-key-group-hires-with-the-raise-of-the-province",
        "key-group-tax-credit",
        "31200.00",
    ),
    ("cn-qingqu", "levy-of-a-hundred-staff-with-one", "disabled-employment-levy", "20000.00"),
    ("cn-qingqu", "levy-of-thirty-staff-in-the-city", "disabled-employment-levy", None),
    ("cn-qingqu", "renovation-of-18-million", "technical-renovation", "1800000.00"),
    ("cn-qingqu", "renovation-of-60-million", "technical-renovation", "7200000.00"),
    ("cn-qingqu", "renovation-of-90-million", "technical-renovation", "10000000.00"),
    ("cn-qingqu", "sme-promoted-from-province-to-national", "specialised-sme-award", "300000.00"),
    ("cn", "childcare-born-2025", "childcare-subsidy", "3600.00"),
    ("cn", "childcare-born-2023-under-three-all-year", "childcare-subsidy", "3600.00"),
    ("cn", "childcare-born-2022-three-in-june", "childcare-subsidy", "1800.00"),
    ("cn-qingqu", "both-allowances", "disability-allowances", "220.00"),
    ("cn", "benefit-of-4-9-years", "unemployment-benefit", "12"),
    ("cn", "benefit-of-10-years", "unemployment-benefit", "24"),
)


@pytest.fixture(scope="module")
def city() -> Pack:
    loaded = loader.load(sources.read_layers(PACKS, "cn-qingqu"), "cn-qingqu")
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


@pytest.mark.parametrize(("layer", "name", "policy", "amount"), VECTORS)
def test_a_worked_example_is_a_test_of_a_pack(
    city: Pack, layer: str, name: str, policy: str, amount: str | None
) -> None:
    test = next(one for one in city.layer_tests[layer] if one.name == name)
    assert test.policy == policy
    if amount is None:
        assert (test.expect.result, test.expect.amount) == ("near", None)
        assert test.expect.failing
    else:
        assert test.expect.result == "eligible"
        assert Decimal(str(test.expect.amount)) == Decimal(amount)


@pytest.mark.parametrize(
    "policy",
    [
        "hi-tech-award", "rd-super-deduction", "small-low-profit-tax", "six-taxes-halved", "small-scale-vat-relief",
        "job-stability-refund", "job-expansion-subsidy", "start-up-loan-person", "start-up-loan-firm",
        "key-group-tax-credit", "disabled-employment-levy", "technical-renovation", "specialised-sme-award",
        "smart-factory-award", "software-revenue-award", "first-edition-software-award", "childcare-subsidy",
        "disability-allowances", "old-age-allowance", "unemployment-benefit", "skill-subsidy",
        "flexible-work-subsidy", "founder-grant", "car-trade-in", "talent-subsidy",
    ],
)  # fmt: skip
def test_every_policy_is_there_with_a_case_that_pays_and_one_that_does_not(city: Pack, policy: str) -> None:
    assert policy in city.policies
    results = {t.expect.result for layer in city.layer_tests.values() for t in layer if t.policy == policy}
    assert "eligible" in results
    assert results & {"near", "not"}


def test_choices_inside_a_sum_are_not_counted_as_branches(city: Pack) -> None:
    tests = [test for test in city.layer_tests["cn"] if test.policy == "childcare-subsidy"]
    covered = {rule.address: rule for rule in coverage.coverage(city, tests).rules}
    amount = covered["policies/childcare-subsidy#amount"]
    assert (amount.branches, amount.taken, amount.missing) == (0, set(), ())
