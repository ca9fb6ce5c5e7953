"""Which of several observations of a fact counts: the pack's order of sources first, then the newest. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tongban.core.packs.model import Fact


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation as the resolution sees it. `value` None means known to be absent."""

    name: str
    value: Any
    source: str
    source_id: str
    reference: str
    observed_at: datetime
    valid_from: date | None = None
    valid_to: date | None = None


def resolve(observations: Iterable[Observed], facts: Mapping[str, Fact], at: date) -> dict[str, Observed]:
    """The observation that counts for each fact on day `at`. A fact that the pack does not know is left out."""
    best: dict[str, Observed] = {}
    for seen in observations:
        fact = facts.get(seen.name)
        if (
            fact is None
            or (seen.valid_from and at < seen.valid_from)
            or (seen.valid_to and at > seen.valid_to)
        ):
            continue
        current = best.get(seen.name)
        if current is None or _rank(seen, fact) < _rank(current, fact):
            best[seen.name] = seen
    return best


def _rank(seen: Observed, fact: Fact) -> tuple[int, float]:
    for position, source in enumerate(fact.sources):
        named = source.licence or source.registry or ("answer" if source.answer else "")
        if named == seen.source_id:
            return position, -seen.observed_at.timestamp()
    return len(fact.sources), -seen.observed_at.timestamp()
