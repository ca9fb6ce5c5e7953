"""Asking for data and deciding on it: what the steward sees, what each answer needs, and what is written down."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from tests.records.catalogue.offices import ASKED, ASKER, BASIS, KEEPER, REGISTRY, Offices

from tongban.base.audit import queries as audit
from tongban.base.directory import queries as directory
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.packs import calendars
from tongban.records.catalogue import actions, queries


@pytest.fixture
def shared_as(offices: Offices, monkeypatch: pytest.MonkeyPatch) -> object:
    """Give the registry another sharing attribute in the pack in force."""

    def change(sharing: str) -> None:
        pack = directory.pack_in_force(offices.now)
        resource = pack.resources[REGISTRY].model_copy(update={"sharing": sharing})
        changed = replace(pack, resources={**pack.resources, REGISTRY: resource})
        monkeypatch.setattr(directory, "pack_in_force", lambda *_, **__: changed)

    return change


def test_a_request_reaches_the_steward_with_a_number_and_ten_working_days(offices: Offices) -> None:
    request = offices.request()
    clock = queries.clock_of(request, calendars.work_calendar(offices.city.pack), offices.now.date())
    assert request.number.startswith("SR-990100-20260302-0001-")
    assert request.state == "in-review"
    assert request.steward == offices.organisation(KEEPER)
    assert clock.due.day == date(2026, 3, 16)
    assert [e.event for e in request.events.order_by("sequence")] == ["submit", "check"]


def test_the_platform_check_points_out_sensitive_and_unread_fields(offices: Offices) -> None:
    request = offices.request(fields=[field.id for field in offices.resource.fields])
    noticed = {(f["code"], f["about"]) for f in request.findings}
    assert ("sensitive", "owner") in noticed
    assert ("every-field", REGISTRY) in noticed
    assert ("not-read", "unit_number") in noticed


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fields": []}, "fields"),
        ({"fields": ["salary"]}, "fields"),
        ({"purpose": "  "}, "purpose"),
        ({"articles": []}, "articles"),
        ({"articles": ["no-such-law#1"]}, "articles"),
        ({"event": "", "services": []}, "services"),
        ({"event": "", "services": ["no-such-service"]}, "services"),
    ],
)
def test_a_form_with_a_mistake_is_sent_back_and_nothing_is_kept(
    offices: Offices, changes: dict, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offices.request(**changes)
    assert field in refused.value.fields
    assert not queries.of_tab(offices.acting(KEEPER), "open").exists()


def test_only_officers_may_ask(offices: Offices) -> None:
    for who in ("demo-lin", "demo-window", "demo-auditor"):
        with pytest.raises(NotFound):
            actions.request_sharing(
                acting=offices.acting(who), resource=REGISTRY, fields=ASKED, purpose="x", articles=[BASIS]
            )


def test_the_steward_may_grant_fewer_fields_but_no_others(offices: Offices) -> None:
    request = offices.request()
    with pytest.raises(Invalid):
        offices.decide(request, fields=["unit_number"])
    grant = offices.decide(request, fields=["usage"]).grant
    assert grant.fields == ["usage"]
    assert grant.valid_to == date(2027, 3, 2)


def test_a_refusal_states_its_reason_and_its_basis(offices: Offices) -> None:
    request = offices.request()
    with pytest.raises(Invalid) as refused:
        offices.decide(request, "refused")
    assert set(refused.value.fields) == {"reason", "articles"}
    decided = offices.decide(request, "refused", reason="Not needed for this service.", articles=[BASIS])
    assert decided.state == "refused"
    assert decided.events.get(event="refuse").articles == [BASIS]


def test_more_is_asked_once_and_the_answer_brings_the_request_back(offices: Offices) -> None:
    request = offices.request()
    actions.ask_more(acting=offices.acting(KEEPER), number=request.number, question="Why the owner?")
    with pytest.raises(NotNow):
        offices.decide(request)
    actions.answer_question(
        acting=offices.acting(ASKER), number=request.number, text="To compare it with the lease."
    )
    with pytest.raises(NotNow):
        actions.ask_more(acting=offices.acting(KEEPER), number=request.number, question="And why the area?")
    assert offices.decide(request).state == "provided"


def test_the_answer_is_put_off_once(offices: Offices) -> None:
    request = offices.request()
    actions.extend(
        acting=offices.acting(KEEPER), number=request.number, reason="The register is being moved."
    )
    with pytest.raises(NotNow):
        actions.extend(acting=offices.acting(KEEPER), number=request.number, reason="Again.")


def test_the_asker_cannot_decide_and_the_steward_cannot_answer(offices: Offices) -> None:
    request = offices.request()
    with pytest.raises(NotFound):
        actions.decide(acting=offices.acting(ASKER), number=request.number, outcome="granted")
    with pytest.raises(NotFound):
        actions.withdraw(acting=offices.acting(KEEPER), number=request.number)


def test_nobody_decides_on_a_request_of_their_own(offices: Offices) -> None:
    own = actions.request_sharing(
        acting=offices.acting(KEEPER),
        resource=REGISTRY,
        fields=["usage"],
        purpose="x",
        articles=[BASIS],
        event="open-restaurant",
    )
    with pytest.raises(NotNow):
        offices.decide(own)
    decided = actions.decide(acting=offices.acting("property-second"), number=own.number, outcome="granted")
    assert decided.state == "provided"


def test_a_decision_made_from_an_old_page_is_refused(offices: Offices) -> None:
    request = offices.request()
    actions.extend(acting=offices.acting(KEEPER), number=request.number, reason="Later.")
    with pytest.raises(StaleVersion):
        offices.decide(request, version=request.version)


def test_an_unconditional_resource_is_granted_at_submission_and_logged(offices: Offices, shared_as) -> None:
    shared_as("unconditional")
    request = offices.request(articles=[])
    assert request.state == "provided"
    assert request.grant.fields == sorted(ASKED)
    assert [e.event for e in request.events.order_by("sequence")] == ["submit", "check", "grant", "provide"]
    assert "grant.made" in [e.action for e in audit.entries_of(request.id)]
    assert audit.entries_of(request.id).get(action="sharing.grant").role == "system"


def test_what_is_not_shared_by_default_needs_a_basis_from_both_sides(offices: Offices, shared_as) -> None:
    shared_as("none")
    with pytest.raises(Invalid):
        offices.request(articles=[])
    request = offices.request()
    assert {"code": "not-shared", "about": REGISTRY} in request.findings
    with pytest.raises(Invalid) as refused:
        offices.decide(request)
    assert set(refused.value.fields) == {"articles"}
    assert offices.decide(request, articles=[BASIS]).state == "provided"


def test_every_step_is_in_the_audit_and_no_purpose_is(offices: Offices) -> None:
    request = offices.decide(offices.request())
    entries = list(audit.entries_of(request.id))
    assert [e.action for e in entries] == [
        "sharing.submit",
        "sharing.check",
        "sharing.grant",
        "grant.made",
        "sharing.provide",
    ]
    assert "premises" not in str([e.detail for e in entries])


def test_a_parameter_of_the_pack_overrides_the_recalled_number(
    offices: Offices, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tongban.core.packs.model import Bilingual, DatedValue, Parameter
    from tongban.records.catalogue import terms

    pack = offices.city.pack
    three = Parameter(
        id="sharing_answer_conditional_days", label=Bilingual(zh="答复", en="Answer"), type="integer",
        values=(DatedValue(valid_from=date(2026, 1, 1), value=3),),
    )  # fmt: skip
    changed = replace(pack, parameters={**pack.parameters, three.id: three})
    assert terms.terms(changed, "conditional", date(2026, 3, 2)).answer.amount == 3
    assert terms.terms(changed, "conditional", date(2025, 3, 2)).answer.amount == 10


def test_a_correction_runs_to_the_steward_and_back(offices: Offices) -> None:
    offices.grant()
    asked = actions.request_correction(
        acting=offices.acting("demo-lin"),
        resource=REGISTRY,
        key="南桥路18号",
        field="area",
        claim="It is 300, not 320.",
    )
    assert asked.number.startswith("JH-")
    listed = queries.listed_corrections([asked], offices.acting(KEEPER))
    assert listed[0].clock.due.day == date(2026, 3, 16)
    with pytest.raises(NotFound):
        actions.answer_correction(
            acting=offices.acting(ASKER), number=asked.number, outcome="declined", answer="No."
        )
    done = actions.answer_correction(
        acting=offices.acting(KEEPER), number=asked.number, outcome="corrected", answer="Done."
    )
    assert done.state == "corrected"
    with pytest.raises(NotNow):
        actions.answer_correction(
            acting=offices.acting(KEEPER), number=asked.number, outcome="declined", answer="No."
        )
