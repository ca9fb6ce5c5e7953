"""Adding an event to a case: the one place where a case's state changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotNow, StaleVersion
from tongban.core.procedures import states
from tongban.core.procedures.model import CaseEvent, Event, State
from tongban.work.cases import form, models, standing
from tongban.work.cases.actions import claims


def add(
    *,
    acting: Acting,
    case: models.Case,
    event: Event,
    note: str = "",
    detail: Mapping[str, object] | None = None,
    day: date | None = None,
) -> models.CaseEvent:
    """Let `event` happen to `case` now. Raises NotNow when the table of states does not allow it.

    The caller has locked the case. Bumps the version, writes the audit entry. `day`: the civil day on which the law let
    it happen, where it is written down only now.
    """
    written = list(case.events.order_by("sequence"))
    history = tuple(CaseEvent(Event(e.event), e.day, e.at) for e in written)
    happened = CaseEvent(event, day or acting.today, acting.now)
    try:
        state = states.replay((*history, happened))
    except states.NotAllowed as error:
        raise NotNow(_("This can no longer be done: the case has moved on in the meantime.")) from error
    if event in states.DECISIONS and acting.role == "officer" and not states.marks_of(history).decidable:
        raise NotNow(_("Nothing is decided while an opinion or the result of an inspection is awaited."))
    row = models.CaseEvent.objects.create(
        case=case, sequence=written[-1].sequence + 1 if written else 1, event=event.value, day=happened.day, at=acting.now, actor=acting.actor, role=acting.role,
        note=note,
    )  # fmt: skip
    case.state = state.value
    case.afterwards = _owed(case, (*history, happened), state)
    case.version += 1
    if state not in states.CLOSED:
        case.closed_at = None
    elif case.closed_at is None:
        case.closed_at = acting.now
    standing.note(case, (*history, happened), form.pack_of(case.application, acting), acting.today)
    case.save()
    claims.note_work(acting=acting, case=case)
    audit.record(
        acting=acting, action=f"case.{event.value.replace('_', '-')}", root=case.application_id, object_kind="case",
        object_id=case.id, detail={"state": state.value, **(detail or {})},
    )  # fmt: skip
    return row


def _owed(case: models.Case, history: tuple[CaseEvent, ...], state: State) -> str:
    marks = states.marks_of(history)
    if state in states.OBJECTIONABLE:
        if marks.objected:
            return "review"
        may_object = form.terms_from_json(case.terms).objection is not None and not marks.settled
        return "objectable" if may_object else ""
    if marks.announced:
        return "heard" if marks.closed and not marks.asked else "hearing" if marks.asked else "announced"
    if not marks.promised:
        return ""
    return "remedy" if marks.ordered else "verify"


def require_version(case: models.Case, version: int | None) -> None:
    """Optimistic locking: raises StaleVersion when somebody else changed the case since it was shown."""
    if version is not None and version != case.version:
        raise StaleVersion(
            _(
                "Somebody changed this case while you were looking at it. Look at it again; your text is kept below."
            )
        )
