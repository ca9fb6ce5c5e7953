"""Who may see what of the market. What may not be seen does not exist.

| who                                          | sees                                                    |
| everybody                                    | what is on offer: words, price, ceiling, no number      |
| buyer, and who acts for it                   | its own orders, contracts, usage, bills                 |
| officers of the operating organisation       | everything of the products it operates                  |
| officers of a contributing organisation      | their organisation's shares                             |
| auditors                                     | journal entries: accounts, amounts, ids                 |
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.base.identity import access as identity
from tongban.base.identity import queries as subjects
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.core.packs.model_data import Product
from tongban.core.packs.pack import Pack
from tongban.work.market import models, products


def offers() -> QuerySet[models.Listing]:
    """What is on offer to everybody."""
    return models.Listing.objects.filter(withdrawn_at=None).select_related("registration")


def operates(acting: Acting, pack: Pack, product: Product) -> bool:
    """Whether the one who acts serves the organisation that operates a product."""
    operator = products.operator_of(pack, product)
    return acting.role == "officer" and (acting.organisation, acting.place) == (operator.id, operator.place)


def registrations(acting: Acting) -> QuerySet[models.Registration]:
    """Versions that the one who acts may manage."""
    if acting.role != "officer":
        return models.Registration.objects.none()
    return models.Registration.objects.filter(operator=acting.organisation, place=acting.place)


def contracts(acting: Acting) -> QuerySet[models.Contract]:
    """Own ones of a buyer; for the operator's officers those of its products."""
    found = models.Contract.objects.select_related("registration", "listing")
    if acting.role == "applicant":
        return found.filter(buyer__in=identity.subjects(acting))
    if acting.role == "officer":
        return found.filter(registration__in=registrations(acting))
    return found.none()


def usage(acting: Acting) -> QuerySet[models.Usage]:
    return models.Usage.objects.filter(contract__in=contracts(acting)).select_related(
        "contract", "snapshot", "registration"
    )


def settlements(acting: Acting) -> QuerySet[models.Settlement]:
    return models.Settlement.objects.filter(registration__in=registrations(acting)).select_related(
        "registration"
    )


def shares(acting: Acting) -> QuerySet[models.Share]:
    """Shares of the officer's organisation; the operator sees those of everybody in its products."""
    found = models.Share.objects.select_related("settlement__registration")
    if acting.role != "officer":
        return found.none()
    own = found.filter(organisation=acting.organisation, settlement__registration__place=acting.place)
    return own | found.filter(settlement__registration__in=registrations(acting))


def entries(acting: Acting) -> QuerySet[models.JournalEntry]:
    """The operator's own journal; auditors see every journal."""
    if acting.role == "auditor":
        return models.JournalEntry.objects.all()
    if acting.role == "officer" and registrations(acting).exists():
        return models.JournalEntry.objects.filter(book=acting.organisation)
    return models.JournalEntry.objects.none()


def assets(acting: Acting) -> QuerySet[models.Asset]:
    return models.Asset.objects.filter(registration__in=registrations(acting)).select_related("registration")


def buyers(acting: Acting) -> list[object]:
    """Enterprises in whose name the one who acts may order."""
    if acting.role != "applicant":
        return []
    found = subjects.names_of(set(identity.subjects(acting))).values()
    return sorted((s for s in found if s.kind == "enterprise"), key=lambda s: (s.name, str(s.pk)))


def registration(acting: Acting, key: UUID) -> models.Registration:
    return _one(registrations(acting).filter(pk=key))


def contract(acting: Acting, key: UUID | str, *, lock: bool = False) -> models.Contract:
    """By id or by number."""
    found = contracts(acting)
    result = _one(found.filter(pk=key) if isinstance(key, UUID) else found.filter(number=key))
    if lock:
        result = models.Contract.objects.select_for_update().get(pk=result.pk)
    return result


def managed_contract(acting: Acting, number: str) -> models.Contract:
    """A contract that the operator's officer may decide on; locked."""
    if acting.role != "officer":
        raise NotFound(_("There is no such thing in the market, or it is not yours to see."))
    return contract(acting, number, lock=True)


def snapshot(acting: Acting, key: UUID) -> models.Snapshot:
    return _one(
        models.Snapshot.objects.filter(pk=key, registration__in=registrations(acting)).select_related(
            "registration"
        )
    )


def entry(acting: Acting, key: UUID) -> models.JournalEntry:
    return _one(entries(acting).filter(pk=key))


def _one(found: QuerySet) -> object:
    result = found.first()
    if result is None:
        raise NotFound(_("There is no such thing in the market, or it is not yours to see."))
    return result
