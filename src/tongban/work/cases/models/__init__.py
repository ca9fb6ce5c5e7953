"""Applications, their cases, what was handed in, what happened, what was decided. Private to this room."""

from __future__ import annotations

from tongban.work.cases.models.afterwards import Ending, Exclusion, Objection
from tongban.work.cases.models.applications import Application, Material, Rating
from tongban.work.cases.models.batches import Batch, BatchRow
from tongban.work.cases.models.cases import Case, CaseEvent, Correction, Decision
from tongban.work.cases.models.desk import Absence, Claim, Filing, Phrase
from tongban.work.cases.models.heard import Heard
from tongban.work.cases.models.together import Signature
from tongban.work.cases.models.told import Told
from tongban.work.cases.models.visits import OPINIONS, Consultation, Inspection

__all__ = [
    "OPINIONS",
    "Absence",
    "Application",
    "Batch",
    "BatchRow",
    "Case",
    "CaseEvent",
    "Claim",
    "Consultation",
    "Correction",
    "Decision",
    "Ending",
    "Exclusion",
    "Filing",
    "Heard",
    "Inspection",
    "Material",
    "Objection",
    "Phrase",
    "Rating",
    "Signature",
    "Told",
]
