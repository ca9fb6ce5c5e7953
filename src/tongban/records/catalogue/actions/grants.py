"""After consent: making the interface ready, and ending a grant before its time."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.records.catalogue import access, models
from tongban.records.catalogue.actions import steps

MOST_WORDS = 500


def provide(*, acting: Acting, number: str, version: int | None = None) -> models.SharingRequest:
    """The steward's interface is ready: rows can be looked up under the grant of this request."""
    with transaction.atomic():
        request = steps.opened(acting, number, "steward", version)
        grant = models.Grant.objects.select_for_update().filter(request=request).first()
        if grant is None or grant.revoked_at is not None:
            raise NotNow(_("There is no grant to provide."))
        steps.make_ready(acting, request, grant, "steward")
    return request


def revoke(*, acting: Acting, grant: UUID, reason: str, version: int | None = None) -> models.Grant:
    """End a grant at once. Look-ups under way are finished first; later ones are refused."""
    said = steps.cleaned(reason)
    if not said or len(said) > MOST_WORDS:
        message = _("Say in at most %(n)d characters why the grant ends.") % {"n": MOST_WORDS}
        raise Invalid(message, fields={"reason": message})
    with transaction.atomic():
        found = access.grant(acting, grant, lock=True)
        if not access.may_revoke(acting, found):
            raise NotFound(_("There is no such entry, or it is not yours to see."))
        steps.require_version(found.version, version)
        if found.revoked_at is not None or found.valid_to <= acting.today:
            raise NotNow(_("This grant has ended already."))
        found.revoked_at, found.revoked_because, found.version = acting.now, said, found.version + 1
        found.save(update_fields=["revoked_at", "revoked_because", "version"])
        audit.record(
            acting=acting, action="grant.revoked", root=found.request_id, object_kind="grant", object_id=found.id,
            detail={"resource": found.resource, "organisation": found.organisation},
        )  # fmt: skip
    return found
