"""What an official document is about: the data of its row, put into words of the active language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit.templatetags.kit import state_name
from tongban.base.kit.text import in_language
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.work.cases import models
from tongban.work.cases.grounds import GROUNDS

AUTOMATIC: Final = msg("Every condition was checked against the records and is met.")
REASONS: Final = {
    "own-wish": msg("You took the case back on %(day)s."),
    "materials-late": msg("The papers that were to come later were not handed in by %(day)s: %(papers)s."),
    "evidence-refused": msg("“%(service)s” was refused or taken back, and its result is evidence that this case needs."),
}  # fmt: skip
"""Reasons that the platform gives, by their code in the row; officers write their own."""
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
        return reasons_in_language(self.content.get("reasons", ""), bool(self.content.get("automatic")))

    @property
    def ground(self) -> str:
        """On what ground of law something that was granted ends."""
        known = GROUNDS.get(self.content.get("ground", ""))
        return _(known.label) if known else ""

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
        from tongban.work.cases.letters import days

        service = self.pack.services.get(self.content.get("service_refused", ""))
        return {
            "day": days.of_iso(self.content.get("day", "")),
            "papers": _(", ").join(self.deferred),
            "service": in_language(service.name) if service else "",
        }


def reasons_in_language(reasons: str, automatic: bool) -> str:
    """What an officer wrote stays as written; what the platform says is said in the reader's language."""
    return _(AUTOMATIC) if automatic and reasons in (both(AUTOMATIC).zh, both(AUTOMATIC).en) else reasons


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
