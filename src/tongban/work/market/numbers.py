"""Public numbers of contracts: place, date, sequence, check character (ISO 7064 MOD 37,36). A number never authorises."""

from __future__ import annotations

from datetime import date

from stdnum.iso7064 import mod_37_36

from tongban.work.market import models


def next_contract_number(place: str, day: date) -> str:
    """`DC-990100-20261125-0042-K`. Inside a transaction: the counter of the day is locked until it ends."""
    models.ContractCounter.objects.get_or_create(place=place, day=day)
    counter = models.ContractCounter.objects.select_for_update().get(place=place, day=day)
    counter.last += 1
    counter.save(update_fields=["last"])
    body = f"DC{place}{day:%Y%m%d}{counter.last:04d}"
    return f"DC-{place}-{day:%Y%m%d}-{counter.last:04d}-{mod_37_36.calc_check_digit(body)}"
