"""What time and silence bring about: renewals that can be found, reminders in time, holders who are heard."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model
from tongban.core.packs.content import Content
from tongban.core.packs.lint import services
from tongban.core.packs.pack import Problem


def renewals(content: Content) -> Iterator[Problem]:
    """A renewal issues the kind it prolongs, which must end some day and be among its materials (行政许可法 art. 50)."""
    for merged, service in content.entries("services", model.Service):
        renewal = service.renewal
        if renewal is None:
            continue
        if service.result.licence != renewal.licence:
            message = f'it prolongs "{renewal.licence}" and issues another licence'
            yield merged.problem("renewal", message, f"write result: licence: {renewal.licence}", path=("renewal", "licence"))  # fmt: skip
        kind = content.get("licences", model.LicenceKind, renewal.licence)
        if kind is not None and kind.validity.years is None:
            message = f'"{renewal.licence}" is valid without end, so there is nothing to prolong'
            yield merged.problem("renewal", message, "take out renewal", path=("renewal", "licence"))
        if not _is_shown(content, service, renewal.licence):
            message = f'none of its materials is "{renewal.licence}", so its last day cannot be known'
            hint = "require a material with an alternative licence: of that kind"
            yield merged.problem("renewal", message, hint, path=("renewal", "licence"))
        if renewal.by_silence and service.kind != "permit":
            message = "only a permit is renewed by silence"
            yield merged.problem("renewal", message, "write by_silence: false", path=("renewal",))
        if renewal.apply_from is not None and services.certainly_longer(
            renewal.apply_before, renewal.apply_from
        ):
            message = (
                f"it can be applied for {services.said(renewal.apply_from)} before the last day at the earliest, "
                f"and must be {services.said(renewal.apply_before)} before"
            )
            hint = "make apply_from longer than apply_before"
            yield merged.problem("renewal", message, hint, path=("renewal", "apply_from"))


def answers(content: Content) -> Iterator[Problem]:
    """A reminder comes before the last day and after the first."""
    for merged, service in content.entries("services", model.Service):
        answering = service.correction
        if answering is None or answering.remind is None:
            continue
        one, whole = answering.remind, answering.within
        if services.certainly_longer(one, whole) or (one.unit, one.amount) == (whole.unit, whole.amount):
            message = f"a reminder {services.said(answering.remind)} before the last day of {services.said(answering.within)} comes too early"
            yield merged.problem("reminder", message, "remind later than the notice", path=("correction", "remind"))  # fmt: skip


def hearings(content: Content) -> Iterator[Problem]:
    """What can end against the will of its holder says how the holder is heard (行政许可法 art. 7)."""
    for merged, service in content.entries("services", model.Service):
        ending = service.ending
        if ending is None:
            continue
        if ending.heard is None:
            message = "what was granted can end, and nothing says how long its holder is heard before"
            yield merged.problem("unheard", message, "add heard: {within: {amount: 5}}", path=("ending",))
        elif ending.heard.notice is not None and ending.heard.hearing is None:
            message = "there is no hearing whose day could be told"
            yield merged.problem("unheard", message, "add hearing: {amount: 20}, or take out notice", path=("ending", "heard", "notice"))  # fmt: skip


def _is_shown(content: Content, service: model.Service, licence: str) -> bool:
    known = content.known("materials")
    for requirement in service.requires:
        material = content.get("materials", model.Material, requirement.material)
        if material is None and requirement.material in known:
            return True  # it could not be read, and may be the one
        if material and any(way.licence == licence for way in material.alternatives):
            return True
    return False
