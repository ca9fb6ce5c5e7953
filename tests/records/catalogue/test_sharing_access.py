"""Nobody reads outside role, organisation and place: checked for list, search, detail, export and count."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.records.catalogue.offices import ASKER, BUREAU, KEEPER, REGISTRY, Offices, ids, post

from tongban.base.kit.refusals import NotFound
from tongban.records.catalogue import access, actions, models, queries

PLACES = ("990100", "990200")


@pytest.fixture
def many(offices: Offices) -> Offices:
    """The same request of every pair of organs and places, with a grant each."""
    organs = [offices.organisation(who) for who in (ASKER, KEEPER, "demo-urban", BUREAU)]
    template = offices.decide(offices.request())
    for number, (asking, place, steward, steward_place) in enumerate(product(organs, PLACES, organs, PLACES)):
        request = models.SharingRequest.objects.get(pk=template.pk)
        request.pk, request.number = None, f"SR-{number}"
        request.id = models.SharingRequest._meta.get_field("id").get_default()
        request.asking, request.place, request.steward, request.steward_place = (
            asking,
            place,
            steward,
            steward_place,
        )
        request.save(force_insert=True)
        grant = models.Grant.objects.get(pk=template.grant.pk)
        grant.id = models.Grant._meta.get_field("id").get_default()
        grant.request, grant.organisation, grant.place = request, asking, place
        grant.steward, grant.steward_place = steward, steward_place
        grant.save(force_insert=True)
        models.Correction.objects.create(
            number=f"JH-{number}", resource=REGISTRY, pack_digest=request.pack_digest, key="x", field="area", claim="x",
            organisation=asking, place=place, steward=steward, steward_place=steward_place, known=False,
            submitted_at=offices.now, submitted_on=offices.now.date(),
        )  # fmt: skip
    return offices


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_one_may_see_is_exactly_what_role_organisation_and_place_allow(
    many: Offices, data: st.DataObject
) -> None:
    organs = [None, "nowhere", *(many.organisation(who) for who in (ASKER, KEEPER, "demo-urban", BUREAU))]
    role = data.draw(st.sampled_from(["officer", "clerk", "auditor", "applicant", "visitor", "system"]))
    acting = post(role, data.draw(st.sampled_from(organs)), data.draw(st.sampled_from([*PLACES, "000000"])))
    if role in ("applicant", "visitor", "system"):
        acting = replace(acting, post=None)
    requests = {r for r in models.SharingRequest.objects.all() if _may(many, acting, r, r.asking)}
    assert ids(access.requests(acting)) == {r.pk for r in requests}
    assert ids(access.grants(acting)) == {
        g.pk for g in models.Grant.objects.all() if _may(many, acting, g, g.organisation)
    }
    if role != "applicant":
        seen = {c.pk for c in models.Correction.objects.all() if _may(many, acting, c, c.organisation)}
        assert ids(access.corrections(acting)) == seen
    assert sum(queries.counts(acting).values()) == len(requests)
    assert sum(queries.counts(acting, "SR-").values()) == len(requests)
    hidden = models.SharingRequest.objects.exclude(pk__in=[r.pk for r in requests]).first()
    if hidden is not None:
        with pytest.raises(NotFound):
            access.request(acting, hidden.number)
        with pytest.raises(NotFound):
            actions.decide(acting=acting, number=hidden.number, outcome="granted")
    for shown in requests:
        assert ("steward" in access.parties(acting, shown)) == (
            role == "officer" and (acting.organisation, acting.place) == (shown.steward, shown.steward_place)
        )


def _may(offices: Offices, acting: object, entry: object, asking: str | None) -> bool:
    """The rule in words: officers of either side at its place; officers and clerks of the data bureau for their place."""
    if acting.role not in ("officer", "clerk"):
        return False
    if acting.organisation == offices.organisation(BUREAU):
        return acting.place in (entry.place, entry.steward_place)
    sides = {(asking, entry.place), (entry.steward, entry.steward_place)}
    return acting.role == "officer" and (acting.organisation, acting.place) in sides


def test_a_correction_of_somebody_else_is_not_there(offices: Offices) -> None:
    mine = actions.request_correction(
        acting=offices.acting("demo-lin"), resource=REGISTRY, key="x", field="area", claim="It is 300."
    )
    assert access.correction(offices.acting("demo-lin"), mine.number) == mine
    for who in ("demo-shen", "demo-urban", "demo-auditor"):
        with pytest.raises(NotFound):
            access.correction(offices.acting(who), mine.number)
