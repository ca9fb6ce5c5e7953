"""What a decision waits for: the opinions of other authorities and what officers find on site.

Silence counts where the pack says so, and from the day that it says: it is written down before anything rests on it,
by a clock or by whoever acts first.
"""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import NotNow
from tongban.core.packs.pack import Pack
from tongban.core.procedures import consultations as core
from tongban.core.procedures.model import Event
from tongban.core.values.duration import Duration, Unit
from tongban.work.cases import form, models
from tongban.work.cases.actions import commitments, events


def standing(found: models.Consultation, pack: Pack, today: date) -> core.Standing:
    """Where a question stands at the end of `today`; `pack` is that of the case."""
    within = found.within
    asked = core.Asked(
        on=found.asked_on,
        within=Duration(within["amount"], Unit(within["unit"])),
        silence=found.silence,  # type: ignore[arg-type]
        answered_on=found.answered_on,
        rolls=within["rolls"],
    )
    return core.standing(asked, form.calendar_of(found.case.application, pack), today)


def lapse_due(*, acting: Acting, case: models.Case, pack: Pack) -> int:
    """Write down every silence of a locked case whose last day is over; how many. Once each, whoever calls."""
    if case.state != "accepted":
        return 0
    by_law = system(
        acting.now, case.place, "silence of another authority", acting.request_id, acting.time_zone
    )
    lapsed = 0
    for found in case.consultations.filter(answered_at=None, silence="no-objection").order_by(
        "asked_at", "pk"
    ):
        now = standing(found, pack, acting.today)
        if now.stand != "deemed":
            continue
        found.opinion, found.answered_at, found.answered_on = "silent", acting.now, now.due.day
        found.save(update_fields=["opinion", "answered_at", "answered_on"])
        events.add(
            acting=by_law, case=case, event=Event.LAPSE_CONSULTATION, day=now.due.day,
            detail={"consultation": str(found.id), "organisation": found.organisation, "day": now.due.day.isoformat()},
        )  # fmt: skip
        lapsed += 1
    return lapsed


def refuse_open(*, acting: Acting, case: models.Case, pack: Pack, outcome: str) -> None:
    """Raise NotNow while the case waits for an opinion or for an inspection, saying for whose and until when.

    What is decided on a promise is inspected afterwards, so nothing on site is awaited then.
    """
    if case.state not in ("submitted", "accepted"):
        return
    _refuse_open_opinions(acting, case, pack)
    inspection = pack.services[case.service].inspection
    inspected = list(case.inspections.order_by("ordered_at"))
    if any(one.confirmed_at is None for one in inspected):
        raise NotNow(
            _(
                "An inspection is ordered and its result is not confirmed yet. Record and confirm it, then decide."
            )
        )
    if inspection is None or commitments.way_of(case, pack) is not None:
        return
    if inspection.required and not inspected:
        raise NotNow(
            _("Nothing is decided here before officers have looked at the place. Order an inspection.")
        )
    if outcome == "granted" and inspected and inspected[-1].result == "failed":
        raise NotNow(
            _(
                "The last inspection found something that is not in order. Order another one, or refuse with its reasons."
            )
        )


def _refuse_open_opinions(acting: Acting, case: models.Case, pack: Pack) -> None:
    asked = list(case.consultations.order_by("asked_at", "pk"))
    for found in asked:
        if found.answered_at is None:
            raise NotNow(
                _(
                    "%(organ)s was asked for its opinion and has until %(day)s to answer. Nothing is decided before that."
                )
                % {
                    "organ": _organ(pack, found.organisation),
                    "day": standing(found, pack, acting.today).due.day.isoformat(),
                }
            )
    there = {found.declared for found in asked}
    for one in pack.services[case.service].consultations:
        if one.required and one.id not in there and commitments.way_of(case, pack) is None:
            raise NotNow(
                _("Nothing is decided here before another authority was asked: %(about)s")
                % {"about": one.about.get(get_language() or "zh-hans")}
            )


def _organ(pack: Pack, organisation: str) -> str:
    organ = pack.organisations.get(organisation)
    return organ.name.get(get_language() or "zh-hans") if organ else organisation
