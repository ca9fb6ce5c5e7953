"""The best lawful combination of what is due to one subject: amounts that go together, and amounts that do not. Pure.

    best(pack, {"hi-tech-award": 20_000_000, "provincial-hi-tech-award": 10_000_000})

What a policy says of the others in its group (`Stacking.rule`), with the words of Chinese texts:

    exclusive      不重复享受    whoever takes it takes no other of the group
    higher-of      从高不重复    the same, and it is the higher that is taken
    top-up         就高补差      with others of the group it pays no more than the difference
    sum            可叠加享受    paid beside the others
    sum-with-cap   总额封顶      paid beside the others until the group has had `cap_fen`
    sequence       依次享受      taken after the others of the group: its own facts are what they left over

A combination is a set of policies that no rule of a member forbids. What each of them pays follows from the set: what is
held already comes first, then the smaller amounts before the larger ones. Policies that share no group bear on each other
only through a third, and a group in which all are added up (`sum`, `sequence`) joins nobody; so each such cluster is searched
by itself: every set of it up to `EXACT` policies, and beyond that only sets that one change does not better, which the
answer then says.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import Final, Literal

from tongban.core.packs.model_data import Policy, Stacking
from tongban.core.packs.pack import Pack

EXACT: Final = 12
"""Most policies of a cluster of which every set is looked at."""
ADDABLE: Final = ("payment", "tax-saved")
"""Effects that are money for the subject."""
_ALONE: Final = ("exclusive", "higher-of")
_ADDED: Final = ("sum", "sequence")
_OUTLINED: Final = 8
"""Most policies of a cluster of which every set is read in an outline."""

Why = Literal["held", "excluded", "lower", "difference", "cap"]


@dataclass(frozen=True, slots=True)
class Part:
    """One policy in the best combination, or beside it."""

    policy: str
    amount_fen: int
    """What it would pay alone."""
    pays_fen: int
    """What it pays in the combination; 0 where it is left out or pays nothing beside the others."""
    taken: bool
    why: Why | None = None
    """What made `pays_fen` less than the amount: another policy shuts it out, a higher one does, it only pays the
    difference, or the cap of the group is reached. `held`: it was granted before."""
    with_: tuple[str, ...] = ()
    """The policies of the combination on whose account that is."""
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Combination:
    parts: tuple[Part, ...]
    """All policies that were given, those that are taken first, larger payments first."""
    total_fen: int
    """What is newly paid: without what is held already."""
    exact: bool
    """Whether no lawful combination pays more. False only for clusters of more than `EXACT`."""


@dataclass(frozen=True, slots=True)
class _One:
    policy: str
    amount: int
    held: int | None
    """What was granted before; None: it is due and not granted."""
    rules: tuple[Stacking, ...]
    position: int

    @property
    def order(self) -> tuple[bool, bool, int, int]:
        late = any(rule.rule == "sequence" for rule in self.rules)
        return self.held is None, late, self.amount, self.position


@dataclass(slots=True)
class _Paid:
    """What the members of one combination are paid."""

    of: dict[str, int] = field(default_factory=dict[str, int])
    why: dict[str, tuple[Why, str]] = field(default_factory=dict[str, tuple[Why, str]])
    """Policy to the reason and the group."""
    total: int = 0


def best(pack: Pack, due: Mapping[str, int], held: Mapping[str, int] | None = None) -> Combination:
    """The lawful combination of the policies of `due` (amounts in fen) that pays most, beside those that were granted
    before (`held`: what they paid). Policies whose effect is not money for the subject are left out. Equal combinations:
    the one of fewer policies, then of those that stand first in the pack. Raises KeyError for a policy that is not there.
    """
    granted = held or {}
    names = [name for name in pack.policies if name in due or name in granted]
    if unknown := (due.keys() | granted.keys()) - set(names):
        raise KeyError(min(unknown))
    return of_policies([pack.policies[name] for name in names], due, granted)


def of_policies(policies: Iterable[Policy], due: Mapping[str, int], held: Mapping[str, int]) -> Combination:
    """The same for policies in the order that breaks ties."""
    ones = _ones(policies, due, held)
    parts: list[Part] = []
    total, exact = 0, True
    for cluster in _clusters(ones):
        free = [one for one in cluster if one.held is None]
        chosen = _searched(cluster, free) if len(free) <= EXACT else _improved(cluster, free)
        exact = exact and len(free) <= EXACT
        paid = _pay(chosen)
        total += paid.total
        parts += (_part(one, chosen, paid) for one in cluster)
    parts.sort(key=lambda part: (not part.taken, -part.pays_fen, -part.amount_fen))
    return Combination(tuple(parts), total, exact)


def clusters(policies: Iterable[Policy]) -> tuple[tuple[Policy, ...], ...]:
    """Those of which what is paid together need not be the sum of the amounts: policies that groups join, and one by itself
    whose own group has a cap. Each cluster, and all of them, in the order given.
    """
    given = list(policies)
    return tuple(
        tuple(given[one.position] for one in cluster)
        for cluster in _clusters(_ones(given, {}, {}))
        if len(cluster) > 1 or capped(given[cluster[0].position])
    )


def capped(policy: Policy) -> bool:
    """Whether it can pay less than its amount although no other is taken."""
    return any(rule.rule == "sum-with-cap" and rule.cap_fen is not None for rule in policy.stacking)


def outline(policies: Iterable[Policy], due: Mapping[str, int]) -> Hashable:
    """Of one cluster: in which order the amounts stand, by which rule each is paid in every lawful set, and which set is best.

    Where two subjects have the same outline, the straight way between their amounts has it everywhere, and what is paid
    together goes straight too. (Of more than eight policies only the best set is read, so that one may be missed.)
    """
    ones = [one for one in _ones(policies, due, {}) if one.amount > 0]
    whole = len(ones) <= _OUTLINED
    best_set = _searched(ones, ones) if len(ones) <= EXACT else _improved(ones, ones)
    sets = chain.from_iterable(combinations(ones, size) for size in range(1, len(ones) + 1)) if whole else ()
    order = tuple(one.position for one in sorted(ones, key=lambda one: one.order))
    chosen = tuple(one.position for one in best_set)
    lawful = (list(some) for some in sets if _lawful(some, list(some)))
    return order, chosen, tuple(_branches(some) for some in (best_set, *lawful))


def _branches(chosen: list[_One]) -> Hashable:
    paid = _pay(chosen)
    return tuple((paid.why.get(one.policy), paid.of[one.policy] > 0) for one in chosen)


def _ones(policies: Iterable[Policy], due: Mapping[str, int], held: Mapping[str, int]) -> list[_One]:
    return [
        _One(one.id, held.get(one.id, due.get(one.id, 0)), held.get(one.id), one.stacking, place)
        for place, one in enumerate(policies)
        if one.effect in ADDABLE
    ]


def _clusters(ones: list[_One]) -> Iterator[list[_One]]:
    """Policies that are joined by groups, each cluster in the order of the pack."""
    joining = {rule.group for one in ones for rule in one.rules if rule.rule not in _ADDED}
    left = list(ones)
    while left:
        cluster = [left.pop(0)]
        groups = {rule.group for rule in cluster[0].rules} & joining
        while found := [one for one in left if groups & {rule.group for rule in one.rules}]:
            cluster += found
            left = [one for one in left if one not in found]
            groups |= {rule.group for one in found for rule in one.rules} & joining
        yield sorted(cluster, key=lambda one: one.position)


def _searched(cluster: list[_One], free: list[_One]) -> list[_One]:
    """Every lawful set looked at, the smaller ones first."""
    fixed = [one for one in cluster if one.held is not None]
    found, most = fixed, 0
    for size in range(1, len(free) + 1):
        for some in combinations(free, size):
            chosen = [*fixed, *some]
            if (paid := _pay(chosen).total) > most and _lawful(some, chosen):
                found, most = chosen, paid
    return found


def _improved(cluster: list[_One], free: list[_One]) -> list[_One]:
    """Largest amounts first, then one policy in, out or exchanged for as long as that pays more."""
    chosen = [one for one in cluster if one.held is not None]
    for one in sorted(free, key=lambda one: (-one.amount, one.position)):
        with_it = [*chosen, one]
        if _allowed(with_it) and _pay(with_it).total > _pay(chosen).total:
            chosen = with_it
    while better := _one_change(chosen, free):
        chosen = better
    return chosen


def _one_change(chosen: list[_One], free: list[_One]) -> list[_One] | None:
    now = _pay(chosen).total
    inside = [one for one in chosen if one.held is None]
    outside = [one for one in free if one not in chosen]
    changed = (
        [one for one in chosen if one is not out] + ([into] if into else [])
        for into in (*outside, None)
        for out in (*inside, None)
    )
    return next((some for some in changed if _allowed(some) and _pay(some).total > now), None)


def _allowed(chosen: list[_One]) -> bool:
    return _lawful([one for one in chosen if one.held is None], chosen)


def _lawful(free: Iterable[_One], chosen: list[_One]) -> bool:
    """Whether nothing forbids the policies that are newly taken. What is held is held, and may forbid others."""
    for one in free:
        for rule in one.rules:
            others = [(two, theirs) for two, theirs in _members(chosen, rule.group) if two is not one]
            if others and (rule.rule in _ALONE or any(theirs.rule in _ALONE for _, theirs in others)):
                return False
    return True


def _members(chosen: Iterable[_One], group: str) -> Iterator[tuple[_One, Stacking]]:
    return ((one, rule) for one in chosen for rule in one.rules if rule.group == group)


def _pay(chosen: list[_One]) -> _Paid:
    """What each member is paid."""
    paid = _Paid()
    had: dict[str, int] = {}
    caps: dict[str, int] = {}
    for one in chosen:
        for rule in one.rules:
            if rule.rule == "sum-with-cap" and rule.cap_fen is not None:
                caps[rule.group] = min(rule.cap_fen, caps.get(rule.group, rule.cap_fen))
    for one in sorted(chosen, key=lambda one: one.order):
        pays = one.amount
        if one.held is None:
            for rule in one.rules:
                before = had.get(rule.group, 0)
                if rule.rule == "top-up" and one.amount - before < pays:
                    pays = max(0, one.amount - before)
                    paid.why[one.policy] = "difference", rule.group
                if rule.group in caps and caps[rule.group] - before < pays:
                    pays = max(0, caps[rule.group] - before)
                    paid.why[one.policy] = "cap", rule.group
            paid.total += pays
        paid.of[one.policy] = pays
        for rule in one.rules:
            had[rule.group] = had.get(rule.group, 0) + pays
    return paid


def _part(one: _One, chosen: list[_One], paid: _Paid) -> Part:
    if one.held is not None:
        return Part(one.policy, one.amount, 0, taken=True, why="held")
    if one in chosen:
        why, group = paid.why.get(one.policy, (None, None))
        beside = tuple(two.policy for two, _ in _members(chosen, group) if two is not one) if group else ()
        return Part(
            one.policy, one.amount, paid.of[one.policy], taken=True, why=why, with_=beside, group=group
        )
    for rule in one.rules:
        others = [(two, theirs) for two, theirs in _members(chosen, rule.group)]
        if others and (rule.rule in _ALONE or any(theirs.rule in _ALONE for _, theirs in others)):
            higher = rule.rule == "higher-of" or all(theirs.rule == "higher-of" for _, theirs in others)
            names = tuple(two.policy for two, _ in others)
            return Part(
                one.policy, one.amount, 0, taken=False, why="lower" if higher else "excluded", with_=names, group=rule.group
            )  # fmt: skip
    # it would pay nothing beside the others: they have had the difference or the cap
    groups = [rule.group for rule in one.rules]
    names = tuple(dict.fromkeys(two.policy for group in groups for two, _ in _members(chosen, group)))
    capped = any(rule.rule == "sum-with-cap" for group in groups for _, rule in _members(chosen, group))
    return Part(
        one.policy, one.amount, 0, taken=False, why="cap" if capped else "difference", with_=names,
        group=groups[0] if groups else None,
    )  # fmt: skip
