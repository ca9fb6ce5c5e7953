"""Being asked for evidence by another node: taking the request, the holder's answer, handing over once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.notices import actions as notices
from tongban.base.peers import node
from tongban.base.peers import queries as known_peers
from tongban.core.values.text import Bilingual
from tongban.records.licences import evidence_access as access
from tongban.records.licences import evidence_document as document
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_presentations as presentations
from tongban.records.licences import models as licences

MAX_OPEN = 1000
"""Unanswered requests that one peer may have here."""


class EvidenceRefused(NotNow):
    """The other node learns the code: `no-consent`, `refused`, `withdrawn`, `used`, `expired`, `changed`,
    `unknown-request`, `no-licence` or `too-many`."""

    def __init__(self, code: str) -> None:
        super().__init__("This evidence is not given.")
        self.code = code
        self.status = 404 if code == "unknown-request" else 429 if code == "too-many" else 409


def receive(*, acting: Acting, peer: Any, asked: Any) -> models.EvidenceConsent:
    """Keep a peer's request until its holder answers. The same request again changes nothing."""
    asked = document.checked(asked)
    if asked["from"] != peer.node or asked["to"] != node.code():
        raise Invalid("This request is not from its sender, or not for this node.")
    if document.expires_at(asked) <= acting.now:
        raise Invalid("This request is over.")
    kind = directory.pack_in_force(acting.now).licences.get(asked["kind"])
    if kind is None or not set(asked["fields"]) <= {field.id for field in kind.fields}:
        raise Invalid("This node has no licence of this kind with these fields.")
    digest = document.digest(asked)
    with transaction.atomic():
        known = models.EvidenceConsent.objects.select_for_update().filter(pk=asked["id"]).first()
        if known is None:
            waiting = models.EvidenceConsent.objects.filter(
                peer=peer.node, state="asked", expires_at__gt=acting.now
            )
            if waiting.count() >= MAX_OPEN:
                raise EvidenceRefused("too-many")
            known = models.EvidenceConsent.objects.create(
                id=asked["id"], peer=peer.node, document=asked, digest=digest, received_at=acting.now,
                expires_at=document.expires_at(asked),
            )  # fmt: skip
            _record(
                acting,
                "evidence.requested",
                known,
                {"kind": kind.id, "fields": asked["fields"], "digest": digest},
            )
            return known
        refused = "" if known.digest == digest and known.peer == peer.node else "changed"
        if refused:
            _record(acting, "evidence.not-given", known, {"code": refused, "digest": digest})
    if refused:
        raise EvidenceRefused(refused)
    return known


def agree(*, acting: Acting, request_id: UUID, licence: UUID, digest: str) -> models.EvidenceConsent:
    """The holder lets one licence be shown, once, to this peer, with these fields. `digest` is of what they read."""
    with transaction.atomic():
        found, holder = _open(acting, request_id, digest)
        if known_peers.trusted_peer(found.peer) is None:
            raise NotNow("The place that asks is not trusted here at present.")
        chosen = next((one for one in access.candidates(acting, found, holder) if one.pk == licence), None)
        if chosen is None:
            raise Invalid("Choose one of your licences.", fields={"licence": "Choose one of your licences."})
        found.licence = chosen
        _answer(acting, found, holder, "agreed")
        _record_use(acting, "licence.consented", found, chosen)
    return found


def refuse(*, acting: Acting, request_id: UUID, digest: str) -> models.EvidenceConsent:
    with transaction.atomic():
        found, holder = _open(acting, request_id, digest)
        _answer(acting, found, holder, "refused")
    return found


def withdraw(*, acting: Acting, request_id: UUID) -> models.EvidenceConsent:
    """Take a consent back before it is used. What was handed over stays with whom it was handed to."""
    with transaction.atomic():
        found, holder = access.consent(acting, request_id, lock=True)
        if found.state != "agreed":
            raise NotNow("This consent can no longer be withdrawn.")
        _answer(acting, found, holder, "withdrawn")
    return found


def give(*, acting: Acting, peer: Any, asked: Any, delivery: UUID) -> dict[str, Any]:
    """The agreed fields of the agreed licence, to the peer that asked, once. Raises `EvidenceRefused`, written down."""
    asked = document.checked(asked)
    with transaction.atomic():
        found = (
            models.EvidenceConsent.objects.select_for_update(of=("self",))
            .select_related("licence")
            .filter(pk=asked["id"])
            .first()
        )
        code = _why_not(acting, found, peer, asked, delivery)
        if found is not None and code:
            _record(
                acting,
                "evidence.not-given",
                found,
                {"code": code, "digest": document.digest(asked), "by": peer.node},
            )
        elif found is not None:
            again = found.state == "used"
            if not again:
                found.state, found.delivery, found.used_at = "used", delivery, acting.now
                found.save(update_fields=["state", "delivery", "used_at"])
                _tell_holder(acting, found)
            _record(
                acting, "evidence.given-again" if again else "evidence.given", found, {"digest": found.digest}
            )
            if not again:
                _record_use(acting, "licence.shown", found, found.licence)
    if code or found is None:
        raise EvidenceRefused(code)
    relation = "self" if document.is_holder(asked, _identifier(found.licence)) else "represented"
    return {
        "request": str(found.pk),
        "digest": found.digest,
        "relation": relation,
        "presentation": presentations.presentation(found.licence.token or "", asked["fields"]),
    }


def _why_not(
    acting: Acting, found: models.EvidenceConsent | None, peer: Any, asked: Mapping[str, Any], delivery: UUID
) -> str:
    """Code of the first reason to refuse; empty when there is none."""
    if found is None or found.peer != peer.node:
        return "unknown-request"
    if document.digest(asked) != found.digest:
        return "changed"
    if acting.now >= found.expires_at:
        return "expired"
    if found.state == "used":
        if found.delivery != delivery:
            return "used"
    elif found.state != "agreed":
        return {"asked": "no-consent"}.get(found.state, found.state)
    held = found.licence
    if held is None or held.token is None or held.status != "valid":
        return "no-licence"
    if held.valid_from > acting.today or (held.valid_to is not None and held.valid_to < acting.today):
        return "no-licence"
    return ""


def _open(acting: Acting, request_id: UUID, digest: str) -> tuple[models.EvidenceConsent, Any]:
    found, holder = access.consent(acting, request_id, lock=True)
    if found.digest != digest:
        raise StaleVersion("This is not the request you read. Look at it again.")
    if found.state != "asked" or acting.now >= found.expires_at:
        raise NotNow("This request was answered before, or is over.")
    return found, holder


def _answer(acting: Acting, found: models.EvidenceConsent, holder: Any, state: str) -> None:
    found.state, found.holder, found.decided_by, found.decided_at = state, holder, acting.actor, acting.now
    found.save(update_fields=["state", "holder", "licence", "decided_by", "decided_at"])
    _record(acting, f"evidence.{state}", found, {"digest": found.digest})


def _identifier(licence: licences.Licence) -> str | None:
    return identity.subject(licence.holder_id).identifier


def _tell_holder(acting: Acting, found: models.EvidenceConsent) -> None:
    name = _name_of_peer(found.peer)
    notices.tell(
        subject=found.holder_id, cause=f"evidence:{found.pk}",
        title=Bilingual(zh=f"您同意出示的证照已提供给{name.zh}", en=f"{name.en} has fetched the licence you agreed to show"),
        body=Bilingual(
            zh=f"用途：{found.document['purpose']['zh']}。只提供了您同意的内容，而且只有这一次。",
            en=f"Purpose: {found.document['purpose']['en']}. Only the fields you agreed to were handed over, this once.",
        ),
        link=f"/evidence/consent/{found.pk}", now=acting.now,
    )  # fmt: skip


def _name_of_peer(code: str) -> Bilingual:
    found = known_peers.peer(code)
    if found is None:
        raise NotFound("There is no such peer.")
    return found.name


def _record_use(
    acting: Acting, action: str, found: models.EvidenceConsent, licence: licences.Licence
) -> None:
    """In the licence's own chain, for its holder: who, what for, which fields."""
    name = _name_of_peer(found.peer)
    audit.record(
        acting=acting.because(found.document["purpose"]["zh"]), action=action, root=licence.pk, object_kind="licence",
        object_id=licence.pk,
        detail={
            "request": str(found.pk), "digest": found.digest, "fields": found.document["fields"],
            "peer": found.peer, "shown_to": {"zh": name.zh, "en": name.en},
        },
    )  # fmt: skip


def _record(acting: Acting, action: str, found: models.EvidenceConsent, detail: Mapping[str, Any]) -> None:
    audit.record(
        acting=acting.because(found.document["purpose"]["zh"]), action=action, root=found.pk,
        object_kind="evidence-consent", object_id=found.pk, detail={"peer": found.peer, **detail},
    )  # fmt: skip
