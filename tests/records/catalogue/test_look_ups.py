"""No row leaves a registry but under a live grant, with only the granted fields, and after it was logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from threading import Event, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import shops
from tests.factories.fixtures import City
from tests.records.catalogue.offices import ASKED, ASKER, BUREAU, KEEPER, REGISTRY, Offices, seated

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.records.catalogue import actions, models, queries
from tongban.records.catalogue.actions import looking_up


def test_without_a_grant_nothing_is_delivered_and_the_refusal_is_logged(offices: Offices) -> None:
    root = uuid4()
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up(root=root)
    entry = queries.look_ups_of(root).get()
    assert (entry.outcome, entry.grant, entry.found) == ("refused", None, False)
    assert [e.action for e in audit.entries_of(root)] == ["registry.refused"]


def test_the_same_refused_look_up_is_one_entry_a_day(offices: Offices) -> None:
    root = uuid4()
    for hours in (0, 1, 24):
        offices.later(hours=hours)
        with pytest.raises(actions.NoLiveGrant):
            offices.look_up(root=root)
    assert queries.look_ups_of(root).count() == 2


def test_under_a_grant_only_the_granted_fields_of_those_asked_are_delivered(offices: Offices) -> None:
    grant = offices.grant(fields=["usage", "area"])
    answer = offices.look_up(fields=["owner", "usage"])
    assert answer is not None
    assert dict(answer.values) == {"usage": "commercial"}
    assert answer.grant == grant.id
    entry = models.LookUp.objects.get()
    assert (entry.fields, entry.grant_id, entry.legal_basis) == (["usage"], grant.id, grant.articles)


def test_a_row_that_is_not_there_is_logged_under_the_grant_too(offices: Offices) -> None:
    offices.grant()
    assert offices.look_up(key="nowhere 1") is None
    assert models.LookUp.objects.get().outcome == "not-found"


@pytest.mark.parametrize(
    "changes",
    [
        {"under": "somebody-else"},
        {"services": ["no-such-service"]},
        {"services": []},
        {"fields": ["unit_number"]},
        {"fields": []},
    ],
)
def test_a_grant_does_not_reach_beyond_its_organisation_services_and_fields(
    offices: Offices, changes: dict
) -> None:
    offices.grant()
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up(**changes)


def test_a_field_that_the_resource_does_not_have_is_a_mistake_of_the_caller(offices: Offices) -> None:
    offices.grant()
    with pytest.raises(Invalid):
        offices.look_up(fields=["salary"])


def test_a_grant_for_single_services_covers_no_others(offices: Offices) -> None:
    offices.decide(offices.request(event="", services=offices.services[:2]))
    assert offices.look_up(services=offices.services[:1]) is not None
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up(services=offices.services)


def test_a_grant_that_is_not_provided_yet_delivers_nothing(offices: Offices) -> None:
    request = offices.decide(offices.request(), ready=False)
    assert request.state == "granted"
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up()
    actions.provide(acting=offices.acting(KEEPER), number=request.number)
    assert offices.look_up() is not None


def test_a_grant_ends_on_its_day(offices: Offices) -> None:
    offices.grant(until=date(2026, 3, 4))
    offices.later(days=1)
    assert offices.look_up() is not None
    offices.later(days=1)
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up()


@pytest.mark.parametrize("who", [KEEPER, BUREAU])
def test_a_revoked_grant_ends_at_once(offices: Offices, who: str) -> None:
    grant = offices.grant()
    actions.revoke(acting=offices.acting(who), grant=grant.id, reason="Used for something else.")
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up()
    with pytest.raises(NotNow):
        actions.revoke(acting=offices.acting(who), grant=grant.id, reason="Again.")


def test_the_asker_cannot_revoke(offices: Offices) -> None:
    with pytest.raises(NotFound):
        actions.revoke(acting=offices.acting(ASKER), grant=offices.grant().id, reason="x")


def test_the_database_refuses_a_delivered_row_without_a_grant(offices: Offices) -> None:
    row = {
        "resource": REGISTRY, "organisation": "x", "key_digest": "x", "fields": [], "about": uuid4(), "root": uuid4(),
        "purpose": "x", "at": offices.now,
    }  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        models.LookUp.objects.create(**row, outcome="delivered")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(ASKED), min_size=1),
            st.integers(2, 40),
            st.sampled_from(["ready", "later", "revoked"]),
        ),
        max_size=3,
    ),
    st.lists(
        st.tuples(st.sets(st.sampled_from([*ASKED, "unit_number"]), min_size=1), st.integers(0, 50)),
        min_size=1,
        max_size=4,
    ),
)
def test_every_delivered_row_is_traceable_to_a_live_grant(
    offices: Offices, grants: list, calls: list
) -> None:
    begin, before = offices.now, transaction.savepoint()
    try:
        for fields, days, how in grants:
            until = begin.date() + timedelta(days=days)
            grant = offices.decide(offices.request(), fields=fields, until=until, ready=how != "later").grant
            if how == "revoked":
                actions.revoke(acting=offices.acting(KEEPER), grant=grant.id, reason="x")
        for fields, day in sorted(calls, key=lambda call: call[1]):
            offices.clock[0] = begin + timedelta(days=day)
            _called(offices, fields)
        _all_traceable()
    finally:
        transaction.savepoint_rollback(before)
        offices.clock[0] = begin


def _called(offices: Offices, fields: set[str]) -> None:
    root, today = uuid4(), offices.now.date()
    live = [g for g in queries.live_grants(today) if fields & set(g.fields)]
    try:
        answer = offices.look_up(fields=fields, root=root)
    except actions.NoLiveGrant:
        assert not live
        assert queries.look_ups_of(root).get().outcome == "refused"
        return
    entry = queries.look_ups_of(root).get()
    assert answer is not None
    assert entry.grant in live
    assert set(answer.values) == set(entry.fields) == fields & set(entry.grant.fields)
    assert len(answer.values) == max(len(fields & set(g.fields)) for g in live)


def _all_traceable() -> None:
    for entry in models.LookUp.objects.exclude(outcome="refused").select_related("grant"):
        grant, day = entry.grant, entry.at.date()
        assert grant.valid_from <= day < grant.valid_to
        assert grant.provided_at is not None
        assert grant.provided_at <= entry.at
        assert grant.revoked_at is None or entry.at < grant.revoked_at
        assert set(entry.fields) <= set(grant.fields)


def test_an_application_without_a_grant_goes_on_and_its_form_asks_for_the_fact(offices: Offices) -> None:
    draft = shops.filled_draft(offices.city.acting("demo-lin", for_firm=True))
    assert draft.looked_up == {}
    assert all(entry["kind"] != "registry" for entry in draft.evidence)
    assert {e.outcome for e in queries.look_ups_of(draft.id)} == {"refused"}


def test_an_application_under_a_grant_draws_on_the_registry_and_the_subject_sees_it(offices: Offices) -> None:
    grant = offices.grant()
    draft = shops.filled_draft(offices.city.acting("demo-lin", for_firm=True))
    assert [e["id"] for e in draft.evidence if e["kind"] == "registry"] == [REGISTRY]
    seen = queries.look_ups_about([draft.subject]).get()
    assert seen.grant == grant
    assert set(seen.fields) <= set(grant.fields)
    assert draft.answers["area"]["source"] == "registry"


def test_an_application_looks_again_once_there_is_a_grant(offices: Offices) -> None:
    from tongban.work.cases.actions import drafts

    acting = offices.city.acting("demo-lin", for_firm=True)
    draft = shops.filled_draft(acting)
    offices.grant()
    drafts.answer(acting=acting, application=draft.id, answers={"pastry": "true"})
    assert {e.outcome for e in queries.look_ups_of(draft.id)} == {"refused", "delivered"}


def test_inside_another_transaction_nothing_is_looked_up(offices: Offices) -> None:
    """Its log could still be rolled back after the values were used."""
    offices.grant()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        offices.look_up()
    assert not models.LookUp.objects.exists()


@pytest.mark.slow
def test_a_revocation_waits_for_a_look_up_under_way(
    lasting_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The grant is share-locked until the look-up commits, so that no entry is younger than the end of its grant."""
    offices = seated(lasting_city)
    grant = offices.grant()
    under_way, go_on, log = Event(), Event(), looking_up._log

    def slowly(*entry: object) -> None:
        under_way.set()
        assert go_on.wait(timeout=20)
        log(*entry)

    monkeypatch.setattr(looking_up, "_log", slowly)
    asking = Thread(target=_closing, args=(offices.look_up,))
    asking.start()
    assert under_way.wait(timeout=20)
    revoking = Thread(target=_closing, args=(lambda: _revoke(offices, grant),))
    revoking.start()
    revoking.join(timeout=1)
    assert revoking.is_alive()
    go_on.set()
    for thread in (asking, revoking):
        thread.join(timeout=20)
        assert not thread.is_alive()
    grant.refresh_from_db()
    assert grant.revoked_at is not None
    assert models.LookUp.objects.get().outcome == "delivered"
    with pytest.raises(actions.NoLiveGrant):
        offices.look_up()


def _revoke(offices: Offices, grant: models.Grant) -> None:
    actions.revoke(acting=offices.acting(KEEPER), grant=grant.id, reason="Used for something else.")


def _closing(act: Callable[[], object]) -> None:
    try:
        act()
    finally:
        connection.close()
