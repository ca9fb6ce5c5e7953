"""Who may see a request for evidence: whom it is about, and who acts for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tongban.base.identity import access as identity_access
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.records.licences import evidence_document as document
from tongban.records.licences import evidence_models as models
from tongban.records.licences import models as licences
from tongban.records.licences import queries as licence_queries


def asked_by(acting: Acting) -> QuerySet[models.EvidenceRequest]:
    """Requests made here for whom `acting` acts for."""
    return models.EvidenceRequest.objects.filter(subject_id__in=identity_access.subjects(acting))


def answered_by(acting: Acting) -> QuerySet[models.EvidenceConsent]:
    """Requests of other nodes that whom `acting` acts for has answered. Others open by their address alone."""
    return models.EvidenceConsent.objects.filter(holder_id__in=identity_access.subjects(acting))


def request(acting: Acting, request_id: UUID, *, lock: bool = False) -> models.EvidenceRequest:
    rows = asked_by(acting)
    found = (rows.select_for_update() if lock else rows).filter(pk=request_id).first()
    if found is None:
        raise NotFound("There is no such request, or it is not yours to see.")
    return found


def consent(acting: Acting, request_id: UUID, *, lock: bool = False) -> tuple[models.EvidenceConsent, Any]:
    """(a request of another node, the subject it is about), for that subject and who acts for it; else `NotFound`."""
    rows = models.EvidenceConsent.objects.filter(pk=request_id)
    found = (rows.select_for_update() if lock else rows).first()
    subjects = (
        identity.names_of(set(identity_access.subjects(acting))) if found and acting.post is None else {}
    )
    holder = next(
        (one for one in subjects.values() if found and document.is_holder(found.document, one.identifier)),
        None,
    )
    if found is None or holder is None:
        raise NotFound("There is no such request, or it is not yours to see.")
    return found, holder


def candidates(acting: Acting, found: models.EvidenceConsent, holder: Any) -> list[licences.Licence]:
    """Valid licences of the kind asked for, of the holder; a person also has those of the firms they represent."""
    own = holder.pk == acting.principal and acting.mandate is None
    subjects = identity_access.subjects(acting) if own else {holder.pk}
    valid = licence_queries.valid_of_subjects(subjects, acting.today)
    return [one for one in valid.filter(kind=found.document["kind"]) if one.token]
