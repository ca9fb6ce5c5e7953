"""Who hears which message: the only table that lets a lower room reach a higher one.

A message is a fact that has happened (`cases.decided`). Each subscriber is a function
`hear(message: audit.models.Message, now: datetime) -> None` that runs in a transaction of its own, exactly once.
"""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "cases.submitted": ("tongban.work.cases.hearing.tell_of_submission",),
    "cases.correction-requested": ("tongban.work.cases.hearing.tell_of_correction",),
    "cases.correction-answered": (),
    "cases.correction-due": ("tongban.work.cases.hearing_rights.tell_of_due_correction",),
    "cases.hearing-called": ("tongban.work.cases.hearing_rights.tell_of_hearing",),
    "cases.redated": ("tongban.work.cases.hearing_rights.tell_of_new_dates",),
    "cases.accepted": ("tongban.work.cases.hearing.tell_of_acceptance",),
    "cases.told": ("tongban.work.cases.hearing.tell_of_event",),
    "cases.closed": ("tongban.work.cases.hearing.end_waiting",),
    "cases.ended": ("tongban.work.cases.hearing_endings.end_licence",),
    "cases.readmitted": ("tongban.work.cases.hearing_endings.tell_of_readmission",),
    "cases.decided": (
        "tongban.work.cases.hearing.deliver_result",
        "tongban.work.cases.hearing.tell_of_decision",
        "tongban.work.policies.hearing.find_for_subject",
    ),
    "files.scanned": ("tongban.work.cases.hearing_files.file_scanned",),
    "identity.mandate-given": ("tongban.base.notices.mandates.tell_of_mandate",),
    "identity.mandate-revoked": ("tongban.base.notices.mandates.tell_of_revocation",),
    "notices.issued": ("tongban.work.cases.hearing.keep_document",),
    "licences.issued": (
        "tongban.work.cases.hearing.release_waiting",
        "tongban.work.policies.hearing.find_for_subject",
    ),
    "licences.revoked": (),
    "licences.evidence-held": ("tongban.work.cases.hearing.use_evidence",),
    "peers.answered": ("tongban.records.licences.evidence_hearing.hear_answer",),
    "market.ordered": (),
    "market.approved": ("tongban.work.market.hearing.tell_of_approval",),
    "market.refused": ("tongban.work.market.hearing.tell_of_refusal",),
    "market.settled": ("tongban.work.market.hearing.tell_of_bills",),
    "hotline.reported": ("tongban.work.hotline.hearing.tell_of_receipt",),
    "hotline.dispatched": ("tongban.work.hotline.hearing.tell_of_dispatch",),
    "hotline.disputed": (),
    "hotline.ruled": (),
    "hotline.contacted": ("tongban.work.hotline.hearing.tell_of_contact",),
    "hotline.replied": ("tongban.work.hotline.hearing.tell_of_reply",),
    "hotline.closed": ("tongban.work.hotline.hearing.tell_of_closing",),
    "hotline.reopened": (),
    "hotline.merged": ("tongban.work.hotline.hearing.tell_of_merging",),
}
