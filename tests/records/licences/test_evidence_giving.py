"""The issuing node: a licence is shown to a peer only as its holder agreed, once, and everybody can see that it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.base.peers.other_node import HERE, NOW, OtherNode, here

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.notices import models as notices
from tongban.base.peers import actions as peers
from tongban.base.peers import queries as known_peers
from tongban.core.values.text import Bilingual
from tongban.records.licences import actions as licences
from tongban.records.licences import evidence_access as access
from tongban.records.licences import evidence_document as document
from tongban.records.licences import evidence_giving as giving
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_presentations as presentations
from tongban.records.licences import queries, verification

KIND, FIELDS = "business_licence", ["address", "scope"]
LIN, SHEN = "demo-lin", "demo-shen"


@pytest.fixture
def other(city: Any) -> OtherNode:
    made = OtherNode()
    made.trusted_here()
    return made


@pytest.fixture
def asked(city: Any) -> dict[str, Any]:
    """The neighbour asks for the business licence of the first demo person's shop."""
    return request_about(city.account(LIN).person.identifier)


def request_about(identifier: str, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "request_id": uuid4(), "asking": "980100", "asked": HERE, "asks": Bilingual(zh="澜溪市市场监督管理局", en="Lanxi Market"),
        "kind": KIND, "fields": FIELDS, "service": "food-permit", "purpose": Bilingual(zh="食品经营许可", en="Food permit"),
        "basis": Bilingual(zh="《食品安全法》第35条", en="Food Safety Law, article 35"), "identifier": identifier, "now": NOW,
    }  # fmt: skip
    return document.make(**{**given, **changes})


def announce(other: OtherNode, asked: dict[str, Any]) -> Any:
    return other.send("POST", "/peer/evidence/requests", document.canonical({"request": asked}))


def collect(other: OtherNode, asked: dict[str, Any], delivery: Any = None, now: Any = NOW) -> Any:
    body = document.canonical({"request": asked, "delivery": str(delivery or uuid4())})
    return other.send("POST", "/peer/evidence/collect", body, now=now)


def agree(city: Any, asked: dict[str, Any], who: str = LIN, **changes: Any) -> models.EvidenceConsent:
    acting = city.acting(who)
    found, holder = access.consent(acting, asked["id"])
    licence = access.candidates(acting, found, holder)[0]
    given = {"request_id": found.pk, "licence": licence.pk, "digest": found.digest}
    return giving.agree(acting=acting, **{**given, **changes})


def actions_of(root: Any) -> list[str]:
    return [entry.action for entry in audit.entries_of(root)]


def test_only_the_agreed_fields_leave_and_they_verify(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    assert announce(other, asked).json()["consent"] == f"/evidence/consent/{asked['id']}"
    found = agree(city, asked)
    response = collect(other, asked)
    assert response.status_code == 200, response.content
    answer = response.json()
    assert answer["relation"] == "represented"
    assert presentations.disclosed(answer["presentation"]) == set(FIELDS)
    result = queries.verify(answer["presentation"], NOW)
    assert result.good
    assert found.licence.claims["operator"] not in json.dumps(
        verification.as_json(result), ensure_ascii=False
    )
    labels = {shown.label.en for shown in result.fields}
    assert {"Name", "Unified social credit code", "Address", "Business scope"} <= labels
    assert not {"Legal representative or operator", "Founded on"} & labels


def test_the_holder_sees_who_used_it_in_the_licence_and_in_the_inbox(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    found = agree(city, asked)
    collect(other, asked)
    assert actions_of(asked["id"]) == ["evidence.requested", "evidence.agreed", "evidence.given"]
    uses = {use.action: use.organisation for use in queries.used_by(found.licence)}
    assert uses["licence.shown"].en == "Lanxi Services"
    assert "licence.consented" in uses
    last = audit.entries_of(found.licence.pk).last()
    assert (last.organisation, last.role, last.detail["fields"]) == ("peer:980100", "peer", FIELDS)
    assert last.detail["digest"] == found.digest
    assert notices.Notice.objects.filter(subject=found.holder_id, cause=f"evidence:{found.pk}").exists()


def test_without_consent_nothing_is_given_and_the_attempt_is_written_down(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    response = collect(other, asked)
    assert (response.status_code, response.json()["code"]) == (409, "no-consent")
    assert actions_of(asked["id"]) == ["evidence.requested", "evidence.not-given"]
    assert "peer.refused" in actions_of(known_peers.chain_of("980100"))


@pytest.mark.parametrize(
    "change",
    [
        {"fields": [*FIELDS, "operator"]},
        {"fields": FIELDS[:1]},
        {"purpose": {"zh": "别的", "en": "Something else"}},
        {"kind": "food_business_permit"},
        {"nonce": "A" * 43},
        {"holder": "0" * 64},
        {"expires_at": (NOW + timedelta(days=20)).isoformat()},
    ],
)
def test_what_was_agreed_to_cannot_be_changed_afterwards(
    city: Any, other: OtherNode, asked: dict[str, Any], change: dict[str, Any]
) -> None:
    announce(other, asked)
    agree(city, asked)
    changed = {**asked, **change, "fields": sorted(change.get("fields", asked["fields"]))}
    response = collect(other, changed)
    assert response.json()["code"] == "changed"
    assert actions_of(asked["id"])[-1] == "evidence.not-given"
    assert collect(other, asked).status_code == 200


def test_a_consent_is_used_once_and_a_lost_answer_may_be_repeated(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    found = agree(city, asked)
    delivery = uuid4()
    first = collect(other, asked, delivery)
    again = collect(other, asked, delivery)
    assert again.json()["presentation"] == first.json()["presentation"]
    assert collect(other, asked).json()["code"] == "used"
    assert actions_of(asked["id"])[-3:] == ["evidence.given", "evidence.given-again", "evidence.not-given"]
    assert actions_of(found.licence.pk).count("licence.shown") == 1


def test_another_peer_cannot_collect_what_was_agreed_to(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    third = OtherNode("970100", url="https://third.example")
    third.trusted_here()
    announce(other, asked)
    agree(city, asked)
    response = collect(third, asked)
    assert (response.status_code, response.json()["code"]) == (404, "unknown-request")
    assert actions_of(asked["id"])[-1] == "evidence.not-given"
    assert announce(third, asked).status_code == 422
    assert announce(third, {**asked, "from": "970100"}).json()["code"] == "changed"


def test_a_suspended_peer_gets_nothing_of_what_was_agreed_to(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    agree(city, asked)
    peers.suspend(acting=here(), node_code="980100", reason="lost key")
    assert collect(other, asked).json()["code"] == "not-trusted"


def test_a_refusal_and_a_withdrawal_end_it(city: Any, other: OtherNode, asked: dict[str, Any]) -> None:
    announce(other, asked)
    agree(city, asked)
    giving.withdraw(acting=city.acting(LIN), request_id=asked["id"])
    assert collect(other, asked).json()["code"] == "withdrawn"
    with pytest.raises(NotNow):
        agree(city, asked)
    second = request_about(city.account(LIN).person.identifier)
    announce(other, second)
    giving.refuse(acting=city.acting(LIN), request_id=second["id"], digest=document.digest(second))
    assert collect(other, second).json()["code"] == "refused"


def test_what_was_used_can_no_longer_be_withdrawn(city: Any, other: OtherNode, asked: dict[str, Any]) -> None:
    announce(other, asked)
    agree(city, asked)
    collect(other, asked)
    with pytest.raises(NotNow):
        giving.withdraw(acting=city.acting(LIN), request_id=asked["id"])


def test_the_time_of_a_request_ends(city: Any, other: OtherNode, asked: dict[str, Any]) -> None:
    announce(other, asked)
    agree(city, asked)
    assert collect(other, asked, now=NOW + document.VALID_FOR).json()["code"] == "expired"


def test_a_licence_revoked_after_the_consent_is_not_shown(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    found = agree(city, asked)
    licences.revoke(acting=here(), licence=found.licence.pk, reason="closed", version=found.licence.version)
    assert collect(other, asked).json()["code"] == "no-licence"


def test_only_whom_it_is_about_finds_the_request(city: Any, other: OtherNode, asked: dict[str, Any]) -> None:
    announce(other, asked)
    for stranger in (SHEN, "demo-market", "demo-auditor"):
        with pytest.raises(NotFound):
            access.consent(city.acting(stranger), asked["id"])
    with pytest.raises(NotFound):
        agree(city, asked, SHEN)


def test_one_agrees_to_what_one_has_read_and_holds(
    city: Any, other: OtherNode, asked: dict[str, Any]
) -> None:
    announce(other, asked)
    with pytest.raises(StaleVersion):
        agree(city, asked, digest="0" * 64)
    foreign = queries.valid_of(city.account(SHEN).person.pk, "resident_id_card", NOW.date())
    with pytest.raises(Invalid):
        agree(city, asked, licence=foreign.pk)


def test_a_person_asked_about_by_number_shows_a_licence_of_their_own(city: Any, other: OtherNode) -> None:
    asked = request_about(city.account(LIN).person.identifier, kind="resident_id_card", fields=["number"])
    announce(other, asked)
    agree(city, asked)
    answer = collect(other, asked).json()
    assert answer["relation"] == "self"
    assert presentations.disclosed(answer["presentation"]) == {"number"}


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": {"zh": "", "en": ""}},
        {"purpose": {"zh": "食品经营许可"}},
        {"basis": None},
        {"kind": "no_such_kind"},
        {"fields": ["no_such_field"]},
        {"fields": "address"},
        {"from": "970100"},
        {"to": "970100"},
        {"id": "1"},
        {"version": 2},
        {"extra": 1},
        {"expires_at": (NOW + timedelta(days=31)).isoformat()},
        {"expires_at": (NOW - timedelta(days=1)).isoformat()},
        {"asked_at": "yesterday"},
        {"purpose": {"zh": "行\n行", "en": "a\x00b"}},
    ],
)
def test_a_request_that_is_not_whole_is_not_taken_and_is_written_down(
    city: Any, other: OtherNode, asked: dict[str, Any], change: dict[str, Any]
) -> None:
    response = announce(other, {**asked, **change})
    assert response.status_code == 422, response.content
    assert not models.EvidenceConsent.objects.exists()
    assert actions_of(known_peers.chain_of("980100"))[-1] == "peer.refused"


def test_the_same_request_twice_is_one_request(city: Any, other: OtherNode, asked: dict[str, Any]) -> None:
    assert announce(other, asked).json() == announce(other, asked).json()
    assert actions_of(asked["id"]) == ["evidence.requested"]


def test_a_body_that_is_no_request_is_refused(city: Any, other: OtherNode) -> None:
    for body in (b"", b"[]", b"{", b"\xff", b'{"request": null}', b'{"request": [], "delivery": 1}'):
        for path in ("/peer/evidence/requests", "/peer/evidence/collect"):
            assert other.send("POST", path, body).status_code == 422


def test_two_requests_about_one_person_cannot_be_joined_by_it(city: Any) -> None:
    number = city.account(LIN).person.identifier
    one, two = request_about(number), request_about(number)
    assert one["holder"] != two["holder"]
    assert number not in document.canonical(one).decode()
    assert document.is_holder(one, number)
    assert not document.is_holder(two, city.account(SHEN).person.identifier)
    assert not document.is_holder(one, None)


def test_a_peer_cannot_fill_the_table(city: Any, other: OtherNode, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving, "MAX_OPEN", 1)
    make: Callable[[], dict[str, Any]] = lambda: request_about(city.account(LIN).person.identifier)  # noqa: E731
    assert announce(other, make()).status_code == 200
    assert announce(other, make()).status_code == 429


def test_acting_for_the_firm_one_answers_for_the_firm(city: Any, other: OtherNode) -> None:
    acting = city.acting(LIN, for_firm=True)
    from tongban.base.identity import queries as identity

    asked = request_about(identity.subject(acting.principal).identifier)
    announce(other, asked)
    found, holder = access.consent(acting, asked["id"])
    assert holder.pk == acting.principal
    assert [one.kind for one in access.candidates(acting, found, holder)] == [KIND]
