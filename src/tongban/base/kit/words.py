"""What states and other fixed words of the platform are called on pages. Content has its own words in the pack."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop as _

STATES: Final[dict[str, str]] = {
    # of a case
    "waiting": _("Waiting for another case"),
    "submitted": _("Submitted"),
    "correcting": _("To be corrected"),
    "accepted": _("Accepted, being examined"),
    "suspended": _("Clock suspended"),
    "granted": _("Granted"),
    "refused": _("Refused"),
    "not_accepted": _("Not accepted"),
    "withdrawn": _("Withdrawn"),
    "terminated": _("Terminated"),
    "completed": _("Completed"),
    "annulled": _("Annulled"),
    "recalled": _("Recalled"),
    # of an application
    "draft": _("Draft"),
    "in_progress": _("In progress"),
    "done": _("Done"),
    # of a licence
    "valid": _("Valid"),
    "expired": _("Expired"),
    "revoked": _("Revoked"),
    "cancelled": _("Cancelled"),
    "replaced": _("Replaced"),
    # of a planned material
    "held": _("Already held, nothing to hand in"),
    "produced": _("Comes out of another service here"),
    "form": _("Drawn up from your answers"),
    "commit": _("To be signed on the page"),
    "upload": _("To be uploaded"),
    "deferrable": _("May be handed in later"),
    "missing": _("Not found in any registry"),
    # of a condition
    "pass": _("Met"),
    "fail": _("Not met"),
    "unknown": _("Not known yet"),
    "undefined": _("Cannot be computed"),
    # of whether a service applies
    "yes": _("Applies"),
    "maybe": _("May apply"),
    "no": _("Does not apply"),
    # lights of electronic supervision
    "none": _("No clock runs"),
    "green": _("In time"),
    "yellow": _("Due soon"),
    "red": _("Past the promised day"),
    "black": _("Past the statutory day"),
}

TONES: Final[dict[str, str]] = {
    "ok": "granted completed done valid held produced pass yes green",
    "info": "submitted accepted in_progress form maybe unknown",
    "warn": "correcting waiting suspended upload deferrable commit yellow missing undefined",
    "bad": "refused not_accepted terminated annulled recalled expired revoked fail red black",
}
"""Colour of a tag; what is not listed is neutral. Colour never says what the words do not."""

ROLES: Final[dict[str, str]] = {
    "applicant": _("Applicant"),
    "agent": _("Agent with a limited mandate"),
    "officer": _("Officer"),
    "clerk": _("Window clerk"),
    "window": _("At the window, for the applicant"),
    "auditor": _("Auditor"),
}

CONFIDENCE: Final[dict[str, tuple[str, str]]] = {
    "confirmed": (_("Checked against the source"), "ok"),
    "recalled": (_("Sample content: from memory, not checked again"), "warn"),
    "sample": (_("Sample content: realistic, no city's law"), "info"),
    "design": (_("Sample content: our own design"), "info"),
}
"""How far a statement of a pack can be trusted: its words and the colour of the mark. What nobody has checked against its
source is sample content, whatever it was taken from."""

_TONE_OF: Final = {state: tone for tone, states in TONES.items() for state in states.split()}


def tone(state: object) -> str:
    return _TONE_OF.get(str(state), "")
