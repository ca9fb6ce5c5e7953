"""Locks that hold until the transaction ends. Rows that are only ever added cannot be locked themselves."""

from __future__ import annotations

from uuid import UUID

from django.db import connection


def product(registration: UUID) -> None:
    """Counting and settling the usage of one product version exclude each other."""
    _lock(f"market:product:{registration}")


def book(organisation: str) -> None:
    """One journal gives out one number at a time."""
    _lock(f"market:book:{organisation}")


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [name])
