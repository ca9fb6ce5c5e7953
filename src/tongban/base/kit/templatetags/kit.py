"""Tags and filters of every template.

{% icon "store" %}     {{ service.name|t }}        {{ term|period }}      {{ due|day }}
{{ state|state_name }} {{ state|state_tone }}      {{ fee_fen|yuan }} {{ sum_fen|money }}     {{ person|called }}
{{ confidence|trust_name }}   {{ role|role_name }}   {{ moment|moment }}   {{ pack.services|entry_of:id }}
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import lucide
from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from tongban.base.kit import text, words
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Unit

register = template.Library()


@register.simple_tag
def icon(name: str, otherwise: str = "") -> SafeString:
    """A lucide icon, drawn inline and silent for screen readers.

    Raises IconDoesNotExist for a name that lucide does not have, unless a second one is given: the name may come
    from a pack that was written for another version of lucide.
    """
    try:
        return _icon(name)
    except lucide.IconDoesNotExist:
        if not otherwise:
            raise
        return _icon(otherwise)


@lru_cache(maxsize=256)
def _icon(name: str) -> SafeString:
    drawn = lucide._render_icon(name, None, **{"class": "ic", "aria-hidden": "true", "focusable": "false"})
    return mark_safe(drawn)  # noqa: S308  # a file of the lucide wheel


@register.filter
def t(value: Any) -> str:
    """Text of a pack in the reader's language."""
    return text.in_language(value)


@register.filter
def called(subject: Any) -> str:
    """What a person or firm is called: the name in Latin letters for readers of English, if there is one."""
    if subject is None:
        return ""
    return (text.language() == "en" and getattr(subject, "name_en", "")) or subject.name


@register.filter
def period(duration: Any) -> str:
    """A Duration or a Term of a pack in words; zero is "on the spot", None is empty."""
    if duration is None or duration == "":
        return ""
    amount, unit = duration.amount, Unit(duration.unit)
    if amount == 0:
        return gettext("on the spot")
    return {
        Unit.WORKING_DAYS: ngettext("%(n)d working day", "%(n)d working days", amount),
        Unit.CALENDAR_DAYS: ngettext("%(n)d calendar day", "%(n)d calendar days", amount),
        Unit.MONTHS: ngettext("%(n)d month", "%(n)d months", amount),
        Unit.HOURS: ngettext("%(n)d hour", "%(n)d hours", amount),
    }[unit] % {"n": amount}


@register.filter
def working_days(amount: Any) -> str:
    """A number of working days in words."""
    return (
        ""
        if amount in (None, "")
        else ngettext("%(n)d working day", "%(n)d working days", int(amount)) % {"n": int(amount)}
    )


@register.filter
def day(value: Any) -> str | SafeString:
    """A civil date, or a DueDate: one past the known calendar is marked as provisional."""
    if value is None or value == "":
        return ""
    if isinstance(value, DueDate):
        written = day(value.day)
        if not value.provisional:
            return written
        return format_html(
            '{} <span class="tag line" title="{}">{}</span>',
            written,
            gettext("The holidays of that year are not published yet; the day may still move."),
            gettext("provisional"),
        )
    if isinstance(value, datetime):
        value = timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    # Translators: Django date format for a day
    return date_format(value, pgettext("format of a day", "j F Y")) if isinstance(value, date) else str(value)


@register.filter
def last_day(value: datetime | None) -> str | SafeString:
    """The last civil day before an instant at which something ends."""
    return day(timezone.localdate(value - timedelta(microseconds=1))) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """An instant in the time of the place, to the minute."""
    if value is None or value == "":
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    # Translators: Django date format for a day and time
    return date_format(local, pgettext("format of a moment", "j F Y, H:i"))


@register.filter
def yuan(fen: Any) -> str:
    """A price in fen as yuan; zero is "free of charge"."""
    return gettext("free of charge") if fen not in (None, "") and _fen(fen) == 0 else money(fen)


@register.filter
def money(fen: Any) -> str:
    """An amount in fen as yuan: no decimals when whole, thousands by comma."""
    if fen is None or fen == "":
        return ""
    amount = _fen(fen)
    whole, rest = divmod(abs(amount), 100)
    return f"{'−' if amount < 0 else ''}¥{whole:,}" + (f".{rest:02d}" if rest else "")


@register.filter
def grouped(number: Any) -> str:
    """A count that is easy to read: 1,000,000."""
    return f"{int(number):,}" if str(number).lstrip("-").isdecimal() else str(number)


def _fen(amount: Any) -> int:
    return int(getattr(amount, "fen", amount))


@register.filter
def state_name(state: Any) -> str:
    known = words.STATES.get(str(state))
    return gettext(known) if known else str(state or "")


@register.filter
def state_tone(state: Any) -> str:
    return words.tone(state)


@register.filter
def role_name(role: Any) -> str:
    known = words.ROLES.get(str(role))
    return gettext(known) if known else str(role or "")


@register.filter
def trust_name(confidence: Any) -> str:
    known = words.CONFIDENCE.get(str(confidence))
    return gettext(known[0]) if known else ""


@register.filter
def trust_tone(confidence: Any) -> str:
    known = words.CONFIDENCE.get(str(confidence))
    return known[1] if known else ""


@register.filter
def entry_of(mapping: Any, key: Any) -> Any:
    """`pack.services|entry_of:id`; None when there is no such entry."""
    return None if mapping is None else mapping.get(key)


@register.filter
def masked(identifier: Any) -> str:
    """An identity number with its middle hidden."""
    shown = str(identifier or "")
    return shown if len(shown) < 9 else f"{shown[:4]}{'*' * (len(shown) - 8)}{shown[-4:]}"


@register.filter
def phrases(line: Any) -> str | SafeString:
    """A Chinese headline that breaks after its commas and nowhere else; other text as it is."""
    written = str(line)
    if not text.language().startswith("zh"):
        return written
    return format_html_join(
        "",
        '<span class="nowrap">{}</span><wbr>',
        ((p,) for p in re.findall(r"[^，、；。！？]+[，、；。！？]?", written)),
    )


@register.filter
def as_query(words_: Any) -> str:
    """`q=...` of a link to a search."""
    return urlencode({"q": str(words_)})
