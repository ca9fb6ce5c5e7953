"""Submitting: one transaction pins the pack, numbers the application, opens every case and gives a receipt.

Registries that are still due are asked before it opens. When it fails, nothing they said is kept; that they were asked
stands in the log.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.files import queries as files
from tongban.base.identity import actions as identity_actions
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.base.notices import actions as notices
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Applies, Plan, PlannedMaterial, PlannedService, Status
from tongban.core.procedures import terms
from tongban.core.procedures.model import Event
from tongban.core.rules import explain
from tongban.records.dossier import actions as dossier
from tongban.records.dossier.resolution import Observed
from tongban.work.cases import access, form, models, numbers, renewing, rules_changed, signing
from tongban.work.cases.actions import commitments, decisions, drafts, events, gathering, papers, registries
from tongban.work.cases.actions.gathering import NOTHING, Found


def submit(
    *,
    acting: Acting,
    application: UUID,
    version: int | None = None,
    found: Found | None = None,
    by_person: bool = False,
) -> models.Application:
    """Submit a draft. Submitting again gives the same application: a second click changes nothing.

    `by_person`: whoever applies wants a person to decide, so nothing is decided by rule alone.
    A caller that has a transaction of its own passes what `look` found before it opened.
    Raises `Invalid` listing everything that is still missing, `NotNow` where the law blocks a service.
    """
    if found is None:
        found = look(acting=acting, application=application, version=version)
    with transaction.atomic():
        draft = access.application(acting, application, lock=True)
        if draft.state == "submitted":
            return draft
        if draft.state != "draft" or not acting.applies:
            raise NotNow(_("This draft was discarded."))
        if version is not None and version != draft.version:
            raise StaleVersion(
                _(
                    "This form was changed in another window in the meantime. Look at it again; nothing was lost."
                )
            )
        if draft.event not in form.pack_of(draft, acting).life_events:
            raise NotNow(drafts.no_longer_offered())
        pack = gathering.gather_where_it_lies(acting, draft, found)
        plan = form.plan_of(draft, pack, acting.today)
        _refuse_gaps(acting, draft, pack, plan)
        draft.by_person = by_person
        _number_and_pin(acting, draft, pack)
        _fix_materials(acting, draft, plan)
        _observe(acting, draft)
        cases = _open_cases(acting, draft, pack, plan)
        receipt = notices.issue_document(
            acting=acting, kind="receipt", prefix=f"{draft.place}-R", root=draft.id, about=None,
            organisation=directory.organisation_for(pack, pack.life_events[draft.event].lead, draft.place).id,
            content={"application": draft.number, "event": draft.event, "cases": [c.number for c in cases],
                     "materials": {m.id: m.status.value for m in plan.materials if m.certain}},
        )  # fmt: skip
        audit.record(
            acting=acting, action="application.submitted", root=draft.id, object_kind="application", object_id=draft.id,
            detail={"number": draft.number, "pack": pack.digest, "cases": [c.number for c in cases]},
        )  # fmt: skip
        models.Filing.objects.filter(application=draft, closed_at=None).update(closed_at=acting.now)
        told = {"application": str(draft.id), "document": receipt.number}
        audit.send(acting=acting, kind="cases.submitted", root=draft.id, payload=told)
        for case in cases:
            papers.issue_commitment(acting=acting, case=case, pack=pack)
            decisions.decide_automatically(acting=acting, case=case, pack=pack)
    return draft


def look(*, acting: Acting, application: UUID, version: int | None = None) -> Found:
    """What registries that are still due say for a draft; nothing when it is not going to be submitted anyway."""
    draft = access.application(acting, application)
    if draft.state != "draft" or not acting.applies or version not in (None, draft.version):
        return NOTHING
    if draft.event not in form.pack_of(draft, acting).life_events:
        return NOTHING
    return registries.look(acting=acting, application=application)


def missing(
    application: models.Application, pack: Pack, plan: Plan, acting: Acting | None = None
) -> dict[str, str]:
    """What keeps a draft from being submitted: key (`fact:x`, `material:y`, `service:z`, `signer:n`, `changes`) to plain
    words. Empty: ready."""
    gaps: dict[str, str] = {}
    if rules_changed.changed(application, pack, plan.at) is not None:
        gaps["changes"] = _("The rules have changed since you last looked. See what changed, then submit.")
    for service in plan.blocked:
        for index in service.blocks:
            gaps[f"service:{service.id}"] = (
                pack.services[service.id].blocked_when[index].reason.get(_language())
            )
    for question in plan.questions:
        gaps[f"fact:{question.fact}"] = _("Still to answer: %(label)s") % {
            "label": pack.facts[question.fact].label.get(_language())
        }
    current = form.current_materials(application)
    blocked = files.blocked([row.upload for row in current.values() if row.upload])
    for material in needed(plan):
        name = pack.materials[material.id].name.get(_language())
        if material.id in current:
            if (state := blocked.get(current[material.id].upload)) is not None:
                gaps[f"material:{material.id}"] = _blocked_words(state) % {"name": name}
            continue
        if material.status is Status.UPLOAD or (
            material.status is Status.DEFERRABLE and material.id not in application.deferring
        ):
            gaps[f"material:{material.id}"] = _("Still to hand in: %(name)s") % {"name": name}
        elif material.status is Status.COMMIT:
            gaps[f"material:{material.id}"] = _("Still to sign: %(name)s") % {"name": name}
        elif material.status is Status.MISSING:
            gaps[f"material:{material.id}"] = _(
                "%(name)s is needed and no office holds it for you. Allow us to look it up, or get it first."
            ) % {"name": name}
    gaps |= signing.gaps(application, pack, plan, acting)
    gaps |= _excluded(application, pack, plan)
    gaps |= {
        f"service:{one.service}": _("It can be renewed from %(day)s on, not earlier.")
        % {"day": one.apply_from}
        for one in renewing.outlooks(application, pack, plan)
        if one.early(plan.at)
    }
    applying = [s.id for s in plan.services if s.applies is not Applies.NO]
    if drafts.only_for_a_firm(application.principal, pack.life_events[application.event], applying, pack):
        gaps["event"] = drafts.choose_firm()
    if not any(s.applies is Applies.YES for s in plan.services) and not gaps:
        gaps["event"] = _("With these answers nothing needs to be applied for.")
    return gaps


def _excluded(application: models.Application, pack: Pack, plan: Plan) -> dict[str, str]:
    """Services that would be decided on commitment, for somebody whose earlier promise was untrue."""
    promising = {
        service.id: variant
        for service in plan.services
        if (variant := form.variant_of(pack.services[service.id], service.variant)) and variant.on_commitment
    }
    found = (
        commitments.exclusion_of((application.subject, application.principal), plan.at) if promising else None
    )
    if found is None:
        return {}
    until = commitments.excluded_until(found)
    words = {"number": found.case.number, "day": until.isoformat() if until else ""}
    why = (
        _("Until %(day)s it cannot be decided on commitment for you, because the promise in case %(number)s was not true or not kept. Choose the other way, or have your record repaired.")
        if until
        else _("It cannot be decided on commitment for you, because the promise in case %(number)s was not true or not kept. Choose the other way, or have your record repaired.")
    ) % words  # fmt: skip
    return {
        f"service:{name}": f"{pack.services[name].name.get(_language())}{_(': ')}{why}" for name in promising
    }


def _blocked_words(state: str) -> str:
    return {
        "unscanned": _("%(name)s is still being checked for malware. Try again in a minute."),
        "infected": _("Malware was found in the file for %(name)s. Hand in a clean one."),
    }.get(state, _("The file for %(name)s could not be checked for malware. Hand in another copy."))


def needed(plan: Plan) -> tuple[PlannedMaterial, ...]:
    """Materials that certainly apply, for services that certainly apply."""
    certain = {s.id for s in plan.services if s.applies is Applies.YES}
    return tuple(m for m in plan.materials if m.certain and certain & set(m.services))


def _refuse_gaps(acting: Acting, draft: models.Application, pack: Pack, plan: Plan) -> None:
    gaps = missing(draft, pack, plan, acting)
    if gaps:
        raise Invalid(_("The application is not complete yet."), fields=gaps)


def _number_and_pin(acting: Acting, draft: models.Application, pack: Pack) -> None:
    draft.number = numbers.next_application_number(draft.place, acting.today)
    draft.state, draft.pack_digest = "submitted", pack.digest
    draft.submitted_at, draft.submitted_on, draft.updated_at = acting.now, acting.today, acting.now
    draft.version += 1
    draft.name = form.name_of(draft, pack)
    if (
        pack.life_events[draft.event].subject == "enterprise"
        and identity.subject(draft.principal).kind == "person"
    ):
        founder = identity.subject(draft.principal)
        firm = identity_actions.register_enterprise(
            acting=acting, name=draft.name or founder.name, identifier=None, representative=founder
        )
        draft.subject = firm.id
    draft.save()


def _fix_materials(acting: Acting, draft: models.Application, plan: Plan) -> None:
    current = form.current_materials(draft)
    for material in needed(plan):
        if material.id in current and material.status in (Status.UPLOAD, Status.DEFERRABLE, Status.COMMIT):
            continue
        if material.status in (Status.HELD, Status.FORM):
            way = "held" if material.status is Status.HELD else "form"
            drafts.put_material(
                acting=acting,
                application=draft,
                material=material.id,
                way=way,
                reference=material.reference or "",
            )


def _observe(acting: Acting, draft: models.Application) -> None:
    """What was said and found becomes part of what is known about the subject.

    What another place has shown does not: its holder agreed to this one purpose.
    """
    dossier.observe(
        acting=acting, subject=draft.subject, root=draft.id,
        observations=[
            Observed(name, a["value"], a["source"], a["source_id"], a["reference"] if a["source"] != "answer" else draft.number or "", acting.now)
            for name, a in draft.answers.items()
            if "from" not in a
        ],
    )  # fmt: skip


def _open_cases(acting: Acting, draft: models.Application, pack: Pack, plan: Plan) -> list[models.Case]:
    cases = []
    applying = [s for s in plan.services if s.applies is Applies.YES]
    for position, planned in enumerate(applying, start=1):
        cases.append(_open_case(acting, draft, pack, plan, planned, position))
    return cases


def _open_case(
    acting: Acting, draft: models.Application, pack: Pack, plan: Plan, planned: PlannedService, position: int
) -> models.Case:
    service = pack.services[planned.id]
    renewed = renewing.outlook(draft, pack, plan, service)
    in_time = renewed is not None and renewed.by_silence and not renewed.late(acting.today)
    fixed = terms.terms(
        service,
        form.variant_of(service, planned.variant),
        renews_until=renewed.until if renewed and in_time else None,
    )
    organ = directory.organisation_for(pack, service.authority, draft.place)
    asked = {m.id: m for m in needed(plan) if planned.id in m.services}
    case = models.Case.objects.create(
        number=numbers.case_number(draft.number or "", position), application=draft, service=service.id, organisation=organ.id,
        place=draft.place, state="submitted", waits_for=list(planned.waits_for), variant=planned.variant, materials=list(asked),
        deferred=[m for m in asked if m in draft.deferring and m not in form.current_materials(draft)],
        terms=form.terms_to_json(fixed), why=explain.to_json(planned.finding),
        created_at=acting.now,
    )  # fmt: skip
    events.add(acting=acting, case=case, event=Event.SUBMIT)
    if planned.waits_for:
        by_order = system(
            acting.now,
            draft.place,
            "evidence of another case is awaited",
            acting.request_id,
            acting.time_zone,
        )
        events.add(
            acting=by_order, case=case, event=Event.HOLD, detail={"waits_for": list(planned.waits_for)}
        )
    return case


def _language() -> str:
    from django.utils.translation import get_language

    return get_language() or "zh-hans"
