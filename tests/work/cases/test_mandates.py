"""An agent acts for somebody: within the scope and the time of the mandate, and not a moment after it is revoked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, portal, text  # noqa: F401  (a fixture)

from tongban.base.identity import mandates
from tongban.base.identity.models import Mandate
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices import queries as notices
from tongban.records.licences import access as licences
from tongban.work.cases import access
from tongban.work.cases.actions import drafts

EVENT, OTHER = applicants.EVENT, "social-card"


def person(city: City, username: str) -> Any:
    account: Any = city.account(username)
    return account.person


def give(city: City, *events: str, to: str = "demo-bank", until: date = date(2026, 4, 1)) -> Mandate:
    agent = person(city, to)
    return mandates.give(
        acting=city.acting("demo-shen"),
        identifier=agent.identifier,
        name=agent.name,
        events=events,
        until=until,
    )


def acting_for(city: City, username: str, principal: str) -> Client:
    client = browser(city, username)
    session = client.session
    session["acting_for"] = str(person(city, principal).pk)
    session.save()
    return client


def test_an_agent_starts_fills_and_submits_within_the_scope(city: City) -> None:
    draft = applicants.filled(city)
    give(city, EVENT)
    agent = acting_for(city, "demo-bank", "demo-shen")
    assert agent.post("/applications/start", {"event": EVENT, "for": "new"})["Location"].endswith(
        str(draft.id)
    )
    saved = agent.post(
        f"/applications/{draft.id}/details",
        {"version": draft.version, "shown": ["phone"], "fact-phone": "13912345678"},
    )
    assert saved.status_code == 302
    draft.refresh_from_db()
    assert draft.stated["phone"]["value"] == "13912345678"
    submitted = agent.post(f"/applications/{draft.id}/submit", {"version": draft.version, "declared": "yes"})
    assert submitted["Location"].endswith("/receipt")
    draft.refresh_from_db()
    assert draft.principal == person(city, "demo-shen").pk
    assert agent.get(f"/applications/{draft.number}").status_code == 200
    assert draft.number in text(browser(city, "demo-shen").get("/applications?tab=running"))


def test_beyond_the_scope_there_is_nothing(city: City) -> None:
    draft = applicants.filled(city)
    give(city, OTHER)
    agent = acting_for(city, "demo-bank", "demo-shen")
    assert agent.get(f"/applications/{draft.id}/review").status_code == 404
    assert agent.post("/applications/start", {"event": EVENT}).status_code == 422
    assert agent.post("/applications/start", {"event": OTHER}).status_code == 302
    for closed in ("/licences", "/my-data", "/inbox", "/me/notices", "/benefits"):
        assert agent.get(closed).status_code in (403, 404), closed
    themselves = city.acting("demo-bank")
    assert [a.event for a in access.applications(themselves)] == [OTHER]
    assert not licences.visible_to(themselves).filter(holder_id=person(city, "demo-shen").pk).exists()


def test_it_ends_at_the_end_of_its_last_day_and_at_once_when_revoked(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = applicants.filled(city)
    mandate = give(city, EVENT, until=date(2026, 3, 10))
    agent = acting_for(city, "demo-bank", "demo-shen")
    here = f"/applications/{draft.id}/questions"
    assert agent.get(here).status_code == 200
    for now, status in ((date(2026, 3, 10), 200), (date(2026, 3, 11), 404)):
        moment = NOON.replace(month=now.month, day=now.day)
        monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
        agent = acting_for(city, "demo-bank", "demo-shen")
        assert agent.get(here).status_code == status
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(hours=1))
    agent = acting_for(city, "demo-bank", "demo-shen")
    assert agent.get(here).status_code == 200
    mandates.revoke(acting=city.acting("demo-shen"), mandate=mandate.id)
    assert agent.get(here).status_code == 404
    assert (
        agent.post(here, {"version": draft.version, "shown": ["phone"], "fact-phone": "1"}).status_code == 404
    )
    assert mandates.revoke(acting=city.acting("demo-shen"), mandate=mandate.id).revoked_at is not None


def test_who_may_give_and_revoke(city: City) -> None:
    mandate = give(city, EVENT)
    with pytest.raises(NotFound):
        mandates.revoke(acting=city.acting("demo-lin"), mandate=mandate.id)
    agent: Any = city.acting("demo-bank")
    under = replace(agent, principal=person(city, "demo-shen").pk, mandate=mandate.id, role="agent")
    lin = person(city, "demo-lin")
    with pytest.raises(NotNow):
        mandates.give(
            acting=under, identifier=lin.identifier, name=lin.name, events=[EVENT], until=date(2026, 4, 1)
        )
    laid_down = mandates.revoke(acting=city.acting("demo-bank"), mandate=mandate.id)
    assert laid_down.revoked_at is not None
    representative = Mandate.objects.filter(ground="representative").first()
    assert representative is not None
    with pytest.raises(NotFound):
        mandates.revoke(acting=city.acting("demo-lin", for_firm=True), mandate=representative.id)


def test_a_name_or_a_number_alone_finds_nobody(city: City) -> None:
    bank = person(city, "demo-bank")
    for identifier, name in ((bank.identifier, "别人"), ("110101199001010000", bank.name)):
        with pytest.raises(Invalid) as refused:
            mandates.give(
                acting=city.acting("demo-shen"), identifier=identifier, name=name, events=[EVENT], until=date(2026, 4, 1)
            )  # fmt: skip
        assert set(refused.value.fields) == {"identifier"}
    with pytest.raises(Invalid) as late:
        give(city, EVENT, until=date(2036, 1, 1))
    assert "until" in late.value.fields


def test_giving_again_replaces_and_the_same_again_changes_nothing(city: City) -> None:
    first = give(city, EVENT)
    assert give(city, EVENT).id == first.id
    wider = give(city, EVENT, OTHER)
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert [m.id for m in mandates.given(city.acting("demo-shen"))] == [wider.id]


def test_both_are_told(city: City, hear: Callable[..., int]) -> None:
    mandate = give(city, EVENT)
    hear(NOON)
    assert notices.inbox(city.acting("demo-bank")).filter(cause=f"mandate:{mandate.id}").count() == 1
    mandates.revoke(acting=city.acting("demo-shen"), mandate=mandate.id)
    hear(NOON)
    for username in ("demo-shen", "demo-bank"):
        assert notices.inbox(city.acting(username)).filter(cause=f"mandate:{mandate.id}:revoked").count() == 1


def test_the_page_gives_says_what_is_wrong_and_revokes(city: City) -> None:
    client, bank = browser(city, "demo-shen"), person(city, "demo-bank")
    sent = {"identifier": bank.identifier, "name": bank.name, "until": "2026-04-01"}
    refused = client.post("/me/mandates", sent)
    assert refused.status_code == 422
    assert "Choose what the mandate is for." in text(refused)
    assert bank.name in text(refused)
    assert client.post("/me/mandates", {**sent, "event": [EVENT]}).status_code == 302
    page = text(client.get("/me/mandates"))
    assert "Yin Xingzhou" in page
    assert "1 April 2026" in page
    (mandate,) = mandates.given(city.acting("demo-shen"))
    assert browser(city, "demo-lin").post(f"/me/mandates/{mandate.id}/revoke").status_code == 302
    assert len(mandates.given(city.acting("demo-shen"))) == 1
    client.post(f"/me/mandates/{mandate.id}/revoke")
    assert mandates.given(city.acting("demo-shen")) == []


def test_an_agent_without_limits_reads_everything_as_before(city: City) -> None:
    give(city)
    agent = acting_for(city, "demo-bank", "demo-shen")
    assert agent.get("/licences").status_code == 200
    assert drafts.start(acting=city.acting("demo-shen"), event=OTHER).event == OTHER
