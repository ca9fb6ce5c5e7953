"""Mistakes in what a service asks of others: consultations with other authorities, inspections on site."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model, model_visits
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.lint.vocabulary import repeated
from tongban.core.packs.pack import Problem


def consultations(content: Content) -> Iterator[Problem]:
    """Each asks somebody else, in time, only what it may see; silence is no answer where health or safety is at stake."""
    for merged, service in content.entries("services", model.Service):
        yield from repeated(merged, ("consultations",), "id", (one.id for one in service.consultations))
        for index, one in enumerate(service.consultations):
            yield from _consultation(merged, service, one, index)


def inspections(content: Content) -> Iterator[Problem]:
    """There is time for one, the clock stops on a ground of law, and no service decides by itself before it."""
    for merged, service in content.entries("services", model.Service):
        one = service.inspection
        if one is None:
            continue
        yield from repeated(merged, ("inspection", "looks"), "id", (look.id for look in one.looks))
        if one.required and service.automatic:
            message = "a service that the platform grants by itself cannot wait for an inspection"
            yield merged.problem("inspection", message, "take out automatic, or required", path=("inspection", "required"))  # fmt: skip
        if one.stops_clock and not one.articles:
            message = "the clock stops only for what the law names, and no article is named"
            hint = "name the article under articles, or take out stops_clock"
            yield merged.problem("inspection", message, hint, path=("inspection", "stops_clock"))
        if one.within.amount == 0:
            yield merged.problem("inspection", "there is no time for it", "write within: {amount: 5}", path=("inspection", "within"))  # fmt: skip
        if service.authority in one.joint_with:
            message = "the authority of the service is part of every visit"
            path = ("inspection", "joint_with", one.joint_with.index(service.authority))
            yield merged.problem("inspection", message, "name the other authorities", path=path)


def _consultation(
    merged: Merged, service: model.Service, one: model_visits.Consultation, index: int
) -> Iterator[Problem]:
    path = ("consultations", index)
    if one.authority == service.authority:
        message = "the authority of the service cannot be asked for its own opinion"
        yield merged.problem("consultation", message, "name another authority", path=(*path, "authority"))
    if one.silence == "no-objection" and service.health_or_safety:
        message = "where health or safety is at stake silence is no answer"
        yield merged.problem("consultation", message, "write silence: wait", path=(*path, "silence"))
    if one.required and service.automatic:
        message = "a service that the platform grants by itself cannot wait for an opinion"
        yield merged.problem("consultation", message, "take out automatic, or required", path=(*path, "required"))  # fmt: skip
    if one.within.amount == 0:
        yield merged.problem("consultation", "there is no time for it", "write within: {amount: 5}", path=(*path, "within"))  # fmt: skip
    elif one.within.unit is service.promised.unit and one.within.amount > service.promised.amount:
        message = "it takes longer than the whole service is promised to take"
        yield merged.problem("consultation", message, "shorten it", path=(*path, "within"))
    form, papers = set(service.form), {needed.material for needed in service.requires}
    for name, shown, there in (("facts", one.facts, form), ("materials", one.materials, papers)):
        for place, item in enumerate(shown):
            if item not in there:
                message = f'the service asks nobody for "{item}", so it cannot be shown'
                hint = "take it out, or add it to form or requires"
                yield merged.problem("consultation", message, hint, path=(*path, name, place))
