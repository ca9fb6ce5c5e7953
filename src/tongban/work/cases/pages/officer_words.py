"""Words of the officers' pages: what happened, how a material is met, how much time is left, proposed reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import ngettext

from tongban.base.kit.text import in_language
from tongban.core.packs.model import Service
from tongban.work.cases.letters.citing import Basis
from tongban.work.cases.pages.officer_findings import Check
from tongban.work.cases.worklist import Row

EVENTS: Final = {
    "submit": (msg("Submitted"), ""),
    "hold": (msg("Waits for the result of another case"), "warn"),
    "release": (msg("The awaited result is there"), "ok"),
    "request_correction": (msg("Correction requested"), "warn"),
    "answer_correction": (msg("Correction handed in"), ""),
    "accept": (msg("Accepted"), "ok"),
    "accept_tolerantly": (msg("Accepted with materials to come later"), "ok"),
    "complete_materials": (msg("Deferred materials complete"), "ok"),
    "decline": (msg("Not accepted"), "bad"),
    "suspend": (msg("Clock stopped"), "warn"),
    "resume": (msg("Clock runs again"), ""),
    "extend": (msg("Term extended"), "warn"),
    "consult": (msg("Another office was asked"), ""),
    "answer_consultation": (msg("Another office has answered"), ""),
    "lapse_consultation": (msg("Another office kept silent: no objection"), "warn"),
    "order_inspection": (msg("Inspection ordered"), "warn"),
    "record_inspection": (msg("Inspection recorded and confirmed"), ""),
    "grant": (msg("Granted"), "ok"),
    "grant_on_commitment": (msg("Granted on commitment"), "ok"),
    "refuse": (msg("Refused"), "bad"),
    "deliver": (msg("Result delivered"), "ok"),
    "withdraw": (msg("Withdrawn"), "bad"),
    "terminate": (msg("Terminated"), "bad"),
    "miss_verification": (msg("The promise was not checked in time"), "bad"),
    "order_remedy": (msg("Ordered to put right"), "warn"),
    "verify": (msg("Promise checked and kept"), "ok"),
    "revive": (msg("It waits again: what it needs was granted after all"), "ok"),
    "announce_end": (msg("The holder was told that it is to end"), "warn"),
    "state_defence": (msg("The holder stated what speaks against it"), "warn"),
    "ask_hearing": (msg("The holder asked for a hearing"), "warn"),
    "close_statement": (msg("The time for stating is over"), ""),
    "hold_hearing": (msg("The hearing was held"), ""),
    "call_off_end": (msg("Called off: it stays in force"), "ok"),
    "object": (msg("The applicant objects"), "warn"),
    "end_objection": (msg("Nobody objected in time"), ""),
    "miss_review": (msg("The review is late"), "bad"),
    "uphold": (msg("Reviewed: it stands"), ""),
    "overturn": (msg("Reviewed: granted after all"), "ok"),
    "reopen": (msg("Reviewed: to be decided anew"), "warn"),
    "annul": (msg("Annulled"), "bad"),
    "recall": (msg("Recalled"), "bad"),
    "cancel": (msg("Cancelled"), "bad"),
}
"""Event to its title and the colour of its dot."""

WAYS: Final = {
    "upload": (msg("Handed in"), "ok"),
    "held": (msg("Found with an office"), "ok"),
    "form": (msg("Drawn up from the answers"), "info"),
    "commit": (msg("Promised and signed on the page"), "info"),
    "deferred": (msg("Comes later"), "warn"),
    "missing": (msg("Missing"), "bad"),
}

TABS: Final = {
    "open": msg("All open"),
    "looking": msg("To look through"),
    "examining": msg("In examination"),
    "correcting": msg("Correction out"),
    "waiting": msg("Waiting for evidence"),
    "checking": msg("To check or review"),
    "closed": msg("Closed"),
    "due-today": msg("Due today"),
    "overdue": msg("Overdue"),
    "decided-today": msg("Decided today"),
}

WHOSE: Final = {
    "all": msg("Everybody's"),
    "mine": msg("In my hands"),
    "new": msg("New in my hands"),
    "free": msg("Free"),
    "others": msg("With colleagues"),
}
"""In whose hands cases are."""

EMPTY: Final = {
    "open": msg("Nothing is open. New cases appear here as soon as they are submitted."),
    "looking": msg("Every case has been looked through."),
    "examining": msg("No case is in examination."),
    "correcting": msg("No applicant has been asked for a correction."),
    "waiting": msg("No case waits for the result of another."),
    "checking": msg(
        "Nothing is to be checked or reviewed. What is granted on commitment and what is objected to appears here."
    ),
    "closed": msg("No case is closed yet."),
    "due-today": msg("Nothing is due today."),
    "overdue": msg("Nothing is late."),
    "decided-today": msg("Nothing was decided today yet."),
}

DIFFERENCES: Final = {
    "pack": msg("The pack of that day is not there or was changed"),
    "fact": msg("A stored fact can no longer be read"),
    "missing": msg("A condition of the decision is not in the pack"),
    "added": msg("A condition of the pack is not in the decision"),
    "outcome": msg("A condition comes out differently"),
    "reasons": msg("A condition comes out the same for other reasons"),
    "granted": msg("The rules alone would not have granted it"),
    "commitment": msg("By its facts it would not be decided on commitment"),
}
"""How a replay may depart from what is stored."""


def time_left(row: Row) -> str:
    """How long the office has, in words."""
    if row.state == "suspended":
        return _("Clock stopped")
    if row.left is None or row.due is None:
        return _("No clock runs")
    if row.left < 0:
        return ngettext("%(n)d working day late", "%(n)d working days late", -row.left) % {"n": -row.left}
    if row.left == 0:
        return _("Due today")
    return ngettext("%(n)d working day left", "%(n)d working days left", row.left) % {"n": row.left}


def listed(items: Iterable[str]) -> str:
    """A, B, C as this language lists things."""
    return _(", ").join(items)


def proposed_grant(service: Service, checks: Sequence[Check], articles: Sequence[Basis]) -> str:
    """Reasons for a grant, from what was found; the officer may change every word."""
    lines = []
    passed = [check.label for check in checks if check.outcome == "pass"]
    if passed:
        lines.append(
            _("The following conditions were checked and are met: %(conditions)s.")
            % {"conditions": listed(passed)}
        )
    lines.append(_("Every material that is needed is there."))
    if articles:
        lines.append(
            _("The decision rests on %(articles)s.")
            % {"articles": listed(article.label for article in articles)}
        )
    lines.append(_("%(service)s is granted.") % {"service": in_language(service.name)})
    return _join(lines)


def proposed_refusal(
    service: Service, checks: Sequence[Check], missing: Sequence[str], articles: Sequence[Basis]
) -> str:
    """Reasons for a refusal: each condition that is not met with what was needed and what was found."""
    lines = []
    for check in checks:
        if check.outcome == "pass":
            continue
        lines.append(_("This condition is not met: %(condition)s.") % {"condition": check.label})
        lines += [
            _("%(label)s: needed: %(needed)s, found: %(found)s.")
            % {"label": line.label, "needed": line.needed or _("something else"), "found": line.found}
            for line in check.lines
            if line.outcome != "pass"
        ]
    if missing:
        lines.append(_("Still missing: %(materials)s.") % {"materials": listed(missing)})
    if articles:
        lines.append(
            _("The decision rests on %(articles)s.")
            % {"articles": listed(article.label for article in articles)}
        )
    lines.append(_("%(service)s is not granted.") % {"service": in_language(service.name)})
    return _join(lines)


def proposed_defects(
    checks: Sequence[Check], form: Collection[str], missing: Mapping[str, str]
) -> dict[str, str]:
    """What a correction could list, from what is unmet: `fact:x` or `material:y` to words for the applicant.

    `form`: facts that the applicant states; `missing`: materials nobody has handed in, id to name. The officer may
    change every word, and has the last one.
    """
    found: dict[str, str] = {}
    for check in checks:
        for line in check.lines if check.outcome != "pass" else ():
            text = _("%(condition)s: needed: %(needed)s, found: %(found)s. Correct it, or show that it is met.") % {
                "condition": check.label, "needed": line.needed or _("something else"), "found": line.found,
            }  # fmt: skip
            for fact in line.facts if line.outcome != "pass" else ():
                if fact in form:
                    found.setdefault(f"fact:{fact}", text[:500])
    for material, name in missing.items():
        found[f"material:{material}"] = _("%(name)s is missing. Hand it in.") % {"name": name}
    return found


def _join(lines: Iterable[str]) -> str:
    return "\n".join(lines)
