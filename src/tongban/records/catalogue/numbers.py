"""Public numbers of sharing requests (SR) and corrections (JH): place, date, sequence, check character (ISO 7064)."""

from __future__ import annotations

from datetime import date

from stdnum.iso7064 import mod_37_36

from tongban.records.catalogue import models

REQUEST, CORRECTION = "SR", "JH"


def next_number(kind: str, place: str, day: date) -> str:
    """`SR-990100-20261125-0042-K`. Inside a transaction: the counter of the day is locked until it ends."""
    models.NumberCounter.objects.get_or_create(kind=kind, place=place, day=day)
    counter = models.NumberCounter.objects.select_for_update().get(kind=kind, place=place, day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    body = f"{kind}{place}{day:%Y%m%d}{counter.last:04d}"
    return f"{kind}-{place}-{day:%Y%m%d}-{counter.last:04d}-{mod_37_36.calc_check_digit(body)}"
