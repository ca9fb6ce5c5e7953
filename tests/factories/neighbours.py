"""The neighbour 980100: a trusted node with an office that issues licences of any kind and shows them to this one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pytest

from tests.base.peers.other_node import NOW, OtherNode, here
from tests.records.licences.small_city import Office
from tongban.base.kit.ids import uuid7
from tongban.base.peers import actions as peers
from tongban.base.peers import models as peer_models
from tongban.base.peers import wire
from tongban.records.licences import document as licence_file
from tongban.records.licences import evidence_asking as asking
from tongban.records.licences import evidence_lists as lists
from tongban.records.licences import evidence_models as models
from tongban.records.licences import evidence_presentations as presentations
from tongban.records.licences import sdjwt, trust

IDENTIFIER = "1.2.156.3005.2.X"
"""Of every licence that the neighbour issues, unless another is given."""


class Neighbour(OtherNode):
    """The node of 980100 with an office that issues licences of any kind."""

    office: Office

    def issue(
        self,
        pack: Any,
        kind: str,
        number: str,
        holder: str = "林晓晨",
        *,
        values: Mapping[str, Any] | None = None,
        valid_to: date | None = None,
        identifier: str = IDENTIFIER,
    ) -> str:
        """The whole signed file of one licence; `values` of a resident's card unless given."""
        declared = pack.licences[kind]
        card = {"name": holder, "number": number, "issuer": "澜溪市公安局", "valid_from": "2024-01-01"}
        head = licence_file.Head(identifier, "980100", NOW.date(), NOW.date(), valid_to)
        claims, disclosable, always = licence_file.claims_of(
            declared, head, card if values is None else values, number=number, holder_name=holder
        )
        return sdjwt.issue(
            claims, disclosable=disclosable, always=always, vct=trust.type_of(kind), issuer=self.office.id,
            key=self.office.key, kid=self.office.kid, issued_at=NOW - timedelta(days=1),
            valid_to=NOW + (valid_to - NOW.date()) if valid_to else None,
        )  # fmt: skip

    def trust_list(self, **changes: Any) -> bytes:
        listed = {
            "issuer": self.office.id,
            "organisation": "lanxi-police",
            "name": {"zh": "公安局", "en": "Police"},
            "keys": [self.office.jwk],
        }
        return json.dumps(
            {"version": 1, "published": NOW.isoformat(), "issuers": [{**listed, **changes}]}
        ).encode()

    def withdraws(self, identifier: str = IDENTIFIER, state: str = "revoked") -> None:
        """Its next trust list, which arrives here, says that the licence is no longer good."""
        lists.store("980100", self.trust_list(withdrawn={trust.digest_of(identifier): state}))


@pytest.fixture
def neighbour(city: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Neighbour:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path))
    made = Neighbour()
    made.office = Office()
    made.office.id = trust.issuer_id("980100", "lanxi-police")
    made.trusted_here()
    lists.store("980100", made.trust_list())
    return made


def answered(
    row: models.EvidenceRequest, acting: Any, status: int, body: bytes, hear: Callable[..., int]
) -> models.EvidenceRequest:
    """The neighbour knows of the request; it is collected, and this is its answer, heard a minute later."""
    for kind, given in (
        (asking.ANNOUNCE, wire.Answer(200, b"{}")),
        (asking.COLLECT, wire.Answer(status, body)),
    ):
        if kind == asking.COLLECT:
            row.refresh_from_db()
            asking.collect(acting=acting, request_id=row.id, version=row.version)
        with mock.patch.object(wire, "call", lambda *args, given=given, **more: given):
            for queued in peer_models.OutboundRequest.objects.filter(kind=kind, state="waiting"):
                peers.deliver(request_id=queued.id, clock=lambda: NOW, acting=here())
        hear(NOW + timedelta(minutes=1))
    row.refresh_from_db()
    return row


def shown(
    city: Any,
    neighbour: Neighbour,
    hear: Callable[..., int],
    acting: Any,
    kind: str,
    values: Mapping[str, Any] | None,
    *,
    fields: list[str],
    service: str,
    relation: str = "self",
    number: str = "X-1",
    holder: str = "云上小馆",
    status: int = 200,
    body: bytes = b"",
    **issued: Any,
) -> models.EvidenceRequest:
    """Asked for by whoever acts, agreed to over there, fetched, and heard of by whoever listens."""
    from tongban.base.identity import queries as identity

    row = asking.ask(
        acting=acting, subject=identity.subject(acting.principal), peer_node="980100", kind=kind, fields=fields, service=service,
        request_id=uuid7(),
    )  # fmt: skip
    whole = neighbour.issue(city.pack, kind, number, holder, values=values, **issued)
    answer = {
        "request": str(row.id), "digest": row.digest, "relation": relation,
        "presentation": presentations.presentation(whole, fields),
    }  # fmt: skip
    return answered(row, acting, status, body or json.dumps(answer).encode(), hear)
