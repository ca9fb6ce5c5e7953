"""Who hears which message: the only table that lets a lower room reach a higher one.

A message is a fact that has happened (`cases.decided`). Each subscriber is a function
`hear(message: audit.models.Message, now: datetime) -> None` that runs in a transaction of its own, exactly once.
"""

SUBSCRIPTIONS: dict[str, tuple[str, ...]] = {
    "cases.submitted": ("tongban.work.cases.hearing.tell_of_submission",),
    "cases.correction-requested": ("tongban.work.cases.hearing.tell_of_correction",),
    "cases.correction-answered": (),
    "cases.accepted": ("tongban.work.cases.hearing.tell_of_acceptance",),
    "cases.told": ("tongban.work.cases.hearing.tell_of_event",),
    "cases.closed": ("tongban.work.cases.hearing.end_waiting",),
    "cases.decided": (
        "tongban.work.cases.hearing.deliver_result",
        "tongban.work.cases.hearing.tell_of_decision",
    ),
    "licences.issued": ("tongban.work.cases.hearing.release_waiting",),
    "licences.revoked": (),
}
