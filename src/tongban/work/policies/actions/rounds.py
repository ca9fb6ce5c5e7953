"""Benefit without application for everybody at once (免申即享): a round of one policy.

    looking ──> drawn ──confirm──> telling ──> told ──close──> closed
       └──────drop──────┘

looking   a job looks at every subject, some hundreds in a transaction; a job that dies is taken up where it stopped
drawn     the list is complete and in its order: the office reads it and may strike lines, with reasons
telling   the money is reserved, a job makes the entitlements and tells each subject, who confirms, refuses or contests
told      publicity (公示), then the payment file, until nothing is awaited any more
closed    the archive is written and can be changed no more

An offer that is not money (要素配置: land, premises, places) goes the same way in its own units, and a file of places stands
for the payment file. Whoever nothing is left for stands in line in the order of the list; what somebody gives up goes to the
next by itself.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow, StaleVersion
from tongban.core.packs import calendars
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.values.duration import Duration, Unit
from tongban.work.policies import access, models
from tongban.work.policies.actions import budgets, sharing
from tongban.work.policies.actions.matching import found_unasked
from tongban.work.policies.states import FINAL

GO_ON: Final = "policies.go-on-with-round"
"""Job that takes a round further."""
MOST_REASONS: Final = 1000


def begin(*, acting: Acting, policy: str) -> models.Round:
    """Begin to look at everybody for a policy of one's own organ. One that is open already is given back.

    Raises Invalid for a policy that is not of this organ or that nobody is to be found for, NotNow outside its time or
    where no budget is declared for the year.
    """
    pack = directory.pack_in_force(acting.now)
    found = pack.policies.get(policy)
    if found is None or not in_charge_of(acting, pack, found):
        message = _("Choose a policy that your office is in charge of.")
        raise Invalid(message, fields={"policy": message})
    if not found_unasked(found):
        message = _("This policy is applied for, or gives neither money nor a place. Nobody is looked for.")
        raise Invalid(message, fields={"policy": message})
    if not calculator.in_force(found, acting.today):
        raise NotNow(_("The policy is not in force today."))
    budget = next((one for one in found.budget if one.year == acting.today.year), None)
    if found.budget and budget is None:
        raise NotNow(_("The policy has no budget for this year."))
    with transaction.atomic():
        row, new = models.Round.objects.exclude(state__in=["closed", "dropped"]).get_or_create(
            policy=policy, place=acting.place,  # the database lets only one be open, also when two begin at once
            defaults={
                "year": acting.today.year, "organisation": acting.organisation or "", "pack_digest": pack.digest,
                "on": acting.today, "began_at": acting.now, "began_by": acting.actor, "touched_at": acting.now,
                "state": "looking", "total": identity.count_of_kind(found.subject),
                "order": budget.order if budget else "first-come", "partial": bool(budget and budget.partial),
            },
        )  # fmt: skip
        if new:
            note(acting, row, "round.begun", {"policy": policy, "pack": pack.digest})
            push(row)
    return row


def strike(*, acting: Acting, line: UUID, reasons: str) -> models.Round:
    """Take a line off the list, with reasons; without reasons put it back. Only before the list is confirmed."""
    reasons = " ".join(reasons.replace("\x00", "").split())[:MOST_REASONS]
    with transaction.atomic():
        found = access.round_line(acting, line)
        row = access.round_locked(acting, found.round_id)
        _require(row, "drawn")
        if found.struck == reasons:
            return row
        found.struck = reasons
        found.save(update_fields=["struck"])
        note(acting, row, "round.struck" if reasons else "round.restored", {"line": str(line)})
        forecast(row)
        row.version += 1
        row.save()
    return row


def confirm(*, acting: Acting, round_: UUID, version: int | None = None) -> models.Round:
    """The office confirms the list: the money or the places are reserved at once, everybody is told by a job, publicity begins.

    Confirming again changes nothing. Raises StaleVersion when the list has changed since it was shown.
    """
    with transaction.atomic():
        row = access.round_locked(acting, round_)
        if row.state in ("telling", "told"):
            return row
        _require(row, "drawn")
        if version is not None and version != row.version:
            raise StaleVersion(_("The list has changed in the meantime. Look at it again."))
        pack, policy = pack_and_policy(row)
        budget = budgets.of_year(pack=pack, policy=policy, year=row.year)
        if budget is not None:
            row.available_fen = budget.total_fen - budget.reserved_fen
        sharing.share_out(row, row.available_fen)
        if budget is not None:
            budget.reserved_fen += _given(row)
            budget.save(update_fields=["total_fen", "reserved_fen"])
        row.confirmed_at, row.confirmed_by, row.state, row.cursor = acting.now, acting.actor, "telling", None
        if policy.publicity is not None:
            term = Duration(policy.publicity.amount, Unit(policy.publicity.unit))
            row.public_from = acting.today
            row.public_to = (
                calendars.work_calendar(pack).add(acting.today, term, rolls=policy.publicity.rolls).day
            )
        row.version += 1
        row.save()
        lines = row.lines.count()
        note(
            acting,
            row,
            "round.confirmed",
            {"lines": lines, "given": _given(row), "available": row.available_fen},
        )
        push(row)
    return row


def drop(*, acting: Acting, round_: UUID) -> models.Round:
    """Give a round up before its list is confirmed; nobody is told anything."""
    with transaction.atomic():
        row = access.round_locked(acting, round_)
        if row.state == "dropped":
            return row
        if row.state not in ("looking", "drawn"):
            raise NotNow(_("The list is confirmed and everybody is told; it can no longer be given up."))
        row.state, row.closed_at, row.version = "dropped", acting.now, row.version + 1
        row.save()
        note(acting, row, "round.dropped", {})
    return row


def close(*, acting: Acting, round_: UUID) -> models.Round:
    """Write the archive and close. Raises NotNow while something is awaited: an answer, a payment, the end of publicity."""
    with transaction.atomic():
        row = access.round_locked(acting, round_)
        if row.state == "closed":
            return row
        _require(row, "told")
        waiting = awaited(row)
        if waiting:
            raise NotNow(
                _("%(n)d entitlements of the list are still waiting for an answer, a decision or their payment.") % {"n": waiting}
            )  # fmt: skip
        if row.objections_open():
            raise NotNow(_("Answer every objection first."))
        if row.public_to is not None and acting.today <= row.public_to:
            raise NotNow(_("Publicity is not over yet."))
        row.archive = archive(row)
        row.archive_digest = hashlib.sha256(canonical(row.archive)).hexdigest()
        row.state, row.closed_at, row.version = "closed", acting.now, row.version + 1
        row.save()
        note(acting, row, "round.closed", {"archive": row.archive_digest})
    return row


def forecast(row: models.Round) -> None:
    """What each line would be given of what the budget holds now, before it is reserved."""
    pack, policy = pack_and_policy(row)
    budget = budgets.of_year(pack=pack, policy=policy, year=row.year) if policy.budget else None
    sharing.share_out(row, budget.total_fen - budget.reserved_fen if budget else None)


def awaited(row: models.Round) -> int:
    """How many entitlements of the list can still become something else before it can be closed."""
    final = [state.value for state in FINAL]
    return row.lines.filter(entitlement__isnull=False).exclude(entitlement__state__in=final).count()


def archive(row: models.Round) -> dict[str, Any]:
    """Everything that happened in a round, without names and accounts: subjects stand by their ids. Amounts are fen, or
    units of what the policy offers."""
    policy = pack_and_policy(row)[1]
    lines = row.lines.select_related("entitlement").defer(
        "facts", "findings", "entitlement__facts", "entitlement__findings"
    )
    return {
        "round": str(row.id), "policy": row.policy, "year": row.year, "place": row.place, "pack": row.pack_digest,
        "on": row.on.isoformat(), "looked": row.looked, "outcomes": row.outcomes, "order": row.order,
        "unit": "fen" if policy.is_money or policy.unit is None else {"zh": policy.unit.zh, "en": policy.unit.en},
        "available": row.available_fen,
        "public": [row.public_from.isoformat(), row.public_to.isoformat()] if row.public_from and row.public_to else None,
        "lines": [
            {
                "subject": str(line.subject), "rank": line.rank, "amount": line.amount_fen, "score": line.score,
                "given": line.given_fen, "struck": line.struck,
                "entitlement": str(line.entitlement_id) if line.entitlement_id else None,
                "state": line.entitlement.state if line.entitlement else None,
                "paid_on": line.entitlement.paid_on.isoformat() if line.entitlement and line.entitlement.paid_on else None,
                "payment": line.entitlement.payment if line.entitlement else "",
            }
            for line in lines.order_by("rank").iterator()
        ],
    }  # fmt: skip


def canonical(archive_: dict[str, Any]) -> bytes:
    """The bytes whose digest the audit holds."""
    return json.dumps(archive_, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def pack_and_policy(row: models.Round) -> tuple[Pack, Policy]:
    pack = directory.pack(row.pack_digest)
    return pack, pack.policies[row.policy]


def in_charge_of(acting: Acting, pack: Pack, policy: Policy) -> bool:
    try:
        organ = directory.organisation_for(pack, policy.authority, acting.place)
    except LookupError:
        return False
    return acting.role == "officer" and (organ.id, organ.place) == (acting.organisation, acting.place)


def push(row: models.Round) -> None:
    """Lets a job take the round further, once this transaction is on disk."""
    jobs.configure_task(GO_ON).defer(round_id=str(row.id))


def note(acting: Acting, row: models.Round, action: str, detail: dict[str, Any]) -> None:
    audit.record(
        acting=acting, action=action, root=row.id, object_kind="round", object_id=row.id, detail=detail
    )


def _require(row: models.Round, state: str) -> None:
    if row.state != state:
        raise NotNow(_("This can no longer be done: the round has moved on in the meantime."))


def _given(row: models.Round) -> int:
    return row.lines.filter(struck="").aggregate(total=Sum("given_fen"))["total"] or 0
