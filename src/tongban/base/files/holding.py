"""Whoever adds or removes the bytes at an address holds it until the transaction ends.

So nothing is destroyed between the moment in which a second person hands in the same bytes and the commit of that row.
"""

from __future__ import annotations

from django.db import connection


def hold(address: str) -> None:
    """Wait for the address and keep it. Inside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("an address is held inside the transaction of an action")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [address])
