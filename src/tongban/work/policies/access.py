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

PAYABLE = (State.CONFIRMED.value, State.PAID.value, State.RECLAIMED.value, State.REPAID.value)


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


def rounds(acting: Acting) -> QuerySet[models.Round]:
    """Rounds of the organ of the one who acts; the organ that pays sees those whose list is confirmed."""
    if acting.role != "officer":
        return models.Round.objects.none()
    paid_by = Q(lines__entitlement__payer=acting.organisation, lines__entitlement__payer_place=acting.place)
    paying = models.Round.objects.filter(paid_by, state__in=["telling", "told", "closed"]).values("pk")
    return models.Round.objects.filter(_in_charge(acting) | Q(pk__in=paying))


def round_page(acting: Acting, key: UUID) -> models.Round:
    """Raises NotFound."""
    row = rounds(acting).filter(pk=key).first()
    if row is None:
        raise _no_round()
    return row


def round_locked(acting: Acting, key: UUID) -> models.Round:
    """One of the own organ, locked."""
    own_ = rounds(acting).filter(_in_charge(acting), pk=key).values("pk")
    row = models.Round.objects.select_for_update().filter(pk__in=own_).first()
    if row is None:
        raise _no_round()
    return row


def round_line(acting: Acting, key: UUID) -> models.RoundLine:
    """A line of a round of the own organ."""
    row = models.RoundLine.objects.filter(
        pk=key, round__organisation=acting.organisation, round__place=acting.place
    ).first()
    if row is None or acting.role != "officer":
        raise _no_round()
    return row


def public_round(key: UUID) -> models.Round:
    """A round whose list is in publicity, or was: anybody may read it. Raises NotFound."""
    row = models.Round.objects.filter(pk=key, public_from__isnull=False).first()
    if row is None:
        raise _no_round()
    return row


def objections(acting: Acting) -> QuerySet[models.Objection]:
    """For the organ those of its rounds; for everybody else their own."""
    if acting.role == "officer":
        return models.Objection.objects.filter(
            line__round__organisation=acting.organisation, line__round__place=acting.place
        )
    if acting.role == "applicant" and acting.principal is not None:
        return models.Objection.objects.filter(by=acting.principal)
    return models.Objection.objects.none()


def _no_round() -> NotFound:
    return NotFound(_("There is no such list, or it is not yours to see."))


def simulations(acting: Acting) -> QuerySet[models.Simulation]:
    """Trials of the office of the one who acts."""
    if acting.role != "officer":
        return models.Simulation.objects.none()
    return models.Simulation.objects.filter(_in_charge(acting))


def simulation(acting: Acting, key: UUID) -> models.Simulation:
    """Raises NotFound."""
    row = simulations(acting).filter(pk=key).first()
    if row is None:
        raise NotFound(_("There is no such trial, or it is not yours to see."))
    return row


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
