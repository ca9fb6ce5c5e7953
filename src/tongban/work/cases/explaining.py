"""A decision in words, in Chinese and English, from what its row holds: outcome, reasons, each condition, articles.

Nothing is computed: the stored findings are told, with the words of the pack that the decision was made under. `replay`
says whether they still come out. Values of facts that only the officer in charge may see are withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tongban.base.directory import queries as directory
from tongban.core.packs.lexicon import articles_of, lexicon_of
from tongban.core.packs.pack import Pack
from tongban.core.rules import explain
from tongban.core.rules.narrate.findings import narrate
from tongban.core.rules.narrate.lexicon import Source
from tongban.core.rules.narrate.narration import Narration
from tongban.core.values.text import Bilingual
from tongban.work.cases import models

LANGUAGES: Final = ("zh", "en")
OPEN: Final = 3
"""Highest grade of sensitivity whose values are told."""
_OUTCOMES: Final = {"granted": Bilingual("准予", "granted"), "refused": Bilingual("不予", "refused")}
_BY: Final = {
    True: Bilingual("由规则自动作出", "decided by rule"),
    False: Bilingual("由工作人员作出", "decided by an officer"),
}
_STATED: Final = Bilingual("申请人填写", "stated by the applicant")


@dataclass(frozen=True, slots=True)
class Told:
    """One decision in one language."""

    language: str
    number: str
    service: str
    outcome: str
    by: str
    on: date
    reasons: str
    """As they were written; the language is that of whoever wrote them."""
    why_it_applies: Narration
    conditions: tuple[Narration, ...]
    articles: tuple[str, ...]


def told(decision: models.Decision, language: str) -> Told:
    """The decision in `zh` or `en`. Raises `ObjectDoesNotExist` when its pack is not on this node."""
    pack = directory.pack(decision.pack_digest)
    service = pack.services[decision.case.service]
    withheld = frozenset(name for name, fact in pack.facts.items() if fact.sensitivity > OPEN)
    lexicon = replace(lexicon_of(pack, _sources(pack, decision.facts)), withheld=withheld)
    stored: Mapping[str, Any] = decision.findings["conditions"]
    conditions = tuple(
        narrate(
            explain.from_json(stored[one.id]), lexicon, language, heading=one.label, articles=articles_of(pack, one.articles)
        )
        for one in service.conditions
        if one.id in stored
    )  # fmt: skip
    return Told(
        language=language, number=decision.case.number, service=service.name.get(language),
        outcome=_OUTCOMES[decision.outcome].get(language), by=_BY[decision.automatic].get(language), on=decision.decided_on,
        reasons=decision.reasons,
        why_it_applies=narrate(
            explain.from_json(decision.findings["applies"]), lexicon, language, heading=service.applies_because or service.name
        ),
        conditions=conditions,
        articles=tuple(article.get(language) for article in articles_of(pack, tuple(decision.articles))),
    )  # fmt: skip


def _sources(pack: Pack, facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Source]:
    return {
        name: Source(_name_of(pack, entry), date.fromisoformat(entry["observed_at"][:10]))
        for name, entry in facts.items()
    }


def _name_of(pack: Pack, entry: Mapping[str, Any]) -> Bilingual:
    named = {"licence": pack.licences, "registry": pack.resources}.get(entry["source"], {}).get(
        entry["source_id"]
    )
    if named is not None:
        return named.name
    return _STATED if entry["source"] == "answer" else Bilingual(entry["source_id"], entry["source_id"])
