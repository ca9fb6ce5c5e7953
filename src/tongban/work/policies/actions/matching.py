"""Looking for what is due to one subject, without an application (免申即享).

One transaction: the run, its audit entry, each entitlement found with its reservation, the notice. Looking again with
unchanged facts creates nothing. Where a budget is shared out by scores or in shares, nothing is due before the list of a
round is complete (`rounds`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.calculator import Assessment, Result
from tongban.work.policies import access, evidence, models, queries
from tongban.work.policies.actions import budgets, entitling

NOT_READ = "not-read"
"""Result of a policy for which there is no ground to read data."""


def match(*, acting: Acting, subject: UUID, cause: str) -> models.MatchingRun:
    """Look at every policy in force that is meant for subjects of this kind and needs no application.

    `cause` says what set it off; it is kept with the run. Only facts that a policy's rules read are read, and only for
    policies with a ground.
    """
    acting = acting.because(evidence.PURPOSE)
    with transaction.atomic():
        _lock(subject)
        pack = directory.pack_in_force(acting.now)
        matter = _Matter(acting, pack, subject, evidence.stance_of(subject))
        kind = identity.subject(subject).kind
        policies = [
            p
            for p in pack.policies.values()
            if p.subject == kind and found_alone(p) and calculator.in_force(p, acting.today)
        ]
        readable = [p for p in policies if evidence.ground_of(p, matter.stance) is not None]
        names = frozenset[str]().union(*(calculator.facts_read(pack, p) for p in readable))
        facts = evidence.facts_of(subject, pack, names, acting.today) if names else {}
        results = [_look(matter, policy, facts) for policy in policies]
        run = models.MatchingRun.objects.create(
            subject=subject,
            at=acting.now,
            on=acting.today,
            cause=cause,
            pack_digest=pack.digest,
            facts=facts,
            results=results,
        )
        audit.record(
            acting=acting, action="benefits.matched", root=evidence.chain_of(subject), object_kind="subject", object_id=subject,
            detail={
                "run": str(run.id), "pack": pack.digest, "facts": sorted(facts),
                "results": {r["policy"]: r["result"] for r in results}, "grounds": {r["policy"]: r["ground"] for r in results},
            },
        )  # fmt: skip
    return run


def match_own(*, acting: Acting, subject: UUID) -> models.MatchingRun:
    """The owner asks to be looked at now. Raises NotFound for a subject that is not theirs."""
    return match(acting=acting, subject=access.subject(acting, subject), cause="asked")


def pause(*, acting: Acting, subject: UUID) -> None:
    """From now on nobody looks for benefits for this subject; a consent given for it ends. Repeating changes nothing."""
    subject = access.subject(acting, subject)
    with transaction.atomic():
        _lock(subject)
        _pause, new = models.MatchingPause.objects.get_or_create(
            subject=subject, ended_at=None, defaults={"since": acting.now, "by": acting.actor}
        )
        evidence.withdraw_consent(acting=acting, subject=subject)
        if new:
            _note(acting, "benefits.paused", subject)


def resume(*, acting: Acting, subject: UUID) -> models.MatchingRun:
    """The subject consents to being looked at, for policies without a duty in law too; looks at once."""
    subject = access.subject(acting, subject)
    with transaction.atomic():
        _lock(subject)
        ended = models.MatchingPause.objects.filter(subject=subject, ended_at=None).update(
            ended_at=acting.now
        )
        evidence.give_consent(acting=acting, subject=subject)
        if ended:
            _note(acting, "benefits.resumed", subject)
        return match(acting=acting, subject=subject, cause="asked")


def found_unasked(policy: Policy) -> bool:
    """Only a payment or an offer that needs no application becomes an entitlement; whatever is applied for or claimed in
    a tax return is left to the subject, and nothing is read for it."""
    return policy.effect in ("payment", "units") and policy.path == "no-application"


def found_alone(policy: Policy) -> bool:
    """Whether a look at one subject looks for it: a payment. What is there only so many times is shared out by a list of
    everybody, and nothing is read for it before."""
    return policy.effect == "payment" and found_unasked(policy)


@dataclass(frozen=True, slots=True)
class _Matter:
    acting: Acting
    pack: Pack
    subject: UUID
    stance: evidence.Stance


def _look(matter: _Matter, policy: Policy, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What one policy comes out as; an entitlement is made on the way when everything passes."""
    ground = evidence.ground_of(policy, matter.stance)
    if ground is None:
        return {
            "policy": policy.id, "result": NOT_READ, "ground": None, "amount_fen": None, "failing": None, "missing": [],
            "findings": None,
        }  # fmt: skip
    read = {name: facts[name] for name in sorted(calculator.facts_read(matter.pack, policy)) if name in facts}
    found = calculator.assess(matter.pack, policy, evidence.typed(matter.pack, read), matter.acting.today)
    if found.result is Result.ELIGIBLE and queries.order_of(policy, matter.acting.today.year) == "first-come":
        _entitle(matter, policy, found, read, ground)
    return {
        "policy": policy.id, "result": found.result.value, "ground": ground, "amount_fen": found.amount_fen,
        "failing": found.failing, "missing": list(found.missing), "findings": calculator.to_json(found),
    }  # fmt: skip


def _entitle(
    matter: _Matter, policy: Policy, found: Assessment, facts: Mapping[str, Any], ground: str
) -> models.Entitlement | None:
    """The entitlement with its reservation, once; None when there is one already or it may not be made again."""
    due = entitling.Due(
        matter.pack,
        policy,
        matter.subject,
        dict(facts),
        calculator.to_json(found),
        ground,
        found.amount_fen or 0,
    )
    return entitling.once(
        acting=matter.acting, due=due,
        reserve=lambda: budgets.reserve(
            pack=matter.pack, policy=policy, year=matter.acting.today.year, amount_fen=due.amount_fen
        ),
    )  # fmt: skip


def _note(acting: Acting, action: str, subject: UUID) -> None:
    audit.record(
        acting=acting.because(evidence.PURPOSE), action=action, root=evidence.chain_of(subject), object_kind="subject",
        object_id=subject,
    )  # fmt: skip


def _lock(subject: UUID) -> None:
    """Two runs about the same subject wait for each other, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 29))", [str(subject)])
