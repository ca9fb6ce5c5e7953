"""Which services of a life event apply, in which way they run, and what stands against them."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.core.packs import model
from tongban.core.planning.model import Applies
from tongban.core.planning.situation import Situation
from tongban.core.rules.explain import Finding

_APPLIES = {True: Applies.YES, False: Applies.NO, None: Applies.MAYBE}


@dataclass(frozen=True, slots=True)
class Considered:
    """One service of the event under the facts known so far."""

    service: model.Service
    applies: Applies
    finding: Finding
    variant: model.Variant | None
    """None: the standard way, also while an unknown fact decides between ways."""
    blocks: tuple[int, ...]
    """Indexes of the blocks that are definitely met."""
    conditions: tuple[tuple[str, Finding], ...]

    @property
    def id(self) -> str:
        return self.service.id

    @property
    def case_type(self) -> str:
        return (self.variant.case_type if self.variant else None) or self.service.case_type

    @property
    def promised(self) -> model.Term:
        return (self.variant.promised if self.variant else None) or self.service.promised

    @property
    def statutory(self) -> model.Term | None:
        return (self.variant.statutory if self.variant else None) or self.service.statutory

    @property
    def tolerant(self) -> bool:
        """Whether tolerant acceptance is open to it.

        Never for instant cases, nor where health or safety is at stake (湘西州政办发〔2022〕29号 art. 2).
        """
        service = self.service
        return service.tolerance is not None and not service.health_or_safety and self.case_type != "instant"


def consider(service: model.Service, situation: Situation) -> Considered:
    """Reads every rule of the service except those of its materials."""
    applies = _APPLIES[situation.holds(service.applies_when)]
    relevant = applies is not Applies.NO
    return Considered(
        service=service,
        applies=applies,
        finding=situation.finding(service.applies_when),
        variant=_variant(service, situation) if relevant else None,
        blocks=_blocks(service, situation) if relevant else (),
        conditions=_conditions(service, situation) if relevant else (),
    )


def consider_all(situation: Situation) -> tuple[Considered, ...]:
    """Every service of the event, in the pack's order."""
    services = situation.pack.services
    return tuple(consider(services[service_id], situation) for service_id in situation.event.services)


def reachable_variants(service: model.Service, situation: Situation) -> tuple[model.Variant, ...]:
    """Variants that may still be the first that applies."""
    reachable: list[model.Variant] = []
    for variant in service.variants:
        holds = situation.holds(variant.when)
        if holds is not False:
            reachable.append(variant)
        if holds:
            break
    return tuple(reachable)


def _variant(service: model.Service, situation: Situation) -> model.Variant | None:
    """The first variant that is definitely on, provided that no earlier one may be."""
    first = next(iter(reachable_variants(service, situation)), None)
    return first if first is not None and situation.holds(first.when) else None


def _blocks(service: model.Service, situation: Situation) -> tuple[int, ...]:
    return tuple(i for i, block in enumerate(service.blocked_when) if situation.holds(block.when))


def _conditions(service: model.Service, situation: Situation) -> tuple[tuple[str, Finding], ...]:
    return tuple((c.id, situation.finding(c.rule)) for c in service.conditions)
