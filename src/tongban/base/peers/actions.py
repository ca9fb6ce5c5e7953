"""Adding and suspending peers, admitting their requests, sending ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.audit import queries as audited
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, KeyReused, NotFound, Refusal
from tongban.base.peers import models, node, queries, signing, wire
from tongban.base.peers.cards import Card
from tongban.base.peers.refusals import NoAnswer, PeerRefused, Replayed

DELIVER = "peers.deliver"
"""Name of the job that sends one outbound request."""
TRUST_LIST = "peers.trust-list"
"""Kind of a request for the trust list of a peer."""
GIVE_UP_AFTER = timedelta(days=2)
REFUSALS_A_MINUTE = 30
"""Refusals of strangers that are written to the audit; beyond it only the process log has them."""


def add_peer(*, acting: Acting, card: Card, trusted: bool, by: str, replace_key: bool = False) -> models.Peer:
    """Take a node up, or confirm or move a known one. `trusted`: the fingerprint was compared over another channel.

    A new key under a known node, or a known key under a new node, needs `replace_key`.
    """
    if card.node == node.code():
        raise Invalid("This is the card of this very node.")
    state = "trusted" if trusted else "pending"
    with transaction.atomic():
        known = models.Peer.objects.select_for_update().filter(node=card.node).first()
        if known is not None and known.kid != card.kid and not (replace_key and trusted):
            raise Invalid(
                "This node is known with another key. Compare both fingerprints before you replace it."
            )
        if models.Peer.objects.filter(kid=card.kid).exclude(node=card.node).exists():
            raise Invalid("Another node is known with this key.")
        if known is not None and known.kid == card.kid and not trusted:
            state = known.state
        values = {
            "name_zh": card.name.zh, "name_en": card.name.en, "base_url": card.url, "kid": card.kid,
            "key": dict(card.key), "state": state, "added_by": by[:120], "added_at": acting.now,
        }  # fmt: skip
        if models.Peer.objects.filter(base_url=card.url).exclude(node=card.node).exists():
            raise Invalid("Another node is known at this address.")
        peer, _ = models.Peer.objects.update_or_create(node=card.node, defaults=values)
        _record(
            acting,
            f"peer.{state}",
            peer,
            {"kid": peer.kid, "replaced": known is not None and known.kid != peer.kid},
        )
    return peer


def suspend(*, acting: Acting, node_code: str, reason: str) -> models.Peer:
    """From the next request on nothing of this peer is answered and nothing is sent to it."""
    return _state(acting, node_code, "suspended", reason)


def resume(*, acting: Acting, node_code: str, reason: str) -> models.Peer:
    """Trust a suspended peer again, with the key it had."""
    return _state(acting, node_code, "trusted", reason)


def admit(*, request: signing.Request, body: bytes, acting: Acting, view: str) -> models.Peer:
    """The trusted peer that signed this request for us just now. Raises `PeerRefused`, after writing it down."""
    try:
        signed = signing.verify_request(
            request, body, to=node.code(), find=queries.public_key, now=acting.now
        )
        try:
            with transaction.atomic():
                models.NonceSeen.objects.create(
                    kid=signed.kid, nonce=signed.nonce, forget_at=signed.forget_at
                )
        except IntegrityError:
            raise Replayed("This request was sent before. A new one needs a new nonce.") from None
        return queries.by_key(signed.kid)
    except PeerRefused as refused:
        note_refusal(acting=acting, kid=signing.kid_of(request.headers), refused=refused, view=view)
        raise


def note_refusal(*, acting: Acting, kid: str, refused: Refusal, view: str) -> None:
    """A refused request in the audit: in the chain of the peer whose key it names, else in that of strangers."""
    known = models.Peer.objects.filter(kid=kid).first()
    root = queries.chain_of(known.node if known else "unknown")
    with transaction.atomic():
        lately = audited.entries_of(root).filter(
            at__gt=acting.now - timedelta(minutes=1), action="peer.refused"
        )
        if lately.count() >= REFUSALS_A_MINUTE:
            return
        audit.record(
            acting=acting, action="peer.refused", root=root, object_kind="peer",
            object_id=known.node if known else "unknown", detail={"code": refused.code, "view": view, "kid": kid},
        )  # fmt: skip


def send_later(
    *,
    acting: Acting,
    peer: models.Peer,
    kind: str,
    key: str,
    root: UUID,
    method: str,
    path: str,
    body: bytes = b"",
) -> models.OutboundRequest:
    """Queue a request inside the transaction of an action. The same key again is the same request.

    Its answer arrives as the message `peers.answered` with `request`, `kind` and `outcome`.
    """
    wire.checked(path)
    values = {
        "peer": peer, "kind": kind, "root": root, "method": method, "path": path, "body": body,
        "created_at": acting.now, "give_up_at": acting.now + GIVE_UP_AFTER,
    }  # fmt: skip
    with transaction.atomic():
        queued, new = models.OutboundRequest.objects.get_or_create(key=key, defaults=values)
        if new:
            jobs.configure_task(DELIVER).defer(request_id=str(queued.id))
        elif (queued.method, queued.path, bytes(queued.body)) != (method, path, body):
            raise KeyReused("This key was used before with another request.")
    return queued


def deliver(*, request_id: UUID, clock: Callable[[], datetime], acting: Acting) -> bool:
    """Send one outbound request. True when it is over, False when it is to be tried again.

    The network is waited for outside any transaction. Sending twice does no harm: what is asked of a peer carries a
    key of its own that the peer recognises.
    """
    queued = queries.outbound(request_id)
    if queued.state != "waiting":
        return True
    answer, error = None, ""
    if queued.peer.state != "trusted":
        error = "not-trusted"
    else:
        try:
            answer = wire.call(queued.peer, queued.method, queued.path, now=clock, body=bytes(queued.body))
        except NoAnswer as failed:
            error = str(failed)[:200]
    over = (
        error == "not-trusted"
        or (answer is not None and not _passing(answer))
        or acting.now >= queued.give_up_at
    )
    with transaction.atomic():
        queued = models.OutboundRequest.objects.select_for_update().select_related("peer").get(pk=request_id)
        if queued.state != "waiting":
            return True
        queued.attempts += 1
        queued.last_error = error or (f"status {answer.status}" if answer and _passing(answer) else "")
        if over:
            queued.state = "answered" if answer is not None and not _passing(answer) else "failed"
            queued.done_at = acting.now
            if answer is not None and queued.state == "answered":
                queued.status, queued.answer = answer.status, answer.body
        queued.save(update_fields=["attempts", "last_error", "state", "done_at", "status", "answer"])
        if over:
            _tell(acting, queued)
    return over


def forget_nonces(*, now: datetime) -> int:
    """Requests with these nonces are refused by their age by now."""
    with transaction.atomic():
        return models.NonceSeen.objects.filter(forget_at__lt=now).delete()[0]


def _passing(answer: wire.Answer) -> bool:
    """A trouble of the other side that passes by itself."""
    return answer.status >= 500 or answer.status == 429


def _tell(acting: Acting, queued: models.OutboundRequest) -> None:
    audit.record(
        acting=acting, action=f"peer.request-{queued.state}", root=queued.root, object_kind="peer-request",
        object_id=queued.id, detail={"kind": queued.kind, "peer": queued.peer.node, "status": queued.status},
    )  # fmt: skip
    payload = {"request": str(queued.id), "kind": queued.kind, "outcome": queued.state}
    audit.send(acting=acting, kind="peers.answered", root=queued.root, payload=payload)


def _state(acting: Acting, node_code: str, state: str, reason: str) -> models.Peer:
    reason = reason.strip()[:400]
    if not reason:
        raise Invalid("Say why.", fields={"reason": "Say why."})
    with transaction.atomic():
        peer = models.Peer.objects.select_for_update().filter(node=node_code).first()
        if peer is None:
            raise NotFound("There is no such peer.")
        if peer.state == "pending":
            raise Invalid(
                "The fingerprint of this peer was never compared. Add it again with its fingerprint."
            )
        peer.state, peer.notes = state, reason
        peer.save(update_fields=["state", "notes"])
        _record(acting, f"peer.{state}", peer, {"kid": peer.kid})
    return peer


def _record(acting: Acting, action: str, peer: models.Peer, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting,
        action=action,
        root=queries.chain_of(peer.node),
        object_kind="peer",
        object_id=peer.node,
        detail=detail,
    )
