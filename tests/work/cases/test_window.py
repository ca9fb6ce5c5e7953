"""The comprehensive window: a clerk files for somebody who stands there, sees that one draft and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import shops
from tests.work.cases.officer_desk import Desk, text

from tongban.base.audit import models as audit
from tongban.base.identity import models as identity
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.base.notices import queries as notices
from tongban.records.licences import access as licences
from tongban.work.cases import access, models
from tongban.work.cases.actions import drafts, filing, submission

EVENT = "open-restaurant"


def lin(desk: Desk) -> Any:
    return desk.city.account("demo-lin").person


def firm_of(desk: Desk) -> Any:
    return identity.Mandate.objects.filter(agent=lin(desk)).order_by("valid_from").first().principal


def opened(desk: Desk, **options: Any) -> models.Application:
    person = lin(desk)
    given = {
        "number": person.identifier,
        "name": person.name,
        "event": EVENT,
        "principal": firm_of(desk).identifier,
    }
    return filing.open_filing(acting=desk.acting("demo-window"), **(given | options))


def filled(desk: Desk) -> tuple[Any, models.Application]:
    """A draft that is ready, filled in at the window by the clerk."""
    draft = opened(desk)
    acting = filing.at_the_window(desk.acting("demo-window"), draft.pk)
    assert acting is not None
    return acting, shops.filled_draft(acting)


def test_number_and_name_have_to_fit_and_the_refusal_says_no_more(desk: Desk) -> None:
    person = lin(desk)
    said = set()
    for number, name in (
        (person.identifier, "Somebody Else"),
        (desk.city.account("demo-shen").person.identifier, person.name),
        ("990101198001010018", person.name),
    ):
        with pytest.raises(Invalid) as refused:
            opened(desk, number=number, name=name)
        said.add(refused.value.fields["number"])
    assert len(said) <= 2  # one about the form of a number, one for everything else
    assert not models.Filing.objects.exists()


def test_nobody_acts_for_a_firm_without_a_mandate(desk: Desk) -> None:
    other = desk.city.account("demo-shen").person
    with pytest.raises(Invalid) as refused:
        opened(desk, number=other.identifier, name=other.name)
    assert "principal" in refused.value.fields
    assert opened(desk).principal == firm_of(desk).pk


@pytest.mark.parametrize("who", ["demo-market", "demo-lin", "demo-auditor"])
def test_only_a_window_opens_one(desk: Desk, who: str) -> None:
    person = lin(desk)
    with pytest.raises(NotFound):
        filing.open_filing(acting=desk.acting(who), number=person.identifier, name=person.name, event=EVENT)
    assert desk.browser(who).get("/office/window").status_code == 404


def test_the_clerk_sees_the_draft_they_fill_in_and_nothing_else_of_the_person(desk: Desk) -> None:
    desk.application()
    own = drafts.start(acting=desk.acting("demo-lin"), event=EVENT)
    draft = opened(desk)
    acting = filing.at_the_window(desk.acting("demo-window"), draft.pk)
    assert acting is not None
    assert [one.pk for one in access.applications(acting)] == [draft.pk]
    assert not access.cases(acting).exists()
    assert not access.documents(acting).exists()
    assert not licences.visible_to(acting).exists()
    assert filing.at_the_window(desk.acting("demo-window"), own.pk) is None
    clerk = desk.browser("demo-window")
    assert clerk.get(f"/applications/{draft.pk}/questions").status_code == 200
    for path in (
        f"/applications/{own.pk}/questions",
        "/applications",
        "/licences",
        "/inbox",
        "/applications.csv",
    ):
        assert clerk.get(path).status_code in (302, 404), path
    assert own.pk != draft.pk


def test_another_clerk_does_not_see_it(desk: Desk) -> None:
    draft = opened(desk)
    assert desk.browser("demo-hotline").get(f"/applications/{draft.pk}/questions").status_code == 404
    assert filing.at_the_window(desk.acting("demo-hotline"), draft.pk) is None


def test_submitted_at_the_window_it_is_the_applicants_with_the_window_named(desk: Desk) -> None:
    acting, draft = filled(desk)
    done = submission.submit(acting=acting, application=draft.pk)
    assert done.number
    assert models.Filing.objects.get(application=done).closed_at == desk.now
    entry = audit.Entry.objects.get(chain=done.pk, action="application.submitted")
    assert (entry.role, entry.actor) == ("window", desk.city.account("demo-window").pk)
    consent = audit.Entry.objects.get(chain=done.pk, action="consent.given")
    assert consent.role == "window"
    mine = text(desk.browser("demo-lin").get("/applications"))
    assert "Filed at the window of" in mine
    assert done.number in mine
    assert filing.at_the_window(desk.acting("demo-window"), draft.pk) is None
    clerk = desk.browser("demo-window")
    assert clerk.get(f"/applications/{draft.pk}/review").status_code == 404
    page = text(clerk.get(f"/office/window/{done.number}"))
    receipt = next(d for d in notices.documents_of(done.pk) if d.kind == "receipt")
    assert f"/documents/{receipt.number}.pdf" in page
    printed = clerk.get(f"/documents/{receipt.number}.pdf")
    assert printed["Content-Type"] == "application/pdf"


def test_when_the_person_leaves_the_clerk_sees_it_no_more_and_they_go_on_at_home(desk: Desk) -> None:
    draft = opened(desk)
    clerk = desk.browser("demo-window")
    clerk.post(f"/office/window/{draft.pk}/leave")
    assert clerk.get(f"/applications/{draft.pk}/questions").status_code == 404
    assert access.application(desk.acting("demo-lin", for_firm=True), draft.pk).state == "draft"
    filing.close_filing(acting=desk.acting("demo-window"), application=draft.pk)
    assert audit.Entry.objects.filter(chain=draft.pk, action="filing.closed").count() == 1


def test_with_the_mandate_the_window_ends_at_once(desk: Desk) -> None:
    draft = opened(desk)
    identity.Mandate.objects.filter(agent=lin(desk)).update(revoked_at=desk.now)
    assert filing.at_the_window(desk.acting("demo-window"), draft.pk) is None
    assert desk.browser("demo-window").get(f"/applications/{draft.pk}/questions").status_code == 404


def test_guessing_closes_the_window_for_a_while(desk: Desk) -> None:
    clerk = desk.browser("demo-window")
    given = {"number": lin(desk).identifier, "name": "Nobody", "event": EVENT}
    answers = [text(clerk.post("/office/window", given)) for _ in range(11)]
    assert "Too many did not fit" not in answers[0]
    assert "Too many did not fit" in answers[-1]
