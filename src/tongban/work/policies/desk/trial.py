"""A change tried on a population: what it costs and whom it reaches, for one policy, by groups, and along a row of values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import changed
from tongban.core.planning.changed import Effect
from tongban.core.planning.population import Matcher
from tongban.core.rules.states import Parameters
from tongban.core.values import money
from tongban.work.policies.population import simulation
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.sources import Source

STEPS: Final = 9
"""Values of a curve."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A number of a policy that can be moved."""

    name: str
    value: int | Decimal
    """As it is; money in fen."""
    money: bool
    shown: str
    """As people type it."""
    low: str
    high: str
    step: str


@dataclass(frozen=True, slots=True)
class Trial:
    groups: Mapping[str, Effect]
    """By group; without groups there is one, named ""."""
    rows: int
    rejected: int

    @property
    def whole(self) -> Effect:
        found = Effect()
        for effect in self.groups.values():
            found.add(effect)
        return found


def levers(pack: Pack, policy: Policy, at: date) -> list[Lever]:
    """The single numbers that the conditions and the amount read, with a span to move them in: from nothing to three
    times what they are."""
    matcher = Matcher.of_pack(pack, [policy], at)
    names = sorted({name for rule in matcher.rules.values() for name in rule.parameters})
    found: list[Lever] = []
    for name in names:
        value = matcher.parameters.get(name)
        parameter = pack.parameters.get(name)
        if parameter is None or isinstance(value, bool) or not isinstance(value, int | Decimal):
            continue
        money = parameter.type == "money"
        if money:
            found.append(
                Lever(
                    name,
                    value,
                    True,
                    _yuan(int(value)),
                    "0",
                    _yuan(int(value) * 3 or 100_000_00),
                    _step(int(value)),
                )
            )
        else:
            digits = int(parameter.type[len("decimal(") : -1]) if parameter.type.startswith("decimal") else 0
            high = (Decimal(value) * 3 or Decimal(10)).quantize(Decimal(1).scaleb(-digits))
            found.append(
                Lever(name, value, False, str(value), "0", str(high), str(Decimal(1).scaleb(-digits)))
            )
    return found


def matchers(
    pack: Pack, policy: Policy, at: date, scenarios: list[Mapping[str, str]]
) -> tuple[Matcher, list[Matcher]]:
    """As it is, and as it would be in each scenario. Raises BadChange."""
    before = Matcher.of_pack(pack, [policy], at)
    afters = []
    for values in scenarios:
        after = Matcher.of_pack(pack, [policy], at)
        after.parameters = changed.with_values(pack, after.parameters, values)
        afters.append(after)
    return before, afters


def wanted(pack: Pack, policy: Policy, at: date, by: str | None) -> frozenset[str]:
    """Columns of a population that a trial reads."""
    return _checker(pack, Matcher.of_pack(pack, [policy], at), by).wanted()


def run(
    pack: Pack, policy: Policy, at: date, source: Source, scenarios: list[Mapping[str, str]], by: str | None,
    progress: Callable[[int], None] = lambda _rows: None,
) -> list[Trial]:  # fmt: skip
    """One trial for each scenario, in one pass. Raises BadChange, BadSource and what the engine raises."""
    before, afters = matchers(pack, policy, at, scenarios)
    checker = _checker(pack, before, by)
    checker.look_over(source.columns())
    rows = 0

    def count(more: int) -> None:
        nonlocal rows
        rows += more
        progress(more)

    found, rejected = simulation.simulate(source, checker, before, afters, progress=count)
    return [Trial(one[policy.id], rows, rejected) for one in found]


def values_between(lever: Lever, now: Parameters) -> list[str]:
    """Values of a curve, evenly from nothing to twice what it is, in which what holds today is the middle one."""
    value = now[lever.name]
    assert isinstance(value, int | Decimal)
    half = (STEPS - 1) // 2
    if lever.money:
        return [_yuan(int(value) * step // half) for step in range(STEPS)]
    digits = -Decimal(lever.step).as_tuple().exponent if "." in lever.step else 0  # type: ignore[operator]
    exact = Decimal(1).scaleb(-int(digits))
    return list(dict.fromkeys(str((Decimal(value) * step / half).quantize(exact)) for step in range(STEPS)))


def _checker(pack: Pack, matcher: Matcher, by: str | None) -> Checker:
    checker = Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, "id")
    checker.beside = by
    return checker


def _yuan(fen: int) -> str:
    return money.written(fen).removesuffix(".00")


def _step(fen: int) -> str:
    """Fine enough to move by, coarse enough to slide: about a hundredth."""
    size = max(1, fen // 100 // 100)
    return str(10 ** (len(str(size)) - 1))
