"""The team: who has how much in hand, by light; moving cases between officers; being away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.identity import queries as identity
from tongban.base.kit import access, sheets
from tongban.base.kit.refusals import NotFound, Refusal
from tongban.base.kit.templatetags.kit import called, state_name
from tongban.base.kit.text import in_language
from tongban.work.cases import desk_access, hands, models
from tongban.work.cases.actions import absences, claims
from tongban.work.cases.pages import desk, officer_hands
from tongban.work.cases.pages import officer_words as words
from tongban.work.cases.rows import Row, by_urgency
from tongban.work.cases.worklist import LIGHTS, Worklist

PAGE: Final = 50
NOBODY: Final = "nobody"
GONE: Final = "gone"
"""In place of an account: in nobody's hands; in the hands of those who no longer hold a post here."""


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the team."""

    key: str
    """Account, `nobody` or `gone`."""
    name: str
    rows: tuple[Row, ...]
    away: models.Absence | None = None
    deputy: str = ""

    @property
    def lights(self) -> list[tuple[str, int]]:
        return [(light, sum(row.light.value == light for row in self.rows)) for light in LIGHTS]

    @property
    def oldest(self) -> date | None:
        """When the one that was submitted first came in."""
        return min((row.case.application.submitted_on for row in self.rows), default=None)


@access.posts("officer")
@require_safe
def team(request: HttpRequest) -> HttpResponse:
    members = _members(request)
    context = {
        "members": members,
        "lights": [(light, state_name(light)) for light in LIGHTS],
        "total": sum(len(member.rows) for member in members),
    }
    return render(request, "cases/officer/team.html", context)


@access.posts("officer")
@require_safe
def team_csv(request: HttpRequest) -> HttpResponse:
    """The same table."""
    columns = (
        _("Officer"), _("In hand"), *(state_name(light) for light in LIGHTS), _("Oldest submitted on"), _("Away until"), _("Deputy"),
    )  # fmt: skip
    rows = (
        [
            member.name, len(member.rows), *(count for _light, count in member.lights),
            member.oldest.isoformat() if member.oldest else "", member.away.ends.isoformat() if member.away else "",
            member.deputy,
        ]
        for member in _members(request)
    )  # fmt: skip
    return sheets.download(f"team-{request.acting.today}", columns, rows)


@access.posts("officer")
@require_safe
def team_hands(request: HttpRequest) -> HttpResponse:
    """What one member has in hand: the list behind each figure of the table, from where it is moved."""
    member, light, rows = _chosen(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "cases/officer/team_hands.html", _hands_context(request, member, light, page))


@access.posts("officer")
@require_safe
def team_hands_csv(request: HttpRequest) -> HttpResponse:
    member, light, rows = _chosen(request)
    columns = (
        _("Number"), _("Service"), _("Name"), _("State"), _("Light"), _("Next due day"), _("Submitted on"), _("In hand"), _("Since"),
    )  # fmt: skip
    people = hands.holders(rows)
    lines = (
        [
            row.number, in_language(row.service), row.name or called(row.applicant), state_name(row.state),
            state_name(row.light.value), row.due.day.isoformat() if row.due else "",
            row.case.application.submitted_on.isoformat(), called(people.get(row.claim.holder)) if row.claim else "",
            row.claim.since.isoformat(timespec="minutes") if row.claim else "",
        ]
        for row in rows
    )  # fmt: skip
    return sheets.download(f"team-{member.key[:8]}-{light or 'all'}-{request.acting.today}", columns, lines)


@access.posts("officer")
@require_POST
def move(request: HttpRequest) -> HttpResponse:
    """Asks first, then says for each case what has become of it."""
    _require_lead(request)
    numbers = list(dict.fromkeys(n.strip().upper()[:60] for n in request.POST.getlist("number") if n.strip()))
    to, held_by = _uuid(request.POST.get("to", "")), request.POST.get("held_by", "")
    because = request.POST.get("because", "")
    back = f"/office/team/hands?{urlencode({'of': held_by})}"
    if "cancel" in request.POST:
        return redirect(back)
    if to is None or not because.strip() or not numbers:
        problem = (
            _("Choose at least one case.") if not numbers
            else _("Choose an officer of your team.") if to is None else _("Say why, in words the officer understands.")
        )  # fmt: skip
        messages.warning(request, problem)
        return redirect(back)
    if "confirmed" not in request.POST:
        rows = officer_hands.shown(request, numbers)
        people = identity.people_of({to, *(row.claim.holder for row in rows if row.claim is not None)})
        return render(request, "cases/officer/team_confirm.html", {
            "numbers": numbers, "to": to, "name": called(people.get(to)), "because": because, "held_by": held_by, "back": back,
            "rows": [(row, words.time_left(row), called(people.get(row.claim.holder)) if row.claim else "") for row in rows],
        })  # fmt: skip
    try:
        outcomes = claims.move(
            acting=request.acting, numbers=numbers, to=to, because=because, held_by=_uuid(held_by)
        )
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.warning(request, " ".join(dict.fromkeys((refusal.message, *refusal.fields.values()))))
        return redirect(back)
    return officer_hands.results(request, outcomes, _("Move to another officer"), back)


@access.posts("officer")
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest) -> HttpResponse:
    """One's own absence, for whoever leads everybody's; a form to enter one."""
    refusal = None
    if request.method == "POST":
        try:
            absence = absences.be_away(
                acting=request.acting, account=_uuid(request.POST.get("account", "")),
                starts=_day(request.POST.get("starts", ""), date.min), ends=_day(request.POST.get("ends", ""), date.min),
                deputy=_uuid(request.POST.get("deputy", "")) or UUID(int=0), note=request.POST.get("note", ""),
            )  # fmt: skip
        except NotFound as error:
            raise Http404 from error
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _entered(absence))
            return redirect("cases:office-away")
    acting = request.acting
    leads = desk_access.leads(acting)
    found = list(desk_access.absences(acting).filter(over_at=None).order_by("starts", "pk"))
    people = identity.people_of({one for row in found for one in (row.account, row.deputy, row.set_by)})
    colleagues = hands.colleagues(acting)
    context = {
        "absences": [
            {
                "row": row, "name": called(people.get(row.account)), "deputy": called(people.get(row.deputy)),
                "own": row.account == acting.actor, "may_end": leads or row.account == acting.actor,
                "set_by": "" if row.set_by == row.account else called(people.get(row.set_by)),
                "began": row.starts <= acting.today,
            }
            for row in found
        ],
        "colleagues": [(str(one.pk), called(one.person), one.pk == acting.actor) for one in colleagues],
        "leads": leads, "given": request.POST, "refusal": refusal, "me": str(acting.actor), "today": acting.today.isoformat(),
    }  # fmt: skip
    return render(request, "cases/officer/away.html", context, status=refusal.status if refusal else 200)


@access.posts("officer")
@require_POST
def back(request: HttpRequest, absence: UUID) -> HttpResponse:
    try:
        count = absences.come_back(acting=request.acting, absence=absence, version=desk.version_of(request))
    except NotFound as error:
        raise Http404 from error
    except Refusal as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(
            request,
            _("The absence is over.")
            + " "
            + ngettext(
                "%(n)d case came back; what the deputy has worked on stays there.",
                "%(n)d cases came back; what the deputy has worked on stays there.",
                count,
            )
            % {"n": count},
        )
    return redirect("cases:office-away")


def _entered(absence: models.Absence) -> str:
    if absence.handed_over_at is not None:
        return _("Entered. What was in hand is with the deputy now.")
    return _("Entered. What is in hand on %(day)s goes to the deputy on that day.") % {
        "day": absence.starts.isoformat()
    }


def _members(request: HttpRequest) -> list[Member]:
    _require_lead(request)
    acting = request.acting
    rows = Worklist(acting).all_open
    colleagues = hands.colleagues(acting)
    absent = hands.away(organisation=acting.organisation, place=acting.place, today=acting.today)
    names = {one.pk: called(one.person) for one in colleagues}
    by_holder: dict[UUID | None, list[Row]] = {}
    for row in rows:
        by_holder.setdefault(row.claim.holder if row.claim else None, []).append(row)
    members = [
        Member(
            str(one.pk), names[one.pk], tuple(by_holder.get(one.pk, ())), absent.get(one.pk),
            names.get(absent[one.pk].deputy, "") if one.pk in absent else "",
        )
        for one in colleagues
    ]  # fmt: skip
    gone = [
        row
        for holder, held in by_holder.items()
        if holder is not None and holder not in names
        for row in held
    ]
    if gone:
        members.append(Member(GONE, _("No longer here"), tuple(gone)))
    return [*members, Member(NOBODY, _("Nobody"), tuple(by_holder.get(None, ())))]


def _chosen(request: HttpRequest) -> tuple[Member, str, Sequence[Row]]:
    """The member, light and rows that the address names; the most urgent first."""
    wanted, light = request.GET.get("of", ""), request.GET.get("light", "")
    member = next((one for one in _members(request) if one.key == wanted), None)
    if member is None:
        raise Http404
    light = light if light in LIGHTS else ""
    return (
        member,
        light,
        [row for row in sorted(member.rows, key=by_urgency) if not light or row.light.value == light],
    )


def _hands_context(request: HttpRequest, member: Member, light: str, page: Any) -> dict[str, Any]:
    others = [
        (str(one.pk), called(one.person))
        for one in hands.colleagues(request.acting)
        if str(one.pk) != member.key
    ]
    people = hands.holders(page)
    return {
        "member": member, "light": light, "page": page, "others": others,
        "rows": [(row, words.time_left(row), called(people.get(row.claim.holder)) if row.claim else "") for row in page],
        "picks": [(urlencode({"of": member.key, "light": name}), name, state_name(name), count) for name, count in member.lights if count or name == light],
        "query": urlencode({"of": member.key, "light": light}), "movable": bool(others),
    }  # fmt: skip


def _require_lead(request: HttpRequest) -> None:
    if not desk_access.leads(request.acting):
        raise Http404


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str, otherwise: date) -> date:
    try:
        return datetime.strptime(text.strip(), "%Y-%m-%d").date()  # a civil day has no zone
    except ValueError:
        return otherwise
