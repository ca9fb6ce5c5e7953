"""A neighbour complains about the noise of a shop: dispatched, disputed once, settled, replied, called back, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tongban.base.kit.refusals import Invalid, KeyReused, NotFound, NotNow, StaleVersion
from tongban.base.notices import queries as notices
from tongban.core.packs import logs
from tongban.work.hotline import access, models, queries, rates, states
from tongban.work.hotline.actions import call_backs, disputes, duplicates, replies, reporters, tickets
from tongban.work.hotline.actions.tickets import Report


def test_a_complaint_goes_from_report_to_call_back_and_counts_in_the_rates(
    line: Any, hear: Callable[[], int]
) -> None:
    made = line.report()
    assert made.complaint_class == "business-noise"
    clerk, police, ecology = line.acting("hot-clerk"), line.acting("hot-police"), line.acting("hot-ecology")
    tickets.dispatch(acting=clerk, number=made.number)
    disputes.object_to(acting=police, number=made.number, reason="duty", note="固定设备噪声归生态环境部门")
    disputes.rule_on_objection(
        acting=clerk, number=made.number, upheld=True, note="属实", organisation=line.unit("ecology")
    )
    with pytest.raises(NotFound):
        access.ticket(police, made.number)
    replies.contact(acting=ecology, number=made.number, note="明天到现场测量")
    replies.reply(acting=ecology, number=made.number, note="已加装隔声罩")
    call_backs.call_back(acting=clerk, number=made.number, solved="yes", satisfied="satisfied")

    made.refresh_from_db()
    assert made.state == "closed" == states.replay(queries.history(made))
    found = queries.outcomes_between("990100", line.now.date(), line.now.date(), line.now)
    of_unit = rates.by_unit(found)
    assert set(of_unit) == {line.unit("ecology")}
    for rate in (
        of_unit[line.unit("ecology")].response,
        of_unit[line.unit("ecology")].solution,
        of_unit[line.unit("ecology")].satisfaction,
    ):
        assert (rate.met, rate.percent) == ((made.number,), "100.0")
    hear()
    told = [n.title_en for n in notices.inbox(line.acting("neighbour"))]
    assert len(told) == 6
    assert any("has replied" in title for title in told)


def test_what_the_hotline_has_ruled_stays_with_the_unit(line: Any) -> None:
    made = line.dispatched()
    police, clerk = line.acting("hot-police"), line.acting("hot-clerk")
    disputes.object_to(acting=police, number=made.number, reason="duty", note="不归我们")
    disputes.rule_on_objection(acting=clerk, number=made.number, upheld=False, note="归你们")
    with pytest.raises(NotNow):
        disputes.object_to(acting=police, number=made.number, reason="area", note="还是不归我们")
    replies.reply(acting=police, number=made.number, note="已处理")
    assert access.ticket(police, made.number).state == "replied"


def test_a_ticket_does_not_go_back_to_a_unit_whose_objection_was_upheld(line: Any) -> None:
    made = line.dispatched()
    disputes.object_to(acting=line.acting("hot-police"), number=made.number, reason="duty", note="不归我们")
    disputes.rule_on_objection(acting=line.acting("hot-clerk"), number=made.number, upheld=True, note="对")
    with pytest.raises(Invalid):
        tickets.dispatch(
            acting=line.acting("hot-clerk"), number=made.number, organisation=line.unit("public-security")
        )


def test_an_objection_comes_too_late_after_its_term(line: Any) -> None:
    made = line.dispatched()
    line.later(days=2)
    with pytest.raises(NotNow, match="time"):
        disputes.object_to(
            acting=line.acting("hot-police"), number=made.number, reason="duty", note="不归我们"
        )


def test_a_dispute_does_not_stop_the_clock_unless_it_is_upheld(line: Any) -> None:
    made = line.dispatched()
    due = queries.clock_of(made, line.now).feedback
    line.later(hours=3)
    disputes.object_to(acting=line.acting("hot-police"), number=made.number, reason="duty", note="不归我们")
    assert queries.clock_of(models.Ticket.objects.get(pk=made.pk), line.now).feedback == due
    disputes.rule_on_objection(
        acting=line.acting("hot-clerk"),
        number=made.number,
        upheld=True,
        note="对",
        organisation=line.unit("ecology"),
    )
    anew = queries.clock_of(models.Ticket.objects.get(pk=made.pk), line.now).feedback
    assert anew.start == line.now
    told = models.Dispatch.objects.get(ticket=made, ended_at=None)
    assert told.feedback_by == anew.end


def test_the_same_key_gives_the_same_ticket_and_another_body_is_refused(line: Any) -> None:
    acting = line.acting("neighbour")
    report = Report(title="路灯不亮", content="路灯坏了一周", location="柳岸街6号", district="990102")
    first = tickets.report(acting=acting, report=report, key="k")
    assert tickets.report(acting=acting, report=report, key="k").pk == first.pk
    with pytest.raises(KeyReused):
        tickets.report(acting=acting, report=Report("其他", "其他", "别处", "990102"), key="k")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " "),
        ("content", ""),
        ("location", "x" * 201),
        ("district", "110101"),
        ("phone", "abc"),
        ("title", "x" * 81),
    ],
)
def test_a_field_that_does_not_fit_is_named(line: Any, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        line.report(**{field: value})
    assert list(refused.value.fields) == [field]


def test_words_that_speak_for_no_class_leave_it_to_the_clerk(line: Any) -> None:
    made = line.report(title="想问一件事", content="不知道该找谁")
    assert made.complaint_class is None
    clerk = line.acting("hot-clerk")
    with pytest.raises(NotNow, match="class"):
        tickets.dispatch(acting=clerk, number=made.number)
    tickets.classify_ticket(acting=clerk, number=made.number, complaint_class="street-lamp")
    tickets.dispatch(acting=clerk, number=made.number)
    assert queries.unit_in_charge(made) == line.unit("municipal-works")


def test_an_old_version_is_refused(line: Any) -> None:
    made = line.dispatched()
    with pytest.raises(StaleVersion):
        replies.reply(
            acting=line.acting("hot-police"), number=made.number, note="好", version=made.version - 1
        )


def test_three_calls_on_three_days_that_reach_nobody_close_it_and_count_in_no_rate(line: Any) -> None:
    made = line.dispatched()
    replies.reply(acting=line.acting("hot-police"), number=made.number, note="已处理")
    for day in range(3):
        call_backs.call_back(acting=line.acting("hot-clerk"), number=made.number, reached=False)
        if day < 2:
            with pytest.raises(NotNow, match="today"):
                call_backs.call_back(acting=line.acting("hot-clerk"), number=made.number, reached=False)
            line.later(days=1)
    (one,) = queries.outcomes(models.Ticket.objects.all(), line.now)
    assert (one.closed, one.called_back, one.solved) == (True, False, None)
    assert rates.rates([one]).solution.counted == ()


def test_a_reopened_ticket_was_not_solved(line: Any) -> None:
    made = line.dispatched()
    replies.reply(acting=line.acting("hot-police"), number=made.number, note="已处理")
    mine = line.acting("neighbour")
    call_backs.call_back(acting=mine, number=made.number, solved="yes", satisfied="satisfied")
    line.later(days=3)
    tickets.reopen(acting=line.acting("neighbour"), number=made.number, note="又响了")
    assert access.ticket(line.acting("hot-police"), made.number).state == "reopened"
    replies.reply(acting=line.acting("hot-police"), number=made.number, note="再次处理")
    call_backs.call_back(
        acting=line.acting("neighbour"), number=made.number, solved="yes", satisfied="basically"
    )
    (one,) = queries.outcomes(models.Ticket.objects.all(), line.now)
    assert (one.solved, one.satisfied) == (False, True)


def test_a_closed_ticket_is_reopened_by_its_reporter_for_thirty_days(line: Any) -> None:
    made = line.dispatched()
    replies.reply(acting=line.acting("hot-police"), number=made.number, note="已处理")
    call_backs.call_back(
        acting=line.acting("neighbour"), number=made.number, solved="no", satisfied="dissatisfied"
    )
    line.later(days=30)
    with pytest.raises(NotNow, match="30 days"):
        tickets.reopen(acting=line.acting("neighbour"), number=made.number, note="又响了")


def test_a_second_report_of_the_same_matter_is_joined_and_separated_again(line: Any) -> None:
    first, second = line.dispatched(), line.report(title="面馆噪音", content="还是太吵")
    clerk = line.acting("hot-clerk")
    assert [t.number for t in queries.duplicates_of(second)] == [first.number]
    duplicates.merge(acting=clerk, number=second.number, into=first.number)
    assert [row["number"] for row in queries.log_rows(now=line.now)] == [first.number]
    duplicates.split(acting=clerk, number=second.number)
    assert models.Ticket.objects.get(pk=second.pk).state == "received"


def test_a_report_of_somebody_else_is_no_duplicate(line: Any) -> None:
    first, other = line.dispatched(), line.report("stranger")
    assert queries.duplicates_of(other) == []
    with pytest.raises(NotNow):
        duplicates.merge(acting=line.acting("hot-clerk"), number=other.number, into=first.number)


def test_opening_a_secret_reporter_needs_a_reason_and_is_in_the_audit(line: Any) -> None:
    from tongban.base.audit import queries as audit

    made = line.report(secret=True)
    clerk = line.acting("hot-clerk")
    with pytest.raises(Invalid):
        reporters.open_identity(acting=clerk, number=made.number, reason=" ")
    assert reporters.open_identity(acting=clerk, number=made.number, reason="回访").phone
    last = audit.entries_of(made.id).last()
    assert (last.action, last.purpose, last.actor) == ("reporter.opened", "回访", clerk.actor)


def test_every_row_of_the_log_holds_every_fact_of_the_vocabulary(line: Any) -> None:
    line.dispatched()
    line.report(title="问一件事", content="不知道找谁")
    rows = list(queries.log_rows(now=line.now, place="990100"))
    assert len(rows) == 2
    assert all(set(row) == {*logs.LOGS["tickets"], "number"} for row in rows)
