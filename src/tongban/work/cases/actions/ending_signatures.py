"""A signature counts for what was signed and for nothing else: any change of it ends it, and says so."""

from __future__ import annotations

from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.work.cases import form, models, signing


def end_changed(
    acting: Acting, draft: models.Application, pack: Pack, because: str = "answers-changed"
) -> None:
    """End the given signatures of a draft whose content is no longer what was signed; all of them if the rules changed.

    Inside the transaction of the action that changes it.
    """
    given = list(draft.signatures.filter(ended_at=None).exclude(signed=""))
    if not given:
        return
    now = signing.digest(signing.content(draft, form.plan_of(draft, pack, acting.today)))
    for row in given:
        if because == "rules-changed" or row.signed != now:
            end(acting, row, because)
            _tell(acting, row, draft, pack)


def end(acting: Acting, row: models.Signature, because: str) -> None:
    """End one; it stays in the file with what was signed."""
    row.ended_at, row.ended_because = acting.now, because
    row.save(update_fields=["ended_at", "ended_because"])
    audit.record(
        acting=acting, action="signature.ended", root=row.application_id, object_kind="signature", object_id=row.id,
        detail={"because": because},
    )  # fmt: skip


def _tell(acting: Acting, row: models.Signature, draft: models.Application, pack: Pack) -> None:
    if row.person is None:
        return
    notices.tell(
        subject=row.person, cause=f"signature:{row.id}:ended",
        title=both(msg("Your signature no longer counts: %(event)s"), event=pack.life_events[draft.event].name),
        body=both(msg("Something in the application was changed after you signed. You will be asked to sign again.")),
        link=f"/signatures/{row.id}", now=acting.now,
    )  # fmt: skip
