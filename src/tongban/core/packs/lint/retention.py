"""How long files are kept: a class is one thing or the other, and every service has exactly one."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model, model_retention
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Problem


def retention(content: Content) -> Iterator[Problem]:
    """Classes without a length or with two, services or kinds in two classes, and services in none.

    A pack without classes says nothing about it: then everything is kept.
    """
    of_kind: dict[str, str] = {}
    of_service: dict[str, str] = {}
    for merged, one in content.entries("retention", model_retention.RetentionClass):
        if (one.years is None) is not one.permanent:
            message = "is kept for a number of years or permanently: write one of them"
            yield merged.problem("retention", message, "years: 10, or permanent: true", path=("years",))
        yield from _twice(merged, of_kind, "kinds", one.kinds)
        yield from _twice(merged, of_service, "services", one.services)
    if not content.known("retention"):
        return
    complete = len(content.known("retention")) == len(content.models.get("retention", {}))
    for merged, service in content.entries("services", model.Service) if complete else ():
        if service.id not in of_service and service.kind not in of_kind:
            message = "no class of retention says how long its files are kept"
            hint = f"name it under services, or {service.kind} under kinds, in retention/"
            yield merged.problem("no-retention", message, hint)


def _twice(merged: Merged, seen: dict[str, str], field: str, names: tuple[str, ...]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        earlier = seen.setdefault(name, merged.id)
        if earlier != merged.id:
            message = f'the class {earlier} keeps "{name}" already'
            yield merged.problem("retention", message, "name it in one class", path=(field, index))
