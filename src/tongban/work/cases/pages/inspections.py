"""Inspections as officers see them: ordering one, the list of the organ, what was found, and whether the draw holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import access, sheets
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, Refusal
from tongban.base.kit.templatetags.kit import called
from tongban.base.kit.text import in_language
from tongban.work.cases import models, visits, visits_access
from tongban.work.cases.actions import inspections
from tongban.work.cases.letters import visit as letters
from tongban.work.cases.pages import officer_actions, officer_case, officer_steps
from tongban.work.cases.pages.officer_view import CaseView

TABS: Final = {"open": msg("To be made"), "mine": msg("I go"), "done": msg("Made")}
EMPTY: Final = {
    "open": msg("No inspection is to be made."),
    "mine": msg("You go nowhere at present."),
    "done": msg("No inspection was made yet."),
}
OUT: Final = {"party": msg("has an interest in the matter"), "away": msg("away on that day")}
PAGE: Final = 25


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
@never_cache
def order(request: HttpRequest, number: str) -> HttpResponse:
    """When, why, who cannot go. How often the applicant was visited already stands above."""
    acting = request.acting  # type: ignore[attr-defined]
    view = officer_case.view_of(request, number)
    typed = {
        name: request.POST.get(name, "").replace("\x00", "")
        for name in ("day", "time", "reasons", "together_with")
    }
    out = {
        key.removeprefix("out-"): text
        for key, text in request.POST.items()
        if key.startswith("out-") and text.strip()
    }
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(
            lambda: _order(request, number, typed, out, request.POST.getlist("chosen"))
        )
        if refusal is None:
            return officer_actions.done(
                request, number, _("Ordered. Who goes is drawn, and the applicant has been told when.")
            )
    elif not officer_steps.can(view, "inspect"):
        return officer_actions.too_late(request, number)
    view = officer_case.view_of(request, number)
    declared = view.service.inspection
    if declared is None:
        raise Http404
    officers = identity.colleagues(
        organisation=view.case.organisation, place=view.case.place, role="officer", now=acting.now
    )
    context = {
        "view": view, "case": view.case, "refusal": refusal, "typed": typed, "declared": declared,
        "open": officer_steps.can(view, "inspect"), "button": msg("Order it"),
        "due": inspections.last_day(acting, view.case, view.pack, declared),
        "past": visits.past_year([view.application.subject], acting.today),
        "joinable": [(key, one, visits.organ_of(one)) for key, one in visits.joinable(view.case, view.pack, acting).items()],
        "could_join": [
            (view.pack.services[one.service].name, view.pack.organisations[one.organisation].name)
            for one in visits.could_join(view.case, view.pack)
            if one.service in view.pack.services and one.organisation in view.pack.organisations
        ],
        "officers": [(str(one.pk), called(one.person), out.get(str(one.pk), "")) for one in officers],
    }  # fmt: skip
    return render(request, "cases/officer/inspect.html", context, status=refusal.status if refusal else 200)


@require_safe
@access.posts("officer")
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Inspections of the officer's organ: to be made, by the officer, made."""
    acting = request.acting  # type: ignore[attr-defined]
    show = _show(request)
    page = Paginator(_of_tab(acting, show), PAGE).get_page(request.GET.get("page"))
    context = {
        "show": show, "title": _(TABS[show]), "empty": _(EMPTY[show]), "page": page,
        "rows": [_row(one) for one in page],
        "tabs": [(name, _(label), _of_tab(acting, name).count()) for name, label in TABS.items()],
    }  # fmt: skip
    return render(request, "cases/officer/inspections.html", context)


@require_safe
@access.posts("officer")
def listed_csv(request: HttpRequest) -> HttpResponse:
    """The same list as the page, all of it, with how often each applicant was visited in twelve months."""
    acting = request.acting  # type: ignore[attr-defined]
    show = _show(request)
    columns = (
        _("Case"), _("Service"), _("Name"), _("Appointed for"), _("Officers"), _("Visited on"), _("Result"),
        _("Visits in twelve months"),
    )  # fmt: skip

    def rows() -> Any:
        counted: dict[UUID, int] = {}
        for one in _of_tab(acting, show).iterator(chunk_size=500):
            if one.subject not in counted:
                counted[one.subject] = len(visits.past_year([one.subject], acting.today))
            row = _row(one)
            yield (
                one.case.number, in_language(row["service"]), row["name"], _local(acting, one.appointed_at).isoformat(timespec="minutes"),
                one.officers, one.visited_on.isoformat() if one.visited_on else "", row["said"], counted[one.subject],
            )  # fmt: skip

    return sheets.download(f"inspections-{acting.today}-{show}", columns, rows())


@require_http_methods(["GET", "HEAD", "POST"])
@access.posts("officer")
@never_cache
def one(request: HttpRequest, inspection: UUID) -> HttpResponse:
    """One inspection; whoever goes writes down here what was found."""
    found = _found(request, inspection)
    refusal: Refusal | None = None
    if request.method == "POST":
        refusal = officer_actions.attempt(lambda: _record(request, found))
        if refusal is None:
            return _done(request, found, _("Written down. Another officer who went has to confirm it."))
    return _page(request, _found(request, inspection), refusal)


@require_POST
@access.posts("officer")
def confirm(request: HttpRequest, inspection: UUID) -> HttpResponse:
    found = _found(request, inspection)
    refusal = officer_actions.attempt(
        lambda: inspections.confirm(
            acting=request.acting,
            inspection=found.pk,
            version=officer_actions.version_of(request),  # type: ignore[attr-defined]
        )
    )
    if refusal is None:
        return _done(request, found, _("Confirmed. The result counts, and the applicant has the record."))
    return _page(request, _found(request, inspection), refusal)


@require_POST
@access.posts("officer")
def replace(request: HttpRequest, inspection: UUID) -> HttpResponse:
    found = _found(request, inspection)
    refusal = officer_actions.attempt(
        lambda: inspections.replace(
            acting=request.acting, inspection=found.pk, account=_uuid(request.POST.get("account", ""), "account"),  # type: ignore[attr-defined]
            by=_uuid(request.POST["by"], "by") if request.POST.get("by") else None,
            reason=request.POST.get("reason", "").replace("\x00", ""), version=officer_actions.version_of(request),
        )
    )  # fmt: skip
    if refusal is None:
        return _done(request, found, _("Replaced. The next in the order of the lot goes."))
    return _page(request, _found(request, inspection), refusal)


def _order(
    request: HttpRequest, number: str, typed: dict[str, str], out: dict[str, str], chosen: list[str]
) -> None:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    together = _uuid(typed["together_with"], "together_with") if typed["together_with"] else None
    inspections.order(
        acting=acting, number=number, appointed_at=_instant(acting, typed) if together is None else acting.now,
        reasons=typed["reasons"], left_out={_uuid(key, "chosen"): text for key, text in out.items()},
        chosen=[_uuid(key, "chosen") for key in chosen], together_with=together, version=officer_actions.version_of(request),
    )  # fmt: skip


def _record(request: HttpRequest, found: models.Inspection) -> None:
    given = request.POST
    looks = [
        {"id": look.id, "passed": {"yes": True, "no": False}.get(given.get(f"passed-{look.id}", "")),
         "words": given.get(f"words-{look.id}", "").replace("\x00", "")}
        for look in _looks(found)
    ]  # fmt: skip
    inspections.record(
        acting=request.acting, inspection=found.pk, visited_on=_day(given.get("visited_on", "")), looks=looks,  # type: ignore[attr-defined]
        words=given.get("words", "").replace("\x00", ""), version=officer_actions.version_of(request),
    )  # fmt: skip


def _page(request: HttpRequest, found: models.Inspection, refusal: Refusal | None) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    people = identity.people_of(
        {UUID(name) for name in (*found.pool, *found.going, *(o["account"] for o in found.left_out))}
    )
    names = {str(key): called(person) for key, person in people.items()}
    given = request.POST if request.method == "POST" else {}
    stored = {look["id"]: look for look in found.looks}
    going = str(acting.actor) in found.going
    proof = visits.prove(found)
    context = {
        "found": found, "row": _row(found), "refusal": refusal,
        "going": [(name, names.get(name, name)) for name in found.going],
        "pool": [names.get(name, name) for name in found.pool],
        "out": [(names.get(o["account"], o["account"]), _why(o["reason"])) for o in found.left_out],
        "replaced": [(names.get(r["account"], ""), names.get(r["by"], ""), r["reason"]) for r in found.replaced],
        "others": [(name, names.get(name, name)) for name in found.pool if name not in found.going],
        "proof": proof, "may_record": going and found.confirmed_at is None,
        "may_confirm": going and found.recorded_at is not None and found.confirmed_at is None and found.recorded_by != acting.actor,
        "waits_for_another": found.recorded_at is not None and found.confirmed_at is None and found.recorded_by == acting.actor,
        "recorded_by": names.get(str(found.recorded_by), ""), "confirmed_by": names.get(str(found.confirmed_by), ""),
        "visited_on": given.get("visited_on") or (found.visited_on or acting.today).isoformat(),
        "words": given.get("words", found.words),
        "looks": [
            (look.id, look.label, given.get(f"passed-{look.id}") or _yes_no(stored.get(look.id)),
             given.get(f"words-{look.id}", stored.get(look.id, {}).get("words", "")))
            for look in _looks(found)
        ],
        "together": [
            (visits.organ_of(other), other.case.number if other.organisation == found.organisation else "")
            for other in models.Inspection.objects.filter(visit=found.visit).exclude(pk=found.pk).select_related("case__application")
        ],
        "past": visits.past_year([found.subject], acting.today),
    }  # fmt: skip
    return render(
        request, "cases/officer/inspection.html", context, status=refusal.status if refusal else 200
    )


def _why(reason: str) -> str:
    """Why somebody cannot go: in the platform's words, or as an officer wrote it."""
    known = OUT.get(reason)
    return _(known) if known else reason


def _row(found: models.Inspection) -> dict[str, Any]:
    pack = directory.pack(found.case.application.pack_digest)
    return {
        "found": found, "service": pack.services[found.case.service].name,
        "name": found.case.application.name, "said": letters.result(found.result),
        "waiting": found.recorded_at is not None and found.confirmed_at is None,
    }  # fmt: skip


def _looks(found: models.Inspection) -> tuple[Any, ...]:
    pack = directory.pack(found.case.application.pack_digest)
    declared = pack.services[found.case.service].inspection
    return declared.looks if declared else ()


def _of_tab(acting: Acting, show: str) -> QuerySet[models.Inspection]:
    found = visits_access.inspections(acting).select_related("case__application")
    if show == "done":
        return found.exclude(confirmed_at=None).order_by("-visited_on", "-pk")
    found = found.filter(confirmed_at=None, case__state="accepted").order_by("appointed_at", "pk")
    return found.filter(going__contains=[str(acting.actor)]) if show == "mine" else found


def _show(request: HttpRequest) -> str:
    asked = request.GET.get("show", "open")
    return asked if asked in TABS else "open"


def _found(request: HttpRequest, inspection: UUID) -> models.Inspection:
    acting = request.acting  # type: ignore[attr-defined]
    found = (
        visits_access.inspections(acting).select_related("case__application").filter(pk=inspection).first()
    )
    if found is None:
        raise Http404
    return found


def _done(request: HttpRequest, found: models.Inspection, text: str) -> HttpResponse:
    from django.contrib import messages

    messages.success(request, text)
    return redirect("cases:office-inspection", found.pk)


def _instant(acting: Acting, typed: dict[str, str]) -> datetime:
    try:
        local = datetime.fromisoformat(f"{typed['day']}T{typed['time']}")
    except ValueError as error:
        text = _("Give day and time, for example 2026-03-05 and 09:30.")
        raise Invalid(text, fields={"appointed_at": text}) from error
    return local.replace(tzinfo=ZoneInfo(acting.time_zone))


def _local(acting: Acting, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(acting.time_zone))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str, field: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid(_("Choose one of the list."), fields={field: _("Choose one of the list.")}) from error


def _yes_no(look: dict[str, Any] | None) -> str:
    return "" if look is None else "yes" if look["passed"] else "no"


def of_case(view: CaseView) -> list[dict[str, Any]]:
    """Inspections of one case, for its page."""
    found = view.case.inspections.select_related("case__application").order_by("ordered_at")
    return [_row(one) for one in found]
