"""Screenshots of every kind of page at 1280 and 375 px, light and dark, into shots/out.

make run            in one terminal
make shots          in another; or: python scripts/shots.py http://localhost:8000 home,services
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

OUT = Path(__file__).resolve().parents[1] / "shots" / "out"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGES = {
    None: {"home": "/", "services": "/services?q=开一家面馆", "event": "/events/open-restaurant", "sign-in": "/sign-in", "demo": "/demo", "verify": "/verify", "api": "/api"},
    "demo-lin": {"me": "/me", "applications": "/applications", "licences": "/licences", "inbox": "/inbox", "my-data": "/my-data"},
    "demo-market": {"office": "/office"},
    "demo-window": {"window": "/office"},
    "demo-auditor": {"audit": "/audit"},
}  # fmt: skip


def main(base: str, only: set[str]) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for person, pages in PAGES.items():
            for name, path in pages.items():
                if not only or name in only:
                    shoot(browser, base, person, name, path)
        browser.close()


def shoot(browser: Browser, base: str, person: str | None, name: str, path: str) -> None:
    for width, scheme in ((1280, "light"), (375, "light"), (1280, "dark"), (375, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, locale="zh-CN"
        )  # type: ignore[arg-type]
        page = context.new_page()
        if person:
            enter(page, base, person)
        page.goto(base + path)
        page.screenshot(path=str(OUT / f"{name}-{width}-{scheme}.png"), full_page=True)
        context.close()


def enter(page: Page, base: str, person: str) -> None:
    """Become one of the demo people."""
    page.goto(f"{base}/demo")
    page.locator(f'button[value="{person}"]').click()


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000",
        set(sys.argv[2].split(",")) if len(sys.argv) > 2 else set(),
    )
