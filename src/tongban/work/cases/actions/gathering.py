"""Drawing on what offices already hold: licences in the wallet, earlier answers, registries behind a look-up.

Nothing is drawn without the subject's consent to this application. What was drawn stays in the application's
`evidence` with its values, so that `answers` can always be derived anew from `stated` and `evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from tongban.base.directory import queries as directory
from tongban.base.identity import queries as identity
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.core.packs.model import Fact, Resource
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import actions as catalogue
from tongban.records.dossier import queries as dossier
from tongban.records.dossier.resolution import Observed, resolve
from tongban.records.licences import queries as licences
from tongban.work.cases import models


def gather(*, acting: Acting, application: models.Application, pack: Pack) -> None:
    """Fill in what licences, registries and earlier answers say. Changes `application` without saving it.

    Sources count in the pack's order for each fact. The licences of a submitted application are those it had then.
    """
    if application.state == "draft":
        application.evidence = [e for e in application.evidence if e["kind"] == "registry"]
        if dossier.has_consent(application.id):
            holders = {application.principal, application.subject}
            if acting.mandate is not None:
                holders |= identity.representatives(acting.mandate)
            application.evidence += [
                _licence_entry(x) for x in licences.valid_of_subjects(holders, acting.today)
            ]
        else:
            application.evidence, application.looked_up = [], {}
    _derive(acting, application, pack)
    if dossier.has_consent(application.id) and _ask_registries(acting, application, pack):
        _derive(acting, application, pack)


def add_licence(*, acting: Acting, application: models.Application, pack: Pack, licence: Any) -> None:
    """Add a licence that this application itself has brought: evidence, and facts that nobody has stated yet."""
    entry = {**_licence_entry(licence), "late": True}
    if all(e["reference"] != entry["reference"] for e in application.evidence):
        application.evidence = [*application.evidence, entry]
    _derive(acting, application, pack)


def _derive(acting: Acting, application: models.Application, pack: Pack) -> None:
    """`answers` from `stated` and `evidence`, by the pack's order of sources."""
    seen = [*_stated(application), *_earlier(acting, application, pack)]
    late: list[Observed] = []
    for entry in application.evidence:
        (late if entry.get("late") else seen).extend(_observed(entry, pack))
    resolved = resolve(late, pack.facts, acting.today) | resolve(seen, pack.facts, acting.today)
    application.answers = {
        name: {
            "value": o.value, "source": o.source, "source_id": o.source_id, "reference": o.reference,
            "observed_at": o.observed_at.date().isoformat(),
        }
        for name, o in resolved.items()
    }  # fmt: skip


def _stated(application: models.Application) -> Iterator[Observed]:
    for name, said in application.stated.items():
        yield Observed(
            name, said["value"], "answer", "answer", said["reference"], datetime.fromisoformat(said["at"])
        )


def _earlier(acting: Acting, application: models.Application, pack: Pack) -> Iterator[Observed]:
    """Earlier answers about the same person or firm. What belongs to a place is asked anew for each place, and so is
    every choice: only what a subject *is* carries over."""
    if application.state != "draft" or not dossier.has_consent(application.id):
        return
    kind = identity.subject(application.subject).kind
    for seen in dossier.observations_of(application.subject):
        fact = pack.facts.get(seen.name)
        if fact and seen.source == "answer" and fact.subject == kind and fact.type not in ("boolean", "code"):
            yield seen


def _observed(entry: Mapping[str, Any], pack: Pack) -> Iterator[Observed]:
    """What one piece of evidence says about facts."""
    at = datetime.combine(date.fromisoformat(entry["on"]), time(12), UTC)
    for name, fact in pack.facts.items():
        for source in fact.sources:
            if (source.licence if entry["kind"] == "licence" else source.registry) != entry["id"]:
                continue
            value = (
                True
                if source.field is None and fact.type == "boolean"
                else entry["values"].get(source.field or "")
            )
            if value is not None:
                yield Observed(name, value, entry["kind"], entry["id"], entry["reference"], at)


def _ask_registries(acting: Acting, application: models.Application, pack: Pack) -> bool:
    """Look up every registry whose key is known and was not asked with this key yet; True when anything changed."""
    changed = False
    for resource in pack.resources.values():
        known = application.answers.get(resource.key_fact)
        key = str(known["value"]) if known and known["value"] is not None else ""
        digest = keys.keyed_digest(catalogue.fold_key(key)) if key else ""
        if application.looked_up.get(resource.id, "") == digest:
            continue
        application.evidence = [
            e for e in application.evidence if (e["kind"], e["id"]) != ("registry", resource.id)
        ]
        application.looked_up[resource.id] = digest
        changed = True
        wanted = [
            f.id for f in resource.fields if f.fact in pack.facts and _supplies(resource, pack.facts[f.fact])
        ]
        if not key or not wanted:
            continue
        try:
            answer = catalogue.look_up(
                acting=acting.because(f"application for {application.event}"), resource=resource, key=key, fields=wanted,
                about=application.subject, root=application.id, under=_leading(application, pack),
                services=pack.life_events[application.event].services,
            )  # fmt: skip
        except catalogue.NoLiveGrant:
            # The applicant types or uploads it. Nothing is kept, so that it is tried again once there is a grant.
            del application.looked_up[resource.id]
            continue
        if answer is not None:
            application.evidence = [*application.evidence, {
                "kind": "registry", "id": resource.id, "reference": answer.reference, "valid_to": None,
                "on": answer.updated_at.date().isoformat(), "values": dict(answer.values),
            }]  # fmt: skip
    return changed


def _leading(application: models.Application, pack: Pack) -> str:
    """Organisation that leads the life event: registries are looked into under its grants. Empty when there is none."""
    lead = pack.life_events[application.event].lead
    try:
        return directory.organisation_for(pack, lead, application.place).id
    except LookupError:
        return ""


def _licence_entry(licence: Any) -> dict[str, Any]:
    return {
        "kind": "licence", "id": licence.kind, "reference": licence.identifier,
        "valid_to": licence.valid_to.isoformat() if licence.valid_to else None,
        "on": licence.issue_date.isoformat(), "values": dict(licences.values(licence)),
    }  # fmt: skip


def _supplies(resource: Resource, fact: Fact) -> bool:
    return any(source.registry == resource.id for source in fact.sources)
