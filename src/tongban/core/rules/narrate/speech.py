"""One language of a narration: how values, names and reasons are written in it.

Speech(lexicon, "en").value(area, Decimal("45.0"))      45.0 m²
Speech(lexicon, "zh").value(cost, 180050)               ¥1,800.50
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tongban.core.rules import exact, ir
from tongban.core.rules.narrate.lexicon import Lexicon
from tongban.core.rules.states import Absent, Known, Members, State, Undefined, Unknown, Value
from tongban.core.rules.steps import Ratio
from tongban.core.rules.types import Kind, Type
from tongban.core.values.text import Bilingual

_UNITS: Final = {
    "day": Bilingual("天", "days"),
    "month": Bilingual("个月", "months"),
    "year": Bilingual("年", "years"),
    "hour": Bilingual("小时", "hours"),
    "person": Bilingual("人", "people"),
    "m2": Bilingual("平方米", "m²"),
}
"""Words of units that a lexicon does not name."""
_ONE: Final = {"days": "day", "months": "month", "years": "year", "hours": "hour", "people": "person"}
_REASONS: Final = (
    (r"division by zero", "除数为零", "division by zero"),
    (r"no value of '(.+)' for this date", "「{0}」在该日期没有数值", "{0} has no value on this date"),
    (
        r"it lies below the first bracket of '(.+)'",
        "低于「{0}」的第一档",
        "it lies below the first bracket of {0}",
    ),
    (
        r"a date outside the years 1 to 9999",
        "日期超出公元 1 至 9999 年",
        "a date outside the years 1 to 9999",
    ),
)
_HAN: Final = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]"
_NO_SPACE: Final = re.compile(f"(?<={_HAN}) (?={_HAN})|(?<=[（「，：；、]) | (?=[）」，：；、（])")
_RATIO_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Speech:
    lexicon: Lexicon
    language: str
    """`zh` or `en`; a longer tag (`zh-hans`) is read by its beginning."""

    def say(self, zh: str, en: str) -> str:
        return Bilingual(zh, en).get(self.language)

    def tidy(self, text: str) -> str:
        """Without the spaces that Chinese does not put between its characters."""
        return _NO_SPACE.sub("", text) if self.language.startswith("zh") else text

    def label(self, name: str) -> str:
        found = self.lexicon.labels.get(name)
        return found.get(self.language) if found else name

    def listed(self, words: Iterable[str]) -> str:
        return self.say("、", ", ").join(words)

    def unit(self, unit: str | None) -> str:
        """The unit in words; a compound one (person/m2) by its parts."""
        if unit is None:
            return ""
        if found := self.lexicon.units.get(unit):
            return found.get(self.language)
        if found := _UNITS.get(unit) or _UNITS.get(unit.removesuffix("s")):
            return found.get(self.language)
        return re.sub(r"[^*/]+", lambda part: self.unit(part[0]), unit) if re.search(r"[*/]", unit) else unit

    def value(self, type: Type, value: Value, *, bare: bool = False) -> str:
        """A value with its unit. `bare`: without unit or currency sign, as it stands in arithmetic."""
        match value:
            case bool():
                return self.say("是", "yes") if value else self.say("否", "no")
            case date():
                return value.isoformat()
            case str():
                return self._text(type, value)
            case int() | Decimal() if type.kind is Kind.MONEY:
                return money(Fraction(value), bare=bare)
            case int() | Decimal():
                return number(value) if bare else self._counted(type.unit, value)

    def ratio(self, type: Type, value: Fraction, *, bare: bool = False) -> str:
        """An exact number; one that never ends has `≈` before its first digits. Money in fen."""
        is_money = type.kind is Kind.MONEY
        places = 10 ** (_RATIO_DIGITS - 2 if is_money else _RATIO_DIGITS)
        about = "" if (value * places).denominator == 1 else "≈ "
        shown = Fraction(exact.round_half_away(value * places)) / places
        if is_money:
            return about + money(shown, bare=bare)
        written = number(_trimmed(exact.to_decimal(shown, _RATIO_DIGITS)))
        return about + (written if bare else f"{written} {self.unit(type.unit)}".rstrip())

    def result(self, type: Type, result: State | Members | Ratio, *, bare: bool = False) -> str:
        """What is known of a fact or came out of an operation."""
        match result:
            case Known(value=value):
                return self.value(type, value, bare=bare)
            case Ratio(value=value):
                return self.ratio(type, value, bare=bare)
            case Absent():
                return self.say("无", "none")
            case Unknown():
                return self.say("未知", "not known")
            case Undefined(reason=reason):
                return self.say("无法得出（", "no value (") + self.reason(reason) + self.say("）", ")")
            case Members(rows=rows):
                return self.members(len(rows))

    def members(self, count: int) -> str:
        return self.say(f"{count} 项", f"{count} listed")

    def reason(self, reason: str) -> str:
        """Why something is undefined."""
        for pattern, zh, en in _REASONS:
            if found := re.fullmatch(pattern, reason):
                return self.say(zh, en).format(*map(self.label, found.groups()))
        return reason

    def withheld(self, node: ir.Node) -> bool:
        """Whether the value of a node would show what the reader may not see."""
        return not self.lexicon.withheld.isdisjoint(ir.facts(node))

    def _counted(self, unit: str | None, value: int | Decimal) -> str:
        words = self.unit(unit)
        return f"{number(value)} {_ONE.get(words, words) if value == 1 else words}".rstrip()

    def _text(self, type: Type, value: str) -> str:
        if type.kind is Kind.CODE:
            found = self.lexicon.codes.get(type.codes or "", {}).get(value)
            return found.get(self.language) if found else value
        return self.say(f"“{value}”", f"“{value}”")


def number(value: int | Decimal) -> str:
    """In digits, thousands by comma; a minus sign in front."""
    return format(value, ",").replace("-", "−") if isinstance(value, int) else _decimal(value)


def money(fen: Fraction, *, bare: bool = False) -> str:
    """Yuan, with two digits after the point (none when whole, unless bare) and more where there are parts of a fen."""
    yuan = fen / 100
    digits = 2
    while digits < 20 and (yuan * 10**digits).denominator != 1:
        digits += 1
    written = number(exact.to_decimal(abs(yuan), digits))
    sign = "−" if yuan < 0 else ""
    return f"{sign}{written}" if bare else f"{sign}¥{written.removesuffix('.00')}"


def _decimal(value: Decimal) -> str:
    whole, point, digits = format(value.copy_abs(), "f").partition(".")
    return ("−" if value < 0 else "") + format(int(whole), ",") + point + digits


def _trimmed(value: Decimal) -> Decimal:
    text = format(value, "f").rstrip("0").rstrip(".")
    return Decimal(text)
