"""Orders and the contracts they become."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.work.market import access, models, numbers, products
from tongban.work.market import months as calendar

SHORTEST = 6
"""Characters of a purpose; Chinese says a lot in few."""
LONGEST = 36
"""Months a contract may run for."""


def order(
    *,
    acting: Acting,
    listing: UUID,
    purpose_kind: str,
    purpose: str,
    months: int,
    buyer: UUID | None = None,
    accepted: bool = False,
) -> models.Contract:
    """Order what is on offer, for a purpose and a term. `buyer` None: whom the one who acts acts for.

    The price is that of the offer; it is zero for a purpose that the pack frees (发改价格〔2025〕65号: use for public
    governance and welfare is free of charge), which the operator checks before approving.
    """
    wanted = buyer or acting.principal
    allowed = {subject.pk for subject in access.buyers(acting)}
    fields: dict[str, str] = {}
    if wanted not in allowed:
        fields["buyer"] = _("Choose an organisation that you represent.")
    if purpose_kind not in models.PURPOSES:
        fields["purpose_kind"] = _("Choose a purpose.")
    if len(purpose.strip()) < SHORTEST:
        fields["purpose"] = _("Say in a sentence what the data is for.")
    if not 1 <= months <= LONGEST:
        fields["months"] = _("Between 1 and %(most)s months.") % {"most": LONGEST}
    if not accepted:
        fields["accepted"] = _("The terms need your agreement.")
    if fields or wanted is None:
        raise Invalid(_("The order is not complete."), fields=fields)
    with transaction.atomic():
        offer = access.offers().filter(pk=listing).first()
        if offer is None:
            raise NotFound(_("This offer has ended."))
        free = purpose_kind in products.product_of(offer.registration).free_for
        contract = models.Contract.objects.create(
            number=numbers.next_contract_number(offer.registration.place, acting.today), registration=offer.registration, listing=offer,
            buyer=wanted, purpose_kind=purpose_kind, purpose=purpose.strip()[:500], months=months,
            price_fen=0 if free else offer.price_fen, ordered_at=acting.now, ordered_by=acting.actor,
        )  # fmt: skip
        _record(acting, "contract.ordered", contract, {"listing": str(offer.id), "purpose": purpose_kind})
        audit.send(
            acting=acting, kind="market.ordered", root=contract.id, payload={"contract": str(contract.id)}
        )
    return contract


def approve(*, acting: Acting, number: str, version: int | None = None) -> models.Contract:
    """Conclude the contract: it runs from today for the term ordered. Approving again changes nothing."""
    with transaction.atomic():
        contract = access.managed_contract(acting, number)
        if contract.state == "approved":
            return contract
        _open(contract, version)
        contract.state, contract.valid_from = "approved", acting.today
        contract.valid_to = calendar.later(acting.today, contract.months)
        _decided(acting, contract)
        _record(
            acting,
            "contract.approved",
            contract,
            {"valid_to": contract.valid_to.isoformat(), "price_fen": contract.price_fen},
        )
        audit.send(
            acting=acting, kind="market.approved", root=contract.id, payload={"contract": str(contract.id)}
        )
    return contract


def refuse(*, acting: Acting, number: str, reason: str, version: int | None = None) -> models.Contract:
    """Refuse an order, with a reason the buyer reads."""
    if not reason.strip():
        raise Invalid(_("Say why."), fields={"reason": _("Say why.")})
    with transaction.atomic():
        contract = access.managed_contract(acting, number)
        if contract.state == "refused":
            return contract
        _open(contract, version)
        contract.state, contract.reason = "refused", reason.strip()[:300]
        _decided(acting, contract)
        _record(acting, "contract.refused", contract, {})
        audit.send(
            acting=acting, kind="market.refused", root=contract.id, payload={"contract": str(contract.id)}
        )
    return contract


def _open(contract: models.Contract, version: int | None) -> None:
    if version is not None and version != contract.version:
        raise StaleVersion(_("Somebody else changed this in the meantime. Look at it again."))
    if contract.state != "ordered":
        raise NotNow(_("This order has been decided already."))


def _decided(acting: Acting, contract: models.Contract) -> None:
    contract.decided_at, contract.decided_by = acting.now, acting.actor
    contract.version += 1
    contract.save()


def _record(acting: Acting, action: str, contract: models.Contract, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting, action=action, root=contract.id, object_kind="contract", object_id=contract.id,
        detail={"number": contract.number, "product": str(contract.registration_id), **detail},
    )  # fmt: skip
