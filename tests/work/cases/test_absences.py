"""Being away: cases go to the deputy and come back untouched; the team is seen and moved by whoever leads it."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.factories import officers
from tests.work.cases.officer_desk import FOOD, Desk, text

from tongban.base.audit import models as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.work.cases import models
from tongban.work.cases.actions import absences, claims, decisions, handling

FIRST, SECOND = "demo-market", "demo-market-second"


def account(desk: Desk, name: str) -> UUID:
    return desk.city.account(name).pk


def holder(case: Any) -> UUID | None:
    found = models.Claim.objects.filter(case=case).first()
    return found.holder if found else None


def held(desk: Desk, who: str, count: int = 1) -> list[Any]:
    cases = [desk.case(FOOD) for _ in range(count)]
    claims.claim(acting=desk.acting(who), numbers=[case.number for case in cases])
    return cases


def away(desk: Desk, who: str = SECOND, to: str = FIRST, *, days: int = 0, long: int = 3) -> models.Absence:
    today = desk.acting(who).today
    return absences.be_away(
        acting=desk.acting(who), starts=today + timedelta(days=days), ends=today + timedelta(days=days + long),
        deputy=account(desk, to), note="Look at the second one first.",
    )  # fmt: skip


def test_beginning_today_it_hands_over_at_once_and_the_deputy_is_told(desk: Desk) -> None:
    [case] = held(desk, SECOND)
    absence = away(desk)
    assert holder(case) == account(desk, FIRST)
    assert away(desk).pk == absence.pk  # entered again it is the same
    page = text(desk.browser(FIRST).get("/office"))
    assert "Somebody has put cases into your hands." in page
    assert "new in your hands" in page
    desk.browser(FIRST).post("/office/seen")
    assert "Somebody has put cases into your hands." not in text(desk.browser(FIRST).get("/office"))
    assert audit.Entry.objects.filter(chain=case.application_id, action="case.handed-over").count() == 1


def test_planned_it_hands_over_on_the_day_and_ends_after_the_last_each_once(desk: Desk) -> None:
    touched, untouched = held(desk, SECOND, 2)
    away(desk, days=2, long=1)
    assert absences.let_days_pass(now=desk.now) == 0
    assert holder(touched) == account(desk, SECOND)
    desk.later(days=2)
    assert absences.let_days_pass(now=desk.now) == 2
    assert absences.let_days_pass(now=desk.now) == 0
    handling.accept(acting=desk.acting(FIRST), number=touched.number)
    desk.later(days=2)
    assert absences.let_days_pass(now=desk.now) == 1
    assert absences.let_days_pass(now=desk.now) == 0
    assert holder(untouched) == account(desk, SECOND)
    assert holder(touched) == account(desk, FIRST)  # it was worked on
    assert not models.Absence.objects.filter(over_at=None).exists()


def test_whoever_is_away_takes_nothing_up_and_gets_nothing(desk: Desk) -> None:
    [case] = held(desk, FIRST)
    absence = away(desk)
    with pytest.raises(NotNow):
        claims.take_next(acting=desk.acting(SECOND))
    with pytest.raises(Invalid):
        claims.move(
            acting=desk.acting(FIRST), numbers=[case.number], to=account(desk, SECOND), because="Yours.",
            held_by=account(desk, FIRST),
        )  # fmt: skip
    absences.come_back(acting=desk.acting(SECOND), absence=absence.pk)
    assert claims.take_next(acting=desk.acting(SECOND)) is None


def test_coming_back_early_or_calling_it_off_undoes_what_is_untouched(desk: Desk) -> None:
    [case] = held(desk, SECOND)
    absence = away(desk)
    assert absences.come_back(acting=desk.acting(SECOND), absence=absence.pk) == 1
    assert absences.come_back(acting=desk.acting(SECOND), absence=absence.pk) == 0
    assert holder(case) == account(desk, SECOND)


def test_a_deputy_who_is_away_too_passes_it_on_and_a_circle_frees_it(desk: Desk) -> None:
    third = officers.person(desk.city, "market-third", "第三人")
    from tongban.base.identity import actions as identity

    identity.appoint(
        acting=desk.acting(FIRST), account=third, organisation=desk.acting(FIRST).organisation, role="officer", place="990100"
    )  # fmt: skip
    [case] = held(desk, SECOND)
    away(desk, SECOND, FIRST, days=1)
    today = desk.acting(FIRST).today
    models.Absence.objects.create(
        account=account(desk, FIRST), organisation=desk.acting(FIRST).organisation, place="990100", starts=today,
        ends=today + timedelta(days=5), deputy=third.pk, set_by=third.pk, set_at=desk.now,
    )  # fmt: skip
    desk.later(days=1)
    absences.let_days_pass(now=desk.now)
    assert holder(case) == third.pk
    models.Absence.objects.filter(account=account(desk, FIRST)).update(deputy=account(desk, SECOND))
    models.Claim.objects.filter(case=case).update(holder=account(desk, SECOND), absence=None)
    absences.let_days_pass(now=desk.now)
    assert holder(case) is None


def test_a_deputy_does_not_get_the_review_of_what_they_decided(desk: Desk) -> None:
    [case] = held(desk, SECOND)
    first = desk.acting(FIRST)
    handling.accept(acting=first, number=case.number)
    decisions.decide(acting=first, number=case.number, outcome="refused", reasons="Too small.")
    from tongban.work.cases.actions import objections

    objections.object_to(
        acting=desk.acting("demo-lin", for_firm=True), number=case.number, reasons="It is not."
    )
    assert not claims.claim(acting=first, numbers=[case.number])[0].done
    claims.claim(acting=desk.acting(SECOND), numbers=[case.number])
    away(desk)
    assert holder(case) is None


def test_what_does_not_fit_is_said_at_its_field(desk: Desk) -> None:
    acting = desk.acting(SECOND)
    today = acting.today
    for field, given in {
        "starts": {"starts": today - timedelta(days=1), "ends": today, "deputy": account(desk, FIRST)},
        "ends": {"starts": today, "ends": today - timedelta(days=1), "deputy": account(desk, FIRST)},
        "deputy": {"starts": today, "ends": today, "deputy": account(desk, "demo-fire")},
    }.items():
        with pytest.raises(Invalid) as refused:
            absences.be_away(acting=acting, **given)
        assert field in refused.value.fields
    with pytest.raises(NotFound):  # only whoever leads enters it for somebody else
        absences.be_away(
            acting=acting,
            account=account(desk, FIRST),
            starts=today,
            ends=today,
            deputy=account(desk, SECOND),
        )
    entered = absences.be_away(
        acting=desk.acting(FIRST),
        account=account(desk, SECOND),
        starts=today,
        ends=today,
        deputy=account(desk, FIRST),
    )
    assert entered.set_by == account(desk, FIRST)


def test_the_team_is_for_whoever_leads_it_and_every_figure_opens_what_it_counts(desk: Desk) -> None:
    held(desk, SECOND, 2)
    held(desk, FIRST)
    desk.later(days=12)
    desk.case(FOOD)
    leader = desk.browser(FIRST)
    page = text(leader.get("/office/team"))
    links = re.findall(r'href="(/office/team/hands\?[^"]+)"[^>]*>(?:<b|<span) data-counts="(\d+)"', page)
    assert len(links) > 4
    for link, count in links:
        address = link.replace("&amp;", "&")
        listed = text(leader.get(address))
        assert f'data-total="{count}"' in listed
        sheet = leader.get(address.replace("/hands?", "/hands.csv?"))
        assert len(list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"))))) == int(count) + 1
    for path in (
        "/office/team",
        "/office/team.csv",
        "/office/team/hands?of=nobody",
        "/office/team/hands.csv?of=nobody",
    ):
        assert desk.browser(SECOND).get(path).status_code == 404
        assert desk.browser("demo-window").get(path).status_code == 404
    assert desk.browser(SECOND).post("/office/team/move", {"number": ["x"]}).status_code == 404


def test_cases_move_with_a_reason_after_a_question_and_what_has_changed_hands_stays(desk: Desk) -> None:
    first, second = held(desk, SECOND, 2)
    leader = desk.browser(FIRST)
    given = {
        "number": [first.number, second.number], "to": str(account(desk, FIRST)), "because": "The red ones are mine.",
        "held_by": str(account(desk, SECOND)),
    }  # fmt: skip
    assert "Please confirm." in text(leader.post("/office/team/move", given))
    assert holder(first) == account(desk, SECOND)
    claims.release(acting=desk.acting(SECOND), numbers=[second.number])
    said = text(leader.post("/office/team/move", given | {"confirmed": "1"}))
    assert "It has changed hands in the meantime." in said
    assert (holder(first), holder(second)) == (account(desk, FIRST), None)
    row = models.Claim.objects.get(case=first)
    assert (row.way, row.because, row.came_from) == ("moved", "The red ones are mine.", account(desk, SECOND))


def test_what_is_with_somebody_who_has_left_is_free_again(desk: Desk) -> None:
    [case] = held(desk, SECOND)
    desk.city.account(SECOND).posts.update(valid_to=desk.now)
    taken = claims.take_next(acting=desk.acting(FIRST))
    assert taken is not None
    assert taken.row.number == case.number
    assert holder(case) == account(desk, FIRST)
