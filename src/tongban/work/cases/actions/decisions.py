"""Deciding: with reasons, with everything needed to replay it, never while something needed is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongban import __version__
from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices.wording import both
from tongban.core.packs import facts as packfacts
from tongban.core.packs import parameters
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.core.rules import explain
from tongban.core.rules.states import Facts
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import awaited, commitments, events, gathering, papers
from tongban.work.cases.wording import AUTOMATIC, RENEWED

ENGINE = f"rules-1/{__version__}"
"""Trace format and version of the engine that made it."""


def decide(
    *, acting: Acting, number: str, outcome: str, reasons: str, version: int | None = None
) -> models.Case:
    """Grant or refuse an accepted case. Deciding the same again changes nothing.

    What runs on commitment is decided on the spot, accepted or not (告知承诺). Raises `Invalid` without reasons, `NotNow`
    while a material is missing: a licence is given only after everything is in (行政许可法 art. 38 asks for written
    reasons and remedies when it is refused).
    """
    if outcome not in ("granted", "refused"):
        raise Invalid(_("Choose a decision."), fields={"outcome": _("Choose a decision.")})
    if not reasons.strip():
        raise Invalid(
            _("Reasons are needed."), fields={"reasons": _("Say why, in words the applicant understands.")}
        )
    with transaction.atomic():
        case = access.officer_case(acting, number)
        earlier = case.decision
        repeated = earlier is not None and (earlier.outcome, earlier.decided_by) == (outcome, acting.actor)
        if repeated and case.state != "accepted":  # one that a review has sent back is decided anew
            return case
        events.require_version(case, version)
        pack = form.pack_of(case.application, acting)
        let_silence_speak(acting=acting, case=case, pack=pack)
        awaited.lapse_due(acting=acting, case=case, pack=pack)
        awaited.refuse_open(acting=acting, case=case, pack=pack, outcome=outcome)
        if outcome == "granted":
            _refuse_gaps(case)
        if case.state == "submitted" and commitments.way_of(case, pack) is not None:
            events.add(acting=acting, case=case, event=Event.ACCEPT, detail={"by": "decision on the spot"})
        _decide(acting, case, pack, outcome, reasons.strip()[:4000], automatic=False)
    return case


def decide_automatically(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """Grant at once what the pack leaves to the rules, when every condition passes by what licences and registries say
    alone; True when it did.

    Anything else stays with an officer: what rests on somebody's word, what does not pass, since the platform refuses
    nobody, and whatever the applicant wants a person to decide (个人信息保护法 art. 24).
    """
    service = pack.services[case.service]
    if not service.automatic or case.state != "submitted" or case.application.by_person:
        return False
    findings = conditions(
        case, pack, packfacts.read_facts(pack, gathering.verified(case.application, pack))[0]
    )
    if not all(finding.outcome == "pass" for finding in findings.values()) or case.deferred:
        return False
    met = form.met_materials(case.application)
    if any(m not in met for m in case.materials):
        return False
    by_rule = system(acting.now, case.place, "automatic decision", acting.request_id)
    events.add(acting=by_rule, case=case, event=Event.ACCEPT)
    _decide(by_rule, case, pack, "granted", both(AUTOMATIC).zh, automatic=True)
    return True


def conditions(case: models.Case, pack: Pack, facts: Facts | None = None) -> dict[str, explain.Finding]:
    """What the rules find for each acceptance condition with the facts as they are now, or with those given."""
    facts = form.facts_of(case.application, pack) if facts is None else facts
    values = parameters.resolve(pack, case.application.submitted_on)
    return {
        c.id: explain.explain(pack.rule(c.rule), facts, values)
        for c in pack.services[case.service].conditions
    }


def grant_after_review(*, acting: Acting, case: models.Case, pack: Pack, reasons: str) -> models.Decision:
    """Grant what another officer had refused or ended: a new decision with a result of its own. Inside a transaction.

    Raises `NotNow` while something needed is missing.
    """
    _refuse_gaps(case)
    return _decide(acting, case, pack, "granted", reasons, automatic=False, event=Event.OVERTURN)


def _decide(
    acting: Acting,
    case: models.Case,
    pack: Pack,
    outcome: str,
    reasons: str,
    *,
    automatic: bool,
    event: Event | None = None,
    by_law: str = "",
    day: date | None = None,
) -> models.Decision:
    """`by_law`: a code of `Decision.by_law`, where silence has decided, on that `day`."""
    service = pack.services[case.service]
    promised = (
        commitments.way_of(case, pack) if outcome == "granted" and event is None and not by_law else None
    )
    granting = Event.GRANT_ON_COMMITMENT if promised else Event.GRANT
    event = event or (granting if outcome == "granted" else Event.REFUSE)
    events.add(
        acting=acting, case=case, event=event, note=reasons, day=day,
        detail={"automatic": automatic, **({"by": by_law} if by_law else {})},
    )  # fmt: skip
    findings: dict[str, Any] = {
        "applies": case.why,
        "conditions": {name: explain.to_json(finding) for name, finding in conditions(case, pack).items()},
    }
    if promised is not None:
        findings["commitment"] = commitments.promise_of(case, pack, promised)
    articles = sorted({*service.articles, *(a for c in service.conditions for a in c.articles)})
    if by_law and service.renewal is not None:
        articles = sorted({*service.renewal.articles, *service.articles})
    decided_on = day or acting.today
    content = {"outcome": outcome, "reasons": reasons, "articles": articles, "automatic": automatic}
    if by_law:
        content |= {"by_law": by_law, "decided_on": decided_on.isoformat()}
    document = papers.issue(acting=acting, case=case, kind="decision", content=content)
    decision = models.Decision.objects.create(
        case=case, outcome=outcome, reasons=reasons, articles=articles, facts=case.application.answers, findings=findings,
        pack_digest=pack.digest, engine=ENGINE, automatic=automatic, by_law=by_law, decided_at=acting.now,
        decided_on=decided_on, decided_by=acting.actor, document=document,
    )  # fmt: skip
    case.decision = decision
    case.save(update_fields=["decision"])
    audit.send(
        acting=acting, kind="cases.decided", root=case.application_id,
        payload={"case": str(case.id), "decision": str(decision.id), "outcome": outcome, "document": document},
    )  # fmt: skip
    return decision


def _refuse_gaps(case: models.Case) -> None:
    if case.deferred:
        raise NotNow(_("A deferred material is still missing; it cannot be granted before it is there."))
    met = form.met_materials(case.application)
    gaps = [m for m in case.materials if m not in met]
    if gaps:
        raise NotNow(_("Evidence is still missing; it cannot be granted before it is there."))


def let_silence_speak(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """Write down what silence has brought about by now, each once and on its day; True when anything was.

    An acceptance, when defects were not listed in time (行政许可法 art. 32(4)); a renewal, when nothing was decided before
    the licence ended (art. 50). From a clock, and before anybody does anything else with the case.
    """
    before = case.state
    if case.state == "submitted":
        _accept_by_silence(acting, case, pack)
    if case.state in ("submitted", "accepted"):
        _renew_by_silence(acting, case, pack)
    return case.state != before


def _accept_by_silence(acting: Acting, case: models.Case, pack: Pack) -> None:
    clock = form.clock_of(case, pack, acting.today)
    if not clock.deemed_accepted:
        return
    by_law = _by_law(acting, case, "acceptance by silence")
    event = Event.ACCEPT_TOLERANTLY if case.deferred else Event.ACCEPT
    # the time for what comes later begins when the applicant is told, and that is today
    day = None if case.deferred else clock.deemed_on
    events.add(acting=by_law, case=case, event=event, day=day, detail={"by": "silence"})
    document = papers.issue(
        acting=by_law,
        case=case,
        kind="acceptance-notice",
        content={"deferred": case.deferred, "by_law": "silence"},
    )
    told = {"case": str(case.id), "document": document}
    audit.send(acting=by_law, kind="cases.accepted", root=case.application_id, payload=told)


def _renew_by_silence(acting: Acting, case: models.Case, pack: Pack) -> None:
    clock = form.clock_of(case, pack, acting.today)
    if not clock.renewed_by_silence or clock.renews_until is None:
        return
    by_law, last = _by_law(acting, case, "renewal by silence"), clock.renews_until
    if case.state == "submitted":  # nobody accepted it, and no term for that was set
        events.add(acting=by_law, case=case, event=Event.ACCEPT, day=last, detail={"by": "silence"})
    reasons = both(RENEWED).zh
    _decide(by_law, case, pack, "granted", reasons, automatic=False, by_law="renewal", day=last)


def _by_law(acting: Acting, case: models.Case, purpose: str) -> Acting:
    return system(acting.now, case.place, purpose, acting.request_id, acting.time_zone)
