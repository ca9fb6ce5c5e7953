"""Issuing the official document of a case, inside the transaction of the action that calls for it.

What it says is put into words from the row (`letters`); here only its data is fixed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tongban.base.kit.acting import Acting
from tongban.base.notices import actions as notices
from tongban.base.notices import queries as documents
from tongban.core.packs.pack import Pack
from tongban.work.cases import form, models
from tongban.work.cases.actions import told

LETTERS: Final = {
    "acceptance-notice": "A",
    "recall": "B",
    "correction-notice": "C",
    "decision": "D",
    "extension-notice": "E",
    "ending-notice": "G",
    "hearing-notice": "H",
    "new-dates": "Y",
    "verification-notice": "K",
    "remedy-order": "M",
    "inspection-notice": "I",
    "inspection-record": "J",
    "not-accepted": "N",
    "objection-notice": "O",
    "commitment": "P",
    "review-decision": "Q",
    "suspension-notice": "S",
    "termination-notice": "T",
    "proof-of-delivery": "V",
    "withdrawal-notice": "W",
    "annulment": "X",
    "cancellation": "Z",
}
"""Kind to its letter in the number of the document; R is the receipt of a whole application."""

DATED: Final = frozenset(
    {"acceptance-notice", "correction-notice", "extension-notice", "review-decision", "new-dates"}
)
"""Documents that tell days: what is still provisional in them is told again once it is certain."""


def issue(*, acting: Acting, case: models.Case, kind: str, content: Mapping[str, object]) -> str:
    """The number of the document. It says how the case stands after the events that it has by now."""
    fixed: dict[str, object] = {"case": case.number, "service": case.service, "events": case.events.count()}
    if case.application.calendar_digest:
        fixed["calendar"] = case.application.calendar_digest
    if kind in DATED:
        told.note(acting=acting, case=case)
    return notices.issue_document(
        acting=acting, kind=kind, prefix=f"{case.place}-{LETTERS[kind]}", root=case.application_id, about=case.id,
        organisation=case.organisation, content={**fixed, **content},
    ).number  # fmt: skip


def record_delivery(*, acting: Acting, case: models.Case, delivered: str) -> str:
    """That a document has reached the applicant's inbox (送达回证); its number. Recorded once."""
    earlier = documents.documents_of(case.application_id).filter(
        kind="proof-of-delivery", content__delivered=delivered
    )
    if (known := earlier.first()) is not None:
        return known.number
    return issue(acting=acting, case=case, kind="proof-of-delivery", content={"delivered": delivered})


def issue_commitment(*, acting: Acting, case: models.Case, pack: Pack) -> str | None:
    """What the organ told and the applicant promised, for a case that is decided on commitment (告知承诺书).

    None where the case runs another way, or nothing was signed.
    """
    variant = form.variant_of(pack.services[case.service], case.variant)
    if variant is None or not variant.on_commitment:
        return None
    current = form.current_materials(case.application)
    signed = [m for m in case.materials if m in current and current[m].way == "commit"]
    if not signed:
        return None
    content = {"signed": signed, "articles": list(variant.articles)}
    return issue(acting=acting, case=case, kind="commitment", content=content)
