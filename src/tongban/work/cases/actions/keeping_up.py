"""Taking note of rules that have changed under a draft. Nothing that was answered is dropped by it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import StaleVersion
from tongban.work.cases import form, models, rules_changed
from tongban.work.cases.actions import drafts, ending_signatures


def see(*, acting: Acting, application: UUID, digest: str, version: int | None = None) -> models.Application:
    """Note that the applicant has seen what the pack `digest` changes for a draft. Seeing it again changes nothing.

    A promise whose text has changed is to be signed anew; the older signature stays as history. Raises
    `StaleVersion` when yet another pack is in force by now.
    """
    with transaction.atomic():
        draft = drafts.locked(acting, application, version)
        pack = form.pack_of(draft, acting)
        if digest != pack.digest:
            raise StaleVersion(_("The rules have changed once more. Look at what changed again."))
        found = rules_changed.changed(draft, pack, acting.today)
        if found is None:
            return draft
        again = draft.materials.filter(material__in=found.promises, way="commit", replaced_at=None)
        anew = sorted(again.values_list("material", flat=True))
        again.update(replaced_at=acting.now)
        before, draft.seen_digest = rules_changed.seen(draft), pack.digest
        audit.record(
            acting=acting, action="application.rules-seen", root=draft.id, object_kind="application", object_id=draft.id,
            detail={"before": before, "pack": pack.digest, "sign_again": anew},
        )  # fmt: skip
        ending_signatures.end_changed(acting, draft, pack, "rules-changed")
        drafts.save(acting, draft)
    return draft
