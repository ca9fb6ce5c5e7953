"""Before submission: start, consent, answer, hand in, sign, defer, discard.

What the applicant says is saved first. Only then registries are asked, outside any transaction, and what they say is
saved in a transaction of its own (`draw`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.files import actions as files
from tongban.base.identity import access as identity_access
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, Refusal, StaleVersion
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import LifeEvent
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Status
from tongban.core.rules.states import ABSENT, Known
from tongban.records.dossier import actions as dossier
from tongban.records.dossier import queries as dossier_queries
from tongban.work.cases import access, form, models, rules_changed, wording
from tongban.work.cases.actions import ending_signatures, gathering, registries
from tongban.work.cases.actions.gathering import NOTHING, Found


def start(*, acting: Acting, event: str) -> models.Application:
    """A draft for a life event. An open draft of the same event and principal is resumed instead."""
    pack = directory.pack_in_force(acting.now)
    refuse_starting(acting, pack, event)
    with transaction.atomic():
        return _open_draft(acting, event) or _new(acting, pack, event)


def open_keyed(*, acting: Acting, event: str, key: str) -> tuple[models.Application | None, Refusal | None]:
    """The draft that the applicant calls by this key, new or taken up again; or why there can be none.

    Inside the transaction of a caller, which has called `refuse_starting`.
    """
    _hold_key(acting.principal, event, key)
    found = access.applications(acting).filter(event=event, principal=acting.principal, key=key)
    done = found.filter(state="submitted").first()
    if done is not None:
        return None, NotNow(_("It has been submitted already: see your applications."))
    return found.filter(state="draft").first() or _new(
        acting, directory.pack_in_force(acting.now), event, key
    ), None


def refuse_starting(acting: Acting, pack: Pack, event: str) -> None:
    """Raises NotFound or Invalid when the one who acts cannot start this life event."""
    if event not in pack.life_events:
        raise NotFound(_("There is no such life event here."))
    if acting.role == "agent" and event not in identity_access.limited(acting).get(acting.principal, ()):
        raise Invalid(beyond_mandate(), fields={"event": beyond_mandate()})
    if only_for_a_firm(acting.principal, pack.life_events[event], pack.life_events[event].services, pack):
        raise Invalid(choose_firm(), fields={"event": choose_firm()})


def beyond_mandate() -> str:
    """What an agent is told who starts what the mandate does not cover."""
    return _("Your mandate does not cover this. Ask for a wider one, or act for yourself.")


def only_for_a_firm(principal: UUID, event: LifeEvent, services: Collection[str], pack: Pack) -> bool:
    """Whether a person has to act for a firm: the matter is a firm's, and none of these services founds one."""
    if event.subject != "enterprise" or founds_a_firm(services, pack):
        return False
    return identity.subject(principal).kind == "person"


def founds_a_firm(services: Collection[str], pack: Pack) -> bool:
    """Whether one of the services brings its subject into being."""
    return any(pack.services[s].result.registration is not None for s in services)


def choose_firm() -> str:
    """What a person is told who applies for a firm's matter in the own name."""
    return _("Only a firm can apply for this. Start it for a firm that you represent.")


def no_longer_offered() -> str:
    """What is said of a draft whose life event the pack in force does not have."""
    return _("This is no longer offered here. What you filled in is kept; you can read it or discard it.")


def open_with(
    *, acting: Acting, event: str, answers: Mapping[str, object], consent: bool | None
) -> models.Application:
    """Start a draft, or take the open one up again, and fill it in: all of that or nothing. Asks no registry yet."""
    with transaction.atomic():
        draft = locked(acting, start(acting=acting, event=event).id)
        _fill(acting, draft, answers, consent, None)
    return draft


def change(
    *,
    acting: Acting,
    application: UUID,
    answers: Mapping[str, object],
    consent: bool | None = None,
    deferring: Collection[str] | None = None,
    version: int | None = None,
) -> models.Application:
    """Several changes as one: all of them or none. `deferring` names every material that is to come later."""
    with transaction.atomic():
        draft = locked(acting, application, version)
        _fill(acting, draft, answers, consent, deferring)
    return draw(acting=acting, application=draft.id) or draft


def consent(
    *, acting: Acting, application: UUID, given: bool, version: int | None = None
) -> models.Application:
    """Let this application draw on licences and registries, or take that back: then what was drawn is dropped."""
    return change(acting=acting, application=application, answers={}, consent=given, version=version)


def answer(
    *,
    acting: Acting,
    application: UUID,
    answers: Mapping[str, object],
    version: int | None = None,
    draws: bool = True,
) -> models.Application:
    """State facts. All or nothing: `Invalid.fields` names every fact whose value does not fit.

    `draws` False: no registry is asked now, because the caller is inside a transaction and asks afterwards.
    An empty text takes an answer back; `{"absent": true}` says that there is none. Where the pack puts an office's word first, the answer does not count.
    """
    with transaction.atomic():
        draft = locked(acting, application, version)
        _answer(acting, draft, answers)
        save(acting, draft)
    return (draw(acting=acting, application=draft.id) if draws else None) or draft


def draw(*, acting: Acting, application: UUID) -> models.Application | None:
    """Ask the registries that are due for a draft as it is saved, and save what they say; None: nothing new.

    When the draft has moved on in the meantime, only what fits it as it is now is kept.
    """
    found = registries.look(acting=acting, application=application)
    if not registries.worth_keeping(found):
        return None
    with transaction.atomic():
        draft = access.application(acting, application, lock=True)
        if draft.state != "draft":
            return None
        save(acting, draft, found)
    return draft


def may_draw(*, acting: Acting, event: str) -> bool:
    """Whether the open draft of an event, if there is one, has consent to draw on registries."""
    found = _open_draft(acting, event)
    return found is not None and dossier_queries.has_consent(found.id)


def hand_in(
    *, acting: Acting, application: UUID, material: str, name: str, data: bytes, version: int | None = None
) -> models.Material:
    """Upload the file for a material. Replaces an earlier one; the earlier row stays as history."""
    with transaction.atomic():
        draft = locked(acting, application, version)
        pack = form.pack_of(draft, acting)
        plan = form.plan_of(draft, pack, acting.today)
        formats, limit = upload_spec(pack, material)
        if plan.material(material) is None:
            raise NotFound(_("This application does not need that material."))
        upload = files.take_in(
            acting=acting,
            owner=draft.subject,
            root=draft.id,
            name=name,
            data=data,
            formats=formats,
            max_bytes=limit,
        )
        row = put_material(
            acting=acting, application=draft, material=material, way="upload", upload=upload.id
        )
        draft.deferring = [m for m in draft.deferring if m != material]
        save(acting, draft)
    return row


def take_back(
    *, acting: Acting, application: UUID, material: str, version: int | None = None
) -> models.Application:
    """Remove an uploaded file or a signature from a draft."""
    with transaction.atomic():
        draft = locked(acting, application, version)
        draft.materials.filter(material=material, replaced_at=None).update(replaced_at=acting.now)
        _audit(acting, draft, "material.taken-back", {"material": material})
        save(acting, draft)
    return draft


def sign_commitment(
    *, acting: Acting, application: UUID, material: str, version: int | None = None
) -> models.Material:
    """Sign a commitment (告知承诺) whose text the page has shown. Signing again changes nothing."""
    with transaction.atomic():
        draft = locked(acting, application, version)
        planned = form.plan_of(draft, form.pack_of(draft, acting), acting.today).material(material)
        if planned is None or planned.status is not Status.COMMIT:
            raise NotFound(_("There is no commitment to sign for that."))
        signed = draft.materials.filter(material=material, way="commit", replaced_at=None).first()
        if signed is not None:
            return signed
        row = put_material(acting=acting, application=draft, material=material, way="commit")
        save(acting, draft)
    return row


def defer(
    *, acting: Acting, application: UUID, material: str, later: bool, version: int | None = None
) -> models.Application:
    """Ask to hand a secondary material in later (容缺). Only what the plan calls deferrable can be."""
    with transaction.atomic():
        draft = locked(acting, application, version)
        _defer(acting, draft, material, later)
        save(acting, draft)
    return draft


def discard(*, acting: Acting, application: UUID, version: int | None = None) -> None:
    """Give a draft up. It disappears from all lists, and can be brought back for a while (`restore`)."""
    with transaction.atomic():
        draft = locked(acting, application, version, offered=False)
        draft.state, draft.updated_at = "discarded", acting.now
        _audit(acting, draft, "application.discarded", {})
        draft.save(update_fields=["state", "updated_at"])


def restore(*, acting: Acting, application: UUID) -> models.Application:
    """Bring a discarded draft back as it was. Bringing it back again changes nothing.

    Raises `NotNow` while another draft of the same life event is open: two would be taken for each other.
    """
    with transaction.atomic():
        draft = access.discarded(acting, application, lock=True)
        if draft.state == "draft":
            return draft
        _hold_key(draft.principal, draft.event, draft.key)
        others = access.applications(acting).filter(
            event=draft.event, principal=draft.principal, key=draft.key, state="draft"
        )
        if others.exists():
            raise NotNow(
                _(
                    "Another draft of the same kind is open. Discard or submit that one first, then bring this one back."
                )
            )
        draft.state, draft.updated_at = "draft", acting.now
        draft.version += 1
        _audit(acting, draft, "application.restored", {})
        draft.save(update_fields=["state", "updated_at", "version"])
    return draft


def state(acting: Acting, application: models.Application, values: Mapping[str, object]) -> None:
    """Note what the applicant says; None takes it back, ABSENT says that there is none. Changes `application` without
    saving it."""
    for name, value in values.items():
        if value is None:
            application.stated.pop(name, None)
        else:
            application.stated[name] = {
                "value": None if value is ABSENT else value, "reference": application.number or str(application.id), "at": acting.now.isoformat(),
            }  # fmt: skip


def read_answers(pack: Pack, answers: Mapping[str, object]) -> dict[str, object]:
    """JSON values of typed-in answers; None takes an answer back, ABSENT says that there is none.

    Raises `Invalid` with a message per fact: also where the pack knows no "none" for it.
    """
    values: dict[str, object] = {}
    problems: dict[str, str] = {}
    for name, raw in answers.items():
        fact = pack.facts.get(name)
        if fact is None or fact.question is None:
            problems[name] = _("Nobody asked for this.")
        elif raw is None or (isinstance(raw, str) and not raw.strip()):
            values[name] = None
        elif raw is ABSENT or packfacts.says_none(raw):
            if fact.none is None:
                problems[name] = _("There is always an answer to this; \u201cnone\u201d is not one.")
            else:
                values[name] = ABSENT
        else:
            try:
                value = packfacts.read_value(fact, pack.code_lists, raw)
            except ValueError as error:
                problems[name] = wording.value_problem(fact, error)
            else:
                values[name] = packfacts.write_facts(pack, {name: Known(value)})[name]
    if problems:
        raise Invalid(_("Some answers need another look."), fields=problems)
    return values


def upload_spec(pack: Pack, material: str) -> tuple[tuple[str, ...], int]:
    """Formats and largest size in bytes for a material. Raises NotFound when it cannot be uploaded."""
    spec = (
        next((a.upload for a in pack.materials[material].alternatives if a.upload), None)
        if material in pack.materials
        else None
    )
    if spec is None:
        raise NotFound(_("This material cannot be uploaded."))
    return spec.formats, min(spec.max_mb * 1024 * 1024, settings.UPLOAD_LIMIT)


def put_material(
    *,
    acting: Acting,
    application: models.Application,
    material: str,
    way: str,
    upload: UUID | None = None,
    reference: str = "",
) -> models.Material:
    """Make this the current way in which a material is met."""
    application.materials.filter(material=material, replaced_at=None).update(replaced_at=acting.now)
    row = models.Material.objects.create(
        application=application, material=material, way=way, upload=upload, reference=reference, created_at=acting.now,
        created_by=acting.actor,
    )  # fmt: skip
    _audit(
        acting,
        application,
        f"material.{way}",
        {"material": material, "upload": str(upload) if upload else None},
    )
    return row


def _hold_key(principal: UUID | None, event: str, key: str) -> None:
    """Two tables that name the same shop at once make one draft: the second waits for the first to commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 23))", [f"{principal}:{event}:{key}"]
        )


def _new(acting: Acting, pack: Pack, event: str, key: str = "") -> models.Application:
    application = models.Application.objects.create(
        event=event, place=acting.place, principal=acting.principal, subject=acting.principal, created_by=acting.actor,
        pack_digest=pack.digest, seen_digest=pack.digest, key=key, created_at=acting.now, updated_at=acting.now,
    )  # fmt: skip
    _audit(acting, application, "application.started", {"event": event})
    return application


def locked(
    acting: Acting, application: UUID, version: int | None = None, *, offered: bool = True
) -> models.Application:
    """A draft that the one who acts may change, locked. Raises `NotNow` once it is submitted, or where its life event
    is no longer offered; `StaleVersion` when it has moved on since `version`."""
    draft = access.application(acting, application, lock=True)
    if draft.state != "draft" or not acting.applies:
        raise NotNow(_("This application has been submitted; it can no longer be changed here."))
    if version is not None and version != draft.version:
        raise StaleVersion(
            _("This form was changed in another window in the meantime. Look at it again; nothing was lost.")
        )
    if offered and draft.event not in form.pack_of(draft, acting).life_events:
        raise NotNow(no_longer_offered())
    return draft


def _open_draft(acting: Acting, event: str) -> models.Application | None:
    found = access.applications(acting).filter(event=event, principal=acting.principal, state="draft", key="")
    return found.order_by("-updated_at").first()


def _fill(
    acting: Acting,
    draft: models.Application,
    answers: Mapping[str, object],
    given: bool | None,
    deferring: Collection[str] | None,
) -> None:
    if given is None and not answers and deferring is None:
        return
    if given is not None:
        if given:
            dossier.give_consent(acting=acting, subject=draft.subject, root=draft.id)
        else:
            dossier.withdraw_consent(acting=acting, root=draft.id)
    if answers:
        _answer(acting, draft, answers)
    save(acting, draft)
    if deferring is not None:
        before = list(draft.deferring)
        for material in [m for m in before if m not in deferring]:
            _defer(acting, draft, material, later=False)
        for material in [m for m in deferring if m not in before]:
            _defer(acting, draft, material, later=True)
        draft.save(update_fields=["deferring"])


def _answer(acting: Acting, draft: models.Application, answers: Mapping[str, object]) -> None:
    values = read_answers(form.pack_of(draft, acting), answers)
    state(acting, draft, values)
    _audit(acting, draft, "application.answered", {"facts": sorted(values)})


def _defer(acting: Acting, draft: models.Application, material: str, later: bool) -> None:
    planned = form.plan_of(draft, form.pack_of(draft, acting), acting.today).material(material)
    if later and (planned is None or planned.status is not Status.DEFERRABLE):
        raise NotNow(_("This material cannot come later: without it the review cannot begin."))
    others = [m for m in draft.deferring if m != material]
    draft.deferring = [*others, material] if later else others
    _audit(acting, draft, "material.deferred" if later else "material.not-deferred", {"material": material})


def save(acting: Acting, draft: models.Application, found: Found = NOTHING) -> None:
    """Derive anew what counts in a draft, and save it as a new version.

    What the applicant changes by an answer (another district, say) they see at once; what a new pack changes stays
    unseen until they have looked at it.
    """
    known = form.pack_of(draft, acting).digest == rules_changed.seen(draft)
    pack = gathering.gather_where_it_lies(acting, draft, found)
    draft.seen_digest = rules_changed.seen(draft)
    if known or rules_changed.changed(draft, pack, acting.today) is None:
        draft.seen_digest = pack.digest
    draft.name = form.name_of(draft, pack)
    draft.pack_digest = pack.digest
    draft.version += 1
    draft.updated_at = acting.now
    draft.save()
    ending_signatures.end_changed(acting, draft, pack)


def _audit(acting: Acting, application: models.Application, action: str, detail: dict[str, object]) -> None:
    audit.record(
        acting=acting,
        action=action,
        root=application.id,
        object_kind="application",
        object_id=application.id,
        detail=detail,
    )
