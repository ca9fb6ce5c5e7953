"""Reading the log of look-ups."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from tongban.records.catalogue import models


def look_ups_about(subjects: Collection[UUID]) -> QuerySet[models.LookUp]:
    """Every look-up about these subjects, newest first."""
    return models.LookUp.objects.filter(about__in=list(subjects)).order_by("-at")


def look_ups_of(root: UUID) -> QuerySet[models.LookUp]:
    return models.LookUp.objects.filter(root=root).order_by("at")
