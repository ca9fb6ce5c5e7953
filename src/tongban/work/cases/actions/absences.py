"""Being away: an officer's cases go to whoever stands in, and what was not worked on comes back.

It moves claims and nothing else. What an officer may do with a case is asked where it is done: a deputy who had a part
in a decision does not review it either.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.work.cases import desk_access, hands, models
from tongban.work.cases.actions import claims
from tongban.work.cases.worklist import STILL_ON

LONGEST: Final = timedelta(days=366)


def be_away(
    *, acting: Acting, account: UUID | None = None, starts: date, ends: date, deputy: UUID, note: str = ""
) -> models.Absence:
    """Enter an absence of one's own, or as whoever leads the team that of an officer of it (`account`).

    From `starts` to `ends`, both included, in civil days of the place. Beginning today, it hands over at once. The same
    entered again changes nothing. Raises `Invalid` with what does not fit, `NotNow` while another one is entered.
    """
    who = account or acting.actor
    if acting.role != "officer" or acting.organisation is None or who is None or acting.actor is None:
        raise NotFound(_gone())
    if who != acting.actor and not desk_access.leads(acting):
        raise NotFound(_gone())
    here = {one.pk for one in hands.colleagues(acting)}
    if who not in here:
        raise NotFound(_gone())
    note = " ".join(note.split())[:300]
    with transaction.atomic():
        known = models.Absence.objects.select_for_update().filter(account=who, over_at=None).first()
        if known is not None and (known.starts, known.ends, known.deputy) == (starts, ends, deputy):
            return known
        if known is not None:
            raise NotNow(
                _("An absence from %(starts)s to %(ends)s is entered already. End it first.")
                % {"starts": known.starts.isoformat(), "ends": known.ends.isoformat()}
            )
        _check(acting, who, starts, ends, deputy, here)
        absence = models.Absence.objects.create(
            account=who, organisation=acting.organisation, place=acting.place, starts=starts, ends=ends, deputy=deputy,
            note=note, set_by=acting.actor, set_at=acting.now,
        )  # fmt: skip
        _note(acting, absence, "absence.entered")
        if starts <= acting.today:
            _hand_over(acting, absence)
    return absence


def come_back(*, acting: Acting, absence: UUID, version: int | None = None) -> int:
    """End an absence, or call off one that has not begun: what the deputy has not worked on goes back. Returns how many
    cases did. Ending it again changes nothing."""
    with transaction.atomic():
        row = desk_access.absences(acting).select_for_update(of=("self",)).filter(pk=absence).first()
        if row is None or (row.account != acting.actor and not desk_access.leads(acting)):
            raise NotFound(_gone())
        if row.over_at is not None:
            return 0
        if version is not None and version != row.version:
            raise StaleVersion(_("Somebody changed this absence in the meantime. Look at it again."))
        return _end(acting, row)


def let_days_pass(*, now: datetime) -> int:
    """Hand over what is in the hands of those who are away today, and end the absences whose last day is over.

    Returns how many cases changed hands. Harmless to run at any time.
    """
    moved = 0
    for key in models.Absence.objects.filter(over_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            row = models.Absence.objects.select_for_update().get(pk=key)
            acting = system(now, row.place, "an officer is away", time_zone=settings.TIME_ZONE)
            if row.over_at is None and row.ends < acting.today:
                moved += _end(acting, row)
            elif row.over_at is None and row.starts <= acting.today:
                moved += _hand_over(acting, row)
    return moved


def _hand_over(acting: Acting, absence: models.Absence) -> int:
    receiver = _receiver(absence, acting.today)
    held = models.Claim.objects.filter(
        Q(case__in=models.Case.objects.filter(STILL_ON)),
        holder=absence.account,
        case__organisation=absence.organisation,
        case__place=absence.place,
    )
    cases = claims.locked(list(held.values_list("pk", flat=True)))
    rows = models.Claim.objects.in_bulk([case.pk for case in cases])
    moved = 0
    for case in cases:
        claim = rows.get(case.pk)
        if claim is None or claim.holder != absence.account:
            continue
        if receiver is None or receiver in claims.partial_in(
            case
        ):  # whoever may not review it does not get it
            claims.take_away(acting=acting, case=case, held=claim)
        else:
            claims.put(
                acting=acting, case=case, held=claim, holder=receiver, way="handed-over", because=absence.note,
                absence=absence,
            )  # fmt: skip
        moved += 1
    if absence.handed_over_at is None:
        absence.handed_over_at = acting.now
        absence.version += 1
        absence.save(update_fields=["handed_over_at", "version"])
        _note(acting, absence, "absence.begun")
    return moved


def _end(acting: Acting, absence: models.Absence) -> int:
    untouched = models.Claim.objects.filter(absence=absence, case__version=F("case_version"))
    cases = claims.locked(list(untouched.values_list("pk", flat=True)))
    rows = models.Claim.objects.in_bulk([case.pk for case in cases])
    back = 0
    for case in cases:
        claim = rows.get(case.pk)
        if claim is None or claim.absence_id != absence.pk or claim.case_version != case.version:
            continue
        claims.put(
            acting=acting,
            case=case,
            held=claim,
            holder=absence.account,
            way="claimed",
            action="case.handed-back",
        )
        back += 1
    absence.over_at = acting.now
    absence.version += 1
    absence.save(update_fields=["over_at", "version"])
    _note(acting, absence, "absence.ended")
    return back


def _receiver(absence: models.Absence, today: date) -> UUID | None:
    """The deputy, or where that one is away as well the deputy's deputy; None when nobody in that row is here."""
    absent = hands.away(organisation=absence.organisation, place=absence.place, today=today)
    met = {absence.account}
    wanted = absence.deputy
    while wanted in absent:
        if wanted in met:
            return None
        met.add(wanted)
        wanted = absent[wanted].deputy
    return None if wanted in met else wanted


def _check(acting: Acting, who: UUID, starts: date, ends: date, deputy: UUID, here: set[UUID]) -> None:
    problems = {}
    if starts < acting.today:
        problems["starts"] = _("Begin today or later.")
    if ends < starts:
        problems["ends"] = _("The last day comes before the first.")
    elif ends - starts > LONGEST:
        problems["ends"] = _("At most a year at a time.")
    if deputy == who or deputy not in here:
        problems["deputy"] = _("Choose another officer of your team.")
    else:
        other = models.Absence.objects.filter(
            account=deputy, over_at=None, starts__lte=ends, ends__gte=starts
        ).first()
        if other is not None:
            problems["deputy"] = _("This officer is away from %(starts)s to %(ends)s. Choose somebody who is here.") % {
                "starts": other.starts.isoformat(), "ends": other.ends.isoformat(),
            }  # fmt: skip
    if problems:
        raise Invalid(_("The absence needs another look."), fields=problems)


def _gone() -> str:
    return _("There is no such absence, or it is not yours to see.")


def _note(acting: Acting, absence: models.Absence, action: str) -> None:
    audit.record(
        acting=acting, action=action, root=absence.id, object_kind="absence", object_id=absence.id,
        detail={
            "account": str(absence.account), "deputy": str(absence.deputy), "starts": absence.starts.isoformat(),
            "ends": absence.ends.isoformat(),
        },
    )  # fmt: skip
