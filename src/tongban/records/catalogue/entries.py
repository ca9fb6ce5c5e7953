"""The public catalogue: every resource of the pack in force, with its keeper, for lists, search and export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.base.directory import queries as directory
from tongban.base.kit.text import simplified
from tongban.core.packs.model import Organisation, Resource, ResourceField
from tongban.core.packs.model_data import Element
from tongban.core.packs.pack import Pack

SHARING = ("unconditional", "conditional", "none")
OPENNESS = ("open", "conditional", "none")


@dataclass(frozen=True, slots=True)
class Entry:
    resource: Resource
    steward: Organisation | None
    """Organ that keeps it; None where the place has none for the role."""

    @property
    def grade(self) -> int:
        """The highest grade of its fields."""
        return max(field.grade for field in self.resource.fields)


@dataclass(frozen=True, slots=True)
class Column:
    """One field with what it means."""

    field: ResourceField
    element: Element | None
    type: str
    """As the field, its element or its fact declares it; empty when none does."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for; an empty part narrows nothing."""

    words: str = ""
    steward: str = ""
    """Authority role."""
    sharing: str = ""
    openness: str = ""


def entries(pack: Pack, place: str, wish: Wish | None = None) -> list[Entry]:
    """In the order of the pack; those that fit the wish."""
    found = [entry(pack, resource, place) for resource in pack.resources.values()]
    return [one for one in found if wish is None or _fits(pack, one, wish)]


def entry(pack: Pack, resource: Resource, place: str) -> Entry:
    try:
        return Entry(resource, directory.organisation_for(pack, resource.steward, place))
    except LookupError:
        return Entry(resource, None)


def columns(pack: Pack, resource: Resource) -> list[Column]:
    return [_column(pack, field) for field in resource.fields]


def _column(pack: Pack, field: ResourceField) -> Column:
    element = pack.elements.get(field.element or "")
    fact = pack.facts.get(field.fact or "")
    return Column(
        field, element, field.type or (element.type if element else "") or (fact.type if fact else "")
    )


def _fits(pack: Pack, one: Entry, wish: Wish) -> bool:
    resource = one.resource
    if wish.steward and resource.steward != wish.steward:
        return False
    if (wish.sharing and resource.sharing != wish.sharing) or (
        wish.openness and resource.openness != wish.openness
    ):
        return False
    text = _folded(" ".join(_words(pack, one)))
    return all(word in text for word in _folded(wish.words).split())


def _words(pack: Pack, one: Entry) -> Iterator[str]:
    resource = one.resource
    authority = pack.authorities.get(resource.steward)
    yield resource.id
    for text in (
        resource.name,
        resource.summary,
        authority and authority.name,
        one.steward and one.steward.name,
    ):
        if text:
            yield from (text.zh, text.en or "")
    for column in columns(pack, resource):
        yield from (column.field.id, column.field.label.zh, column.field.label.en or "")
        if column.element:
            yield from (column.element.name.zh, column.element.name.en or "")


def _folded(text: str) -> str:
    return simplified(text).casefold()
