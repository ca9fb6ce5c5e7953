"""What a pack says about one life event that pages need again and again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit import forms
from tongban.base.kit.templatetags.kit import day
from tongban.base.kit.text import in_language
from tongban.core.packs.model import Fact, LicenceKind, Resource, ResourceField
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads
from tongban.work.cases import models


def deciding_facts(pack: Pack, event: str) -> frozenset[str]:
    """Facts that some rule of the event reads: they decide, and are asked before the form is filled."""
    return _deciding(pack.digest, event)


@lru_cache(maxsize=64)
def _deciding(digest: str, event: str) -> frozenset[str]:
    pack = directory.pack(digest)
    services = (pack.services[service] for service in pack.life_events[event].services)
    return frozenset(
        name for service in services for text in reads.rules(pack, service) for name in pack.rule(text).facts
    )


def drawn_on(pack: Pack, event: str) -> tuple[list[LicenceKind], list[tuple[Resource, list[ResourceField]]]]:
    """Kinds of licence and registries, with the fields looked up, that an application for the event makes use of."""
    found = pack.life_events[event]
    kinds, fields = reads.kinds_read(pack, found), reads.fields_read(pack, found)
    looked_up = [
        (resource, [field for field in resource.fields if field.id in fields[resource.id]])
        for resource in pack.resources.values()
        if resource.id in fields
    ]
    return [kind for kind in pack.licences.values() if kind.id in kinds], looked_up


def organ_name(pack: Pack, authority: str, place: str) -> str:
    """The organ that fills a role here; the role itself where no organ of this place does."""
    try:
        return in_language(directory.organisation_for(pack, authority, place).name)
    except LookupError:
        return in_language(pack.authorities[authority].name) if authority in pack.authorities else authority


def source_name(pack: Pack, source: str, source_id: str) -> str:
    """Name of a licence kind or registry; empty for what the subject said."""
    kind = {"licence": pack.licences, "registry": pack.resources}.get(source, {}).get(source_id)
    return in_language(kind.name) if kind is not None else ""


def source_of(pack: Pack, entry: Mapping[str, Any]) -> str:
    """Name of the licence or registry behind an answer, and which other place has shown it; empty for a statement."""
    return _shown_by(source_name(pack, entry["source"], entry["source_id"]), entry)


def evidence_name(pack: Pack, entry: Mapping[str, Any]) -> str:
    """Name of one piece of evidence, and which other place has shown it, and when."""
    named = _shown_by(source_name(pack, entry["kind"], entry["id"]), entry)
    return f"{named} · {day(date.fromisoformat(entry['from']['on']))}" if "from" in entry else named


def shown_elsewhere(pack: Pack, evidence: Iterable[Mapping[str, Any]], row: models.Material | None) -> str:
    """How a held material was shown by another place; empty when it was not."""
    entries = [
        e for e in evidence if row is not None and row.way == "held" and e["reference"] == row.reference
    ]
    return next((evidence_name(pack, e) for e in entries if "from" in e), "")


def _shown_by(name: str, entry: Mapping[str, Any]) -> str:
    if not name or "from" not in entry:
        return name
    return _("%(licence)s, shown by %(place)s") % {
        "licence": name,
        "place": in_language(entry["from"]["place"]),
    }


def source_keeper(pack: Pack, source: str, source_id: str, place: str) -> str:
    """The organ that can correct what a licence or registry says; empty where it is not known."""
    if source == "licence" and source_id in pack.licences:
        return organ_name(pack, pack.licences[source_id].issuer, place)
    if source == "registry" and source_id in pack.resources:
        return organ_name(pack, pack.resources[source_id].steward, place)
    return ""


def drawn_as_radio(pack: Pack, fact: Fact) -> bool:
    """Whether a code is chosen from radio buttons: then the first button is where a link leads."""
    codes = pack.code_lists.get(fact.codes or "")
    return codes is not None and len(codes.items) <= forms.RADIOS_UP_TO
