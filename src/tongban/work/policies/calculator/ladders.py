"""Compiled ladders, kept for as long as the same pack is asked about on the same day."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from threading import Lock

from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import in_force
from tongban.core.planning.ladder import Ladder

_MOST = 16
_made: OrderedDict[tuple[str, str, tuple[str, ...], date], Ladder] = OrderedDict()
_lock = Lock()


def ladder_of(pack: Pack, kind: str, at: date, only: tuple[str, ...] = ()) -> Ladder:
    """Of the policies in force for subjects of a kind; of these alone, where some are named."""
    key = pack.digest, kind, only, at
    with _lock:
        if key in _made:
            _made.move_to_end(key)
            return _made[key]
    made = Ladder(pack, policies_of(pack, kind, at, only), at)
    with _lock:
        _made[key] = made
        while len(_made) > _MOST:
            _made.popitem(last=False)
    return made


def policies_of(pack: Pack, kind: str, at: date, only: tuple[str, ...] = ()) -> list[Policy]:
    return [
        policy for policy in pack.policies.values()
        if policy.subject == kind and in_force(policy, at) and (not only or policy.id in only)
    ]  # fmt: skip
