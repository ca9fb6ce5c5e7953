"""A plan as JSON data: what the command line and the API give to programs."""

from __future__ import annotations

from typing import Any

from tongban.core.packs.pack import Pack
from tongban.core.planning import choice, why
from tongban.core.planning.diff import Changes
from tongban.core.planning.model import Burden, Plan, PlannedMaterial, PlannedService, Question
from tongban.core.rules import explain
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration
from tongban.core.values.text import Bilingual


def plan(plan: Plan, pack: Pack) -> dict[str, Any]:
    """The whole plan. Dates are ISO 8601; texts are {zh, en}; periods are {amount, unit}."""
    return {
        "event": plan.event,
        "at": plan.at.isoformat(),
        "pack": {"id": pack.manifest.id, "version": pack.manifest.version, "digest": plan.pack_digest},
        "complete": plan.complete,
        "services": [_service(s, pack) for s in plan.services],
        "not_needed": [s.id for s in plan.not_needed],
        "materials": [_material(m, pack) for m in plan.materials],
        "questions": [_question(q, pack) for q in plan.questions],
        "form": list(plan.form),
        "finish": {"promised": _due(plan.finish_promised), "statutory": _due(plan.finish_statutory)},
        "working_days": {"promised": plan.promised_days, "statutory": plan.statutory_days},
        "critical_path": list(plan.critical_path),
        "reductions": {"alone": _burden(plan.alone), "together": _burden(plan.together)},
    }


def changes(changes: Changes) -> dict[str, Any]:
    """What an answer added and dropped: ids, and by how many working days the promised end moves."""
    return {
        "services": {"added": list(changes.added_services), "dropped": list(changes.dropped_services)},
        "materials": {"added": list(changes.added_materials), "dropped": list(changes.dropped_materials)},
        "working_days": changes.days_change,
    }


def _service(service: PlannedService, pack: Pack) -> dict[str, Any]:
    declared = pack.services[service.id]
    return {
        "id": service.id,
        "name": _text(declared.name),
        "authority": declared.authority,
        "applies": service.applies.value,
        "because": explain.to_json(service.finding),
        "variant": service.variant,
        "case_type": service.case_type,
        "promised": _period(service.promised),
        "statutory": _period(service.statutory),
        "waits_for": list(service.waits_for),
        "starts": service.starts.isoformat(),
        "due": {"promised": _due(service.due_promised), "statutory": _due(service.due_statutory)},
        "materials": list(service.materials),
        "blocked": [
            {
                "reason": _text(declared.blocked_when[i].reason),
                "articles": list(declared.blocked_when[i].articles),
            }
            for i in service.blocks
        ],
        "conditions": {name: finding.outcome for name, finding in service.conditions},
    }


def _material(material: PlannedMaterial, pack: Pack) -> dict[str, Any]:
    return {
        "id": material.id,
        "name": _text(pack.materials[material.id].name),
        "status": material.status.value,
        "main": material.main,
        "certain": material.certain,
        "services": list(material.services),
        "produced_by": material.produced_by,
        "alternative": material.alternative,
        "ways": [
            {
                "alternative": way.alternative,
                "name": _text(choice.name_of(material.id, way.alternative, pack)),
                "status": way.status.value,
                "open": way.open,
            }
            for way in material.ways
        ],
        "chosen": _text(said) if (said := choice.chosen(material, pack)) else None,
        "reference": material.reference,
    }


def _question(question: Question, pack: Pack) -> dict[str, Any]:
    fact = pack.facts[question.fact]
    return {
        "fact": question.fact,
        "question": _text(fact.question) if fact.question else None,
        "type": fact.type,
        "codes": [i.code for i in pack.code_lists[fact.codes].items] if fact.codes else None,
        "none": _text(fact.none) if fact.none else None,
        "required": question.required,
        "later": question.later,
        "settles": question.settles,
        "services": list(question.services),
        "why": [
            {"text": _text(one.text), "articles": list(one.articles)}
            for one in why.of_question(question, pack)
        ],
        "records": [{"kind": kind, "id": name} for kind, name in question.records],
    }


def _burden(burden: Burden) -> dict[str, int]:
    return {
        "steps": burden.steps,
        "days": burden.days,
        "materials": burden.materials,
        "visits": burden.visits,
    }


def _due(due: DueDate | None) -> dict[str, Any] | None:
    return {"day": due.day.isoformat(), "provisional": due.provisional} if due else None


def _period(period: Duration | None) -> dict[str, Any] | None:
    return {"amount": period.amount, "unit": period.unit.value} if period else None


def _text(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
