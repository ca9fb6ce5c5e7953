"""Deciding: with reasons, with everything needed to replay it, never while something needed is missing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tongban import __version__
from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices.wording import both
from tongban.core.packs import parameters
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import Event
from tongban.core.rules import explain
from tongban.work.cases import access, form, models
from tongban.work.cases.actions import commitments, events, papers

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
        _accept_by_silence(acting, case, pack)
        if outcome == "granted":
            _refuse_gaps(case)
        if case.state == "submitted" and commitments.way_of(case, pack) is not None:
            events.add(acting=acting, case=case, event=Event.ACCEPT, detail={"by": "decision on the spot"})
        _decide(acting, case, pack, outcome, reasons.strip()[:4000], automatic=False)
    return case


def decide_automatically(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """Grant at once what the pack leaves to the rules, when every condition passes; True when it did.

    Anything else stays with an officer: the platform refuses nobody.
    """
    service = pack.services[case.service]
    if not service.automatic or case.state != "submitted":
        return False
    findings = conditions(case, pack)
    if not all(finding.outcome == "pass" for finding in findings.values()) or case.deferred:
        return False
    met = form.met_materials(case.application)
    if any(m not in met for m in case.materials):
        return False
    by_rule = system(acting.now, case.place, "automatic decision", acting.request_id)
    events.add(acting=by_rule, case=case, event=Event.ACCEPT)
    reasons = both("Every condition was checked against the records and is met.")
    _decide(by_rule, case, pack, "granted", reasons.get("zh"), automatic=True)
    return True


def conditions(case: models.Case, pack: Pack) -> dict[str, explain.Finding]:
    """What the rules find for each acceptance condition with the facts as they are now."""
    facts = form.facts_of(case.application, pack)
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
) -> models.Decision:
    service = pack.services[case.service]
    promised = commitments.way_of(case, pack) if outcome == "granted" and event is None else None
    granting = Event.GRANT_ON_COMMITMENT if promised else Event.GRANT
    event = event or (granting if outcome == "granted" else Event.REFUSE)
    events.add(acting=acting, case=case, event=event, note=reasons, detail={"automatic": automatic})
    findings: dict[str, Any] = {
        "applies": case.why,
        "conditions": {name: explain.to_json(finding) for name, finding in conditions(case, pack).items()},
    }
    if promised is not None:
        findings["commitment"] = commitments.promise_of(case, pack, promised)
    articles = sorted({*service.articles, *(a for c in service.conditions for a in c.articles)})
    document = papers.issue(
        acting=acting, case=case, kind="decision",
        content={"outcome": outcome, "reasons": reasons, "articles": articles, "automatic": automatic},
    )  # fmt: skip
    decision = models.Decision.objects.create(
        case=case, outcome=outcome, reasons=reasons, articles=articles, facts=case.application.answers, findings=findings,
        pack_digest=pack.digest, engine=ENGINE, automatic=automatic, decided_at=acting.now, decided_on=acting.today,
        decided_by=acting.actor, document=document,
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


def _accept_by_silence(acting: Acting, case: models.Case, pack: Pack) -> None:
    """Write down an acceptance that silence has brought about (行政许可法 art. 32(4))."""
    if case.state == "submitted" and form.clock_of(case, pack, acting.today).deemed_accepted:
        by_law = system(acting.now, case.place, "acceptance by silence", acting.request_id)
        events.add(acting=by_law, case=case, event=Event.ACCEPT, detail={"by": "silence"})


def accept_by_silence(*, acting: Acting, case: models.Case, pack: Pack) -> bool:
    """The same from a clock: True when the case was accepted by silence now."""
    before = case.state
    _accept_by_silence(acting, case, pack)
    return case.state != before
