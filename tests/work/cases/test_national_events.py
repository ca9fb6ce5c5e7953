"""Every life event of the national pack, from its plan to the last decision: over HTTP alone, as applicant and officers.

A situation is one of the pack's own test vectors, told in full by what `also` adds. Together the situations of an event
reach every service that it names here, those of the city's layers included; an event without situations fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests.factories import fixtures, officers
from tests.factories.fixtures import City
from tests.factories.papers import pdf, png
from tests.work.cases.applicants import portal  # noqa: F401  (a fixture)

from tongban.base.identity import queries as identity
from tongban.config.subscriptions import SUBSCRIPTIONS
from tongban.core.procedures import states
from tongban.core.procedures.model import CaseEvent, Event
from tongban.records.licences import queries as licences
from tongban.work.cases import models
from tongban.work.cases.replay import replay

CN = fixtures.PACKS / "cn"
API = "/api/v1"
PERSON, SHOP, FIRM = "demo-shen", "demo-lin", "owner-of-a-firm"
"""A resident; who represents a shop that holds a business licence; who represents a firm that holds nothing yet."""


@dataclass(frozen=True)
class Situation:
    event: str
    vector: str
    """Name of a test of the pack, whose facts are answered."""
    who: str = PERSON
    also: Mapping[str, object] = field(default_factory=dict)
    """Answers besides, and instead."""
    without: frozenset[str] = frozenset()
    """Services of the event that this situation does not need."""
    held_until: Mapping[str, date] = field(default_factory=dict)
    """Kinds of licence that whoever applies holds, with the last day of each."""


def _without(services: str) -> frozenset[str]:
    return frozenset(services.split())


SITUATIONS = (
    Situation("bankruptcy-check", "everything-is-asked-at-once", SHOP),
    Situation(
        "connect-utilities", "outside-works-dig-once-the-plan-is-granted", SHOP,
        {"wants_power": True, "wants_network": True, "touches_green": True},
    ),
    Situation(
        "credit-repair", "a-general-breach-after-three-months", SHOP,
        {"on_abnormal_list": True, "on_dishonesty_list": True, "dishonesty_listed_months": 12},
    ),
    Situation(
        "deregistration", "ordinary-case-a-small-company-takes-the-simple-way", FIRM,
        without=_without("sole-trader-objections creditor-notice customs-filing-cancellation"),
    ),
    Situation(
        "deregistration", "most-complicated-case-a-company-in-the-ordinary-way", FIRM,
        without=_without("simple-closing-notice sole-trader-objections"),
    ),
    Situation(
        "deregistration", "offices-that-stay-silent-for-ten-days-let-a-sole-trader-close", SHOP,
        without=_without(
            "simple-closing-notice creditor-notice tax-deregistration customs-filing-cancellation "
            "social-insurance-cancellation bank-account-closing seal-cancellation"
        ),
    ),
    Situation(
        "disability-services", "a-first-certificate-in-a-poor-family", PERSON, {"wants_assistive_device": True},
        without=_without("severe-nursing-allowance pension-premium-support child-rehabilitation-aid"),
    ),
    Situation(
        "disability-services", "grade-one-with-a-certificate",
        without=_without("disability-certificate hardship-living-allowance employment-registration child-rehabilitation-aid"),
    ),
    Situation(
        "disability-services", "a-child-has-rehabilitation",
        without=_without(
            "disability-certificate hardship-living-allowance employment-registration pension-premium-support "
            "assistive-device-subsidy"
        ),
    ),
    Situation(
        "enterprise-change", "after-the-creditors-time-capital-may-fall", SHOP,
        {
            "changes_name": True, "has_staff_insurance": True, "pays_housing_fund": True, "has_bank_account": True,
            "holds_food_permit": True, "holds_transport_permit": True,
        },
    ),
    Situation("listing-check", "a-disputed-report-is-checked-field-by-field", SHOP),
    Situation("newborn", "most-complicated-birth"),
    Situation(
        "open-restaurant", "no-licence-all-permits-wait-for-registration", PERSON,
        {"tobacco": True, "sewer": True, "staff_need_health_check": True}, _without("food-filing"),
    ),
    Situation(
        "open-restaurant", "packed-food-only-is-filed", PERSON, {"has_licence": False},
        _without("food-permit fire-check tobacco-permit sewer-permit signboard staff-health"),
    ),
    Situation(
        "open-transport-business", "a-scheduled-line-brings-its-plan", SHOP,
        {"transport_trade": "goods_and_passengers", "light_trucks_only": False, "vehicles_change_use": True},
        _without("ride-hailing-permit"),
    ),
    Situation(
        "open-transport-business", "ride-hailing-is-a-permit-of-its-own", SHOP,
        without=_without("road-freight-permit road-passenger-permit vehicle-operation-certificate vehicle-use-change"),
    ),
    Situation(
        "renew-food-permit", "the-permit-that-runs-out-is-renewed", SHOP,
        held_until={"food_business_permit": date(2026, 4, 30)},
    ),
    Situation(
        "retirement", "an-employee-retires-and-draws-the-housing-fund", PERSON, {"wants_elder_card": True},
        _without("early-retirement"),
    ),
    Situation(
        "retirement", "early-without-children-and-from-another-province",
        without=_without("normal-retirement housing-fund-account-closing housing-fund-withdrawal retiree-medical-insurance elder-card"),
    ),
    Situation(
        "school-entry", "registered-and-owning-nothing-to-hand-in",
        without=_without("school-residence-check school-tenancy-check school-insurance-check"),
    ),
    Situation(
        "school-entry", "a-family-from-elsewhere-that-rents",
        without=_without("school-household-check school-property-check"),
    ),
    Situation("social-card", "a-first-card-and-everything-it-opens", PERSON, {"wants_transit_on_card": True}),
)  # fmt: skip
EVENTS = sorted(path.stem for path in (CN / "life-events").glob("*.yaml"))


def _vectors(event: str) -> dict[str, Any]:
    told = yaml.safe_load((CN / "tests" / f"{event}.yaml").read_text(encoding="utf-8"))
    return {one["name"]: one for one in told if one.get("event") == event}


@pytest.fixture(autouse=True)
def _untypeset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are issued but not set as PDF, which takes a third of the time; tests of their own do that."""
    monkeypatch.setitem(SUBSCRIPTIONS, "notices.issued", ())


class Caller:
    """Somebody who knows nothing but the API; without an account a guest."""

    def __init__(self, account: Any | None) -> None:
        self.client = Client(headers={"accept-language": "en"})
        if account is not None:
            self.client.force_login(account)

    def call(self, method: str, path: str, body: Any = None, version: int | None = None) -> dict[str, Any]:
        return self._send(method, path, json.dumps(body), "application/json", version)

    def upload(self, path: str, name: str, data: bytes, version: int) -> dict[str, Any]:
        sent = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, data)})
        return self._send("PUT", path, sent, MULTIPART_CONTENT, version)

    def _send(self, method: str, path: str, data: Any, kind: str, version: int | None) -> dict[str, Any]:
        headers = {"idempotency-key": uuid4().hex} if method == "POST" else {}
        if version is not None:
            headers["if-match"] = f'"{version}"'
        response = self.client.generic(method, f"{API}{path}", data, content_type=kind, headers=headers)
        assert response.status_code < 300, (
            f"{method} {path}: {response.status_code} {response.content.decode()}"
        )
        return response.json()  # type: ignore[no-any-return]


def applicant(city: City, situation: Situation) -> Caller:
    """Who applies: in the own name, or for the shop or firm."""
    account: Any = city.account(situation.who)
    caller = Caller(account)
    if situation.who != PERSON:
        mandate = identity.mandates_of(account.person, city.now).first()
        assert mandate is not None
        session = caller.client.session
        session["acting_for"] = str(mandate.principal_id)
        session.save()
    return caller


def answer(question: Mapping[str, Any], facts: Mapping[str, Any]) -> Any:
    """What the situation says, else the plainest answer of the question's type."""
    name, kind = question["fact"], question["type"]
    if name in facts:
        return as_json(facts[name])
    if question["codes"]:
        return question["codes"][0]
    if kind.startswith("decimal"):
        return "50"
    return {"boolean": False, "integer": 3, "date": "2026-01-05", "money": "1000.00", "text": "文本"}[kind]


def as_json(said: Any) -> Any:
    """A fact of a test of the pack, as the API takes it."""
    return {"absent": True} if said is None else said.isoformat() if isinstance(said, date) else said


def filled(caller: Caller, situation: Situation, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A draft in which nothing is asked any more and every material is there."""
    draft = caller.call("POST", "/applications", {"event": situation.event, "consent": True})
    path = f"/applications/{draft['id']}"
    while questions := draft["plan"]["questions"]:
        asked = {q["fact"]: answer(q, facts) for q in questions}
        draft = caller.call("PATCH", path, {"answers": asked}, draft["version"])
        assert not {q["fact"] for q in draft["plan"]["questions"]} & set(asked), "an answer was not taken"
    for material in draft["plan"]["materials"]:
        at = f"{path}/materials/{material['id']}"
        if material["certain"] and material["status"] == "commit":
            draft = caller.call("POST", f"{at}/signature", {})
        elif material["certain"] and material["status"] in ("upload", "deferrable"):
            photo = "photo" in material["id"]
            name, data = ("photo.png", png()) if photo else ("paper.pdf", pdf(material["id"]))
            draft = caller.upload(at, name, data, draft["version"])
    assert draft["missing"] == {}
    return draft


def told_of(draft: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a draft as a guest would tell them; None where only its owner may see them."""
    return {
        name: as_json(facts[name])
        if name in facts and said["source"] == "answer"
        else {"absent": True}
        if said["absent"]
        else None
        if said["masked"]
        else said["value"]
        for name, said in draft["answers"].items()
    }


def checked(case: dict[str, Any]) -> dict[str, Any]:
    """A case as the API tells it; its state is the one to which its events lead."""
    seen = [
        CaseEvent(Event(e["event"]), date.fromisoformat(e["day"]), datetime.fromisoformat(e["at"]))
        for e in case["events"]
    ]
    assert states.replay(seen).value == case["state"], case["number"]
    return case


def run(city: City, hear: Callable[[], int], situation: Situation) -> set[str]:
    """The whole way of one situation; returns the services that were decided."""
    facts = {**_vectors(situation.event)[situation.vector]["facts"], **situation.also}
    caller = applicant(city, situation)
    draft = filled(caller, situation, facts)
    planned = {s["id"]: s for s in draft["plan"]["services"] if s["applies"] == "yes"}
    told = {q: said for q, said in told_of(draft, facts).items() if said is not None}
    guide = Caller(None).call("POST", "/plans", {"event": situation.event, "facts": told, "at": "2026-03-02"})
    sure, possible = (
        {s["id"] for s in guide["services"] if s["applies"] in ways} for ways in (("yes",), ("yes", "maybe"))
    )
    assert sure <= set(planned) <= possible
    number = caller.call("POST", f"/applications/{draft['id']}/submit", {})["number"]

    officer: dict[str, Caller] = {}
    closed: list[str] = []
    for _turn in range(len(planned) + 1):
        hear()
        cases = [checked(case) for case in caller.call("GET", f"/applications/{number}")["cases"]]
        closed += [c["service"] for c in cases if c["state"] == "completed" and c["service"] not in closed]
        ready = [c for c in cases if c["state"] in ("submitted", "accepted")]
        if not ready:
            break
        for case in ready:
            assert set(case["waits_for"]) <= set(closed), f"{case['service']} did not wait"
            organ = case["organisation"]
            if organ not in officer:
                officer[organ] = Caller(officers.officer_of(city, organ))
            desk = officer[organ]
            at = f"/cases/{case['number']}"
            if case["state"] == "submitted":
                case = checked(desk.call("POST", f"{at}/accept", {}, case["version"]))
                assert case["state"] == "accepted"
            declared = city.pack.services[case["service"]].inspection  # type: ignore[attr-defined]
            if declared is not None and declared.required:
                case = inspected(city, desk, organ, case, [look.id for look in declared.looks])
            decision = {"outcome": "granted", "reasons": "Every condition is met."}
            case = checked(desk.call("POST", f"{at}/decisions", decision, case["version"]))
            assert case["state"] in ("granted", "completed")

    done = caller.call("GET", f"/applications/{number}")
    cases = {case["service"]: checked(case) for case in done["cases"]}
    assert set(cases) == set(planned)
    assert {s: c["state"] for s, c in cases.items()} == dict.fromkeys(planned, "completed")
    assert all(case["decision"]["outcome"] == "granted" for case in cases.values())
    assert {s: sorted(c["waits_for"]) for s, c in cases.items()} == {
        s: sorted(p["waits_for"]) for s, p in planned.items()
    }
    for decision in models.Decision.objects.filter(case__application__number=number):
        assert replay(decision).same, decision.case.service
    holds(caller, city, number)
    return set(cases)


def inspected(city: City, desk: Caller, organ: str, case: dict[str, Any], looks: list[str]) -> dict[str, Any]:
    """Those whom the lot has drawn go; one writes down what was found and another confirms it. Returns the case."""
    officers.officer_of(city, organ, "-second")
    at = (city.now + timedelta(hours=1)).isoformat()
    order = {"appointed_at": at, "reasons": "We look at the place."}
    found = desk.call("POST", f"/cases/{case['number']}/inspections", order, case["version"])
    first, second = (Caller(identity.accounts().get(pk=one)) for one in found["draw"]["going"])
    record = {
        "visited_on": city.now.date().isoformat(),
        "looks": [{"id": one, "passed": True} for one in looks],
    }
    found = first.call("POST", f"/inspections/{found['id']}/record", record, found["version"])
    second.call("POST", f"/inspections/{found['id']}/confirmation", {}, found["version"])
    return checked(desk.call("GET", f"/cases/{case['number']}"))


def holds(caller: Caller, city: City, number: str) -> None:
    """Every licence that the services produce is in the wallet, as the API shows it, and genuine."""
    pack: Any = city.pack
    decisions = list(models.Decision.objects.filter(case__application__number=number).select_related("case"))
    produced = {d.pk: pack.services[d.case.service].result.licence for d in decisions}
    for decision, kind in produced.items():
        licence = licences.by_decision(decision)
        if kind is None:
            assert licence is None
            continue
        assert licence is not None, kind
        shown = caller.call("GET", f"/licences/{licence.pk}")
        begun = licence.valid_from <= city.now.date()  # what prolongs another begins when that has ended
        assert (shown["kind"], shown["state"]) == (kind, "valid" if begun else "not-yet-valid")
        if not begun:
            continue
        assert caller.call("POST", "/licences/verify", {"token": shown["token"]})["outcome"] == "valid"


def hold(city: City, who: str, kind: str, until: date) -> None:
    """Enter a licence of the one who applies into the register."""
    from tongban.base.kit.acting import system
    from tongban.records.licences import actions

    pack: Any = city.pack
    account: Any = city.account(who)
    holder = identity.mandates_of(account.person, city.now).first().principal
    organ = next(o for o in pack.organisations.values() if o.authority == pack.licences[kind].issuer)
    actions.register(
        acting=system(city.now, "990100", "test"), kind=pack.licences[kind], pack=pack, organisation=organ, holder=holder,
        holder_name=holder.name, number="JY29901000000001", values={}, on=date(2021, 5, 1), valid_to=until,
    )  # fmt: skip


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: f"{s.event}:{s.vector}")
def test_a_national_event_runs_from_its_plan_to_the_last_decision(
    city: City, hear: Callable[[], int], situation: Situation
) -> None:
    if situation.who == FIRM:
        officers.firm(city, FIRM, "小满茶饮有限公司", "91990101MADEM0513R")
    pack: Any = city.pack
    for kind, until in situation.held_until.items():
        hold(city, situation.who, kind, until)
    assert run(city, hear, situation) == set(pack.life_events[situation.event].services) - situation.without


@pytest.mark.parametrize("event", EVENTS)
def test_the_situations_of_an_event_leave_no_service_out(city: City, event: str) -> None:
    pack: Any = city.pack
    ways = [situation.without for situation in SITUATIONS if situation.event == event]
    assert ways, f"{event}: no situation runs it; add one to SITUATIONS"
    assert not frozenset.intersection(*ways), "reached in no situation"
    assert frozenset.union(*ways) <= set(pack.life_events[event].services)
