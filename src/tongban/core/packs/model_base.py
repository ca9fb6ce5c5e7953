"""What every model of a pack is made of: ids, names, citations, how far a value can be trusted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that rules can use: letters, digits, underscores."""
Rule = Annotated[str, StringConstraints(min_length=1)]
"""Text of a rule expression (see core/rules)."""
ArticleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+#[a-z0-9.-]+$")]
"""`act-id#number`, for example `administrative-licensing-law#32`."""


class Confidence(StrEnum):
    """How far a value can be trusted. Shown to readers; never decided in code."""

    CONFIRMED = "confirmed"  # read in the named source
    RECALLED = "recalled"  # own knowledge, not read again
    SAMPLE = "sample"  # realistic, no city's law
    DESIGN = "design"  # ours


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cited(Model):
    """A statement with its ground."""

    articles: tuple[ArticleId, ...] = ()
    source: str | None = None
    confidence: Confidence = Confidence.RECALLED


class Entry(Cited):
    id: Id
