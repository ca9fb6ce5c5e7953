"""Shops that a grant of the demo city is meant for, or just is not; and the officers who answer and pay."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django.test import Client
from tests.factories.fixtures import NOON, City

from tongban.base.identity import actions as identity
from tongban.base.identity import queries as people
from tongban.base.kit.acting import Acting, system
from tongban.core.values import identifiers
from tongban.records.dossier import actions as dossier
from tongban.records.dossier.resolution import Observed
from tongban.records.licences import actions as licences
from tongban.work.policies import models
from tongban.work.policies.actions import matching

GRANT = "start-up-grant"
SMALL, LARGE = 500_000, 1_000_000
"""The two amounts of the sample policy, in fen."""
ACCOUNT = "6222021234567890123"
PLACE = "990100"
COMMERCE, FINANCE = "qingqu-commerce", "qingqu-finance"


@dataclass
class Town:
    """The demo city with shops made to measure. Every shop belongs to `demo-lin` unless said otherwise."""

    city: City
    shops: list[Any] = field(default_factory=list)

    @property
    def pack(self) -> Any:
        return self.city.pack

    @property
    def policy(self) -> Any:
        return self.pack.policies[GRANT]

    def system(self, *, days: int = 0) -> Acting:
        return system(NOON + timedelta(days=days), PLACE, "test", uuid4().hex)

    def owner(self, username: str = "demo-lin", *, days: int = 0) -> Acting:
        return self.city.acting(username, now=NOON + timedelta(days=days))

    def officer(
        self, organisation: str, username: str = "", *, place: str = PLACE, role: str = "officer"
    ) -> Acting:
        """Somebody in office; registered and appointed on first use."""
        username = username or f"of-{organisation}"
        if people.account_by_name(username) is None:
            account = identity.register_person(
                acting=self.system(), username=username, name=username, name_en=username, identifier=None
            )
            identity.appoint(
                acting=self.system(), account=account, organisation=organisation, role=role, place=place
            )
        return self.city.acting(username)

    def shop(
        self,
        *,
        owner: str = "demo-lin",
        area: str | None = "86.50",
        entity: str | None = "individual",
        scope: str | None = "catering",
        permit: date | None = date(2026, 2, 20),
    ) -> Any:
        """A shop and what offices know about it; None: nobody knows."""
        number = 2001 + len(self.shops)
        name = f"小店{number}"
        firm = identity.register_enterprise(
            acting=self.system(), name=name, name_en=f"Shop {number}", identifier=identifiers.make_credit_code("92", "990101", number),
            representative=self.city.account(owner).person,
        )  # fmt: skip
        said = {"area": area, "entity": entity, "business_scope": scope}
        self.say(firm, **{fact: value for fact, value in said.items() if value is not None})
        if permit is not None:
            self.permit(firm, permit)
        self.shops.append(firm)
        return firm

    def say(self, firm: Any, *, days: int = 0, **facts: object) -> None:
        acting = self.system(days=days)
        dossier.observe(
            acting=acting, subject=firm.pk, root=uuid4(),
            observations=[Observed(name, value, "answer", "answer", "test", acting.now) for name, value in facts.items()],
        )  # fmt: skip

    def permit(self, firm: Any, on: date) -> Any:
        kind = self.pack.licences["food_business_permit"]
        organ = next(o for o in self.pack.organisations.values() if o.authority == kind.issuer)
        return licences.register(
            acting=self.system(), kind=kind, pack=self.pack, organisation=organ, holder=firm, holder_name=firm.name,
            number=f"JY{firm.identifier[8:17]}{on:%y%m%d}", values={"name": firm.name}, on=on, valid_to=on.replace(year=on.year + 5),
        )  # fmt: skip

    def look(self, firm: Any, *, days: int = 0) -> models.MatchingRun:
        return matching.match(acting=self.system(days=days), subject=firm.pk, cause="test")

    def found(self, firm: Any | None = None, **options: Any) -> models.Entitlement:
        """The one entitlement of a shop, found now."""
        firm = firm or self.shop(**options)
        self.look(firm)
        return models.Entitlement.objects.get(subject=firm.pk)

    def result(self, run: models.MatchingRun) -> dict[str, Any]:
        return next(r for r in run.results if r["policy"] == GRANT)

    def put_in_force(self, monkeypatch: Any, *, of: str = GRANT, **changes: Any) -> None:
        """A changed grant, or another policy, as if the city had published it."""
        from tongban.base.directory import queries as directory

        changed = self.pack.policies[of].model_copy(update=changes)
        pack = replace(self.pack, policies=MappingProxyType({**self.pack.policies, of: changed}))
        self.city.pack = pack
        monkeypatch.setattr(directory, "pack_in_force", lambda now, place=None: pack)
        monkeypatch.setattr(directory, "pack", _Packs(pack))

    def set_aside(self, monkeypatch: Any, total_fen: int) -> None:
        """The budget of this year, and of no other."""
        budget = self.policy.budget[0].model_copy(update={"year": 2026, "total_fen": total_fen})
        self.put_in_force(monkeypatch, budget=(budget,))

    def browser(self, username: str, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(self.city.account(username))
        return client


class _Packs:
    def __init__(self, pack: Any) -> None:
        self.pack = pack

    def __call__(self, digest: str) -> Any:
        return self.pack

    def cache_clear(self) -> None: ...


def reserved() -> int:
    return sum(models.BudgetYear.objects.values_list("reserved_fen", flat=True))


def held() -> int:
    """What the reserving entitlements add up to."""
    from tongban.work.policies.states import RESERVING

    states = [state.value for state in RESERVING]
    return sum(
        models.Entitlement.objects.filter(state__in=states, budget__isnull=False).values_list(
            "amount_fen", flat=True
        )
    )


def contents(response: Any) -> str:
    return response.content.decode()
