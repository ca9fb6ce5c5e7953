"""What a guide page says about services, materials and law: read from the pack, nothing added."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from tongban.core.packs import model
from tongban.core.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Way:
    """One way to meet a material: `licence`, `registry`, `upload`, `form` or `commitment`."""

    kind: str
    alternative: model.Alternative
    holder: object = None
    """The licence kind or the registry resource that supplies it."""
    along: tuple[model.Material, ...] = ()
    """What it takes besides."""


@dataclass(frozen=True, slots=True)
class Needed:
    requirement: model.Requirement
    material: model.Material
    ways: tuple[Way, ...]

    @property
    def always(self) -> bool:
        return self.requirement.when.strip().upper() == "TRUE"

    @property
    def by_hand(self) -> bool:
        """Whether, at worst, the applicant has to hand something in."""
        return all(way.kind == "upload" for way in self.ways)


@dataclass(frozen=True, slots=True)
class Basis:
    law: model.Law
    articles: tuple[model.Article, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """An event done service by service against done as one thing, if every service applies."""

    alone: tuple[tuple[model.Service, int, int], ...]
    """(service, steps, visits) for whoever does it by itself."""
    steps_together: int
    visits_together: int

    @property
    def steps_alone(self) -> int:
        return sum(steps for _service, steps, _visits in self.alone)

    @property
    def visits_alone(self) -> int:
        return sum(visits for _service, _steps, visits in self.alone)


def events(pack: Pack) -> list[model.LifeEvent]:
    """All life events, those that are declared in full first."""
    return sorted(pack.life_events.values(), key=lambda event: not event.complete)


def needed(pack: Pack, service: model.Service) -> list[Needed]:
    return [
        Needed(
            requirement,
            pack.materials[requirement.material],
            tuple(_ways(pack, pack.materials[requirement.material])),
        )
        for requirement in service.requires
    ]


def basis(pack: Pack, *entries: BaseModel) -> list[Basis]:
    """Every article that these entries rest on, by law, each once."""
    wanted = dict.fromkeys(article for entry in entries for article in _cited(entry))
    found: dict[str, list[model.Article]] = {}
    for reference in wanted:
        act, _, number = reference.partition("#")
        law = pack.laws.get(act)
        if law is not None:
            found.setdefault(act, []).extend(a for a in law.articles_ if a.number == number)
    return [Basis(pack.laws[act], tuple(articles)) for act, articles in found.items()]


def saving(pack: Pack, event: model.LifeEvent) -> Saving:
    services = [pack.services[service] for service in event.services]
    alone = tuple((service, service.alone.steps, service.alone.visits) for service in services)
    return Saving(alone, event.together.steps, event.together.visits)


def authorities(pack: Pack, event: model.LifeEvent) -> list[model.Authority]:
    """The authorities of an event, the leading one first."""
    ids = dict.fromkeys((event.lead, *(pack.services[service].authority for service in event.services)))
    return [pack.authorities[one] for one in ids if one in pack.authorities]


def organs(pack: Pack, authority: str) -> list[model.Organisation]:
    return [organ for organ in pack.organisations.values() if organ.authority == authority]


def events_with(pack: Pack, service_id: str) -> list[model.LifeEvent]:
    return [event for event in pack.life_events.values() if service_id in event.services]


def layer_name(pack: Pack, folder: str, entry: str, field: str) -> object:
    """Name of the layer that set a field; None when it is the only layer or nobody wrote it down."""
    layer = pack.provenance.get((folder, entry, field))
    manifest = next((one for one in pack.layers if one.id == layer), None)
    return manifest.name if manifest is not None and len(pack.layers) > 1 else None


def services_citing(pack: Pack, act: str) -> list[model.Service]:
    return [s for s in pack.services.values() if any(ref.partition("#")[0] == act for ref in _cited(s))]


def _ways(pack: Pack, material: model.Material) -> Iterator[Way]:
    for alternative in material.alternatives:
        along = tuple(pack.materials[name] for name in alternative.along_with)
        if alternative.licence:
            yield Way("licence", alternative, pack.licences.get(alternative.licence), along)
        elif alternative.registry:
            yield Way("registry", alternative, pack.resources.get(alternative.registry), along)
        else:
            kind = "upload" if alternative.upload else "commitment" if alternative.commitment else "form"
            yield Way(kind, alternative, None, along)


def _cited(value: object) -> Iterator[str]:
    """Article references anywhere inside an entry, in reading order."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            child = getattr(value, name)
            if name == "articles" and isinstance(child, tuple):
                yield from child
            else:
                yield from _cited(child)
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
        for child in value:
            yield from _cited(child)
