"""Choosing the articles that a request or a decision rests on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from tongban.core.packs.model import Law
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import checks


@dataclass(frozen=True, slots=True)
class Choice:
    reference: str
    article: Any
    checked: bool


@dataclass(frozen=True, slots=True)
class Act:
    law: Law
    choices: list[Choice]

    @property
    def open(self) -> bool:
        return any(choice.checked for choice in self.choices)


def choices(pack: Pack, at: date, chosen: Collection[str], first: Collection[str] = ()) -> list[Act]:
    """Every article in force, by act; acts with a chosen article or one of `first` come first."""
    acts = []
    for law in pack.laws.values():
        references = dict.fromkeys(f"{law.id}#{article.number}" for article in law.articles_)
        found = [(ref, checks.article_of(pack, ref, at)) for ref in references]
        offered = [Choice(ref, article, ref in chosen) for ref, article in found if article is not None]
        if offered:
            acts.append(Act(law, offered))
    likely = {ref.partition("#")[0] for ref in (*chosen, *first)}
    return sorted(acts, key=lambda act: (not act.open, act.law.id not in likely))
