"""How each needed material can be met: what is held, what a service of the plan produces, what is left to hand in.

    business licence   needed by R2, R3   held                    -> HELD
    business licence   needed by R2, R3   produced by R0          -> PRODUCED, and R2, R3 wait for R0
    proof of premises  certificate | lease   no certificate held  -> UPLOAD of the lease

The alternatives of a material are tried from the cheapest for the applicant to the dearest: any one of them will do (OR).
What an alternative takes along with it is needed too, all of it (AND), and adds to its trouble; once the alternative is
taken, its companions are materials of the plan like the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tongban.core.packs import model
from tongban.core.planning.model import Applies, Held, Option, PlannedMaterial, Status
from tongban.core.planning.needs import Need, deferrable, services_of
from tongban.core.planning.services import Considered
from tongban.core.planning.situation import Situation

_CHEAPEST_FIRST: Final = (
    Status.HELD,
    Status.PRODUCED,
    Status.FORM,
    Status.COMMIT,
    Status.DEFERRABLE,
    Status.UPLOAD,
    Status.MISSING,
)

Choices = Mapping[str, int | str]
"""Material id to the index of the alternative that the applicant prefers (text from a form will do)."""


@dataclass(frozen=True, slots=True)
class Way:
    """One alternative of a material under the facts known so far."""

    index: int
    alternative: model.Alternative
    status: Status
    open: bool
    """An unknown fact decides whether the alternative is admitted."""
    evidence: Held | None = None
    producer: Considered | None = None
    companions: tuple[Way, ...] = ()
    """The best way of each material that comes along with it."""

    @property
    def usable(self) -> bool:
        return self.status is not Status.MISSING and all(c.usable for c in self.companions)

    @property
    def certain(self) -> bool:
        """Admitted whatever the unknown facts are, and not resting on a service that only may apply."""
        own = not self.open and (self.producer is None or self.producer.applies is Applies.YES)
        return own and all(c.certain for c in self.companions)

    @property
    def cost(self) -> int:
        """Position among all ways to meet a material, 0 being the least trouble to the applicant; that of everything
        that comes along is added."""
        return _CHEAPEST_FIRST.index(self.status) + sum(c.cost for c in self.companions)


@dataclass(frozen=True, slots=True)
class Met:
    """A needed material with the ways to meet it, the best first."""

    material: model.Material
    needs: tuple[Need, ...]
    ways: tuple[Way, ...]
    """Empty: no alternative is admitted in this situation."""
    wanted: Way | None
    """The way that the applicant prefers, whether or not it is open to them yet."""

    @property
    def way(self) -> Way | None:
        """The applicant's way where it is open to them, the best one otherwise."""
        best = self.ways[0] if self.ways else None
        if best is None or self.wanted is None:
            return best
        allowed = self.wanted.usable and (best.open or not self.wanted.open)
        return self.wanted if allowed else best


def meet(
    considered: Iterable[Considered],
    needed: Mapping[str, tuple[Need, ...]],
    choosing: Choices,
    situation: Situation,
) -> tuple[Met, ...]:
    """Every needed material with its ways, in the order of `needed`; what comes along with the ways taken comes after."""
    candidates = tuple(considered)
    met = _met(candidates, needed, choosing, situation)
    along = _along(met)
    if not along:
        return met
    merged = {name: (*needed.get(name, ()), *along.get(name, ())) for name in (*needed, *along)}
    return _met(candidates, merged, choosing, situation)


def _along(met: Iterable[Met]) -> dict[str, tuple[Need, ...]]:
    """Material to the needs that come of the ways taken elsewhere."""
    found: dict[str, tuple[Need, ...]] = {}
    for one in met:
        way = one.way
        for name in way.alternative.along_with if way else ():
            certain = way is not None and not way.open
            needs = (
                Need(n.by, n.requirement.model_copy(update={"material": name}), n.certain and certain)
                for n in one.needs
            )
            found[name] = (*found.get(name, ()), *needs)
    return found


def _met(
    considered: Iterable[Considered],
    needed: Mapping[str, tuple[Need, ...]],
    choosing: Choices,
    situation: Situation,
) -> tuple[Met, ...]:
    makers = _Makers(considered)
    met: list[Met] = []
    for material_id, found in needed.items():
        material = situation.pack.materials[material_id]
        ways = tuple(sorted(_ways(material, found, makers, situation), key=_preference))
        preferred = choosing.get(material_id)
        wanted = next((w for w in ways if str(w.index) == str(preferred)), None)
        one = Met(material, found, ways, wanted)
        if one.way is not None and one.way.producer is not None:
            makers.rely(services_of(found), one.way.producer.id)
        met.append(one)
    return tuple(met)


def planned(met: Met, deferring: Collection[str]) -> PlannedMaterial:
    """The material as the plan shows it."""
    way = met.way
    status = way.status if way else Status.MISSING
    return PlannedMaterial(
        id=met.material.id,
        services=services_of(met.needs),
        status=status,
        alternative=way.index if way else 0,
        ways=tuple(Option(w.index, w.status, w.open) for w in met.ways),
        reference=way.evidence.reference if way and way.evidence else None,
        produced_by=way.producer.id if way and way.producer else None,
        certain=any(n.certain for n in met.needs) and (way is None or way.certain),
        main=any(n.requirement.tier == "main" for n in met.needs),
        deferred=status is Status.DEFERRABLE and met.material.id in deferring,
    )


def _preference(way: Way) -> tuple[bool, bool, int, int]:
    """Usable ones first; among them those certainly admitted; then by trouble; then in the pack's order."""
    return not way.usable, way.open, way.cost, way.index


class _Makers:
    """Who can produce which licence for whom, without a service ever waiting for itself."""

    def __init__(self, considered: Iterable[Considered]) -> None:
        self._candidates = tuple(c for c in considered if c.applies is not Applies.NO)
        self._waits: dict[str, set[str]] = {}

    def maker(self, licence: str, consumers: tuple[str, ...]) -> Considered | None:
        """A service that produces the licence, one that surely applies before one that may."""
        able = [
            c
            for c in self._candidates
            if c.service.result.licence == licence
            and not any(self._leads_to(c.id, consumer) for consumer in consumers)
        ]
        return next((c for c in able if c.applies is Applies.YES), able[0] if able else None)

    def rely(self, consumers: tuple[str, ...], producer: str) -> None:
        """Records that the consumers wait for the producer, so that no later material closes a circle."""
        for consumer in consumers:
            self._waits.setdefault(consumer, set()).add(producer)

    def _leads_to(self, start: str, goal: str) -> bool:
        """Whether `start` is `goal` or waits for it, directly or through others."""
        seen: set[str] = set()
        ahead = [start]
        while ahead:
            one = ahead.pop()
            if one == goal:
                return True
            if one not in seen:
                seen.add(one)
                ahead.extend(self._waits.get(one, ()))
        return False


def _ways(
    material: model.Material, found: tuple[Need, ...], makers: _Makers, situation: Situation
) -> Iterable[Way]:
    for index, alternative in enumerate(material.alternatives):
        admitted = situation.holds(alternative.when)
        if admitted is not False:
            way = _way(index, alternative, admitted is None, found, makers, situation)
            companions = (
                min(_ways(situation.pack.materials[name], found, makers, situation), key=_preference)
                for name in alternative.along_with
            )
            yield replace(way, companions=tuple(companions)) if alternative.along_with else way


def _way(
    index: int,
    alternative: model.Alternative,
    is_open: bool,
    found: tuple[Need, ...],
    makers: _Makers,
    situation: Situation,
) -> Way:
    if alternative.form:
        return Way(index, alternative, Status.FORM, is_open)
    if alternative.commitment is not None:
        return Way(index, alternative, Status.COMMIT, is_open)
    if alternative.upload is not None:
        status = Status.DEFERRABLE if deferrable(found) else Status.UPLOAD
        return Way(index, alternative, status, is_open)

    evidence = _held(alternative, situation)
    if evidence is not None:
        return Way(index, alternative, Status.HELD, is_open, evidence=evidence)
    producer = makers.maker(alternative.licence, services_of(found)) if alternative.licence else None
    if producer is not None:
        return Way(index, alternative, Status.PRODUCED, is_open, producer=producer)
    return Way(index, alternative, Status.MISSING, is_open)


def _held(alternative: model.Alternative, situation: Situation) -> Held | None:
    kind, wanted = (
        ("licence", alternative.licence) if alternative.licence else ("registry", alternative.registry)
    )
    matching = [h for h in situation.held if h.kind == kind and h.id == wanted]
    return min(matching, key=lambda h: h.reference) if matching else None
