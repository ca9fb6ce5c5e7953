"""The department that needs the property registry asks for three fields, and its steward agrees.

Without this the look-up of an application is refused, as it must be.
"""

from __future__ import annotations

from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.doors.demo import posts
from tongban.records.catalogue import actions as catalogue
from tongban.records.catalogue import queries

RESOURCE = "property-registry"
FIELDS = ("owner", "usage", "area")
EVENT = "open-restaurant"
PURPOSE = "sharing of data"


def agree(*, acting: Acting, pack: Pack) -> None:
    """Ask and grant, once; both are officers' acts with their own entries in the audit."""
    if queries.grants_on(RESOURCE).exists():
        return
    asked = catalogue.request_sharing(
        acting=posts.acting_as(acting, "demo-market", PURPOSE), resource=RESOURCE, fields=FIELDS,
        purpose="核对开办餐饮店的经营场所：权利人、用途、面积", articles=pack.resources[RESOURCE].articles, event=EVENT,
    )  # fmt: skip
    catalogue.decide(
        acting=posts.acting_as(acting, "demo-registry", PURPOSE), number=asked.number, outcome="granted"
    )
