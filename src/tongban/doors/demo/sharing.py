"""The department that needs the property registry asks for three fields, and its steward agrees.

Without this the look-up of an application is refused, as it must be.
"""

from __future__ import annotations

from tongban.base.identity import queries as people
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import actions as catalogue
from tongban.records.catalogue import queries

RESOURCE = "property-registry"
FIELDS = ("owner", "usage", "area")
EVENT = "open-restaurant"


def agree(*, acting: Acting, pack: Pack) -> None:
    """Ask and grant, once; both are officers' acts with their own entries in the audit."""
    if queries.grants_on(RESOURCE).exists():
        return
    asked = catalogue.request_sharing(
        acting=_officer(acting, "demo-market"), resource=RESOURCE, fields=FIELDS,
        purpose="核对开办餐饮店的经营场所：权利人、用途、面积", articles=pack.resources[RESOURCE].articles, event=EVENT,
    )  # fmt: skip
    catalogue.decide(acting=_officer(acting, "demo-registry"), number=asked.number, outcome="granted")


def _officer(acting: Acting, username: str) -> Acting:
    account = people.account_by_name(username)
    assert account is not None
    post = people.post_of(account, acting.now)
    assert post is not None
    return Acting(
        account.pk, None, None, post.pk, post.organisation, post.role, post.place, "sharing of data", acting.now,
        acting.request_id, acting.time_zone,
    )  # fmt: skip
