"""Drawing on what offices already hold: licences in the wallet or shown by another place, earlier answers, registries.

Nothing is drawn without the subject's consent to this application. What was drawn stays in the application's
`evidence` with its values, so that `answers` can always be derived anew from `stated` and `evidence`.

Everything here runs inside the transaction of an action and asks no registry: `registries.look` has asked before it
opened, and what it found is passed in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Any, Final

from tongban.base.identity import queries as identity
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import Fact, Resource
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads
from tongban.core.values.text import Bilingual
from tongban.records.catalogue import actions as catalogue
from tongban.records.dossier import queries as dossier
from tongban.records.dossier.resolution import Observed, resolve
from tongban.records.licences import evidence_queries as evidence
from tongban.records.licences import queries as licences
from tongban.records.licences.evidence_queries import Shown
from tongban.work.cases import form, models


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one registry said, or that it was not allowed to say anything."""

    digest: str
    """Of the key it was asked for: it counts only while the application still has that key."""
    entry: Mapping[str, Any] | None
    """As in `evidence`; None: there is no such row, or nothing was delivered."""
    refused: bool = False
    """No live grant. The applicant types or uploads it; it is tried again once there is a grant."""


Found = Mapping[str, Drawn]
"""Resource id to what was found just now."""
NOTHING: Final[Found] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Due:
    """A registry to be asked: its key is known and it was not asked with this key yet."""

    resource: Resource
    key: str
    digest: str
    fields: tuple[str, ...]


def gather(*, acting: Acting, application: models.Application, pack: Pack, found: Found = NOTHING) -> None:
    """Fill in what licences, registries and earlier answers say. Changes `application` without saving it.

    Sources count in the pack's order for each fact. The licences of a submitted application are those it had then.
    """
    consent = dossier.has_consent(application.id)
    if application.state == "draft":
        application.evidence = [e for e in application.evidence if e["kind"] == "registry"]
        if consent:
            holders = {application.principal, application.subject}
            if acting.mandate is not None:
                holders |= identity.representatives(acting.mandate)
            event = pack.life_events[application.event]
            kinds = reads.kinds_read(pack, event)
            application.evidence += [
                _licence_entry(x)
                for x in licences.valid_of_subjects(holders, acting.today)
                if x.kind in kinds
            ]
            application.evidence += [
                _shown_entry(x) for x in evidence.shown_for(acting, holders, event.services)
            ]
        else:
            application.evidence, application.looked_up = [], {}
    _derive(acting, application, pack)
    if consent:
        _settle(acting, application, pack, found)


def gather_where_it_lies(acting: Acting, draft: models.Application, found: Found = NOTHING) -> Pack:
    """Gather under the pack of the district that the answers name; again when that turns out to be another one."""
    pack = form.pack_of(draft, acting)
    gather(acting=acting, application=draft, pack=pack, found=found)
    district = form.district_of(draft, pack)
    if draft.state == "draft" and district != draft.district:
        draft.district = district
        moved = form.pack_of(draft, acting)
        if moved.digest != pack.digest:
            gather(acting=acting, application=draft, pack=moved, found=found)
        return moved
    return pack


def due(application: models.Application, pack: Pack) -> list[Due]:
    """The registries that its life event reads and that were not asked yet with the keys the application has now."""
    asked = []
    for name, fields in reads.fields_read(pack, pack.life_events[application.event]).items():
        resource = pack.resources[name]
        key = _key(application, resource)
        digest = _digest(key)
        if key and application.looked_up.get(name) != digest:
            asked.append(Due(resource, key, digest, fields))
    return asked


def add_licence(*, acting: Acting, application: models.Application, pack: Pack, licence: Any) -> None:
    """Add a licence that this application itself has brought: evidence, and facts that nobody has stated yet."""
    _add(application, {**_licence_entry(licence), "late": True})
    _derive(acting, application, pack)


def add_shown(
    *,
    acting: Acting,
    application: models.Application,
    pack: Pack,
    shown: Shown,
    settles: Collection[str] = (),
) -> None:
    """Add a licence that another place has shown in the meantime. Changes `application` without saving it.

    In a draft it counts like every other licence. Of a submitted application it fills in what nobody has stated, and
    `settles` the facts that a correction notice asks about.
    """
    late = {} if application.state == "draft" else {"late": True, "settles": sorted(settles)}
    _add(application, {**_shown_entry(shown), **late})
    _derive(acting, application, pack)
    if application.state == "draft":
        _settle(acting, application, pack, NOTHING)


def verified(application: models.Application, pack: Pack) -> dict[str, Any]:
    """Values of the facts that a licence or a registry vouches for: found there, or stated and found the same there."""
    found = {name: said["value"] for name, said in application.answers.items() if said["source"] != "answer"}
    for entry in application.evidence:
        for one in _observed(entry, pack):
            said = application.answers.get(one.name)
            if said is not None and said["value"] == one.value:
                found.setdefault(one.name, one.value)
    return found


def _add(application: models.Application, entry: dict[str, Any]) -> None:
    if all(e["reference"] != entry["reference"] for e in application.evidence):
        application.evidence = [*application.evidence, entry]


def _derive(acting: Acting, application: models.Application, pack: Pack) -> None:
    """`answers` from `stated` and `evidence`, by the pack's order of sources."""
    seen = [*_stated(application, pack), *_earlier(acting, application, pack)]
    late: list[Observed] = []
    for entry in application.evidence:
        for one in _observed(entry, pack):
            (late if entry.get("late") and one.name not in entry.get("settles", ()) else seen).append(one)
    elsewhere = {e["reference"]: e["from"] for e in application.evidence if "from" in e}
    resolved = resolve(late, pack.facts, acting.today) | resolve(seen, pack.facts, acting.today)
    application.answers = {
        name: {
            "value": o.value, "source": o.source, "source_id": o.source_id, "reference": o.reference,
            "observed_at": o.observed_at.date().isoformat(),
            **({"from": elsewhere[o.reference]} if o.source == "licence" and o.reference in elsewhere else {}),
        }
        for name, o in resolved.items()
    }  # fmt: skip


def _stated(application: models.Application, pack: Pack) -> Iterator[Observed]:
    """What the applicant said. An answer that this pack cannot read says nothing, and stays in `stated`."""
    for name, said in application.stated.items():
        fact, value = pack.facts.get(name), said["value"]
        if fact is None or (value is not None and not _readable(fact, value, pack)):
            continue
        yield Observed(
            name, said["value"], "answer", "answer", said["reference"], datetime.fromisoformat(said["at"])
        )


def _earlier(acting: Acting, application: models.Application, pack: Pack) -> Iterator[Observed]:
    """Earlier answers about the same person or firm. What belongs to a place is asked anew for each place, and so is
    every choice: only what a subject *is* carries over. That there was none yet on an earlier day does not either."""
    if application.state != "draft" or not dossier.has_consent(application.id):
        return
    kind = identity.subject(application.subject).kind
    for seen in dossier.observations_of(application.subject):
        fact = pack.facts.get(seen.name)
        if fact is None or seen.source != "answer" or seen.value is None:
            continue
        if fact.subject == kind and fact.type not in ("boolean", "code"):
            yield seen


def _observed(entry: Mapping[str, Any], pack: Pack) -> Iterator[Observed]:
    """What one piece of evidence says about facts. A value that this pack cannot read says nothing."""
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
            if value is not None and _readable(fact, value, pack):
                yield Observed(name, value, entry["kind"], entry["id"], entry["reference"], at)


def _settle(acting: Acting, application: models.Application, pack: Pack, found: Found) -> None:
    """Take in what registries said for the keys as they are now, and drop what they said for other keys.

    One registry may supply the key of another, so it is done until nothing changes.
    """
    for _ in range(len(pack.resources) + 1):
        changed = [_settle_one(application, resource, found) for resource in pack.resources.values()]
        if not any(changed):
            return
        _derive(acting, application, pack)


def _settle_one(application: models.Application, resource: Resource, found: Found) -> bool:
    """True when anything changed."""
    digest = _digest(_key(application, resource))
    if application.looked_up.get(resource.id, "") == digest:
        return False
    before = application.evidence, application.looked_up.pop(resource.id, None)
    kept = [e for e in application.evidence if (e["kind"], e["id"]) != ("registry", resource.id)]
    drawn = found.get(resource.id)
    if drawn is not None and drawn.digest == digest and not drawn.refused:
        application.looked_up[resource.id] = digest
        kept += [dict(drawn.entry)] if drawn.entry is not None else []
    application.evidence = kept
    return before != (kept, application.looked_up.get(resource.id))


def _key(application: models.Application, resource: Resource) -> str:
    known = application.answers.get(resource.key_fact)
    return str(known["value"]) if known and known["value"] is not None else ""


def _digest(key: str) -> str:
    return keys.keyed_digest(catalogue.fold_key(key)) if key else ""


def _licence_entry(licence: Any) -> dict[str, Any]:
    return {
        "kind": "licence", "id": licence.kind, "reference": licence.identifier,
        "valid_to": licence.valid_to.isoformat() if licence.valid_to else None,
        "on": licence.issue_date.isoformat(), "values": dict(licences.values(licence)),
    }  # fmt: skip


def _shown_entry(shown: Shown) -> dict[str, Any]:
    return {
        "kind": "licence", "id": shown.kind, "reference": shown.identifier,
        "valid_to": shown.valid_to.isoformat() if shown.valid_to else None,
        "on": shown.issued_on.isoformat(), "values": dict(shown.values),
        "from": {
            "node": shown.node, "place": _pair(shown.place), "issuer": _pair(shown.issuer),
            "on": shown.shown_on.isoformat(), "request": str(shown.request),
        },
    }  # fmt: skip


def _pair(text: Bilingual) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _readable(fact: Fact, value: Any, pack: Pack) -> bool:
    try:
        packfacts.read_value(fact, pack.code_lists, value)
    except ValueError:
        return False
    return True
