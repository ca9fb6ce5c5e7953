"""Reading what is known about a subject."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tongban.core.packs.pack import Pack
from tongban.records.dossier import models, resolution
from tongban.records.dossier.resolution import Observed


def observations_of(subject: UUID) -> list[Observed]:
    rows = models.Observation.objects.filter(subject=subject).order_by("observed_at")
    return [
        Observed(r.name, r.value, r.source, r.source_id, r.reference, r.observed_at, r.valid_from, r.valid_to)
        for r in rows
    ]


def facts_of(subject: UUID, pack: Pack, at: date) -> dict[str, Observed]:
    """The observation that counts for each fact on day `at`."""
    return resolution.resolve(observations_of(subject), pack.facts, at)


def has_consent(root: UUID) -> bool:
    return models.Consent.objects.filter(root=root, withdrawn_at=None).exists()
