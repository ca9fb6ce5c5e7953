"""The asking node: what comes is believed only when it is exactly what was asked for, from that place, about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.base.peers.other_node import NOW, here
from tests.factories.neighbours import Neighbour, answered
from tests.records.licences.small_city import Office

from tongban.base.audit import queries as audit
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.peers import actions as peers
from tongban.base.peers import models as peer_models
from tongban.base.peers import wire
from tongban.records.licences import evidence_asking as asking
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_presentations as presentations

KIND, SERVICE, LIN = "resident_id_card", "business-registration", "demo-lin"


@pytest.fixture
def asked(city: Any, neighbour: Neighbour) -> models.EvidenceRequest:
    return ask(city)


def ask(city: Any, **changes: Any) -> models.EvidenceRequest:
    acting = city.acting(LIN)
    given = {
        "acting": acting, "subject": city.account(LIN).person, "peer_node": "980100", "kind": KIND, "fields": ["number"],
        "service": SERVICE, "request_id": uuid7(),
    }  # fmt: skip
    return asking.ask(**{**given, **changes})


def answer(row: models.EvidenceRequest, presentation: str, **changes: Any) -> bytes:
    body = {"request": str(row.id), "digest": row.digest, "relation": "self", "presentation": presentation}
    return json.dumps({**body, **changes}).encode()


@pytest.fixture
def told(city: Any, asked: models.EvidenceRequest, hear: Callable[..., int]) -> Any:
    """The other node knows of the request; `told(status, body)` then collects, and this is its answer."""

    def run(status: int, body: bytes) -> models.EvidenceRequest:
        return answered(asked, city.acting(LIN), status, body, hear)

    return run


def number_of(city: Any) -> str:
    return city.account(LIN).person.identifier


def test_what_was_asked_for_is_kept_as_evidence_and_written_down(
    city: Any, neighbour: Neighbour, told: Any
) -> None:
    token = presentations.presentation(neighbour.issue(city.pack, KIND, number_of(city)), ["number"])
    row = told(200, answer(models.EvidenceRequest.objects.get(), token))
    assert (row.state, row.reason, row.presentation) == ("held", "", token)
    assert row.found["issuer"]["en"] == "Police"
    assert row.found["values"]["number"] == number_of(city)
    assert set(row.found["values"]) == {"name", "issuer", "number"}
    assert [e.action for e in audit.entries_of(row.id)] == [
        "evidence.asked", "peer.request-answered", "evidence.told", "peer.request-answered", "evidence.held",
    ]  # fmt: skip
    assert number_of(city) not in str([e.detail for e in audit.entries_of(row.id)])


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("forged", "forged"),
        ("stranger", "not-ours"),
        ("other-kind", "other-kind"),
        ("too-much", "too-much"),
        ("other-holder", "other-holder"),
        ("digest", "changed"),
        ("relation", "changed"),
        ("nonsense", "unreadable"),
        ("no-json", "unreadable"),
        ("own", "not-ours"),
    ],
)
def test_what_was_not_asked_for_is_not_kept(
    city: Any, neighbour: Neighbour, told: Any, wrong: str, code: str
) -> None:
    row = models.EvidenceRequest.objects.get()
    whole = neighbour.issue(city.pack, KIND, number_of(city))
    token, changes = presentations.presentation(whole, ["number"]), {}
    if wrong == "forged":
        head, payload, rest = token.split(".", 2)
        token = f"{head}.{payload[:-8]}{'A' * 8}.{rest}"
    elif wrong == "stranger":
        neighbour.office = Office("elsewhere")
        token = presentations.presentation(neighbour.issue(city.pack, KIND, number_of(city)), ["number"])
    elif wrong == "other-kind":
        token = presentations.presentation(neighbour.issue(city.pack, "staff_health_certificate", "1"), [])
    elif wrong == "too-much":
        token = whole
    elif wrong == "other-holder":
        token = presentations.presentation(neighbour.issue(city.pack, KIND, "990102199207220003"), ["number"])
    elif wrong == "own":  # a licence of this very node does not come from there
        from tongban.records.licences import queries

        token = queries.valid_of(row.subject_id, KIND, NOW.date()).token
        token = presentations.presentation(token, ["number"])
    elif wrong in ("digest", "relation"):
        changes = {wrong: "x"}
    elif wrong == "nonsense":
        token = "nonsense"
    body = b"<html>" if wrong == "no-json" else answer(row, token, **changes)
    row = told(200, body)
    assert (row.state, row.presentation) == ("refused", None)
    assert row.reason in {code, "forged", "unreadable"} if wrong == "forged" else row.reason == code
    assert audit.entries_of(row.id).last().action == "evidence.refused"


def test_no_consent_yet_leaves_the_request_open_a_refusal_ends_it(
    city: Any, neighbour: Neighbour, told: Any
) -> None:
    row = told(409, b'{"code": "no-consent"}')
    assert (row.state, row.reason) == ("told", "no-consent")
    row = told(409, b'{"code": "withdrawn"}')
    assert (row.state, row.reason, row.attempt) == ("refused", "withdrawn", 2)
    with pytest.raises(NotNow):
        asking.collect(acting=city.acting(LIN), request_id=row.id, version=row.version)


def test_each_collection_has_a_delivery_of_its_own(city: Any, neighbour: Neighbour, told: Any) -> None:
    for _ in range(2):
        told(409, b'{"code": "no-consent"}')
    sent = peer_models.OutboundRequest.objects.filter(kind=asking.COLLECT)
    assert len({json.loads(bytes(one.body))["delivery"] for one in sent}) == 2


def test_one_form_sent_twice_asks_once(city: Any, neighbour: Neighbour) -> None:
    same = uuid7()
    assert ask(city, request_id=same).pk == ask(city, request_id=same).pk == same
    assert peer_models.OutboundRequest.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"peer_node": "970100"}, {"kind": "nothing"}, {"fields": ["nothing"]}, {"service": "nothing"}]
)
def test_only_what_this_place_knows_can_be_asked_for(
    city: Any, neighbour: Neighbour, change: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        ask(city, **change)


def test_a_suspended_place_is_not_asked(city: Any, neighbour: Neighbour) -> None:
    peers.suspend(acting=here(), node_code="980100", reason="lost key")
    with pytest.raises(Invalid):
        ask(city)


def test_nobody_else_sees_or_collects_it(city: Any, asked: models.EvidenceRequest) -> None:
    for stranger in ("demo-shen", "demo-market", "demo-auditor"):
        with pytest.raises(NotFound):
            asking.collect(acting=city.acting(stranger), request_id=asked.id, version=1)


def test_a_page_that_is_out_of_date_collects_nothing(city: Any, asked: models.EvidenceRequest) -> None:
    with pytest.raises(StaleVersion):
        asking.collect(acting=city.acting(LIN), request_id=asked.id, version=7)


@pytest.mark.parametrize(
    ("issuer", "taken"),
    [
        ("urn:tongban:980100:police", True),
        ("urn:tongban:980103:police", True),
        ("urn:tongban:990100:city-market", False),
        ("urn:tongban:980200:police", False),
        ("https://lanxi.example", False),
        ("urn:other:980100:police", False),
    ],
)
def test_a_peer_speaks_for_its_own_offices_only(neighbour: Neighbour, issuer: str, taken: bool) -> None:
    data = neighbour.trust_list(issuer=issuer)
    if taken:
        assert issuer in lists.store("980100", data).issuers
    else:
        with pytest.raises(lists.ListRefused):
            lists.store("980100", data)
        assert neighbour.office.id in lists.of("980100").issuers


def test_an_older_list_does_not_bring_a_withdrawn_licence_back(neighbour: Neighbour) -> None:
    document = json.loads(neighbour.trust_list())
    older = {**document, "published": (NOW - timedelta(days=1)).isoformat()}
    for data in (json.dumps(older).encode(), json.dumps({**document, "published": None}).encode(), b"{}"):
        with pytest.raises(lists.ListRefused):
            lists.store("980100", data)


def test_a_list_that_comes_through_the_queue_is_kept(
    city: Any, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch, hear: Callable[..., int]
) -> None:
    from tongban.base.peers import tasks

    lists.forget("980100")
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    monkeypatch.setattr(wire, "call", lambda *args, **more: wire.Answer(200, neighbour.trust_list()))
    tasks.refresh_trust_lists(0)
    tasks.refresh_trust_lists(0)
    queued = peer_models.OutboundRequest.objects.get()
    peers.deliver(request_id=queued.id, clock=lambda: NOW, acting=here())
    hear(NOW)
    assert neighbour.office.id in lists.of("980100").issuers


def test_a_neighbours_licence_verifies_here_without_the_neighbour(city: Any, neighbour: Neighbour) -> None:
    from tongban.records.licences import queries

    token = neighbour.issue(city.pack, KIND, "1")
    result = queries.verify(token, NOW)
    assert result.good
    assert not result.checked_online
    assert result.note is not None
    lists.forget("980100")
    assert queries.verify(token, NOW).outcome == "not-ours"


class TestPages:
    @pytest.fixture
    def client(
        self, city: Any, neighbour: Neighbour, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> Client:
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
        made = Client(headers={"accept-language": "en"})
        made.force_login(city.account(LIN))
        return made

    def test_from_the_form_to_the_link_where_to_agree(self, client: Client, told: Any, city: Any) -> None:
        page = client.get("/evidence/ask").content.decode()
        assert "Lanxi Services" in page
        page = client.get("/evidence/ask", {"peer": "980100", "kind": KIND}).content.decode()
        assert "Tick only what the service needs" in page
        sent = {"peer": "980100", "kind": KIND, "service": SERVICE, "fields": ["number"], "id": str(uuid7())}
        response = client.post("/evidence/ask", sent)
        assert response.status_code == 302
        assert "On its way" in client.get(response["Location"]).content.decode()
        row = told(409, b'{"code": "no-consent"}')
        page = client.get(f"/evidence/{row.pk}").content.decode()
        assert f"https://lanxi.example/evidence/consent/{row.pk}" in page
        assert "You have not agreed at the other place yet" in page
        assert "Resident identity card" in client.get("/evidence").content.decode()

    def test_a_form_without_a_purpose_comes_back_with_what_is_missing(self, client: Client) -> None:
        response = client.post("/evidence/ask", {"peer": "980100", "kind": KIND, "fields": ["number"]})
        assert response.status_code == 422
        assert "Choose a service from the list" in response.content.decode()

    def test_what_came_is_shown_to_its_holder_and_to_nobody_else(
        self, client: Client, city: Any, neighbour: Neighbour, told: Any
    ) -> None:
        token = presentations.presentation(neighbour.issue(city.pack, KIND, number_of(city)), ["number"])
        row = told(200, answer(models.EvidenceRequest.objects.get(), token))
        page = client.get(f"/evidence/{row.pk}").content.decode()
        assert "Held as evidence" in page
        assert number_of(city) in page
        client.force_login(city.account("demo-shen"))
        assert client.get(f"/evidence/{row.pk}").status_code == 404

    def test_the_consent_page_says_who_what_for_and_what(
        self, client: Client, city: Any, neighbour: Neighbour
    ) -> None:
        from tests.records.licences.test_evidence_giving import announce, request_about

        asked = request_about(number_of(city))
        announce(neighbour, asked)
        page = client.get(f"/evidence/consent/{asked['id']}").content.decode()
        for words in (
            "Lanxi Market",
            "Food permit",
            "Food Safety Law, article 35",
            "Address",
            "Business scope",
        ):
            assert words in page
        licence = page.split('name="licence" value="')[1].split('"')[0]
        sent = {
            "choice": "agree",
            "licence": licence,
            "digest": page.split('name="digest" value="')[1].split('"')[0],
        }
        assert client.post(f"/evidence/consent/{asked['id']}/answer", sent).status_code == 302
        assert "You agreed" in client.get(f"/evidence/consent/{asked['id']}").content.decode()
        client.force_login(city.account("demo-shen"))
        assert client.get(f"/evidence/consent/{asked['id']}").status_code == 404
