"""The plan as it stands at the side of every page of a draft: what applies and why, papers, days, lanes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongban.base.kit import charts
from tongban.base.kit.templatetags.kit import period, working_days
from tongban.base.kit.text import in_language
from tongban.core.packs.calendars import work_calendar
from tongban.core.packs.model import Service
from tongban.core.packs.pack import Pack
from tongban.core.planning import lanes as planning_lanes
from tongban.core.planning.diff import Changes
from tongban.core.planning.model import Applies, Plan, PlannedMaterial, PlannedService, Status
from tongban.work.cases.letters import citing
from tongban.work.cases.pages import content, reasons

LONGEST_CHART = 66
"""Working days that a chart shows; statutory days beyond are cut off at its edge."""


Evidence = Sequence[Mapping[str, Any]]
"""As an application keeps it."""


@dataclass(frozen=True, slots=True)
class Line:
    """One service of the plan, ready to be read."""

    service: Service
    planned: PlannedService
    organ: str
    because: str
    why: list[reasons.Reason]
    waits_for: list[str]
    variant: Any
    blocks: list[tuple[str, list[citing.Basis]]]
    """(reason, articles) of everything that stands against it."""

    @property
    def sure(self) -> bool:
        return self.planned.applies is Applies.YES


@dataclass(frozen=True, slots=True)
class Group:
    status: str
    materials: list[tuple[str, str, bool]]
    """(name, note, certain)."""


def side(plan: Plan, pack: Pack, place: str, evidence: Evidence = ()) -> dict[str, Any]:
    """Everything `cases/applicant/side.html` shows."""
    lines = [_line(planned, pack, place) for planned in plan.services]
    return {
        "plan": plan,
        "sure": [line for line in lines if line.sure],
        "maybe": [line for line in lines if not line.sure],
        "blocked": [line for line in lines if line.blocks],
        "groups": _groups(plan, pack, evidence),
        "saved": _saved(plan),
        "each": [(pack.services[name], burden) for name, burden in plan.each_alone],
        "bring": [in_language(pack.materials[m.id].name) for m in plan.materials if m.brought],
        "fee": sum(line.service.fee_fen for line in lines if line.sure),
        "lanes": lanes_of(plan, pack, place),
    }


def _line(planned: PlannedService, pack: Pack, place: str) -> Line:
    service = pack.services[planned.id]
    return Line(
        service=service,
        planned=planned,
        organ=content.organ_name(pack, service.authority, place),
        because=in_language(service.applies_because) if service.applies_because else "",
        why=reasons.decisive(planned.finding, pack),
        waits_for=[in_language(pack.services[s].name) for s in planned.waits_for],
        variant=next((v for v in service.variants if v.id == planned.variant), None),
        blocks=[(in_language(b.reason), citing.bases(pack, b.articles)) for b in (service.blocked_when[i] for i in planned.blocks)],
    )  # fmt: skip


def _groups(plan: Plan, pack: Pack, evidence: Evidence) -> list[Group]:
    """Papers by what has to be done with them; what needs the applicant's hands comes first."""
    order = (
        Status.UPLOAD,
        Status.DEFERRABLE,
        Status.COMMIT,
        Status.MISSING,
        Status.HELD,
        Status.PRODUCED,
        Status.FORM,
    )
    return [
        Group(
            status.value,
            [
                (in_language(pack.materials[m.id].name), material_note(m, pack, evidence), m.certain)
                for m in found
            ],
        )
        for status in order
        if (found := [m for m in plan.materials if m.status is status])
    ]


def material_note(material: PlannedMaterial, pack: Pack, evidence: Evidence = ()) -> str:
    """Where a paper comes from, when it is not the applicant who brings it."""
    if material.status is Status.HELD:
        for entry in evidence:
            if entry["reference"] == material.reference and "from" in entry:
                return content.evidence_name(pack, entry)
    alternative = pack.materials[material.id].alternatives[material.alternative]
    if material.status is Status.HELD and alternative.licence in pack.licences:
        return in_language(pack.licences[alternative.licence].name)
    if material.status is Status.HELD and alternative.registry in pack.resources:
        return in_language(pack.resources[alternative.registry].name)
    if material.produced_by is not None:
        return _("from “%(service)s”") % {"service": in_language(pack.services[material.produced_by].name)}
    return in_language(alternative.name) if alternative.name else ""


def _saved(plan: Plan) -> list[tuple[str, str, int, int]]:
    """The four reductions: (id, what, alone, together)."""
    return [
        ("steps", _("Steps"), plan.alone.steps, plan.together.steps),
        ("days", _("Working days"), plan.alone.days, plan.together.days),
        ("papers", _("Papers to hand in"), plan.alone.materials, plan.together.materials),
        ("visits", _("Visits to an office"), plan.alone.visits, plan.together.visits),
    ]


def changes_in_words(changes: Changes, before: Plan, after: Plan, pack: Pack, place: str) -> list[str]:
    """What the last answers added and dropped. Empty: nothing."""
    said = []
    if changes.added_services:
        named = [_service_with_term(after.service(s), pack, place) for s in changes.added_services]
        said.append(_("Added: %(names)s.") % {"names": _("; ").join(named)})
    if changes.dropped_services:
        names = [in_language(pack.services[s].name) for s in changes.dropped_services]
        said.append(_("No longer needed: %(names)s.") % {"names": _("; ").join(names)})
    papers = [
        in_language(pack.materials[m].name) for m in changes.added_materials if _by_hand(after.material(m))
    ]
    if papers:
        said.append(_("Papers you will have to provide: %(names)s.") % {"names": _("; ").join(papers)})
    spared = [
        in_language(pack.materials[m].name) for m in changes.dropped_materials if _by_hand(before.material(m))
    ]
    if spared:
        said.append(_("Papers you are spared: %(names)s.") % {"names": _("; ").join(spared)})
    if changes.days_change > 0:
        said.append(
            _("Everything together now takes %(days)s longer.") % {"days": working_days(changes.days_change)}
        )
    elif changes.days_change < 0:
        said.append(
            _("Everything together is now done %(days)s sooner.")
            % {"days": working_days(-changes.days_change)}
        )
    return said


def _service_with_term(planned: PlannedService | None, pack: Pack, place: str) -> str:
    assert planned is not None
    service = pack.services[planned.id]
    return _("%(service)s (%(organ)s, %(period)s)") % {
        "service": in_language(service.name), "organ": content.organ_name(pack, service.authority, place),
        "period": period(planned.promised),
    }  # fmt: skip


def _by_hand(material: PlannedMaterial | None) -> bool:
    return material is not None and material.status in (Status.UPLOAD, Status.DEFERRABLE, Status.COMMIT)


def lanes_of(plan: Plan, pack: Pack, place: str, *, today: date | None = None) -> SafeString | str:
    """The chart of who works when; empty when no service applies yet."""
    rows = [
        (content.organ_name(pack, lane.authority, place),
         [(in_language(pack.services[b.service].name), b.starts, b.due, b.statutory) for b in lane.bars if b.applies is Applies.YES])
        for lane in planning_lanes.lanes(plan, pack)
    ]  # fmt: skip
    return draw([(label, bars) for label, bars in rows if bars], pack, _("Who works when"), today=today)


def draw(
    rows: Sequence[tuple[str, Sequence[tuple[str, date, date, date | None]]]],
    pack: Pack,
    title: str,
    *,
    today: date | None = None,
) -> SafeString | str:
    """Bars given in dates, drawn over the working days they touch, with a table that says the same."""
    bars = [bar for _label, row in rows for bar in row]
    if not bars:
        return ""
    days = _working_days(
        pack, min(bar[1] for bar in bars), max(max(bar[2], bar[3] or bar[2]) for bar in bars)
    )

    def column(day: date) -> int:
        return min(bisect_left(days, day), len(days) - 1)

    # Translators: Django date format for a day on a chart
    labels = [date_format(day, pgettext("format of a day on a chart", "j M")) for day in days]
    chart = charts.lanes(
        [
            (label, [(name, column(a), column(b), column(c) if c else None) for name, a, b, c in row])
            for label, row in rows
        ],
        days=labels,
        title=title,
        today=column(today) if today and days[0] <= today <= days[-1] else None,
    )
    return render_to_string(
        "cases/applicant/lanes.html", {"chart": chart, "title": title, "rows": rows, "today": today}
    )


def _working_days(pack: Pack, first: date, last: date) -> list[date]:
    calendar = work_calendar(pack)
    span = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in span if calendar.is_working_day(day)][:LONGEST_CHART] or [first]
