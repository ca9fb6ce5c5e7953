"""Who may see a licence: its holder, who acts for the holder, and officers of the organisation that issued it.

Everybody else, auditors included, learns nothing, not even that it exists. Auditors read the audit, which holds ids.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.base.identity import access as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.records.licences import models

ISSUING = frozenset({"officer", "clerk"})


def visible_to(acting: Acting) -> QuerySet[models.Licence]:
    """The only way to licences for a person."""
    if acting.role == "applicant" and acting.post is None:
        return models.Licence.objects.filter(holder_id__in=identity.subjects(acting))
    if acting.role in ISSUING:
        return models.Licence.objects.filter(_issued_by(acting))
    return models.Licence.objects.none()


def changeable_by(acting: Acting) -> QuerySet[models.Licence]:
    """Licences whose status this officer, or the platform itself, may change."""
    if acting.role == "system":
        return models.Licence.objects.all()
    if acting.role == "officer":
        return models.Licence.objects.filter(_issued_by(acting))
    return models.Licence.objects.none()


def get(acting: Acting, licence_id: UUID) -> models.Licence:
    return _one(visible_to(acting), licence_id)


def get_to_change(acting: Acting, licence_id: UUID) -> models.Licence:
    """The row, locked until the transaction ends."""
    return _one(changeable_by(acting).select_for_update(), licence_id)


def may_issue(acting: Acting, organisation: str, place: str) -> bool:
    """Officers for their own organisation; the platform when it carries out a decision."""
    return acting.role == "system" or (
        acting.role == "officer" and acting.organisation == organisation and acting.place == place
    )


def _issued_by(acting: Acting) -> Q:
    return Q(issuer_organisation=acting.organisation, place=acting.place)


def _one(licences: QuerySet[models.Licence], licence_id: UUID) -> models.Licence:
    licence = licences.filter(pk=licence_id).first()
    if licence is None:
        raise NotFound("There is no such licence, or it is not yours to see.")
    return licence
