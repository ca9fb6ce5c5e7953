"""Taking cases in hand, putting them back, moving them to a colleague. Orders the work; moves no clock and no version.

Two officers who ask for the next best case at the same moment get two cases: what one of them has locked, the other
skips.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.procedures.states import CLOSED
from tongban.work.cases import access, desk_access, hands, models
from tongban.work.cases.worklist import Row

MOST: Final = 100
"""Cases in one go."""

_CLOSED: Final = frozenset(state.value for state in CLOSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of one case of several."""

    number: str
    done: bool
    holder: UUID | None = None
    """In whose hands it is now, where that is why it was not done."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The next best case, now in the hands of whoever asked."""

    row: Row
    own: bool
    """It was in these hands before."""
    others: int
    """How many more can be taken up after it."""
    waiting: int
    """How many were passed over because somebody else has to move first."""


def take_next(*, acting: Acting, leaving: str = "") -> Taken | None:
    """Take the next best case in hand (`hands.offers` says which); None when nothing can be taken up now.

    `leaving` is the number of the case one comes from. Each try is a transaction of its own; cases that a colleague is
    taking at this moment are skipped, and asked about once more when nothing else is left.
    """
    require_present(acting)
    found = hands.offers(acting, leaving=leaving)
    for wait in (False, True):
        missed = False
        for row in found.rows:
            with transaction.atomic():
                taken = _take(acting, row, wait)
            if taken is not None and taken:
                own = row.claim is not None and row.claim.holder == acting.actor
                return Taken(row, own, len(found.rows) - 1, found.waiting)
            missed |= taken is None
        if not missed:
            return None
    return None


def claim(*, acting: Acting, numbers: Collection[str]) -> list[Outcome]:
    """Take cases in hand, each as far as it is free: those that somebody else has are named. Taking again changes
    nothing."""
    require_present(acting)
    here = {account.pk for account in hands.colleagues(acting)}

    def take(case: models.Case, held: models.Claim | None) -> Outcome:
        assert acting.actor is not None
        partial = partial_in(case)
        if held is not None and held.holder == acting.actor:
            return Outcome(case.number, True)
        if not hands.is_free(held, here, partial):
            assert held is not None
            return Outcome(case.number, False, held.holder, _("A colleague has it in hand."))
        if acting.actor in partial:
            return Outcome(
                case.number,
                False,
                None,
                _("You had a part in what is objected to; another officer reviews it."),
            )
        put(acting=acting, case=case, held=held, holder=acting.actor, way="claimed")
        return Outcome(case.number, True)

    return _each(acting, numbers, take)


def release(*, acting: Acting, numbers: Collection[str]) -> list[Outcome]:
    """Put cases back for everybody. Whoever leads the team may put back anybody's. Putting back again changes nothing."""
    leads = desk_access.leads(acting)

    def free(case: models.Case, held: models.Claim | None) -> Outcome:
        if held is None:
            return Outcome(case.number, True)
        if held.holder != acting.actor and not leads:
            return Outcome(case.number, False, held.holder, _("A colleague has it in hand."))
        take_away(acting=acting, case=case, held=held)
        return Outcome(case.number, True)

    return _each(acting, numbers, free, closed=True)


def move(
    *, acting: Acting, numbers: Collection[str], to: UUID, because: str, held_by: UUID | None
) -> list[Outcome]:
    """Move cases to an officer of the team, with a reason they are told. For whoever leads it.

    `held_by` is in whose hands they were when that was chosen, None: in nobody's; what has changed hands since stays
    where it is. What is with somebody who no longer holds a post here is moved all the same. Raises `NotFound` for those who do not lead, `Invalid` without a reason or for somebody who is not here
    or away.
    """
    if not desk_access.leads(acting):
        raise NotFound(_("There is no such team, or it is not yours to lead."))
    because = " ".join(because.split())[:300]
    if not because:
        raise Invalid(_("Say why."), fields={"because": _("Say why, in words the officer understands.")})
    require_receiver(acting, to)
    here = {account.pk for account in hands.colleagues(acting)}

    def hand(case: models.Case, held: models.Claim | None) -> Outcome:
        holder = held.holder if held is not None else None
        if holder == to:
            return Outcome(case.number, True)
        if holder != held_by and (holder is None or holder in here):
            return Outcome(case.number, False, holder, _("It has changed hands in the meantime."))
        if to in partial_in(case):
            return Outcome(
                case.number,
                False,
                holder,
                _("That officer had a part in what is objected to; another reviews it."),
            )
        put(acting=acting, case=case, held=held, holder=to, way="moved", because=because)
        return Outcome(case.number, True)

    return _each(acting, numbers, hand)


def mark_seen(*, acting: Acting) -> int:
    """The officer has seen what others put into their hands; returns how many were new."""
    with transaction.atomic():
        return (
            desk_access.claims(acting)
            .filter(holder=acting.actor, way__in=models.Claim.TOLD, seen_at=None)
            .update(seen_at=acting.now)
        )


def require_present(acting: Acting) -> None:
    """Raises NotNow while the officer who acts is entered as away, NotFound for anybody who is no officer."""
    if acting.role != "officer" or acting.organisation is None or acting.actor is None:
        raise NotFound(_("There is no such case, or it is not yours to see."))
    absent = hands.away(organisation=acting.organisation, place=acting.place, today=acting.today)
    if acting.actor in absent:
        raise NotNow(
            _("You are entered as away until %(day)s. Say that you are back, then take cases in hand.")
            % {"day": absent[acting.actor].ends.isoformat()}
        )


def require_receiver(acting: Acting, account: UUID) -> None:
    """Raises Invalid unless that officer serves the same organ and place and is not away today."""
    if account not in {one.pk for one in hands.colleagues(acting)}:
        raise Invalid(
            _("Choose an officer of your team."), fields={"to": _("Choose an officer of your team.")}
        )
    assert acting.organisation is not None
    absent = hands.away(organisation=acting.organisation, place=acting.place, today=acting.today)
    if account in absent:
        text = _("This officer is away until %(day)s. Choose somebody who is here.") % {
            "day": absent[account].ends.isoformat()
        }
        raise Invalid(text, fields={"to": text})


def put(
    *,
    acting: Acting,
    case: models.Case,
    held: models.Claim | None,
    holder: UUID,
    way: str,
    because: str = "",
    absence: models.Absence | None = None,
    action: str = "",
) -> models.Claim:
    """Write down in whose hands a case is from now on. The caller has locked it; inside a transaction.

    `action` names it in the audit; usually it is the way.
    """
    before = held.holder if held is not None else None
    told = way in models.Claim.TOLD
    row, _new = models.Claim.objects.update_or_create(
        case=case,
        defaults={
            "holder": holder, "since": acting.now, "way": way, "by": acting.actor, "came_from": before if told else None,
            "because": because, "absence": absence, "case_version": case.version,
            "offered_at": acting.now if way == "next" else None, "seen_at": None,
        },
    )  # fmt: skip
    _note(acting, case, action or f"case.{way}", before, holder)
    return row


def take_away(*, acting: Acting, case: models.Case, held: models.Claim) -> None:
    """Nobody has the case in hand from now on. The caller has locked it; inside a transaction."""
    held.delete()
    _note(acting, case, "case.put-back", held.holder, None)


def note_work(*, acting: Acting, case: models.Case) -> None:
    """Whoever works on a case that nobody has in hand has it from now on. Inside a transaction, the case locked."""
    if acting.role != "officer" or acting.actor is None or case.state in _CLOSED:
        return
    if not models.Claim.objects.filter(case=case).exists():
        put(acting=acting, case=case, held=None, holder=acting.actor, way="worked")


def locked(pks: Collection[UUID]) -> list[models.Case]:
    """These cases with their applications, both locked in one order, so that two such calls wait and never for each
    other."""
    applications = models.Case.objects.filter(pk__in=pks).values_list("application_id", flat=True)
    list(
        models.Application.objects.select_for_update()
        .filter(pk__in=list(applications))
        .order_by("pk")
        .values_list("pk")
    )
    found = models.Case.objects.select_for_update(of=("self",)).filter(pk__in=pks)
    return list(found.select_related("application").order_by("application_id", "pk"))


def _take(acting: Acting, row: Row, wait: bool) -> bool | None:
    """True: it is in hand. False: it is not free any more. None: somebody holds a lock on it."""
    assert acting.actor is not None
    whole = models.Application.objects.select_for_update(skip_locked=not wait)
    if whole.filter(pk=row.case.application_id).first() is None:
        return None
    case = access.cases(acting).select_for_update(of=("self",)).filter(pk=row.case.pk).first()
    held = models.Claim.objects.filter(case=row.case.pk).first()
    seen = row.claim.holder if row.claim is not None else None
    if case is None or case.version != row.case.version or (held.holder if held else None) != seen:
        return False
    if held is not None and held.holder == acting.actor:
        models.Claim.objects.filter(pk=held.pk).update(offered_at=acting.now)
    else:
        put(acting=acting, case=case, held=held, holder=acting.actor, way="next")
    return True


def _each(
    acting: Acting,
    numbers: Collection[str],
    act: Callable[[models.Case, models.Claim | None], Outcome],
    *,
    closed: bool = False,
) -> list[Outcome]:
    """Carry it out for each of these cases that the officer may see, in one transaction; the outcomes as they were
    asked for."""
    wanted = list(dict.fromkeys(number.strip().upper() for number in numbers if number.strip()))
    if not wanted:
        raise Invalid(_("Choose at least one case."), fields={"number": _("Choose at least one case.")})
    if len(wanted) > MOST:
        raise Invalid(_("Choose at most %(most)d cases at a time.") % {"most": MOST})
    if acting.role != "officer":
        raise NotFound(_("There is no such case, or it is not yours to see."))
    with transaction.atomic():
        mine = access.cases(acting).filter(number__in=wanted).values_list("pk", flat=True)
        cases = locked(list(mine))
        held = models.Claim.objects.in_bulk([case.pk for case in cases])
        outcomes = {}
        for case in cases:
            if not closed and case.closed_at is not None and not case.afterwards:
                outcomes[case.number] = Outcome(case.number, False, None, _("It is closed."))
            else:
                outcomes[case.number] = act(case, held.get(case.pk))
    gone = _("There is no such case, or it is not yours to see.")
    return [outcomes.get(number, Outcome(number, False, None, gone)) for number in wanted]


def partial_in(case: models.Case) -> tuple[UUID, ...]:
    """Accounts that had a part in what is under review here."""
    if case.afterwards != "review":
        return ()
    found = models.Objection.objects.filter(case=case, reviewed_at=None).first()
    return tuple(UUID(by) for by in found.decided["by"]) if found is not None else ()


def _note(acting: Acting, case: models.Case, action: str, before: UUID | None, after: UUID | None) -> None:
    audit.record(
        acting=acting, action=action, root=case.application_id, object_kind="case", object_id=case.id,
        detail={"from": str(before) if before else None, "to": str(after) if after else None},
    )  # fmt: skip
