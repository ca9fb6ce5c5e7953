"""Nobody reads outside role, organ and place: the same answer for list, page, file, count and every write."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from django.test import Client
from tests.work.policies.grants import ACCOUNT, COMMERCE, FINANCE, Town, contents

from tongban.base.kit.refusals import NotFound, Refusal
from tongban.work.policies import access, models, queries
from tongban.work.policies.actions import matching, office, owner

ELSEWHERE = "990200"
UUID = re.compile(r"/office/entitlements/([0-9a-f-]{36})")


@dataclass(frozen=True)
class Somebody:
    name: str
    organisation: str | None = None
    place: str = "990100"
    role: str = "applicant"
    firms_of: str | None = None

    def may_see(self, row: models.Entitlement, owners: dict[Any, str]) -> bool:
        """The rule of the house, said again in other words."""
        if self.role == "applicant":
            return owners[row.subject] == self.firms_of
        if self.role != "officer":
            return False
        charge = row.organisation == self.organisation and row.place == self.place
        pays = (
            row.payer == self.organisation
            and row.payer_place == self.place
            and row.state in ("confirmed", "paid")
        )
        return charge or pays


EVERYBODY = (
    Somebody("demo-lin", firms_of="demo-lin"),
    Somebody("demo-shen", firms_of="demo-shen"),
    Somebody("of-commerce", COMMERCE, role="officer"),
    Somebody("of-commerce-elsewhere", COMMERCE, ELSEWHERE, role="officer"),
    Somebody("of-finance", FINANCE, role="officer"),
    Somebody("of-finance-elsewhere", FINANCE, ELSEWHERE, role="officer"),
    Somebody("demo-market", "qingqu-market-regulation", role="officer"),
    Somebody("clerk-commerce", COMMERCE, role="clerk"),
    Somebody("demo-window", "qingqu-data", role="clerk"),
    Somebody("demo-auditor", "qingqu-data", role="auditor"),
    Somebody("auditor-commerce", COMMERCE, role="auditor"),
)


@pytest.fixture
def world(town: Town) -> tuple[Town, list[models.Entitlement], dict[Any, str]]:
    """Entitlements of two owners in every state, at three organs in two places."""
    for who in EVERYBODY:
        if who.organisation and not who.name.startswith("demo-"):
            town.officer(who.organisation, who.name, place=who.place, role=who.role)
    firms = {town.shop(owner=name).pk: name for name in ("demo-lin", "demo-shen")}
    template = town.found(town.shops[0])
    values = {
        f.attname: getattr(template, f.attname)
        for f in template._meta.fields
        if f.attname not in ("id", "once_key")
    }
    organs = (COMMERCE, "qingqu-market-regulation", FINANCE)
    states = ("found", "confirmed", "contested", "paid", "withdrawn")
    for n, (firm, organ, place, state) in enumerate(product(firms, organs, ("990100", ELSEWHERE), states)):
        paid_on = template.found_on if state == "paid" else None
        changed = {
            "subject": firm,
            "organisation": organ,
            "place": place,
            "payer_place": place,
            "state": state,
            "paid_on": paid_on,
        }
        models.Entitlement.objects.create(**{**values, **changed, "once_key": f"test-{n}", "budget_id": None})
    return town, list(models.Entitlement.objects.all()), firms


def test_everybody_sees_exactly_their_own_everywhere(world: Any) -> None:
    town, rows, owners = world
    for who in EVERYBODY:
        acting = town.city.acting(who.name)
        expected = {row.pk for row in rows if who.may_see(row, owners)}
        assert set(access.entitlements(acting).values_list("pk", flat=True)) == expected, who
        assert queries.of_office(acting).count() == (len(expected) if who.role == "officer" else 0), who
        counted = queries.counts(acting)
        assert (
            counted["all"]
            == sum(counted[t] for t in queries.TABS if t != "all")
            == queries.of_office(acting).count()
        )
        for row in rows:
            if row.pk in expected:
                assert access.entitlement(acting, row.pk) == row
            else:
                with pytest.raises(NotFound):
                    access.entitlement(acting, row.pk)


def test_page_and_file_show_what_the_list_counts(world: Any) -> None:
    town, rows, owners = world
    for who in EVERYBODY:
        browser = town.browser(who.name)
        expected = {str(row.pk) for row in rows if who.may_see(row, owners)}
        if who.role != "officer":
            assert browser.get("/office/entitlements").status_code == 404, who
            assert browser.get("/office/entitlements.csv").status_code == 404, who
            continue
        lines = list(
            csv.reader(
                io.StringIO(browser.get("/office/entitlements.csv?tab=all").content.decode("utf-8-sig"))
            )
        )
        assert {line[0] for line in lines[1:]} == expected, who
        shown: set[str] = set()
        for page in range(1, 4):
            shown |= set(UUID.findall(contents(browser.get(f"/office/entitlements?tab=all&page={page}"))))
        assert shown == expected, who


def test_what_is_not_theirs_does_not_exist_on_any_page(world: Any) -> None:
    town, rows, owners = world
    sample = rows[::7]
    for who in EVERYBODY:
        browser = town.browser(who.name)
        for row in sample:
            seen = who.may_see(row, owners)
            own = seen and who.role == "applicant"
            assert browser.get(f"/benefits/{row.pk}").status_code == (200 if own else 404), (who, row)
            official = seen and who.role == "officer"
            assert browser.get(f"/office/entitlements/{row.pk}").status_code == (200 if official else 404), (
                who,
                row,
            )


def test_nobody_else_can_write(world: Any) -> None:
    town, rows, owners = world
    before = {row.pk: (row.state, row.version) for row in rows}
    for who in EVERYBODY:
        acting = town.city.acting(who.name)
        for row in rows[::5]:
            seen, charge = (
                who.may_see(row, owners),
                (row.organisation, row.place) == (who.organisation, who.place),
            )
            calls = {
                "confirm": lambda row=row, acting=acting: owner.confirm(
                    acting=acting, entitlement=row.pk, payee_name="x", account=ACCOUNT
                ),
                "refuse": lambda row=row, acting=acting: owner.refuse(acting=acting, entitlement=row.pk),
                "contest": lambda row=row, acting=acting: owner.contest(
                    acting=acting, entitlement=row.pk, text="x"
                ),
                "answer": lambda row=row, acting=acting: office.answer_contest(
                    acting=acting, entitlement=row.pk, outcome="upheld", reasons="x"
                ),
                "pay": lambda row=row, acting=acting: office.mark_paid(
                    acting=acting, entitlement=row.pk, reference="x"
                ),
                "account": lambda row=row, acting=acting: office.read_account(
                    acting=acting, entitlement=row.pk
                ),
            }
            allowed = set()
            if seen and who.role == "applicant":
                allowed = {"confirm", "refuse", "contest"}
            elif seen and who.role == "officer":
                allowed = {"pay", "account"} | ({"answer"} if charge else set())
            for name in set(calls) - allowed:
                with pytest.raises(NotFound):
                    calls[name]()
    assert {row.pk: (row.state, row.version) for row in models.Entitlement.objects.all()} == before


def test_nobody_can_have_somebody_else_looked_at_or_left_alone(town: Town) -> None:
    firm = town.shop(owner="demo-shen")
    for name in ("demo-lin", "demo-market", "demo-auditor"):
        for act in (matching.match_own, matching.pause, matching.resume):
            with pytest.raises(Refusal):
                act(acting=town.city.acting(name), subject=firm.pk)
        assert queries.latest_run(town.city.acting(name), firm.pk) is None
    assert not models.MatchingRun.objects.exists()
    assert not models.MatchingPause.objects.exists()


@pytest.mark.parametrize("path", ["/benefits", "/office/entitlements", "/office/entitlements.csv"])
def test_a_visitor_is_sent_to_sign_in(town: Town, path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")


def test_a_file_never_holds_an_account_number_or_a_formula(town: Town) -> None:
    firm = town.shop()
    row = town.found(firm)
    owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="Lin", account=ACCOUNT)
    office.mark_paid(acting=town.officer(COMMERCE), entitlement=row.id, reference="=1+1")
    text = contents(town.browser(f"of-{COMMERCE}").get("/office/entitlements.csv?tab=all"))
    assert ACCOUNT not in text
    assert ",'=1+1," in text
