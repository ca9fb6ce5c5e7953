"""Signing together: the applicant asks, the other signs or refuses, and a change ends what was signed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.work.cases import access, form, models, signing
from tongban.work.cases.actions import drafts, ending_signatures

LONGEST_REASON = 500


def ask(*, acting: Acting, application: UUID, who: str, version: int | None = None) -> models.Signature:
    """Ask one of those who have to sign (`signing.Needed.who`). Asking again while they have not answered changes nothing.

    Whoever has an account here finds it in the inbox; anybody else needs the address of the signature.
    """
    with transaction.atomic():
        draft = drafts.locked(acting, application, version)
        pack = form.pack_of(draft, acting)
        plan = form.plan_of(draft, pack, acting.today)
        wanted = next(
            (one for one in signing.needed(draft, pack, plan, acting) if one.who == who and who), None
        )
        if wanted is None:
            raise NotNow(_("Nobody of that name has to sign this. Look at the list again."))
        if wanted.signature is not None and (wanted.valid or wanted.signature.state == "asked"):
            return wanted.signature
        if wanted.signature is not None:
            ending_signatures.end(acting, wanted.signature, "asked-again")
        row = models.Signature.objects.create(
            application=draft, who=who, person=signing.subject_with(wanted.identifier),
            roles=[{"service": service, "signer": signer} for service, signer in wanted.roles],
            asked_at=acting.now, asked_by=acting.actor,
        )  # fmt: skip
        _audit(acting, row, "signature.asked", {"roles": row.roles})
        if row.person is not None:
            asker = identity.subject(draft.principal)
            notices.tell(
                subject=row.person, cause=f"signature:{row.id}",
                title=both(msg("Please sign: %(event)s"), event=pack.life_events[draft.event].name),
                body=both(msg("%(name)s asks you to sign an application. Look at it, then sign or refuse."), name=asker.name),
                link=f"/signatures/{row.id}", now=acting.now,
            )  # fmt: skip
    return row


def sign(*, acting: Acting, signature: UUID, digest: str) -> models.Signature:
    """Sign what was shown: `digest` names it. Signing the same again changes nothing.

    Raises `StaleVersion` when it has changed since it was shown, `NotNow` once it is refused, ended or submitted.
    """
    with transaction.atomic():
        row, draft, pack = _open(acting, signature)
        if row.state == "signed" and row.signed == digest:
            return row
        _refuse_answered(row, draft)
        signed = signing.content(draft, form.plan_of(draft, pack, acting.today))
        if signing.digest(signed) != digest:
            raise StaleVersion(
                _("The application was changed since you opened it. Look at it again before you sign.")
            )
        row.person, row.answered_at, row.answered_by = acting.principal, acting.now, acting.actor
        row.signed, row.content = digest, signed
        row.save()
        _audit(acting, row, "signature.given", {"sha256": digest, "pack": pack.digest})
        _tell_applicant(
            acting, row, draft, pack, msg("Signed: %(event)s"), msg("%(name)s has signed your application.")
        )
    return row


def refuse(*, acting: Acting, signature: UUID, reason: str) -> models.Signature:
    """Refuse to sign, with a reason for the applicant."""
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise Invalid(
            _("Say why, so that the applicant knows what to change."), fields={"reason": _("Write a reason.")}
        )
    with transaction.atomic():
        row, draft, pack = _open(acting, signature)
        if row.state == "refused":
            return row
        _refuse_answered(row, draft)
        row.person, row.answered_at, row.answered_by = acting.principal, acting.now, acting.actor
        row.refused_because = reason
        row.save()
        _audit(acting, row, "signature.refused", {})
        _tell_applicant(
            acting,
            row,
            draft,
            pack,
            msg("Not signed: %(event)s"),
            msg("%(name)s does not sign your application."),
        )
    return row


def _open(acting: Acting, signature: UUID) -> tuple[models.Signature, models.Application, Pack]:
    row = access.signature(acting, signature, lock=True)
    return row, row.application, form.pack_of(row.application, acting)


def _refuse_answered(row: models.Signature, draft: models.Application) -> None:
    if draft.state != "draft":
        raise NotNow(_("This application is no longer being filled in; there is nothing to sign."))
    if row.state == "ended":
        raise NotNow(
            _(
                "The application was changed, so this signature is no longer asked for. You will be asked anew."
            )
        )
    if row.state != "asked":
        raise NotNow(_("You have answered this already."))


def _tell_applicant(
    acting: Acting, row: models.Signature, draft: models.Application, pack: Pack, title: str, body: str
) -> None:
    signer = identity.subject(row.person)
    notices.tell(
        subject=draft.principal, cause=f"signature:{row.id}:{row.state}",
        title=both(title, event=pack.life_events[draft.event].name), body=both(body, name=signer.name),
        link=f"/applications/{draft.id}/review", now=acting.now,
    )  # fmt: skip


def _audit(acting: Acting, row: models.Signature, action: str, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting, action=action, root=row.application_id, object_kind="signature", object_id=row.id, detail=detail
    )  # fmt: skip
