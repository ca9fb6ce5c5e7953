"""Every page that a link leads to: it answers, axe finds nothing serious, nothing overflows on a phone."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from tests.journeys.conftest import Visit

pytestmark = [pytest.mark.journey, pytest.mark.slow]
PEOPLE = (
    None, "demo-lin", "demo-market", "demo-window", "demo-auditor", "demo-hotline", "demo-operator", "demo-commerce", "demo-registry",
    "demo-data", "demo-bank",
)  # fmt: skip
MOST = 36
"""Pages looked at for each person; pages of one pattern are looked at once."""
SKIPPED = re.compile(r"\.(csv|ttl|jsonld|rdf|svg|json)$|/(download|file|files)(/|$)|/sign-out|/static/")


@pytest.mark.parametrize("username", PEOPLE)
def test_every_link_leads_somewhere_and_every_page_is_accessible(visit: Visit, username: str | None) -> None:
    page = visit.person(username) if username else visit.anyone()
    page.goto("/") if username is None else None
    waiting, seen, patterns, faults = (
        [page.url if username is None else visit.node.base + "/", page.url],
        set(),
        set(),
        [],
    )
    looked = 0
    while waiting and looked < MOST:
        address = urldefrag(waiting.pop(0))[0]
        pattern = _pattern(address)
        if address in seen or pattern in patterns:
            continue
        seen.add(address)
        patterns.add(pattern)
        looked += 1
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
            continue
        faults += [f"{address}: {fault}" for fault in _faults(page)]
        waiting += [link for link in _links(page, visit.node.base) if not SKIPPED.search(urlsplit(link).path)]
    assert not faults, "\n".join(faults)
    assert looked > 5


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [(375, "light", "zh-CN"), (375, "dark", "en-US"), (1280, "dark", "zh-CN")],
)
def test_the_main_pages_fit_and_are_accessible_in_every_dress(
    visit: Visit, width: int, scheme: str, language: str
) -> None:
    faults = []
    for username, pages in (
        (
            None,
            (
                "/",
                "/services",
                "/events/open-restaurant",
                "/policies",
                "/market",
                "/catalogue",
                "/performance",
                "/hotline",
                "/ask",
            ),
        ),
        ("demo-lin", ("/applications", "/licences", "/benefits", "/my-data", "/inbox", "/me")),
        ("demo-market", ("/office", "/hotline/assigned")),
        ("demo-auditor", ("/audit",)),
    ):
        page = (
            visit.person(username, width=width, scheme=scheme, language=language)
            if username
            else visit.anyone(width=width, scheme=scheme, language=language)
        )
        for address in pages:
            answer = page.goto(address)
            assert answer is not None
            assert answer.status == 200, address
            faults += [f"{username} {address}: {fault}" for fault in _faults(page)]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                faults.append(f"{username} {address}: wider than the window")
    assert not faults, "\n".join(faults)


def _faults(page: Page) -> list[str]:
    """Serious and critical findings of axe."""
    found = Axe().run(page).response["violations"]
    return [
        f"{v['id']}: {v['help']} ({v['nodes'][0]['html'][:120]})"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


def _links(page: Page, base: str) -> list[str]:
    hrefs = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    absolute = [
        urljoin(page.url, href) for href in hrefs if not href.startswith(("mailto:", "tel:", "javascript:"))
    ]
    return [link for link in absolute if link.startswith(base)]


def _pattern(address: str) -> str:
    """Pages that differ only in an id, a number or a query are one page to look at."""
    parts = urlsplit(address)
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[A-Z]*-?\d{6}-\d{8}-[0-9A-Z-]+|\d+", "#", parts.path)
    path = re.sub(
        r"^(/(?:laws|services|policies|catalogue|performance|office/performance)/)[^/]+$", r"\1*", path
    )
    return path + ("?" if parts.query else "")
