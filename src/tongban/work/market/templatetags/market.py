"""{% load market %}   {{ bill.net_fen|fen }}   {{ contract.state|word:"state" }}   {{ contract.state|tone }}"""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from tongban.work.market.pages import words

register = template.Library()


@register.filter
def fen(amount: Any) -> str:
    """An amount of a book: yuan with both digits, thousands by comma, zero as zero."""
    return "" if amount in (None, "") else words.yuan(int(amount))


@register.filter
def word(value: Any, kind: str) -> str:
    """What a fixed value is called: `kind` is `state`, `purpose`, `kind`, `dimension`, `entry`, `role` or `form`."""
    known = words.WORDS[kind].get(str(value))
    return _(known) if known else str(value)


@register.filter
def tone(state: Any) -> str:
    return words.TONES.get(str(state), "")


@register.filter
def percent_of(part: Any, whole: Any) -> str:
    """A share in percent, to one decimal where needed."""
    if not whole:
        return "0 %"
    thousandths = (int(part) * 2000 + int(whole)) // (2 * int(whole))
    return f"{thousandths // 10}{f'.{thousandths % 10}' if thousandths % 10 else ''} %"
