"""One question of a pack as a field of a page, and its answer read back from the form.

    field = forms.field_of(fact, codes, value=46, error="", language="en")
    {% include "kit/parts/field.html" with field=field %}
    value, error = forms.read(fact, codes, request.POST.get(fact.id, ""))

Values are those of core/rules: bool, int (money in fen), Decimal, date, str.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from tongban.base.kit import text
from tongban.core.packs.model import CodeList, Fact
from tongban.core.rules.states import Value
from tongban.core.values.money import Money

RADIOS_UP_TO: Final = 6
"""Code lists with more items become a select."""
NONE: Final = "(none)"
"""What a form sends for the answer that there is none; no code looks like this."""
LONG_TEXT: Final = 200
"""Longest text that gets a single line."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value that is already there came from."""

    label: str
    """In words: "Business licence, seen on 3 November 2026"."""
    tone: str = "ok"


def field_of(
    fact: Fact,
    codes: CodeList | None = None,
    *,
    value: Value | str | None = None,
    error: str = "",
    language: str | None = None,
    required: bool = True,
    readonly: bool = False,
    source: Source | None = None,
    name: str | None = None,
    why: str = "",
    as_question: bool = True,
    none: bool | None = None,
) -> dict[str, Any]:
    """What `kit/parts/field.html` draws.

    `value` is a typed value, or the raw text of a form that came back with an error. `why` says why it is asked.
    `none` says whether the answer is that there is none; None: the page does not offer that.
    """
    name = name or fact.id
    nothing = text.in_language(fact.none, language) if none is not None else ""
    kind = _kind(fact, codes)
    shown = written(fact, value)
    hint = text.in_language(fact.help, language)
    described = [
        f"{name}-{part}"
        for part, there in (("hint", hint or why), ("source", source), ("error", error))
        if there
    ]
    label = fact.question if as_question and fact.question is not None else fact.label
    return {
        "name": name,
        "id": f"field-{name}",
        "kind": kind,
        "label": text.in_language(label, language),
        "short": text.in_language(fact.label, language),
        "hint": hint,
        "why": why,
        "unit": text.in_language(fact.unit_label, language) or ("元" if fact.type == "money" and _chinese(language) else "CNY" if fact.type == "money" else ""),
        "value": shown,
        "text": nothing if none else answer_text(fact, codes, value, language),
        "options": _options(fact, codes, NONE if none else shown, language, name, nothing),
        "none": {"label": nothing, "name": f"{name}-none", "id": f"field-{name}-none", "value": NONE, "checked": bool(none)}
        if nothing and fact.type not in ("boolean", "code")
        else None,
        "error": error,
        "required": required,
        "readonly": readonly,
        "source": source,
        "described_by": " ".join(described),
        "inputmode": {"integer": "numeric", "money": "decimal"}.get(fact.type, "decimal" if fact.type.startswith("decimal") else ""),
        "max_length": fact.max_length if fact.type == "text" else None,
    }  # fmt: skip


def errors_of(fields: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """The entries of `kit/parts/errors.html`: one link for each field that has an error."""
    return [
        {"id": field["options"][0]["id"] if field["kind"] == "radio" else field["id"], "label": field["short"], "message": field["error"]}
        for field in fields
        if field["error"]
    ]  # fmt: skip


def read(fact: Fact, codes: CodeList | None, raw: str) -> tuple[Value | None, str]:
    """(value, "") or (None, what is wrong, in the reader's language). An empty answer is (None, "")."""
    raw = unicodedata.normalize("NFKC", raw).strip() if fact.type != "text" else raw.strip()
    if not raw:
        return None, ""
    if fact.type == "boolean":
        return {"yes": (True, ""), "no": (False, "")}.get(raw, (None, _("Choose yes or no.")))
    if fact.type == "code":
        known = {item.code for item in codes.items} if codes else set()
        return (raw, "") if raw in known else (None, _("Choose one of the answers."))
    if fact.type == "date":
        try:
            return date.fromisoformat(raw.replace("/", "-")), ""
        except ValueError:
            return None, _("Give a date as year-month-day, for example 2026-11-30.")
    if fact.type == "text":
        if len(raw) > fact.max_length:
            return None, _("Use at most %(n)d characters; these are %(given)d.") % {
                "n": fact.max_length,
                "given": len(raw),
            }
        return raw, ""
    return _number(fact, raw)


def says_none(fact: Fact, raw: str, ticked: str) -> bool:
    """Whether a form says that there is none: by one of the choices, or by the box beside a field that is typed in."""
    return (raw if fact.type in ("boolean", "code") else ticked) == NONE


def written(fact: Fact, value: Value | str | None) -> str:
    """A value as the form writes it, so that `read` gives it back."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value.isoformat()
    if fact.type == "money" and isinstance(value, int):
        return f"{Decimal(value) / 100:.2f}".removesuffix(".00")
    return str(value)


def answer_text(
    fact: Fact, codes: CodeList | None, value: Value | str | None, language: str | None = None
) -> str:
    """A value as people read it, with its unit: `46 m²`, `Yes`, the label of a code. Empty when there is none."""
    from tongban.base.kit.templatetags import kit

    if value is None or value == "":
        return ""
    if fact.type == "boolean" and (isinstance(value, bool) or value in ("yes", "no")):
        return _("Yes") if value in (True, "yes") else _("No")
    if fact.type == "code" and codes:
        return next(
            (text.in_language(item.label, language) for item in codes.items if item.code == value), str(value)
        )
    if fact.type == "money" and isinstance(value, int):
        return kit.yuan(value)
    if isinstance(value, date):
        return str(kit.day(value))
    unit = text.in_language(fact.unit_label, language)
    return f"{written(fact, value)} {unit}".rstrip()


def _number(fact: Fact, raw: str) -> tuple[Value | None, str]:
    try:
        number = Decimal(raw.replace(",", "").replace("¥", "").strip())
        if not number.is_finite() or abs(number) >= Decimal(10) ** 15:
            raise InvalidOperation
        if fact.type == "integer":
            value: int | Decimal = int(number)
            exact = value == number
        elif fact.type == "money":
            value, exact = Money.yuan(number).fen, True
        else:
            places = int(fact.type[len("decimal(") : -1])
            value = number.quantize(Decimal(1).scaleb(-places))
            exact = value == number
    except (InvalidOperation, ValueError):
        return None, _("Give a number, for example %(example)s.") % {
            "example": "1280.50" if fact.type == "money" else "46"
        }
    if not exact:
        return None, _("Give a whole number.") if fact.type == "integer" else _(
            "Fewer digits after the point, please."
        )
    for bound, broken, message in (
        (
            fact.minimum,
            fact.minimum is not None and value < fact.minimum,
            _("The smallest possible answer is %(bound)s."),
        ),
        (
            fact.maximum,
            fact.maximum is not None and value > fact.maximum,
            _("The largest possible answer is %(bound)s."),
        ),
    ):
        if broken:
            return None, message % {"bound": written(fact, bound)}
    return value, ""


def _kind(fact: Fact, codes: CodeList | None) -> str:
    if fact.type == "boolean":
        return "radio"
    if fact.type == "code":
        return "radio" if codes is not None and len(codes.items) <= RADIOS_UP_TO else "select"
    if fact.type == "date":
        return "date"
    if fact.type == "text":
        return "textarea" if fact.max_length > LONG_TEXT else "text"
    return "number"


def _options(
    fact: Fact, codes: CodeList | None, shown: str, language: str | None, name: str, nothing: str
) -> list[dict[str, Any]]:
    """`nothing`: words of the choice that there is none, offered as the last one; empty: it is not offered."""
    if fact.type == "boolean":
        choices = [("yes", _("Yes"), ""), ("no", _("No"), "")]
    elif codes is not None and fact.type == "code":
        choices = [
            (i.code, text.in_language(i.label, language), text.in_language(i.help, language))
            for i in codes.items
        ]
    else:
        return []
    if nothing:
        choices.append((NONE, nothing, ""))
    return [
        {
            "value": value,
            "label": label,
            "help": help_,
            "id": f"field-{name}-{number}",
            "checked": value == shown,
        }
        for number, (value, label, help_) in enumerate(choices)
    ]


def _chinese(language: str | None) -> bool:
    return (language or text.language()).startswith("zh")
