"""Words of this room that are not in a template."""

from __future__ import annotations

from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.core.packs.model import Fact
from tongban.core.rules.types import BadValue

AUTOMATIC: Final = msg("Every condition was checked against the records and is met.")
RENEWED: Final = msg("Nothing was decided before the licence ended. By law it counts as renewed.")
"""Reasons of decisions that nobody made: by rule, and by silence."""


def value_problem(fact: Fact, error: ValueError) -> str:
    """What is wrong with a typed-in value and what to type instead."""
    code = error.code if isinstance(error, BadValue) else ""
    words = {"label": fact.label.get(get_language() or "zh"), "low": fact.minimum, "high": fact.maximum}
    if code in ("too-small", "too-large"):
        if fact.minimum is not None and fact.maximum is not None:
            return _("%(label)s: give a number from %(low)s to %(high)s.") % words
        if fact.minimum is not None:
            return _("%(label)s: give a number of at least %(low)s.") % words
        return _("%(label)s: give a number of at most %(high)s.") % words
    return {
        "not-a-number": _("%(label)s: give a number, for example 86."),
        "too-many-decimals": _("%(label)s: too many digits after the point."),
        "not-a-date": _("%(label)s: give a date as 2026-11-25."),
        "not-a-boolean": _("%(label)s: choose yes or no."),
        "not-in-list": _("%(label)s: choose one of the answers."),
        "too-long": _("%(label)s: this is too long."),
    }.get(code, _("%(label)s: this value does not fit.")) % words
