"""Where one more yuan of something loses more than a yuan: the cliffs of a policy, or of several together. Pure.

    cliffs(pack, [small_low_profit_tax], "taxable_income", facts, at).cliffs
    -> Cliff(at=300000000, beyond=300000001, before_fen=15000000, after_fen=75000000, lost_fen=60000000, ...)

One more unit is a yuan of money, or one person, month, square metre: whatever the fact counts. Of a tax or a levy it loses
what it costs more. A *cliff* is a jump between two neighbouring values of the fact (two fen of money, two persons); a
*slide* is a stretch on which every further unit loses more than a yuan, without a jump. Several policies count as the best
lawful combination of what is due (`stacking`): one that makes up for another that it excludes leaves no cliff.

Places where the rules can jump come from `cliff_places`; what is lost there is what `calculator.assess` says on either side.
Between them amounts go straight, or bend where a rule multiplies the fact by itself, and the combination can turn: an
amount reaches nothing, another set becomes the best, a cap is reached, or two amounts change their order and so which of
them pays the difference. Where amounts are straight every such turn is found; where they bend, all but those that come and
go between two looks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal, TypeAlias

from tongban.core.packs import facts as packfacts
from tongban.core.packs import parameters
from tongban.core.packs.model_data import Policy
from tongban.core.packs.names import did_you_mean
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator, cliff_places
from tongban.core.planning.calculator import AMOUNT, Assessment, Result
from tongban.core.planning.stacking import Combination
from tongban.core.planning.together import COSTS, Together
from tongban.core.rules import ir
from tongban.core.rules.changes import thresholds
from tongban.core.rules.changes.thresholds import Grid
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.intervals import spans
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Known, Parameters, Unknown, Value
from tongban.core.rules.types import Kind, Type

YUAN: Final = 100
"""Fen that a further unit may lose without being a cliff."""
_MONEY: Final = ("payment", "tax-saved", *COSTS)
_NUMBERS: Final = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)
_LOOKS: Final = 9
"""Values of a stretch at which it is asked whether it slides, and which combination is best."""

Reason: TypeAlias = Literal["unknown-fact", "not-a-number", "not-read", "not-money", "empty-range"]


class CannotLook(ValueError):
    """There is nothing to look at; the message says why and what to do. Callers translate by `reason`."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class NeedsData(ValueError):
    """The amounts cannot be told, because something else about the subject is not known."""

    def __init__(self, missing: frozenset[str]) -> None:
        super().__init__(f"Not known, and needed: {', '.join(sorted(missing))}. Add them to the facts.")
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Turned:
    """What reads otherwise on the far side of a cliff."""

    policy: str
    place: str
    """Id of a condition, or `calculator.AMOUNT`."""
    nodes: tuple[ir.Node, ...]
    """The comparisons, tables or roundings with the fact that come out otherwise."""


@dataclass(frozen=True, slots=True)
class Cliff:
    at: Value
    """The last value before it. Money in fen."""
    beyond: Value
    """The next one."""
    policy: str
    """The one that loses most."""
    before_fen: int
    """Of the best lawful combination of all policies; what is to be paid counts below nothing."""
    after_fen: int
    lost_fen: int
    by_policy: Mapping[str, tuple[int, int]]
    """Amount in fen before and after, as the calculator gives it for each alone, of those that change."""
    turned: tuple[Turned, ...]
    """Of the policies that change, without those that are taken on neither side."""
    combined: tuple[Combination, Combination] | None
    """What is taken before and after, where that pays something else than all of it added up."""


@dataclass(frozen=True, slots=True)
class Slide:
    """From `first` to `last` every further unit loses more than a yuan."""

    first: Value
    last: Value
    before_fen: int
    after_fen: int
    lost_fen: int
    """Over all of it."""


@dataclass(frozen=True, slots=True)
class Found:
    type: Type
    """Of the fact."""
    low: Value
    high: Value
    """What was looked at, ends included."""
    cliffs: tuple[Cliff, ...]
    slides: tuple[Slide, ...]
    open: tuple[tuple[Value, Value], ...]
    """Stretches with so many steps of rounding that only the first were looked at."""
    exact: bool
    """Whether no lawful combination pays more than what was reckoned (`stacking.EXACT`)."""


def cliffs(
    pack: Pack,
    policies: Sequence[Policy],
    fact: str,
    facts: Facts,
    at: date,
    *,
    low: Fraction | None = None,
    high: Fraction | None = None,
    more_than_fen: int = YUAN,
) -> Found:
    """Of some policies on one day, for a subject of whom all but the fact is given.

    `low` and `high` (in fen, persons, ...) narrow the range that the fact declares. Raises CannotLook, and NeedsData
    when something else that decides is not known.
    """
    grid = grid_of(pack, policies, fact, low, high)
    return _Search(pack, policies, fact, facts, at, grid, more_than_fen).found()


def grid_of(
    pack: Pack,
    policies: Sequence[Policy],
    fact: str,
    low: Fraction | None = None,
    high: Fraction | None = None,
) -> Grid:
    """The values of the fact that are looked at. Raises CannotLook."""
    declared = pack.facts.get(fact)
    if declared is None:
        hint = did_you_mean(fact, pack.facts)
        raise CannotLook("unknown-fact", f"There is no fact '{fact}'." + (f" ({hint})" if hint else ""))
    kind = packfacts.type_of(declared)
    if kind.kind not in _NUMBERS:
        raise CannotLook(
            "not-a-number", f"The fact '{fact}' is {kind.kind}. Name one that is a number or money."
        )
    for policy in policies:
        if policy.effect not in _MONEY:
            raise CannotLook(
                "not-money", f"The policy '{policy.id}' gives {policy.effect}. Name policies of money."
            )
    read = {name for policy in policies for name in calculator.facts_read(pack, policy)}
    if fact not in read:
        numbers = [name for name in sorted(read & set(pack.facts)) if _is_number(pack, name)]
        message = f"No policy here reads '{fact}'. They read: {', '.join(numbers) or 'no number'}."
        raise CannotLook("not-read", message)
    whole = thresholds.grid(kind, packfacts.range_of(declared))
    scale = 10**kind.scale
    lowest = whole.low if low is None else max(whole.low, -(-low * scale // 1))
    highest = whole.high if high is None else min(whole.high, high * scale // 1)
    if lowest >= highest:
        ends = f"{spans.outer(kind, whole.low)} to {spans.outer(kind, whole.high)}"
        raise CannotLook("empty-range", f"The range holds no two values of '{fact}'. Its own is {ends}.")
    return Grid(kind, lowest, highest)


def roots(pack: Pack, policies: Sequence[Policy]) -> list[ir.Node]:
    """Every condition and amount."""
    return [rule.root for policy in policies for rule in calculator.rules_of(pack, policy).values()]


class _Search:
    def __init__(
        self, pack: Pack, policies: Sequence[Policy], fact: str, facts: Facts, at: date, grid: Grid, more: int
    ) -> None:
        self._pack, self._fact, self._facts, self._at, self._more = pack, fact, facts, at, more
        self._policies = {policy.id: policy for policy in policies}
        self._rules = {policy.id: calculator.rules_of(pack, policy) for policy in policies}
        self._values: Parameters = parameters.resolve(pack, at)
        self._grid = grid
        self._unit = YUAN if grid.type.kind is Kind.MONEY else 10**grid.type.scale
        """A further unit, in steps of the grid. Of less than a yuan of money the unit is as small."""
        if grid.type.kind is Kind.MONEY:
            self._unit = max(1, min(YUAN, more))
        self._together = Together(pack, policies)
        self._amounts: dict[int, dict[str, int]] = {}
        self._worth: dict[int, int] = {}
        self._turns: list[int] = []
        """Both sides of every place at which the combination turns, in rising order."""

    def found(self) -> Found:
        policies = tuple(self._policies.values())
        places = cliff_places.places(
            roots(self._pack, policies), self._fact, self._facts, self._values, self._grid
        )
        numbers = self._with_turns(places.numbers)
        edges = {low for low, high in pairwise(numbers) if high == low + 1}
        jumps: list[int] = []
        slides: list[tuple[int, int]] = []
        for low, high in pairwise(numbers):
            if high > low + 1:
                slides += self._slides(low, high)
            elif self._lost(low, high) > self._more:
                usual = max((self._lost(n, n + 1) for n in self._beside(low, edges)), default=None)
                if (
                    usual is not None and self._lost(low, high) <= usual + 1
                ):  # as steep as what lies beside it
                    slides.append((low, high))
                else:
                    jumps.append(low)
        value = self._grid.value
        return Found(
            self._grid.type,
            value(self._grid.low),
            value(self._grid.high),
            tuple(cliff for low in jumps if (cliff := self._cliff(low))),
            tuple(self._slide(low, high) for low, high in _joined(slides, gap=int(self._unit > 1))),
            tuple((value(low), value(high)) for low, high in places.open),
            self._together.exact,
        )

    def _with_turns(self, numbers: Sequence[int]) -> list[int]:
        """With both sides of those turns of the combination at which there is a jump. The others only bend."""
        found = set(numbers)
        for low, high in pairwise(numbers):
            if high == low + 1:
                continue
            points = sorted({low + (high - low) * part // (_LOOKS - 1) for part in range(_LOOKS)})
            turns = thresholds.switches(lambda n: self._together.outline(self._amounts_at(n)), points)
            for before, after in zip(turns, turns, strict=True):
                self._turns += before, after
                if abs(self._lost(before, after)) > self._more:
                    found |= {before, after}
        return sorted(found)

    # -- amounts -------------------------------------------------------------------------------------------

    def _at_number(self, number: int) -> Facts:
        return {**self._facts, self._fact: Known(self._grid.value(number))}

    def _lost(self, low: int, high: int) -> int:
        """By how much less the subject has at the greater value, in fen."""
        return self._worth_at(low) - self._worth_at(high)

    def _worth_at(self, number: int) -> int:
        if number not in self._worth:
            self._worth[number] = self._together.worth(self._amounts_at(number))
        return self._worth[number]

    def _amounts_at(self, number: int) -> dict[str, int]:
        """As `calculator.assess` has them, without the reasons, which take longest."""
        if number not in self._amounts:
            facts = self._at_number(number)
            self._amounts[number] = {name: self._amount(rules, facts) for name, rules in self._rules.items()}
        return self._amounts[number]

    def _amount(self, rules: Mapping[str, Rule], facts: Facts) -> int:
        states = {name: evaluate(rule, facts, self._values) for name, rule in rules.items()}
        amount = states[AMOUNT]
        conditions = [state for name, state in states.items() if name != AMOUNT]
        if any(state != Known(True) and not isinstance(state, Unknown) for state in conditions):
            return 0
        if missing := [state.facts for state in states.values() if isinstance(state, Unknown)]:
            raise NeedsData(frozenset[str]().union(*missing))
        return (
            amount.value
            if isinstance(amount, Known) and isinstance(amount.value, int) and amount.value > 0
            else 0
        )

    # -- what is found -------------------------------------------------------------------------------------

    def _cliff(self, low: int) -> Cliff | None:
        """The two sides by the calculator."""
        before, after = self._at_number(low), self._at_number(low + 1)
        sides = {
            name: (
                calculator.assess(self._pack, policy, before, self._at),
                calculator.assess(self._pack, policy, after, self._at),
            )
            for name, policy in self._policies.items()
        }
        fen = {name: (_fen(one), _fen(other)) for name, (one, other) in sides.items()}
        worth = [self._together.worth({name: both[side] for name, both in fen.items()}) for side in (0, 1)]
        if worth[0] - worth[1] <= self._more:
            return None
        combined = tuple(
            self._together.combination({name: both[side] for name, both in fen.items()}) for side in (0, 1)
        )
        paid = [self._paid(made, fen, side) for side, made in enumerate(combined)]
        lost = {name: paid[0][name] - paid[1][name] for name in fen}
        changed = {name: both for name, both in fen.items() if both[0] != both[1]}
        return Cliff(
            at=self._grid.value(low),
            beyond=self._grid.value(low + 1),
            policy=max(lost, key=lambda name: lost[name]),
            before_fen=worth[0],
            after_fen=worth[1],
            lost_fen=worth[0] - worth[1],
            by_policy=changed,
            turned=tuple(
                turned
                for name in changed
                if paid[0][name] or paid[1][name]
                for turned in self._turned(name, *sides[name], before, after)
            ),
            combined=(combined[0], combined[1]) if any(map(_less, combined)) else None,
        )

    def _paid(self, made: Combination, fen: Mapping[str, tuple[int, int]], side: int) -> dict[str, int]:
        """What each policy adds on one side: in the combination, or what it costs."""
        costs = {name: both[side] * self._together.sign(name) for name, both in fen.items()}
        return costs | {part.policy: part.pays_fen for part in made.parts}

    def _turned(
        self, policy: str, one: Assessment, other: Assessment, before: Facts, after: Facts
    ) -> list[Turned]:
        """The conditions that come out otherwise; where none does, the amount."""
        places = [
            name
            for name, finding in one.conditions.items()
            if finding.outcome != other.conditions[name].outcome
        ] or [AMOUNT]
        return [
            Turned(
                policy, place,
                cliff_places.turned(self._rules[policy][place].root, self._fact, self._values, before, after),
            )
            for place in places
        ]  # fmt: skip

    def _beside(self, low: int, edges: set[int]) -> list[int]:
        """Neighbouring steps on which nothing switches."""
        inside = range(self._grid.low, self._grid.high)
        return [n for n in (low - 1, low + 1) if n in inside and n not in edges]

    def _slides(self, low: int, high: int) -> list[tuple[int, int]]:
        """Where between two places each further unit loses more than it may."""
        unit = self._unit
        if high - low < unit:
            return []
        last = high - unit
        turns = self._turns[bisect_left(self._turns, low) : bisect_right(self._turns, high)]
        looks = {low + (last - low) * part // (_LOOKS - 1) for part in range(_LOOKS)}
        looks |= {one - by for one in turns for by in (0, unit) if low <= one - by <= last}
        samples = sorted(looks)

        def slides(number: int) -> bool:
            return self._lost(number, number + unit) > self._more

        marks = sorted({*samples, *thresholds.switches(slides, samples)})
        found = [(number, number + unit) for number in marks if slides(number)]
        found += [(one, other + unit) for one, other in pairwise(marks) if slides(one) and slides(other)]
        return _joined(found)

    def _slide(self, low: int, high: int) -> Slide:
        value, worth = self._grid.value, self._worth_at
        return Slide(value(low), value(high), worth(low), worth(high), worth(low) - worth(high))


def _fen(found: Assessment) -> int:
    if found.result is Result.NEEDS_DATA:
        raise NeedsData(frozenset(found.missing))
    return found.amount_fen or 0


def _less(made: Combination) -> bool:
    return any(part.pays_fen != part.amount_fen for part in made.parts)


def _joined(stretches: list[tuple[int, int]], gap: int = 0) -> list[tuple[int, int]]:
    """Those that touch or overlap as one, also over a gap of so many steps: a fen at which something bends."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(stretches):
        if found and low <= found[-1][1] + gap:
            found[-1] = found[-1][0], max(found[-1][1], high)
        else:
            found.append((low, high))
    return found


def _is_number(pack: Pack, fact: str) -> bool:
    return packfacts.type_of(pack.facts[fact]).kind in _NUMBERS
