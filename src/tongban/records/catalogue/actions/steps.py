"""One step of a sharing request: the event is checked against the table, written, and audited."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.packs import calendars
from tongban.records.catalogue import access, models, queries
from tongban.records.catalogue.procedure import By, Event, NotAllowed, State, follow

MOST_WORDS = 2000


def opened(acting: Acting, number: str, by: By, version: int | None) -> models.SharingRequest:
    """The request, locked, for a party that may move it. Raises NotFound, StaleVersion.

    `version` is that of the page the step was made from; None does not compare.
    """
    found = access.request(acting, number, lock=True)
    if by not in access.parties(acting, found):
        raise NotFound(_("There is no such entry, or it is not yours to see."))
    require_version(found.version, version)
    return found


def cleaned(text: str) -> str:
    """What a person typed, without the character that no database text can hold and without blank ends."""
    return text.replace("\x00", "").strip()


def require_version(current: int, given: int | None) -> None:
    if given is not None and given != current:
        raise StaleVersion(
            _("Somebody else changed this in the meantime. Look at it again before you go on.")
        )


def happen(
    acting: Acting,
    request: models.SharingRequest,
    event: Event,
    by: By,
    *,
    note: str = "",
    articles: Collection[str] = (),
) -> None:
    """Append the event, move the state, audit. Raises NotNow when the table does not have it."""
    before = [Event(name) for name in request.events.order_by("sequence").values_list("event", flat=True)]
    try:
        state = follow(State(request.state) if before else None, event, before, by)
    except NotAllowed as error:
        raise NotNow(_("This is not possible now: the request has moved on in the meantime.")) from error
    last = request.events.aggregate(last=Max("sequence"))["last"] or 0
    who = acting if by != "system" else platform(acting)
    models.RequestEvent.objects.create(
        request=request, sequence=last + 1, event=event, at=acting.now, day=acting.today,
        organisation=who.organisation, actor=who.actor, note=note, articles=list(articles),
    )  # fmt: skip
    request.state = state
    if state in (State.REFUSED, State.WITHDRAWN):
        request.closed_at = acting.now
    request.version += 1 if before else 0
    request.save(update_fields=["state", "closed_at", "version"])
    audit.record(
        acting=who, action=f"sharing.{event}", root=request.id, object_kind="sharing-request", object_id=request.number,
        detail={"resource": request.resource, "articles": list(articles)},
    )  # fmt: skip


def consent(
    acting: Acting,
    request: models.SharingRequest,
    by: By,
    *,
    fields: Collection[str],
    until: date | None,
    ready: bool,
) -> models.Grant:
    """Make the grant, and provide it at once when the interface is ready."""
    calendar = calendars.work_calendar(directory.pack_in_force(acting.now))
    term = queries.terms_of(request, acting.today).grant
    longest = calendar.add(acting.today, term, rolls=False).day
    if until is not None and not acting.today < until <= longest:
        last = (longest - timedelta(days=1)).isoformat()
        message = _("Choose a last day from today to %(day)s.") % {"day": last}
        raise Invalid(message, fields={"until": message})
    grant = models.Grant.objects.create(
        request=request, resource=request.resource, organisation=request.asking, place=request.place,
        steward=request.steward, steward_place=request.steward_place, fields=sorted(fields), purpose=request.purpose,
        articles=request.articles, event=request.event, services=request.services,
        valid_from=acting.today, valid_to=until or longest,
    )  # fmt: skip
    who = platform(acting) if by == "system" else acting
    audit.record(
        acting=who, action="grant.made", root=request.id, object_kind="grant", object_id=grant.id,
        detail={"fields": grant.fields, "until": grant.valid_to.isoformat()},
    )  # fmt: skip
    if ready:
        make_ready(acting, request, grant, by)
    return grant


def make_ready(acting: Acting, request: models.SharingRequest, grant: models.Grant, by: By) -> None:
    """From now on rows can be looked up under the grant."""
    happen(acting, request, Event.PROVIDE, by)
    grant.provided_at = acting.now
    grant.version += 1
    grant.save(update_fields=["provided_at", "version"])


def platform(acting: Acting) -> Acting:
    """The platform itself, in the same request."""
    return system(acting.now, acting.place, "sharing of data", acting.request_id, acting.time_zone)
