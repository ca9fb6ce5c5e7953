"""The only way to fetch an entitlement for a person: what may not be seen does not exist.

| who                                             | sees                                     |
| its subject, and who acts for it                | their own                                |
| officers of the policy's organ, in their place  | theirs                                   |
| officers of the organ that pays, in their place | what is confirmed or paid                |
| everybody else, auditors and clerks included    | nothing                                  |
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongban.base.identity import access as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.work.policies import models
from tongban.work.policies.states import State

PAYABLE = (State.CONFIRMED.value, State.PAID.value)


def entitlements(acting: Acting) -> QuerySet[models.Entitlement]:
    """Entitlements that the one who acts may read."""
    if acting.role == "applicant" and acting.post is None:
        return models.Entitlement.objects.filter(subject__in=identity.subjects(acting))
    if acting.role == "officer":
        return models.Entitlement.objects.filter(_in_charge(acting) | _pays(acting))
    return models.Entitlement.objects.none()


def entitlement(acting: Acting, key: UUID) -> models.Entitlement:
    """One that may be read. Raises NotFound."""
    return _one(entitlements(acting).filter(pk=key))


def own(acting: Acting, key: UUID) -> models.Entitlement:
    """One that its owner may answer; locked."""
    if acting.role != "applicant":
        raise _nothing()
    return _locked(entitlements(acting), key)


def in_charge(acting: Acting, key: UUID) -> models.Entitlement:
    """One that an officer of the policy's organ may decide about; locked."""
    if acting.role != "officer":
        raise _nothing()
    return _locked(models.Entitlement.objects.filter(_in_charge(acting)), key)


def in_charge_page(acting: Acting, key: UUID) -> models.Entitlement:
    """The same to be read, before anything is decided."""
    if acting.role != "officer":
        raise _nothing()
    return _one(models.Entitlement.objects.filter(_in_charge(acting), pk=key))


def to_pay(acting: Acting, key: UUID) -> models.Entitlement:
    """One that an officer of the policy's organ, or of the organ that pays, may pay; locked."""
    if acting.role != "officer":
        raise _nothing()
    return _locked(entitlements(acting), key)


def is_in_charge(acting: Acting, row: models.Entitlement) -> bool:
    return acting.role == "officer" and (acting.organisation, acting.place) == (row.organisation, row.place)


def subject(acting: Acting, key: UUID) -> UUID:
    """A subject that the one who acts may have looked at. Raises NotFound."""
    if acting.role != "applicant" or key not in identity.subjects(acting):
        raise _nothing()
    return key


def runs(acting: Acting) -> QuerySet[models.MatchingRun]:
    """Runs about the subjects of the one who acts; nobody else's business."""
    if acting.role != "applicant":
        return models.MatchingRun.objects.none()
    return models.MatchingRun.objects.filter(subject__in=identity.subjects(acting))


def _in_charge(acting: Acting) -> Q:
    return Q(organisation=acting.organisation, place=acting.place)


def _pays(acting: Acting) -> Q:
    return Q(payer=acting.organisation, payer_place=acting.place, state__in=PAYABLE)


def _locked(visible: QuerySet[models.Entitlement], key: UUID) -> models.Entitlement:
    return _one(models.Entitlement.objects.select_for_update().filter(pk=key, pk__in=visible.values("pk")))


def _one(found: QuerySet[models.Entitlement]) -> models.Entitlement:
    row = found.first()
    if row is None:
        raise _nothing()
    return row


def _nothing() -> NotFound:
    return NotFound(_("There is no such benefit, or it is not yours to see."))


def keeper(acting: Acting) -> UUID:
    """Subject under whom the one who acts keeps situations of the calculator. Raises NotFound for everybody who is not a
    person acting for themselves or for whom they represent."""
    if acting.role != "applicant" or acting.principal is None:
        raise NotFound(_("Sign in as a person to keep what you have told."))
    return acting.principal


def kept(acting: Acting) -> QuerySet[models.KeptSituation]:
    """Situations that the one who acts has kept."""
    if acting.role != "applicant" or acting.principal is None:
        return models.KeptSituation.objects.none()
    return models.KeptSituation.objects.filter(owner=acting.principal)


def kept_one(acting: Acting, key: UUID) -> models.KeptSituation:
    """Raises NotFound."""
    row = kept(acting).filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such situation, or it is not yours to see."))
    return row
