"""Asking other authorities for their opinion, several side by side, and answering (征求意见).

    consult  -> no objection | only if | against it        by the organ that was asked, until its last day
             -> silent: no objection                        where the pack says so; the duty stays with that organ
             -> nothing yet: the case waits                 where it does not

An opinion is advice between offices. What is decided, and why, stays with the organ that decides.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.core.packs.model import Consultation
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.work.cases import access, form, models, visits_access
from tongban.work.cases.actions import awaited, decisions, events


def consult(
    *, acting: Acting, number: str, wanted: Collection[str], question: str = "", version: int | None = None
) -> models.Case:
    """Ask the authorities that the pack names for this case, all at once. Asking again who is asked already changes nothing.

    `wanted`: ids of consultations of the service. `question`: what is added to the pack's own words. Raises `Invalid`
    for one that the service does not have or that nobody in this place can answer, `NotNow` before the case is accepted.
    """
    with transaction.atomic():
        case = access.officer_case(acting, number)
        pack = form.pack_of(case.application, acting)
        declared = {one.id: one for one in pack.services[case.service].consultations}
        chosen = list(dict.fromkeys(wanted))
        organs = _organs(chosen, declared, pack, case.place)
        running = set(case.consultations.filter(answered_at=None).values_list("declared", flat=True))
        new = [name for name in chosen if name not in running]
        if not new:
            return case
        events.require_version(case, version)
        decisions.let_silence_speak(acting=acting, case=case, pack=pack)
        for name in new:
            one = declared[name]
            events.add(
                acting=acting, case=case, event=Event.CONSULT,
                detail={"consultation": name, "organisation": organs[name]},
            )  # fmt: skip
            models.Consultation.objects.create(
                case=case, declared=name, organisation=organs[name], place=case.place,
                within={"amount": one.within.amount, "unit": one.within.unit.value, "rolls": one.within.rolls},
                silence=one.silence, question=question.strip()[:2000], asked_at=acting.now, asked_on=acting.today,
                asked_by=acting.actor,
            )  # fmt: skip
    return case


def answer(*, acting: Acting, consultation: UUID, opinion: str, words: str = "") -> models.Consultation:
    """Give the opinion of one's own organ, once. The same again changes nothing; there is one answer, so no version.

    Raises `Invalid` without a choice, or without words where it is against it or only if; `NotNow` when it was answered
    before, when silence has answered, or when the case no longer waits.
    """
    problems = {}
    if opinion not in models.OPINIONS:
        problems["opinion"] = _("Choose what your office says.")
    elif opinion != "no-objection" and not words.strip():
        problems["words"] = _("Say what speaks against it, or what has to be done.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    said = words.strip()[:4000]
    with transaction.atomic():
        found = visits_access.consultation(acting, consultation, lock=True)
        if found.answered_at is not None:
            if (found.opinion, found.words, found.answered_by) == (opinion, said, acting.actor):
                return found
            raise NotNow(_already(found))
        case = found.case
        pack = form.pack_of(case.application, acting)
        if case.state != "accepted":
            raise NotNow(_("This case no longer waits for an opinion: it was decided or has ended."))
        now = awaited.standing(found, pack, acting.today)
        if now.stand == "deemed":
            raise NotNow(
                _("The last day was %(day)s. Silence counts as no objection from then on.")
                % {"day": now.due.day.isoformat()}
            )
        found.opinion, found.words = opinion, said
        found.answered_at, found.answered_on, found.answered_by = acting.now, acting.today, acting.actor
        found.save()
        events.add(
            acting=acting, case=case, event=Event.ANSWER_CONSULTATION,
            detail={"consultation": str(found.id), "organisation": found.organisation, "opinion": opinion},
        )  # fmt: skip
    return found


def _organs(
    chosen: Collection[str], declared: dict[str, Consultation], pack: Pack, place: str
) -> dict[str, str]:
    """The organ of this place for each; raises Invalid with what is wrong with each."""
    problems: dict[str, str] = {}
    organs: dict[str, str] = {}
    if not chosen:
        problems["wanted"] = _("Choose at least one authority.")
    for name in chosen:
        if name not in declared:
            problems[name] = _("The service asks nobody this.")
            continue
        try:
            organs[name] = directory.organisation_for(pack, declared[name].authority, place).id
        except LookupError:
            problems[name] = _("No organ of this place can be asked. Tell whoever looks after the content.")
    if problems:
        raise Invalid(_("Some entries need another look."), fields=problems)
    return organs


def _already(found: models.Consultation) -> str:
    if found.opinion == "silent":
        return _("The last day was %(day)s. Silence counts as no objection from then on.") % {
            "day": found.answered_on.isoformat() if found.answered_on else ""
        }
    return _("Your office has answered this already.")
