"""Through the door: who is let in, who is refused, and that both are written down."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.base.peers.other_node import NOW, OtherNode, here

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid
from tongban.base.peers import actions, cards, models, node, queries, signing

PACKS = "/peer/packs"


@pytest.fixture
def other(city: Any) -> OtherNode:
    made = OtherNode()
    made.trusted_here()
    return made


def refusals(chain: str) -> list[str]:
    return [e.detail["code"] for e in audit.entries_of(queries.chain_of(chain)) if e.action == "peer.refused"]


def test_a_trusted_peer_is_answered_and_the_answer_is_signed(other: OtherNode) -> None:
    headers = other.sign("GET", PACKS)
    response = other.send("GET", PACKS, headers=headers)
    assert response.status_code == 200, response.content
    other.believes(response, "GET", PACKS, headers)
    assert [row["layer"] for row in json.loads(response.content)["layers"]]


def test_a_stranger_is_refused_and_written_down(other: OtherNode) -> None:
    response = OtherNode("970100", url="https://x.example").send("GET", PACKS)
    assert (response.status_code, response.json()["code"]) == (403, "unknown-peer")
    assert refusals("unknown") == ["unknown-peer"]


def test_a_request_without_signature_is_refused_and_written_down(other: OtherNode) -> None:
    response = other.send("GET", PACKS, headers={})
    assert (response.status_code, response.json()["code"]) == (401, "unsigned")
    assert refusals("unknown") == ["unsigned"]


def test_the_same_request_a_second_time_is_a_replay(other: OtherNode) -> None:
    headers = other.sign("GET", PACKS)
    assert other.send("GET", PACKS, headers=headers).status_code == 200
    again = other.send("GET", PACKS, headers=headers, now=NOW + timedelta(seconds=90))
    assert (again.status_code, again.json()["code"]) == (409, "replayed")
    assert refusals("980100") == ["replayed"]


def test_forgetting_a_nonce_does_not_open_the_door_again(other: OtherNode) -> None:
    headers = other.sign("GET", PACKS)
    other.send("GET", PACKS, headers=headers)
    forgotten = models.NonceSeen.objects.get().forget_at + timedelta(seconds=1)
    assert actions.forget_nonces(now=NOW + signing.MAX_AGE) == 0
    assert actions.forget_nonces(now=forgotten) == 1
    assert other.send("GET", PACKS, headers=headers, now=forgotten).json()["code"] == "expired"


def test_a_forged_request_uses_up_no_nonce(other: OtherNode) -> None:
    headers = other.sign("GET", PACKS)
    body = headers | {"Content-Digest": headers["Content-Digest"].replace("=:4", "=:5")}
    assert other.send("GET", PACKS, headers=body).json()["code"] == "forged"
    assert not models.NonceSeen.objects.exists()
    assert refusals("980100") == ["forged"]


def test_a_suspended_peer_is_refused_from_the_next_request_on(other: OtherNode) -> None:
    actions.suspend(acting=here(), node_code="980100", reason="its key was lost")
    response = other.send("GET", PACKS)
    assert (response.status_code, response.json()["code"]) == (403, "not-trusted")
    assert refusals("980100") == ["not-trusted"]
    actions.resume(acting=here(), node_code="980100", reason="found again")
    assert other.send("GET", PACKS).status_code == 200


def test_a_pending_peer_is_refused_and_cannot_be_resumed_without_its_fingerprint(city: Any) -> None:
    other = OtherNode()
    actions.add_peer(acting=here(), card=other.card, trusted=False, by="test")
    assert other.send("GET", PACKS).json()["code"] == "not-trusted"
    with pytest.raises(Invalid):
        actions.resume(acting=here(), node_code="980100", reason="it looks fine")


def test_a_known_node_with_another_key_is_not_taken_by_accident(other: OtherNode) -> None:
    impostor = OtherNode()
    with pytest.raises(Invalid):
        actions.add_peer(acting=here(), card=impostor.card, trusted=True, by="test")
    with pytest.raises(Invalid):
        actions.add_peer(acting=here(), card=impostor.card, trusted=False, by="test", replace_key=True)
    actions.add_peer(acting=here(), card=impostor.card, trusted=True, by="test", replace_key=True)
    assert other.send("GET", PACKS).json()["code"] == "unknown-peer"
    assert impostor.send("GET", PACKS).status_code == 200


def test_seeing_a_trusted_card_again_unconfirmed_does_not_take_trust_away(other: OtherNode) -> None:
    assert actions.add_peer(acting=here(), card=other.card, trusted=False, by="test").state == "trusted"


def test_a_key_an_address_and_this_very_node_are_taken_once(other: OtherNode) -> None:
    for card in (
        OtherNode("970100", other.key, "https://else.example").card,
        OtherNode("970100", url=other.url).card,
        OtherNode("990100", url="https://me.example").card,
    ):
        with pytest.raises(Invalid):
            actions.add_peer(acting=here(), card=card, trusted=True, by="test")


def test_a_flood_of_strangers_does_not_fill_the_audit(other: OtherNode) -> None:
    for _ in range(actions.REFUSALS_A_MINUTE + 5):
        other.send("GET", PACKS, headers={})
    assert len(refusals("unknown")) == actions.REFUSALS_A_MINUTE
    other.send("GET", PACKS, headers={}, now=NOW + timedelta(minutes=2))
    assert len(refusals("unknown")) == actions.REFUSALS_A_MINUTE + 1


def test_a_peer_is_no_officer_and_no_person(other: OtherNode) -> None:
    """A session cookie beside a signature counts for nothing; a signature opens no page for people."""
    assert other.send("GET", "/licences").status_code == 302
    assert other.send("GET", "/audit").status_code in (302, 404)


def test_the_card_is_public_and_signed_with_the_key_it_names(
    city: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    response = Client().get("/peer.json", headers={"host": "localhost:8000"})
    card = cards.parse(response.content)
    assert (card.node, card.url, dict(card.key)) == ("990100", "http://localhost:8000", node.jwk())
    asked = signing.Request("GET", "http://localhost:8000/peer.json", {})
    received = signing.Response(200, dict(response.headers.items()), asked)
    signing.verify_response(
        received, response.content, key=cards.public_key(card.key), kid=card.kid, now=NOW, signed=False
    )
