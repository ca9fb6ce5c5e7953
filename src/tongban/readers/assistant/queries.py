"""Finding life events, services and law of the pack in force by what people call them.

    search(pack, "开一家面馆", "zh-hans")[0]  ->  Hit("event", "open-restaurant", "开办餐饮店", "开面馆、饭店...", 21.4)

Both languages and both scripts are searched whatever the reader's language is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from tongban.base.kit import text as words
from tongban.core.packs.model import LifeEvent, Service
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.readers.assistant import folding
from tongban.readers.assistant.index import Document, Index

SNIPPET = 120


@dataclass(frozen=True, slots=True)
class Hit:
    kind: str
    """`event`, `service` or `law`."""
    id: str
    title: str
    snippet: str
    score: float


def search(pack: Pack, text: str, language: str, *, limit: int = 50) -> list[Hit]:
    """Best first; empty when nothing in the pack fits. Nothing is ever made up."""
    matches = _index(_Keyed(pack.digest, pack)).search(text, limit)
    return [
        Hit(
            m.kind,
            m.id,
            _title(pack, m.kind, m.id, language),
            _snippet(pack, m.kind, m.id, text, language),
            m.score,
        )
        for m in matches
    ]


@dataclass(frozen=True)
class _Keyed:
    """A pack that a cache knows by its digest."""

    digest: str
    pack: Pack = field(compare=False, repr=False)


@lru_cache(maxsize=8)
def _index(keyed: _Keyed) -> Index:
    pack = keyed.pack
    events = [_event(pack, event) for event in pack.life_events.values()]
    services = [_service(pack, service) for service in pack.services.values()]
    laws = [
        Document(
            "law", law.id, ((4, _both(law.name)), *((1, _both(a.text)) for a in law.articles_)), boost=0.7
        )
        for law in pack.laws.values()
    ]
    return Index([*events, *services, *laws])


def _event(pack: Pack, event: LifeEvent) -> Document:
    services = [pack.services[service] for service in event.services]
    asked = dict.fromkeys(name for service in services for name in service.form)
    questions = [_both(pack.facts[name].question) for name in asked if name in pack.facts]
    return Document(
        "event",
        event.id,
        (
            (5, _both(event.name)),
            *((4, word) for word in event.search),
            (3, _both(event.summary)),
            (1, " ".join(_both(service.name) for service in services)),
            (0.3, " ".join(questions)),
        ),
        boost=1.5,
    )


def _service(pack: Pack, service: Service) -> Document:
    authority = pack.authorities.get(service.authority)
    return Document(
        "service",
        service.id,
        (
            (5, _both(service.name)),
            (2, _both(service.summary)),
            (2, _both(service.result.name)),
            (1, _both(service.applies_because)),
            (0.5, _both(authority.name if authority else None)),
        ),
    )


def _both(value: Bilingual | None) -> str:
    return f"{value.zh} {value.en}" if value is not None else ""


def _title(pack: Pack, kind: str, entry_id: str, language: str) -> str:
    entries = {"event": pack.life_events, "service": pack.services, "law": pack.laws}[kind]
    return words.in_language(entries[entry_id].name, language)


def _snippet(pack: Pack, kind: str, entry_id: str, question: str, language: str) -> str:
    """The summary; of a law the article that shares most with the question."""
    if kind == "event":
        shown = words.in_language(pack.life_events[entry_id].summary, language)
    elif kind == "service":
        shown = words.in_language(pack.services[entry_id].summary, language)
    else:
        asked = set(folding.question_tokens(question).strong)
        articles = pack.laws[entry_id].articles_
        best = max(
            articles, key=lambda a: len(asked & set(folding.tokens(_both(a.text)).strong)), default=None
        )
        shown = words.in_language(best.text, language) if best is not None else ""
    return shown if len(shown) <= SNIPPET else shown[: SNIPPET - 1] + "…"
