"""Asking another node for evidence, and taking in what it gives."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.base.peers import actions as peers
from tongban.base.peers import node
from tongban.base.peers import queries as known_peers
from tongban.core.packs.model import Service
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.records.licences import document as licence_file
from tongban.records.licences import evidence_access as access
from tongban.records.licences import evidence_document as document
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_presentations as presentations
from tongban.records.licences import sdjwt, trust, verification

ANNOUNCE, COLLECT = "evidence.announce", "evidence.collect"
"""Kinds of outbound request."""
ANNOUNCE_PATH, COLLECT_PATH = "/peer/evidence/requests", "/peer/evidence/collect"
AGAIN = frozenset({"no-consent", "no-answer"})
"""Codes after which the holder may try once more."""


class Untrue(ValueError):
    """What came is not what was asked for; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    *,
    acting: Acting,
    subject: Any,
    peer_node: str,
    kind: str,
    fields: Collection[str],
    service: str,
    request_id: UUID,
) -> models.EvidenceRequest:
    """Ask a trusted peer for one kind of licence of `subject`, for one service. The same id again is the same request.

    Nothing is handed over by this: the holder has to agree at the other node.
    """
    known = access.asked_by(acting).filter(pk=request_id).first()
    if known is not None:
        return known
    pack = directory.pack_in_force(acting.now)
    peer = known_peers.trusted_peer(peer_node)
    declared = pack.services.get(service)
    ground = basis(pack, declared) if declared else None
    wrong = _wrong(pack, kind, fields)
    if peer is None:
        wrong["peer"] = msg("Choose a place from the list.")
    if declared is None or ground is None:
        wrong["service"] = msg("Choose a service from the list.")
    if wrong or peer is None or declared is None or ground is None:
        raise Invalid("Something needs another look", fields=wrong)
    if not subject.identifier:
        raise Invalid(
            "Without an identity number or credit code no other office can recognise whom this is about."
        )
    asked = document.make(
        request_id=request_id, asking=node.code(), asked=peer.node, asks=_asks(pack, declared, acting.place), kind=kind,
        fields=sorted(fields), service=service, purpose=declared.name, basis=ground, identifier=subject.identifier,
        now=acting.now,
    )  # fmt: skip
    with transaction.atomic():
        row = models.EvidenceRequest.objects.create(
            id=request_id, peer=peer.node, subject_id=subject.pk, actor=acting.actor, kind=kind, fields=asked["fields"],
            service=service, document=asked, digest=document.digest(asked), pack_digest=pack.digest, asked_at=acting.now,
            expires_at=document.expires_at(asked),
        )  # fmt: skip
        _record(acting, "evidence.asked", row, {"kind": kind, "fields": row.fields, "digest": row.digest})
        peers.send_later(
            acting=acting, peer=peer, kind=ANNOUNCE, key=f"evidence:{row.id}:announce", root=row.id, method="POST",
            path=ANNOUNCE_PATH, body=document.canonical({"request": asked}),
        )  # fmt: skip
    return row


def collect(*, acting: Acting, request_id: UUID, version: int) -> models.EvidenceRequest:
    """Fetch what the holder has agreed to at the other node."""
    with transaction.atomic():
        row = access.request(acting, request_id, lock=True)
        if row.version != version:
            raise StaleVersion("This request has gone on in the meantime. Look at it again.")
        if row.state != "told" or acting.now >= row.expires_at:
            raise NotNow("This request cannot be collected now.")
        peer = known_peers.trusted_peer(row.peer)
        if peer is None:
            raise NotNow("The other place is not trusted here at present.")
        row.state, row.reason, row.attempt, row.version = "collecting", "", row.attempt + 1, row.version + 1
        row.save(update_fields=["state", "reason", "attempt", "version"])
        body = {"request": row.document, "delivery": str(uuid5(row.id, str(row.attempt)))}
        peers.send_later(
            acting=acting, peer=peer, kind=COLLECT, key=f"evidence:{row.id}:collect:{row.attempt}", root=row.id,
            method="POST", path=COLLECT_PATH, body=document.canonical(body),
        )  # fmt: skip
    return row


def hear_announced(*, acting: Acting, row: models.EvidenceRequest, status: int | None, body: bytes) -> None:
    """The other node has taken the request, or not."""
    if row.state != "asked":
        return
    code = "" if status == 200 else _code(status, body)
    _move(acting, row, "told" if not code else ("failed" if status is None else "refused"), code)


def take_in(*, acting: Acting, row: models.EvidenceRequest, status: int | None, body: bytes) -> None:
    """Check what came and keep it as evidence; or keep why it was not given."""
    if row.state != "collecting":
        return
    if status != 200:
        code = _code(status, body)
        _move(acting, row, "told" if code in AGAIN and acting.now < row.expires_at else "refused", code)
        return
    try:
        row.presentation, row.found = _checked(row, body, acting.now)
    except Untrue as untrue:
        _move(acting, row, "refused", untrue.code)
        return
    row.collected_at = acting.now
    _move(acting, row, "held", "")
    payload = {
        "request": str(row.id),
        "subject": str(row.subject_id),
        "kind": row.kind,
        "service": row.service,
    }
    audit.send(acting=acting, kind="licences.evidence-held", root=row.id, payload=payload)


def basis(pack: Pack, service: Service) -> Bilingual | None:
    """The first article that a service cites and the pack holds."""
    for cited in service.articles:
        act, _, number = cited.partition("#")
        if act in pack.laws:
            law = pack.laws[act].name
            return Bilingual(zh=f"《{law.zh}》第{number}条", en=f"{law.en}, article {number}")
    return None


def _wrong(pack: Pack, kind: str, fields: Collection[str]) -> dict[str, str]:
    if kind not in pack.licences:
        return {"kind": msg("Choose a kind of licence from the list.")}
    if not set(fields) <= {field.id for field in pack.licences[kind].fields}:
        return {"fields": msg("Choose among the fields of this licence.")}
    return {}


def _checked(row: models.EvidenceRequest, body: bytes, now: datetime) -> tuple[str, dict[str, Any]]:
    """(presentation, what it says). Raises `Untrue`: genuine but not what was asked for is refused like a forgery."""
    try:
        answer = json.loads(body)
        token, relation = answer["presentation"], answer["relation"]
        same = answer["digest"] == row.digest and relation in {"self", "represented"}
        claims = presentations.disclosed(token)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Untrue("unreadable") from error
    if not same:
        raise Untrue("changed")
    trusted = lists.of(row.peer)
    outcome = sdjwt.check(token, trusted, now)
    result = verification.verify(token, trusted, now)
    if not result.good or outcome.vct is None:
        raise Untrue(result.outcome)
    if outcome.vct != trust.type_of(row.kind):
        raise Untrue("other-kind")
    if not claims <= {licence_file.claim_name(field) for field in row.fields}:
        raise Untrue("too-much")
    kind = directory.pack(row.pack_digest).licences[row.kind]
    number = next(
        (outcome.claims.get(licence_file.claim_name(f.id)) for f in kind.fields if f.given == "holder_id"),
        None,
    )
    if relation == "self" and number is not None and number != row.subject.identifier:
        raise Untrue("other-holder")
    values = {field.id: outcome.claims.get(licence_file.claim_name(field.id)) for field in kind.fields}
    return token, _found(
        result, relation, {name: value for name, value in values.items() if value is not None}
    )


def _found(result: verification.Verification, relation: str, values: dict[str, Any]) -> dict[str, Any]:
    public = verification.as_json(result)
    return {
        **{name: public[name] for name in ("issuer", "kind", "holder", "valid_from", "valid_to")},
        "identifier": result.identifier,
        "relation": relation,
        "values": values,
    }


def _asks(pack: Pack, service: Service, place: str) -> Bilingual:
    return directory.organisation_for(pack, service.authority, place).name


def _code(status: int | None, body: bytes) -> str:
    """The code of a peer's refusal, if it is one that codes look like."""
    if status is None:
        return "no-answer"
    try:
        code = json.loads(body).get("code")
    except (ValueError, AttributeError):
        code = None
    plain = (
        isinstance(code, str) and 0 < len(code) <= 40 and code.replace("-", "").isalnum() and code.isascii()
    )
    return code if plain else "refused"


def _move(acting: Acting, row: models.EvidenceRequest, state: str, code: str) -> None:
    row.state, row.reason, row.version = state, code, row.version + 1
    row.save(update_fields=["state", "reason", "version", "presentation", "found", "collected_at"])
    verb = {"told": "evidence.not-yet" if code else "evidence.told", "held": "evidence.held"}.get(
        state, "evidence.refused"
    )
    _record(acting, verb, row, {"code": code, "digest": row.digest})


def _record(acting: Acting, action: str, row: models.EvidenceRequest, detail: Mapping[str, Any]) -> None:
    audit.record(
        acting=acting.because(row.document["purpose"]["zh"]), action=action, root=row.id, object_kind="evidence-request",
        object_id=row.id, detail={"peer": row.peer, **detail},
    )  # fmt: skip
