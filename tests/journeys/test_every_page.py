"""After the tour, every page that a link leads to: it answers, axe finds nothing serious, and every number opens.

The tour of docs/guide/tour.md is walked first, on a node of its own: what is looked at then has something in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.journeys import figures, tour
from tests.journeys.conftest import Visit, serving
from tests.journeys.tour_steps import STEPS

pytestmark = [pytest.mark.journey, pytest.mark.slow]
PEOPLE = (
    None, "demo-lin", "demo-market", "demo-window", "demo-auditor", "demo-hotline", "demo-police", "demo-operator", "demo-commerce",
    "demo-registry", "demo-data", "demo-bank",
)  # fmt: skip
MOST = 120
"""Pages looked at for each person; pages of one pattern are looked at once. Reaching it is a fault of the test."""
SKIPPED = re.compile(
    r"\.(csv|ttl|jsonld|rdf|svg|json|pdf)$|/(download|file)(/|$)|/files/[^/]+(/pages/\d+)?$|/sign-out|/static/"
)
ALIKE_FOR_ALL = re.compile(r"/(laws|services|events|api|accessibility|privacy|performance|ask|verify)\b")
"""Pages that are the same for everybody but for the frame: one person looks at them for all."""
LOOKED: set[str] = set()
"""Patterns of those, looked at by somebody."""
EXAMINED: set[tuple[str, str]] = set()
"""(pattern, kind of reader) that axe has seen."""


@pytest.fixture(scope="module")
def toured(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tour.Walk]:
    with serving() as node:
        visit = Visit(node, browser)
        walk = tour.Walk(visit, tmp_path_factory.mktemp("tour"))
        for name, step in STEPS.items():
            walk.take(name, step)
        yield walk
        visit.close()


@pytest.fixture
def visit(toured: tour.Walk, browser: Browser) -> Iterator[Visit]:
    """Windows on the node of the tour."""
    visits = Visit(toured.visit.node, browser)
    yield visits
    visits.close()


def test_the_tour_can_be_walked_and_what_it_quotes_stands_on_its_pages(toured: tour.Walk) -> None:
    unseen = {
        name: [words for words in tour.quoted(text) if words not in " ".join(toured.said[name])]
        for name, text in tour.guide().items()
        if name in toured.said
    }
    assert not {name: words for name, words in unseen.items() if words}
    assert not toured.faults


@pytest.mark.parametrize("username", PEOPLE)
def test_every_link_leads_somewhere_every_page_is_accessible_and_every_number_opens(
    visit: Visit, username: str | None
) -> None:
    page = visit.person(username, language="en-US") if username else visit.anyone(language="en-US")
    page.goto("/") if username is None else None
    reader = "visitor" if username is None else "office" if "/office" in page.url else page.url
    waiting, faults = [visit.node.base + "/", page.url], []
    seen: set[str] = set()
    followed: Counter[str] = Counter()
    while waiting:
        address = urldefrag(waiting.pop(0))[0]
        pattern = _pattern(address)
        if pattern in seen or (pattern in LOOKED and urlsplit(address).path != "/"):
            continue
        seen.add(pattern)
        assert len(seen) < MOST, f"too many kinds of pages, not all were looked at: {sorted(seen)}"
        if ALIKE_FOR_ALL.match(urlsplit(address).path):
            LOOKED.add(pattern)
        answer = page.goto(address)
        if answer is None or answer.status >= 400:
            faults.append(f"{address}: {answer.status if answer else 'no answer'}")
            continue
        faults += [f"{address}: {fault}" for fault in figures.faults(page, followed)]
        if (pattern, reader) not in EXAMINED:
            EXAMINED.add((pattern, reader))
            faults += [f"{address}: {fault}" for fault in _faults(page)]
        waiting += [link for link in _links(page, visit.node.base) if not SKIPPED.search(urlsplit(link).path)]
    assert not faults, "\n".join(faults)
    assert len(seen) > 5
    assert followed


def test_every_number_of_the_auditors_verification_opens(visit: Visit) -> None:
    page = visit.person("demo-auditor", language="en-US")
    page.get_by_role("button", name="Verify everything").click()
    page.wait_for_load_state()
    assert page.locator("dl.facts [data-counts]").count() == 5
    assert not figures.faults(page, Counter())
    assert not _faults(page)


def test_a_number_that_does_not_open_or_does_not_fit_is_found(visit: Visit) -> None:
    page = visit.person("demo-lin", language="en-US")
    page.goto("/applications")
    assert not figures.faults(page, Counter())
    page.evaluate("document.querySelector('.tabs .n').dataset.counts = '7'")
    assert "says 7" in "".join(figures.faults(page, Counter()))
    page.reload()
    page.evaluate("document.querySelector('.tabs .n').removeAttribute('data-counts')")
    assert "is not marked as a figure" in "".join(figures.faults(page, Counter()))
    page.reload()
    page.evaluate("document.querySelector('.tabs a').removeAttribute('href')")
    assert "opens to nothing" in "".join(figures.faults(page, Counter()))


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
                "/hotline/rates",
                "/ask",
            ),
        ),
        ("demo-lin", ("/applications", "/licences", "/benefits", "/my-data", "/inbox", "/me")),
        ("demo-market", ("/office", "/hotline/assigned", "/office/performance")),
        ("demo-operator", ("/office/market", "/office/market/journal", "/office/market/assets")),
        ("demo-auditor", ("/audit", "/audit/chains")),
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
        r"^(/(?:laws|services|policies|catalogue|performance|batches/new|office/performance|office/policy-desk|calculator/[a-z]+/(?:why|rung))/)[^/]+$",
        r"\1*",
        path,
    )
    return path + ("?" if parts.query else "")
