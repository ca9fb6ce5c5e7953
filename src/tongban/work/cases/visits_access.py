"""Who may read what was asked of other authorities, and what officers found on site.

Whoever is asked for an opinion reaches the question and not the case: everything that is shown of the case goes
through the consultation and ends with it.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.work.cases import access, models


def consultations(acting: Acting) -> QuerySet[models.Consultation]:
    """Questions to the organ of the officer who acts, in their place; nobody else has any here."""
    if acting.role != "officer":
        return models.Consultation.objects.none()
    return models.Consultation.objects.filter(organisation=acting.organisation, place=acting.place)


def consultation(acting: Acting, key: UUID, *, lock: bool = False) -> models.Consultation:
    """One question by its id. Raises NotFound. With `lock` its application and case are locked first."""
    found = consultations(acting).select_related("case__application").filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such question, or it is not for your office."))
    if lock:
        models.Application.objects.select_for_update().get(pk=found.case.application_id)
        case = models.Case.objects.select_for_update().select_related("application").get(pk=found.case_id)
        found = models.Consultation.objects.select_for_update().get(pk=found.pk)
        found.case = case
    return found


def inspections(acting: Acting) -> QuerySet[models.Inspection]:
    """Officers: those of their own organ and place. Applicants: those of their own places. Nobody else."""
    if acting.role == "officer":
        return models.Inspection.objects.filter(organisation=acting.organisation, place=acting.place)
    if acting.applies:
        return models.Inspection.objects.filter(case__in=access.cases(acting))
    return models.Inspection.objects.none()
