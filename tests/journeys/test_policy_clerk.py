"""A policy clerk on a million firms: moves a number, sees who loses, has everybody tried, and puts the layer in force."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from tests.journeys import steps
from tests.journeys.conftest import Node, Visit, serving

pytestmark = [pytest.mark.journey, pytest.mark.slow]
MANY = 1_000_000
POLICY, LEAST = "technical-renovation", "renovation_least"


@pytest.fixture(scope="module")
def desk() -> Iterator[Node]:
    with serving() as node:
        drawn = node.tongban("demo", "population", "--enterprises", str(MANY), "--persons", "0")
        assert drawn.returncode == 0, drawn.stderr
        yield node


def assessed(node: Node, on: date) -> Any:
    """What the interface says of a project of three million on a day."""
    facts = {"renovation_equipment": 3_000_000, "renovation_funded_elsewhere": False}
    body = {"subject": "enterprise", "policies": [POLICY], "at": on.isoformat(), "facts": facts}
    asked = urllib.request.Request(  # our own node
        f"{node.base}/api/v1/policies/assess", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return json.load(answer)["ladder"][0]


def test_a_clerk_changes_a_number_sees_who_loses_and_publishes_it(
    desk: Node, browser: Browser, tmp_path: Path
) -> None:
    visit = Visit(desk, browser)
    page = visit.person("demo-commerce", language="en-US")
    page.goto("/office/policy-desk")
    steps.looks_right(page)
    page.get_by_role("link", name=re.compile("technical renovation")).click()
    page.locator(f"#n-{LEAST}").fill("5000000")
    page.locator(f"#n-{LEAST}").press("Tab")
    expect(page.locator("#trial")).to_contain_text("Try it on all 1,000,000")
    page.locator("#by").select_option("trade")
    expect(page.locator("#trial table").first).to_contain_text("Manufacturing")
    page.locator("#sweep").select_option(LEAST)
    expect(page.locator("#trial svg.chart")).to_have_count(2)
    steps.looks_right(page)
    page.get_by_role("button", name=re.compile("Try it on all")).click()
    expect(page.locator("#run")).to_contain_text("1,000,000 rows in", timeout=90_000)
    told = page.locator("#run").inner_text()
    losers = re.search(r"Get less\s+([\d,]+)", told)
    assert losers
    assert int(losers[1].replace(",", "")) > 1_000, told
    assert re.search(r"Get more\s+0\b", told)
    steps.looks_right(page)

    tomorrow = date.fromisoformat(page.locator("#on").input_value())
    with page.expect_download() as download:
        page.get_by_role("button", name="The layer with these numbers").click()
    layer = tmp_path / "layer.zip"
    download.value.save_as(layer)
    before = assessed(desk, tomorrow)
    assert (before["result"], before["amount"]) == ("eligible", 30_000_000)
    tried = desk.tongban("pack", "add", str(layer), "--dry-run")
    assert tried.returncode == 0, tried.stdout + tried.stderr
    added = desk.tongban("pack", "add", str(layer))
    assert added.returncode == 0, added.stdout + added.stderr
    after, today = assessed(desk, tomorrow), assessed(desk, tomorrow - timedelta(days=1))
    assert (after["result"], after["unmet"]) == ("near", ["equipment"])
    assert (today["result"], today["amount"]) == ("eligible", 30_000_000)
    visit.close()
