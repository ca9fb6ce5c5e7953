"""A change of what is known about a subject, and ways that are made of changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from tongban.core.rules import exact
from tongban.core.rules.states import Absent, Known, Value
from tongban.core.rules.types import Kind, Type
from tongban.core.values.text import Bilingual


class Form(StrEnum):
    """Which values would do, the rest of the way being taken."""

    EXACTLY = "exactly"
    """The value `after`; nothing is said about others."""
    AT_LEAST = "at-least"
    """Every value from `low` on; of dates, on that day or later."""
    AT_MOST = "at-most"
    """Every value up to `high`; of dates, on that day or before."""
    BETWEEN = "between"
    """Every value from `low` to `high`, both included."""
    ONE_OF = "one-of"
    """Each of `values`."""
    OTHER_THAN = "other-than"
    """Every text but `values`; `after` is one nobody has."""
    ABSENT = "absent"
    """That there is none."""


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    type: Type
    before: Known | Absent | None
    """None: it is not known yet."""
    after: Known | Absent
    """The nearest value that was found to do."""
    form: Form = Form.EXACTLY
    low: Value | None = None
    high: Value | None = None
    values: tuple[Value, ...] = ()

    @property
    def words(self) -> Bilingual:
        """What it has to be: "at least 60". Codes and units stand as they are; money is in yuan."""
        low, high = (None if end is None else shown(self.type, end) for end in (self.low, self.high))
        listed = [shown(self.type, value) for value in self.values]
        dated = self.type.kind is Kind.DATE
        match self.form:
            case Form.AT_LEAST if low:
                en = f"on {low.en} or later" if dated else f"at least {low.en}"
                return Bilingual(f"不早于{low.zh}" if dated else f"不少于{low.zh}", en)
            case Form.AT_MOST if high:
                en = f"on {high.en} or before" if dated else f"at most {high.en}"
                return Bilingual(f"不晚于{high.zh}" if dated else f"不超过{high.zh}", en)
            case Form.BETWEEN if low and high:
                return Bilingual(f"在{low.zh}至{high.zh}之间", f"from {low.en} to {high.en}")
            case Form.ONE_OF:
                zh, en = "、".join(one.zh for one in listed), ", ".join(one.en for one in listed)
                return Bilingual(f"以下之一：{zh}", f"one of {en}")
            case Form.OTHER_THAN:
                zh, en = "、".join(one.zh for one in listed), ", ".join(one.en for one in listed)
                return Bilingual(f"{zh}以外的", f"other than {en}")
            case _:
                return shown(self.type, self.after.value) if isinstance(self.after, Known) else _NONE


@dataclass(frozen=True, slots=True)
class Way:
    """Changes that together give what is wanted."""

    changes: tuple[Change, ...]
    """In the order in which the rule reads the facts."""
    distance: Fraction
    """How far it is, for choosing between ways; see `changes.targets`."""


_NONE = Bilingual("没有", "none")


def shown(type: Type, value: Value) -> Bilingual:
    match value:
        case bool():
            return Bilingual("是", "yes") if value else Bilingual("否", "no")
        case int() if type.kind is Kind.MONEY:
            yuan = format(exact.to_decimal(value, 2, shift=2), "f").removesuffix(".00")
            return Bilingual(f"{yuan}元", f"{yuan} yuan")
        case Decimal():
            return _same(format(value, "f"))
        case date():
            return _same(value.isoformat())
        case str():
            return Bilingual(f"“{value}”", f"'{value}'")
        case _:
            return _same(str(value))


def _same(text: str) -> Bilingual:
    return Bilingual(text, text)
