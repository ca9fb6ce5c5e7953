"""Time passes: acceptance and renewal by silence, corrections that nobody answers, days that become certain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.factories import shops
from tests.factories.fixtures import PACKS
from tests.work.cases.officer_desk import FOOD, SIGN, Desk, text, url

from tongban.base.audit.verify import verify as verify_audit
from tongban.base.directory import actions as directory
from tongban.base.directory import sources
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import system
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices import queries as notices
from tongban.records.licences import actions as licensing
from tongban.records.licences import queries as licences
from tongban.work.cases import form, models, tasks
from tongban.work.cases.actions import corrections, decisions, handling, submission

Hear = Callable[..., int]


def papers(case: models.Case, kind: str) -> list[Any]:
    return [d for d in notices.documents_of(case.application_id) if d.kind == kind and d.about == case.id]


def page(desk: Desk, path: str) -> str:
    client = desk.browser("demo-lin")
    account: Any = desk.city.account("demo-lin")
    session = client.session
    session["acting_for"] = str(identity.mandates_of(account.person, desk.now).get().principal_id)
    session.save()
    return text(client.get(path))


# -- acceptance by silence ---------------------------------------------------------------------------------


@pytest.mark.parametrize("deferring", [None, "sign-design"])
def test_an_acceptance_by_silence_has_its_slip_with_the_right_days(
    desk: Desk, hear: Hear, deferring: str | None
) -> None:
    case = desk.case(SIGN, deferring=deferring)
    desk.later(days=12)  # the server was stopped meanwhile
    for _ in range(2):
        tasks.let_time_act(0)
    hear(desk.now)
    case.refresh_from_db()
    assert case.state == "accepted"
    event = case.events.get(event="accept_tolerantly" if deferring else "accept")
    assert (event.role, event.day) == ("system", date(2026, 3, 14 if deferring else 10))
    (slip,) = papers(case, "acceptance-notice")
    shown = page(desk, f"/documents/{slip.number}")
    assert "2 March 2026" in shown
    if not deferring:
        assert "accepted from the day your papers came in" in shown
    own = page(desk, f"/applications/{case.application.number}")
    assert "by law it is accepted from 2 March 2026 on" in own
    assert f"/documents/{slip.number}" in own
    clock = form.clock_of(case, form.pack_of(case.application, desk.acting("demo-urban")), date(2026, 3, 14))
    assert (clock.materials_by is not None) is bool(deferring)


# -- a correction that nobody answers ----------------------------------------------------------------------


def test_an_unanswered_correction_is_reminded_once_and_then_counts_as_taken_back(
    desk: Desk, hear: Hear
) -> None:
    case = desk.case(FOOD)
    defects = [{"kind": "material", "id": "layout-plan", "text": "The sink is missing."}]
    handling.request_correction(acting=desk.acting("demo-market"), number=case.number, defects=defects)
    (notice,) = papers(case, "correction-notice")
    assert "Last day for it: 23 March 2026" in page(desk, f"/documents/{notice.number}")
    assert "Answer by 23 March 2026" in page(desk, f"/applications/{case.application.number}")
    tasks.let_time_act(0)
    hear(desk.now)
    assert "Still to correct" not in page(desk, "/inbox")
    desk.later(days=16)
    for _ in range(2):
        tasks.let_time_act(0)
    hear(desk.now)
    assert page(desk, "/inbox").count("Still to correct: ") == 1
    case.refresh_from_db()
    assert case.state == "correcting"
    desk.later(days=12)  # 30 March: a week late
    for _ in range(2):
        tasks.let_time_act(0)
    hear(desk.now)
    case.refresh_from_db()
    assert case.state == "withdrawn"
    event = case.events.get(event="withdraw")
    assert (event.role, event.day) == ("system", date(2026, 3, 24))
    (paper,) = papers(case, "withdrawal-notice")
    assert "was not answered by 23 March 2026" in page(desk, f"/documents/{paper.number}")
    with pytest.raises(NotNow):
        corrections.answer(acting=desk.acting("demo-lin", for_firm=True), number=case.number)
    assert verify_audit().sound


# -- renewal by silence ------------------------------------------------------------------------------------


def permit(desk: Desk, until: date) -> Any:
    """The shop holds a food business permit that ends on that day."""
    acting = desk.acting("demo-lin", for_firm=True)
    pack: Any = desk.city.pack
    kind = pack.licences["food_business_permit"]
    organ = next(o for o in pack.organisations.values() if o.authority == kind.issuer and o.place == "990100")
    return licensing.register(
        acting=system(desk.now, "990100", "test"), kind=kind, pack=pack, organisation=organ,
        holder=identity.subject(acting.principal), holder_name="青衢市云溪区春风面馆", number="JY29901000000001",
        values={"name": "青衢市云溪区春风面馆", "trade": "catering", "cold_dishes": "simple"}, on=date(2021, 4, 1), valid_to=until,
    )  # fmt: skip


def renewal(desk: Desk) -> models.Case:
    application = shops.submitted(desk.acting("demo-lin", for_firm=True), event="renew-food-permit")
    return application.cases.get()


def test_what_is_not_decided_by_the_last_day_is_renewed_with_the_right_days(desk: Desk, hear: Hear) -> None:
    old = permit(desk, date(2026, 3, 31))
    case = renewal(desk)
    assert "Last day of the licence; not decided by then, it counts as renewed" in page(
        desk, f"/applications/{case.application.number}"
    )
    desk.later(days=29)  # 31 March
    tasks.let_time_act(0)
    case.refresh_from_db()
    assert (case.state, case.decision) == ("accepted", None)
    desk.later(days=20)  # the server was stopped until 20 April
    for _ in range(2):
        tasks.let_time_act(0)
    hear(desk.now)
    case.refresh_from_db()
    assert case.state == "completed"
    decision = models.Decision.objects.get(case=case)
    assert (decision.by_law, decision.automatic, decision.decided_by) == ("renewal", False, None)
    assert decision.decided_on == date(2026, 3, 31)
    assert "administrative-licensing-law#50" in decision.articles
    new = licences.by_decision(decision.id)
    assert new is not None
    assert (new.valid_from, new.valid_to) == (date(2026, 4, 1), date(2031, 3, 31))
    assert new.claims["trade"] == "catering"
    old.refresh_from_db()
    assert old.status == "valid"  # it ends by itself, on its last day
    (paper,) = papers(case, "decision")
    assert "By law it counts as renewed." in page(desk, f"/documents/{paper.number}")
    assert "by law, through silence" in page(desk, f"/applications/{case.application.number}")
    assert models.Decision.objects.filter(case=case).count() == 1
    assert verify_audit().sound


def test_after_the_last_day_an_officer_can_no_longer_refuse(desk: Desk, hear: Hear) -> None:
    permit(desk, date(2026, 3, 31))
    case = renewal(desk)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    desk.later(days=30)
    with pytest.raises(NotNow):
        decisions.decide(
            acting=desk.acting("demo-market"), number=case.number, outcome="refused", reasons="Late."
        )


def test_who_applies_too_late_is_told_so_and_silence_renews_nothing(desk: Desk, hear: Hear) -> None:
    permit(desk, date(2026, 3, 16))
    case = renewal(desk)
    assert "Applied for too late to be renewed by silence" in page(
        desk, f"/applications/{case.application.number}"
    )
    desk.later(days=20)
    tasks.let_time_act(0)
    case.refresh_from_db()
    assert case.state == "accepted"
    assert not models.Decision.objects.filter(case=case).exists()


def test_who_applies_too_early_is_told_from_when_on(desk: Desk) -> None:
    permit(desk, date(2026, 12, 31))
    acting = desk.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting, event="renew-food-permit")
    with pytest.raises(Invalid) as refusal:
        submission.submit(acting=acting, application=draft.id)
    assert "not earlier" in refusal.value.fields["service:food-permit-renewal"]


# -- days that become certain ------------------------------------------------------------------------------

DECEMBER = datetime(2026, 12, 28, 4, 0, tzinfo=UTC)


def publish(desk: Desk, *rest: str) -> None:
    """The holidays of 2027 are published: the city's pack is replaced."""
    top = sources.top_layer(PACKS)
    files = dict(sources.read_layers(PACKS, top))
    name = next(n for n in files if n.endswith("calendars/default.yaml"))
    body = files[name].decode().replace("known_until: 2026-12-31", "known_until: 2027-12-31")
    if rest:
        body = body.replace("  rest_days: [\n", f"  rest_days: [\n    {', '.join(rest)},\n", 1)
    files[name] = body.encode()
    directory.install_pack(acting=system(desk.later(minutes=1), "990100", "test"), files=files, top=top)


@pytest.mark.parametrize("moved", [True, False])
def test_a_provisional_day_is_told_again_once_it_is_certain(desk: Desk, hear: Hear, moved: bool) -> None:
    desk.later(days=(DECEMBER - desk.now).days)
    case = desk.case(FOOD)
    desk.later(minutes=1)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    told = {row.which: row for row in case.told.all()}
    assert told["promised"].provisional
    first = told["promised"].day
    assert "provisional" in page(desk, f"/applications/{case.application.number}")
    tasks.redate(0)
    assert papers(case, "new-dates") == []  # nothing is published yet
    publish(desk, *(["2027-01-01", "2027-01-04"] if moved else []))
    for _ in range(2):
        tasks.redate(0)
    hear(desk.now)
    (paper,) = papers(case, "new-dates")
    row = case.told.filter(which="promised").first()
    assert row is None  # it is certain
    pack = form.pack_of(case.application, desk.acting("demo-market"))
    case = models.Case.objects.get(pk=case.pk)
    promised = form.clock_of(case, pack, desk.acting("demo-market").today).promised
    assert promised is not None
    assert (promised.provisional, promised.day > first) == (False, moved)
    assert (paper.content["new"]["promised"]["day"] != paper.content["old"]["promised"]["day"]) is moved
    title = "Other days: " if moved else "The days are certain: "
    assert title in page(desk, "/inbox")
    assert "Counted again, they are now" in page(desk, f"/documents/{paper.number}")
    assert "provisional" not in page(desk, f"/applications/{case.application.number}")
    assert verify_audit().sound


# -- nothing is left to decide -----------------------------------------------------------------------------


def test_an_officer_ends_on_the_page_what_nobody_is_left_to_have(desk: Desk, hear: Hear) -> None:
    case = desk.case(FOOD)
    handling.accept(acting=desk.acting("demo-market"), number=case.number)
    officer = desk.browser("demo-market")
    case.refresh_from_db()
    assert "End without a decision" in text(officer.get(url(case)))
    desk.later(minutes=1)
    empty = officer.post(
        url(case, "terminate"), {"version": case.version, "ground": "", "reasons": "He has died."}
    )
    assert empty.status_code == 422
    assert "He has died." in text(empty)
    body = {"version": case.version, "ground": "applicant-gone", "reasons": "He has died."}
    officer.post(url(case, "terminate"), body)
    case.refresh_from_db()
    assert case.state == "terminated"
    hear(desk.now)
    (paper,) = papers(case, "termination-notice")
    assert "He has died." in page(desk, f"/documents/{paper.number}")


# -- by rule or by a person --------------------------------------------------------------------------------


def test_a_rule_decides_only_by_what_offices_vouch_for_and_never_where_a_person_is_wanted(desk: Desk) -> None:
    check = "business-licence-check"
    assert desk.case(check).decision.automatic
    acting = desk.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting)
    wanted = submission.submit(acting=acting, application=draft.id, by_person=True)
    assert (wanted.by_person, wanted.cases.get(service=check).decision) == (True, None)
    assert "The applicant wants a person to decide" in text(
        desk.browser("demo-market").get(url(wanted.cases.get(service=check)))
    )
    form_page = page(desk, f"/applications/{shops.filled_draft(acting).id}/review")
    assert "I want a person to decide" in form_page
