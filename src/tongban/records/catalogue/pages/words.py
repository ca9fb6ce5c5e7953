"""What attributes, states, steps and findings of this room are called on pages."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.records.catalogue.clocks import Clock

Word = tuple[str, str]
"""(msgid, tone of the tag)."""

SHARING: Final[dict[str, Word]] = {
    "unconditional": (msg("Shared without conditions"), "ok"),
    "conditional": (msg("Shared under conditions"), "info"),
    "none": (msg("Not shared"), "warn"),
}
OPENNESS: Final[dict[str, Word]] = {
    "open": (msg("Open to everybody"), "ok"),
    "conditional": (msg("Open on request"), "info"),
    "none": (msg("Not open"), "line"),
}
FREQUENCY: Final = {
    "real-time": msg("At once"),
    "daily": msg("Daily"),
    "weekly": msg("Weekly"),
    "monthly": msg("Monthly"),
    "quarterly": msg("Quarterly"),
    "yearly": msg("Yearly"),
}
GRADES: Final[dict[int, Word]] = {
    1: (msg("1 public"), "ok"),
    2: (msg("2 internal"), "line"),
    3: (msg("3 sensitive"), "warn"),
    4: (msg("4 very sensitive"), "bad"),
}
"""Four grades for public data are common practice (recalled; local standards vary)."""
STATES: Final[dict[str, Word]] = {
    "submitted": (msg("Submitted"), "info"),
    "in-review": (msg("With the steward"), "info"),
    "more-asked": (msg("More is asked"), "warn"),
    "granted": (msg("Granted, not ready yet"), "warn"),
    "provided": (msg("Granted and ready"), "ok"),
    "refused": (msg("Sharing refused"), "bad"),
    "withdrawn": (msg("Withdrawn"), "line"),
    # of a correction
    "corrected": (msg("Corrected"), "ok"),
    "declined": (msg("The value stands"), "line"),
    # of a grant
    "live": (msg("Live"), "ok"),
    "not-ready": (msg("Not ready yet"), "warn"),
    "expired": (msg("Ended"), "line"),
    "revoked": (msg("Taken back"), "bad"),
    # of a look-up
    "delivered": (msg("Delivered"), "ok"),
    "not-found": (msg("No such row"), "line"),
}
EVENTS: Final[dict[str, Word]] = {
    "submit": (msg("Asked for"), ""),
    "check": (msg("Checked by the platform"), ""),
    "ask-more": (msg("The steward asks for more"), "warn"),
    "answer": (msg("Answered"), ""),
    "extend": (msg("The answer is put off"), "warn"),
    "grant": (msg("Granted"), "ok"),
    "provide": (msg("Ready to be used"), "ok"),
    "refuse": (msg("Sharing refused"), "bad"),
    "withdraw": (msg("Withdrawn"), ""),
}
FINDINGS: Final = {
    "sensitive": msg("“%(about)s” is sensitive. Is it needed?"),
    "not-read": msg("No service named here reads “%(about)s”."),
    "every-field": msg("Every field of the resource is asked for."),
    "not-in-charge": msg("The asking office is not in charge of “%(about)s”."),
    "not-shared": msg("This resource is not shared by default: only a law that allows it lets you grant."),
}
TABS: Final = {"open": msg("Open"), "granted": msg("Granted"), "closed": msg("Refused or withdrawn")}


def tag(words: dict[Any, Word], key: Any) -> dict[str, str]:
    """Text and tone for kit/parts/tag.html."""
    text, tone = words.get(key, (str(key), ""))
    return {"text": _(text), "tone": tone}


def frequency(key: str | None) -> str:
    return _(FREQUENCY[key]) if key in FREQUENCY else _("Not stated")


def time_left(clock: Clock) -> str:
    """How long the office has, in words; the light never speaks by colour alone."""
    if clock.state == "more-asked":
        return _("The clock stands still until the answer.")
    if clock.days_left is None:
        return _("Answered late") if clock.answered_late else _("No clock runs")
    if clock.days_left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -clock.days_left) % {
            "n": -clock.days_left
        }
    if clock.days_left == 0:
        return _("Due today")
    return ngettext("%(n)d working day left", "%(n)d working days left", clock.days_left) % {
        "n": clock.days_left
    }


def organ(pack: Pack, organisation: str) -> str:
    """Name of an organisation; its id when the pack in force no longer has it."""
    found = pack.organisations.get(organisation)
    return in_language(found.name) if found else organisation


def resource(pack: Pack, resource_id: str) -> str:
    found = pack.resources.get(resource_id)
    return in_language(found.name) if found else resource_id


def field(pack: Pack, resource_id: str, field_id: str) -> str:
    fields = pack.resources[resource_id].fields if resource_id in pack.resources else ()
    return next((in_language(one.label) for one in fields if one.id == field_id), field_id)


def served(pack: Pack, event: str, services: list[str]) -> list[str]:
    """What a request or a grant serves: the life event, or each service."""
    if event:
        return [in_language(pack.life_events[event].name) if event in pack.life_events else event]
    return [in_language(pack.services[one].name) if one in pack.services else one for one in services]


def finding(pack: Pack, resource_id: str, code: str, about: str) -> str:
    label = (
        in_language(pack.services[about].name) if about in pack.services else field(pack, resource_id, about)
    )
    return _(FINDINGS.get(code, code)) % {"about": label}


def article(pack: Pack, reference: str) -> dict[str, str]:
    """A cited article as a link to its text."""
    act, _sign, number = reference.partition("#")
    if act not in pack.laws:
        return {"label": reference, "link": ""}
    label = _("%(act)s, article %(number)s") % {"act": in_language(pack.laws[act].name), "number": number}
    return {"label": label, "link": f"/laws/{act}#{number}"}


def listed(items: Any) -> str:
    """A, B, C as this language lists things."""
    return _(", ").join(items)
