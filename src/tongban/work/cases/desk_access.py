"""What of the desk's own affairs the one who acts may see: claims, absences, texts, filings at the window."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.work.cases import models


def leads(acting: Acting) -> bool:
    """Whether the officer who acts leads the team of their organ and place."""
    return acting.role == "officer" and identity.leads(acting.post, acting.now)


def claims(acting: Acting) -> QuerySet[models.Claim]:
    """Officers: in whose hands the cases of their own organ and place are. Everybody else: none."""
    if acting.role != "officer":
        return models.Claim.objects.none()
    return models.Claim.objects.filter(case__organisation=acting.organisation, case__place=acting.place)


def absences(acting: Acting) -> QuerySet[models.Absence]:
    """Officers: their own and those they stand in for; whoever leads: everybody's of organ and place."""
    if acting.role != "officer":
        return models.Absence.objects.none()
    here = models.Absence.objects.filter(organisation=acting.organisation, place=acting.place)
    return here if leads(acting) else here.filter(Q(account=acting.actor) | Q(deputy=acting.actor))


def phrases(acting: Acting) -> QuerySet[models.Phrase]:
    """Officers: texts that their organ shares in their place, and their own. Everybody else: none."""
    if acting.role != "officer":
        return models.Phrase.objects.none()
    here = models.Phrase.objects.filter(organisation=acting.organisation, place=acting.place, deleted_at=None)
    return here.filter(Q(owner=None) | Q(owner=acting.actor))


def filings(acting: Acting) -> QuerySet[models.Filing]:
    """Window clerks: what they fill in for somebody right now. Everybody else: none."""
    if acting.role != "clerk":
        return models.Filing.objects.none()
    return models.Filing.objects.filter(
        clerk=acting.actor, organisation=acting.organisation, place=acting.place, closed_at=None
    )
