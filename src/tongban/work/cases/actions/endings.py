"""Ends without a decision: taken back by the applicant, or brought about by the passing of time or another case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.core.procedures.model import Event
from tongban.work.cases import models
from tongban.work.cases.actions import events, papers

KINDS = {Event.WITHDRAW: "withdrawal-notice", Event.TERMINATE: "termination-notice"}


def end(
    *,
    acting: Acting,
    case: models.Case,
    event: Event,
    reason: str,
    content: Mapping[str, object] | None = None,
    note: str = "",
    day: date | None = None,
) -> None:
    """End a locked case, issue its document and let everybody know; what waits for its result hears it too.

    `reason` is a code of `letters.matter.REASONS`; `content` holds what its words name. `day`: the civil day on which the
    law let it end. Inside a transaction.
    """
    events.add(acting=acting, case=case, event=event, note=note, detail={"reason": reason}, day=day)
    number = papers.issue(
        acting=acting, case=case, kind=KINDS[event], content={"reason": reason, **(content or {})}
    )
    told = {"case": str(case.id), "event": event.value, "document": number}
    audit.send(acting=acting, kind="cases.told", root=case.application_id, payload=told)
    audit.send(acting=acting, kind="cases.closed", root=case.application_id, payload={"case": str(case.id)})
