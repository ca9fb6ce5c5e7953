"""Which text of the pack belongs to a document, and what the document is called."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.text import in_language
from tongban.core.packs.model_guide import Document, DocumentKind
from tongban.core.packs.pack import Pack
from tongban.work.cases import models

KINDS: Final = {
    "receipt": DocumentKind.RECEIPT,
    "correction-notice": DocumentKind.CORRECTION,
    "acceptance-notice": DocumentKind.ACCEPTANCE,
    "not-accepted": DocumentKind.NON_ACCEPTANCE,
    "suspension-notice": DocumentKind.SPECIAL_PROCEDURE,
    "extension-notice": DocumentKind.EXTENSION,
    "proof-of-delivery": DocumentKind.DELIVERY,
    "commitment": DocumentKind.COMMITMENT,
    "termination-notice": DocumentKind.TERMINATION,
    "withdrawal-notice": DocumentKind.WITHDRAWAL,
    "verification-notice": DocumentKind.VERIFICATION,
    "remedy-order": DocumentKind.REMEDY,
    "ending-notice": DocumentKind.ENDING_NOTICE,
    "hearing-notice": DocumentKind.HEARING_NOTICE,
    "new-dates": DocumentKind.NEW_DATES,
    "annulment": DocumentKind.ANNULMENT,
    "recall": DocumentKind.RECALL,
    "cancellation": DocumentKind.CANCELLATION,
    "inspection-notice": DocumentKind.INSPECTION,
    "inspection-record": DocumentKind.INSPECTION_RECORD,
    "objection-notice": DocumentKind.OBJECTION,
    "review-decision": DocumentKind.REVIEW,
}
"""Kind of a row to the kind of text, where the row alone decides."""
OF_PERMITS: Final = {"granted": DocumentKind.GRANT, "refused": DocumentKind.REFUSAL}
"""Decisions of which law prescribes the form (行政许可法 art. 38)."""
OF_OTHERS: Final = {"granted": DocumentKind.APPROVAL, "refused": DocumentKind.REJECTION}

TITLES: Final = {
    DocumentKind.RECEIPT: msg("Receipt of an application"),
    DocumentKind.CORRECTION: msg("Correction notice"),
    DocumentKind.ACCEPTANCE: msg("Notice of acceptance"),
    DocumentKind.TOLERANCE: msg("Notice of tolerant acceptance"),
    DocumentKind.NON_ACCEPTANCE: msg("Notice that a case is not accepted"),
    DocumentKind.SPECIAL_PROCEDURE: msg("Notice that the clock is stopped"),
    DocumentKind.EXTENSION: msg("Notice of a longer term"),
    DocumentKind.GRANT: msg("Decision: granted"),
    DocumentKind.APPROVAL: msg("Decision: granted"),
    DocumentKind.REFUSAL: msg("Decision: refused"),
    DocumentKind.REJECTION: msg("Decision: refused"),
    DocumentKind.DELIVERY: msg("Record of delivery"),
    DocumentKind.COMMITMENT: msg("Notification and commitment"),
    DocumentKind.TERMINATION: msg("Notice that a case ends without a decision"),
    DocumentKind.WITHDRAWAL: msg("Confirmation that a case is taken back"),
    DocumentKind.VERIFICATION: msg("Result of the check of your commitment"),
    DocumentKind.REMEDY: msg("Order to put right"),
    DocumentKind.DEEMED_ACCEPTANCE: msg("Notice of acceptance by silence"),
    DocumentKind.DEEMED_RENEWAL: msg("Notice of renewal by silence"),
    DocumentKind.ENDING_NOTICE: msg("Notice that what was granted is to end"),
    DocumentKind.HEARING_NOTICE: msg("Notice of a hearing"),
    DocumentKind.NEW_DATES: msg("Notice of changed days"),
    DocumentKind.ANNULMENT: msg("Decision to annul"),
    DocumentKind.RECALL: msg("Decision to recall"),
    DocumentKind.CANCELLATION: msg("Decision to cancel"),
    DocumentKind.INSPECTION: msg("Notice of an inspection"),
    DocumentKind.INSPECTION_RECORD: msg("Record of an inspection"),
    DocumentKind.OBJECTION: msg("Receipt of your objection"),
    DocumentKind.REVIEW: msg("Outcome of the review"),
}
"""What a document is called where the pack has no text of its kind."""


def kind_of(found: Any, pack: Pack, case: models.Case | None) -> DocumentKind:
    """The kind of text that a document (`base.notices`) takes."""
    if found.kind == "decision" and found.content.get("by_law"):
        return DocumentKind.DEEMED_RENEWAL
    if found.kind == "decision":
        permit = case is not None and pack.services[case.service].kind == "permit"
        return (OF_PERMITS if permit else OF_OTHERS)[found.content["outcome"]]
    if found.kind == "acceptance-notice" and found.content.get("deferred"):
        return DocumentKind.TOLERANCE
    if found.kind == "acceptance-notice" and found.content.get("by_law"):
        return DocumentKind.DEEMED_ACCEPTANCE
    return KINDS[found.kind]


def template_of(kind: DocumentKind, pack: Pack) -> Document | None:
    """The pack's text of a kind; None when it has none."""
    return next((one for one in pack.documents.values() if one.kind == kind), None)


def title_of(found: Any, pack: Pack, case: models.Case | None) -> str:
    """In the reader's language, in the pack's words where it has some."""
    kind = kind_of(found, pack, case)
    template = template_of(kind, pack)
    return in_language(template.title) if template is not None else _(TITLES[kind])
