"""The words with which a pack's rules are read, and put into words: what `rules` needs of a pack, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tongban.core.packs import facts
from tongban.core.packs.model import Fact, Parameter
from tongban.core.packs.pack import Pack
from tongban.core.rules import types
from tongban.core.rules.narrate.lexicon import Lexicon, Source
from tongban.core.rules.tables import spoken
from tongban.core.values.text import Bilingual

_NOBODY: Final[Mapping[str, Source]] = MappingProxyType({})


def vocabulary_of(pack: Pack) -> types.Vocabulary:
    """Every name that a rule over the facts of a pack may use."""
    return facts.vocabulary(pack.facts, pack.parameters, pack.code_lists, pack.bracket_tables, pack.relations)


def spoken_of(pack: Pack) -> spoken.Spoken:
    """The labels that may stand in a decision table for names and codes."""

    def said(*kinds: Mapping[str, Fact] | Mapping[str, Parameter]) -> spoken.Labels:
        entries = [entry for kind in kinds for entry in kind.values()]
        return spoken.labels(
            (text, entry.id) for entry in entries for text in (entry.label.zh, entry.label.en)
        )

    return spoken.Spoken(
        said(pack.facts),
        said(pack.facts, pack.parameters),
        {
            name: spoken.labels(
                (text, item.code) for item in codes.items for text in (item.label.zh, item.label.en)
            )
            for name, codes in pack.code_lists.items()
        },
    )


def lexicon_of(pack: Pack, sources: Mapping[str, Source] = _NOBODY) -> Lexicon:
    """The labels, units, codes and articles that a pack declares; `sources` say whose word a known fact is."""
    named = (pack.facts, pack.relations, pack.parameters, pack.bracket_tables)
    labels = {name: entry.label for kind in named for name, entry in kind.items()}
    labels |= {
        f"{relation.id}.{field.id}": field.label
        for relation in pack.relations.values()
        for field in relation.fields
    }
    return Lexicon(
        vocabulary=vocabulary_of(pack),
        labels=labels,
        units={fact.unit: fact.unit_label for fact in pack.facts.values() if fact.unit and fact.unit_label},
        codes={
            name: {item.code: item.label for item in codes.items} for name, codes in pack.code_lists.items()
        },
        sources=sources,
        articles={
            name: articles_of(pack, entry.articles)
            for kind in (pack.parameters, pack.bracket_tables)
            for name, entry in kind.items()
            if entry.articles
        },
    )


def articles_of(pack: Pack, cited: tuple[str, ...]) -> tuple[Bilingual, ...]:
    """Articles (`act#number`) in words; an act that the pack does not hold stands as it is written."""
    found: list[Bilingual] = []
    for article in cited:
        act, _, number = article.partition("#")
        law = pack.laws.get(act)
        name = law.name if law else Bilingual(act, act)
        found.append(Bilingual(f"《{name.zh.strip('《》')}》第{number}条", f"{name.en}, article {number}"))
    return tuple(found)
