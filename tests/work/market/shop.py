"""A small place whose data operator sells one product; its officers, a buyer, and permits to count."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from tests.records.licences.small_city import bilingual, credit_code

from tongban.base.kit.acting import Acting, system
from tongban.core.packs import model, model_data
from tongban.core.packs.pack import Pack

PLACE = "990100"
DISTRICTS = ("990101", "990102", "990103")
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
NEXT_MONTH = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
PRODUCT = "permit-counts"
SECRETS = ("云边小馆", "青石街", "MBDEM", "秘密经营者")
"""What stands in the rows that are counted: nothing of it may ever come out of the market."""

ORGANISATIONS = {
    "city-data": ("operator", "演示市数据运营公司", "Demo City Data Operations"),
    "city-market": ("market", "演示市市场监督管理局", "Demo City Market Regulation"),
    "city-health": ("health", "演示市卫生健康委员会", "Demo City Health Commission"),
    "city-police": ("police", "演示市公安局", "Demo City Police"),
}


def make_product(**changes: Any) -> model_data.Product:
    """Counts of a permit by month, district and trade; 100 yuan a call, shared 3 : 1 after the operator's 30 %."""
    given: dict[str, Any] = {
        "id": PRODUCT,
        "name": bilingual("许可证月度统计", "Monthly counts of permits"),
        "summary": bilingual(
            "按区和业态统计每月新发许可证", "Permits issued per month, by district and trade"
        ),
        "kind": "index",
        "operator": "operator",
        "licence": "shop-permit",
        "dimensions": ("month", "district", "trade"),
        "trade_field": "trade",
        "minimum_cell": 3,
        "price_fen": 10_600,
        "ceiling_fen": 20_000,
        "contributors": (
            model_data.Contributor(authority="market", weight=3),
            model_data.Contributor(authority="health", weight=1),
        ),
        "operator_share_percent": 30,
        "development_cost_fen": 55_000_000,
        "useful_months": 60,
    }
    return model_data.Product(**{**given, **changes})


def make_pack(product: model_data.Product | None = None) -> Pack:
    product = product or make_product()
    permit = model.LicenceKind(
        id="shop-permit", name=bilingual("小店许可证", "Shop permit"), holder="either", issuer="market",
        type_code=credit_code(18) + "001", validity=model.Validity(years=5),
        fields=(
            model.LicenceField(id="name", label=bilingual("名称", "Name"), given="holder_name", always_shown=True),
            model.LicenceField(id="address", label=bilingual("地址", "Address"), fact="address"),
            model.LicenceField(id="trade", label=bilingual("业态", "Trade"), fact="trade"),
        ),
    )  # fmt: skip
    facts = {
        "address": model.Fact(
            id="address", subject="enterprise", type="text", label=bilingual("地址", "Address")
        ),
        "trade": model.Fact(
            id="trade", subject="enterprise", type="code", codes="trades", label=bilingual("业态", "Trade")
        ),
    }
    trades = model.CodeList(
        id="trades", name=bilingual("业态", "Trades"),
        items=(model.CodeItem(code="noodles", label=bilingual("面食", "Noodles")), model.CodeItem(code="tea", label=bilingual("茶饮", "Tea"))),
    )  # fmt: skip
    places = {PLACE: model.Place(code=PLACE, name=bilingual("演示市", "Demo City"))} | {
        code: model.Place(code=code, name=bilingual(f"{code}区", f"District {code}"), parent=PLACE)
        for code in DISTRICTS
    }
    organisations = {
        id: model.Organisation(
            id=id, authority=role, name=bilingual(zh, en), place=PLACE, credit_code=credit_code(n)
        )
        for n, (id, (role, zh, en)) in enumerate(ORGANISATIONS.items(), start=1)
    }
    manifest = model.Manifest(
        id="cn-demo",
        version="1.0.0",
        name=bilingual("演示市", "Demo City"),
        jurisdiction=PLACE,
        licence="Apache-2.0",
    )
    nothing: dict[str, Any] = {
        name: MappingProxyType({})
        for name in (
            "laws",
            "parameters",
            "calendars",
            "authorities",
            "resources",
            "materials",
            "services",
            "life_events",
        )
    }
    return Pack(
        manifest=manifest, layers=(manifest,), digest="sha256:" + product.id.encode().hex()[:64].ljust(64, "0"), facts=facts,
        code_lists={"trades": trades}, organisations=organisations, licences={permit.id: permit}, places=places,
        products={product.id: product}, **nothing,
    )  # fmt: skip


@dataclass
class Shop:
    """The small place inside a database."""

    pack: Pack
    packs: dict[str, Pack] = field(default_factory=dict)
    """By digest; `pack` is the one in force."""

    def force(self, product: model_data.Product, digest: str) -> None:
        """Another content of the product comes into force."""
        self.pack = replace(make_pack(product), digest=digest)
        self.packs[digest] = self.pack

    def officer(
        self, organisation: str = "city-data", *, role: str = "officer", now: datetime = NOW
    ) -> Acting:
        return Acting(uuid4(), None, None, 1, organisation, role, PLACE, "official duty", now, uuid4().hex)

    def buyer(self, *, now: datetime = NOW, name: str = "演示银行") -> Acting:
        """An enterprise, represented by a person who acts for it; the same name gives the same one."""
        from tongban.base.identity import queries
        from tongban.base.identity.models import Account, Mandate, Subject

        person, _new = Subject.objects.get_or_create(
            kind="person", name=f"{name} 经办人", defaults={"created_at": NOW}
        )
        firm, new = Subject.objects.get_or_create(kind="enterprise", name=name, defaults={"created_at": NOW})
        if new:
            Mandate.objects.create(
                principal=firm, agent=person, ground="authorised", valid_from=datetime(2020, 1, 1, tzinfo=UTC)
            )
            Account.objects.create(username=f"buyer-{firm.pk}", person=person, password="!")
        mandate = queries.mandates_of(person, now).first()
        assert mandate is not None
        account = Account.objects.get(person=person)
        return Acting(
            account.pk, firm.pk, mandate.pk, None, None, "applicant", PLACE, "own matter", now, uuid4().hex
        )

    def permits(self, month: date, district: str, trade: str, count: int) -> None:
        """So many permits issued in a month to firms registered in a district."""
        from tongban.base.identity.models import Subject
        from tongban.records.licences import actions as licences
        from tongban.records.licences.models import Licence

        holder = Subject.objects.create(
            kind="enterprise",
            name=SECRETS[0],
            identifier=f"92{district}MBDEM{Subject.objects.count():05d}",
            created_at=NOW,
        )
        if not Licence.objects.exists():  # one of them by the front door, with a signed file
            licences.register(
                acting=system(NOW, PLACE, "test"), kind=self.pack.licences["shop-permit"], pack=self.pack,
                organisation=self.pack.organisations["city-market"], holder=holder, holder_name=SECRETS[0], number="JY-1",
                values={"address": SECRETS[1], "trade": trade}, on=month,
            )  # fmt: skip
            count -= 1
        start = Licence.objects.count()
        Licence.objects.bulk_create(
            Licence(
                kind="shop-permit", identifier=f"id-{n}", number=f"JY-MBDEM-{n}", holder=holder, holder_name=SECRETS[0],
                issuer_organisation="city-market", place=PLACE, issue_date=month, valid_from=month, source="register",
                claims={"name": SECRETS[0], "address": SECRETS[1], "operator": SECRETS[3], "trade": trade}, pack_digest=self.pack.digest,
            )
            for n in range(start, start + count)
        )  # fmt: skip

    def fill(self) -> None:
        """Two months, three districts, two trades: one small cell among larger ones; some of this month too."""
        counts = {
            ("990101", "noodles"): (2, 8), ("990101", "tea"): (9, 6), ("990102", "noodles"): (7, 5),
            ("990102", "tea"): (12, 11), ("990103", "noodles"): (20, 21), ("990103", "tea"): (15, 14),
        }  # fmt: skip
        for (district, trade), (september, october) in counts.items():
            self.permits(date(2026, 9, 10), district, trade, september)
            self.permits(date(2026, 10, 10), district, trade, october)
        self.permits(date(2026, 11, 3), "990101", "tea", 1)

    # -- the way of a product, step by step

    def registered(self, *, now: datetime = NOW) -> Any:
        from tongban.work.market.actions import offers

        return offers.register_product(
            acting=self.officer(now=now),
            product=PRODUCT,
            opinion="仅含统计数，不含个人信息。",
            opinion_by="演示市数据局",
        )

    def listed(self, *, now: datetime = NOW) -> Any:
        from tongban.work.market.actions import offers

        registration = self.registered(now=now)
        offers.pin_snapshot(acting=self.officer(now=now), registration=registration.id)
        return offers.list_product(acting=self.officer(now=now), registration=registration.id)

    def ordered(self, *, buyer: Acting | None = None, **more: Any) -> Any:
        from tongban.work.market.actions import contracts

        acting = buyer or self.buyer()
        given: dict[str, Any] = {
            "listing": self.listed(now=acting.now).id, "purpose_kind": "industry", "purpose": "用于小微企业授信模型的区域参数", "months": 12,
            "accepted": True,
        }  # fmt: skip
        return contracts.order(acting=acting, **{**given, **more})

    def contract(self, **more: Any) -> Any:
        from tongban.work.market.actions import contracts

        ordered = self.ordered(**more)
        return contracts.approve(acting=self.officer(now=ordered.ordered_at), number=ordered.number)

    def call(
        self, contract: Any, request_id: str | None = None, *, buyer: Acting | None = None, form: str = "json"
    ) -> Any:
        from tongban.work.market.actions import delivery

        return delivery.deliver(
            acting=buyer or self.buyer(),
            contract=contract.id,
            request_id=request_id or f"call-{uuid4().hex}",
            form=form,
        )
