"""The pages: what everybody reads, what offices open, and a pilot from its first form to its decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tongban.core.packs.logs import LOGS
from tongban.work.cases import log

HERE, THERE, FOOD = "990101", "990102", "food-permit"
FORM = {
    "service": FOOD, "place": HERE, "comparison": THERE, "goal": "restaurants-faster", "first": "2026-03-02", "last": "2026-08-31",
    "patch": "promised: {amount: 5, extension: 5, confidence: sample}",
}  # fmt: skip


def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def text(response: Any) -> str:
    return response.content.decode()


def case(number: str, **facts: Any) -> dict[str, Any]:
    given = dict.fromkeys(LOGS["cases"]) | {
        "number": number, "pack": "sha256:other", "service": FOOD, "event": "open-restaurant", "organisation": "qingqu-market-regulation",
        "authority": "market-regulation", "place": HERE, "submitted_on": date(2026, 1, 20), "closed": True,
        "closed_on": date(2026, 2, 3), "on_time": True, "actual_days": 8, "statutory_days": 20, "corrections": 0,
        "materials_required": 6, "materials_exempt": 4,
    }  # fmt: skip
    return given | facts


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A log that tests write themselves."""
    kept: list[dict[str, Any]] = []

    def rows(which: str, *, service: str | None = None, **_options: Any) -> Iterator[dict[str, Any]]:
        return (row for row in kept if which == "cases" and service in (None, row["service"]))

    monkeypatch.setattr(log, "log_rows", rows)
    return kept


def test_without_a_record_every_number_is_missing_and_none_is_zero(office: Any, logged: Any) -> None:
    page = text(visitor().get("/performance"))
    assert page.count("missing: nothing to count") == 6
    assert "0.0" not in page
    assert "No month has a number yet." in text(visitor().get("/performance/on-time-rate"))


def test_everybody_reads_a_number_how_it_is_made_and_its_trend(office: Any, logged: Any) -> None:
    logged += [case(f"no-such-case-{n}", on_time=n > 0) for n in range(10)]
    page = text(visitor().get("/performance/on-time-rate"))
    for part in (
        "90.0",
        "over 10 records",
        "too few to rank",
        "<code>closed</code>",
        "on_time",
        "<svg",
        "2026-02",
    ):
        assert part in page
    assert "Behind the number" not in page
    assert "no-such-case" not in page


def test_small_numbers_are_not_told_apart_in_public(office: Any, logged: Any) -> None:
    logged += [case(f"A{n}") for n in range(4)] + [case("B0", place=THERE, on_time=False)]
    page = text(visitor().get("/performance/on-time-rate?by=place"))
    assert "Qingshi" not in page
    logged[:] = [case("B0", on_time=False)]
    assert "too few to be shown" in text(visitor().get("/performance/on-time-rate"))


def test_an_officer_opens_the_cases_of_the_own_organ_and_no_others(office: Any, logged: Any) -> None:
    real = office.case(FOOD)
    logged += [
        case(real.number, on_time=False),
        case("of-another-organ", on_time=False, organisation="qingqu-fire-rescue"),
    ]
    page = text(office.browser("demo-market").get("/office/performance/on-time-rate"))
    assert f'href="/office/cases/{real.number}"' in page
    assert "of-another-organ" not in page
    assert "1 record belongs to another organ" in page
    whole = text(office.browser("data-officer").get("/office/performance/on-time-rate?part=missed"))
    assert "of-another-organ" in whole
    assert f'href="/office/cases/{real.number}"' not in whole  # numbers only
    assert visitor().get("/office/performance/on-time-rate").status_code == 302
    assert office.browser("demo-lin").get("/office/performance").status_code == 404


def test_the_list_comes_as_a_file_that_is_as_long_as_the_list(office: Any, logged: Any) -> None:
    logged += [case(f"A{n}", on_time=n > 2) for n in range(5)]
    answer = office.browser("demo-window").get("/office/performance/on-time-rate.csv?part=missed")
    lines = text(answer).strip().splitlines()
    assert len(lines) == 1 + 3
    assert lines[1].startswith("A0,0,1,")


@pytest.mark.parametrize(
    "query", ["period=2026-13", "period=%00", "by=nothing", "part=x&page=9999", "value=%00&by=service"]
)
def test_odd_questions_get_a_plain_page(office: Any, logged: Any, query: str) -> None:
    logged += [case("A1")]
    assert visitor().get(f"/performance/on-time-rate?{query}").status_code == 200
    assert office.browser("demo-window").get(f"/office/performance/on-time-rate?{query}").status_code == 200
    assert visitor().get("/performance/nothing").status_code == 404


def test_a_pilot_is_written_shown_started_judged_and_promoted(office: Any, logged: Any) -> None:
    browser = office.browser("data-officer")
    shown = text(browser.post("/office/pilots/new", {**FORM, "step": "preview"}))
    assert "promised.amount" in shown
    hidden = dict(re.findall(r'<input type="hidden" name="(id|seen)" value="([^"]+)"', shown))
    sent = browser.post("/office/pilots/new", {**FORM, **hidden, "step": "start"})
    assert sent.status_code == 302
    page = sent["Location"]
    assert "Too few cases to tell." in text(browser.get(page))
    assert "Food business permit" in text(visitor().get("/performance"))

    office.later(days=90)
    browser = office.browser("data-officer")
    days = {(HERE, 1): 8, (HERE, 3): 4, (THERE, 1): 9, (THERE, 3): 9}
    logged += [
        case(f"{place}-{month}-{n}", place=place, submitted_on=date(2026, month, 10), closed_on=date(2026, month, 24), actual_days=used + n % 3)
        for (place, month), used in days.items()
        for n in range(30)
    ]  # fmt: skip
    judged = text(browser.get(f"{page}?cell=pilot-after"))
    assert "Effect: +20.0 percentage points" in judged
    assert "The pilot changed it for the better." in judged
    assert f"{HERE}-3-0" in judged
    assert text(office.browser("demo-market").get(page)).count("/promote") == 0
    assert office.browser("demo-market").post(f"{page}/promote", {"reasons": "x"}).status_code == 404
    assert browser.post(f"{page}/promote", {"version": 1, "reasons": ""}).status_code == 422
    assert browser.post(f"{page}/promote", {"version": 1, "reasons": "It works."}).status_code == 302
    assert "Promoted to the whole place" in text(browser.get(page))


def test_a_mistake_in_a_version_comes_back_with_the_text_and_the_line(office: Any, logged: Any) -> None:
    answer = office.browser("data-officer").post(
        "/office/pilots/new", {**FORM, "patch": "promise: {amount: 5}", "step": "preview"}
    )
    assert answer.status_code == 422
    assert "services/service.yaml:2" in text(answer)
    assert "promise: {amount: 5}" in text(answer)


def test_who_owns_no_goal_sees_pilots_and_starts_none(office: Any, logged: Any) -> None:
    assert "No pilot has been started here." in text(office.browser("demo-auditor").get("/office/pilots"))
    assert office.browser("demo-market").get("/office/pilots/new").status_code == 404
    assert office.browser("demo-window").get("/office/pilots/new").status_code == 404
