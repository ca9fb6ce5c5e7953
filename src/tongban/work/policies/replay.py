"""Replaying an entitlement: the same facts under the same pack must give the same amount for the same reasons.

    replay(entitlement) -> Replay(same=True, differences=())

Only what the row holds is used, the pack by its digest included; nothing is read about the subject as it is today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q

from tongban.base.directory import queries as directory
from tongban.core.planning import calculator
from tongban.core.planning.allotment import allot
from tongban.work.policies import evidence, models


@dataclass(frozen=True, slots=True)
class Difference:
    """One point in which the replay departs from what is stored. Holds no value of a fact."""

    kind: str
    """`pack`, `policy`, `fact`, `missing`, `added`, `outcome`, `reasons`, `amount` or `share`."""
    about: str
    """Digest of the pack, or id of the policy or condition, or name of the fact."""
    stored: str = ""
    now: str = ""
    """Outcomes of a condition, or amounts in fen, where those differ."""


@dataclass(frozen=True, slots=True)
class Replay:
    same: bool
    differences: tuple[Difference, ...]
    conditions: int
    """How many conditions were computed anew."""
    amount_fen: int | None
    """As computed now; None when the replay finds nothing due."""
    engine: str
    """Engine that made the stored trace."""
    engine_now: str


def replay(row: models.Entitlement) -> Replay:
    """Recompute every condition and the amount, as of the day it was found."""
    try:
        pack = directory.pack(row.pack_digest)
    except (ObjectDoesNotExist, ValueError):
        return _result(row, [Difference("pack", row.pack_digest)], 0, None)
    policy = pack.policies.get(row.policy)
    if policy is None:
        return _result(row, [Difference("policy", row.policy)], 0, None)
    facts = evidence.typed(pack, row.facts)
    differences = [Difference("fact", name) for name in sorted(set(row.facts) - set(facts))]
    found = calculator.assess(pack, policy, facts, row.found_on)
    now = calculator.to_json(found)
    differences += _compare(row.findings["conditions"], now["conditions"])
    if row.findings["amount"] != now["amount"]:
        differences.append(Difference("reasons", "amount"))
    full = row.full_fen or row.amount_fen
    if found.amount_fen != full:
        differences.append(Difference("amount", row.policy, str(full), str(found.amount_fen or "")))
    differences += _share(row)
    return _result(row, differences, len(found.conditions), found.amount_fen)


def _share(row: models.Entitlement) -> list[Difference]:
    """Of an entitlement of a list: what the budget of that day gives its line, computed anew over all lines."""
    line = models.RoundLine.objects.filter(entitlement=row).select_related("round").first()
    if line is None or line.round.available_fen is None:
        return []
    told_or_given = (
        Q(struck="") | Q(entitlement__isnull=False) | Q(given_fen__gt=0)
    )  # or struck only after an objection
    lines = line.round.lines.filter(told_or_given).order_by("rank")
    listed = list(lines.values_list("id", "amount_fen", "score").iterator())
    given = allot(
        [amount for _id, amount, _score in listed], line.round.available_fen, line.round.order,  # type: ignore[arg-type]
        scores=[score for _id, _amount, score in listed], partial=line.round.partial,
    )  # fmt: skip
    now = given[[key for key, *_rest in listed].index(line.pk)]
    return [] if now == line.given_fen else [Difference("share", row.policy, str(line.given_fen), str(now))]


def _compare(stored: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    differences = []
    for name in sorted({*stored, *now}):
        if name not in now or name not in stored:
            differences.append(Difference("missing" if name in stored else "added", name))
        elif stored[name]["outcome"] != now[name]["outcome"]:
            differences.append(Difference("outcome", name, stored[name]["outcome"], now[name]["outcome"]))
        elif stored[name] != now[name]:
            differences.append(Difference("reasons", name))
    return differences


def _result(
    row: models.Entitlement, differences: list[Difference], conditions: int, amount_fen: int | None
) -> Replay:
    return Replay(not differences, tuple(differences), conditions, amount_fen, row.engine, calculator.ENGINE)
