"""Walking the tour of docs/guide/tour.md: who walks, what was seen on the way, and the guide read as data.

    walk = Walk(visit, folder)
    for name, step in tour_steps.STEPS.items():
        walk.take(name, step)

What every page of a step said is kept, so that a test can find the words that the guide quotes.
"""

from __future__ import annotations

import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page
from tests.factories.papers import pdf
from tests.journeys import figures
from tests.journeys.conftest import Visit

GUIDE: Final = Path(__file__).resolve().parents[2] / "docs" / "guide" / "tour.md"
PEOPLE: Final = {
    "Lin Xiaochen": "demo-lin", "Shen Yihe": "demo-shen", "Zhou Yiming": "demo-market", "Gu Mingyuan": "demo-urban",
    "Chen Zhixia": "demo-fire", "Yan Shenzhi": "demo-auditor", "Fang Diheng": "demo-registry", "Qian Huimin": "demo-commerce",
    "An Ning": "demo-hotline", "Wei Ping": "demo-police", "Shu Ju": "demo-operator", "Shu Tong": "demo-data",
    "Yin Xingzhou": "demo-bank", "Lin She": "demo-neighbour",
}  # fmt: skip
"""Everybody whom the guide names, by the name it uses."""


class Walk:
    """Who walks, with a window for each person, and what was seen on the way."""

    def __init__(self, visit: Visit, folder: Path) -> None:
        self.visit, self.folder = visit, folder
        self.windows: dict[str, Page] = {}
        self.said: dict[str, list[str]] = defaultdict(list)
        """Step -> the words of the pages it led over, menus and folds included."""
        self.faults: list[str] = []
        """Numbers that do not open, on pages that no link leads to once the step is done."""
        self.step = ""
        self.number = ""
        """Of Lin's application."""
        self.paper = folder / "paper.pdf"
        self.paper.write_bytes(pdf("paper"))
        self.permit = folder / "food-permit.sdjwt"

    def take(self, name: str, step: Callable[[Walk], None]) -> None:
        self.step = name
        step(self)

    def be(self, name: str, address: str = "") -> Page:
        """The window of a person; entered at the first time, by the button with the name."""
        if name not in self.windows:
            page = self.visit.anyone(language="en-US")
            page.goto("/demo")
            page.get_by_role("button", name=f"Enter as {name}", exact=True).click()
            self.windows[name] = page
        page = self.windows[name]
        if address:
            page.goto(address)
        self.look(page)
        return page

    def anyone(self, address: str) -> Page:
        if "" not in self.windows:
            self.windows[""] = self.visit.anyone(language="en-US")
        self.windows[""].goto(address)
        return self.look(self.windows[""])

    def look(self, page: Page) -> Page:
        page.wait_for_load_state()
        self.said[self.step].append(page.evaluate("document.body.textContent.replace(/\\s+/g, ' ')"))
        return page

    def count(self, page: Page) -> None:
        """Look at the numbers of a page that nobody finds any more when the tour is over."""
        self.faults += [f"{self.step} {page.url}: {fault}" for fault in figures.faults(page, Counter())]

    def follow(self, page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> Page:
        page.get_by_role("main").get_by_role("link", name=name, exact=exact).first.click()
        return self.look(page)

    def press(self, page: Page, name: str | re.Pattern[str], *, within: Locator | None = None) -> Page:
        (within or page.get_by_role("main")).get_by_role("button", name=name).first.click()
        return self.look(page)

    def wait_for(self, page: Page, text: str | re.Pattern[str], *, seconds: int = 40) -> None:
        """Look again until the worker has done its part."""
        for _ in range(seconds * 2):
            if page.get_by_role("main").get_by_text(text).count():
                self.look(page)
                return
            time.sleep(0.5)
            page.reload()
        raise AssertionError(f"{text} never came: {page.inner_text('main')}")


def guide(path: Path = GUIDE) -> dict[str, str]:
    """Step -> its text, as the guide numbers them: `2.1` is the first point under the second heading, 0 what stands above."""
    parts: dict[str, str] = {}
    section, key = 0, "0"
    for line in path.read_text(encoding="utf-8").splitlines():
        if heading := re.match(r"## (\d+)\.", line):
            section, key = int(heading[1]), ""
        elif point := re.match(r"(\d+)\. ", line):
            key = f"{section}.{point[1]}"
        if key:
            parts[key] = f"{parts.get(key, '')} {line.strip()}"
    return parts


def quoted(text: str) -> list[str]:
    """What stands in italics: words of a page."""
    return re.findall(r"(?<!\*)\*(?!\*)([^*]+)(?<!\*)\*(?!\*)", text)


def named(text: str) -> list[str]:
    """What stands in bold at the mention of a person."""
    return [name for name in re.findall(r"\*\*([^*]+)\*\*", text) if not name.endswith(".")]


def addresses(text: str) -> list[str]:
    """What stands as code and begins with a slash."""
    return re.findall(r"`(/[^`]*)`", text)
