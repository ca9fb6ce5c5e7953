"""Services of one life event that wait for each other's results and so could never begin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tongban.core.packs import model
from tongban.core.packs.content import Content
from tongban.core.packs.pack import Problem

_Needs = Mapping[str, tuple[tuple[int, frozenset[str]], ...]]
"""Service -> for each requirement that only other services of the event can meet: its index and those services."""


def circles(content: Content) -> Iterator[Problem]:
    """Each circle once, at the requirement that closes it."""
    reported: set[frozenset[str]] = set()
    for _, event in content.entries("life-events", model.LifeEvent):
        needs = _needs(content, event)
        for circle in _find(needs):
            if frozenset(circle) in reported:
                continue
            reported.add(frozenset(circle))
            first, second = circle[0], circle[1]
            index = next(index for index, makers in needs[first] if second in makers)
            path = " → ".join(circle)
            message = f"in the life event {event.id} services wait for each other in a circle: {path}"
            hint = "let one of them accept an upload, a registry or a commitment instead"
            merged = content.merged["services"][first]
            yield merged.problem("circle", message, hint, path=("requires", index))


def _needs(content: Content, event: model.LifeEvent) -> _Needs:
    services = {name: content.get("services", model.Service, name) for name in event.services}
    makers: dict[str, set[str]] = {}
    for name, service in services.items():
        if service and service.result.licence:
            makers.setdefault(service.result.licence, set()).add(name)
    needs: dict[str, tuple[tuple[int, frozenset[str]], ...]] = {}
    for name, service in services.items():
        requires = service.requires if service else ()
        found = (
            (index, _only_from(content, needed.material, makers)) for index, needed in enumerate(requires)
        )
        # A service that needs the licence it issues renews or changes one that is held already.
        needs[name] = tuple((index, from_) for index, from_ in found if from_ and name not in from_)
    return needs


def _only_from(content: Content, material_id: str, makers: Mapping[str, set[str]]) -> frozenset[str]:
    """The services that alone can supply a material; empty when it can also come from elsewhere."""
    material = content.get("materials", model.Material, material_id)
    if material is None:
        return frozenset()
    sources = [makers.get(alternative.licence or "", set[str]()) for alternative in material.alternatives]
    return frozenset[str]().union(*sources) if all(sources) else frozenset()


def _find(needs: _Needs) -> Iterator[tuple[str, ...]]:
    """Circles among the services that can never begin, each as `a, b, a` beginning with the smallest name."""
    stuck = set(needs)
    while free := {name for name in stuck if all(makers - stuck for _, makers in needs[name])}:
        stuck -= free
    left = set(stuck)
    while left:
        path = [min(left)]
        while (step := _waits_for(needs, path[-1], stuck)) in left and step not in path:
            path.append(step)
        if step in path:
            circle = path[path.index(step) :]
            turn = circle.index(min(circle))
            yield (*circle[turn:], *circle[:turn], circle[turn])
        left -= set(path)


def _waits_for(needs: _Needs, name: str, stuck: set[str]) -> str:
    """A service that a stuck one waits for and that is stuck itself."""
    return min(next(makers for _, makers in needs[name] if makers <= stuck))
