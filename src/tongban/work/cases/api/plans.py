"""Plans for everybody: computed from what is said, nothing is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router

from tongban.base.directory import queries as directory
from tongban.base.kit import access as route
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.planning import diff, to_json
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Held
from tongban.work.cases import schemas
from tongban.work.cases.api.exchange import acting_of
from tongban.work.cases.schemas import ProblemOut

router = Router(tags=["plans"])
YEARS = range(2000, 2101)
"""Years that a plan is computed for."""


@router.post(
    "/plans", auth=None, response={200: schemas.PlanOut, 400: ProblemOut, 404: ProblemOut, 422: ProblemOut}, operation_id="make_plan",
    summary="Compute a plan from what is known",
)  # fmt: skip
@route.public
def make_plan(request: HttpRequest, body: schemas.PlanIn) -> dict[str, Any]:
    """Which services apply and why, with which materials, in what order and until when. Nothing is kept."""
    acting = acting_of(request)
    pack = _pack_of_place(acting, body.place)
    at = body.at or acting.today
    if at.year not in YEARS:
        raise Invalid(_("Give a date from 2000 to 2100."), fields={"at": _("Give a date from 2000 to 2100.")})
    held = [_held(pack, h) for h in body.held]
    try:
        plan = planning.plan(pack, body.event, _facts(pack, body.facts), held, at)
    except planning.UnknownEvent as error:
        raise NotFound(_("There is no such life event here.")) from error
    if body.before is None:
        return to_json.plan(plan, pack)
    before = planning.plan(pack, body.event, _facts(pack, body.before, "before"), held, at)
    return {**to_json.plan(plan, pack), "changes": to_json.changes(diff.changes(before, plan))}


def _pack_of_place(acting: Acting, place: str | None) -> Pack:
    try:
        return directory.pack_in_force(acting.now, place)
    except LookupError as error:
        raise Invalid(
            _("No pack is in force for this place."),
            fields={"place": _("No pack is in force for this place.")},
        ) from error


def _facts(pack: Pack, raw: dict[str, Any], field: str = "facts") -> dict[str, Any]:
    known: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in raw.items():
        read, found = packfacts.read_facts(pack, {name: value})
        known |= read
        if found:
            problems[f"{field}.{name}"] = found[0].message
    if problems:
        raise Invalid(_("Some facts need another look."), fields=problems)
    return known


def _held(pack: Pack, held: schemas.HeldIn) -> Held:
    if held.id not in (pack.licences if held.kind == "licence" else pack.resources):
        raise Invalid(
            _("This evidence is not known here."),
            fields={"held": _("There is no such licence kind or registry.")},
        )
    return Held(held.kind, held.id, held.reference or held.id, held.valid_to)
