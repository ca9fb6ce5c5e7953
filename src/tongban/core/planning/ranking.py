"""Which question to ask first: the one that ties up the most loose ends for the least trouble.

A loose end is an open fact in an undecided rule that still matters; one in a rule that decides whether a service
applies counts as APPLIES_WEIGHT, because that takes all of the service's own along. For each question every answer is
tried, as many people giving it as the pack says (`priors`; evenly where it says nothing):

    gain of a question = loose ends now - loose ends left on average after its answer
    rank               = gain / what the answer costs the one asked

Looking one answer ahead takes 1 % more questions than the best order there is, counting the rules that a fact is part
of 2 %, and at worst 11 % against 40 %: `python -m bench.planning`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tongban.core.planning.answers import answers
from tongban.core.planning.situation import Situation

COSTS: Final[Mapping[str, Fraction]] = {
    "tap": Fraction(1),
    "type": Fraction(5, 4),
    "look-up": Fraction(3, 2),
}
"""Of an answer, by the effort that the pack says it takes. Looking something up is finding a paper to read it from. A
question more is a trouble of its own, so that even the dearest does not count as two."""
APPLIES_WEIGHT: Final = 4
MOST_TRIED: Final = 24
"""Facts whose answers are tried; of more, the rest stay in the order they come in."""

_Stands = tuple[bool | None, frozenset[str]]
"""Of a rule: whether it holds, and which facts are open in it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A material one service needs."""

    material: str
    when: tuple[str, ...]
    alternatives: tuple[str, ...]
    """Rules that would admit an easier way than the one that is sure, the easiest first."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What hangs on whether one service applies."""

    service: str
    applies: str
    blocks: tuple[str, ...]
    variants: tuple[str, ...]
    conditions: tuple[str, ...]
    papers: tuple[Paper, ...]


class Lookahead:
    """Counts loose ends, now and after an answer."""

    def __init__(self, stakes: Iterable[Stake], situation: Situation) -> None:
        self._stakes = tuple(stakes)
        self._situation = situation
        texts = {text for stake in self._stakes for text in _texts(stake)}
        self._now: dict[str, _Stands] = {text: situation.stands(text) for text in texts}
        self._total = self._loose({})

    def gain(self, fact: str) -> Fraction:
        """By how many loose ends fewer there are on average once the fact is known."""
        touched = [text for text, (_holds, open_) in self._now.items() if fact in open_]
        tried = answers(fact, touched, self._situation)
        if not tried:
            return Fraction(len(touched))
        left = Fraction()
        for answer, share in tried:
            assumed = {fact: answer}
            stands = {text: self._situation.stands(text, assumed) for text in touched}
            left += share * self._loose(stands)
        return self._total - left

    def _loose(self, changed: Mapping[str, _Stands]) -> int:
        """Loose ends when these rules stand otherwise than now."""
        stands = {**self._now, **changed} if changed else self._now
        ends: set[tuple[str, str]] = set()
        services = 0
        for stake in self._stakes:
            applies = stands[stake.applies][0]
            if applies is False:
                continue
            services += len(stands[stake.applies][1])
            if any(stands[block][0] for block in stake.blocks):
                continue
            ends.update((stake.service, text) for text in (*stake.blocks, *stake.conditions))
            ends.update((stake.service, text) for text in _until_met(stake.variants, stands))
            for paper in stake.papers:
                if any(stands[text][0] is not False for text in paper.when):
                    matter = (*paper.when, *_until_met(paper.alternatives, stands))
                    ends.update((paper.material, text) for text in matter)
        return APPLIES_WEIGHT * services + sum(len(stands[text][1]) for _place, text in ends)


def rank(facts: Collection[str], stakes: Iterable[Stake], situation: Situation) -> dict[str, Fraction]:
    """Each fact's gain, for the first of them; those beyond MOST_TRIED are left out."""
    ahead = Lookahead(stakes, situation)
    return {fact: ahead.gain(fact) for fact in list(facts)[:MOST_TRIED]}


def _until_met(rules: Iterable[str], stands: Mapping[str, _Stands]) -> Iterator[str]:
    """Of rules of which the first that is met counts, those that may be it."""
    for text in rules:
        holds = stands[text][0]
        if holds:
            return
        if holds is None:
            yield text


def _texts(stake: Stake) -> Iterator[str]:
    yield from (stake.applies, *stake.blocks, *stake.variants, *stake.conditions)
    for paper in stake.papers:
        yield from (*paper.when, *paper.alternatives)
