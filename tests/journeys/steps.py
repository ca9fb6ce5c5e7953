"""What people do in a journey, by keyboard, found by role and name."""

from __future__ import annotations

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect
from tests.factories.papers import pdf

SEARCHED = "开一家面馆"


def looks_right(page: Page) -> None:
    """Nothing serious for axe on this page of the journey, which a crawl by links does not reach."""
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['help']}" for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, f"{page.url}: {serious}"


def press(thing: Locator) -> None:
    """Focus and press Enter, as somebody without a mouse does."""
    thing.focus()
    thing.press("Enter")


def tick(thing: Locator) -> None:
    thing.focus()
    thing.press("Space")


def begin(page: Page, *, for_whom: str | None = None) -> None:
    """Search, open the life event, start, agree that offices may be asked."""
    page.goto("/")
    box = page.get_by_role("searchbox").first
    box.fill(SEARCHED)
    box.press("Enter")
    press(page.get_by_role("link", name="Opening a restaurant").first)
    press(page.get_by_role("button", name=re.compile("Start the application")))
    if for_whom is not None:
        tick(page.get_by_label(for_whom))
        press(page.get_by_role("button", name="Go on"))
    press(page.get_by_role("button", name="Agree and go on"))
    expect(page).to_have_url(re.compile("/questions"))


def answer_questions(page: Page, answers: dict[str, object]) -> None:
    """Answer what is asked, save, and go on as long as questions come."""
    for _ in range(12):
        if "/questions" not in page.url:
            return
        fill(page, answers, scope="#wizard")
        button = page.get_by_role("button", name=re.compile("^Save and go on"))
        press(button)
        page.wait_for_load_state()
    raise AssertionError("questions never ended: " + page.locator("#wizard").inner_text())


def fill(page: Page, answers: dict[str, object], *, scope: str = "main") -> None:
    """Fill in every open field of the page whose fact is among the answers."""
    for name, raw in answers.items():
        value = {"true": "yes", "false": "no"}.get(str(raw), raw)
        radio = page.locator(f'{scope} input[type=radio][name="fact-{name}"][value="{value}"]')
        if (
            radio.count()
            and not page.locator(f'{scope} input[type=radio][name="fact-{name}"]:checked').count()
        ):
            tick(radio.first)
            _settle(page)
            continue
        text = page.locator(
            f'{scope} input[name="fact-{name}"]:not([type=radio]):not([type=hidden]):not([readonly])'
        )
        if text.count() and not text.first.input_value():
            text.first.fill(str(value))
            text.first.press("Tab")
            _settle(page)


def hand_in_everything(page: Page, folder: Path) -> None:
    """Upload what is asked for, sign what is to be signed."""
    paper = folder / "plan.pdf"
    paper.write_bytes(pdf("plan"))
    for _ in range(30):
        upload = page.locator('form:has(label:has-text("Choose a file"))').first
        sign = page.locator('form[action$="/sign"]').first
        if sign.count():
            tick(sign.get_by_role("checkbox"))
            press(sign.get_by_role("button"))
        elif upload.count():
            upload.locator("input[type=file]").set_input_files(paper)
            press(upload.get_by_role("button", name=re.compile("Upload")))
        else:
            return
        page.wait_for_load_state()
    raise AssertionError("papers never ended")


def submit(page: Page) -> str:
    """Declare and submit; the application number."""
    press(page.get_by_role("link", name=re.compile("Review|Check")).last)
    tick(page.locator("#declared"))
    press(page.get_by_role("button", name="Submit"))
    page.wait_for_load_state()
    found = re.search(r"\d{6}-\d{8}-\d{6}-[0-9A-Z]", page.inner_text("main"))
    assert found, page.inner_text("main")
    return found[0]


def open_case(page: Page, number: str, service: str) -> None:
    """An officer finds a case of an application in the worklist and opens it."""
    page.goto(f"/office?q={number}&show=all")
    press(page.get_by_role("link", name=re.compile(service)).first)
    expect(page).to_have_url(re.compile("/office/cases/"))


def accept(page: Page) -> None:
    press(page.get_by_role("button", name=re.compile("^Accept")))
    page.wait_for_load_state()


def grant(page: Page) -> None:
    press(page.get_by_role("link", name=re.compile("Decide")))
    tick(page.get_by_label("Grant"))
    page.locator("#reasons").fill("Every condition is met and every paper is in order.")
    press(
        page.get_by_role("main").get_by_role("button", name=re.compile("Decide|Issue|Sign|Save|Confirm")).last
    )
    page.wait_for_load_state()


def _settle(page: Page) -> None:
    """Wait until a live update has come and gone."""
    page.wait_for_function("() => !document.querySelector('.htmx-request')") if _scripted(page) else None


def _scripted(page: Page) -> bool:
    try:
        return bool(page.evaluate("() => true"))
    except Exception:  # JavaScript is off
        return False
