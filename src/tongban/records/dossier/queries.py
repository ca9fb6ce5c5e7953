"""Reading what is known about a subject."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from tongban.core.packs.pack import Pack
from tongban.records.dossier import models, resolution
from tongban.records.dossier.resolution import Observed


def observations_of(subject: UUID) -> list[Observed]:
    rows = models.Observation.objects.filter(subject=subject).order_by("observed_at", "pk")
    return [
        Observed(r.name, r.value, r.source, r.source_id, r.reference, r.observed_at, r.valid_from, r.valid_to)
        for r in rows
    ]


def observations_of_many(subjects: Collection[UUID], names: Collection[str]) -> Mapping[UUID, list[Observed]]:
    """Of each subject what was said about these facts, in one query; of whom nothing was, nothing."""
    found: defaultdict[UUID, list[Observed]] = defaultdict(list)
    rows = models.Observation.objects.filter(subject__in=subjects, name__in=names).order_by(
        "observed_at", "pk"
    )
    columns = "name", "value", "source", "source_id", "reference", "observed_at", "valid_from", "valid_to"
    for subject, *seen in rows.values_list("subject", *columns).iterator():
        found[subject].append(Observed(*seen))
    return found


def facts_of(subject: UUID, pack: Pack, at: date) -> dict[str, Observed]:
    """The observation that counts for each fact on day `at`."""
    return resolution.resolve(observations_of(subject), pack.facts, at)


def has_consent(root: UUID) -> bool:
    return bool(consented([root]))


def consented(roots: Collection[UUID]) -> frozenset[UUID]:
    """Those of them for which a consent is in force."""
    found = models.Consent.objects.filter(root__in=roots, withdrawn_at=None)
    return frozenset(found.values_list("root", flat=True))
