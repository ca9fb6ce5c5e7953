"""What may be read about a subject for a policy, and on what ground.

    facts_of(subject, pack, names, at)   answers and registry rows of the dossier, and what valid licences say today
    ground_of(policy, stance)            `law`, `consent`, or None: then nothing is read

A licence speaks for itself: what it once told the dossier does not count, so a revoked licence falls silent at once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal
from uuid import NAMESPACE_URL, UUID, uuid5
from zoneinfo import ZoneInfo

from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.rules.states import Facts
from tongban.records.dossier import actions as consents
from tongban.records.dossier import queries as dossier
from tongban.records.dossier.resolution import Observed, resolve
from tongban.records.licences import queries as licences
from tongban.work.policies import models

PURPOSE = "benefit without application"
Ground = Literal["law", "consent"]


@dataclass(frozen=True, slots=True)
class Stance:
    """What a subject has said about being looked at for benefits."""

    paused: bool
    """It wants nobody to look."""
    consents: bool


def stance_of(subject: UUID) -> Stance:
    return stances_of([subject])[subject]


def stances_of(subjects: Collection[UUID]) -> dict[UUID, Stance]:
    """Of each of them, in two queries."""
    pauses = models.MatchingPause.objects.filter(subject__in=subjects, ended_at=None)
    paused = set(pauses.values_list("subject", flat=True))
    chains = {subject: chain_of(subject) for subject in subjects}
    consented = dossier.consented(list(chains.values()))
    return {subject: Stance(subject in paused, chains[subject] in consented) for subject in subjects}


def ground_of(policy: Policy, stance: Stance) -> Ground | None:
    """A policy that cites articles rests on a duty that they set (个人信息保护法 art. 13(3)); any other needs consent."""
    if stance.paused:
        return None
    if policy.articles:
        return "law"
    return "consent" if stance.consents else None


def chain_of(subject: UUID) -> UUID:
    """Root under which the audit and the consents keep everything that is looked up about a subject for benefits."""
    return uuid5(NAMESPACE_URL, f"benefits:{subject}")


def facts_of(subject: UUID, pack: Pack, names: frozenset[str], at: date) -> dict[str, dict[str, Any]]:
    """Fact name to {value, source, source_id, reference, observed_at}, of these facts and no others."""
    return facts_of_many([subject], pack, names, at)[subject]


def facts_of_many(
    subjects: Collection[UUID], pack: Pack, names: frozenset[str], at: date
) -> dict[UUID, dict[str, dict[str, Any]]]:
    """Of each of them, in two queries."""
    said = dossier.observations_of_many(subjects, names)
    held = _of_licences(subjects, pack, names, at)
    zone = ZoneInfo(pack.manifest.time_zone)
    found: dict[UUID, dict[str, dict[str, Any]]] = {}
    for subject in subjects:
        observed = [seen for seen in said.get(subject, ()) if seen.source != "licence"]
        observed += held.get(subject, ())
        found[subject] = {
            name: {
                "value": seen.value, "source": seen.source, "source_id": seen.source_id, "reference": seen.reference,
                "observed_at": seen.observed_at.astimezone(zone).date().isoformat(),
            }
            for name, seen in sorted(resolve(observed, pack.facts, at).items())
        }  # fmt: skip
    return found


def typed(pack: Pack, facts: Mapping[str, Mapping[str, Any]]) -> Facts:
    """As rules read them. A value that the pack does not understand stays unknown."""
    return packfacts.read_facts(pack, {name: entry["value"] for name, entry in facts.items()})[0]


def digest_of(facts: Mapping[str, Mapping[str, Any]]) -> str:
    """Whether facts have changed: a keyed digest of their values, wherever they come from."""
    values = {name: entry["value"] for name, entry in facts.items()}
    return keys.keyed_digest(json.dumps(values, sort_keys=True, ensure_ascii=False))


def _of_licences(
    subjects: Collection[UUID], pack: Pack, names: frozenset[str], at: date
) -> Mapping[UUID, list[Observed]]:
    fillers: defaultdict[str, list[tuple[str, str, Any]]] = defaultdict(
        list
    )  # of each kind: fact, field, or what it means
    for name in pack.facts.keys() & names:
        fact = pack.facts[name]
        for source in fact.sources:
            if source.licence is not None:
                field = _field(pack, name, source.licence, source.field)
                fillers[source.licence].append((name, field, True if fact.type == "boolean" else None))
    found: defaultdict[UUID, list[Observed]] = defaultdict(list)
    if not fillers:
        return found
    for licence in licences.valid_of_subjects(subjects, at).filter(kind__in=list(fillers)):
        seen_at = datetime.combine(licence.issue_date, time(4), UTC)
        values = licences.values(licence)
        for name, field, held in fillers[licence.kind]:
            value = values.get(field) if field else held
            if value is not None:
                seen = Observed(name, value, "licence", licence.kind, licence.identifier, seen_at)
                found[licence.holder_id].append(seen)
    return found


def _field(pack: Pack, fact: str, kind: str, named: str | None) -> str:
    """Field of the licence that holds a fact: the named one, else the one that the fact fills."""
    if named is not None or kind not in pack.licences:
        return named or ""
    return next((field.id for field in pack.licences[kind].fields if field.fact == fact), "")


def give_consent(*, acting: Acting, subject: UUID) -> None:
    consents.give_consent(acting=acting.because(PURPOSE), subject=subject, root=chain_of(subject))


def withdraw_consent(*, acting: Acting, subject: UUID) -> None:
    consents.withdraw_consent(acting=acting.because(PURPOSE), root=chain_of(subject))
