"""What keeps a pack from being official: every entry and number that nobody has confirmed in its source.

    services/food.yaml:12:3: service food-permit (promised): its confidence is "recalled", not "confirmed"

A pack that is sound may still rest on memory, samples and our own design; a place that puts it in force for people
wants to know all of it, and where it stands. What says nothing of its confidence counts as recalled.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pydantic import BaseModel

from tongban.core.packs import walk
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.model_base import Confidence
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Problem

_FIELD: Final = "confidence"
_YEAR: Final = re.compile(r"(?<!\d)(19|20)\d\d(?!\d{2})")


def unconfirmed(content: Content) -> tuple[Problem, ...]:
    """One problem for each entry, and each part of one that has a confidence of its own; in order of file and line."""
    found = [
        problem
        for folder, entries in content.models.items()
        for entry_id, model in entries.items()
        for problem in _of_entry(content.merged[folder][entry_id], model)
    ]
    return tuple(sorted(found, key=lambda problem: (_place(problem), problem.message)))


def undated(content: Content) -> tuple[Problem, ...]:
    """Policies for firms whose fair competition review names no year, so neither a date nor a document (公平竞争审查条例
    art. 18). Lint takes any sentence for a record."""
    return tuple(
        merged.problem(
            "review-undated",
            "the record of the fair competition review names neither its date nor its document",
            "write the date and the number of the review, as in 2025-11-20, review no. 12 of 2025",
            path=("fair_competition_review",),
        )
        for merged, policy in content.entries("policies", Policy)
        if policy.subject == "enterprise" and not _YEAR.search(policy.fair_competition_review)
    )


def _of_entry(entry: Merged, model: BaseModel) -> Iterator[Problem]:
    for path, part in walk.parts(model):
        confidence = getattr(part, _FIELD, None)
        if isinstance(confidence, Confidence) and confidence is not Confidence.CONFIRMED:
            problem = entry.problem(
                "not-confirmed",
                f'its confidence is "{confidence.value}", not "{Confidence.CONFIRMED.value}"',
                "read it in its source, name that under source and write confidence: confirmed",
                path=path,
            )
            yield replace(problem, position=entry.position(*path, _FIELD))


def _place(problem: Problem) -> tuple[str, int, int]:
    return problem.position.file, problem.position.line, problem.position.column
