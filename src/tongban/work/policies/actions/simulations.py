"""Trying a change on the whole population: asked for by an office, computed by a job that can be left alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from time import monotonic
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app as jobs

from tongban.base.audit import actions as audit
from tongban.base.directory import queries as directory
from tongban.base.engines.arrow import ColumnUnfit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.core.planning.changed import BadChange
from tongban.core.planning.population import TooManyFacts
from tongban.work.policies import models
from tongban.work.policies.desk import populations, trial
from tongban.work.policies.population.engines import CannotRun
from tongban.work.policies.population.sources import BadSource, open_source

RUN: Final = "policies.simulate"
TOLD_EVERY: Final = 200_000
"""Rows after which the page learns how far it is."""
DIED_AFTER: Final = timedelta(minutes=2)
CANNOT: Final = (BadSource, CannotRun, TooManyFacts, ColumnUnfit, BadChange)


def ask(*, acting: Acting, policy: str, values: Mapping[str, str], by: str) -> models.Simulation:
    """Have a change tried on everybody. The same change that is waiting or running is given back.

    Raises Invalid for a policy or a value that cannot be, NotNow without a population.
    """
    pack = directory.pack_in_force(acting.now)
    found = pack.policies.get(policy)
    if found is None or not values:
        message = _("Choose a policy and change at least one number.")
        raise Invalid(message, fields={"policy": message})
    try:
        trial.matchers(pack, found, acting.today, [values])
    except (BadChange, TooManyFacts) as error:
        raise Invalid(str(error), fields={"values": str(error)}) from error
    population = populations.population_of(found.subject)
    if population is None:
        raise NotNow(_("There is no population to try it on yet."))
    said = {name: values[name] for name in sorted(values)}
    with transaction.atomic():
        same = models.Simulation.objects.filter(
            policy=policy, pack_digest=pack.digest, on=acting.today, values=said, by=by, place=acting.place,
            organisation=acting.organisation or "", state__in=["waiting", "running"],
        ).first()  # fmt: skip
        if same is not None:
            return same
        row = models.Simulation.objects.create(
            policy=policy, pack_digest=pack.digest, on=acting.today, values=said, by=by,
            organisation=acting.organisation or "", place=acting.place, asked_at=acting.now, asked_by=acting.actor,
            touched_at=acting.now, state="waiting", total=population.rows,
        )  # fmt: skip
        audit.record(
            acting=acting, action="policy.simulated", root=row.id, object_kind="simulation", object_id=row.id,
            detail={"policy": policy, "values": said, "pack": pack.digest},
        )  # fmt: skip
        jobs.configure_task(RUN).defer(simulation=str(row.id))
    return row


def run(*, simulation: UUID, clock: Callable[[], datetime]) -> models.Simulation:
    """Computes one, saying now and then at what time it was alive; harmless to run again: what is done stays as it is."""
    row = models.Simulation.objects.get(pk=simulation)
    if row.state in ("done", "failed"):
        return row
    pack = directory.pack(row.pack_digest)
    policy = pack.policies[row.policy]
    population = populations.population_of(policy.subject)
    begun, since, done = monotonic(), 0, 0

    def update(**values: object) -> None:
        for name, value in values.items():
            setattr(row, name, value)
        row.touched_at = clock()
        row.save(update_fields=[*values, "touched_at"])

    def told(rows: int) -> None:
        nonlocal since, done
        done, since = done + rows, since + rows
        if since >= TOLD_EVERY:
            since = 0
            update(done=done)

    update(state="running", done=0)
    try:
        if population is None:
            raise BadSource(_("There is no population to try it on yet."))
        (found,) = trial.run(
            pack,
            policy,
            row.on,
            open_source(str(population.path)),
            [row.values],
            row.by or None,
            progress=told,
        )
    except CANNOT as error:
        update(state="failed", result={"error": str(error)})
        return row
    except Exception:  # told as it is to whoever looks after the node, and not tried for ever
        update(state="failed", result={"error": _("Something broke on our side, and nothing was computed.")})
        raise
    result = {
        "groups": {name: asdict(effect) for name, effect in found.groups.items()}, "rows": found.rows, "rejected": found.rejected,
        "seconds": round(monotonic() - begun, 1),
    }  # fmt: skip
    update(state="done", done=found.rows, result=result)
    return row


def died(*, now: datetime) -> list[UUID]:
    """Trials whose job does nothing any more."""
    waiting = models.Simulation.objects.filter(
        state__in=["waiting", "running"], touched_at__lt=now - DIED_AFTER
    )
    return list(waiting.values_list("pk", flat=True))
