"""Demo people and what offices hold about them. Calls actions only, and refuses a production database.

Everybody and everything here is fictional. Loading again changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import actions as identity
from tongban.base.identity import queries as people
from tongban.base.kit.acting import Acting, system
from tongban.core.packs.pack import Pack
from tongban.core.values import identifiers
from tongban.doors.demo import population as residents
from tongban.doors.demo import sharing, shop
from tongban.doors.demo.people import PEOPLE, Person
from tongban.records.catalogue import actions as catalogue
from tongban.records.licences import actions as licences

if TYPE_CHECKING:
    from tongban.base.identity.models import Subject


class NotADemo(RuntimeError):
    """Demo content never goes into a database that was not stamped for it."""


HOME = "990100"
"""The city whose offices hold something about the demo people; a second node has only the people."""
SHOP = "青衢市云溪区春风面馆"
SHOP_ADDRESS = "青衢市云溪区青石街道南桥路18号1层"
PROPERTIES = (
    {"address": SHOP_ADDRESS, "owner": "林晓晨", "usage": "commercial", "area": "320.00", "unit_number": "990101001001GB00018F00010001"},
    {"address": "青衢市青石区柳岸街6号102室", "owner": "柳岸置业有限公司", "usage": "commercial", "area": "86.50", "unit_number": "990102002003GB00006F00010102"},
    {"address": "青衢市白鹭区湖滨路120号2层", "owner": "白鹭商业管理有限公司", "usage": "mixed", "area": "410.00", "unit_number": "990103001002GB00120F00010002"},
    {"address": "青衢市南桥区桥头路9号1单元101室", "owner": "何平", "usage": "residential", "area": "92.30", "unit_number": "990104003001GB00009F00010101"},
)  # fmt: skip


BANK = "青衢演示银行"


def load(*, now: datetime, population: bool = True) -> list[tuple[str, str]]:
    """Load what is not there yet; returns (name, who it is) of everybody to choose from.

    Without `population` only the people and what their own stories need.
    """
    if not audit.is_demo():
        raise NotADemo("demo content goes only into a database stamped demo")
    pack = directory.pack_in_force(now)
    acting = system(now, pack.manifest.jurisdiction, "demo content", time_zone=pack.manifest.time_zone)
    here = [
        p
        for p in PEOPLE
        if p.authority is None or any(o.authority == p.authority for o in pack.organisations.values())
    ]
    for person in here:
        _person(acting, pack, person)
    if pack.manifest.jurisdiction == HOME:
        _registries(acting, pack)
        _firm(acting, PEOPLE[0].username, SHOP, "Spring Breeze Noodles", 1001)
        _firm(acting, "demo-bank", BANK, "Qingqu Demo Bank", 1002, prefix="91")
        _business_licence(acting, pack)
        sharing.agree(acting=acting, pack=pack)
        if population:
            residents.settle(acting=acting, pack=pack)
            shop.open_shop(acting=acting, pack=pack)
    return [(f"{p.name} {p.name_en}", p.what) for p in here]


def _person(acting: Acting, pack: Pack, person: Person) -> None:
    account = people.account_by_name(person.username) or identity.register_person(
        acting=acting, username=person.username, name=person.name, name_en=person.name_en, identifier=person.identifier,
        phone=person.phone,
    )  # fmt: skip
    if person.role is None:
        kind = pack.licences["resident_id_card"]
        organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer)
        licences.register(
            acting=acting, kind=kind, pack=pack, organisation=organ, holder=account.person, holder_name=person.name,
            number=person.identifier, values={}, on=date(2021, 6, 1), valid_to=date(2041, 5, 31),
        )  # fmt: skip
    else:
        organ = next(o for o in pack.organisations.values() if o.authority == person.authority)
        identity.appoint(
            acting=acting,
            account=account,
            organisation=organ.id,
            role=person.role,
            place=pack.manifest.jurisdiction,
            leads=person.leads,
        )


def _registries(acting: Acting, pack: Pack) -> None:
    for row in PROPERTIES:
        for resource in pack.resources.values():
            if resource.key in row:
                catalogue.keep_row(resource=resource, values=row, now=acting.now)


def _firm(
    acting: Acting, username: str, name: str, name_en: str, sequence: int, prefix: str = "92"
) -> Subject:
    code = identifiers.make_credit_code(prefix, f"{HOME[:4]}01", sequence)
    owner = people.account_by_name(username)
    assert owner is not None
    return people.subject_by_identifier(code) or identity.register_enterprise(
        acting=acting, name=name, name_en=name_en, identifier=code, representative=owner.person
    )


def _business_licence(acting: Acting, pack: Pack) -> None:
    """The first applicant's firm got its business licence in an earlier year."""
    firm = _firm(acting, PEOPLE[0].username, SHOP, "Spring Breeze Noodles", 1001)
    kind = pack.licences["business_licence"]
    organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer)
    licences.register(
        acting=acting, kind=kind, pack=pack, organisation=organ, holder=firm, holder_name=SHOP, number=firm.identifier or "",
        values={"name": SHOP, "kind": "individual", "operator": PEOPLE[0].name, "address": SHOP_ADDRESS, "scope": "catering"},
        on=date(2024, 4, 18),
    )  # fmt: skip
