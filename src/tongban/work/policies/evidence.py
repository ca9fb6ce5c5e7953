"""What may be read about a subject for a policy, and on what ground.

    facts_of(subject, pack, names, at)   answers and registry rows of the dossier, and what valid licences say today
    ground_of(policy, stance)            `law`, `consent`, or None: then nothing is read

A licence speaks for itself: what it once told the dossier does not count, so a revoked licence falls silent at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
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
    paused = models.MatchingPause.objects.filter(subject=subject, ended_at=None).exists()
    return Stance(paused, dossier.has_consent(chain_of(subject)))


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
    said = (seen for seen in dossier.observations_of(subject) if seen.source != "licence")
    observed = [seen for seen in (*said, *_of_licences(subject, pack, at)) if seen.name in names]
    zone = ZoneInfo(pack.manifest.time_zone)
    return {
        name: {
            "value": seen.value, "source": seen.source, "source_id": seen.source_id, "reference": seen.reference,
            "observed_at": seen.observed_at.astimezone(zone).date().isoformat(),
        }
        for name, seen in sorted(resolve(observed, pack.facts, at).items())
    }  # fmt: skip


def typed(pack: Pack, facts: Mapping[str, Mapping[str, Any]]) -> Facts:
    """As rules read them. A value that the pack does not understand stays unknown."""
    return packfacts.read_facts(pack, {name: entry["value"] for name, entry in facts.items()})[0]


def digest_of(facts: Mapping[str, Mapping[str, Any]]) -> str:
    """Whether facts have changed: a keyed digest of their values, wherever they come from."""
    values = {name: entry["value"] for name, entry in facts.items()}
    return keys.keyed_digest(json.dumps(values, sort_keys=True, ensure_ascii=False))


def _of_licences(subject: UUID, pack: Pack, at: date) -> Iterator[Observed]:
    for licence in licences.valid_of_subjects([subject], at):
        seen_at = datetime.combine(licence.issue_date, time(4), UTC)
        values = licences.values(licence)
        for name, fact in pack.facts.items():
            for source in fact.sources:
                if source.licence != licence.kind:
                    continue
                field = _field(pack, name, licence.kind, source.field)
                value = values.get(field) if field else (True if fact.type == "boolean" else None)
                if value is not None:
                    yield Observed(name, value, "licence", licence.kind, licence.identifier, seen_at)


def _field(pack: Pack, fact: str, kind: str, named: str | None) -> str:
    """Field of the licence that holds a fact: the named one, else the one that the fact fills."""
    if named is not None or kind not in pack.licences:
        return named or ""
    return next((field.id for field in pack.licences[kind].fields if field.fact == fact), "")


def give_consent(*, acting: Acting, subject: UUID) -> None:
    consents.give_consent(acting=acting.because(PURPOSE), subject=subject, root=chain_of(subject))


def withdraw_consent(*, acting: Acting, subject: UUID) -> None:
    consents.withdraw_consent(acting=acting.because(PURPOSE), root=chain_of(subject))
