"""How long files are kept: a class is one thing or the other, and every service has exactly one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tongban.core.packs import model, model_retention, shapes
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint.locks import COUNTRY
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


def kept_as_long(content: Content) -> Iterator[Problem]:
    """No layer keeps the files of a service for less time than one below it that binds (`locks`)."""
    order = [manifest.id for manifest in content.manifests]
    binding = {m.id for index, m in enumerate(content.manifests) if index == 0 or m.jurisdiction != COUNTRY}
    bound: str | None = None
    for layer in order:
        if bound is not None:
            yield from _shorter(content, order, bound, layer)
        if layer in binding:
            bound = layer


def _shorter(content: Content, order: list[str], lower: str, upper: str) -> Iterator[Problem]:
    told: dict[tuple[str, str], list[str]] = {}
    for merged, service in content.entries("services", model.Service):
        if order.index(merged.layers["id"]) > order.index(lower):
            continue
        before, after = (_class_of(content, order, layer, service) for layer in (lower, upper))
        if before is None or after is None or _length(before[1]) <= _length(after[1]):
            continue
        spoken = _spoken_by(content, upper, after[0]) or _spoken_by(content, upper, before[0])
        if spoken is not None:
            told.setdefault(spoken, []).append(service.id)
    for (entry, field), services in told.items():
        message = f"the layer {upper} keeps {', '.join(services)} for less time than {lower} does"
        yield content.known("retention")[entry].problem(
            "lock", message, "keep them at least as long as below", path=(field,)
        )


def _class_of(
    content: Content, order: list[str], layer: str, service: model.Service
) -> tuple[str, dict[str, Any]] | None:
    """(id, fields) of the class that keeps a service, as the layers up to that one have it."""
    known = set(order[: order.index(layer) + 1])
    of_kind: tuple[str, dict[str, Any]] | None = None
    for entry, merged in content.known("retention").items():
        fields = {
            name: shapes.data(values[-1], Any)
            for name, spoken in merged.history.items()
            if (values := [value for said, value in spoken if said in known])
        }
        if service.id in (fields.get("services") or ()):
            return entry, fields
        if service.kind in (fields.get("kinds") or ()):
            of_kind = entry, fields
    return of_kind


def _length(fields: dict[str, Any]) -> tuple[bool, int, bool]:
    """For comparing: whether for ever, years, and whether these count from the next year."""
    years = str(fields.get("years") or "")
    if fields.get("permanent") or not years.isdecimal():
        return True, 0, True
    return False, int(years), fields.get("counts_from") != "closing"


def _spoken_by(content: Content, layer: str, entry: str) -> tuple[str, str] | None:
    """The field of a class that a layer wrote, the one that says most about the length."""
    history = content.known("retention")[entry].history
    for name in ("years", "counts_from", "permanent", "services", "kinds"):
        if any(said == layer for said, _value in history.get(name, ())):
            return entry, name
    return None


def _twice(merged: Merged, seen: dict[str, str], field: str, names: tuple[str, ...]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        earlier = seen.setdefault(name, merged.id)
        if earlier != merged.id:
            message = f'the class {earlier} keeps "{name}" already'
            yield merged.problem("retention", message, "name it in one class", path=(field, index))
