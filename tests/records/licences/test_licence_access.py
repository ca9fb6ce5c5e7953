"""Nobody but the holder and the officers of the issuing office reads a licence."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.licences.small_city import NOW, PLACE, Place

from tongban.base.audit import queries as audit
from tongban.base.identity.models import Mandate
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.records.licences import actions, queries

pytestmark = pytest.mark.django_db

ROLES = ("applicant", "officer", "clerk", "auditor", "system", "visitor", "")


@pytest.fixture
def story(place: Place) -> dict[str, Any]:
    """A firm with a permit and its representative, who holds a certificate; a stranger with another permit."""
    firm, owner, stranger = (
        place.subject("云边小馆"),
        place.subject("林晓晨", kind="person"),
        place.subject("别人"),
    )
    Mandate.objects.create(principal=firm, agent=owner, ground="representative", valid_from=NOW)
    return {
        "firm": firm,
        "owner": owner,
        "stranger": stranger,
        "permit": place.issue(firm),
        "certificate": place.issue(owner, kind="household-certificate"),
        "other": place.issue(stranger),
    }


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    role=st.sampled_from(ROLES),
    who=st.sampled_from(["firm", "owner", "stranger", None, "nobody"]),
    mandated=st.booleans(),
    organisation=st.sampled_from(["city-market", "city-police", "", None, "city-market "]),
    where=st.sampled_from([PLACE, "990101", "880100", ""]),
    post=st.sampled_from([None, 1]),
)
def test_list_and_detail_show_the_same_and_nothing_else(
    story: dict[str, Any],
    role: str,
    who: str | None,
    mandated: bool,
    organisation: str | None,
    where: str,
    post: int | None,
) -> None:
    principal = uuid4() if who == "nobody" else story[who].pk if who else None
    mandate = uuid4() if mandated else None
    acting = Acting(uuid4(), principal, mandate, post, organisation, role, where, "test", NOW, "r" * 8)
    expected = set()
    if role == "applicant" and post is None:
        if who == "owner":
            expected = {"certificate"} if mandated else {"certificate", "permit"}
        expected |= {"firm": {"permit"}, "stranger": {"other"}}.get(who or "", set())
    if role in {"officer", "clerk"} and where == PLACE:
        expected = {"city-market": {"permit", "other"}, "city-police": {"certificate"}}.get(
            organisation or "", set()
        )
    licences = {name: story[name] for name in ("permit", "certificate", "other")}
    assert {licence.pk for licence in queries.of_subject(acting)} == {licences[name].pk for name in expected}
    for name, licence in licences.items():
        if name in expected:
            assert actions.look_at(acting=acting, licence=licence.pk) == licence
        else:
            with pytest.raises(NotFound):
                actions.look_at(acting=acting, licence=licence.pk)


def test_an_ended_mandate_shows_nothing_more(place: Place, story: dict[str, Any]) -> None:
    Mandate.objects.update(revoked_at=NOW)
    assert [licence.kind for licence in queries.of_subject(place.applicant(story["owner"]))] == [
        "household-certificate"
    ]


def test_the_holder_sees_which_office_looked(place: Place, story: dict[str, Any]) -> None:
    actions.look_at(acting=place.applicant(story["firm"]), licence=story["permit"].pk)
    market = place.pack.organisations["city-market"].name
    assert [(u.action, u.organisation) for u in queries.used_by(story["permit"])] == [
        ("licence.issued", market)
    ]
    actions.look_at(acting=place.officer("city-market", role="clerk"), licence=story["permit"].pk)
    newest = queries.used_by(story["permit"])[0]
    assert (newest.action, newest.organisation) == (
        "licence.read",
        place.pack.organisations["city-market"].name,
    )


def test_refusing_leaves_no_trace_that_the_licence_exists(place: Place, story: dict[str, Any]) -> None:
    before = audit.entries_of(story["permit"].pk).count()
    refused = []
    for licence in (story["permit"].pk, uuid4()):
        with pytest.raises(NotFound) as refusal:
            actions.look_at(acting=place.officer("city-police"), licence=licence)
        refused.append(str(refusal.value))
    assert refused[0] == refused[1]
    assert audit.entries_of(story["permit"].pk).count() == before
