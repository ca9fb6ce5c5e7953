"""What is not one's own does not exist: in detail, list, export, file, document and count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, portal, text  # noqa: F401  (a fixture)

from tongban.base.notices import queries as notices
from tongban.work.cases import queries, urls
from tongban.work.cases.actions import handling

STRANGERS = ("demo-lin", "demo-market", "demo-urban", "demo-window", "demo-auditor")
"""Everybody but the applicant; officers and clerks have pages of their own."""


@pytest.fixture
def hers(city: City, hear: Callable[..., int]) -> dict[str, Any]:
    """A draft and a submitted application of one person, with a correction notice and documents."""
    application = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    case = application.cases.get(service="business-registration")
    handling.request_correction(
        acting=city.acting("demo-market"),
        number=case.number,
        defects=[{"kind": "fact", "id": "shop_name", "text": "Another name."}],
    )
    hear(NOON + timedelta(hours=1))
    draft = applicants.filled(city)
    return {"application": application, "case": case, "draft": draft}


def addresses(hers: dict[str, Any]) -> list[tuple[str, str]]:
    """Every address of the applicant's side with the numbers of somebody's matters, and a method that it knows."""
    application, draft, case = hers["application"], hers["draft"], hers["case"]
    document = notices.documents_of(application.id).first()
    values = {"application": str(draft.id), "material": "layout-plan", "who": "0" * 32, "page": "1"}
    found = []
    for pattern in urls.urlpatterns:
        name = pattern.name or ""
        if name.startswith(("office", "audit", "signature", "mandate", "batch")) or name in (
            "applications",
            "applications_csv",
            "own-visits",
            "own-visits-csv",
            "start",
            "inbox",
            "inbox_read",
        ):
            continue
        number = (
            document.number
            if name == "document"
            else application.number
            if "applications/" in str(pattern.pattern)
            else case.number
        )
        path = (
            str(pattern.pattern)
            .strip("^$")
            .replace("(?P<application>[0-9a-f-]{36})/?", values["application"])
        )
        for converter in ("uuid:application", "slug:material", "slug:who", "int:page"):
            path = path.replace(f"<{converter}>", values[converter.partition(":")[2]])
        path = path.replace("<number:number>", number)
        found += [("get", f"/{path}"), ("post", f"/{path}")]
    return found


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_finds_nothing_at_any_address(city: City, hers: dict[str, Any], stranger: str) -> None:
    client = browser(city, stranger)
    before = current(hers["draft"]).version, current(hers["application"]).version
    own_pages = {"demo-market": "/documents/", "demo-window": "/documents/"}
    for method, address in addresses(hers):
        response = getattr(client, method)(address)
        if stranger in own_pages and address.startswith(own_pages[stranger]):
            continue  # offices read the documents of their own cases
        assert response.status_code in (404, 405), f"{method} {address}"
        assert hers["application"].number not in text(response).replace(address, "")
    assert (current(hers["draft"]).version, current(hers["application"]).version) == before


def test_a_visitor_is_asked_to_sign_in_everywhere(city: City, hers: dict[str, Any]) -> None:
    for method, address in addresses(hers):
        response = getattr(Client(), method)(address)
        assert response.status_code in (302, 403, 405), f"{method} {address}"
        if response.status_code == 302:
            assert response["Location"].startswith("/sign-in?")


def test_an_office_reads_only_the_documents_of_its_own_cases(city: City, hers: dict[str, Any]) -> None:
    notice = notices.documents_of(hers["application"].id).get(kind="correction-notice")
    assert browser(city, "demo-market").get(f"/documents/{notice.number}").status_code == 200
    assert browser(city, "demo-urban").get(f"/documents/{notice.number}").status_code == 404
    assert browser(city, "demo-auditor").get(f"/documents/{notice.number}").status_code == 404


def test_lists_exports_and_counts_hold_only_ones_own(city: City, hers: dict[str, Any]) -> None:
    shen, lin = browser(city, "demo-shen"), browser(city, "demo-lin")
    number, name = hers["application"].number, hers["application"].name
    for address in ("/applications?tab=running", "/applications.csv"):
        assert number in text(shen.get(address))
        assert number not in text(lin.get(address))
        assert name not in text(lin.get(address))
    assert str(hers["draft"].id) in text(shen.get("/applications?tab=drafts"))
    assert queries.counts(city.acting("demo-lin")) == {"drafts": 0, "running": 0, "closed": 0}
    assert queries.recent_for(city.acting("demo-lin")) == []
    assert [row.link for row in queries.recent_for(city.acting("demo-shen"))] == [
        f"/applications/{hers['draft'].id}",
        f"/applications/{number}",
    ]
    assert number not in text(lin.get("/my-data"))


def test_under_a_mandate_one_sees_the_firm_and_not_oneself(city: City) -> None:
    private = applicants.draft(city, "demo-lin")
    firm = shops.submitted(city.acting("demo-lin", for_firm=True))
    for_firm, for_self = browser(city, "demo-lin", for_firm=True), browser(city, "demo-lin")
    assert for_firm.get(f"/applications/{private.id}/questions").status_code == 404
    assert for_firm.get(f"/applications/{firm.number}").status_code == 200
    assert for_self.get(f"/applications/{firm.number}").status_code == 200


def test_a_list_of_any_length_costs_the_same_queries(city: City, django_assert_max_num_queries: Any) -> None:
    acting = city.acting("demo-shen")
    shops.submitted(acting, answers=shops.FOUNDING)
    with django_assert_max_num_queries(8):
        assert len(queries.rows(queries.of_tab(acting, "running"), acting)) == 1
    for _ in range(2):
        shops.submitted(acting, answers=shops.FOUNDING)
    with django_assert_max_num_queries(8):
        assert len(queries.rows(queries.of_tab(acting, "running"), acting)) == 3
    with django_assert_max_num_queries(8):
        assert len(queries.recent_for(acting, limit=5)) == 3


def test_a_table_for_a_spreadsheet_holds_no_formula(city: City) -> None:
    acting = city.acting("demo-shen")
    draft = applicants.draft(city)
    from tongban.work.cases.actions import drafts

    drafts.answer(acting=acting, application=draft.id, answers={"shop_name": '=HYPERLINK("http://x")'})
    assert "'=HYPERLINK" in text(browser(city, "demo-shen").get("/applications.csv"))


def test_every_address_of_the_room_says_who_may_come() -> None:
    assert all(getattr(pattern.callback, "access", None) for pattern in urls.urlpatterns)
    assert get_resolver().resolve("/my-data").func.access
