"""Firms that a park offers factories to, and rounds of that offer."""

from __future__ import annotations

from typing import Any

from tests.work.policies.grants import Town
from tests.work.policies.listed import drawn, told

from tongban.core.values.text import Bilingual
from tongban.work.policies import models

FACTORY = "standard-factory"
INDUSTRY = "qingqu-industry"
EACH = 20
"""Square metres for each of the staff."""


def maker(town: Town, *, staff: int, points: int, owner: str = "demo-lin") -> Any:
    """A firm that makes goods: 2 points for hi-tech, 1 for a title."""
    firm = town.shop(owner=owner, permit=None)
    town.say(
        firm, trade="manufacturing", staff_now=staff, hi_tech_status="first" if points >= 2 else "none",
        sme_title="province" if points % 2 else "none",
    )  # fmt: skip
    return firm


def set_aside(town: Town, monkeypatch: Any, square_metres: int, **changes: Any) -> None:
    """So much of it this year."""
    budget = (
        town.pack.policies[FACTORY].budget[0].model_copy(update={"year": 2026, "total_fen": square_metres})
    )
    town.put_in_force(monkeypatch, of=FACTORY, **{"budget": (budget,), **changes})


def offered(town: Town) -> models.Round:
    return drawn(town, some=100, policy=FACTORY, organisation=INDUSTRY)


def given_out(town: Town) -> models.Round:
    return told(town, offered(town), some=100, organisation=INDUSTRY)


def states(row: models.Round) -> list[tuple[int, int, str]]:
    """(rank, given, state) in the order of the list."""
    lines = row.lines.select_related("entitlement").order_by("rank")
    return [(line.rank, line.given_fen, line.entitlement.state if line.entitlement else "") for line in lines]


def unit() -> Bilingual:
    return Bilingual(zh="平方米", en="m²")
