"""A licence that another place has shown counts like one issued here: for its holder, for what it was asked for, while it is good."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.base.peers.other_node import here
from tests.factories import neighbours, shops
from tests.factories.fixtures import City
from tests.factories.neighbours import IDENTIFIER, Neighbour
from tests.records.catalogue.offices import ADDRESS
from tests.work.cases.officer_desk import Desk, text, url

from tongban.base.audit import queries as audit
from tongban.base.identity import actions as identity
from tongban.base.identity.models import Mandate
from tongban.base.kit.refusals import Invalid
from tongban.base.notices import models as notices
from tongban.base.peers import actions as peers
from tongban.core.planning.model import Status
from tongban.core.procedures.model import Event
from tongban.core.values import identifiers
from tongban.records.dossier import models as dossier
from tongban.work.cases import form, models, replay
from tongban.work.cases.actions import corrections, decisions, drafts, gathering, handling, submission

SHEN, KIND, SERVICE, PAPER = "demo-shen", "business_licence", "food-permit", "business-licence"
CODE = identifiers.make_credit_code("92", "980101", 77)
FIELDS = ["address", "kind", "operator", "scope"]
SAYS = {
    "name": "云上小馆", "credit_code": CODE, "kind": "individual", "operator": "沈一禾", "address": ADDRESS, "scope": "catering",
    "issuer": "澜溪市市场监督管理局",
}  # fmt: skip
FACTS = {"has_licence", "entity", "shop_name", "business_scope", "operator_name", "address"}
"""What the licence says, so that nobody has to."""


@pytest.fixture
def firm(city: City) -> Any:
    """A firm of the neighbouring city; its owner lives here and acts for it."""
    shen: Any = city.account(SHEN)
    return identity.register_enterprise(
        acting=here(), name="云上小馆", name_en="Cloud Kitchen", identifier=CODE, representative=shen.person
    )


def owner(city: City, **options: Any) -> Any:
    return city.acting(SHEN, for_firm=True, **options)


def begun(acting: Any) -> models.Application:
    draft = drafts.start(acting=acting, event="open-restaurant")
    return drafts.consent(acting=acting, application=draft.id, given=True)


def show(
    city: City, neighbour: Neighbour, hear: Callable[..., int], acting: Any = None, **changes: Any
) -> Any:
    given: dict[str, Any] = {
        "kind": KIND, "values": SAYS, "fields": FIELDS, "service": SERVICE, "number": CODE, **changes,
    }  # fmt: skip
    return neighbours.shown(city, neighbour, hear, acting or owner(city), **given)


def now(application: Any) -> models.Application:
    return models.Application.objects.get(pk=application.pk)


def paper(application: Any, acting: Any, name: str = PAPER) -> Any:
    application = now(application)
    return form.plan_of(application, form.pack_of(application, acting), acting.today).material(name)


def rests_on_it(application: Any) -> set[str]:
    return {name for name, a in now(application).answers.items() if a["reference"] == IDENTIFIER}


def again(acting: Any, draft: Any) -> models.Application:
    """Any save of the draft, by whoever fills it in."""
    return drafts.answer(acting=acting, application=draft.id, answers={"pastry": "false"})


# -- a draft


def test_an_open_draft_has_it_as_soon_as_it_comes_with_its_source(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    draft = begun(acting)
    assert paper(draft, acting) is None or paper(draft, acting).status is not Status.HELD
    row = show(city, neighbour, hear)
    assert row.state == "held"
    held = paper(draft, acting)
    assert (held.status, held.reference) == (Status.HELD, IDENTIFIER)
    draft = now(draft)
    plan = form.plan_of(draft, form.pack_of(draft, acting), acting.today)
    assert rests_on_it(draft) >= FACTS
    assert not FACTS & {q.fact for q in plan.questions}
    answer = draft.answers["business_scope"]
    assert (answer["value"], answer["source"], answer["source_id"]) == ("catering", "licence", KIND)
    assert answer["from"]["node"] == "980100"
    assert answer["from"]["place"]["en"] == "Lanxi Services"
    assert answer["from"]["on"] == acting.today.isoformat()
    taken = [e for e in audit.entries_of(draft.id) if e.action == "evidence.taken-up"]
    assert [(e.object_id, e.detail) for e in taken] == [(str(row.id), {"node": "980100", "kind": KIND})]
    notice = notices.Notice.objects.get(cause=f"application:{draft.id}:evidence:{row.id}")
    assert notice.link == f"/applications/{draft.id}/materials"


def test_a_draft_begun_later_has_it_too_and_every_save_keeps_it(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    show(city, neighbour, hear)
    acting = owner(city)
    draft = begun(acting)
    assert rests_on_it(draft) >= FACTS
    again(acting, draft)
    assert rests_on_it(draft) >= FACTS
    assert paper(draft, acting).status is Status.HELD


def test_it_goes_through_to_the_decision_and_its_replay_sees_whose_word_it_was(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    begun(acting)
    show(city, neighbour, hear)
    draft = shops.filled_draft(acting)
    assert not FACTS & set(draft.stated)
    application = submission.submit(acting=acting, application=draft.id)
    material = form.current_materials(application)[PAPER]
    assert (material.way, material.reference) == ("held", IDENTIFIER)
    case = application.cases.get(service=SERVICE)
    officer = city.acting("demo-market")
    handling.accept(acting=officer, number=case.number)
    decisions.decide(acting=officer, number=case.number, outcome="granted", reasons="All is well.")
    decision = models.Decision.objects.get(case=case)
    assert decision.facts["business_scope"]["from"]["node"] == "980100"
    seen = replay.replay(decision)
    assert seen.same
    assert f"licence:{KIND}@980100" in seen.sources
    # its holder agreed to this purpose, so it does not become part of what is known about them
    assert not dossier.Observation.objects.filter(reference=IDENTIFIER).exists()


def test_only_the_fields_that_were_shown_are_known_the_rest_is_asked(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    draft = begun(acting)
    show(city, neighbour, hear, fields=["scope"])
    assert {"has_licence", "business_scope"} <= rests_on_it(draft)
    assert not {"address", "entity"} & set(now(draft).answers)


def test_a_value_that_this_place_cannot_read_says_nothing(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    draft = begun(acting)
    show(city, neighbour, hear, values={**SAYS, "scope": "moon-mining"})
    assert "business_scope" not in now(draft).answers
    drafts.answer(acting=acting, application=draft.id, answers={"business_scope": "catering"})
    assert now(draft).answers["business_scope"]["source"] == "answer"


@pytest.mark.parametrize(
    "spoilt", ["revoked", "suspended", "no longer trusted", "expired", "consent taken back"]
)
def test_what_is_no_longer_good_no_longer_counts(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int], spoilt: str
) -> None:
    acting = owner(city)
    draft = begun(acting)
    last = acting.today + timedelta(days=2)
    show(city, neighbour, hear, valid_to=last if spoilt == "expired" else None)
    assert rests_on_it(draft)
    if spoilt in ("revoked", "suspended"):
        neighbour.withdraws(state=spoilt)
    elif spoilt == "no longer trusted":
        peers.suspend(acting=here(), node_code="980100", reason="lost key")
    elif spoilt == "expired":
        acting = owner(city, now=city.now + timedelta(days=3))
    else:
        drafts.consent(acting=acting, application=draft.id, given=False)
    again(acting, draft)
    assert not rests_on_it(draft)
    assert all("from" not in entry for entry in now(draft).evidence)
    planned = paper(draft, acting)
    assert planned is None or planned.status is not Status.HELD


def test_a_submission_does_not_rest_on_what_was_withdrawn_meanwhile(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    show(city, neighbour, hear)
    draft = shops.filled_draft(acting)
    neighbour.withdraws()
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=acting, application=draft.id)
    assert any(gap.startswith("fact:") for gap in refused.value.fields)


@pytest.mark.parametrize("code", ["no-consent", "withdrawn", "refused", "expired"])
def test_what_was_not_given_is_not_used(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int], code: str
) -> None:
    acting = owner(city)
    draft = begun(acting)
    row = show(city, neighbour, hear, status=409, body=b'{"code": "%s"}' % code.encode())
    assert row.state != "held"
    again(acting, draft)
    assert not rests_on_it(draft)


def test_it_serves_nobody_else_and_nothing_else(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    lin, person = city.acting("demo-lin"), city.acting(SHEN)
    others = [begun(lin), begun(person)]
    without = drafts.start(acting=owner(city), event="open-restaurant")
    show(city, neighbour, hear)
    assert not any(rests_on_it(one) for one in [*others, without])
    for acting, draft in zip((lin, person), others, strict=True):
        again(acting, draft)
        assert not rests_on_it(draft)
    again(owner(city), without)
    assert not rests_on_it(without)


def test_asked_for_another_matter_it_is_not_used(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    draft = begun(acting)
    row = show(city, neighbour, hear)
    assert rests_on_it(draft)
    row.service = "a-matter-of-another-event"
    row.save()
    again(acting, draft)
    assert not rests_on_it(draft)


def test_a_firm_that_the_asker_represents_is_known_by_its_number(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    """Asked for as a person, shown of a firm: it is the firm's, and of no other firm than the licence names."""
    person = city.acting(SHEN)
    own, of_firm = begun(person), begun(owner(city))
    show(city, neighbour, hear, acting=person, relation="represented")
    assert not rests_on_it(own)
    assert rests_on_it(of_firm) >= FACTS
    again(owner(city), of_firm)
    assert rests_on_it(of_firm) >= FACTS


def test_a_firm_with_another_number_is_somebody_else(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    draft = begun(owner(city))
    other = identifiers.make_credit_code("92", "980101", 78)
    show(
        city, neighbour, hear, acting=city.acting(SHEN), relation="represented", values={**SAYS, "credit_code": other}
    )  # fmt: skip
    again(owner(city), draft)
    assert not rests_on_it(draft)


def test_the_card_of_the_owner_counts_for_the_firm_only_while_the_owner_fills_it_in(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    """As with a card issued here: a mere agent does not draw on the papers of whom the firm belongs to."""

    def card() -> bool:
        return any("from" in entry for entry in now(draft).evidence)

    mandate = Mandate.objects.create(
        principal=firm, agent=city.account("demo-lin").person, ground="authorised", valid_from=city.now  # type: ignore[attr-defined]
    )  # fmt: skip
    agent = replace(city.acting("demo-lin"), principal=firm.pk, mandate=mandate.pk)  # type: ignore[type-var]
    draft = begun(agent)
    show(
        city, neighbour, hear, acting=city.acting(SHEN), kind="resident_id_card", values=None, fields=["number"],
        number=city.account(SHEN).person.identifier, holder="沈一禾",  # type: ignore[attr-defined]
    )  # fmt: skip
    assert not card()
    again(agent, draft)
    assert not card()
    again(owner(city), draft)
    assert card()
    again(agent, draft)
    assert not card()


def test_taking_it_up_twice_adds_it_once(
    city: City, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    acting = owner(city)
    draft = begun(acting)
    show(city, neighbour, hear)
    show(city, neighbour, hear)
    draft = now(draft)
    assert [e["reference"] for e in draft.evidence].count(IDENTIFIER) == 1
    gathering.gather(acting=acting, application=draft, pack=form.pack_of(draft, acting))
    assert rests_on_it(draft) >= FACTS


# -- a submitted application


CERTIFICATE = {
    "owner": "沈一禾",
    "location": shops.FOUNDING["address"],
    "number": "L-77",
    "issuer": "澜溪市自然资源局",
}


def certified(city: City, neighbour: Neighbour, hear: Callable[..., int], service: str) -> Any:
    """The certificate of the premises, shown by the neighbour for one service."""
    return show(
        city, neighbour, hear, acting=city.acting(SHEN), kind="real_estate_certificate", values=CERTIFICATE,
        fields=["location"], service=service, number="L-77", holder="沈一禾",
    )  # fmt: skip


def submitted(city: City) -> models.Application:
    return shops.submitted(city.acting(SHEN), answers=shops.FOUNDING)


def test_it_settles_what_a_correction_notice_asks_for(
    desk: Desk, neighbour: Neighbour, hear: Callable[..., int]
) -> None:
    city = desk.city
    acting = city.acting(SHEN)
    application = submitted(city)
    case = application.cases.get(service="business-registration")
    defect = {"kind": "material", "id": "premises-proof", "text": "The lease cannot be read."}
    handling.request_correction(acting=city.acting("demo-market"), number=case.number, defects=[defect])
    row = certified(city, neighbour, hear, case.service)
    material = form.current_materials(application)["premises-proof"]
    assert (material.way, material.reference) == ("held", IDENTIFIER)
    assert notices.Notice.objects.get(cause=f"application:{application.id}:evidence:{row.id}").link == (
        f"/applications/{application.number}"
    )
    page = text(desk.browser(SHEN).get(f"/cases/{case.number}/correct"))
    assert "Real estate ownership certificate, shown by Lanxi Services" in page
    corrections.answer(acting=acting, number=case.number)
    case.refresh_from_db()
    assert case.state == "submitted"
    page = text(desk.browser("demo-market").get(url(case)))
    assert "Real estate ownership certificate, shown by Lanxi Services" in page
    assert IDENTIFIER in page


def test_it_takes_the_place_of_a_deferred_paper(
    desk: Desk, neighbour: Neighbour, hear: Callable[..., int]
) -> None:
    city = desk.city
    application = submitted(city)
    case = application.cases.get(service="business-registration")
    form.current_materials(application)["premises-proof"].delete()  # as if the pack let it come later
    models.Case.objects.filter(pk=case.pk).update(deferred=["premises-proof"])
    handling.accept(acting=city.acting("demo-market"), number=case.number)
    certified(city, neighbour, hear, case.service)
    case.refresh_from_db()
    assert case.deferred == []
    assert case.events.order_by("sequence").last().event == Event.COMPLETE_MATERIALS.value
    assert form.current_materials(application)["premises-proof"].way == "held"


@pytest.mark.parametrize("why", ["nothing is outstanding", "it was asked for another service"])
def test_what_is_not_needed_is_left_alone(
    desk: Desk, neighbour: Neighbour, hear: Callable[..., int], why: str
) -> None:
    city = desk.city
    application = submitted(city)
    case = application.cases.get(service="business-registration")
    if why != "nothing is outstanding":
        defect = {"kind": "material", "id": "premises-proof", "text": "The lease cannot be read."}
        handling.request_correction(acting=city.acting("demo-market"), number=case.number, defects=[defect])
    before = now(application)
    certified(city, neighbour, hear, case.service if why == "nothing is outstanding" else "signboard")
    after = now(application)
    assert (after.version, after.evidence, after.answers) == (before.version, before.evidence, before.answers)
    assert form.current_materials(application)["premises-proof"].way == "upload"


def test_a_fact_that_a_correction_asks_about_is_settled_and_no_other_is_changed(
    desk: Desk, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    city = desk.city
    acting = owner(city)
    stated = {**shops.FOUNDING, "has_licence": "false", "operator_name": "沈一和"}
    draft = begun(acting)
    drafts.answer(acting=acting, application=draft.id, answers=stated)
    application = submission.submit(acting=acting, application=shops.filled_draft(acting, answers=stated).id)
    case = application.cases.get(service="business-registration")
    assert "shop_name" in city.pack.services[case.service].form  # type: ignore[attr-defined]
    defect = {"kind": "fact", "id": "shop_name", "text": "As on the licence, please."}
    handling.request_correction(acting=city.acting("demo-market"), number=case.number, defects=[defect])
    show(city, neighbour, hear, service=case.service)
    after = now(application)
    assert after.answers["shop_name"]["value"] == SAYS["name"]
    assert after.answers["shop_name"]["from"]["node"] == "980100"
    assert after.answers["address"]["value"] == shops.FOUNDING["address"]


# -- pages


def test_the_pages_say_where_it_came_from_and_where_else_it_can_come_from(
    desk: Desk, neighbour: Neighbour, firm: Any, hear: Callable[..., int]
) -> None:
    city = desk.city
    acting = owner(city)
    draft = begun(acting)
    drafts.answer(acting=acting, application=draft.id, answers={"has_licence": "true"})
    client = desk.browser(SHEN)
    session = client.session
    session["acting_for"] = str(firm.pk)
    session.save()
    here_ = f"/applications/{draft.id}"
    page = text(client.get(f"{here_}/materials"))
    links = re.findall(r'href="/evidence/ask\?([^"]+)"', page)
    link = next(one for one in links if f"kind={KIND}" in one).replace("&amp;", "&")
    assert 'type="hidden" name="service"' in text(client.get(f"/evidence/ask?{link}"))
    show(city, neighbour, hear)
    page = text(client.get(f"{here_}/materials"))
    assert "Business licence, shown by Lanxi Services" in page
    assert f"Reference {IDENTIFIER}" in page
    page = text(client.get(f"{here_}/details"))
    assert f"Business licence, shown by Lanxi Services, reference {IDENTIFIER}" in page
    assert "Held for your application: Business licence" in text(client.get("/inbox"))
