"""Mistakes within one service: its terms, its tolerance, and lists that repeat themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tongban.core.packs import model, walk
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint.vocabulary import repeated
from tongban.core.packs.pack import Problem
from tongban.core.values.duration import Unit

LONGEST: Final = {Unit.WORKING_DAYS: 1000, Unit.CALENDAR_DAYS: 1830, Unit.MONTHS: 60, Unit.HOURS: 720}
"""About five years (hours: a month). A longer term is taken for a slip of the pen."""


def terms(content: Content) -> Iterator[Problem]:
    """A promise is never longer than the law allows, in the standard way and in each variant."""
    for merged, service in content.entries("services", model.Service):
        yield from _promise(merged, service.promised, service.statutory, ("promised",))
        for index, variant in enumerate(service.variants):
            if variant.promised is None and variant.statutory is None:
                continue
            promised, statutory = variant.promised or service.promised, variant.statutory or service.statutory
            name = "promised" if variant.promised else "statutory"
            yield from _promise(merged, promised, statutory, ("variants", index, name))
        for path, part in walk.parts(service):
            if isinstance(part, model.Term) and part.amount > LONGEST[part.unit]:
                message = f"{said(part)} is longer than any term we know"
                hint = f"check amount and unit; at most {LONGEST[part.unit]} {words(part.unit)}"
                yield merged.problem("term-too-long", message, hint, path=(*path, "amount"))


def tolerance(content: Content) -> Iterator[Problem]:
    """Tolerant acceptance is for promised cases outside health and safety (湘西州政办发〔2022〕29号 art. 2)."""
    for merged, service in content.entries("services", model.Service):
        if service.tolerance is None:
            continue
        if service.case_type == "instant":
            reason = "an instant service has no time in which a material could follow"
        elif service.health_or_safety:
            reason = "a service that touches health or safety takes no application without all materials"
        else:
            continue
        yield merged.problem("tolerance", reason, "take out tolerance", path=("tolerance",))


def commitment(content: Content) -> Iterator[Problem]:
    """A decision on a promise needs a promise and a day for its check, and nothing else has either (告知承诺)."""
    for merged, service in content.entries("services", model.Service):
        for index, variant in enumerate(service.variants):
            path = ("variants", index)
            if not variant.on_commitment:
                for name in ("verify", "remedy", "excluded_for"):
                    if getattr(variant, name) is not None:
                        message = "nothing is promised this way, so there is nothing to check"
                        yield merged.problem(
                            "commitment",
                            message,
                            "add on_commitment: true, or take it out",
                            path=(*path, name),
                        )
                continue
            if variant.verify is None:
                message = "a decision on a promise needs a term in which the promise is checked"
                yield merged.problem(
                    "commitment", message, "add verify: {amount: 20}", path=(*path, "on_commitment")
                )
            if not _has_promise(content, service):
                message = "nothing that this service asks for is a promise to sign"
                hint = "require a material with an alternative commitment: {zh: ..., en: ...}"
                yield merged.problem("commitment", message, hint, path=(*path, "on_commitment"))


def _has_promise(content: Content, service: model.Service) -> bool:
    """Whether one of its materials can be met by a signature; a material that could not be read may be the one."""
    known = content.known("materials")
    for requirement in service.requires:
        material = content.get("materials", model.Material, requirement.material)
        if material is None and requirement.material in known:
            return True
        if material and any(way.commitment for way in material.alternatives):
            return True
    return False


def repeats(content: Content) -> Iterator[Problem]:
    """Conditions and variants of a service with the same id, services of a life event named twice."""
    for merged, service in content.entries("services", model.Service):
        yield from repeated(merged, ("conditions",), "id", (entry.id for entry in service.conditions))
        yield from repeated(merged, ("variants",), "id", (entry.id for entry in service.variants))
        yield from repeated(merged, ("form",), "fact", service.form)
    for merged, event in content.entries("life-events", model.LifeEvent):
        yield from repeated(merged, ("services",), "service", event.services)


def said(term: model.Term) -> str:
    """A term in words: `20 working days`, `1 month`."""
    plural = words(term.unit)
    return f"{term.amount} {plural.removesuffix('s') if term.amount == 1 else plural}"


def words(unit: Unit) -> str:
    """A unit in words."""
    return unit.value.replace("_", " ")


def _promise(
    merged: Merged, promised: model.Term, statutory: model.Term | None, path: walk.Path
) -> Iterator[Problem]:
    if statutory is not None and certainly_longer(promised, statutory):
        message = f"the promised term, {said(promised)}, is longer than the statutory one, {said(statutory)}"
        yield merged.problem(
            "promise-too-long", message, "promise no more than the statutory term", path=path
        )


def certainly_longer(one: model.Term, other: model.Term) -> bool:
    """Whether the first term is certainly longer; terms that may be either are not."""
    if one.unit is other.unit:
        return one.amount > other.amount
    longest = _most_days(other)
    return longest is not None and _least_days(one) > longest


def _least_days(term: model.Term) -> int:
    return {Unit.MONTHS: 28 * term.amount, Unit.HOURS: -(-term.amount // 24)}.get(term.unit, term.amount)


def _most_days(term: model.Term) -> int | None:
    """None: how many days working days take depends on the year."""
    return {
        Unit.WORKING_DAYS: None,
        Unit.MONTHS: 31 * term.amount,
        Unit.HOURS: -(-term.amount // 24),
        Unit.CALENDAR_DAYS: term.amount,
    }[term.unit]
