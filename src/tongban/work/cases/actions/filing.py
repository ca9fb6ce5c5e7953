"""Filling in for somebody at the window (综合窗口): who stands there is identified, one draft opens, and closes again.

The clerk acts in the role `window` for the principal, on that draft and nothing else (`access.applications`): neither
other applications of the person nor what licences or registries hold beyond what the form draws with consent.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.core.values import identifiers
from tongban.work.cases import desk_access, models
from tongban.work.cases.actions import drafts


def open_filing(
    *, acting: Acting, number: str, name: str, event: str, principal: str = ""
) -> models.Application:
    """A draft for whoever stands at the window, or for whom they hold a mandate (`principal`: its number or code).

    Identified by number and name of the document shown: both have to fit, and the refusal does not say which did not.
    An open one of the same clerk, principal and life event is taken up again. Raises `Invalid`.
    """
    if acting.role != "clerk" or acting.organisation is None or acting.actor is None:
        raise NotFound(_("There is no such window."))
    person = _identified(number, name)
    mandate = None
    subject: UUID = person
    wanted = "".join(principal.split()).upper()
    if wanted and wanted != "".join(number.split()).upper():
        mandate, subject = _mandate(acting, person, wanted, event)
    for_them = acting_for(acting, principal=subject, mandate=mandate)
    with transaction.atomic():
        application = drafts.start(acting=for_them, event=event)
        filing, new = models.Filing.objects.get_or_create(
            application=application,
            defaults={
                "organisation": acting.organisation, "place": acting.place, "clerk": acting.actor, "person": person,
                "mandate": mandate, "opened_at": acting.now,
            },
        )  # fmt: skip
        if new:
            _note(for_them, filing, "filing.opened")
    return application


def close_filing(*, acting: Acting, application: UUID) -> None:
    """The person leaves without submitting: the draft stays theirs, the clerk does not see it any more. Closing again
    changes nothing."""
    with transaction.atomic():
        filing = models.Filing.objects.select_for_update().filter(
            pk=application, clerk=acting.actor, organisation=acting.organisation, place=acting.place
        ).first()  # fmt: skip
        if acting.role != "clerk" or filing is None:
            raise NotFound(_("There is nothing open at the window under this address."))
        if filing.closed_at is None:
            filing.closed_at = acting.now
            filing.save(update_fields=["closed_at"])
            _note(acting, filing, "filing.closed")


def at_the_window(acting: Acting, application: UUID) -> Acting | None:
    """How the clerk acts on a draft that they have open for somebody; None when it is none of theirs, or the mandate
    has ended."""
    filing = desk_access.filings(acting).filter(pk=application).select_related("application").first()
    if filing is None:
        return None
    if filing.mandate is not None and not identity.is_in_force(filing.mandate, acting.now):
        return None
    return acting_for(acting, principal=filing.application.principal, mandate=filing.mandate)


def acting_for(acting: Acting, *, principal: UUID, mandate: UUID | None) -> Acting:
    return replace(
        acting, role="window", principal=principal, mandate=mandate, purpose="filing at the window"
    )


def _identified(number: str, name: str) -> UUID:
    typed = "".join(number.split()).upper()
    if problem := identifiers.check_resident_id(typed):
        del problem  # it is for those who write content; the person at the window reads this one
        text = _("This is no resident identity number: look at the 18 characters again.")
        raise Invalid(text, fields={"number": text})
    found = identity.subject_by_identifier(typed)
    spoken = " ".join(name.split()).casefold()
    if (
        found is None
        or found.kind != "person"
        or spoken not in {found.name.casefold(), found.name_en.casefold()} - {""}
    ):
        text = _(
            "Number and name do not belong to somebody who is registered here. Compare both with the document."
        )
        raise Invalid(text, fields={"number": text})
    return found.pk


def _mandate(acting: Acting, person: UUID, wanted: str, event: str) -> tuple[UUID, UUID]:
    """(mandate, principal) under which this person acts for whom the number or code names, for this life event."""
    held = identity.mandates_of(identity.subject(person), acting.now).filter(principal__identifier=wanted)
    for mandate in held:
        if not mandate.events or event in mandate.events:
            return mandate.pk, mandate.principal_id
    text = _(
        "There is no mandate in force for this. Whoever is represented gives it on their own page first."
    )
    raise Invalid(text, fields={"principal": text})


def _note(acting: Acting, filing: models.Filing, action: str) -> None:
    audit.record(
        acting=acting, action=action, root=filing.application_id, object_kind="application",
        object_id=filing.application_id, detail={"person": str(filing.person)},
    )  # fmt: skip
