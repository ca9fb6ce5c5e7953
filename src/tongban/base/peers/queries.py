"""Reading peers and what was sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db.models import QuerySet

from tongban.base.peers import cards, models
from tongban.base.peers.refusals import NotTrusted, UnknownPeer

ORGANISATION = "peer:"
"""Prefix of a node in the field `organisation` of whoever acts: `peer:980100`."""


def peers() -> QuerySet[models.Peer]:
    return models.Peer.objects.order_by("node")


def trusted() -> QuerySet[models.Peer]:
    return peers().filter(state="trusted")


def peer(node: str) -> models.Peer | None:
    return models.Peer.objects.filter(node=node).first()


def trusted_peer(node: str) -> models.Peer | None:
    return trusted().filter(node=node).first()


def by_key(kid: str) -> models.Peer:
    """The trusted peer with this key. Raises `UnknownPeer` or `NotTrusted`."""
    found = models.Peer.objects.filter(kid=kid).first()
    if found is None:
        raise UnknownPeer("Nobody here knows this node. Its administrator and ours have to add each other.")
    if found.state != "trusted":
        raise NotTrusted("This node is not trusted here at present.")
    return found


def public_key(kid: str) -> Ed25519PublicKey:
    return cards.public_key(by_key(kid).key)


def chain_of(node: str) -> UUID:
    """Root of the audit chain about one peer; `unknown` for requests of nobody we know."""
    return uuid5(NAMESPACE_URL, f"peer:{node}")


def outbound(request_id: UUID) -> models.OutboundRequest:
    return models.OutboundRequest.objects.select_related("peer").get(pk=request_id)


def waiting(before: datetime) -> QuerySet[models.OutboundRequest]:
    """Requests that some job should have answered by now."""
    return models.OutboundRequest.objects.filter(state="waiting", created_at__lt=before).order_by(
        "created_at"
    )
