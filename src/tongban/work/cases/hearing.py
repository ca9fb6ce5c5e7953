"""What this room does when it hears a message: deliver results, release what waited, tell the applicant.

Each function runs once per message, in a transaction of its own.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_noop as msg

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import actions as identity_actions
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting, system
from tongban.base.notices import actions as notices
from tongban.base.notices import queries as documents
from tongban.base.notices.typesetting import CannotTypeset
from tongban.base.notices.wording import both
from tongban.core.packs.model import Registration, Service
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event, State
from tongban.core.values import identifiers
from tongban.records.licences import actions as licences
from tongban.records.licences import queries as licence_queries
from tongban.work.cases import editions, form, models, numbers
from tongban.work.cases.actions import decisions, drafts, endings, events, gathering, neighbours, papers

log = logging.getLogger(__name__)

STILL_OPEN = (State.SUBMITTED.value, State.WAITING.value, State.CORRECTING.value, State.ACCEPTED.value)

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def deliver_result(message: Message, now: datetime) -> None:
    """After a grant: issue the licence, exactly once, and close the case. After a refusal: end what waited for it."""
    decision = models.Decision.objects.select_related("case__application").get(pk=message.payload["decision"])
    case = _lock(decision.case_id)
    if case.decision_id != decision.id:
        return  # a later decision counts, and has a message of its own
    application = case.application
    pack = directory.pack(application.pack_digest)
    acting = _system(now, case.place, "delivery of a result", message)
    if decision.outcome == "refused":
        _end_waiting(acting, application, case.service)
        return
    service = pack.services[case.service]
    result = service.result
    _revive(acting, application, case.service)
    if result.registration is not None:
        _register(acting, application, result.registration, case.place)
    if result.licence is not None:
        kind, holder = pack.licences[result.licence], identity.subject(application.subject)
        licences.issue(
            acting=acting, decision=decision.id, kind=kind, pack=pack, organisation=pack.organisations[case.organisation],
            holder=holder, holder_name=holder.name, on=acting.today, renews=_renewed(case, decision, service),
            values={f.id: application.answers[f.fact]["value"] for f in kind.fields if f.fact in application.answers},
        )  # fmt: skip
    if case.state == State.GRANTED.value:
        events.add(acting=acting, case=case, event=Event.DELIVER)
    if result.licence is None:
        release(acting, application, pack)


def release_waiting(message: Message, now: datetime) -> None:
    """A licence was issued: whatever of the same application waited for it, and for nothing else, goes on."""
    decision = (
        models.Decision.objects.select_related("case").filter(pk=message.payload.get("decision")).first()
    )
    if decision is None:
        return  # issued from a register, not by a case
    case = _lock(decision.case_id)
    application = case.application
    pack = directory.pack(application.pack_digest)
    acting = _system(now, case.place, "evidence has arrived", message)
    licence = licence_queries.by_decision(decision.id)
    gathering.add_licence(acting=acting, application=application, pack=pack, licence=licence)
    application.version += 1
    application.updated_at = now
    application.save()
    for name, material in pack.materials.items():
        wanted = any(a.licence == licence.kind for a in material.alternatives)
        if wanted and name not in form.current_materials(application) and _is_asked(application, name):
            drafts.put_material(
                acting=acting,
                application=application,
                material=name,
                way="held",
                reference=licence.identifier,
            )
    release(acting, application, pack)


def end_waiting(message: Message, now: datetime) -> None:
    """A case was withdrawn: what waited for its result can no longer get it."""
    case = _lock(UUID(message.payload["case"]))
    _end_waiting(
        _system(now, case.place, "evidence will not arrive", message), case.application, case.service
    )


def use_evidence(message: Message, now: datetime) -> None:
    """Another place has shown a licence: the applications of its holder that need it have it from now on."""
    acting = _system(now, message.place, "evidence of another place has arrived", message)
    for application, shown in neighbours.take_up(acting=acting, request=UUID(message.payload["request"])):
        pack = form.pack_of(application, acting)
        tell(
            application, f"evidence:{shown.request}", now,
            both(msg("Held for your application: %(licence)s"), licence=pack.licences[shown.kind].name),
            both(msg("%(place)s has shown it as you agreed. For “%(event)s” you need neither hand it in nor type it."),
                 place=shown.place, event=pack.life_events[application.event].name),
            link="" if application.number else f"/applications/{application.id}/materials",
        )  # fmt: skip


def keep_document(message: Message, now: datetime) -> None:
    """Set an official document as PDF and keep it in the case file.

    Where that cannot be done it stays readable as a page, and is made when somebody asks for the file.
    """
    found = documents.documents().get(pk=message.payload["document"])
    try:
        editions.keep(acting=_system(now, message.place, "a document as a file", message), found=found)
    except CannotTypeset:
        log.exception("document %s is not there as a file yet", found.number)


def tell_of_submission(message: Message, now: datetime) -> None:
    application = models.Application.objects.get(pk=message.payload["application"])
    event = directory.pack(application.pack_digest).life_events[application.event]
    tell(
        application, "submitted", now,
        both(msg("Received: %(event)s"), event=event.name),
        both(msg("Your application %(number)s has arrived with %(count)s cases. You can follow every step."),
             number=application.number, count=application.cases.count()),
        document=_document(message),
    )  # fmt: skip


def tell_of_correction(message: Message, now: datetime) -> None:
    case = _case(message)
    count = len(case.corrections.get().defects)
    tell(
        case.application, f"correction:{case.id}", now,
        both(msg("Please correct: %(service)s"), service=_service_name(case)),
        both(msg("%(count)s points need your attention in case %(number)s. All of them are listed at once."),
             count=count, number=case.number),
        link=f"/cases/{case.number}/correct", document=_document(message),
    )  # fmt: skip


def tell_of_acceptance(message: Message, now: datetime) -> None:
    case = _case(message)
    pack = directory.pack(case.application.pack_digest)
    acting = _system(now, case.place, "notice", message)
    promised = form.clock_of(case, pack, acting.today).promised
    tell(
        case.application, f"accepted:{case.id}", now,
        both(msg("Accepted: %(service)s"), service=_service_name(case)),
        both(msg("Case %(number)s is being examined. The promised day is %(day)s."),
             number=case.number, day=promised.day.isoformat() if promised else "—"),
        document=_document(message),
    )  # fmt: skip


def tell_of_event(message: Message, now: datetime) -> None:
    case = _case(message)
    titles = {
        "decline": msg("Not accepted: %(service)s"),
        "suspend": msg("Clock stopped: %(service)s"),
        "extend": msg("Term extended: %(service)s"),
        "resume": msg("The clock runs again: %(service)s"),
        "order_inspection": msg("Officers come to look at the place: %(service)s"),
        "record_inspection": msg("Result of the visit: %(service)s"),
        "withdraw": msg("Taken back: %(service)s"),
        "terminate": msg("Ended without a decision: %(service)s"),
        "revive": msg("It goes on: %(service)s"),
        "announce_end": msg("You are asked to speak: %(service)s"),
        "state_defence": msg("Your statement has arrived: %(service)s"),
        "ask_hearing": msg("You have asked for a hearing: %(service)s"),
        "hold_hearing": msg("The hearing was held: %(service)s"),
        "call_off_end": msg("It stays in force: %(service)s"),
        "verify": msg("Your commitment was checked and is kept: %(service)s"),
        "order_remedy": msg("Please put right: %(service)s"),
        "object": msg("Your objection has arrived: %(service)s"),
        "miss_review": msg("The review of your objection is late: %(service)s"),
        "uphold": msg("Reviewed, and it stands: %(service)s"),
        "overturn": msg("Reviewed, and granted after all: %(service)s"),
        "reopen": msg("Reviewed, and decided anew: %(service)s"),
        "annul": msg("Annulled: %(service)s"),
        "recall": msg("Recalled: %(service)s"),
        "cancel": msg("Cancelled: %(service)s"),
    }
    said = {
        "resume": msg("The time of case %(number)s counts again."),
        "order_inspection": msg(
            "For case %(number)s officers come to your place. The notice says when, and what they look at."
        ),
        "record_inspection": msg("Case %(number)s: what was found is in the record."),
        "withdraw": msg("Case %(number)s is no longer handled. The document says why."),
        "terminate": msg("Case %(number)s has ended. The document says why, and what you can do."),
        "revive": msg(
            "Case %(number)s had ended because what it needed was refused. That was granted after all, so it waits for its result again."
        ),
        "announce_end": msg(
            "The office intends to end what was granted in case %(number)s. Nothing is decided. The document says why, and until when you can state and defend."
        ),
        "state_defence": msg(
            "The office considers what you have stated in case %(number)s, and answers it in its decision."
        ),
        "ask_hearing": msg("The office tells you day and place of the hearing in case %(number)s in time."),
        "hold_hearing": msg(
            "What was said in the hearing of case %(number)s is on record. The office decides by it."
        ),
        "call_off_end": msg("What was granted in case %(number)s does not end. Nothing changes for you."),
        "object": msg(
            "Another officer reviews what was decided in case %(number)s. The document says until when."
        ),
        "miss_review": msg(
            "The review in case %(number)s should be there by now. It is still made; reconsideration and the courts are open to you meanwhile."
        ),
        "uphold": msg(
            "What was decided in case %(number)s stays. The document says why, and what you can still do."
        ),
        "overturn": msg(
            "The review has granted what you applied for in case %(number)s. The result follows."
        ),
        "reopen": msg("Case %(number)s goes on and is decided anew. The document says why."),
        "annul": msg(
            "What was granted in case %(number)s counts as never granted, and its licence is void. The decision says why, and where to object."
        ),
        "recall": msg(
            "What was granted in case %(number)s ends today, and its licence with it. The decision says why, and where to object."
        ),
        "cancel": msg(
            "What was granted in case %(number)s is struck off today, and its licence with it. The decision says why."
        ),
    }.get(message.payload["event"], msg("Case %(number)s: %(reasons)s"))
    event = case.events.filter(event=message.payload["event"]).order_by("-sequence").first()
    tell(
        case.application, f"{message.payload['event']}:{event.pk if event else message.id}", now,
        both(titles[message.payload["event"]], service=_service_name(case)),
        both(said, number=case.number, reasons=event.note if event else ""),
        document=_document(message),
    )  # fmt: skip


def tell_of_decision(message: Message, now: datetime) -> None:
    case = _case(message)
    granted = message.payload["outcome"] == "granted"
    tell(
        case.application, f"decided:{message.payload['decision']}", now,
        both(msg("Granted: %(service)s") if granted else msg("Refused: %(service)s"), service=_service_name(case)),
        both(msg("Case %(number)s has been decided. The reasons are in the decision."), number=case.number),
        document=_document(message),
    )  # fmt: skip
    decision = models.Decision.objects.get(pk=message.payload["decision"])
    papers.record_delivery(
        acting=_system(now, case.place, "delivery of a decision", message),
        case=case,
        delivered=decision.document,
    )


def _register(
    acting: Acting, application: models.Application, registration: Registration, place: str
) -> None:
    """Found the subject: give it a credit code, once."""
    firm = identity.subject(application.subject)
    if firm.identifier is None:
        kind = str(application.answers[registration.by]["value"])
        code = identifiers.make_credit_code(
            registration.prefixes[kind], place, numbers.next_organisation_sequence()
        )
        identity_actions.bind_identifier(
            acting=acting, subject_id=firm.id, identifier=code, name=application.name or firm.name
        )


def release(acting: Acting, application: models.Application, pack: Pack) -> None:
    """Let whatever of a locked application has all its evidence and papers by now go on."""
    done = set(
        application.cases.filter(
            decision__outcome="granted", state__in=(State.GRANTED.value, State.COMPLETED.value)
        ).values_list("service", flat=True)
    )
    met = form.met_materials(application)
    for case in (
        models.Case.objects.select_for_update()
        .filter(application=application, state=State.WAITING.value)
        .order_by("number")
    ):
        # only evidence makes order: released when what it waits for is granted and its papers are there
        if set(case.waits_for) <= done and all(m in met or m in case.deferred for m in case.materials):
            case.application = application
            events.add(acting=acting, case=case, event=Event.RELEASE)
            decisions.decide_automatically(acting=acting, case=case, pack=pack)


def _end_waiting(acting: Acting, application: models.Application, service: str) -> None:
    for case in models.Case.objects.select_for_update().filter(
        application=application, state=State.WAITING.value
    ):
        if service in case.waits_for:
            endings.end(
                acting=acting,
                case=case,
                event=Event.TERMINATE,
                reason="evidence-refused",
                content={"service_refused": service},
            )


def _revive(acting: Acting, application: models.Application, service: str) -> None:
    """What ended because this service was refused waits again, now that it was granted after all.

    Not where something else that it waits for is refused too, and not what ended for another reason.
    """
    ended = models.Case.objects.select_for_update().filter(
        application=application, state=State.TERMINATED.value
    )
    alive = {*STILL_OPEN, State.GRANTED.value, State.COMPLETED.value}
    states = dict(application.cases.values_list("service", "state"))
    for case in ended.order_by("number"):
        notices_of_it = documents.documents_of(application.id).filter(
            kind="termination-notice", about=case.id, content__service_refused=service
        )
        others = [one for one in case.waits_for if one != service]
        if (
            service in case.waits_for
            and notices_of_it.exists()
            and all(states[one] in alive for one in others)
        ):
            case.application = application
            events.add(acting=acting, case=case, event=Event.REVIVE, detail={"service": service})
            told = {"case": str(case.id), "event": Event.REVIVE.value, "document": ""}
            audit.send(acting=acting, kind="cases.told", root=application.id, payload=told)


def _renewed(case: models.Case, decision: models.Decision, service: Service) -> str:
    """Identifier of the licence that a decision prolongs; empty when it grants something new.

    Decided after the licence ended, and not by silence, it begins anew.
    """
    if service.renewal is None:
        return ""
    for row in form.current_materials(case.application).values():
        entry = next((e for e in case.application.evidence if e["reference"] == row.reference), None)
        if entry is not None and (entry["kind"], entry["id"]) == ("licence", service.renewal.licence):
            ended = entry.get("valid_to") or ""
            return row.reference if decision.decided_on.isoformat() <= ended else ""
    return ""


def _is_asked(application: models.Application, material: str) -> bool:
    return any(material in case.materials for case in application.cases.all())


def _lock(case_id: UUID) -> models.Case:
    found = models.Case.objects.get(pk=case_id)
    models.Application.objects.select_for_update().get(pk=found.application_id)
    return models.Case.objects.select_for_update().select_related("application").get(pk=case_id)


def _case(message: Message) -> models.Case:
    return models.Case.objects.select_related("application").get(pk=message.payload["case"])


def _service_name(case: models.Case) -> object:
    return directory.pack(case.application.pack_digest).services[case.service].name


def _system(now: datetime, place: str, purpose: str, message: Message) -> Acting:
    return system(now, place, purpose, message.request_id)


def _document(message: Message) -> str:
    """Number of the document that a message is about; empty for one that was sent before documents were named."""
    return message.payload.get("document", "")


def tell(
    application: models.Application,
    cause: str,
    now: datetime,
    title: object,
    body: object,
    link: str = "",
    document: str = "",
) -> None:
    """Put a notice into the inbox of whoever applied, once per cause."""
    notices.tell(
        subject=application.principal, cause=f"application:{application.id}:{cause}", title=title, body=body,  # type: ignore[arg-type]
        link=link or f"/applications/{application.number}", document=document, now=now,
    )  # fmt: skip
