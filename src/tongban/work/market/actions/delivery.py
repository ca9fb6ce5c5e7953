"""Delivering: the call is written down and committed before a byte leaves."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, KeyReused, NotNow
from tongban.work.market import access, content, locks, models, months

FORMS = ("json", "csv")
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{7,79}")


def deliver(*, acting: Acting, contract: UUID | str, request_id: str, form: str = "json") -> models.Usage:
    """Count one call under a live contract and return its record: only then may the caller send the snapshot.

    The transaction is the outermost one, so the record is on disk when this returns, whatever happens to the answer.
    The same request id again is the same call, and is billed once. What is delivered is the product's newest snapshot
    at the first call with that id. Raises `NotNow` outside the contract's term, `KeyReused` for another form.
    """
    if not REQUEST_ID.fullmatch(request_id):
        raise Invalid(
            _("Give every call a request id of 8 to 80 letters and digits."),
            fields={"request_id": _("Missing or not usable.")},
        )
    if form not in FORMS:
        raise Invalid(_("Choose JSON or CSV."), fields={"form": _("Choose JSON or CSV.")})
    with transaction.atomic(durable=True):
        found = access.contract(acting, contract, lock=True)
        known = (
            models.Usage.objects.filter(contract=found, request_id=request_id)
            .select_related("snapshot__registration")
            .first()
        )
        if known is not None:
            if known.form != form:
                raise KeyReused(_("This request id was used for another form. Send a new one."))
            return known
        _require_live(acting, found)
        locks.product(found.registration_id)
        snapshot = (
            models.Snapshot.objects.filter(registration_id=found.registration_id)
            .select_related("registration")
            .latest("until")
        )
        cells = content.checked_table(snapshot)
        usage = models.Usage.objects.create(
            contract=found, registration_id=found.registration_id, snapshot=snapshot, request_id=request_id, form=form,
            price_fen=found.price_fen, cells=len(cells), hidden=sum(count is None for count in cells.values()),
            month=_billed_in(acting, found), at=acting.now, by=acting.actor,
        )  # fmt: skip
        audit.record(
            acting=acting, action="product.delivered", root=found.id, object_kind="usage", object_id=usage.id,
            detail={"snapshot": str(snapshot.id), "digest": snapshot.digest, "price_fen": usage.price_fen, "month": usage.month},
        )  # fmt: skip
    return usage


def _require_live(acting: Acting, contract: models.Contract) -> None:
    if contract.state != "approved" or contract.valid_from is None or contract.valid_to is None:
        raise NotNow(_("This contract has not been approved."))
    registration = models.Registration.objects.get(pk=contract.registration_id)
    if not contract.valid_from <= acting.today <= min(contract.valid_to, registration.valid_to):
        raise NotNow(_("This contract does not run today."))


def _billed_in(acting: Acting, contract: models.Contract) -> str:
    """The civil month; the next open one for a call that comes when its month has been settled."""
    month = months.of(acting.today)
    settled = set(
        models.Settlement.objects.filter(registration_id=contract.registration_id).values_list(
            "month", flat=True
        )
    )
    while month in settled:
        month = months.after(month)
    return month
