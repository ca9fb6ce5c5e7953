"""Cases in hand: the next best case, several at once, put back; nobody gets what somebody else has just got."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from tests.work.cases.officer_desk import FIRE, FOOD, Desk, text, url

from tongban.base.audit import models as audit
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.core.procedures.model import Light
from tongban.work.cases import models
from tongban.work.cases.actions import claims, handling
from tongban.work.cases.worklist import LIGHTS, SHOWN, WHOSE, Worklist

FIRST, SECOND = "demo-market", "demo-market-second"


def holder(case: Any) -> UUID | None:
    found = models.Claim.objects.filter(case=case).first()
    return found.holder if found else None


def account(desk: Desk, name: str) -> UUID:
    return desk.city.account(name).pk


def test_the_most_urgent_free_case_comes_first_and_is_then_in_hand(desk: Desk) -> None:
    red = desk.case(FOOD)
    handling.accept(acting=desk.acting(FIRST), number=red.number)
    claims.release(acting=desk.acting(FIRST), numbers=[red.number])
    desk.later(days=12)
    desk.case(FOOD)
    taken = claims.take_next(acting=desk.acting(SECOND))
    assert taken is not None
    assert (taken.row.number, taken.row.light, taken.own, taken.others) == (red.number, Light.RED, False, 1)
    assert holder(red) == account(desk, SECOND)
    assert audit.Entry.objects.filter(chain=red.application_id, action="case.next").count() == 1


def test_of_the_same_light_and_day_the_older_comes_first(desk: Desk) -> None:
    older = desk.case(FOOD)
    desk.later(minutes=5)
    desk.case(FOOD)
    taken = claims.take_next(acting=desk.acting(FIRST))
    assert taken is not None
    assert taken.row.number == older.number


def test_what_waits_on_somebody_is_passed_over_and_counted(desk: Desk) -> None:
    asked = desk.case(FOOD)
    handling.request_correction(
        acting=desk.acting(FIRST),
        number=asked.number,
        defects=[{"kind": "fact", "id": "area", "text": "Say."}],
    )
    free = desk.case(FOOD)
    taken = claims.take_next(acting=desk.acting(FIRST))
    assert taken is not None
    assert (taken.row.number, taken.waiting) == (free.number, 1)
    assert claims.take_next(acting=desk.acting(SECOND)) is None


def test_the_case_one_leaves_is_not_offered_again_at_once(desk: Desk) -> None:
    first, second = desk.case(FOOD), desk.case(FOOD)
    acting = desk.acting(FIRST)
    seen = [claims.take_next(acting=acting)]
    seen.append(claims.take_next(acting=acting, leaving=seen[0].row.number))
    assert {one.row.number for one in seen} == {first.number, second.number}
    again = claims.take_next(acting=acting, leaving=seen[1].row.number)
    assert again is not None
    assert again.own
    desk.later(hours=1)
    desk.case(FOOD)
    fresh = claims.take_next(acting=desk.acting(FIRST))
    assert fresh is not None
    assert fresh.own  # its light and day come before those of what is newer


def test_whoever_works_on_a_free_case_has_it_in_hand(desk: Desk) -> None:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting(SECOND), number=case.number)
    assert holder(case) == account(desk, SECOND)
    handling.suspend(acting=desk.acting(FIRST), number=case.number, reasons="A hearing.")
    assert holder(case) == account(desk, SECOND)


def test_several_at_once_name_those_that_somebody_else_has(desk: Desk) -> None:
    mine, theirs, free = (desk.case(FOOD) for _ in range(3))
    claims.claim(acting=desk.acting(FIRST), numbers=[mine.number])
    claims.claim(acting=desk.acting(SECOND), numbers=[theirs.number])
    numbers = [mine.number, theirs.number, free.number, "990100-20260101-999999-X-01"]
    found = claims.claim(acting=desk.acting(FIRST), numbers=numbers)
    assert [(one.done, one.holder) for one in found] == [
        (True, None), (False, account(desk, SECOND)), (True, None), (False, None),
    ]  # fmt: skip
    entries = audit.Entry.objects.filter(action="case.claimed").count()
    claims.claim(acting=desk.acting(FIRST), numbers=numbers)
    assert audit.Entry.objects.filter(action="case.claimed").count() == entries  # again changes nothing
    version = models.Case.objects.get(pk=free.pk).version
    assert version == free.version


def test_only_ones_own_is_put_back(desk: Desk) -> None:
    case = desk.case(FOOD)
    claims.claim(acting=desk.acting(SECOND), numbers=[case.number])
    desk.city.account(FIRST).posts.update(leads=False)
    assert not claims.release(acting=desk.acting(FIRST), numbers=[case.number])[0].done
    assert claims.release(acting=desk.acting(SECOND), numbers=[case.number])[0].done
    assert claims.release(acting=desk.acting(SECOND), numbers=[case.number])[0].done
    assert holder(case) is None


def test_a_claim_reaches_no_further_than_organ_and_place(desk: Desk) -> None:
    fire = desk.case(FIRE)
    assert [one.done for one in claims.claim(acting=desk.acting(FIRST), numbers=[fire.number])] == [False]
    for who in ("demo-lin", "demo-window", "demo-auditor"):
        with pytest.raises(NotFound):
            claims.claim(acting=desk.acting(who), numbers=[fire.number])
        with pytest.raises(NotFound):
            claims.take_next(acting=desk.acting(who))
    with pytest.raises(Invalid):
        claims.claim(acting=desk.acting(FIRST), numbers=[])


def test_every_light_and_every_hand_opens_what_it_counts(desk: Desk) -> None:
    for _ in range(3):
        desk.case(FOOD)
    desk.later(days=12)
    cases = [desk.case(FOOD) for _ in range(2)]
    claims.claim(acting=desk.acting(FIRST), numbers=[cases[0].number])
    claims.claim(acting=desk.acting(SECOND), numbers=[cases[1].number])
    acting = desk.acting(FIRST)
    for shown in SHOWN:
        lists = Worklist(acting, show=shown)
        for light in LIGHTS if lists.by_light else ():
            rows = list(Worklist(acting, show=shown, light=light).every_row())
            assert lists.by_light[light] == len(rows), (shown, light)
        for whose in WHOSE:
            other = Worklist(acting, show=shown, whose=whose)
            assert lists.by_hands[whose] == len(list(other.every_row())), (shown, whose)
            if shown in other.counts:
                assert other.counts[shown] == lists.by_hands[whose]


def test_the_page_takes_one_at_once_and_several_after_a_question(desk: Desk) -> None:
    cases = [desk.case(FOOD) for _ in range(3)]
    officer = desk.browser(FIRST)
    claims.claim(acting=desk.acting(SECOND), numbers=[cases[2].number])
    officer.post("/office/claim", {"one": cases[0].number, "back": "/office?whose=free"})
    assert holder(cases[0]) == account(desk, FIRST)
    numbers = [case.number for case in cases]
    asked = text(officer.post("/office/claim", {"number": numbers}))
    assert "Please confirm." in asked
    assert holder(cases[1]) is None
    said = text(officer.post("/office/claim", {"number": numbers, "confirmed": "1"}))
    assert "It is with Su Jinyan." in said
    assert 'id="done"' in said
    assert holder(cases[1]) == account(desk, FIRST)
    page = text(officer.get(url(cases[2])))
    assert "In the hands of Su Jinyan" in page


def test_the_next_best_opens_with_a_sentence_that_says_why(desk: Desk) -> None:
    case = desk.case(FOOD)
    officer = desk.browser(FIRST)
    answer = officer.post("/office/next", follow=True)
    assert answer.redirect_chain[-1][0] == url(case)
    assert "most urgent of what is free" in text(answer)
    assert "There is nothing to take up now" in text(desk.browser(SECOND).post("/office/next", follow=True))
    assert desk.browser("demo-window").post("/office/next").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_officers_who_press_at_the_same_moment_get_different_cases(desk: Desk) -> None:
    for _ in range(6):
        desk.case(FOOD)
    acting = [desk.acting(name) for name in (FIRST, SECOND)] * 3
    got: list[Any] = []
    start = threading.Barrier(len(acting))

    def press(who: Any) -> None:
        try:
            start.wait()
            got.append((who.actor, claims.take_next(acting=who)))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(who,)) for who in acting]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == len(acting)
    held = dict(models.Claim.objects.values_list("case__number", "holder"))
    by_officer: dict[UUID, set[str]] = {}
    for actor, taken in got:
        assert taken is not None
        assert held[taken.row.number] == actor
        by_officer.setdefault(actor, set()).add(taken.row.number)
    first, second = by_officer.values()
    assert not first & second


def test_form_evidence_and_findings_stand_side_by_side_for_the_officers_of_the_case(desk: Desk) -> None:
    case = desk.case(FOOD)
    page = text(desk.browser(FIRST).get(url(case, "side")))
    for title in ("form-title", "evidence-title", "findings-title"):
        assert f'id="{title}"' in page
    assert "in an unmet condition" not in page
    case.application.answers["property_usage"] = case.application.answers["property_usage"] | {
        "value": "residential"
    }
    case.application.save(update_fields=["answers"])
    assert "Not met" in text(desk.browser(FIRST).get(url(case, "side")))
    for stranger in ("demo-fire", "demo-window"):
        assert desk.browser(stranger).get(url(case, "side")).status_code == 404
