"""The only way to fetch an application or a case for a person: what may not be seen does not exist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.base.notices import queries as notices
from tongban.work.cases import models, signing

KEPT: Final = timedelta(days=30)
"""How long a discarded draft can be brought back."""


def applications(acting: Acting) -> QuerySet[models.Application]:
    """Applications that the one who acts may read.

    Applicants: their own and those of firms they represent; where a mandate is limited, those of its life events.
    Officers: submitted ones with a case at their organ and
    place. Window clerks: submitted ones of their place; filling in for somebody at the window, that draft alone and
    until it is submitted or the person leaves. Everybody else, auditors and clerks of the hotline included: none.
    """
    everything = models.Application.objects.exclude(state="discarded")
    if acting.role == "window":
        return everything.filter(
            pk__in=models.Filing.objects.filter(
                clerk=acting.actor, organisation=acting.organisation, place=acting.place, closed_at=None
            ).values("application_id"),
            principal=acting.principal,
            state="draft",
        )
    if acting.applies:
        subjects = identity.subjects(acting)
        mine = Q(principal__in=subjects) | Q(subject__in=subjects)
        for principal, events in identity.limited(acting).items():
            mine |= (Q(principal=principal) | Q(subject=principal)) & Q(event__in=events)
        return everything.filter(mine)
    if acting.role == "officer":
        return everything.filter(
            state="submitted",
            pk__in=models.Case.objects.filter(organisation=acting.organisation, place=acting.place).values(
                "application_id"
            ),
        )
    if acting.role == "clerk" and not directory.runs_the_hotline(acting.organisation, acting.now):
        return everything.filter(state="submitted", place=acting.place)
    return everything.none()


def cases(acting: Acting) -> QuerySet[models.Case]:
    """Cases that the one who acts may read: officers those of their own organ and place only."""
    if acting.role == "officer":
        return models.Case.objects.filter(organisation=acting.organisation, place=acting.place)
    if acting.applies or acting.role == "clerk":
        return models.Case.objects.filter(application__in=applications(acting))
    return models.Case.objects.none()


def application(acting: Acting, key: str | UUID, *, lock: bool = False) -> models.Application:
    """One application by id (drafts) or public number. Raises NotFound."""
    found = applications(acting)
    if lock:
        found = models.Application.objects.select_for_update().filter(pk__in=found.values("pk"))
    result = found.filter(_key(key)).first()
    if result is None:
        raise NotFound(_("There is no such application, or it is not yours to see."))
    return result


def case(acting: Acting, number: str, *, lock: bool = False) -> models.Case:
    """One case by number. Raises NotFound. With `lock` its application is locked first, then the case."""
    result = cases(acting).filter(number=number).select_related("application").first()
    if result is None:
        raise NotFound(_("There is no such case, or it is not yours to see."))
    if lock:
        models.Application.objects.select_for_update().get(pk=result.application_id)
        result = models.Case.objects.select_for_update().select_related("application").get(pk=result.pk)
    return result


def lately_discarded(acting: Acting) -> QuerySet[models.Application]:
    """Drafts that the one who acts has given up, as long as they can be brought back."""
    if not acting.applies or acting.role == "window":
        return models.Application.objects.none()
    subjects = identity.subjects(acting)
    mine = Q(principal__in=subjects)
    for principal, events in identity.limited(acting).items():
        mine |= Q(principal=principal, event__in=events)
    return models.Application.objects.filter(mine, state="discarded", updated_at__gt=acting.now - KEPT)


def discarded(acting: Acting, key: UUID, *, lock: bool = False) -> models.Application:
    """One of them, or the draft that it has become again. Raises NotFound."""
    found = (
        lately_discarded(acting).filter(pk=key).first()
        or applications(acting).filter(pk=key, state="draft").first()
    )
    if found is None:
        raise NotFound(_("There is no such draft, or it can no longer be brought back."))
    return models.Application.objects.select_for_update().get(pk=key) if lock else found


def signature(acting: Acting, key: UUID, *, lock: bool = False) -> models.Signature:
    """A signature that the one who acts is asked for, in their own name: theirs by their identity number, not by its
    address. Raises NotFound. With `lock` its application is locked first, then the signature."""
    person = identity.own_person(acting)
    found = models.Signature.objects.filter(pk=key).select_related("application").first()
    mine = (
        person is not None
        and found is not None
        and found.who == signing.digest_of_person(person.identifier or "")
    )
    if found is None or not mine or found.application.state == "discarded":
        raise NotFound(_("There is nothing to sign here, or somebody else is asked."))
    if lock:
        models.Application.objects.select_for_update().get(pk=found.application_id)
        found = models.Signature.objects.select_for_update().select_related("application").get(pk=key)
    return found


def batches(acting: Acting) -> QuerySet[models.Batch]:
    """Tables of the one for whom somebody acts, and of the life events that the mandate covers."""
    if not acting.applies or acting.principal is None:
        return models.Batch.objects.none()
    mine = models.Batch.objects.filter(principal=acting.principal)
    if acting.role == "agent":
        return mine.filter(event__in=identity.limited(acting).get(acting.principal, frozenset()))
    return mine


def batch(acting: Acting, key: UUID) -> models.Batch:
    """One table by id. Raises NotFound."""
    found = batches(acting).filter(pk=key).first()
    if found is None:
        raise NotFound(_("There is no such table, or it is not yours to see."))
    return found


def documents(acting: Acting) -> QuerySet[Any]:
    """Official documents of cases and applications that the one who acts may read; of nobody else's."""
    return notices.documents().filter(
        Q(about__in=cases(acting).values("pk")) | Q(about=None, root__in=applications(acting).values("pk"))
    )


def document(acting: Acting, number: str) -> Any:
    """One document by number. Raises NotFound."""
    found = documents(acting).filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such document, or it is not yours to see."))
    return found


def officer_case(acting: Acting, number: str) -> models.Case:
    """A case that the officer who acts may change; locked."""
    if acting.role != "officer":
        raise NotFound(_("There is no such case, or it is not yours to see."))
    return case(acting, number, lock=True)


def _key(key: str | UUID) -> Q:
    text = str(key)
    try:
        return Q(pk=UUID(text))
    except ValueError:
        return Q(number=text)
