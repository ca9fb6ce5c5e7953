"""Demo people and what offices hold about them. Calls actions only, and refuses a production database.

Everybody and everything here is fictional. Loading again changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import actions as identity
from tongban.base.identity import queries as identity_queries
from tongban.base.kit.acting import Acting, system
from tongban.core.packs.pack import Pack
from tongban.core.values import identifiers
from tongban.records.catalogue import actions as catalogue
from tongban.records.licences import actions as licences

if TYPE_CHECKING:
    from tongban.base.identity.models import Account


class NotADemo(RuntimeError):
    """Demo content never goes into a database that was not stamped for it."""


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    name_en: str
    identifier: str
    phone: str
    what: str
    """For the terminal: who this is."""
    authority: str | None = None
    role: str | None = None


PEOPLE = (
    Person("demo-lin", "林晓晨", "Lin Xiaochen", "990101199003150004", "13800001234", "applicant, holds a business licence"),
    Person("demo-shen", "沈一禾", "Shen Yihe", "990102199207220003", "13800005678", "applicant, has no business licence yet"),
    Person("demo-market", "周一鸣", "Zhou Yiming", "990101198511020005", "", "officer, market regulation", "market-regulation", "officer"),
    Person("demo-urban", "顾明远", "Gu Mingyuan", "990103198206180006", "", "officer, urban management", "urban-management", "officer"),
    Person("demo-fire", "陈知夏", "Chen Zhixia", "990104198804040002", "", "officer, fire and rescue", "fire-rescue", "officer"),
    Person("demo-window", "何汀兰", "He Tinglan", "990101199512120003", "", "window clerk", "data-bureau", "clerk"),
    Person("demo-auditor", "严慎之", "Yan Shenzhi", "990101197801010007", "", "auditor", "data-bureau", "auditor"),
)  # fmt: skip

SHOP = "青衢市云溪区春风面馆"
SHOP_ADDRESS = "青衢市云溪区青石街道南桥路18号1层"
PROPERTIES = (
    {"address": SHOP_ADDRESS, "owner": "林晓晨", "usage": "commercial", "area": "320.00", "unit_number": "990101001001GB00018F00010001"},
    {"address": "青衢市青石区柳岸街6号102室", "owner": "柳岸置业有限公司", "usage": "commercial", "area": "86.50", "unit_number": "990102002003GB00006F00010102"},
    {"address": "青衢市白鹭区湖滨路120号2层", "owner": "白鹭商业管理有限公司", "usage": "mixed", "area": "410.00", "unit_number": "990103001002GB00120F00010002"},
    {"address": "青衢市南桥区桥头路9号1单元101室", "owner": "何平", "usage": "residential", "area": "92.30", "unit_number": "990104003001GB00009F00010101"},
)  # fmt: skip


def load(*, now: datetime) -> list[tuple[str, str]]:
    """Load what is not there yet; returns (name, who it is) of everybody to choose from."""
    if not audit.is_demo():
        raise NotADemo("demo content goes only into a database stamped demo")
    pack = directory.pack_in_force(now)
    acting = system(now, pack.manifest.jurisdiction, "demo content", time_zone=pack.manifest.time_zone)
    for row in PROPERTIES:
        for resource in pack.resources.values():
            if resource.key in row:
                catalogue.keep_row(resource=resource, values=row, now=now)
    for person in PEOPLE:
        account = identity_queries.account_by_name(person.username) or _register(acting, person)
        if person.role is None:
            _identity_card(acting, pack, account, person)
        else:
            organ = next(o for o in pack.organisations.values() if o.authority == person.authority)
            identity.appoint(
                acting=acting, account=account, organisation=organ.id, role=person.role, place=pack.manifest.jurisdiction
            )
    _shop_of_the_first(acting, pack)
    return [(f"{p.name} {p.name_en}", p.what) for p in PEOPLE]


def _register(acting: Acting, person: Person) -> Account:
    number = _with_check(person.identifier)
    return identity.register_person(
        acting=acting, username=person.username, name=person.name, name_en=person.name_en, identifier=number, phone=person.phone
    )


def _with_check(number: str) -> str:
    """The demo numbers are written with any last character; the right one is computed."""
    from stdnum.iso7064 import mod_11_2

    return number[:17] + mod_11_2.calc_check_digit(number[:17])


def _identity_card(acting: Acting, pack: Pack, account: Account, person: Person) -> None:
    kind = pack.licences["resident_id_card"]
    organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer)
    licences.register(
        acting=acting, kind=kind, pack=pack, organisation=organ, holder=account.person, holder_name=person.name,
        number=_with_check(person.identifier), values={}, on=date(2021, 6, 1), valid_to=date(2041, 5, 31),
    )  # fmt: skip


def _shop_of_the_first(acting: Acting, pack: Pack) -> None:
    """The first applicant's firm, with the business licence it got in an earlier year."""
    owner = identity_queries.account_by_name(PEOPLE[0].username)
    assert owner is not None
    code = identifiers.make_credit_code("92", "990101", 1001)
    firm = identity_queries.subject_by_identifier(code) or identity.register_enterprise(
        acting=acting, name=SHOP, name_en="Spring Breeze Noodles", identifier=code, representative=owner.person
    )
    kind = pack.licences["business_licence"]
    organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer)
    licences.register(
        acting=acting, kind=kind, pack=pack, organisation=organ, holder=firm, holder_name=SHOP, number=code,
        values={"name": SHOP, "kind": "individual", "operator": owner.person.name, "address": SHOP_ADDRESS, "scope": "catering"},
        on=date(2024, 4, 18),
    )  # fmt: skip
