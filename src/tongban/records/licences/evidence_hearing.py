"""Answers of other nodes reach this room as the message `peers.answered`."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.base.kit.acting import system
from tongban.base.peers import actions as peers
from tongban.base.peers import queries as known_peers
from tongban.records.licences import evidence_asking as asking
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import evidence_models as models

log = logging.getLogger(__name__)


def hear_answer(message: Any, now: datetime) -> None:
    """Of a request for evidence, or for a trust list. Other kinds are somebody else's."""
    if message.payload["kind"] not in {asking.ANNOUNCE, asking.COLLECT, peers.TRUST_LIST}:
        return
    outbound = known_peers.outbound(UUID(message.payload["request"]))
    body = bytes(outbound.answer or b"")
    if outbound.kind == peers.TRUST_LIST:
        if outbound.status == 200 and outbound.peer.state == "trusted":
            try:
                lists.store(outbound.peer.node, body)
            except lists.ListRefused as refused:
                log.error("%s", refused)
        return
    row = models.EvidenceRequest.objects.select_for_update().filter(pk=outbound.root).first()
    if row is None:
        return
    acting = system(now, message.place, row.document["purpose"]["zh"], message.request_id)
    hear = asking.hear_announced if outbound.kind == asking.ANNOUNCE else asking.take_in
    hear(acting=acting, row=row, status=outbound.status, body=body)
