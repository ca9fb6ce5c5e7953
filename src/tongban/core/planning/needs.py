"""Which materials the services need, each asked for once however many services need it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.core.packs import model
from tongban.core.planning.model import Applies
from tongban.core.planning.services import Considered
from tongban.core.planning.situation import Situation


@dataclass(frozen=True, slots=True)
class Need:
    """One service's requirement that has not fallen away."""

    by: Considered
    requirement: model.Requirement
    certain: bool
    """The service applies and the requirement's situation is given."""


def needs(considered: Iterable[Considered], situation: Situation) -> dict[str, tuple[Need, ...]]:
    """Material id to everything that needs it, in the order in which services first name them."""
    merged: dict[str, list[Need]] = {}
    for one in considered:
        if one.applies is Applies.NO:
            continue
        for requirement in one.service.requires:
            holds = situation.holds(requirement.when)
            if holds is not False:
                certain = holds is True and one.applies is Applies.YES
                merged.setdefault(requirement.material, []).append(Need(one, requirement, certain))
    return {material: tuple(found) for material, found in merged.items()}


def services_of(found: Iterable[Need]) -> tuple[str, ...]:
    """Ids of the services behind some needs, each once."""
    return tuple(dict.fromkeys(need.by.id for need in found))


def deferrable(found: Iterable[Need]) -> bool:
    """Whether a paper may be handed in after acceptance (容缺): secondary for all, and all are tolerant."""
    return all(need.requirement.tier == "secondary" and need.by.tolerant for need in found)
