"""Two cities: one installs the other's layer, verifies its licence while it is down, and asks for evidence by consent."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.factories.shops import ANSWERS
from tests.journeys import ports, steps

from tongban.doors.cli import two

pytestmark = [pytest.mark.journey, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PACKS_TWO = ROOT / "packs-two"


@dataclass
class Running:
    """A node that can be stopped and started again."""

    node: two.Node
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = self.node.home / "serve.log"
        with log.open("ab") as said:
            self.process = self.node.start(said)
        try:
            two.wait(self.node, self.process)
        except click.ClickException as error:
            raise AssertionError(f"{error.message}\n{log.read_text(errors='replace')[-3000:]}") from error

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None

    def tongban(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tongban.doors.cli.main", *words], env=self.node.env, capture_output=True, text=True, check=False
        )  # fmt: skip


@dataclass
class Pair:
    first: Running
    second: Running
    layer: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def lin(self, at: Running, *, script: bool = True, who: str = "demo-lin") -> Page:
        """A window in which the person who is known in both cities has entered one of them, or somebody else."""
        context = self.browser.new_context(
            base_url=at.node.url, locale="en-US", java_script_enabled=script, accept_downloads=True, viewport={"width": 375, "height": 800}
        )  # fmt: skip
        context.set_default_timeout(20_000)
        self.contexts.append(context)
        page = context.new_page()
        page.goto("/demo")
        page.locator(f'button[name="username"][value="{who}"]').press("Enter")
        page.wait_for_load_state()
        return page


@pytest.fixture(scope="module")
def pair(browser: Browser) -> Iterator[Pair]:
    home = Path(tempfile.mkdtemp(prefix="tongban-pair-"))
    home.chmod(0o755)
    env = {
        k: v for k, v in os.environ.items() if not k.startswith("TONGBAN_") and k != "DJANGO_SETTINGS_MODULE"
    }
    first, second = two.pair(
        PACKS_TWO, home=home, port=ports.free(2), env={**env, "TONGBAN_PACKS": str(ROOT / "packs")}
    )
    running = Running(first), Running(second)
    made: Pair | None = None
    try:
        running[0].start()
        layer = two.join(first, second, PACKS_TWO)
        running[1].start()
        two.exchange(first, second)
        made = Pair(*running, layer, browser)
        yield made
    finally:
        for context in made.contexts if made else []:
            context.close()
        for one_of_them in running:
            one_of_them.stop()
        for folder in (first.home, second.home):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def licence(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The signed file of the shop's business licence, as the first city hands it to its holder."""
    page = pair.lin(pair.first)
    page.goto("/licences")
    page.get_by_role("link", name=re.compile("Business licence")).first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    path = tmp_path_factory.mktemp("licence") / "licence.sdjwt"
    download.value.save_as(path)
    return path


def test_the_second_city_works_on_the_layer_of_the_first_with_numbers_of_its_own(pair: Pair) -> None:
    second, city = pair.second, next(PACKS_TWO.glob("*/pack.yaml")).parent.name
    assert (second.node.packs / pair.layer / ".origin.json").exists()
    for verb in ("lint", "test"):
        done = second.tongban("pack", verb, str(second.node.packs / city))
        assert done.returncode == 0, done.stdout + done.stderr
    again = second.tongban("pack", "fetch", "990100", pair.layer)
    assert "already there, unchanged" in again.stdout, again.stderr
    changed = second.node.packs / pair.layer / "README.md"
    before = changed.read_bytes()
    changed.write_bytes(before + b"\nours\n")
    refused = second.tongban("pack", "fetch", "990100", pair.layer)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    changed.write_bytes(before)
    here, there = (pair.lin(at) for at in (pair.first, pair.second))
    for page in (here, there):
        page.goto("/services/food-permit")
    assert re.search(r"\b9\b", there.inner_text("main"))
    assert here.inner_text("main") != there.inner_text("main")


def test_a_licence_verifies_in_the_second_city_while_the_first_is_down(pair: Pair, licence: Path) -> None:
    pair.first.stop()
    try:
        verified = pair.second.tongban("licence", "verify", str(licence))
        assert verified.returncode == 0, verified.stdout + verified.stderr
        page = pair.lin(pair.second, script=False)
        page.goto("/verify")
        page.locator("input[type=file]").set_input_files(licence)
        page.get_by_role("main").get_by_role("button", name="Verify").press("Enter")
        page.wait_for_load_state()
        expect(page.locator(".tag.ok", has_text="Valid")).to_be_visible()
        assert "not checked online" in page.inner_text("main")
        changed = licence.with_name("changed.sdjwt")
        data = bytearray(licence.read_bytes())
        data[len(data) // 3] ^= 1
        changed.write_bytes(bytes(data))
        assert pair.second.tongban("licence", "verify", str(changed)).returncode == 1
    finally:
        pair.first.start()


KNOWN_THERE = """
from datetime import UTC, datetime
from tongban.doors.cli import boot
boot.django()
from tongban.base.identity import actions, queries
from tongban.base.kit.acting import system
from tongban.core.values import identifiers
from tongban.doors.demo import content
actions.register_enterprise(
    acting=system(datetime.now(UTC), "980100", "test"), name=content.SHOP, name_en="Spring Breeze Noodles",
    identifier=identifiers.make_credit_code("92", "990101", 1001),
    representative=queries.account_by_name("demo-lin").person,
)
"""
"""The shop of the first city, whose owner lives in both, is registered as a subject of the second too."""


def test_an_application_in_the_second_city_uses_what_the_first_has_shown(pair: Pair, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KNOWN_THERE], env=pair.second.node.env, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answers = {**ANSWERS, "address": "澜溪市澜江区河街1号"}
    there = pair.lin(pair.second, script=False)
    steps.begin(there, for_whom="青衢市云溪区春风面馆")
    draft = there.url.removesuffix("/questions")
    steps.fill(there, {"sign": "normal"})
    steps.press(there.get_by_role("button", name=re.compile("^Save and go on")))
    there.goto(f"{draft}/questions")
    assert there.locator('input[name="fact-has_licence"]').count()

    # the licence is asked for, agreed to over there, and fetched
    there.goto("/evidence/ask?kind=business_licence&service=food-permit")
    steps.press(there.get_by_role("button", name="Go on"))
    expect(there.locator("#service")).to_have_value("food-permit")
    for field_ in ("Business scope", "Kind", "Legal representative or operator"):
        steps.tick(there.get_by_label(field_, exact=True))
    steps.press(there.get_by_role("button", name=re.compile("Ask for it")))
    link = again_until(there, lambda: there.get_by_role("link", name=re.compile("Sign in there")))
    here = pair.lin(pair.first, script=False)
    here.goto(str(link.get_attribute("href")))
    steps.press(here.get_by_role("button", name="Agree"))
    steps.press(there.get_by_role("button", name=re.compile("fetch it")))
    again_until(there, lambda: there.get_by_text("Held as evidence"))

    # the draft has it, says whose it is, and asks none of it
    there.goto(f"{draft}/materials")
    again_until(there, lambda: there.get_by_text(re.compile("Business licence, shown by")))
    no_overflow(there)
    there.goto(f"{draft}/questions")
    assert not there.locator('input[name="fact-has_licence"]:not([type=hidden])').count()
    steps.answer_questions(there, answers)
    there.goto(f"{draft}/details")
    assert re.search(r"Business licence, shown by .*, reference", there.inner_text("main"))
    assert "春风面馆" in there.content()
    steps.fill(there, answers)
    steps.press(there.get_by_role("button", name=re.compile("Save and go on")))
    there.goto(f"{draft}/materials")
    steps.hand_in_everything(there, tmp_path)
    number = steps.submit(there)
    there.goto("/inbox")
    expect(there.get_by_text("Held for your application: Business licence").first).to_be_visible()

    # so does the officer, and the decision can be replayed
    market = pair.lin(pair.second, script=False, who="demo-market")
    steps.open_case(market, number, "Food business permit")
    case = market.url.rsplit("/", 1)[1]
    assert re.search(r"Business licence, shown by .*Qingqu", market.inner_text("main"))
    steps.accept(market)
    steps.grant(market)
    replayed = pair.second.tongban("decision", "replay", case)
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    assert "licence:business_licence@990100" in replayed.stdout


def test_evidence_comes_with_the_holders_consent_and_both_sides_show_it(pair: Pair) -> None:
    there = pair.lin(pair.second, script=False)
    there.goto("/evidence")
    steps.press(there.get_by_role("link", name=re.compile("Use a licence from another place")))
    there.locator("#kind").select_option(label="Business licence")
    steps.press(there.get_by_role("button", name="Go on"))
    there.locator("#service").select_option("food-permit")
    steps.tick(there.get_by_label("Business scope"))
    steps.press(there.get_by_role("button", name=re.compile("Ask for it")))
    link = again_until(there, lambda: there.get_by_role("link", name=re.compile("Sign in there")))

    steps.press(there.get_by_role("button", name=re.compile("fetch it")))
    again_until(there, lambda: there.get_by_text("You have not agreed at the other place yet"))
    no_overflow(there)

    here = pair.lin(pair.first, script=False)
    here.goto(str(link.get_attribute("href")))
    shown = here.inner_text("main")
    assert "Business scope" in shown
    assert "Legal representative or operator" not in shown
    no_overflow(here)
    steps.press(here.get_by_role("button", name="Agree"))
    back = here.get_by_role("link", name=re.compile("Back to the place that asked")).get_attribute("href")
    there.goto(str(back))
    steps.press(there.get_by_role("button", name=re.compile("fetch it")))
    again_until(there, lambda: there.get_by_text("Held as evidence"))
    came = there.inner_text("main")
    assert "Qingqu" in came
    assert "Legal representative or operator" not in came

    here.goto("/licences")
    here.get_by_role("link", name=re.compile("Business licence")).first.click()
    uses = here.locator("section[aria-labelledby=uses]")
    expect(uses.get_by_text("Shown to another place, as you agreed").first).to_be_visible()
    expect(uses.get_by_text("Lanxi Services").first).to_be_visible()
    here.goto("/inbox")
    expect(here.get_by_text(re.compile("Lanxi Services has fetched")).first).to_be_visible()
    for at in (pair.first, pair.second):
        audit = at.tongban("audit", "verify")
        assert audit.returncode == 0, audit.stdout + audit.stderr


def test_a_suspended_neighbour_is_a_stranger_again(pair: Pair, licence: Path) -> None:
    first, second = pair.first, pair.second
    assert second.tongban("peer", "suspend", "990100", "--reason", "exercise").returncode == 0
    assert second.tongban("licence", "verify", str(licence)).returncode == 1
    assert first.tongban("pack", "fetch", "980100", pair.layer).returncode == 1
    assert second.tongban("peer", "resume", "990100", "--reason", "exercise over").returncode == 0
    assert second.tongban("licence", "verify", str(licence)).returncode == 0


def again_until(page: Page, wanted: object, *, seconds: int = 60) -> object:
    """Look again until the worker has done its part."""
    for _ in range(seconds):
        if wanted().count():  # type: ignore[operator]
            return wanted()  # type: ignore[operator]
        time.sleep(1)
        page.goto(page.url)
    raise AssertionError(page.inner_text("main"))


def no_overflow(page: Page) -> None:
    """At 375 px nothing is wider than the window."""
    box = page.locator("main").bounding_box()
    assert box is not None
    assert box["width"] <= 375
