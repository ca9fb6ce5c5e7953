"""Requests that leave: only to the registered address, only a signed answer counts, nothing is sent for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from uuid import uuid4

import pytest
from tests.base.peers.other_node import HERE, NOW, OtherNode, here

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import KeyReused
from tongban.base.peers import actions, cards, models, node, queries, signing, wire
from tongban.base.peers.refusals import NoAnswer


@dataclass
class Remote(OtherNode):
    """A peer with a real socket. `answer` decides what it says."""

    status: int = 200
    body: bytes = b'{"ok": true}'
    signs: bool = True
    extra: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)
    tamper: Callable[[bytes], bytes] = bytes

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        self.heard.append((request.command, request.path, body))
        asked = signing.Request(request.command, self.url + request.path, dict(request.headers.items()))
        if self.code == asked.headers.get("tongban-to"):
            signing.verify_request(
                asked, body, to=self.code, find=lambda kid: cards.public_key(node.jwk()), now=NOW
            )
        headers: dict[str, str] = {}
        if self.signs:
            answer = signing.Response(self.status, headers, asked)
            signing.sign_response(answer, self.body, key=self.key, kid=self.jwk["kid"], now=NOW)
        sent = self.tamper(self.body)
        request.send_response(self.status)
        for name, value in {**headers, **self.extra, "Content-Length": str(len(sent))}.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(sent)


@pytest.fixture
def remote() -> Iterator[Remote]:
    served: list[Remote] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served[0].handle(self)

        def do_POST(self) -> None:
            served[0].handle(self)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made = Remote(url=f"http://127.0.0.1:{server.server_port}")
    served.append(made)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def peer(db: None, settings: Any, remote: Remote) -> models.Peer:
    settings.PLACE = HERE
    return remote.trusted_here()


def call(peer: models.Peer, **more: Any) -> wire.Answer:
    return wire.call(peer, "POST", "/peer/evidence/requests", now=lambda: NOW, body=b"{}", **more)


def queue(peer: models.Peer, key: str = "k", body: bytes = b"{}") -> models.OutboundRequest:
    return actions.send_later(
        acting=here(), peer=peer, kind="test", key=key, root=queries.chain_of("test"), method="POST",
        path="/peer/evidence/requests", body=body,
    )  # fmt: skip


def deliver(queued: models.OutboundRequest, at: timedelta = timedelta()) -> bool:
    return actions.deliver(request_id=queued.id, clock=lambda: NOW, acting=here(NOW + at))


def test_a_signed_answer_is_believed_a_refusal_too(peer: models.Peer, remote: Remote) -> None:
    assert call(peer) == wire.Answer(200, remote.body)
    remote.status = 409
    assert call(peer).status == 409


def test_an_answer_that_is_not_signed_or_was_changed_is_no_answer(peer: models.Peer, remote: Remote) -> None:
    remote.signs = False
    with pytest.raises(NoAnswer):
        call(peer)
    remote.signs, remote.tamper = True, lambda body: body.replace(b"true", b"fals")
    with pytest.raises(NoAnswer):
        call(peer)


def test_an_answer_of_another_key_is_no_answer(peer: models.Peer, remote: Remote) -> None:
    remote.key = OtherNode().key
    with pytest.raises(NoAnswer):
        call(peer)


def test_a_redirect_is_not_followed(peer: models.Peer, remote: Remote) -> None:
    remote.status, remote.signs, remote.extra = 302, False, {"Location": f"{remote.url}/elsewhere"}
    with pytest.raises(NoAnswer):
        call(peer)
    assert [path for _, path, _ in remote.heard] == ["/peer/evidence/requests"]


def test_an_answer_larger_than_allowed_is_cut_off(peer: models.Peer, remote: Remote) -> None:
    remote.body = b"x" * 100_000
    with pytest.raises(NoAnswer):
        call(peer, limit=99_999)


def test_a_peer_that_is_down_is_no_answer(db: None, settings: Any) -> None:
    settings.PLACE = HERE
    with pytest.raises(NoAnswer):
        call(OtherNode(url="http://127.0.0.1:9").trusted_here())


def test_the_card_of_an_address_must_be_signed_with_its_own_key(
    db: None, settings: Any, remote: Remote
) -> None:
    import json

    settings.PLACE = HERE
    remote.body = json.dumps(remote.card.document()).encode()
    assert wire.fetch_card(remote.url, now=lambda: NOW) == remote.card
    remote.body = json.dumps(OtherNode().card.document()).encode()
    with pytest.raises(NoAnswer):
        wire.fetch_card(remote.url, now=lambda: NOW)


def test_a_queued_request_is_sent_once_and_its_answer_told(peer: models.Peer, remote: Remote) -> None:
    queued = queue(peer)
    assert queue(peer).id == queued.id
    with pytest.raises(KeyReused):
        queue(peer, body=b'{"other": 1}')
    assert deliver(queued)
    assert deliver(queued)
    assert len(remote.heard) == 1
    queued.refresh_from_db()
    assert (queued.state, queued.status, bytes(queued.answer)) == ("answered", 200, remote.body)
    assert [e.action for e in audit.entries_of(queued.root)] == ["peer.request-answered"]


def test_an_absent_peer_is_tried_again_until_the_time_is_over(peer: models.Peer, remote: Remote) -> None:
    queued = queue(peer)
    remote.signs = False
    assert not deliver(queued)
    remote.signs, remote.status = True, 503
    assert not deliver(queued, timedelta(hours=1))
    queued.refresh_from_db()
    assert (queued.state, queued.attempts) == ("waiting", 2)
    assert deliver(queued, actions.GIVE_UP_AFTER)
    queued.refresh_from_db()
    assert (queued.state, queued.status) == ("failed", None)
    assert [e.action for e in audit.entries_of(queued.root)] == ["peer.request-failed"]


def test_nothing_is_sent_to_a_suspended_peer(peer: models.Peer, remote: Remote) -> None:
    queued = queue(peer, key=str(uuid4()))
    actions.suspend(acting=here(), node_code="980100", reason="lost")
    assert deliver(queued)
    assert remote.heard == []
    queued.refresh_from_db()
    assert (queued.state, queued.last_error) == ("failed", "not-trusted")
