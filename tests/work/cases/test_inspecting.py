"""Inspections: two officers drawn by lot, the record of one confirmed by another, joint visits, how often a firm was visited."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, transaction
from tests.factories.officers import person
from tests.work.cases.officer_desk import FIRE, FOOD, Desk, text, url

from tongban.base.audit import queries as audit
from tongban.base.identity import actions as identity_actions
from tongban.base.identity import queries as identity
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.procedures import drawing
from tongban.work.cases import models, visits
from tongban.work.cases.actions import decisions, handling, inspections
from tongban.work.cases.actions.inspections import NotGoing, TooFewOfficers
from tongban.work.cases.commands import inspection as command

ORDINARY = {"fire_mode": "ordinary"}
SEWER = {"sewer": "true"}


@pytest.fixture
def team(desk: Desk) -> list[str]:
    """Three more officers of market regulation, so that the lot has something to draw from."""
    boss = desk.acting("demo-market")
    names = []
    for n in range(3):
        account = person(desk.city, f"market-{n}", f"周成员{n}")
        identity_actions.appoint(
            acting=boss,
            account=account,
            organisation=boss.organisation or "",
            role="officer",
            place=boss.place,
        )
        names.append(account.username)
    return ["demo-market", "demo-market-second", *names]


def accepted(desk: Desk, service: str = FOOD, who: str = "demo-market", **options: Any) -> Any:
    case = desk.case(service, **options)
    desk.later(minutes=1)
    return handling.accept(acting=desk.acting(who), number=case.number)


def order(desk: Desk, case: Any, who: str = "demo-market", **options: Any) -> Any:
    desk.later(minutes=1)
    given = {"appointed_at": desk.now + timedelta(days=2), "reasons": "We look at the kitchen.", **options}
    return inspections.order(acting=desk.acting(who), number=case.number, **given)


def acting_as(desk: Desk, account: str) -> Any:
    usernames = {str(one.pk): one.username for one in identity.accounts()}
    return desk.acting(usernames[account])


def looks(found: Any, desk: Desk, failed: str = "") -> list[dict[str, Any]]:
    declared = desk.city.pack.services[found.case.service].inspection
    return [
        {"id": look.id, "passed": look.id != failed, "words": "Broken." if look.id == failed else ""}
        for look in declared.looks
    ]


def make(desk: Desk, found: Any, failed: str = "", words: str = "") -> Any:
    """Three days later it is made, recorded by the first and confirmed by the second."""
    desk.later(days=3)
    first, second = (acting_as(desk, account) for account in found.going[:2])
    inspections.record(
        acting=first,
        inspection=found.id,
        visited_on=first.today,
        looks=looks(found, desk, failed),
        words=words,
    )
    return inspections.confirm(acting=second, inspection=found.id)


def test_who_goes_is_drawn_from_a_pool_that_was_fixed_before_and_the_draw_can_be_made_again(
    desk: Desk, team: list[str]
) -> None:
    case = accepted(desk)
    found = order(desk, case)
    entry = audit.entries_of(case.application_id).get(sequence=found.entry)
    assert (entry.action, entry.hash) == ("inspection.pool-fixed", found.seed)
    assert entry.detail["pool"] == found.pool
    assert len(found.pool) == 5
    by_hand = sorted(
        found.pool, key=lambda name: hashlib.sha256(f"{found.seed}\n{name}".encode()).hexdigest()
    )
    assert found.going == by_hand[:2]
    ordered = audit.entries_of(case.application_id).get(action="case.order-inspection")
    assert ordered.sequence > entry.sequence
    assert ordered.detail["going"] == found.going
    found.case = case
    assert visits.prove(found).holds
    shown = CliRunner().invoke(command, ["verify", case.number])
    assert (shown.exit_code, "the same officers go" in shown.output) == (0, True)
    models.Inspection.objects.filter(pk=found.pk).update(going=list(reversed(by_hand))[:2])
    assert CliRunner().invoke(command, ["verify", case.number]).exit_code == 1


def test_whoever_is_away_is_a_party_or_was_named_is_not_drawn(desk: Desk, team: list[str]) -> None:
    case = accepted(desk)
    accounts = {name: desk.city.account(name) for name in team}
    acting = desk.acting("demo-market")
    models.Absence.objects.create(
        account=accounts[team[2]].pk, organisation=acting.organisation, place=acting.place, starts=acting.today,
        ends=acting.today + timedelta(days=9), deputy=accounts[team[0]].pk, set_by=acting.actor, set_at=acting.now,
    )  # fmt: skip
    case.application.created_by = accounts[team[3]].pk  # an officer who filed it for the firm
    case.application.save()
    found = order(desk, case, left_out={accounts[team[4]].pk: "A cousin of the owner"})
    assert found.pool == sorted(str(accounts[name].pk) for name in team[:2])
    assert {one["account"]: one["reason"] for one in found.left_out} == {
        str(accounts[team[2]].pk): "away", str(accounts[team[3]].pk): "party",
        str(accounts[team[4]].pk): "A cousin of the owner",
    }  # fmt: skip
    entry = audit.entries_of(case.application_id).get(sequence=found.entry)
    assert "cousin" not in str(entry.detail)
    with pytest.raises(TooFewOfficers):
        order(
            desk, accepted(desk), left_out={accounts[name].pk: "ill" for name in (team[0], team[3], team[4])}
        )


def test_nothing_is_decided_while_it_is_open_and_a_failed_one_grants_nothing(
    desk: Desk, team: list[str]
) -> None:
    case = accepted(desk)
    found = order(desk, case)

    def decide(outcome: str) -> Any:
        return decisions.decide(
            acting=desk.acting("demo-market"), number=case.number, outcome=outcome, reasons="So it is."
        )

    for outcome in ("granted", "refused"):
        with pytest.raises(NotNow, match="not confirmed"):
            decide(outcome)
    make(desk, found, failed="rules", words="Come back soon.")
    with pytest.raises(NotNow, match="last inspection"):
        decide("granted")
    again = order(desk, case)
    make(desk, again)
    assert decide("granted").decision.outcome == "granted"
    assert [e.event for e in case.events.filter(event__contains="inspection")] == [
        "order_inspection", "record_inspection", "order_inspection", "record_inspection",
    ]  # fmt: skip


def test_where_the_pack_requires_it_nothing_is_decided_without_it_but_on_a_promise(desk: Desk) -> None:
    case = accepted(desk, FIRE, "demo-fire", answers=ORDINARY)
    for outcome in ("granted", "refused"):
        with pytest.raises(NotNow, match="looked at the place"):
            decisions.decide(
                acting=desk.acting("demo-fire"), number=case.number, outcome=outcome, reasons="So it is."
            )
    assert "Nothing is decided here before officers" in text(desk.browser("demo-fire").get(url(case)))
    make(desk, order(desk, case, "demo-fire"))
    decisions.decide(acting=desk.acting("demo-fire"), number=case.number, outcome="granted", reasons="Good.")
    promised = desk.case(FIRE)
    desk.later(minutes=1)
    decisions.decide(
        acting=desk.acting("demo-fire"), number=promised.number, outcome="granted", reasons="On a promise."
    )


def test_one_records_another_confirms_and_nobody_else(desk: Desk, team: list[str]) -> None:
    case = accepted(desk)
    found = order(desk, case)
    desk.later(days=3)
    first, second = (acting_as(desk, account) for account in found.going)
    outside = acting_as(desk, next(name for name in found.pool if name not in found.going))
    given = {"inspection": found.id, "visited_on": first.today, "looks": looks(found, desk)}
    with pytest.raises(NotGoing):
        inspections.record(acting=outside, **given)
    with pytest.raises(NotNow):
        inspections.confirm(acting=second, inspection=found.id)
    with pytest.raises(Invalid) as refused:
        inspections.record(
            acting=first, **{**given, "looks": [*given["looks"][:-1], {"id": "rules", "passed": False}]}
        )
    assert refused.value.fields == {"rules": "Say what is not in order."}
    for day in (None, first.today + timedelta(days=1), found.ordered_on - timedelta(days=1)):
        with pytest.raises(Invalid):
            inspections.record(acting=first, **{**given, "visited_on": day})
    with pytest.raises(StaleVersion):
        inspections.record(acting=first, **given, version=found.version + 7)
    inspections.record(acting=first, **given)
    for who in (first, outside):
        with pytest.raises(NotGoing):
            inspections.confirm(acting=who, inspection=found.id)
    for _ in range(2):
        inspections.confirm(acting=second, inspection=found.id)
    assert case.events.filter(event="record_inspection").count() == 1
    with pytest.raises(NotNow):
        inspections.record(acting=first, **given)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.Inspection.objects.filter(pk=found.id).update(confirmed_by=first.actor)


def test_whoever_cannot_go_is_replaced_by_the_next_of_the_lot(desk: Desk, team: list[str]) -> None:
    case = accepted(desk)
    found = order(desk, case)
    ranked = drawing.order(found.pool, found.seed)
    for n in range(3):
        out = UUID(found.going[0])
        found = inspections.replace(
            acting=desk.acting("demo-market"), inspection=found.id, account=out, reason="Ill."
        )
        assert found.going[0] == ranked[2 + n]
        again = inspections.replace(
            acting=desk.acting("demo-market"), inspection=found.id, account=out, reason="Ill."
        )
        assert again.going == found.going
        assert visits.prove(found).holds
    with pytest.raises(TooFewOfficers):
        inspections.replace(
            acting=desk.acting("demo-market"),
            inspection=found.id,
            account=UUID(found.going[0]),
            reason="Ill.",
        )
    with pytest.raises(Invalid):
        inspections.replace(
            acting=desk.acting("demo-market"), inspection=found.id, account=UUID(found.going[0]), reason=" "
        )


def test_a_test_that_the_law_does_not_count_stops_the_clock_until_its_result(desk: Desk) -> None:
    case = desk.case("sewer-permit", answers=SEWER)
    organ = case.organisation
    for n in range(2):
        account = person(desk.city, f"drain-{n}", f"水成员{n}")
        identity_actions.appoint(
            acting=desk.acting("demo-market"),
            account=account,
            organisation=organ,
            role="officer",
            place=case.place,
        )
    desk.later(minutes=1)
    handling.accept(acting=desk.acting("drain-0"), number=case.number)
    found = order(desk, case, "drain-0")
    assert found.stopped
    happened = [event.event for event in case.events.order_by("sequence")]
    assert happened[-2:] == ["order_inspection", "suspend"]
    make(desk, found)
    happened = [event.event for event in case.events.order_by("sequence")]
    assert happened[-2:] == ["record_inspection", "resume"]
    notice = text(desk.browser("demo-lin").get(f"/documents/{found.notice}"))
    assert "This time does not count" in notice


def test_the_applicant_gets_notice_and_record_and_sees_nobodys_name(desk: Desk, team: list[str]) -> None:
    case = accepted(desk)
    found = order(desk, case)
    lin = desk.browser("demo-lin")
    names = [identity.people_of([UUID(name)])[UUID(name)] for name in found.pool]
    address = f"/applications/{case.application.number}"
    notice = text(lin.get(f"/documents/{found.notice}"))
    assert "drawn by lot" in notice
    assert "We look at the kitchen." in notice
    page, coming = text(lin.get(address)), text(lin.get("/visits"))
    assert f"/documents/{found.notice}" in page
    assert "Appointed" in coming
    make(desk, found, failed="layout", words="The sink is missing.")
    lin = desk.browser("demo-lin")
    page, record, own = (
        text(lin.get(one))
        for one in (address, f"/documents/{models.Inspection.objects.get(pk=found.pk).record}", "/visits")
    )
    assert "not in order" in page
    assert "The record is no decision yet" in page
    assert "The sink is missing." in record
    for person_ in names:
        for seen in (notice, coming, page, record, own):
            assert person_.name not in seen
            assert not person_.name_en or person_.name_en not in seen
    api = lin.get(f"/api/v1/inspections/{found.id}").json()
    assert (api["result"], api["draw"]) == ("failed", None)
    pdf = lin.get(f"/documents/{found.notice}.pdf")
    assert (pdf.status_code, b"".join(pdf.streaming_content)[:5] if pdf.streaming else pdf.content[:5]) == (
        200,
        b"%PDF-",
    )


def test_offices_that_want_to_see_the_same_place_come_together(desk: Desk) -> None:
    application = desk.application(answers=ORDINARY)
    desk.later(minutes=1)
    food, fire = application.cases.get(service=FOOD), application.cases.get(service=FIRE)
    handling.accept(acting=desk.acting("demo-market"), number=food.number)
    handling.accept(acting=desk.acting("demo-fire"), number=fire.number)
    offered = text(desk.browser("demo-market").get(url(food, "inspect")))
    assert "Qingqu Fire and Rescue Bureau" in offered
    first = order(desk, food)
    form = text(desk.browser("demo-fire").get(url(fire, "inspect")))
    assert str(first.visit) in form
    assert food.number not in form
    fire.refresh_from_db()
    answer = desk.browser("demo-fire").post(
        url(fire, "inspect"),
        {"together_with": str(first.visit), "reasons": "The exits.", "version": fire.version},
    )
    assert answer.status_code == 302
    second = fire.inspections.get()
    assert (second.visit, second.appointed_at) == (first.visit, first.appointed_at)
    make(desk, first)
    desk.later(days=-3)
    make(desk, second)
    past = visits.past_year([application.subject], desk.acting("demo-market").today)
    assert [(one.joint, len(one.inspections)) for one in past] == [(True, 2)]
    with pytest.raises(Invalid):
        order(desk, accepted(desk), together_with=first.visit)


def test_how_often_a_firm_was_visited_is_seen_before_the_next_visit_and_by_the_firm(desk: Desk) -> None:
    case = accepted(desk)
    make(desk, order(desk, case))
    other = accepted(desk, FIRE, "demo-fire", answers=ORDINARY)
    make(desk, order(desk, other, "demo-fire"))
    assert case.application.subject == other.application.subject
    third = accepted(desk)
    page = text(desk.browser("demo-market").get(url(third, "inspect")))
    assert 'data-counts="2" data-here="past"' in page
    lin = desk.browser("demo-lin")
    assert 'data-counts="2" data-here="visits"' in text(lin.get("/visits"))
    assert len(_rows(lin.get("/visits.csv"))) == 2
    assert lin.get("/api/v1/inspections").json()["visits_in_twelve_months"] == 2
    listed = _rows(desk.browser("demo-market").get("/office/inspections.csv", {"show": "done"}))
    assert [row[-1] for row in listed] == ["2"]
    today = desk.acting("demo-market").today
    assert visits.past_year([case.application.subject], today + timedelta(days=370)) == []


def test_a_year_ends_on_the_same_day() -> None:
    assert visits.a_year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert visits.a_year_before(date(2026, 3, 2)) == date(2025, 3, 2)


def test_nobody_outside_the_organ_and_the_firm_finds_an_inspection(desk: Desk) -> None:
    case = accepted(desk)
    found = order(desk, case)
    addresses = (f"/office/inspections/{found.id}", f"/api/v1/inspections/{found.id}")
    for account in identity.accounts():
        acting, browser = desk.acting(account.username), desk.browser(account.username)
        mine = acting.role == "officer" and acting.organisation == case.organisation
        own = account.username == "demo-lin"
        assert (browser.get(addresses[0]).status_code == 200) == mine, account.username
        assert (browser.get(addresses[1]).status_code == 200) == (mine or own), account.username
        assert (str(found.id) in text(browser.get("/office/inspections"))) == mine, account.username
        export = browser.get("/office/inspections.csv")
        assert (export.status_code == 200 and len(_rows(export)) == 1) == mine, account.username
        listed = browser.get("/api/v1/inspections")
        seen = listed.status_code == 200 and listed.json()["count"] == 1
        assert seen == (mine or own), account.username
        if not mine:
            assert browser.post(f"/office/inspections/{found.id}/confirm").status_code == 404
            with pytest.raises(NotFound):
                inspections.replace(
                    acting=acting, inspection=found.id, account=UUID(found.going[0]), reason="Because."
                )


def test_the_pages_order_replace_record_and_confirm(desk: Desk, team: list[str]) -> None:
    case = accepted(desk)
    market = desk.browser("demo-market")
    assert "Order an inspection" in text(market.get(url(case)))
    wrong = market.post(url(case, "inspect"), {"day": "", "time": "", "reasons": "", "version": case.version})
    assert wrong.status_code == 422
    late = {"day": "2026-06-01", "time": "09:30", "reasons": "To look.", "version": case.version}
    assert "Choose a day until" in text(market.post(url(case, "inspect"), late))
    sent = market.post(url(case, "inspect"), {**late, "day": "2026-03-05"})
    assert sent.status_code == 302
    found = case.inspections.get()
    assert found.appointed_at == datetime.fromisoformat("2026-03-05T09:30:00+08:00")
    again = inspections.order(
        acting=desk.acting("demo-market"),
        number=case.number,
        appointed_at=found.appointed_at,
        reasons="To look.",
    )
    assert again.pk == found.pk
    page = f"/office/inspections/{found.id}"
    assert "Drawn again from what is written down" in text(market.get(page))
    market.post(f"{page}/replace", {"account": found.going[0], "reason": "Ill.", "version": found.version})
    found.refresh_from_db()
    desk.later(days=3)
    first, second = (
        desk.browser(next(a.username for a in identity.accounts() if str(a.pk) == name))
        for name in found.going
    )
    fields = {f"passed-{one['id']}": "yes" for one in looks(found, desk)}
    given = {"visited_on": "2026-03-05", "words": "All well.", **fields}
    assert first.post(page, {**given, "version": found.version + 5}).status_code == 412
    assert first.post(page, {**given, "version": found.version}).status_code == 302
    found.refresh_from_db()
    assert "Confirm it" not in text(first.get(page))
    assert second.post(f"{page}/confirm", {"version": found.version}).status_code == 302
    assert "All well." in text(desk.browser("demo-market").get(url(case)))
    assert url(case, "decide") in text(desk.browser("demo-market").get(url(case)))


def _rows(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))[1:]
