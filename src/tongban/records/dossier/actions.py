"""Observing facts and keeping consent."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.records.dossier import models
from tongban.records.dossier.resolution import Observed


def observe(*, acting: Acting, subject: UUID, root: UUID, observations: Collection[Observed]) -> None:
    """Add observations; an equal one that is there already is not added twice."""
    with transaction.atomic():
        latest = {
            (o.name, o.source_id, o.reference): o.value
            for o in models.Observation.objects.filter(subject=subject).order_by("observed_at", "pk")
        }
        new = [o for o in observations if latest.get((o.name, o.source_id, o.reference), ...) != o.value]
        models.Observation.objects.bulk_create(
            models.Observation(
                subject=subject, name=o.name, state="absent" if o.value is None else "known", value=o.value, source=o.source,
                source_id=o.source_id, reference=o.reference, observed_at=o.observed_at, valid_from=o.valid_from, valid_to=o.valid_to,
            )
            for o in new
        )  # fmt: skip
        if new:
            audit.record(
                acting=acting, action="facts.observed", root=root, object_kind="subject", object_id=subject,
                detail={"facts": sorted({o.name for o in new})},
            )  # fmt: skip


def give_consent(*, acting: Acting, subject: UUID, root: UUID) -> models.Consent:
    with transaction.atomic():
        consent, new = models.Consent.objects.get_or_create(
            root=root,
            withdrawn_at=None,
            defaults={"subject": subject, "given_at": acting.now, "given_by": acting.actor},
        )
        if new:
            audit.record(
                acting=acting, action="consent.given", root=root, object_kind="consent", object_id=consent.id
            )
    return consent


def withdraw_consent(*, acting: Acting, root: UUID) -> None:
    with transaction.atomic():
        for consent in models.Consent.objects.select_for_update().filter(root=root, withdrawn_at=None):
            consent.withdrawn_at = acting.now
            consent.save(update_fields=["withdrawn_at"])
            audit.record(
                acting=acting,
                action="consent.withdrawn",
                root=root,
                object_kind="consent",
                object_id=consent.id,
            )
