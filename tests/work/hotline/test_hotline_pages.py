"""The pages: forms that lose nothing, tabs that count what they list, rates that open to their tickets."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tongban.work.hotline import models
from tongban.work.hotline.actions import call_backs, replies

FORM = {
    "title": "楼下面馆噪音太大",
    "content": "排风扇响到半夜",
    "location": "春风面馆",
    "district": "990101",
    "confidential": "no",
    "key": "a",
}


def test_a_visitor_reads_what_the_hotline_is_and_is_asked_to_sign_in(line: Any) -> None:
    answer = line.browser().get("/hotline")
    assert "/sign-in?next=/hotline" in answer.content.decode()


def test_a_resident_reports_follows_and_answers_on_the_page(line: Any) -> None:
    browser = line.browser("neighbour")
    sent = browser.post("/hotline", FORM)
    assert browser.post("/hotline", FORM)["Location"] == sent["Location"]
    number = sent["Location"].rsplit("/", 1)[1]
    text = browser.get(sent["Location"]).content.decode()
    assert number in text
    assert "Noise" in text or "noise" in text
    desk = line.browser("hot-clerk")
    page = desk.get(f"/hotline/desk/{number}").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    unit = line.unit("public-security")
    assert f'value="{unit}" selected' in page
    answer = desk.post(
        f"/hotline/desk/{number}/dispatch", {"version": version, "dispatch-organisation": unit}
    )
    assert answer.status_code == 302
    replies.reply(acting=line.acting("hot-police"), number=number, note="已处理")
    ticket = models.Ticket.objects.get(number=number)
    answered = browser.post(
        f"/hotline/tickets/{number}/answer",
        {"version": ticket.version, "answer-solved": "yes", "answer-satisfied": "satisfied"},
    )
    assert answered.status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == "closed"


def test_a_form_that_cannot_be_taken_comes_back_with_its_text_and_its_errors(line: Any) -> None:
    answer = line.browser("neighbour").post("/hotline", {**FORM, "location": "", "phone": "x"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "排风扇响到半夜" in text
    assert 'href="#field-location"' in text
    assert 'href="#field-phone"' in text
    assert not models.Ticket.objects.exists()


def test_a_step_from_an_old_page_comes_back_with_its_text(line: Any) -> None:
    made = line.dispatched()
    answer = line.browser("hot-police").post(
        f"/hotline/assigned/{made.number}/reply", {"version": "1", "reply-note": "已加装隔声罩"}
    )
    assert answer.status_code == 412
    assert "已加装隔声罩" in answer.content.decode()


def test_every_step_of_the_desk_works_from_the_page(line: Any) -> None:
    made = line.report(title="问一件事", content="不知道")
    desk, unit = "hot-clerk", "hot-police"

    def send(who: str, step: str, **typed: str) -> None:
        browser, base = line.browser(who), "desk" if who == desk else "assigned"
        version = models.Ticket.objects.get(pk=made.pk).version
        own = {f"{step}-{name}": value for name, value in typed.items()}
        answer = browser.post(f"/hotline/{base}/{made.number}/{step}", {"version": version, **own})
        assert answer.status_code == 302, step
        assert browser.get(f"/hotline/{base}/{made.number}").status_code == 200

    send(desk, "classify", complaint_class="business-noise")
    send(desk, "dispatch", organisation=line.unit("public-security"))
    send(unit, "object", reason="duty", note="不归我们")
    send(desk, "ruling", ruling="rejected", note="归你们")
    send(unit, "contact", note="明天来")
    send(unit, "reply", note="好了")
    send(desk, "call-back", reached="no", note="")
    line.later(days=1)
    send(desk, "call-back", reached="yes", solved="no", satisfied="dissatisfied")
    send(desk, "reopen", note="没解决")
    assert models.Ticket.objects.get(pk=made.pk).state == "reopened"


def test_every_tab_counts_what_it_lists(line: Any) -> None:
    line.dispatched()
    line.report(title="路灯不亮", content="坏了")
    desk = line.browser("hot-clerk")
    text = desk.get("/hotline/desk").content.decode()
    counts = dict(re.findall(r'href="\?show=(\w+)"[^>]*>[^<]*<span class="n num" data-counts="(\d+)"', text))
    assert counts == {"received": "1", "disputed": "0", "units": "1", "replied": "0", "closed": "0"}
    for tab, count in counts.items():
        listed = desk.get(f"/hotline/desk?show={tab}").content.decode()
        assert len(set(re.findall(r'href="/hotline/desk/(990100-[^"]+)"', listed))) == int(count), tab
        rows = desk.get(f"/hotline/desk.csv?show={tab}").content.decode().strip().splitlines()
        assert len(rows) - 1 == int(count)


def test_each_number_of_the_rates_opens_to_as_many_tickets(line: Any) -> None:
    made = line.dispatched()
    replies.reply(acting=line.acting("hot-police"), number=made.number, note="好了")
    call_backs.call_back(
        acting=line.acting("hot-clerk"), number=made.number, solved="yes", satisfied="satisfied"
    )
    line.dispatched(title="面馆噪音")
    desk, visitor = line.browser("hot-clerk"), line.browser()
    text = visitor.get("/hotline/rates").content.decode()
    links = re.findall(r'href="(/hotline/rates/tickets[^"]+)"[^>]*>\s*(\d+)\s*<', text)
    assert len(links) == 14
    for link, number in links:
        link = link.replace("&amp;", "&")
        inside = desk.get(link).content.decode()
        assert len(set(re.findall(r"/hotline/tickets/(990100-[^\"]+)", inside))) == int(number), link
        assert "990100-2" not in visitor.get(link).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize(
    ("username", "path"),
    [
        (None, "/hotline"), ("neighbour", "/hotline"), ("neighbour", "/hotline/tickets"), ("neighbour", "/hotline/tickets?show=closed"),
        ("hot-clerk", "/hotline/desk"), ("hot-clerk", "/hotline/on-behalf"), ("hot-clerk", "/hotline"),
        ("hot-police", "/hotline/assigned"), (None, "/hotline/rates"), ("hot-clerk", "/hotline/rates?month=2025-01"),
        (None, "/hotline/rates/tickets?rate=solution&part=met"), (None, "/hotline/rates?month=9999-99"),
    ],
)  # fmt: skip
def test_every_page_is_there_when_it_is_empty(
    line: Any, username: str | None, path: str, language: str
) -> None:
    answer = line.browser(username, language).get(path)
    assert answer.status_code == 200
    assert "<h1" in answer.content.decode()


def test_a_list_of_many_costs_the_same_few_queries(line: Any, django_assert_max_num_queries: Any) -> None:
    for n in range(6):
        line.dispatched(title=f"面馆噪音 {n}")
    desk = line.browser("hot-clerk")
    with django_assert_max_num_queries(25):
        assert desk.get("/hotline/desk").status_code == 200


def test_the_api_reports_once_per_key_and_gives_a_handler_redacted_words(line: Any) -> None:
    browser = line.browser("neighbour")
    body = {
        "title": "楼下面馆噪音太大",
        "content": "我是欧阳慕白",
        "location": "春风面馆",
        "district": "990101",
    }
    first = browser.post(
        "/api/v1/tickets", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "7"}
    )
    again = browser.post(
        "/api/v1/tickets", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": "7"}
    )
    assert (first.status_code, first.json()["number"]) == (201, again.json()["number"])
    assert first.json()["content"] == "我是欧阳慕白"
    number = first.json()["number"]
    assert line.browser("stranger").get(f"/api/v1/tickets/{number}").status_code == 404
    bad = browser.post(
        "/api/v1/tickets", json.dumps({**body, "district": "1"}), content_type="application/json"
    )
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "district")
