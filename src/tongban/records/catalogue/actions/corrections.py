"""校核: somebody finds a value in a registry wrong; its steward checks it and answers within its term."""

from __future__ import annotations

from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import access, models, numbers
from tongban.records.catalogue.actions import steps
from tongban.records.catalogue.actions.looking_up import fold_key

MOST_CLAIM, MOST_ANSWER = 500, 1000


def request_correction(
    *, acting: Acting, resource: str, key: str, field: str, claim: str
) -> models.Correction:
    """Ask the steward to correct one value of one row.

    A person asks for themselves or for the firm they act for, an officer for the organisation. Nothing of the row
    is shown, so nobody learns anything by asking.
    """
    pack = directory.pack_in_force(acting.now)
    department = acting.organisation if acting.role == "officer" else None
    if resource not in pack.resources or (department is None and acting.principal is None):
        raise NotFound(_("There is no such resource in this catalogue."))
    key, claim = steps.cleaned(key), steps.cleaned(claim)
    mistakes = _mistakes(pack, resource, key, field, claim)
    if mistakes:
        raise Invalid(_("The correction needs another look."), fields=mistakes)
    steward = directory.organisation_for(pack, pack.resources[resource].steward, acting.place)
    digest = keys.keyed_digest(fold_key(key))
    asker = Q(organisation=department) if department else Q(about__in=identity.subjects(acting))
    with transaction.atomic():
        correction = models.Correction.objects.create(
            number=numbers.next_number(numbers.CORRECTION, acting.place, acting.today), resource=resource,
            pack_digest=pack.digest, key=key, field=field, claim=claim,
            subject=None if department else acting.principal, organisation=department, place=acting.place,
            steward=steward.id, steward_place=steward.place, actor=acting.actor,
            known=models.LookUp.objects.filter(asker, resource=resource, key_digest=digest, grant__isnull=False).exists(),
            submitted_at=acting.now, submitted_on=acting.today,
        )  # fmt: skip
        _audit(
            acting, correction, "correction.requested", {"resource": resource, "field": field, "key": digest}
        )
    return correction


def answer_correction(
    *,
    acting: Acting,
    number: str,
    outcome: Literal["corrected", "declined"],
    answer: str,
    version: int | None = None,
) -> models.Correction:
    """Say that the value was corrected in the registry, or why it stands."""
    said = steps.cleaned(answer)
    mistakes: dict[str, str] = {}
    if outcome not in ("corrected", "declined"):
        mistakes["outcome"] = _("Choose whether the value was corrected or stands.")
    if not said or len(said) > MOST_ANSWER:
        mistakes["answer"] = _("Answer in at most %(n)d characters.") % {"n": MOST_ANSWER}
    if mistakes:
        raise Invalid(_("The answer needs another look."), fields=mistakes)
    with transaction.atomic():
        correction = access.correction(acting, number, lock=True)
        if not access.may_answer(acting, correction):
            raise NotFound(_("There is no such entry, or it is not yours to see."))
        steps.require_version(correction.version, version)
        if correction.state != "submitted":
            raise NotNow(_("This correction is answered already."))
        correction.state, correction.answer = outcome, said
        correction.answered_at, correction.answered_on = acting.now, acting.today
        correction.version += 1
        correction.save(update_fields=["state", "answer", "answered_at", "answered_on", "version"])
        _audit(acting, correction, f"correction.{outcome}", {"resource": correction.resource})
    return correction


def _mistakes(pack: Pack, resource: str, key: str, field: str, claim: str) -> dict[str, str]:
    found: dict[str, str] = {}
    if not fold_key(key) or len(key) > 200:
        found["key"] = _("Say which entry it is.")
    if field not in {one.id for one in pack.resources[resource].fields}:
        found["field"] = _("Choose the value that is wrong.")
    if not claim or len(claim) > MOST_CLAIM:
        found["claim"] = _("Say in at most %(n)d characters what is wrong and what would be right.") % {
            "n": MOST_CLAIM
        }
    return found


def _audit(acting: Acting, correction: models.Correction, action: str, detail: dict[str, str]) -> None:
    audit.record(
        acting=acting, action=action, root=correction.id, object_kind="correction", object_id=correction.number, detail=detail,
    )  # fmt: skip
