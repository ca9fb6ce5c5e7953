"""The words of a document of which the pack has no text, or one that this case cannot fill. The same facts, plainly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.core.packs.documents import as_text
from tongban.core.packs.model_guide import DocumentKind
from tongban.work.cases.letters import titles
from tongban.work.cases.letters.matter import Matter

_WITH_REMEDIES: Final = frozenset(
    {
        DocumentKind.REFUSAL,
        DocumentKind.REJECTION,
        DocumentKind.NON_ACCEPTANCE,
        DocumentKind.TERMINATION,
        DocumentKind.ANNULMENT,
        DocumentKind.RECALL,
        DocumentKind.CANCELLATION,
        DocumentKind.REVIEW,
    }
)


def worded(matter: Matter, kind: DocumentKind, values: Mapping[str, str]) -> str:
    """The whole document as Markdown in the active language."""
    said = {name: as_text(value) for name, value in values.items()}
    parts = [
        f"# {_(titles.TITLES[kind])}",
        _("Number: %(number)s") % said,
        f"{said['applicant']}{_(': ')}",
        *_body(matter, kind, said),
        *([_("Reasons: %(reasons)s") % said] if said["reasons"] else []),
        *([_("Legal basis: %(legal_basis)s") % said] if said["legal_basis"] else []),
        *(_remedies(said) if kind in _WITH_REMEDIES else ()),
        said["authority"],
        said["date"],
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _body(matter: Matter, kind: DocumentKind, said: Mapping[str, str]) -> Iterator[str]:
    match kind:
        case DocumentKind.RECEIPT:
            yield (
                _("Your application %(case_number)s (%(service)s) was received on %(received_on)s.") % said
            )
            yield _listed(f"{name} · {how}" for name, how in matter.papers)
        case DocumentKind.CORRECTION:
            yield (
                _(
                    "We looked through case %(case_number)s (%(service)s). Please correct the following. This list is complete: nothing will be added to it later."
                )
                % said
            )
            yield _listed(f"{name}{_(': ')}{' '.join(words.split())}" for name, words in matter.defects)
            yield _("Until you answer, no time counts. You answer on the portal; there is no need to come to an office.")  # fmt: skip
            yield _("Last day for it: %(correct_by)s") % said
        case DocumentKind.ACCEPTANCE:
            yield _("Case %(case_number)s (%(service)s) is accepted and will be examined.") % said
            yield _dates(said)
        case DocumentKind.TOLERANCE:
            yield _("Case %(case_number)s (%(service)s) is accepted and will be examined.") % said
            yield _dates(said)
            yield _("It is accepted although these papers are still to come (tolerant acceptance):")
            yield _listed(matter.deferred)
            yield _("Hand them in by %(correct_by)s. Without them nothing can be granted.") % said
            yield said["commitments"]
            yield said["consequences"]
        case DocumentKind.DEEMED_ACCEPTANCE:
            yield _("Case %(case_number)s (%(service)s): nothing was asked for in time, so by law it is accepted from %(accepted_on)s on.") % said  # fmt: skip
            yield _dates(said)
        case DocumentKind.DEEMED_RENEWAL:
            yield _("“%(service)s” (case %(case_number)s) was not decided by %(decided_on)s, the last day of the licence. By law it counts as renewed, from %(renewed_from)s on.") % said  # fmt: skip
        case DocumentKind.ENDING_NOTICE:
            yield _("We intend to %(effect)s “%(service)s” (case %(case_number)s), granted on %(decided_on)s. Nothing is decided yet, and it stays in force.") % said  # fmt: skip
            yield _("Ground in law: %(ground)s") % said
            yield _("Say on the portal by %(state_by)s what speaks against it. We answer it in the decision.") % said  # fmt: skip
            yield said["hearing_right"]
        case DocumentKind.HEARING_NOTICE:
            yield _("Before we %(effect)s “%(service)s” (case %(case_number)s), a hearing is held as you have asked.") % said  # fmt: skip
            yield _("When: %(hearing_on)s. Where: %(hearing_at)s.") % said
        case DocumentKind.NEW_DATES:
            yield _("The days that we told you for “%(service)s” (case %(case_number)s) were provisional. Counted again, they are now:") % said  # fmt: skip
            yield said["new_dates"]
        case DocumentKind.INSPECTION:
            yield _("For “%(service)s” (case %(case_number)s) officers come to look at the place.") % said
            yield _("When: %(appointed_on)s. Who: %(visitors)s.") % said
            yield said["looks"]
            yield said["counted"]
        case DocumentKind.INSPECTION_RECORD:
            yield _("For “%(service)s” (case %(case_number)s) officers looked at the place on %(visited_on)s. Who: %(visitors)s.") % said  # fmt: skip
            yield said["found"]
            yield _("Result: %(result_of_visit)s") % said
        case DocumentKind.COMMITMENT:
            yield _("Case %(case_number)s (%(service)s) is handled on your commitment:") % said
            yield said["commitments"]
            yield said["consequences"]
        case DocumentKind.REMEDY:
            yield _("A check of your commitment in case %(case_number)s (%(service)s) has shown:") % said
            yield _("Put it right by %(remedy_by)s.") % said
            yield said["consequences"]
        case DocumentKind.ANNULMENT | DocumentKind.RECALL | DocumentKind.CANCELLATION:
            yield _(_OF_CASE[kind]) % said
            yield _("Ground in law: %(ground)s") % said
            yield _("To what you have stated: %(answer)s") % said
        case DocumentKind.DELIVERY:
            yield (
                _(
                    "Delivered: %(delivered)s. Way: %(delivery_way)s. Day: %(delivered_on)s. Received by: %(recipient)s."
                )
                % said
            )
        case _:
            yield _(_OF_CASE[kind]) % said


_OF_CASE: Final = {
    DocumentKind.NON_ACCEPTANCE: msg("Case %(case_number)s (%(service)s) is not accepted."),
    DocumentKind.SPECIAL_PROCEDURE: msg(
        "The time of case %(case_number)s (%(service)s) does not count from today on. You will be told when it counts again."
    ),
    DocumentKind.EXTENSION: msg("The term of case %(case_number)s (%(service)s) is extended once."),
    DocumentKind.GRANT: msg("“%(service)s” (case %(case_number)s) is granted."),
    DocumentKind.APPROVAL: msg("“%(service)s” (case %(case_number)s) is granted."),
    DocumentKind.REFUSAL: msg("“%(service)s” (case %(case_number)s) is refused."),
    DocumentKind.REJECTION: msg("“%(service)s” (case %(case_number)s) is refused."),
    DocumentKind.TERMINATION: msg("Case %(case_number)s (%(service)s) ends without a decision."),
    DocumentKind.VERIFICATION: msg(
        "Your commitment in case %(case_number)s (%(service)s) was checked and is kept. The decision of %(decided_on)s stands."
    ),
    DocumentKind.OBJECTION: msg(
        "We received your objection to what was decided on %(decided_on)s in case %(case_number)s (%(service)s). Another officer reviews it by %(review_by)s; until then the decision stands."
    ),
    DocumentKind.REVIEW: msg(
        "What was decided on %(decided_on)s in case %(case_number)s (%(service)s) has been reviewed. Outcome: %(outcome)s"
    ),
    DocumentKind.ANNULMENT: msg(
        "“%(service)s” (case %(case_number)s), granted on %(decided_on)s, is annulled: it counts as never granted."
    ),
    DocumentKind.RECALL: msg(
        "“%(service)s” (case %(case_number)s), granted on %(decided_on)s, is recalled from today on. You may ask for compensation of property lost by it."
    ),
    DocumentKind.CANCELLATION: msg(
        "“%(service)s” (case %(case_number)s), granted on %(decided_on)s, is struck off from today on."
    ),
    DocumentKind.WITHDRAWAL: msg("Case %(case_number)s (%(service)s) is no longer handled."),
}


def _dates(said: Mapping[str, str]) -> str:
    return _("Promised day: %(due_on)s. Last day by law: %(statutory_due_on)s.") % said


def _remedies(said: Mapping[str, str]) -> Iterator[str]:
    yield f"## {_('If you do not agree')}"
    yield _(
        "You may ask for reconsideration, or go to court, within the time the law sets. It counts from the day you receive this decision."
    )
    for label, name in ((_("Reconsideration"), "review_body"), (_("Court"), "court")):
        if said.get(name):
            yield f"{label}{_(': ')}{said[name]}"


def _listed(lines: Iterable[str]) -> str:
    return "\n".join(f"- {as_text(line)}" for line in lines)
