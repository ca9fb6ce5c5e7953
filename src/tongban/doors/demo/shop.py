"""The data operator has registered a product, pinned its first snapshot and put it on offer."""

from __future__ import annotations

from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.doors.demo import posts
from tongban.work.market import queries
from tongban.work.market.actions import assets, offers

PRODUCT = "food-permits-monthly"


def open_shop(*, acting: Acting, pack: Pack) -> None:
    """Once; every step is the operator's own act."""
    if queries.offer(PRODUCT) is not None:
        return
    operator = posts.acting_as(acting, "demo-operator", "operation of public data")
    found = offers.register_product(
        acting=operator, product=PRODUCT, opinion="仅含按月、区、业态的计数，不含个人信息和企业名称（演示意见）",
        opinion_by="演示合规审查组",
    )  # fmt: skip
    offers.pin_snapshot(acting=operator, registration=found.id)
    offers.list_product(acting=operator, registration=found.id)
    assets.capitalise(acting=operator, registration=found.id, conditions=assets.CONDITIONS)
