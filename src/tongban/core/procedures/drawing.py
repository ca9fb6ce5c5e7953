"""Who goes, by lot: a draw that anybody can make again from what was written down, and that nobody could know before.

draw(pool=("a", "b", "c"), seed="9f2c…", wanted=2) -> ("c", "a")

Each name gets the number SHA-256(seed, name), and the smallest numbers go, in their order. The seed is the hash of the
audit entry that fixes the pool: it exists only once nobody can enter or leave the pool any more. Whoever takes the place
of a drawn one is the next in the same order, so a replacement is no new draw and no choice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection


class TooFew(ValueError):
    """The pool holds fewer than are wanted."""

    def __init__(self, wanted: int, found: int) -> None:
        self.wanted, self.found = wanted, found
        super().__init__(f"{wanted} are wanted, and {found} can be drawn")


def order(pool: Collection[str], seed: str) -> tuple[str, ...]:
    """The whole pool in the order of the lot; the order in which it was handed over makes no difference."""
    return tuple(
        sorted(set(pool), key=lambda name: (hashlib.sha256(f"{seed}\n{name}".encode()).digest(), name))
    )


def draw(pool: Collection[str], seed: str, wanted: int) -> tuple[str, ...]:
    """The first `wanted` of that order. Raises TooFew."""
    drawn = order(pool, seed)[:wanted]
    if len(drawn) < wanted:
        raise TooFew(wanted, len(drawn))
    return drawn


def next_of(pool: Collection[str], seed: str, gone: Collection[str]) -> str:
    """The first in the order who is not among those that went, were replaced or cannot go. Raises TooFew."""
    left = [name for name in order(pool, seed) if name not in gone]
    if not left:
        raise TooFew(1, 0)
    return left[0]
