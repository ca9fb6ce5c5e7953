"""How long each step of sharing may take. Law sets these numbers, so they are parameters of the pack.

A pack overrides one by declaring an integer parameter `sharing_<name>`. The numbers below stand in where it says
nothing. They follow what is remembered of 政务数据共享条例 (Order 809, in force 2025-08-01), whose text was not
at hand: treat all of them as recalled.

| parameter                           | default | unit         | ground                                             |
|-------------------------------------|---------|--------------|----------------------------------------------------|
| sharing_answer_unconditional_days   | 1       | working days | recalled                                           |
| sharing_answer_conditional_days     | 10      | working days | recalled; also used where sharing is not foreseen  |
| sharing_answer_extension_days       | 10      | working days | recalled: extended once                            |
| sharing_provide_days                | 20      | working days | recalled: after consent                            |
| sharing_correction_days             | 10      | working days | recalled (校核)                                    |
| sharing_grant_months                | 12      | months       | our design: a grant is renewed by a new request    |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from tongban.core.packs import parameters
from tongban.core.packs.pack import Pack
from tongban.core.values.duration import Duration, Unit

PREFIX: Final = "sharing"


@dataclass(frozen=True, slots=True)
class Default:
    amount: int
    unit: Unit
    recalled: bool


DEFAULTS: Final[Mapping[str, Default]] = MappingProxyType({
    "answer_unconditional_days": Default(1, Unit.WORKING_DAYS, recalled=True),
    "answer_conditional_days": Default(10, Unit.WORKING_DAYS, recalled=True),
    "answer_extension_days": Default(10, Unit.WORKING_DAYS, recalled=True),
    "provide_days": Default(20, Unit.WORKING_DAYS, recalled=True),
    "correction_days": Default(10, Unit.WORKING_DAYS, recalled=True),
    "grant_months": Default(12, Unit.MONTHS, recalled=False),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """The periods that govern one request, by its resource's sharing attribute."""

    answer: Duration
    extension: int
    """Working days by which the answer may be put off, once."""
    provide: Duration
    correction: Duration
    grant: Duration
    recalled: bool = field(default=True)
    """Whether any of them comes from memory and not from the pack."""


def terms(pack: Pack, sharing: str, at: date) -> Terms:
    """The periods in force on the civil day `at` for a resource of this sharing attribute."""
    answer = "answer_unconditional_days" if sharing == "unconditional" else "answer_conditional_days"
    used = (answer, "answer_extension_days", "provide_days", "correction_days", "grant_months")
    return Terms(
        answer=duration(pack, answer, at),
        extension=duration(pack, "answer_extension_days", at).amount,
        provide=duration(pack, "provide_days", at),
        correction=duration(pack, "correction_days", at),
        grant=duration(pack, "grant_months", at),
        recalled=any(DEFAULTS[name].recalled and _declared(pack, name, at) is None for name in used),
    )


def duration(pack: Pack, name: str, at: date) -> Duration:
    """What the pack declares for the day, else the default."""
    declared = _declared(pack, name, at)
    return Duration(DEFAULTS[name].amount if declared is None else declared, DEFAULTS[name].unit)


def _declared(pack: Pack, name: str, at: date) -> int | None:
    parameter = pack.parameters.get(f"{PREFIX}_{name}")
    value = parameters.value_at(parameter, at) if parameter is not None else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
