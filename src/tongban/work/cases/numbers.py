"""Public numbers: place, date, sequence, check character (ISO 7064 MOD 37,36). A number never authorises."""

from __future__ import annotations

from datetime import date

from django.db import connection
from stdnum.iso7064 import mod_37_36


def next_application_number(place: str, day: date) -> str:
    """`990100-20261125-000042-K`. From a database sequence: no row is locked, and a gap means a failed submission."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_application_number')")
        sequence = cursor.fetchone()[0]
    body = f"{place}{day:%Y%m%d}{sequence:06d}"
    return f"{place}-{day:%Y%m%d}-{sequence:06d}-{mod_37_36.calc_check_digit(body)}"


def is_well_formed(number: str) -> bool:
    """Whether the check character fits: catches a slip of the finger before anything is searched."""
    parts = number.strip().upper().split("-")
    return (
        len(parts) == 4
        and all(part.isalnum() and part.isascii() for part in parts)
        and mod_37_36.is_valid("".join(parts))
    )


def case_number(application_number: str, position: int) -> str:
    """`<application number>-01`: the case's place among the services of the plan."""
    return f"{application_number}-{position:02d}"


def next_organisation_sequence() -> int:
    """Sequence from which a new firm's organisation code is made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('cases_organisation_code')")
        return int(cursor.fetchone()[0])
