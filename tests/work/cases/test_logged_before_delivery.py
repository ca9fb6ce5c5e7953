"""A registry is asked outside every transaction of the application: what it says is used only once the log is on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import City
from tests.records.catalogue.offices import ADDRESS, REGISTRY, Offices, seated

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid
from tongban.base.notices import actions as notices
from tongban.records.catalogue import actions as catalogue
from tongban.records.catalogue import models as catalogued
from tongban.records.catalogue import queries as shared
from tongban.work.cases import models
from tongban.work.cases.actions import corrections, drafts, handling, registries, submission

LIN = "demo-lin"


def lin(offices: Offices) -> Any:
    return offices.city.acting(LIN, for_firm=True, now=offices.now)


def drawn(application: Any) -> list[str]:
    """Registries whose rows the application holds."""
    kept = models.Application.objects.get(pk=application.pk)
    return [entry["id"] for entry in kept.evidence if entry["kind"] == "registry"]


def outcomes(root: UUID) -> list[str]:
    return [entry.outcome for entry in shared.look_ups_of(root)]


class Torn(Exception):
    """The power went."""


def tear(*args: Any, **more: Any) -> None:
    raise Torn


@pytest.fixture
def waiting(offices: Offices) -> models.Application:
    """A draft ready to submit whose registry could not be asked so far; now it can."""
    draft = shops.filled_draft(lin(offices))
    assert drawn(draft) == []
    offices.grant()
    return draft


def test_a_submission_that_fails_keeps_no_value_and_the_log_keeps_the_look_up(
    offices: Offices,
    waiting: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(notices, "issue_document", tear)
        with pytest.raises(Torn):
            submission.submit(acting=lin(offices), application=waiting.id)
    waiting.refresh_from_db()
    assert (waiting.state, drawn(waiting), waiting.looked_up) == ("draft", [], {})
    assert "property_owner" not in waiting.answers
    use = shared.look_ups_of(waiting.id).get(outcome="delivered")
    entries = {e.action: e for e in audit.entries_of(waiting.id)}
    assert entries["registry.looked-up"].object_id == str(use.id)
    assert "application.submitted" not in entries

    submitted = submission.submit(acting=lin(offices), application=waiting.id)
    assert drawn(submitted) == [REGISTRY]
    assert submitted.answers["property_owner"]["source"] == "registry"
    # nothing of the first was kept, so it was asked again: the log says what happened
    assert outcomes(waiting.id) == ["refused", "delivered", "delivered"]
    submission.submit(acting=lin(offices), application=waiting.id)
    assert len(outcomes(waiting.id)) == 3


def test_what_a_draft_has_drawn_is_not_looked_up_again_by_a_submission_that_is_tried_twice(
    offices: Offices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offices.grant()
    draft = shops.filled_draft(lin(offices))
    assert outcomes(draft.id) == ["delivered"]
    with monkeypatch.context() as broken:
        broken.setattr(notices, "issue_document", tear)
        with pytest.raises(Torn):
            submission.submit(acting=lin(offices), application=draft.id)
    submission.submit(acting=lin(offices), application=draft.id)
    assert outcomes(draft.id) == ["delivered"]


def test_what_is_said_is_saved_before_a_registry_is_asked_and_is_asked_for_later_when_that_broke_off(
    offices: Offices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offices.grant()
    acting = lin(offices)
    draft = drafts.start(acting=acting, event="open-restaurant")
    with monkeypatch.context() as broken:
        broken.setattr(registries, "_ask", tear)
        with pytest.raises(Torn):
            drafts.consent(acting=acting, application=draft.id, given=True)
    draft.refresh_from_db()
    assert draft.answers["address"]["source"] == "licence"
    assert (drawn(draft), outcomes(draft.id)) == ([], [])
    draft = drafts.answer(acting=acting, application=draft.id, answers={"pastry": "true"})
    assert (drawn(draft), outcomes(draft.id)) == ([REGISTRY], ["delivered"])
    assert "area" in draft.answers


def test_a_refused_look_up_is_logged_and_the_submission_goes_on_without_it(offices: Offices) -> None:
    submitted = submission.submit(acting=lin(offices), application=shops.filled_draft(lin(offices)).id)
    assert submitted.state == "submitted"
    assert (drawn(submitted), outcomes(submitted.id)) == ([], ["refused"])
    assert [e.action for e in audit.entries_of(submitted.id)].count("registry.refused") == 1


def test_my_data_shows_whom_it_is_about_what_was_refused(offices: Offices) -> None:
    draft = shops.filled_draft(lin(offices))
    client = offices.browser(LIN)
    page = client.get("/my-data").content.decode()
    assert "refused" in page
    assert "Nothing was handed over: no grant covered it." in page
    assert f"/applications/{draft.id}" in page
    assert "Nobody has looked anything up" in offices.browser("demo-shen").get("/my-data").content.decode()


def test_without_consent_no_registry_is_asked(offices: Offices) -> None:
    offices.grant()
    acting = lin(offices)
    draft = drafts.start(acting=acting, event="open-restaurant")
    drafts.answer(acting=acting, application=draft.id, answers={"address": ADDRESS})
    assert outcomes(draft.id) == []
    with pytest.raises(Invalid):
        submission.submit(acting=acting, application=draft.id)
    assert outcomes(draft.id) == []


def test_a_corrected_key_is_looked_up_anew_and_what_the_old_one_brought_no_longer_counts(
    offices: Offices,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    offices.grant()
    acting = offices.city.acting("demo-shen", now=offices.now)
    draft = shops.filled_draft(acting, answers=shops.FOUNDING)
    application = submission.submit(acting=acting, application=draft.id)
    case = application.cases.get(service="business-registration")
    officer = offices.acting("demo-market")
    defect = {"kind": "fact", "id": "address", "text": "Which floor?"}
    handling.request_correction(acting=officer, number=case.number, defects=[defect])
    before = models.Application.objects.get(pk=application.pk).answers["property_owner"]["value"]
    with monkeypatch.context() as broken:
        broken.setattr(registries, "_ask", tear)
        with pytest.raises(Torn):
            corrections.correct_fact(acting=acting, number=case.number, answers={"address": ADDRESS})
    application.refresh_from_db()
    assert application.answers["address"]["value"] == ADDRESS
    assert "property_owner" not in application.answers
    corrections.answer(acting=acting, number=case.number)
    application.refresh_from_db()
    assert application.answers["property_owner"]["value"] != before
    assert outcomes(application.id) == ["delivered", "delivered"]


@pytest.mark.slow
def test_at_the_moment_values_are_handed_over_another_connection_reads_the_log(
    lasting_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    offices = seated(lasting_city)
    offices.grant()
    handed_over: list[tuple[UUID, int, int]] = []

    def watched(look_up: Callable[..., Any]) -> Callable[..., Any]:
        def call(**asked: Any) -> Any:
            answer = look_up(**asked)
            if answer is not None:
                handed_over.append((asked["root"], *_seen_from_outside(asked["root"])))
            return answer

        return call

    monkeypatch.setattr(catalogue, "look_up", watched(catalogue.look_up))
    draft = shops.filled_draft(lin(offices))
    assert handed_over == [(draft.id, 1, 1)]
    assert drawn(draft) == [REGISTRY]


class TestThroughTheApi:
    @pytest.fixture
    def client(self, offices: Offices) -> Client:
        client = offices.browser("demo-shen")
        return client

    def post(self, client: Client, path: str, body: Any = None, **headers: str) -> Any:
        return client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers
        )

    def test_a_whole_application_in_one_call_draws_before_it_is_submitted(
        self,
        offices: Offices,
        client: Client,
    ) -> None:
        offices.grant()
        given = {
            "event": "open-restaurant", "consent": True, "answers": {**shops.FOUNDING, "address": ADDRESS}, "submit": True,
        }  # fmt: skip
        refused = self.post(client, "/applications", given, idempotency_key="whole-1")
        assert refused.status_code == 422
        draft = models.Application.objects.get()
        assert draft.state == "draft"
        assert (drawn(draft), outcomes(draft.id)) == ([REGISTRY], ["delivered"])
        again = self.post(client, "/applications", given, idempotency_key="whole-1")
        assert again.status_code == 422
        assert models.Application.objects.count() == 1
        assert outcomes(draft.id) == ["delivered"]

    def test_a_key_that_was_used_replays_without_asking_or_writing_anything(
        self,
        offices: Offices,
        client: Client,
    ) -> None:
        body = {
            "event": "open-restaurant",
            "consent": True,
            "answers": {"address": ADDRESS, "sign": "normal"},
        }
        first = self.post(client, "/applications", body, idempotency_key="open-1")
        assert first.status_code == 201, first.content
        offices.grant()
        drafts.answer(
            acting=offices.acting("demo-shen"), application=UUID(first.json()["id"]), answers={"sign": "none"}
        )
        asked = catalogued.LookUp.objects.count()
        again = self.post(client, "/applications", body, idempotency_key="open-1")
        assert again["Idempotent-Replayed"] == "true"
        assert again.json() == first.json()
        assert models.Application.objects.get().answers["sign"]["value"] == "none"
        assert catalogued.LookUp.objects.count() == asked

    def test_a_submission_through_the_api_asks_what_is_due_before_its_transaction(
        self,
        offices: Offices,
        waiting: Any,
    ) -> None:
        client = offices.browser(LIN)
        session = client.session
        session["acting_for"] = str(waiting.principal)
        session.save()
        sent = self.post(client, f"/applications/{waiting.id}/submit", idempotency_key="send-1")
        assert sent.status_code == 200, sent.content
        assert drawn(waiting) == [REGISTRY]
        assert outcomes(waiting.id) == ["refused", "delivered"]


def _seen_from_outside(root: UUID) -> tuple[int, int]:
    """(look-ups, audit entries about them) that a second connection to the database reads."""
    outside = connections.create_connection("default")
    outside.settings_dict["NAME"] = connection.settings_dict["NAME"]
    try:
        with outside.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM catalogue_lookup WHERE root = %s", [root])
            look_ups = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM audit_entry WHERE chain = %s AND action = 'registry.looked-up'", [root]
            )
            return look_ups, cursor.fetchone()[0]
    finally:
        outside.close()
