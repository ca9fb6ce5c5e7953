"""What states, events, results and amounts of this room are called, with the tone of their tag."""

from __future__ import annotations

from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.base.kit.templatetags import kit
from tongban.base.kit.text import in_language
from tongban.core.packs.model_data import Policy
from tongban.core.values.text import Bilingual

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
    "returned": (msg("Given back"), "line"),
}
STATES_OF_OFFERS: Final[dict[str, tuple[str, str]]] = {
    "budget-exhausted": (msg("In line, nothing left"), "warn"),
    "confirmed": (msg("Confirmed, to be handed over"), "pri"),
    "paid": (msg("Handed over"), "ok"),
    "reclaimed": (msg("To be given back"), "bad"),
}
"""Those that an offer which is not money goes through under another name."""
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
EVENTS_OF_OFFERS: Final[dict[str, tuple[str, str]]] = {
    "find": (msg("Found by the rules and reserved"), "ok"),
    "exhaust": (msg("Found by the rules, nothing left this year"), "warn"),
    "offer": (msg("Somebody else gave theirs up: moved up, and reserved"), "ok"),
    "confirm": (msg("Confirmed"), "ok"),
    "refuse": (msg("Given up, free for the next in line"), ""),
    "lapse": (msg("Not answered in time, free for the next in line"), "bad"),
    "pay": (msg("Handed over"), "ok"),
    "reclaim": (msg("Withdrawn by the office, with reasons"), "bad"),
    "return": (msg("Given back, free for the next in line"), ""),
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


def state(value: str, *, money: bool = True) -> tuple[str, str]:
    """(word, tone) of a state. `money`: see `Policy.is_money`."""
    word, tone = (not money and STATES_OF_OFFERS.get(value)) or STATES.get(value, (value, ""))
    return _(word), tone


def own_state(value: str, *, money: bool = True) -> str:
    return _(OWN[value]) if value in OWN else state(value, money=money)[0]


def event(value: str, *, money: bool = True) -> tuple[str, str]:
    word, tone = (not money and EVENTS_OF_OFFERS.get(value)) or EVENTS.get(value, (value, ""))
    return _(word), tone


def amount(policy: Policy, value: int) -> str:
    """An amount or a budget of a policy: money in yuan, months, or units of what it offers."""
    if policy.is_money:
        return kit.money(value)
    if policy.effect == "months":
        return ngettext("%(n)d month", "%(n)d months", value) % {"n": value}
    return f"{value:,} {in_language(policy.unit)}".rstrip()


def unit(policy: Policy) -> str:
    """What its amounts are counted in, for tables that hold bare numbers."""
    if policy.is_money:
        return _("yuan")
    return _("months") if policy.effect == "months" else in_language(policy.unit)


def amount_in_both(policy: Policy, value: int) -> Bilingual:
    """The same for notices."""
    texts = {}
    for field, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            texts[field] = amount(policy, value)
    return Bilingual(**texts)
