"""The public pages: without an account, without a database row beyond the pack."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.directory import sources
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs import loader
from tongban.core.packs.pack import Pack
from tongban.doors.portal import context, errors, navigation
from tongban.doors.portal.middleware import Refusals

PACKS = Path(__file__).resolve().parents[3] / "packs"
TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    top = sources.top_layer(PACKS)
    loaded = loader.load(sources.read_layers(PACKS, top), top)
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


@pytest.fixture
def visitor(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(directory, "pack_in_force", lambda now, place=None: pack)
    monkeypatch.setattr(audit, "is_demo", lambda: False)
    return Client(headers={"accept-language": "en"})


def pages(pack: Pack) -> list[str]:
    return [
        "/", "/services", "/services?q=restaurant", "/services?q=qqq", "/services?instant=1", "/laws",
        "/accessibility", "/privacy", "/api", "/sign-in",
        *(f"/events/{one}" for one in pack.life_events), *(f"/services/{one}" for one in pack.services),
        *(f"/laws/{one}" for one in pack.laws), *(f"/collections/{one}" for one in pack.collections),
    ]  # fmt: skip


@pytest.mark.parametrize("language", TAGS)
def test_every_public_page_opens_in_every_language(visitor: Client, pack: Pack, language: str) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for page in pages(pack):
        response = visitor.get(page)
        html = response.content.decode()
        assert response.status_code == 200, page
        assert f'<html lang="{TAGS[language]}"' in html, page
        assert len(re.findall(r"<h1\b", html)) == 1, page
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert len(ids) == len(set(ids)), page


def test_every_link_of_a_public_page_leads_somewhere(visitor: Client, pack: Pack) -> None:
    dead = set()
    for page in pages(pack):
        for link in re.findall(r'(?:href|action|src)="(/[^"#?]*)', visitor.get(page).content.decode()):
            if link.startswith("/static/"):
                continue
            try:
                resolve(link)
            except Resolver404:
                dead.add((page, link))
    assert not dead


def test_no_page_brings_inline_script_or_anything_from_elsewhere(visitor: Client, pack: Pack) -> None:
    for page in pages(pack):
        html = visitor.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", html), page
        assert not re.search(r'\son[a-z]+="', html), page
        assert not re.search(r'(?:src|href)="(?:https?:)?//', html), page


def test_articles_show_how_far_they_can_be_trusted(visitor: Client, pack: Pack) -> None:
    law = next(law for law in pack.laws.values() if any(a.confidence == "recalled" for a in law.articles_))
    assert "not checked again" in visitor.get(f"/laws/{law.id}").content.decode()


def test_a_search_without_a_hit_says_so_and_offers_every_life_event(visitor: Client, pack: Pack) -> None:
    html = visitor.get("/services?q=<b>qqq</b>").content.decode()
    assert "Nothing fits" in html
    assert "<b>qqq" not in html
    for event in pack.life_events:
        assert f'href="/events/{event}"' in html


def test_htmx_gets_the_results_alone(visitor: Client) -> None:
    html = visitor.get("/services?q=restaurant", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert "/events/" in html


def test_the_language_is_kept_and_the_page_stays(visitor: Client) -> None:
    response = visitor.post("/language", {"language": "zh-hant", "next": "/services?q=x"})
    assert (response.status_code, response.headers["Location"]) == (302, "/services?q=x")
    assert '<html lang="zh-Hant"' in visitor.get("/services").content.decode()


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_switches_never_lead_to_another_site(visitor: Client, wanted: str) -> None:
    for path in ("/language", "/theme"):
        assert visitor.post(path, {"next": wanted}).headers["Location"] == "/"


def test_the_display_is_kept_until_the_device_decides_again(visitor: Client) -> None:
    visitor.post("/theme", {"theme": "dark"})
    assert 'data-theme="dark"' in visitor.get("/").content.decode()
    visitor.post("/theme", {"theme": "system"})
    assert "data-theme" not in visitor.get("/").content.decode()


def test_a_node_without_a_pack_says_so_instead_of_breaking(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(now: object, place: object = None) -> Pack:
        raise LookupError("no pack is in force")

    monkeypatch.setattr(directory, "pack_in_force", nothing)
    monkeypatch.setattr(audit, "is_demo", lambda: False)
    assert Client().get("/").status_code == 503
    assert Client().get("/services").status_code == 404
    assert Client().get("/accessibility").status_code == 200


@pytest.mark.parametrize("path", ["/nope", "/events/nope", "/services/nope", "/laws/nope", "/events/%00"])
def test_an_unknown_address_is_told_in_plain_words(visitor: Client, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


def test_the_seal_is_served_as_a_drawing_that_can_do_nothing(visitor: Client) -> None:
    response = visitor.get("/brand/seal.svg")
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response.headers["Content-Security-Policy"]


def test_error_pages_need_no_account(visitor: Client) -> None:
    request = RequestFactory().get("/somewhere")
    for page, status in (
        (errors.broken, 500),
        (errors.forbidden, 403),
        (errors.bad_request, 400),
        (errors.not_found, 404),
    ):
        assert page(request).status_code == status


def test_the_page_for_a_broken_server_asks_the_database_for_nothing() -> None:
    assert errors.broken(RequestFactory().get("/somewhere")).status_code == 500


def test_errors_of_the_api_are_problem_details() -> None:
    response = errors.broken(RequestFactory().get("/api/v1/x"))
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(NotFound("x"), 404), (NotNow("Not now."), 409), (Invalid("No.", fields={"a": "Look."}), 422)],
)
def test_refusals_become_pages_but_not_in_the_api(visitor: Client, refusal: Exception, status: int) -> None:
    middleware = Refusals(lambda request: None)  # type: ignore[arg-type,return-value]
    response = middleware.process_exception(RequestFactory().get("/office"), refusal)
    assert response is not None
    assert response.status_code == status
    assert middleware.process_exception(RequestFactory().get("/api/v1/x"), refusal) is None
    assert middleware.process_exception(RequestFactory().get("/office"), ValueError()) is None


def test_an_error_page_replaces_the_whole_page_for_htmx(visitor: Client) -> None:
    response = errors.refused(RequestFactory().get("/x", headers={"HX-Request": "true"}), NotNow("Not now."))
    assert response.headers["HX-Retarget"] == "body"


def test_the_navigation_offers_only_pages_that_are_there(rf: RequestFactory) -> None:
    request: Any = rf.get("/services/abc")
    nav = context.Frame(request, quiet=True).nav
    assert [item.href for item in nav if item.current] == ["/services"]
    assert all(navigation.exists(item.href) for item in nav)


def views(patterns: list[Any], prefix: str = "/") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            found.append((address, pattern.callback))
    return found


def test_every_page_declares_who_may_come() -> None:
    pages_ = [
        (address, view)
        for address, view in views(get_resolver().url_patterns)
        if not address.startswith("/api/")
    ]
    assert len(pages_) > 10
    assert [address for address, view in pages_ if not hasattr(view, "access")] == []


def expired_form(**headers: str) -> str:
    strict = Client(enforce_csrf_checks=True, headers={"accept-language": "en", **headers})
    response = strict.post(
        "/language", {"shop_name": "春风面馆", "password": "hunter2", "csrfmiddlewaretoken": "old"}
    )
    assert response.status_code == 403
    return response.content.decode()


def test_a_form_that_came_too_late_keeps_its_text_but_no_password(visitor: Client) -> None:
    html = expired_form(**{"Sec-Fetch-Site": "same-origin"})
    assert '<input type="hidden" name="shop_name" value="春风面馆">' in html
    assert "Send again" in html
    assert "hunter2" not in html
    assert 'value="old"' not in html


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}]
)
def test_a_form_of_a_stranger_cannot_be_sent_again_with_one_click(
    visitor: Client, headers: dict[str, str]
) -> None:
    html = expired_form(**headers)
    assert "Send again" not in html
    assert 'name="shop_name"' not in html
    assert "春风面馆" in html


def test_the_frame_is_drawn_for_a_request_that_nobody_prepared() -> None:
    assert context.frame(HttpRequest())["frame"].nav is not None
