"""Public numbers of tickets: place, date, sequence, check character (ISO 7064 MOD 37,36). A number never authorises."""

from __future__ import annotations

from datetime import date

from django.db import connection
from stdnum.iso7064 import mod_37_36


def next_number(place: str, day: date) -> str:
    """`990100-20261125-T000042-K`: the T keeps it apart from applications. A gap means a report that failed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('hotline_ticket_number')")
        sequence = cursor.fetchone()[0]
    body = f"{place}{day:%Y%m%d}T{sequence:06d}"
    return f"{place}-{day:%Y%m%d}-T{sequence:06d}-{mod_37_36.calc_check_digit(body)}"
