"""Asking for data: the side of the department that needs it."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.core.packs.model import Organisation
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import checks, models, numbers
from tongban.records.catalogue.actions import steps
from tongban.records.catalogue.procedure import Event, State


def request_sharing(
    *,
    acting: Acting,
    resource: str,
    fields: Collection[str],
    purpose: str,
    articles: Collection[str] = (),
    event: str = "",
    services: Collection[str] = (),
) -> models.SharingRequest:
    """Ask the steward of a resource for fields of it, for the officer's own organisation.

    It serves a life event or single services of the pack. The platform checks it in the same transaction; an
    unconditional resource is granted and provided at once, with every event logged. Raises Invalid with the fields
    of the form that need another look, NotFound for a resource that is not in the catalogue.
    """
    pack = directory.pack_in_force(acting.now)
    organ = _organ(acting, pack)
    if resource not in pack.resources:
        raise NotFound(_("There is no such resource in this catalogue."))
    wanted = checks.Wanted(
        resource=pack.resources[resource], fields=tuple(dict.fromkeys(fields)), purpose=" ".join(steps.cleaned(purpose).split()),
        articles=tuple(dict.fromkeys(articles)), event=event, services=tuple(dict.fromkeys(services)),
    )  # fmt: skip
    mistakes = checks.mistakes(pack, wanted, acting.today)
    if mistakes:
        raise Invalid(_("The request needs another look."), fields=mistakes)
    steward = _steward(pack, wanted, acting.place)
    with transaction.atomic():
        request = models.SharingRequest.objects.create(
            number=numbers.next_number(numbers.REQUEST, acting.place, acting.today), resource=resource,
            pack_digest=pack.digest, sharing=wanted.resource.sharing, asking=organ.id, place=acting.place,
            steward=steward.id, steward_place=steward.place, fields=sorted(wanted.fields), purpose=wanted.purpose,
            articles=list(wanted.articles), event=event, services=list(wanted.served(pack)),
            findings=checks.findings(pack, wanted, organ), officer=acting.actor, state=State.SUBMITTED,
            submitted_at=acting.now,
        )  # fmt: skip
        steps.happen(acting, request, Event.SUBMIT, "asker")
        steps.happen(acting, request, Event.CHECK, "system")
        if request.sharing == "unconditional":
            steps.happen(acting, request, Event.GRANT, "system", note=_("Shared unconditionally."))
            steps.consent(acting, request, "system", fields=request.fields, until=None, ready=True)
    return request


def answer_question(
    *, acting: Acting, number: str, text: str, version: int | None = None
) -> models.SharingRequest:
    """Say what the steward asked for; its clock runs on from here."""
    said = steps.cleaned(text)
    if not said or len(said) > steps.MOST_WORDS:
        message = _("Answer in at most %(n)d characters.") % {"n": steps.MOST_WORDS}
        raise Invalid(message, fields={"text": message})
    with transaction.atomic():
        request = steps.opened(acting, number, "asker", version)
        steps.happen(acting, request, Event.ANSWER, "asker", note=said)
    return request


def withdraw(*, acting: Acting, number: str, version: int | None = None) -> models.SharingRequest:
    """Take a request back that was not decided yet."""
    with transaction.atomic():
        request = steps.opened(acting, number, "asker", version)
        steps.happen(acting, request, Event.WITHDRAW, "asker")
    return request


def _organ(acting: Acting, pack: Pack) -> Organisation:
    """The organisation of the officer who acts; nobody else may ask."""
    organ = pack.organisations.get(acting.organisation or "")
    if acting.role != "officer" or organ is None:
        raise NotFound(_("There is no such entry, or it is not yours to see."))
    return organ


def _steward(pack: Pack, wanted: checks.Wanted, place: str) -> Organisation:
    try:
        return directory.organisation_for(pack, wanted.resource.steward, place)
    except LookupError as error:
        raise Invalid(_("Nobody in this place keeps this resource yet.")) from error
