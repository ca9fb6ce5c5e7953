"""Fictional firms with food permits of the last months, so that there is something to count.

From a fixed seed: the same firms every time, relative to the month in which the demo was made.
"""

from __future__ import annotations

import random
from datetime import date, timedelta

from tongban.base.identity import actions as identity
from tongban.base.identity import queries as people
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.core.values import identifiers
from tongban.records.licences import actions as licences

SEED = 20261125
MONTHS = 3
KIND = "food_business_permit"
TRADES = ("catering", "catering_and_food_sales")
FIRST_CODE = 5000
FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
KINDS = ("面馆", "饭店", "小吃店", "茶饮店", "烧烤店", "快餐店")


def settle(*, acting: Acting, pack: Pack) -> int:
    """Register the permits of about a hundred firms; returns how many there are. Does nothing the second time."""
    chance = random.Random(SEED)  # noqa: S311  (a seeded generator of fiction)
    districts = [place for place in pack.places.values() if place.parent]
    owner = people.account_by_name("demo-neighbour")
    assert owner is not None
    first_code = identifiers.make_credit_code("92", districts[0].code, FIRST_CODE)
    if people.subject_by_identifier(first_code) is not None:
        return 0
    made = 0
    for month in range(1, MONTHS + 1):
        for place in districts:
            for trade, high in zip(TRADES, (9, 5), strict=True):
                for _ in range(chance.randint(2, high)):
                    day = _day(acting.today, month, chance)
                    _firm(acting, pack, place.code, trade, FIRST_CODE + made, day, chance, place.name.zh)
                    made += 1
    return made


def _day(today: date, months_ago: int, chance: random.Random) -> date:
    last = today.replace(day=1)
    for _ in range(months_ago - 1):
        last = (last - timedelta(days=1)).replace(day=1)
    return (last - timedelta(days=1)).replace(day=chance.randint(1, 28))


def _firm(
    acting: Acting,
    pack: Pack,
    division: str,
    trade: str,
    sequence: int,
    day: date,
    chance: random.Random,
    district: str,
) -> None:
    name = f"{district}{chance.choice(FAMILY)}记{chance.choice(KINDS)}{sequence - FIRST_CODE + 1}号（虚构）"
    kind = pack.licences[KIND]
    organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer)
    firm = identity.register_enterprise(
        acting=acting,
        name=name,
        identifier=identifiers.make_credit_code("92", division, sequence),
        representative=None,
    )
    licences.register(
        acting=acting, kind=kind, pack=pack, organisation=organ, holder=firm, holder_name=name, number=f"JY{division}{sequence:08d}",
        values={"name": name, "trade": trade}, on=day,
    )  # fmt: skip
