"""What is known in an application, as the core reads it: facts, held evidence, the plan, the terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from tongban.base.directory import queries as directory
from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting
from tongban.core.packs import calendars
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import Service, Variant
from tongban.core.packs.pack import Pack
from tongban.core.planning import plan as planning
from tongban.core.planning.model import Held, Plan
from tongban.core.procedures import clock as clocks
from tongban.core.procedures.model import CaseEvent, Clock, Event, Terms
from tongban.core.rules.states import Facts
from tongban.core.values.calendar import WorkCalendar
from tongban.core.values.duration import Duration, Unit
from tongban.work.cases import models


def pack_of(application: models.Application, acting: Acting) -> Pack:
    """The pinned pack of a submitted application; for a draft the pack in force where the matter lies."""
    if application.state == "submitted":
        return directory.pack(application.pack_digest)
    return directory.pack_in_force(acting.now, application.district or None)


def district_of(application: models.Application, pack: Pack) -> str:
    """The district that an address among the answers names; empty when none is named, or several are.

    Addresses are the facts by which the pack looks registries up.
    """
    for resource in pack.resources.values():
        answer = application.answers.get(resource.key_fact)
        found = directory.district_named(pack, answer["value"]) if answer else None
        if found is not None:
            return found
    return ""


def name_of(application: models.Application, pack: Pack) -> str:
    """What lists call it: the fact that the life event names, else nothing."""
    fact = pack.life_events[application.event].name_fact
    stated = application.answers.get(fact or "")
    return str(stated["value"])[:120] if stated and stated["value"] is not None else ""


def facts_of(application: models.Application, pack: Pack) -> Facts:
    """Typed facts of the answers. An answer that the pack no longer understands is left out here and kept in the row."""
    return packfacts.read_facts(pack, {name: entry["value"] for name, entry in application.answers.items()})[
        0
    ]


def held_of(application: models.Application) -> tuple[Held, ...]:
    return tuple(
        Held(
            e["kind"],
            e["id"],
            e["reference"],
            date.fromisoformat(e["valid_to"]) if e.get("valid_to") else None,
        )
        for e in application.evidence
    )


def plan_of(application: models.Application, pack: Pack, at: date) -> Plan:
    """The plan as of the submission date, or of `at` for a draft."""
    return planning.plan(
        pack, application.event, facts_of(application, pack), held_of(application), application.submitted_on or at,
        deferring=application.deferring,
    )  # fmt: skip


def current_materials(application: models.Application) -> dict[str, models.Material]:
    return {m.material: m for m in application.materials.filter(replaced_at=None)}


def met_materials(application: models.Application) -> dict[str, models.Material]:
    """Of those the ones that count: a file that is not known to be clean, or is gone, meets nothing."""
    current = current_materials(application)
    blocked = files.blocked([row.upload for row in current.values() if row.upload])
    return {name: row for name, row in current.items() if row.upload not in blocked}


def variant_of(service: Service, variant_id: str | None) -> Variant | None:
    return next((v for v in service.variants if v.id == variant_id), None)


def terms_to_json(terms: Terms) -> dict[str, Any]:
    said = asdict(terms)
    return said | {"renews_until": terms.renews_until.isoformat() if terms.renews_until else None}


def terms_from_json(data: Mapping[str, Any]) -> Terms:
    def duration(entry: Mapping[str, Any] | None) -> Duration | None:
        return Duration(entry["amount"], Unit(entry["unit"])) if entry else None

    promised = duration(data["promised"])
    assert promised is not None
    return Terms(
        promised, duration(data["statutory"]), data["extension"], duration(data["notify_missing"]), duration(data["deliver"]),
        duration(data["tolerance"]), data["rolls"], duration(data.get("verify")), duration(data.get("remedy")),
        duration(data.get("objection")), duration(data.get("review")), duration(data.get("correction")),
        duration(data.get("remind")), duration(data.get("heard")), duration(data.get("hearing")),
        date.fromisoformat(data["renews_until"]) if data.get("renews_until") else None,
    )  # fmt: skip


def history_of(case: models.Case) -> tuple[CaseEvent, ...]:
    return tuple(
        CaseEvent(Event(e.event), e.day, e.at) for e in sorted(case.events.all(), key=lambda e: e.sequence)
    )


def clock_of(case: models.Case, pack: Pack, today: date) -> Clock:
    """The clocks of a case as of the end of `today`, recomputed from its events."""
    return clocks.clock(
        history_of(case), terms_from_json(case.terms), calendar_of(case.application, pack), today
    )


def calendar_of(application: models.Application, pack: Pack) -> WorkCalendar:
    """The working calendar that counts for it: its pack's own, or one that knows further and was published since."""
    newer = application.calendar_digest
    return calendars.work_calendar(directory.pack(newer) if newer else pack)
