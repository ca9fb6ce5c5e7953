"""Evidence that another place has shown: taken up by the applications of its holder that it was asked for.

A draft has it like every other licence. A submitted application takes it only for what is still outstanding there: a
deferred material, or what an open correction notice names. Nobody has to upload or type it.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Status
from tongban.records.dossier import queries as dossier
from tongban.records.licences import evidence_queries as evidence
from tongban.records.licences.evidence_queries import Shown
from tongban.work.cases import form, models
from tongban.work.cases.actions import corrections, drafts, gathering


def take_up(*, acting: Acting, request: UUID) -> list[tuple[models.Application, Shown]]:
    """Use what came for one request where it is needed. Inside a transaction; returns where it is used now.

    Nothing of it is used that is not good today, that is somebody else's, or without consent to the application.
    """
    shown = evidence.shown(acting, request)
    if shown is None:
        return []
    return [
        (application, shown) for application in _of_holder(acting, shown) if _use(acting, application, shown)
    ]


def _of_holder(acting: Acting, shown: Shown) -> Iterator[models.Application]:
    """Open applications that may draw on it, locked: the holder's own; those of a firm they represent in law, when
    whoever asked also filled it in."""
    represented = identity.mandates_of(identity.subject(shown.holder), acting.now).filter(
        ground="representative"
    )
    whose = Q(principal=shown.holder) | Q(subject=shown.holder)
    whose |= Q(
        principal__in=list(represented.values_list("principal_id", flat=True)), created_by=shown.asked_by
    )
    open_ones = Q(state="draft") | Q(
        state="submitted", pk__in=models.Case.objects.filter(closed_at=None).values("application_id")
    )
    for application in models.Application.objects.select_for_update().filter(whose, open_ones).order_by("pk"):
        if dossier.has_consent(application.id):
            yield application


def _use(acting: Acting, application: models.Application, shown: Shown) -> bool:
    pack = form.pack_of(application, acting)
    event = pack.life_events.get(application.event)
    if event is None or shown.service not in event.services:
        return False
    into = _into_draft if application.state == "draft" else _into_submitted
    if not into(acting, application, pack, shown):
        return False
    application.version += 1
    application.updated_at = acting.now
    application.save()
    audit.record(
        acting=acting, action="evidence.taken-up", root=application.id, object_kind="evidence-request",
        object_id=shown.request, detail={"node": shown.node, "kind": shown.kind},
    )  # fmt: skip
    return True


def _into_draft(acting: Acting, draft: models.Application, pack: Pack, shown: Shown) -> bool:
    """True when a fact or a material of the draft rests on it."""
    gathering.add_shown(acting=acting, application=draft, pack=pack, shown=shown)
    draft.name = form.name_of(draft, pack)
    plan = form.plan_of(draft, pack, acting.today)
    return any(a["reference"] == shown.identifier for a in draft.answers.values()) or any(
        m.status is Status.HELD and m.reference == shown.identifier for m in plan.materials
    )


def _into_submitted(acting: Acting, application: models.Application, pack: Pack, shown: Shown) -> bool:
    """True when something that was outstanding for the service it was asked for is settled by it."""
    case = models.Case.objects.select_for_update().filter(
        application=application, service=shown.service, closed_at=None
    ).first()  # fmt: skip
    if case is None:
        return False
    notice = case.corrections.filter(answered_at=None).first() if case.state == "correcting" else None
    defects = notice.defects if notice is not None else []
    facts = {d["id"] for d in defects if d["kind"] == "fact"}
    wanted = {*case.deferred, *(d["id"] for d in defects if d["kind"] == "material")}
    gathering.add_shown(acting=acting, application=application, pack=pack, shown=shown, settles=facts)
    plan = form.plan_of(application, pack, acting.today)
    met = [
        m.id
        for m in plan.materials
        if m.id in wanted and m.status is Status.HELD and m.reference == shown.identifier
    ]
    settled = any(application.answers.get(name, {}).get("reference") == shown.identifier for name in facts)
    for material in met:
        drafts.put_material(
            acting=acting, application=application, material=material, way="held", reference=shown.identifier
        )
        corrections.clear_deferral(acting, application, material)
    return bool(met) or settled
