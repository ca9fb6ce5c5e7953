"""Two applicants, three officers, a correction, licences, verification, audit: by keyboard, and without JavaScript."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.factories.shops import ANSWERS, FOUNDING
from tests.journeys import steps
from tests.journeys.conftest import Node, Visit

pytestmark = [pytest.mark.journey, pytest.mark.slow]
ENGLISH = "en-US"


def apply(page: Page, folder: Path, *, for_whom: str | None, answers: dict[str, object]) -> str:
    scripted = for_whom is not None  # axe needs JavaScript
    steps.begin(page, for_whom=for_whom)
    if scripted:
        steps.looks_right(page)
    steps.answer_questions(page, answers)
    if "/details" in page.url:
        steps.fill(page, answers)
        steps.press(page.get_by_role("button", name=re.compile("Save and go on")))
    expect(page).to_have_url(re.compile("/materials"))
    if scripted:
        steps.looks_right(page)
    steps.hand_in_everything(page, folder)
    if scripted:
        for step in ("details", "materials", "review"):
            page.goto(re.sub(r"/[a-z]+(#.*)?$", f"/{step}", page.url))
            steps.looks_right(page)
        page.goto(re.sub(r"/review$", "/materials", page.url))
    return steps.submit(page)


def wait_for(page: Page, text: str | re.Pattern[str], *, seconds: int = 30) -> None:
    """Reload until the worker has done its part."""
    for _ in range(seconds * 2):
        if page.get_by_text(text).count():
            return
        time.sleep(0.5)
        page.reload()
    raise AssertionError(f"{text} never came: {page.inner_text('main')}")


def test_a_licensed_shop_gets_everything_at_once_and_can_prove_it(
    node: Node, visit: Visit, tmp_path: Path
) -> None:
    lin = visit.person("demo-lin", language=ENGLISH)
    number = apply(lin, tmp_path, for_whom="青衢市云溪区春风面馆", answers=ANSWERS)

    urban = visit.person("demo-urban", language=ENGLISH)
    steps.open_case(urban, number, "Outdoor sign")
    steps.looks_right(urban)
    steps.press(urban.get_by_role("link", name=re.compile("correction", re.I)))
    steps.looks_right(urban)
    steps.tick(urban.locator('input[name="defect"][value*="sign-rendering"]'))
    urban.locator('input[name^="text:"][name*="sign-rendering"]').fill("The picture by night is missing.")
    steps.press(urban.get_by_role("main").get_by_role("button").last)
    urban.wait_for_load_state()

    lin.goto(f"/applications/{number}")
    steps.press(lin.get_by_role("link", name=re.compile("Correct it")))
    expect(lin.get_by_text("The picture by night is missing.").first).to_be_visible()
    steps.looks_right(lin)
    paper = tmp_path / "night.pdf"
    from tests.factories.papers import pdf

    paper.write_bytes(pdf("night"))
    lin.locator("input[type=file]").first.set_input_files(paper)
    steps.press(lin.get_by_role("button", name=re.compile("Upload")).first)
    steps.press(lin.get_by_role("button", name=re.compile("Send the case back")))
    lin.wait_for_load_state()

    for officer, services in (
        ("demo-urban", ["Outdoor sign"]),
        ("demo-market", ["Food business permit"]),
        ("demo-fire", ["Fire safety check"]),
    ):
        page = visit.person(officer, language=ENGLISH)
        for service in services:
            steps.open_case(page, number, service)
            steps.accept(page)
            steps.grant(page)

    lin.goto("/licences")
    wait_for(lin, "Food business permit")
    lin.get_by_role("link", name=re.compile("Food business permit")).first.click()
    expect(lin.get_by_role("img", name=re.compile("QR code")).first).to_be_visible()
    steps.looks_right(lin)
    with lin.expect_download() as download:
        lin.get_by_role("link", name=re.compile("Download")).first.click()
    licence = tmp_path / "permit.sdjwt"
    download.value.save_as(licence)

    verified = node.tongban("licence", "verify", str(licence))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "青衢市云溪区春风面馆" in verified.stdout
    changed = bytearray(licence.read_bytes())
    changed[len(changed) // 2] ^= 1
    licence.write_bytes(bytes(changed))
    assert node.tongban("licence", "verify", str(licence)).returncode == 1

    lin.goto(f"/applications/{number}")
    steps.looks_right(lin)
    steps.tick(lin.locator("#grade-1"))
    steps.press(lin.get_by_role("button", name="Send the rating"))
    lin.wait_for_load_state()
    lin.goto("/inbox")
    assert lin.get_by_text(re.compile("Granted")).count() >= 3

    auditor = visit.person("demo-auditor", language=ENGLISH)
    auditor.goto("/audit")
    assert "林晓晨" not in auditor.inner_text("main")
    audit = node.tongban("audit", "verify")
    assert audit.returncode == 0, audit.stdout + audit.stderr
    assert re.search(r"\d+ entries in \d+ chains", audit.stdout)


def test_a_new_shop_waits_for_its_licence_even_without_javascript(
    node: Node, visit: Visit, tmp_path: Path
) -> None:
    shen = visit.person("demo-shen", language=ENGLISH, script=False)
    number = apply(shen, tmp_path, for_whom=None, answers={**ANSWERS, **FOUNDING, "area": "86.5"})
    shen.goto(f"/applications/{number}")
    assert shen.get_by_text(re.compile("Waits for “")).count() >= 2

    market = visit.person("demo-market", language=ENGLISH, script=False)
    steps.open_case(market, number, "Business registration")
    steps.accept(market)
    steps.grant(market)
    wait_for(shen, re.compile("Business licence"))
    for _ in range(60):
        shen.reload()
        if not shen.get_by_text(re.compile("Waits for “")).count():
            break
        time.sleep(0.5)
    assert not shen.get_by_text(re.compile("Waits for “")).count()

    for officer, service in (("demo-market", "Food business permit"), ("demo-urban", "Outdoor sign")):
        page = visit.person(officer, language=ENGLISH, script=False)
        steps.open_case(page, number, service)
        steps.accept(page)
        steps.grant(page)
    shen.goto("/licences")
    wait_for(shen, "Food business permit")
    assert shen.get_by_text("Business licence").count()
