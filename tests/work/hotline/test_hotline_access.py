"""Who reported a ticket never reaches who handles it: over every route, file, notice, message and audit entry."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import get_resolver
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tongban.base.audit.models import Entry, IdempotencyKey, Message
from tongban.work.hotline import access, queries, urls
from tongban.work.hotline.actions import call_backs, disputes, replies, tickets

NAME, PHONE = "欧阳慕白", "13912345678"
MARKS = (NAME, PHONE, "Ouyang", "慕白")
STEPS = {"desk-step": "dispatch", "assigned-step": "reply"}
SIGNED = f"我是{NAME}，电话{PHONE}"
OUTSIDERS = ("hot-police", "hot-ecology", "demo-urban", "demo-window", "demo-auditor", "stranger", None)


def paths(number: str) -> list[str]:
    """Every address of the room, and of its API, for a ticket."""
    found = []
    for pattern in urls.urlpatterns:
        path = "/" + str(pattern.pattern).replace("<str:number>", number)
        found.append(path.replace("<slug:step>", STEPS.get(pattern.name, "")))
    return [*found, f"/api/v1/tickets/{number}"]


def asked(number: str) -> list[str]:
    """The addresses as handlers would ask them: with every tab, and searching for the reporter."""
    tabs = [
        f"/hotline/{base}?show={tab}"
        for base in ("assigned", "assigned.csv")
        for tab in ("new", "disputed", "replied", "closed")
    ]
    behind = [
        f"/hotline/rates/tickets?rate={rate}&part=counted&month=2026-03"
        for rate in ("response", "solution", "dispatched")
    ]
    return [*paths(number), *tabs, *behind]


def test_every_route_declares_who_may_come() -> None:
    resolver = get_resolver()
    for path in paths("990100-20260302-T000001-K"):
        assert getattr(resolver.resolve(path).func, "access", None), path


@pytest.mark.parametrize("stage", ["disputed", "closed"])
def test_no_answer_to_anybody_outside_the_hotline_names_the_reporter(
    line: Any, hear: Callable[[], int], stage: str
) -> None:
    made = line.dispatched(
        content=f"噪音太大。{SIGNED}",
        title=f"面馆噪音 {NAME}",
        location=f"{NAME}家楼下",
        enterprise=f"{NAME}楼下面馆",
    )
    _bring_to(line, made, stage)
    hear()
    for username in OUTSIDERS:
        browser = line.browser(username)
        for path in asked(made.number):
            answer = browser.get(path)
            text = answer.content.decode() if not answer.streaming else ""
            assert not any(mark in text for mark in MARKS), (username, path)
    for path in paths(made.number):
        if "/assigned/" in path:
            text = line.browser("hot-police").post(path, {"version": "0"}).content.decode()
            assert not any(mark in text for mark in MARKS), path


@pytest.mark.parametrize("stage", ["disputed", "closed"])
def test_no_audit_entry_message_or_key_names_the_reporter(
    line: Any, hear: Callable[[], int], stage: str
) -> None:
    account = line.city.account("neighbour")
    made = line.dispatched(content=SIGNED)
    _bring_to(line, made, stage)
    hear()
    ids = (str(account.pk), str(account.person_id))
    for entry in Entry.objects.filter(chain=made.pk):
        written = json.dumps(
            [entry.detail, entry.purpose, str(entry.actor), str(entry.principal), entry.object_id],
            ensure_ascii=False,
        )
        assert not any(mark in written for mark in (*MARKS, *ids)), entry.action
    for message in Message.objects.filter(root=made.pk):
        assert not any(mark in json.dumps(message.payload, ensure_ascii=False) for mark in (*MARKS, *ids))
    assert not any(
        mark in json.dumps([k.answer, k.key]) for k in IdempotencyKey.objects.all() for mark in MARKS
    )


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    gap=st.sampled_from(("", " ", "-", "\u3000", "·", "\u200b")), before=st.text("天地玄黄abc1 ", max_size=6)
)
def test_a_handler_cannot_find_a_ticket_by_who_reported_it(line: Any, gap: str, before: str) -> None:
    from tongban.work.hotline.worklist import UNIT, Worklist

    signed = f"{before}{gap.join(NAME)}电话{gap.join(PHONE)}"
    made = line.dispatched(title=signed[:80], location=signed)
    police = line.acting("hot-police")
    for wanted in (NAME, PHONE, NAME[2:], PHONE[3:7]):
        assert made.number not in {
            row.number for row in Worklist(police, tabs=UNIT, search=wanted).found_open
        }
    words = queries.reading(police, access.ticket(police, made.number)).words
    assert NAME[2:] not in words.title.replace(gap, "") if gap else NAME[2:] not in words.title
    assert "2345" not in "".join(c for c in words.location if c.isalnum())


def test_the_reporter_sees_the_own_ticket_and_a_stranger_does_not(line: Any) -> None:
    made = line.dispatched()
    assert line.browser("neighbour").get(f"/hotline/tickets/{made.number}").status_code == 200
    assert line.browser("stranger").get(f"/hotline/tickets/{made.number}").status_code == 404
    assert [t.number for t in access.tickets(line.acting("neighbour"))] == [made.number]


def test_a_unit_sees_a_ticket_only_while_it_is_in_charge(line: Any) -> None:
    made = line.dispatched()
    assert line.browser("hot-police").get(f"/hotline/assigned/{made.number}").status_code == 200
    assert line.browser("hot-ecology").get(f"/hotline/assigned/{made.number}").status_code == 404
    _bring_to(line, made, "disputed")
    disputes.rule_on_objection(
        acting=line.acting("hot-clerk"),
        number=made.number,
        upheld=True,
        note="对",
        organisation=line.unit("ecology"),
    )
    assert line.browser("hot-police").get(f"/hotline/assigned/{made.number}").status_code == 404
    assert line.browser("hot-ecology").get(f"/hotline/assigned/{made.number}").status_code == 200


def test_a_clerk_of_another_office_has_no_desk_and_auditors_have_nothing(line: Any) -> None:
    made = line.dispatched()
    for username in ("demo-window", "demo-auditor", "hot-police", "neighbour"):
        for path in ("/hotline/desk", "/hotline/desk.csv", f"/hotline/desk/{made.number}"):
            assert line.browser(username).get(path).status_code == 404, (username, path)
    assert not access.tickets(line.acting("demo-auditor")).exists()


def test_a_clerk_sees_a_secret_reporter_only_in_the_answer_to_opening_it(line: Any) -> None:
    made = line.report(secret=True, content=SIGNED)
    desk = line.browser("hot-clerk")
    page = desk.get(f"/hotline/desk/{made.number}")
    assert not any(mark in page.content.decode() for mark in MARKS)
    assert not any(mark in desk.get("/hotline/desk.csv").content.decode() for mark in MARKS)
    opened = desk.post(f"/hotline/desk/{made.number}/reporter", {"reporter-reason": "call-back"})
    assert NAME in opened.content.decode()
    assert PHONE in opened.content.decode()
    assert "no-store" in opened["Cache-Control"]
    assert not any(mark in desk.get(f"/hotline/desk/{made.number}").content.decode() for mark in MARKS)


def test_a_window_clerk_takes_a_report_down_and_sees_no_more_of_who_made_it(line: Any) -> None:
    window = line.browser("demo-window")
    sent = window.post("/hotline/on-behalf", {
        "title": "路灯不亮", "content": "路灯坏了", "location": "柳岸街", "district": "990102", "name": NAME, "phone": PHONE, "key": "1",
    })  # fmt: skip
    assert sent.status_code == 302
    text = window.get(sent["Location"]).content.decode()
    assert "路灯不亮" in text
    assert not any(mark in text for mark in MARKS)


def _bring_to(line: Any, made: Any, stage: str) -> None:
    police, clerk = line.acting("hot-police"), line.acting("hot-clerk")
    if stage == "disputed":
        disputes.object_to(acting=police, number=made.number, reason="duty", note="不归我们")
        return
    if stage in ("replied", "closed"):
        replies.contact(acting=police, number=made.number, note="明天到现场")
        replies.reply(acting=police, number=made.number, note="已处理")
    if stage == "closed":
        call_backs.call_back(
            acting=clerk, number=made.number, solved="no", satisfied="dissatisfied", note=SIGNED
        )
        tickets.reopen(acting=line.acting("neighbour"), number=made.number, note=f"又响了，{SIGNED}")
        replies.reply(acting=police, number=made.number, note="再次处理")
        call_backs.call_back(
            acting=line.acting("neighbour"),
            number=made.number,
            solved="yes",
            satisfied="basically",
            note=SIGNED,
        )
