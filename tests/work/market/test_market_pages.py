"""The market's pages and API, walked as everybody: what each finds, and that no row ever comes out."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from ninja import NinjaAPI
from tests.work.market.shop import NEXT_MONTH, PLACE, PRODUCT, SECRETS, Shop

from tongban.base.kit import access as route
from tongban.work.market import api, content, models, urls
from tongban.work.market.actions import assets, settlement
from tongban.work.market.pages import buyer as buyer_pages

pytestmark = pytest.mark.django_db

WRITES = {
    "fetch", "decide", "pin", "offer", "withdraw", "capitalise", "settle", "reverse", "amortise",
}  # fmt: skip
"""Addresses that take forms only."""


@pytest.fixture(autouse=True)
def _next_month(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PLACE = PLACE
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    monkeypatch.setattr("django.utils.timezone.now", lambda: NEXT_MONTH)


class Walk:
    """The shop after its first month: one contract with two calls; clients for everybody."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.contract = shop.contract()
        self.registration = models.Registration.objects.get()
        self.buyer = self.client_of(shop.buyer().actor, acting_for=self.contract.buyer)
        self.operator = self.posted("city-data")
        self.usage = [shop.call(self.contract) for _ in range(2)]

    def settled(self) -> Walk:
        acting = self.shop.officer(now=NEXT_MONTH)
        assets.capitalise(acting=acting, registration=self.registration.id, conditions=assets.CONDITIONS)
        assets.amortise_month(acting=acting, month="2026-12")
        settlement.settle_month(acting=acting, registration=self.registration.id, month="2026-11")
        return self

    def client_of(self, account: Any, acting_for: Any = None) -> Client:
        from tongban.base.identity.models import Account

        client = Client(headers={"accept-language": "en"})
        client.force_login(Account.objects.get(pk=account))
        if acting_for is not None:
            session = client.session
            session["acting_for"] = str(acting_for)
            session.save()
        return client

    def posted(self, organisation: str, role: str = "officer") -> Client:
        """Somebody with a post there."""
        from tongban.base.identity.models import Account, Post, Subject

        person = Subject.objects.create(kind="person", name="值班员", created_at=NEXT_MONTH)
        account = Account.objects.create(username=uuid4().hex, person=person, password="!")
        Post.objects.create(
            account=account, organisation=organisation, role=role, place=PLACE, valid_from=person.created_at
        )
        return self.client_of(account.pk)

    def arguments(self, name: str) -> dict[str, Any]:
        """What an address needs, for what is there."""
        known = {
            "product": PRODUCT, "number": self.contract.number, "registration": self.registration.id, "month": "2026-11",
            "snapshot": models.Snapshot.objects.earliest("until").id, "entry": (models.JournalEntry.objects.values_list("id", flat=True).first() or uuid4()),
        }  # fmt: skip
        pattern = next(p for p in urls.urlpatterns if p.name == name)
        return {key: known[key] for key in pattern.pattern.converters}


@pytest.fixture
def walk(shop: Shop) -> Walk:
    return Walk(shop)


def everyone(walk: Walk) -> dict[str, Client]:
    return {
        "visitor": Client(headers={"accept-language": "en"}),
        "buyer": walk.buyer,
        "operator": walk.operator,
        "contributor": walk.posted("city-market"),
        "other department": walk.posted("city-police"),
        "auditor": walk.posted("city-police", "auditor"),
        "clerk": walk.posted("city-data", "clerk"),
    }


def text_of(response: Any) -> str:
    return b"".join(response).decode() if response.streaming else response.content.decode()


@pytest.mark.slow
def test_no_address_of_the_room_gives_out_a_row_to_anybody(walk: Walk) -> None:
    walk.settled()
    for who, client in everyone(walk).items():
        for pattern in urls.urlpatterns:
            address = reverse(f"market:{pattern.name}", kwargs=walk.arguments(pattern.name))
            answers = [client.get(address)]
            if pattern.name in WRITES:
                answers.append(
                    client.post(address, {"form": "json", "request_id": f"walk-{who.replace(' ', '-')}"})
                )
            for answer in answers:
                assert answer.status_code in (200, 302, 403, 404, 405, 409, 422), (
                    who,
                    address,
                    answer.status_code,
                )
                assert not [secret for secret in SECRETS if secret in text_of(answer)], (who, address)


def test_the_delivered_document_holds_cells_and_their_description_and_nothing_else(walk: Walk) -> None:
    document = content.as_json(walk.usage[0].snapshot)
    assert set(document) == {
        "product", "counted", "place", "snapshot", "dimensions", "minimum_cell", "suppression", "labels", "cells", "totals",
    }  # fmt: skip
    for cell in document["cells"]:
        assert set(cell) <= {"month", "district", "trade", "count", "suppressed"}
    assert not [secret for secret in SECRETS if secret in json.dumps(document, ensure_ascii=False)]


@pytest.mark.parametrize(
    ("who", "opens"),
    [
        ("visitor", {"shop", "shop_csv", "product"}),
        ("buyer", {"shop", "shop_csv", "product", "order", "contracts", "contract", "contract_usage_csv", "contract_bills_csv"}),
        ("contributor", {"shop", "shop_csv", "product", "shares", "shares_csv", "usage", "usage_csv", "orders", "orders_csv", "assets_csv", "journal_csv"}),
        ("auditor", {"shop", "shop_csv", "product", "journal", "journal_csv", "entry"}),
        ("clerk", {"shop", "shop_csv", "product"}),
    ],
)  # fmt: skip
def test_each_opens_what_is_theirs(walk: Walk, who: str, opens: set[str]) -> None:
    walk.settled()
    client = everyone(walk)[who]
    reads = [p.name for p in urls.urlpatterns if p.name not in WRITES]
    found = {
        name
        for name in reads
        if client.get(reverse(f"market:{name}", kwargs=walk.arguments(name))).status_code == 200
    }
    assert found == opens


def test_a_department_that_operates_nothing_finds_only_empty_lists_in_the_back_office(walk: Walk) -> None:
    walk.settled()
    client = walk.posted("city-police")
    for name in ("usage_csv", "orders_csv", "assets_csv", "journal_csv", "shares_csv"):
        rows = list(
            csv.reader(io.StringIO(client.get(reverse(f"market:{name}")).content.decode().lstrip("\ufeff")))
        )
        assert len(rows) == 1


def test_the_operator_opens_every_page(walk: Walk) -> None:
    walk.settled()
    for pattern in urls.urlpatterns:
        if pattern.name in WRITES | {"order", "contracts"}:
            continue
        response = walk.operator.get(reverse(f"market:{pattern.name}", kwargs=walk.arguments(pattern.name)))
        assert response.status_code == 200, pattern.name


def test_every_route_says_who_may_come() -> None:
    for pattern in urls.urlpatterns:
        assert getattr(pattern.callback, "access", None), pattern.name


def test_the_shop_says_the_rule_the_price_and_the_ceiling_and_no_number(walk: Walk) -> None:
    page = text_of(Client(headers={"accept-language": "en"}).get(reverse("market:product", args=[PRODUCT])))
    for said in (
        "Cells that count fewer than 3",
        "¥106",
        "¥200",
        "Demo City Health Commission",
        "75 %",
        "Place an order",
    ):
        assert said in page
    assert ">21<" not in page
    assert not re.search(r"\b130\b", page)  # as a number, not part of a token


def test_an_empty_shop_says_how_it_fills(shop: Shop) -> None:
    page = text_of(Client(headers={"accept-language": "en"}).get(reverse("market:shop")))
    assert "Nothing is on offer yet" in page


def test_an_order_from_the_form_becomes_a_contract_and_mistakes_keep_what_was_typed(walk: Walk) -> None:
    address = reverse("market:order", args=[PRODUCT])
    wrong = walk.buyer.post(address, {"purpose": "short", "months": "12", "purpose_kind": "industry"})
    assert wrong.status_code == 422
    assert "short" in text_of(wrong)
    given = {
        "purpose": "Regional factors of a credit model",
        "months": "12",
        "purpose_kind": "industry",
        "accepted": "1",
        "buyer": str(walk.contract.buyer),
    }
    made = walk.buyer.post(address, given)
    number = models.Contract.objects.latest("ordered_at", "id").number
    assert made.url == reverse("market:contract", args=[number])
    decided = walk.operator.post(
        reverse("market:decide", args=[number]), {"decision": "approve", "version": "1"}
    )
    assert decided.status_code == 302
    assert models.Contract.objects.get(number=number).state == "approved"


def test_pressing_twice_fetches_twice_and_counts_once(walk: Walk) -> None:
    address = reverse("market:fetch", args=[walk.contract.number])
    bodies = [
        text_of(walk.buyer.post(address, {"form": "csv", "request_id": "pressed-twice"})) for _ in range(2)
    ]
    assert bodies[0] == bodies[1]
    assert models.Usage.objects.filter(request_id="pressed-twice").count() == 1


def test_a_call_stays_counted_when_the_answer_fails(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_anything: object) -> None:
        raise OSError("the line was cut")

    monkeypatch.setattr(content, "text_of", broken)
    with pytest.raises(OSError, match="cut"):
        walk.buyer.post(
            reverse("market:fetch", args=[walk.contract.number]),
            {"form": "csv", "request_id": "cut-in-the-middle"},
        )
    assert models.Usage.objects.filter(request_id="cut-in-the-middle").count() == 1


def test_settling_asks_first_and_then_every_number_opens(walk: Walk) -> None:
    arguments = {"registration": walk.registration.id, "month": "2026-11"}
    asked = walk.operator.post(reverse("market:settle", kwargs=arguments), {})
    assert "Please confirm." in text_of(asked)
    assert not models.Settlement.objects.exists()
    stale = walk.operator.post(reverse("market:settle", kwargs=arguments), {"confirmed": "1", "calls": "1"})
    assert stale.status_code == 412
    done = walk.operator.post(reverse("market:settle", kwargs=arguments), {"confirmed": "1", "calls": "2"})
    assert done.status_code == 302
    page = text_of(walk.operator.get(reverse("market:month", kwargs=arguments)))
    for opened in (
        f"{reverse('market:usage')}?product={walk.registration.id}&amp;month=2026-11",
        reverse("market:contract", args=[walk.contract.number]),
        *(reverse("market:entry", args=[entry.id]) for entry in models.JournalEntry.objects.all()),
    ):
        assert opened in page
    assert "212.00" in page
    assert "200.00" in page


def test_the_asset_register_shows_the_month_and_books_it_once_confirmed(walk: Walk) -> None:
    walk.operator.post(
        reverse("market:capitalise", args=[walk.registration.id]), {"condition": list(assets.CONDITIONS)}
    )
    page = text_of(walk.operator.get(reverse("market:assets")))
    assert "9,166.67" in page
    assert "not booked yet" in page
    asked = text_of(walk.operator.get(reverse("market:assets"), {"amortise": "1"}))
    assert "Please confirm." in asked
    walk.operator.post(reverse("market:amortise"), {"month": "2026-12"})
    assert "540,833.33" not in page
    assert "540,833.33" in text_of(walk.operator.get(reverse("market:assets")))


def test_a_price_over_the_ceiling_comes_back_with_its_limit(walk: Walk) -> None:
    for price in ("200.01", "abc", "-5", "1e30", "nan"):
        answer = walk.operator.post(reverse("market:offer", args=[walk.registration.id]), {"price": price})
        assert answer.status_code == 422, price
    assert models.Listing.objects.get(withdrawn_at=None).price_fen == 10_600


def test_characters_that_no_database_holds_and_months_that_do_not_exist_break_nothing(walk: Walk) -> None:
    for name in ("usage", "journal", "assets"):
        for query in (
            "month=%00",
            "month=2026-13",
            "month=x",
            "contract=%00",
            "root=%00",
            "account=%00",
            "product=%00",
            "page=-1",
        ):
            assert walk.operator.get(f"{reverse(f'market:{name}')}?{query}").status_code in (200, 422), (
                name,
                query,
            )
    for name in ("order", "register"):
        client = walk.buyer if name == "order" else walk.operator
        address = reverse(f"market:{name}", args=[PRODUCT])
        answer = client.post(
            address, {"purpose": "\x00" * 20, "opinion": "\x00", "opinion_by": "\x00", "months": "1\x00"}
        )
        assert answer.status_code == 422


# -- the API


@pytest.fixture
def door(walk: Walk) -> Any:
    """The router mounted as the platform mounts it, with problems for refusals."""
    from tongban.base.kit.refusals import Refusal

    mounted = NinjaAPI(urls_namespace=uuid4().hex)
    mounted.add_router("", api.router)

    @mounted.exception_handler(Refusal)
    def refused(request: Any, refusal: Refusal) -> Any:
        body = {
            "title": refusal.message,
            "status": refusal.status,
            "code": refusal.code,
            "detail": refusal.message,
        }
        return mounted.create_response(request, body, status=refusal.status)

    views = {p.name: p.callback for p in mounted.urls[0]}

    def call(
        name: str,
        client: Client | None,
        headers: dict[str, str] | None = None,
        query: str = "",
        **arguments: Any,
    ) -> Any:
        request = RequestFactory().get(f"/{query}", headers=headers or {})
        request.user = client.user if client else None  # type: ignore[union-attr]
        request.acting = client.acting if client else None  # type: ignore[union-attr]
        return views[name](request, **arguments)

    return call


class As:
    """Somebody at the API's door."""

    def __init__(self, acting: Any) -> None:
        from tongban.base.identity.models import Account

        self.acting = acting
        self.user = Account.objects.filter(pk=acting.actor).first()


DATA = "deliver_data"


def test_the_api_delivers_with_version_digest_and_note(walk: Walk, door: Any) -> None:
    caller = As(walk.shop.buyer())
    answer = door(DATA, caller, {"X-Request-Id": "api-call-0001"}, contract_id=walk.contract.id)
    document = json.loads(answer.content)
    assert answer.status_code == 200
    assert document["product"]["version"] == 1
    assert document["snapshot"]["digest"] == answer.headers["Snapshot-Digest"]
    assert "fewer than 3" in document["suppression"]["note"]["en"]
    table = door(DATA, caller, {"X-Request-Id": "api-call-0002"}, "?form=csv", contract_id=walk.contract.id)
    assert table.headers["Content-Type"].startswith("text/csv")
    assert models.Usage.objects.filter(request_id__startswith="api-call-").count() == 2


def test_the_api_wants_a_request_id_and_another_buyer_finds_nothing(walk: Walk, door: Any) -> None:
    caller = As(walk.shop.buyer())
    assert door(DATA, caller, contract_id=walk.contract.id).status_code == 422
    assert door(DATA, caller, {"X-Request-Id": "x"}, contract_id=walk.contract.id).status_code == 422
    assert (
        door(
            DATA,
            As(walk.shop.buyer(name="另一家银行")),
            {"X-Request-Id": "api-call-0003"},
            contract_id=walk.contract.id,
        ).status_code
        == 404
    )
    assert not models.Usage.objects.filter(request_id="api-call-0003").exists()


def test_the_api_shows_the_window_to_everybody(walk: Walk, door: Any) -> None:
    (product,) = json.loads(door("list_products", None).content)
    assert (product["id"], product["price_fen"], product["minimum_cell"]) == (PRODUCT, 10_600, 3)
    (contract,) = json.loads(door("list_contracts", As(walk.shop.buyer())).content)
    assert contract["number"] == walk.contract.number


def test_every_operation_of_the_api_says_who_may_come() -> None:
    operations = [op for path in api.router.path_operations.values() for op in path.operations]
    assert operations
    assert all(getattr(op.view_func, "access", None) or route for op in operations)
    assert [getattr(op.view_func, "access", None) for op in operations] == [
        "public",
        "signed-in",
        "signed-in",
    ]


def test_a_contract_that_has_run_out_says_so(walk: Walk) -> None:
    acting = walk.shop.buyer(now=NEXT_MONTH.replace(year=2028))
    assert buyer_pages.state_of(walk.contract, acting) == "ended"
