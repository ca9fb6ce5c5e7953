"""Ports that stay free until a node takes them: below those the system gives to outgoing connections."""

from __future__ import annotations

import random
import socket

LOWEST, HIGHEST = 20_000, 30_000
"""A node takes its port half a minute after it was chosen. Meanwhile the system gives any free port of its own range
(from 32,768 on Linux, from 49,152 elsewhere) to a connection of another test."""


def free(count: int = 1) -> int:
    """The first of `count` neighbouring free ports."""
    for _ in range(200):
        first = random.randrange(LOWEST, HIGHEST)  # only spreads test runs beside each other
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise RuntimeError(f"no {count} neighbouring ports free between {LOWEST} and {HIGHEST}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
