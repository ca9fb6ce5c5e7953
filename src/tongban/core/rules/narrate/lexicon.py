"""The words that a narration needs: what names are called, units, codes, where a value comes from, articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tongban.core.rules.types import Vocabulary
from tongban.core.values.text import Bilingual


@dataclass(frozen=True, slots=True)
class Source:
    """Where what is known about a fact comes from."""

    name: Bilingual
    day: date | None = None
    """The civil day as of which it holds."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Nothing in it is required: a name without words stands for itself."""

    vocabulary: Vocabulary
    """That of the rule, to read the conditions of a finding."""
    labels: Mapping[str, Bilingual] = field(default_factory=dict[str, Bilingual])
    """Of facts, relations, `relation.field`, parameters and bracket tables."""
    units: Mapping[str, Bilingual] = field(default_factory=dict[str, Bilingual])
    """By unit as declared: "m2" is m²."""
    codes: Mapping[str, Mapping[str, Bilingual]] = field(default_factory=dict[str, Mapping[str, Bilingual]])
    """Code list, code, label."""
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])
    """By fact or relation."""
    articles: Mapping[str, tuple[Bilingual, ...]] = field(default_factory=dict[str, tuple[Bilingual, ...]])
    """What a fact, parameter or table rests on."""
    withheld: frozenset[str] = frozenset()
    """Facts and relations whose values the reader may not see."""
