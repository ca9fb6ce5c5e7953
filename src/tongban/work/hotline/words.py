"""What the hotline's fixed words are called: states, events, reasons, answers. Classes have their words in the pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.work.hotline.clocks import Clock, Due, Light

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "received": (msg("Received by the hotline"), "info"),
    "dispatched": (msg("Sent to the unit"), "info"),
    "disputed": (msg("Objection under review"), "warn"),
    "confirmed": (msg("Confirmed with the unit"), "info"),
    "handling": (msg("Being handled"), "info"),
    "replied": (msg("Replied, call-back to come"), "pri"),
    "closed": (msg("Closed"), "ok"),
    "reopened": (msg("Reopened"), "warn"),
    "merged": (msg("Joined to an older ticket"), ""),
}
"""State -> what it is called, and the colour of its tag."""

EVENTS: Final[Mapping[str, tuple[str, str]]] = {
    "report": (msg("Reported"), ""),
    "classify": (msg("Classified"), ""),
    "merge": (msg("Joined to an older ticket"), ""),
    "split": (msg("Separated again"), ""),
    "dispatch": (msg("Sent to the unit in charge"), ""),
    "object": (msg("The unit objected"), "warn"),
    "uphold": (msg("Objection upheld: to be sent elsewhere"), "warn"),
    "reject": (msg("Objection rejected: the unit stays in charge"), ""),
    "contact": (msg("The unit got in touch"), ""),
    "reply": (msg("The unit replied"), "ok"),
    "miss": (msg("Call-back: not reached"), "warn"),
    "lapse": (msg("Closed without a call-back: not reached"), ""),
    "call_back": (msg("Call-back answered"), "ok"),
    "reopen": (msg("Reopened"), "warn"),
}

REASONS: Final[Mapping[str, str]] = {
    "duty": msg("Not our duty by law or by the list of duties"),
    "area": msg("Not in our area"),
    "unclear": msg("The matter or the place cannot be made out"),
    "channel": msg("It belongs to another channel, for example a court or a reconsideration"),
}
"""Why a unit may object (北京市接诉即办工作条例 arts. 11 and 12)."""

SOLVED: Final[Mapping[str, str]] = {
    "yes": msg("Solved"),
    "partly": msg("Partly solved"),
    "no": msg("Not solved"),
}
SATISFIED: Final[Mapping[str, str]] = {
    "satisfied": msg("Satisfied"),
    "basically": msg("Basically satisfied"),
    "dissatisfied": msg("Dissatisfied"),
}
RULINGS: Final[Mapping[str, str]] = {"upheld": msg("Upheld"), "rejected": msg("Rejected")}
CHANNELS: Final[Mapping[str, str]] = {
    "web": msg("Portal"),
    "phone": msg("Telephone"),
    "window": msg("Window"),
    "api": msg("Interface"),
}
TIME_CLASSES: Final[Mapping[str, str]] = {
    "A": msg("Emergency"),
    "B": msg("Basic living"),
    "C": msg("General"),
    "D": msg("Complex"),
}
LIGHTS: Final[Mapping[Light, tuple[str, str, str]]] = {
    Light.NONE: (msg("No clock runs"), "muted", "circle"),
    Light.GREEN: (msg("In time"), "ok", "circle-check"),
    Light.YELLOW: (msg("Due soon"), "warn", "alarm-clock"),
    Light.RED: (msg("Overdue"), "bad", "circle-alert"),
}
"""Light -> its word, its colour, its icon: the word says what the colour says."""
CLOCKS: Final[Mapping[str, str]] = {
    "dispatch": msg("To be sent to a unit by"),
    "ruling": msg("Objection to be ruled on by"),
    "contact": msg("First contact by"),
    "feedback": msg("Reply by"),
    "objection": msg("The unit may object until"),
}


def answers(solved: str, satisfied: str) -> str:
    """The answers of a call-back."""
    return f"{_(SOLVED[solved])} · {_(SATISFIED[satisfied])}"


def binding(clock: Clock) -> str:
    """Which clock binds now, in words; empty when none runs."""
    names = ("ruling", "dispatch", "feedback")
    return next((_(CLOCKS[name]) for name in names if getattr(clock, name) is not None), "")


def left(due: Due | None, clock: Clock) -> str:
    """Time to the end of a clock, or since it, in the largest unit that fits."""
    if due is None:
        return ""
    late = clock.now >= due.end
    minutes = int(abs(due.end - clock.now).total_seconds()) // 60
    days, hours = minutes // 1440, minutes // 60
    if days >= 2:
        n, spoken = days, ngettext("%(n)d day", "%(n)d days", days)
    elif hours >= 1:
        n, spoken = hours, ngettext("%(n)d hour", "%(n)d hours", hours)
    else:
        n, spoken = minutes, ngettext("%(n)d minute", "%(n)d minutes", minutes)
    span = spoken % {"n": n}
    return (_("%(span)s late") if late else _("%(span)s left")) % {"span": span}
