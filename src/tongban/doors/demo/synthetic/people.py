"""Persons as they plausibly are: an age pyramid, and work, schooling, children, illness and loans that go with age.

Nothing here is measured; see `firms`.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np

from tongban.doors.demo.synthetic.draws import EPOCH, Block, fen

_AGES: Final = (
    (0, 0.1),
    (10, 0.105),
    (20, 0.105),
    (30, 0.16),
    (40, 0.145),
    (50, 0.16),
    (60, 0.12),
    (70, 0.07),
    (80, 0.028),
    (90, 0.007),
)
"""First age of ten years, and their share."""


def people(block: Block) -> None:
    """All facts about persons that the national and the sample packs know."""
    random, today = block.random, (block.at - EPOCH).days
    firsts = np.array([first for first, _share in _AGES])
    decade = random.choice(
        firsts, block.n, p=np.array([share for _first, share in _AGES]) / sum(s for _f, s in _AGES)
    )
    days_old = (decade + random.random(block.n) * 10) * 365.25
    age = days_old / 365.25
    block.put(
        born_on=np.floor(today - days_old).astype(np.int64), claim_on=np.full(block.n, today), registered_here=block.chance(0.72)
    )  # fmt: skip
    block.beside["age_band"] = np.array([f"{first}-{first + 9}" for first, _share in _AGES], dtype=object)[
        (np.maximum(age, 0) // 10).astype(np.int64).clip(0, len(_AGES) - 1)
    ]
    working = (age >= 18) & (age < 62)
    _work(block, age, working)
    _schooling(block, age)
    _care(block, age)
    _founding(block, age, working)
    _cars(block, age)
    parents = (age >= 20) & (age < 46)
    counts = np.where(parents & block.chance(0.5), random.choice([1, 2, 3], block.n, p=[0.62, 0.33, 0.05]), 0)
    counts = np.minimum(counts, 1 + np.maximum(0, (age - 20) // 2).astype(np.int64))
    total = int(counts.sum())
    # a child is at most seventeen, and was born when its parent was twenty or older
    oldest = np.minimum(365 * 17, np.maximum(0, days_old - 20 * 365.25))
    born = today - np.floor(random.random(total) * np.repeat(oldest, counts)).astype(np.int64)
    block.put(
        childcare_claimant=np.where(
            counts > 0, "parent", block.pick({"guardian": 0.02, "nobody": 0.98})
        ).astype(object)
    )
    block.put_members(
        "children", counts, born=born, lawful=random.random(total) < 0.99,
        claimed_by_other=random.random(total) < 0.4,
    )  # fmt: skip


def _work(block: Block, age: Any, working: Any) -> None:
    random = block.random
    months = np.where(
        working, np.minimum(np.maximum(0, (age - 20) * 12 * random.beta(2, 1.6, block.n)), 719), 0
    ).astype(np.int64)
    jobless = working & block.chance(0.05)
    kinds = {
        "hard_to_employ": 0.09,
        "near_retirement": np.where(age >= 55, 0.3, 0.0),
        "graduate": np.where(age < 26, 0.3, 0.0),
        "other_worker": 0.9,
    }
    flexible = working & ~jobless & block.chance(0.2)
    skilled = working & block.chance(0.16)
    certified = block.days(date(block.at.year - 3, 1, 1), block.at)
    block.put(
        unemployment_paid_months=months, insured_here_months=np.floor(months * random.random(block.n)).astype(np.int64),
        registered_jobless=jobless, left_job_unwillingly=jobless & block.chance(0.6),
        flexible_worker=block.pick(kinds), flexible_premium_paid=fen(np.where(flexible, block.skewed(7_200, 0.3), 0)),
        flexible_subsidised_months=np.where(flexible, random.integers(0, 48, block.n), 0),
        skill_level=block.pick({"junior": 0.3, "middle": 0.3, "senior": 0.2, "technician": 0.08, "senior_technician": 0.02, "other_level": 0.1}),
        skill_certificate_on=certified, skill_same_claimed=skilled & block.chance(0.1), skill_claims_this_year=np.where(skilled & block.chance(0.3), 1, 0),
    )  # fmt: skip
    block.none["skill_level"] = block.none["skill_certificate_on"] = ~skilled
    block.none["flexible_worker"] = ~flexible


def _schooling(block: Block, age: Any) -> None:
    grown = age >= 21
    degree = block.pick(
        {"bachelor": np.where(age < 45, 0.25, 0.08), "master": np.where(age < 45, 0.05, 0.01), "doctor": 0.005, "no_degree": 0.75}
    )  # fmt: skip
    at = np.where(degree == "doctor", 29, np.where(degree == "master", 25, 22))
    left = (block.columns["born_on"] + at * 365.25).astype(np.int64)
    none = (degree == "no_degree") | ~grown | (age < at)
    begun = left + block.random.integers(-60, 900, block.n)
    today = (block.at - EPOCH).days
    block.put(
        degree=np.where(none, "no_degree", degree).astype(object), graduated_on=np.minimum(left, today),
        insured_here_since=np.minimum(begun, today), talent_subsidy_drawn=~none & block.chance(0.3),
    )  # fmt: skip
    block.none["graduated_on"] = none
    block.none["insured_here_since"] = block.columns["insured_here_months"] == 0


def _care(block: Block, age: Any) -> None:
    ill = block.chance(0.02 + 0.0011 * np.maximum(0, age - 30))
    grade = block.random.choice([1, 2, 3, 4], block.n, p=[0.13, 0.23, 0.27, 0.37])
    block.put(
        disability_grade=grade, low_income_family=block.chance(np.where(ill, 0.22, 0.03)),
        needs_long_care=block.chance(np.where(ill & (grade <= 2), 0.6, np.where(age > 80, 0.3, 0.004))),
        elder_nursing_monthly=fen(np.where((age >= 80) & block.chance(0.2), 100, 0) * np.ones(block.n)),
    )  # fmt: skip
    block.none["disability_grade"] = ~ill


def _founding(block: Block, age: Any, working: Any) -> None:
    """Who founds a firm as a graduate is young then; nobody founds one before eighteen, or is jobless beside it."""
    founds = working & ~block.columns["registered_jobless"] & block.chance(0.06)
    owes = founds & block.chance(0.4)
    principal = np.where(owes, np.round(np.minimum(block.skewed(190_000, 0.6), 9e7), -3), 0)
    rate = np.where(owes, np.round(np.clip(3.7 + 0.6 * block.random.standard_normal(block.n), 2.8, 9), 2), 0)
    months = np.floor(block.random.random(block.n) * np.clip((age - 18) * 12, 1, 120)).astype(np.int64)
    begun = age - months / 12
    kinds = {
        "graduate": np.where((begun >= 21) & (begun < 30), 0.4, 0.0),
        "registered_jobless": 0.15,
        "other_founder": 0.7,
    }
    block.put(
        founder_kind=block.pick(kinds), own_firm_months=np.where(founds, months, 0),
        own_firm_insured_hires=np.where(founds, block.random.poisson(1.4, block.n), 0), founder_grant_drawn=founds & block.chance(0.1),
        own_loan_principal=fen(principal), own_loan_rate=rate, own_loan_interest=fen(principal * rate / 100),
        own_loan_months=np.where(owes, block.random.choice([12, 24, 36, 48], block.n), 1),
    )  # fmt: skip
    block.none["founder_kind"] = ~founds


def _cars(block: Block, age: Any) -> None:
    buys = (age >= 20) & (age < 75) & block.chance(0.05)
    swaps = buys & block.chance(0.55)
    bought = block.days(date(block.at.year - 2, 1, 1), block.at)
    block.put(
        new_car=block.pick({"new_energy": 0.5, "small_engine": 0.38, "large_engine": 0.12}), new_car_invoice_on=bought,
        old_car=block.pick({"scrap": 0.35, "swap": 0.65}), old_car_gone_on=bought + block.random.integers(-90, 30, block.n),
        car_grant_this_year=block.chance(0.01),
    )  # fmt: skip
    block.none["new_car"] = block.none["new_car_invoice_on"] = ~buys
    block.none["old_car"] = block.none["old_car_gone_on"] = ~swaps
