"""What every model of a pack is made of: ids, names, citations, how far a value can be trusted."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tongban.core.values.duration import Unit

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
"""A name that rules can use: letters, digits, underscores."""
Rule = Annotated[str, StringConstraints(min_length=1)]
"""Text of a rule expression (see core/rules)."""
ArticleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+#[a-z0-9.-]+$")]
"""`act-id#number`, for example `administrative-licensing-law#32`."""


SpeaksOf = Literal["identity", "tax-paid", "registration"]
"""What a policy for firms may not turn on without ground in law (公平竞争审查条例 art. 10): which single firm it is (credit
code, name, number of a licence), the tax that it pays or owes, the place where it is registered. `lint/fair_competition`
flags rules that do."""


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


class Term(Cited):
    """A period. `amount: 0` is on the spot."""

    amount: Annotated[int, Field(ge=0)]
    unit: Unit = Unit.WORKING_DAYS
    extension: Annotated[int, Field(ge=0)] = 0
    """By how much the head of the organ may extend it, in the same unit."""
    rolls: bool = True
    """Whether a term that ends on a rest day moves to the next working day (民法典 art. 203, recalled)."""
