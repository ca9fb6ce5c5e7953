"""What rests on an article of law: every rule, service, material, policy, term and number of a pack.

    impact(pack, "administrative-licensing-law#42")
    ->  service food-permit (statutory)
        parameter fire_area_threshold_m2
        service fire-check (applies_when)      through parameter fire_area_threshold_m2

An article is named as packs cite it; `act-id` alone stands for all of its articles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from tongban.core.packs import kinds, rule_texts, walk
from tongban.core.packs.content import NOUNS, dotted
from tongban.core.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Use:
    """One place of a pack that rests on the article."""

    folder: str
    id: str
    path: str
    """Inside the entry, as written in YAML (`requires[2]`); empty for the entry itself."""
    through: str | None = None
    """The parameter or bracket table that cites the article, where a rule only reads that."""

    @property
    def noun(self) -> str:
        """What the entry is called: service, policy, ..."""
        return NOUNS[self.folder]


def impact(pack: Pack, article: str) -> tuple[Use, ...]:
    """Every use of the article, in order of kind, id and place. Raises KeyError for an article the pack lacks."""
    if article not in articles(pack):
        raise KeyError(article)
    cited = [
        Use(folder, entry_id, dotted(path))
        for folder, entry_id, entry in entries(pack)
        for path, part in walk.parts(entry)
        if _cites(part, article)
    ]
    numbers = {use.id for use in cited if use.folder in ("parameters", "bracket-tables")}
    return tuple(dict.fromkeys([*cited, *_through(pack, numbers)]))


def articles(pack: Pack) -> frozenset[str]:
    """Every article of the pack's laws, and every law by itself."""
    numbered = (f"{law.id}#{article.number}" for law in pack.laws.values() for article in law.articles_)
    return frozenset([*pack.laws, *numbered])


def entries(pack: Pack) -> Iterator[tuple[str, str, BaseModel]]:
    """Every entry of a pack with its folder and id."""
    for folder, (attribute, _) in kinds.KINDS.items():
        for entry_id, entry in getattr(pack, attribute).items():
            yield folder, entry_id, entry


def services_of(pack: Pack, uses: tuple[Use, ...]) -> frozenset[str]:
    """Ids of the services that the uses touch, also by a material that they require."""
    named = {use.id for use in uses if use.folder == "services"}
    materials = {use.id for use in uses if use.folder == "materials"}
    by_material = {
        service.id
        for service in pack.services.values()
        if any(requirement.material in materials for requirement in service.requires)
    }
    return frozenset(named | by_material)


def _cites(part: BaseModel, article: str) -> bool:
    cited = (*getattr(part, "articles", ()), *getattr(part, "sharing_basis", ()))
    return any(name == article or name.split("#")[0] == article for name in cited)


def _through(pack: Pack, numbers: set[str]) -> Iterator[Use]:
    """Rules that read one of these parameters or tables."""
    for folder, entry_id, entry in entries(pack):
        for path, part in walk.parts(entry):
            for name, read in _rules(pack, entry_id, part):
                for number in sorted(read & numbers):
                    yield Use(folder, entry_id, dotted((*path, name)), number)


def _rules(pack: Pack, entry_id: str, part: BaseModel) -> Iterator[tuple[str, frozenset[str]]]:
    """(field, parameters read) of each rule that the part holds."""
    name = rule_texts.RULES.get(type(part))
    text = getattr(part, name) if name else None
    if name and isinstance(text, str) and text in pack.rules:
        yield name, pack.rules[text].parameters
    amount: Any = getattr(part, "amount", None)
    if isinstance(amount, str) and entry_id in pack.amounts:
        yield "amount", pack.amounts[entry_id].parameters
