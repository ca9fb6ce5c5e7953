"""Giving and revoking mandates (委托代理): by a person for themselves, by the legal representative for a firm.

A mandate is for some life events or for everything, and always until a day. Nothing is cached: every request reads
it anew, so that a revoked one ends at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.identity import models, queries
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow

LONGEST: Final = timedelta(days=3 * 366)
"""Nobody remembers a mandate for longer; it can be given anew."""
MOST: Final = 50
"""Mandates in force that one principal can have given."""


def principal_of(acting: Acting) -> UUID | None:
    """For whom the one who acts may give mandates: a person for themselves, a legal representative for the firm. An
    agent by authorisation hands nothing on."""
    if acting.role != "applicant" or acting.principal is None:
        return None
    if acting.mandate is None:
        return acting.principal
    held = models.Mandate.objects.filter(pk=acting.mandate, ground="representative").first()
    return held.principal_id if held else None


def given(acting: Acting) -> list[models.Mandate]:
    """Authorisations in force or still to come that the principal has given, by name of the agent."""
    principal = principal_of(acting)
    if principal is None:
        return []
    found = models.Mandate.objects.filter(principal=principal, ground="authorised", revoked_at=None)
    return list(found.exclude(valid_to__lte=acting.now).select_related("agent").order_by("agent__name", "pk"))


def give(
    *, acting: Acting, identifier: str, name: str, events: Collection[str], until: date
) -> models.Mandate:
    """Let a person act for the principal until the end of a day; `events` empty: in everything.

    The person is named by identity number and name, and both have to be right: neither alone says who is registered
    here. A mandate that they have already is replaced; giving the same again changes nothing. Raises `Invalid`.
    """
    principal = principal_of(acting)
    if principal is None:
        raise NotNow(
            _("Only the person themselves, or the legal representative of a firm, can give a mandate.")
        )
    problems: dict[str, str] = {}
    agent = queries.subject_by_identifier("".join(identifier.split()).upper())
    if agent is None or agent.kind != "person" or agent.name != name.strip():
        problems["identifier"] = _(
            "Nobody with this name and identity number has an account here. Check both."
        )
    elif agent.pk == principal or models.Account.objects.filter(pk=acting.actor, person=agent).exists():
        problems["identifier"] = _("This is you. Name somebody else.")
    if until <= acting.today:
        problems["until"] = _("Choose a day after today.")
    elif until - acting.today > LONGEST:
        problems["until"] = _("Choose a day within three years; you can give the mandate anew then.")
    if problems or agent is None:
        raise Invalid(_("The mandate was not given."), fields=problems)
    end = datetime.combine(until + timedelta(days=1), time(), ZoneInfo(acting.time_zone))
    with transaction.atomic():
        models.Subject.objects.select_for_update().get(pk=principal)
        before = models.Mandate.objects.filter(
            principal=principal, agent=agent, ground="authorised", revoked_at=None
        ).first()
        if before and (sorted(before.events), before.valid_to) == (sorted(set(events)), end):
            return before
        if before is not None:
            _revoke(acting, before)
        elif len(given(acting)) >= MOST:
            raise NotNow(_("There are too many mandates already. Revoke those that nobody needs any more."))
        mandate = models.Mandate.objects.create(
            principal_id=principal, agent=agent, ground="authorised", events=sorted(set(events)), valid_from=acting.now,
            valid_to=end, given_by=acting.actor,
        )  # fmt: skip
        audit.record(
            acting=acting, action="mandate.given", root=principal, object_kind="mandate", object_id=mandate.id,
            detail={"events": mandate.events, "until": until.isoformat()},
        )  # fmt: skip
        audit.send(
            acting=acting, kind="identity.mandate-given", root=principal, payload={"mandate": str(mandate.id)}
        )
    return mandate


def revoke(*, acting: Acting, mandate: UUID) -> models.Mandate:
    """End a mandate at once: by whoever gave it, or by the agent, who lays it down. Ending it again changes nothing."""
    with transaction.atomic():
        found = models.Mandate.objects.select_for_update().filter(pk=mandate, ground="authorised").first()
        mine = found is not None and (
            found.principal_id == principal_of(acting)
            or models.Account.objects.filter(pk=acting.actor, person=found.agent_id).exists()
        )
        if found is None or not mine:
            raise NotFound(_("There is no such mandate, or it is not yours."))
        if found.revoked_at is None:
            _revoke(acting, found)
            audit.send(
                acting=acting, kind="identity.mandate-revoked", root=found.principal_id, payload={"mandate": str(found.id)}
            )  # fmt: skip
    return found


def mandate(mandate_id: UUID) -> models.Mandate:
    return models.Mandate.objects.select_related("principal", "agent").get(pk=mandate_id)


def _revoke(acting: Acting, found: models.Mandate) -> None:
    found.revoked_at, found.revoked_by = acting.now, acting.actor
    found.save(update_fields=["revoked_at", "revoked_by"])
    audit.record(
        acting=acting, action="mandate.revoked", root=found.principal_id, object_kind="mandate", object_id=found.id
    )  # fmt: skip
