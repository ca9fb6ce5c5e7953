"""What amounts of several policies come to together, reckoned many times over: the best lawful combination, less what is paid. Pure.

    together = Together(pack, policies)
    together.worth({"hi-tech-award": 20_000_000, "provincial-hi-tech-award": 10_000_000})    # 20_000_000: the higher

Amounts that no rule of `stacking` joins are added up; only the others are searched, each combination of amounts once.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import stacking
from tongban.core.planning.stacking import Combination

COSTS: Final = ("tax-due", "levy")
"""Effects of which the subject pays the amount."""
_KEPT: Final = 100_000
"""Most amounts of a cluster that are remembered at a time."""


class Together:
    def __init__(self, pack: Pack, policies: Sequence[Policy]) -> None:
        """Ties between combinations are broken by the order of the pack, whatever the order of the policies."""
        chosen = {policy.id for policy in policies}
        self._policies = [policy for policy in pack.policies.values() if policy.id in chosen]
        self._signs = {policy.id: -1 if policy.effect in COSTS else 1 for policy in policies}
        self.clusters = stacking.clusters(self._policies)
        """Of which the amounts are not simply added up."""
        self.exact = True
        """Whether no lawful combination pays more than what was reckoned so far (`Combination.exact`)."""
        self._less = lru_cache(maxsize=_KEPT)(self._reckoned)

    def sign(self, policy: str) -> int:
        return self._signs[policy]

    def worth(self, fen: Mapping[str, int]) -> int:
        """By the amount of each policy; 0 where it is not due. What is to be paid counts below nothing."""
        whole = sum(self._signs[name] * amount for name, amount in fen.items())
        return whole - sum(
            self.less(place, tuple(fen[policy.id] for policy in cluster))
            for place, cluster in enumerate(self.clusters)
        )

    def less(self, cluster: int, amounts: tuple[int, ...]) -> int:
        """By how much less than their sum the policies of a cluster pay together."""
        return self._less(cluster, amounts)

    def combination(self, fen: Mapping[str, int]) -> Combination:
        """What is taken of all that is due."""
        due = {name: amount for name, amount in fen.items() if amount > 0}
        return stacking.of_policies((one for one in self._policies if one.id in due), due, {})

    def outline(self, fen: Mapping[str, int]) -> Hashable:
        """As long as it stays the same and the amounts go straight, so does the worth: who is due anything, and what each
        cluster makes of it.
        """
        due = tuple(name for name, amount in fen.items() if amount > 0)
        return due, *(stacking.outline(cluster, fen) for cluster in self.clusters)

    def _reckoned(self, cluster: int, amounts: tuple[int, ...]) -> int:
        policies = self.clusters[cluster]
        due = {one.id: amount for one, amount in zip(policies, amounts, strict=True) if amount > 0}
        found = stacking.of_policies((one for one in policies if one.id in due), due, {})
        self.exact = self.exact and found.exact
        return sum(due.values()) - found.total_fen
