"""Setting and lifting a legal hold. Who may is decided by the room whose record it is.

The reasons stay in the rows: the audit tells that a hold was set or lifted, by whom, and on what.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.files import holding, models
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound


def place(*, acting: Acting, root: UUID, reason: str) -> models.Hold:
    """Let nothing of a record be destroyed from now on. A standing hold of the same organ stays as it is."""
    _require(reason)
    with transaction.atomic():
        hold_root(root)
        standing = models.Hold.objects.filter(
            root=root, organisation=acting.organisation, lifted_at=None
        ).first()
        if standing is not None:
            return standing
        hold = models.Hold.objects.create(
            root=root, organisation=acting.organisation, reason=reason.strip()[:500], set_at=acting.now, set_by=acting.actor
        )  # fmt: skip
        audit.record(acting=acting, action="hold.set", root=root, object_kind="hold", object_id=hold.id)
    return hold


def lift(*, acting: Acting, hold: UUID, reason: str) -> models.Hold:
    """End a hold of one's own organ. Lifting it again changes nothing; other organs' holds go on standing."""
    _require(reason)
    with transaction.atomic():
        row = (
            models.Hold.objects.select_for_update().filter(pk=hold, organisation=acting.organisation).first()
        )
        if row is None:
            raise NotFound(_("There is no such hold, or another organ has set it."))
        if row.lifted_at is None:
            row.lifted_at, row.lifted_by, row.lifted_because = acting.now, acting.actor, reason.strip()[:500]
            row.save()
            audit.record(
                acting=acting, action="hold.lifted", root=row.root, object_kind="hold", object_id=row.id
            )
    return row


def standing() -> QuerySet[models.Hold]:
    """Holds that stand, the newest first."""
    return models.Hold.objects.filter(lifted_at=None).order_by("-set_at", "-pk")


def stands(root: UUID) -> bool:
    return models.Hold.objects.filter(root=root, lifted_at=None).exists()


def hold_root(root: UUID) -> None:
    """Whoever sets a hold and whoever destroys wait for each other; inside a transaction."""
    holding.hold(f"root:{root}")


def _require(reason: str) -> None:
    if not reason.strip():
        raise Invalid(_("Reasons are needed."), fields={"reason": _("Say why.")})
