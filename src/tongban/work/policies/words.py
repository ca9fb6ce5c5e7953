"""What states, events and results of this room are called on pages, with the tone of their tag."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

STATES: Final[dict[str, tuple[str, str]]] = {
    "found": (msg("Waiting for the owner's answer"), "info"),
    "budget-exhausted": (msg("In line, no money left"), "warn"),
    "confirmed": (msg("Confirmed, to be paid"), "pri"),
    "refused": (msg("Given up by the owner"), "line"),
    "contested": (msg("Contested, with the office"), "warn"),
    "upheld": (msg("Contest answered, finding stands"), "info"),
    "withdrawn": (msg("Taken back by the office"), "bad"),
    "lapsed": (msg("Not answered in time"), "line"),
    "paid": (msg("Paid"), "ok"),
    "reclaimed": (msg("To be paid back"), "bad"),
    "repaid": (msg("Paid back"), "line"),
}
OWN: Final[dict[str, str]] = {
    "found": msg("Waiting for your answer"),
    "refused": msg("Given up"),
    "upheld": msg("Waiting for your answer"),
}
"""States that their owner reads in other words."""
EVENTS: Final[dict[str, tuple[str, str]]] = {
    "find": (msg("Found by the rules, money reserved"), "ok"),
    "exhaust": (msg("Found by the rules, no money left this year"), "warn"),
    "offer": (msg("Money was given up by somebody else and reserved for you"), "ok"),
    "confirm": (msg("Confirmed with an account"), "ok"),
    "refuse": (msg("Given up, money released"), ""),
    "contest": (msg("Contested"), "warn"),
    "uphold": (msg("Contest answered: the finding stands"), ""),
    "withdraw": (msg("Taken back by the office, with reasons"), "bad"),
    "lapse": (msg("Not answered in time, money released"), "bad"),
    "pay": (msg("Paid"), "ok"),
    "reclaim": (msg("Claimed back by the office"), "bad"),
    "repay": (msg("Paid back"), ""),
}
DIFFERENCES: Final[dict[str, str]] = {
    "pack": msg("The pack is missing or was changed"),
    "policy": msg("The pack no longer holds the policy"),
    "fact": msg("A stored fact cannot be read"),
    "missing": msg("A stored condition was not computed"),
    "added": msg("A condition was not stored"),
    "outcome": msg("A condition comes out differently"),
    "reasons": msg("The reasons are different"),
    "amount": msg("The amount is different"),
    "share": msg("The share of the budget is different"),
}


def state(value: str) -> tuple[str, str]:
    """(word, tone) of a state."""
    word, tone = STATES.get(value, (value, ""))
    return _(word), tone


def own_state(value: str) -> str:
    return _(OWN[value]) if value in OWN else state(value)[0]


def event(value: str) -> tuple[str, str]:
    word, tone = EVENTS.get(value, (value, ""))
    return _(word), tone
