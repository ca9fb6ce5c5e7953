"""What applicants see of other offices that are asked about their case, and of visits to their place."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.work.cases import consulted, models
from tongban.work.cases.actions import awaited
from tongban.work.cases.letters import visit as letters


def asked(case: models.Case, pack: Pack, today: date) -> list[dict[str, Any]]:
    """Who was asked what, until when, and whether they have answered. The opinion itself goes into the decision."""
    found = []
    for one in case.consultations.order_by("asked_at", "pk"):
        one.case = case
        now, declared = awaited.standing(one, pack, today), consulted.declared_of(one, pack)
        organ = pack.organisations.get(one.organisation)
        found.append({
            "organ": in_language(organ.name) if organ else one.organisation,
            "about": in_language(declared.about) if declared else "",
            "on": one.asked_on, "due": now.due,
            "said": _said(case, one, now.stand),
            "open": case.state == "accepted" and now.stand in ("open", "late"),
        })  # fmt: skip
    return found


def _said(case: models.Case, found: models.Consultation, stand: str) -> str:
    if stand == "deemed" or found.opinion == "silent":
        return _("kept silent, which counts as no objection")
    if stand == "answered":
        return _("has answered")
    if case.state != "accepted":
        return _("no longer needed")
    return _("late, and still to answer") if stand == "late" else _("still to answer")


def appointed(case: models.Case) -> list[dict[str, Any]]:
    """Visits to the applicant's place: when, how many officers, what came of it. Nobody's name."""
    return [
        {
            "at": one.appointed_at, "officers": one.officers, "drawn": one.drawn, "notice": one.notice, "record": one.record,
            "on": one.visited_on if one.confirmed_at else None, "result": letters.result(one.result) if one.confirmed_at else "",
            "failed": bool(one.confirmed_at) and one.result == "failed",
            "open": case.state == "accepted" and one.confirmed_at is None,
        }
        for one in case.inspections.order_by("ordered_at")
    ]  # fmt: skip
