"""Slows down guessing of passwords: after ten failures for one name within a quarter of an hour it is refused for a while.

Counted in Django's cache. The default cache is one per process, so that a node with two workers refuses after ten to
twenty failures; point CACHES at a shared one to count exactly.
"""

from __future__ import annotations

from django.core.cache import cache

from tongban.base.kit import keys

MOST = 10
WINDOW_SECONDS = 15 * 60


def too_many(name: str) -> bool:
    return cache.get(_key(name), 0) >= MOST


def failed(name: str) -> None:
    key = _key(name)
    if not cache.add(key, 1, WINDOW_SECONDS):
        try:
            cache.incr(key)
        except ValueError:  # it ended in between
            cache.set(key, 1, WINDOW_SECONDS)


def succeeded(name: str) -> None:
    cache.delete(_key(name))


def _key(name: str) -> str:
    return "sign-in-failures:" + keys.keyed_digest(name.strip().lower())
