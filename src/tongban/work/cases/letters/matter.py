"""What an official document is about: the data of its row, put into words of the active language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.templatetags.kit import state_name
from tongban.base.kit.text import in_language
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.core.values.calendar import DueDate
from tongban.work.cases import models
from tongban.work.cases.grounds import GROUNDS
from tongban.work.cases.letters import days
from tongban.work.cases.wording import AUTOMATIC, RENEWED

REASONS: Final = {
    "own-wish": msg("You took the case back on %(day)s."),
    "materials-late": msg("The papers that were to come later were not handed in by %(day)s: %(papers)s."),
    "evidence-refused": msg("“%(service)s” was refused or taken back, and its result is evidence that this case needs."),
    "calendar-published": msg("The holidays of the year are published now."),
    "correction-unanswered": msg("The correction notice was not answered by %(day)s, so the application counts as taken back."),
    "applicant-gone": msg("Whoever applied has died, or was dissolved. %(said)s"),
    "matter-gone": msg("What was applied for no longer exists, or can no longer be done. %(said)s"),
    "not-needed": msg("The law no longer asks for it. %(said)s"),
}  # fmt: skip
"""Reasons that the platform gives, by their code in the row; officers write their own."""
EFFECTS: Final = {Event.ANNUL: msg("annul"), Event.RECALL: msg("recall"), Event.CANCEL: msg("strike off")}
DATES: Final = {
    "promised": msg("Promised day"),
    "statutory": msg("Last day by law"),
    "materials": msg("Papers that come later are due"),
    "correction": msg("Last day to answer the correction notice"),
}
"""Days that an applicant is told, by their name in a row."""
OUTCOMES: Final = {
    "upheld": msg("What was decided stands."),
    "changed": msg("What was decided is changed: it is granted."),
    "sent-back": msg(
        "What was decided is lifted. The case goes on and is decided anew, in full time from today."
    ),
}
"""Of a review."""


@dataclass(frozen=True, slots=True)
class Matter:
    """One document with everything that its words are made of."""

    found: Any
    """The document (`base.notices`)."""
    application: models.Application
    case: models.Case | None
    """None for a document about the whole application."""
    pack: Pack

    @property
    def content(self) -> Mapping[str, Any]:
        return self.found.content

    @property
    def organ(self) -> Any:
        return self.pack.organisations.get(self.found.organisation or "")

    @property
    def reasons(self) -> str:
        """Why, in words: an officer's own, or those of the platform."""
        code = self.content.get("reason")
        if code in REASONS:
            return _(REASONS[code]) % self._details()
        by_platform = bool(self.content.get("automatic") or self.content.get("by_law"))
        return reasons_in_language(self.content.get("reasons", ""), by_platform)

    @property
    def ground(self) -> str:
        """On what ground of law something that was granted ends."""
        known = GROUNDS.get(self.content.get("ground", ""))
        return _(known.label) if known else ""

    @property
    def effect(self) -> str:
        """How it would end, as a verb."""
        known = GROUNDS.get(self.content.get("ground", ""))
        return _(EFFECTS[known.event]) if known else ""

    def dates(self, which: str) -> list[str]:
        """Days that were told before (`old`), or as they are now (`new`), each with its name."""
        return [
            f"{_(DATES[name])}{_(': ')}{days.of_due(DueDate(date.fromisoformat(told['day']), told['provisional']))}"
            for name, told in self.content.get(which, {}).items()
            if name in DATES
        ]

    @property
    def outcome(self) -> str:
        """What a review has come to."""
        known = OUTCOMES.get(str(self.content.get("outcome", "")))
        return _(known) if known else ""

    @property
    def papers(self) -> list[tuple[str, str]]:
        """(name, how it was met) of what was handed in."""
        return material_lines(self.application, self.pack, self.content.get("materials", {}))

    @property
    def defects(self) -> list[tuple[str, str]]:
        """(name, what is wrong with it) of a correction notice."""
        found = []
        for defect in self.content.get("defects", []):
            is_paper = defect["kind"] == "material"
            declared: Any = (self.pack.materials if is_paper else self.pack.facts).get(defect["id"])
            named = in_language(declared.name if is_paper else declared.label) if declared else defect["id"]
            found.append((named, defect["text"]))
        return found

    @property
    def deferred(self) -> list[str]:
        """Papers that a tolerant acceptance leaves for later."""
        return [self.name_of(m) for m in self.content.get("deferred", [])]

    @property
    def promises(self) -> list[str]:
        """What the applicant signed, one text for each paper."""
        return [
            in_language(alternative.commitment)
            for name in self.content.get("signed", [])
            if name in self.pack.materials
            for alternative in self.pack.materials[name].alternatives
            if alternative.commitment is not None
        ]

    @property
    def cases(self) -> list[tuple[models.Case, Any, Any]]:
        """(case, service, organ) of the whole application."""
        return [
            (one, self.pack.services[one.service], self.pack.organisations.get(one.organisation))
            for one in self.application.cases.order_by("number")
        ]

    def name_of(self, material: str) -> str:
        """Name of a material; its id when the pack does not have it."""
        return (
            in_language(self.pack.materials[material].name) if material in self.pack.materials else material
        )

    def _details(self) -> dict[str, str]:
        service = self.pack.services.get(self.content.get("service_refused", ""))
        return {
            "day": days.of_iso(self.content.get("day", "")),
            "papers": _(", ").join(self.deferred),
            "service": in_language(service.name) if service else "",
            "said": str(self.content.get("reasons", "")),
        }


def reasons_in_language(reasons: str, by_platform: bool) -> str:
    """What an officer wrote stays as written; what the platform says is said in the reader's language."""
    for said in (AUTOMATIC, RENEWED) if by_platform else ():
        if reasons in (both(said).zh, both(said).en):
            return _(said)
    return reasons


def material_lines(
    application: models.Application, pack: Pack, planned: Mapping[str, str]
) -> list[tuple[str, str]]:
    """(name, how it was met) of the materials that a receipt lists, as they were on submission."""
    at = application.submitted_at
    ways = {
        row.material: row.way
        for row in application.materials.all()
        if at is not None and row.created_at <= at and (row.replaced_at is None or row.replaced_at > at)
    }
    words = {"upload": _("handed in"), "commit": _("signed")}
    return [
        (in_language(pack.materials[m].name), words.get(way) or state_name(way))
        if (way := ways.get(m))
        else (
            in_language(pack.materials[m].name),
            _("comes later") if status == "deferrable" else state_name(status),
        )
        for m, status in planned.items()
        if m in pack.materials
    ]
