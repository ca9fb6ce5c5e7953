"""Words of opinions between offices and of inspections, as officers read them."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.work.cases.consulted import Row

OPINIONS: Final = {
    "no-objection": (msg("No objection"), msg("Nothing speaks against it from your side.")),
    "condition": (msg("Only if something is done"), msg("Say what has to be done.")),
    "objection": (msg("Against it"), msg("Say what speaks against it, and the rule it rests on.")),
}
"""What an office can answer, with what it means."""
SAID: Final = {
    **{name: words for name, (words, _what) in OPINIONS.items()},
    "silent": msg("Silent: counts as no objection"),
}
TONES: Final = {"no-objection": "ok", "condition": "warn", "objection": "bad", "silent": "info"}


def time_left(row: Row) -> str:
    """How long the office that was asked has, in words."""
    if not row.open:
        return ""
    left = row.standing.days_left
    if left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -left) % {"n": -left}
    if left == 0:
        return _("Due today")
    return ngettext("%(n)d working day left", "%(n)d working days left", left) % {"n": left}


def said(row: Row) -> str:
    """What came of it, in words."""
    if row.opinion:
        return _(SAID[row.opinion])
    return "" if row.open else _("No longer needed")
