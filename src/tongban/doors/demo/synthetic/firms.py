"""Firms as they plausibly are: many small ones and few large ones, in trades that differ, with what follows from that.

Nothing here is measured; the shapes are chosen so that each policy finds some and not others. Names are those of the
facts of the national pack; where a pack does not know a name, it is left out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import numpy as np

from tongban.doors.demo.synthetic.draws import Block, fen

_TRADES: Final = {
    # code: (share, staff in the middle, yuan of sales for each of the staff, margin)
    "manufacturing": (0.17, 14, 620_000, 0.055),
    "integrated_circuits": (0.004, 45, 900_000, 0.08),
    "machine_tools": (0.008, 22, 650_000, 0.06),
    "software": (0.06, 9, 520_000, 0.09),
    "tobacco_making": (0.0005, 120, 3_000_000, 0.2),
    "lodging_and_catering": (0.17, 5, 210_000, 0.05),
    "wholesale_and_retail": (0.3, 4, 900_000, 0.025),
    "real_estate": (0.02, 9, 900_000, 0.07),
    "leasing_and_business_services": (0.1, 5, 420_000, 0.06),
    "entertainment": (0.02, 6, 260_000, 0.05),
    "other_trade": (0.1475, 6, 380_000, 0.05),
}


def firms(block: Block) -> None:
    """All facts about enterprises that the national and the sample packs know."""
    random = block.random
    trade = block.pick({name: share for name, (share, *_rest) in _TRADES.items()})
    staff_middle, sales_each, margin = (_of_trade(trade, place) for place in (1, 2, 3))
    size = random.standard_normal(block.n)
    staff = np.clip(np.floor(staff_middle * np.exp(1.15 * size)), 1, 200_000).astype(np.int64)
    sales = staff * block.skewed(sales_each, 0.55)
    profit = sales * (margin + 0.05 * random.standard_normal(block.n))
    entity = block.pick(
        {"individual": np.where(staff <= 8, 0.62, 0.05), "company": np.where(staff <= 8, 0.31, 0.86),
         "partnership": 0.03, "branch": np.where(staff > 3, 0.06, 0.04)}
    )  # fmt: skip
    firm = np.isin(entity, ["company", "branch"])
    block.put(trade=trade, entity=entity, staff_now=staff)
    block.beside |= {"industry": trade, "size": _size(staff, sales)}
    last = np.clip(np.rint(staff * block.skewed(1, 0.12)), 1, 900_000).astype(np.int64)
    hired = random.binomial(staff, np.clip(0.13 + 0.1 * random.standard_normal(block.n), 0, 0.6))
    left = np.where(block.chance(0.16), random.binomial(last, np.clip(block.skewed(0.05, 0.8), 0, 0.7)), 0)
    quarter = np.round((staff + last) / 2, 2)
    wage = block.skewed(72_000, 0.28)
    block.put(
        staff_last_year=last, staff_insured_last_year=np.maximum(1, random.binomial(last, 0.9)), layoffs_last_year=left,
        staff_hired_this_year=hired, staff_by_quarter=quarter, average_wage_last_year=fen(np.minimum(wage, 5e6)),
        disabled_staff_last_year=np.where(last >= 25, random.binomial(last, 0.011), 0),
        unemployment_premium_last_year=fen(last * wage * 0.9 * 0.01),
        unemployment_insured_months=np.minimum(block.skewed(38, 0.9).astype(np.int64), 600),
        firm_size=_size(staff, sales),
        assets_by_quarter=fen(np.clip(sales * block.skewed(0.9, 0.7), 10_000, 9e10)),
        taxable_income=fen(np.clip(profit, 0, 9e10)),
    )  # fmt: skip
    _taxes(block, sales, firm)
    _research(block, trade, sales, firm)
    _projects(block, trade, sales, staff)
    _loans(block, staff)
    _shops(block, trade, staff)
    _hires(block, hired)


def _of_trade(trade: Any, place: int) -> Any:
    found = np.zeros(len(trade))
    for name, of in _TRADES.items():
        found[trade == name] = of[place]
    return found


def _size(staff: Any, sales: Any) -> Any:
    """As industry is sorted by staff and sales; other trades have other lines, which does not matter here."""
    large = (staff >= 1000) & (sales >= 400e6)
    medium = (staff >= 300) & (sales >= 20e6) & ~large
    small = (staff >= 20) & (sales >= 3e6) & ~large & ~medium
    return np.select([large, medium, small], ["large", "medium", "small"], "micro").astype(object)


def _taxes(block: Block, sales: Any, firm: Any) -> None:
    payer = np.where(sales > 5e6, "general", np.where(block.chance(0.9), "small_scale", "general")).astype(
        object
    )
    period = np.where(block.chance(0.75), "quarter", "month").astype(object)
    part = sales * np.where(period == "quarter", 0.25, 1 / 12)
    vat = np.where(payer == "general", sales * 0.028, sales * 0.01)
    block.put(
        vat_payer=payer, vat_period=period, vat_sales=fen(np.minimum(part, 9e9)),
        city_construction_tax_due=fen(np.minimum(vat * 0.07, 9e9)), education_surcharge_due=fen(np.minimum(vat * 0.03, 9e9)),
        local_education_surcharge_due=fen(np.minimum(vat * 0.02, 9e9)), stamp_tax_due=fen(np.minimum(sales * 0.0003, 9e9)),
        property_tax_due=fen(np.where(block.chance(0.14), np.minimum(sales * block.skewed(0.004, 0.8), 9e9), 0)),
        land_use_tax_due=fen(np.where(block.chance(0.1), np.minimum(sales * block.skewed(0.002, 0.8), 9e9), 0)),
        resource_tax_due=fen(np.where(block.chance(0.004), np.minimum(sales * 0.02, 9e9), 0)),
        farmland_tax_due=fen(np.where(block.chance(0.001), 250_000, 0) * np.ones(block.n)),
    )  # fmt: skip
    income = block.columns["taxable_income"] / 100
    small = (
        (income <= 3e6)
        & (block.columns["staff_by_quarter"] <= 300)
        & (block.columns["assets_by_quarter"] <= 5e9)
    )
    block.put(income_tax_way=np.where(firm & small, "small_low_profit", "ordinary").astype(object))


def _research(block: Block, trade: Any, sales: Any, firm: Any) -> None:
    inclined = np.select(
        [np.isin(trade, ["software", "integrated_circuits"]), np.isin(trade, ["manufacturing", "machine_tools"])], [0.5, 0.22], 0.02
    )  # fmt: skip
    does = block.chance(inclined) & firm
    spent = np.where(does, sales * block.skewed(0.05, 0.7), 0)
    certified = does & (spent / np.maximum(sales, 1) > 0.035) & block.chance(0.35)
    status = np.where(
        certified, block.pick({"first": 0.45, "renewed": 0.5, "moved_in": 0.05}), "none"
    ).astype(object)
    way = np.where(certified, "hi_tech", block.columns["income_tax_way"]).astype(object)
    title = np.where(
        certified & (sales > 8e6), block.pick({"none": 0.6, "province": 0.34, "national": 0.06}), "none"
    ).astype(object)
    had = np.where(title == "none", "none", np.where(block.chance(0.45), "province", "none")).astype(object)
    software = np.where(trade == "software", sales * np.minimum(block.skewed(0.75, 0.3), 1), 0)
    listed = (trade == "software") & block.chance(0.03)
    block.put(
        rd_expensed=fen(np.minimum(spent * 0.85, 9e10)), rd_amortised=fen(np.minimum(spent * 0.15, 9e10)), hi_tech_status=status,
        hi_tech_valid=certified & block.chance(0.93), income_tax_way=way, sme_title=title, sme_title_rewarded=had,
        software_revenue_last_year=fen(np.minimum(software, 9e10)),
        software_revenue_best_before=fen(np.minimum(software * block.skewed(0.8, 0.3), 9e10)),
        first_edition_listed=listed, first_edition_rewarded=listed & block.chance(0.4),
    )  # fmt: skip


def _projects(block: Block, trade: Any, sales: Any, staff: Any) -> None:
    makes = np.isin(trade, ["manufacturing", "machine_tools", "integrated_circuits"])
    renews = makes & (staff >= 10) & block.chance(0.12)
    titled = makes & (staff >= 50) & block.chance(0.08)
    titles = {
        "future_factory": 0.04,
        "smart_province": 0.1,
        "smart_city": 0.26,
        "workshop_province": 0.2,
        "workshop_city": 0.4,
    }
    block.put(
        renovation_equipment=fen(np.where(renews, np.minimum(sales * block.skewed(0.12, 0.8), 9e9), 0)),
        renovation_funded_elsewhere=renews & block.chance(0.12),
        smart_factory_title=np.where(titled, block.pick(titles), "none").astype(object),
        smart_factory_rewarded=titled & block.chance(0.3),
    )  # fmt: skip


def _loans(block: Block, staff: Any) -> None:
    owes = block.chance(0.11) & (staff >= 2)
    principal = np.where(owes, np.minimum(np.round(block.skewed(1.4e6, 0.8), -4), 9e8), 0)
    rate = np.where(owes, np.round(np.clip(3.6 + 0.7 * block.random.standard_normal(block.n), 2.8, 9), 2), 0)
    months = np.where(owes, block.random.choice([12, 24, 36], block.n, p=[0.6, 0.3, 0.1]), 1)
    block.put(
        firm_loan_principal=fen(principal), firm_loan_rate=rate, firm_loan_months=months.astype(np.int64),
        firm_loan_interest=fen(principal * rate / 100),
    )  # fmt: skip


def _shops(block: Block, trade: Any, staff: Any) -> None:
    food = trade == "lodging_and_catering"
    shop = trade == "wholesale_and_retail"
    scope = np.where(
        food, block.pick({"catering": 0.8, "catering_and_food_sales": 0.2}),
        np.where(shop, block.pick({"food_sales": 0.25, "other": 0.75}), "other"),
    ).astype(object)  # fmt: skip
    area = np.clip(np.round(staff * block.skewed(18, 0.6), 2), 4, 49_000)
    begun = block.days(block.at - timedelta(days=365 * 9), block.at)
    block.put(business_scope=scope, area=area, food_permit_since=begun)
    block.none["food_permit_since"] = scope == "other"


def _hires(block: Block, hired: Any) -> None:
    """New people one by one, no more than twenty of a firm: what the policies count is few and young."""
    random = block.random
    counts = np.minimum(np.where(block.chance(0.5), hired, 0), 20)
    total = int(counts.sum())
    kinds = np.array(
        ["graduate_this_year", "graduate_2y", "youth_16_24_registered", "other_hire"], dtype=object
    )
    block.put_members(
        "new_hires", counts, kind=kinds[random.choice(4, total, p=[0.14, 0.08, 0.05, 0.73])], contract=random.random(total) < 0.93,
        paid_months=random.integers(0, 13, total), counted_before=random.random(total) < 0.06,
    )  # fmt: skip
    few = np.where(block.chance(0.08), np.minimum(hired, 6), 0)
    total = int(few.sum())
    block.put_members(
        "key_group_hires", few, insured=random.random(total) < 0.9, months=random.integers(0, 13, total),
        credited_months=random.integers(0, 37, total),
    )  # fmt: skip
