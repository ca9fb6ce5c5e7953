"""Packs for tests: the YAML says what matters to the test, the rest is filled in.

small_pack('''
facts: [{id: abroad, type: boolean}]
services: [{id: passport, applies_when: abroad}]
''')
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

import yaml

from tongban.core.packs.facts import read_facts
from tongban.core.packs.loader import load
from tongban.core.packs.model import KINDS, Manifest
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Held, Plan, Status
from tongban.core.planning.plan import plan
from tongban.core.rules.check import compile_rule
from tongban.core.rules.rule import Rule
from tongban.core.rules.types import Kind, Type, Vocabulary, parse_type

MONDAY = date(2026, 3, 2)

_MANIFEST = {
    "id": "small",
    "version": "1.0.0",
    "name": {"zh": "小", "en": "Small"},
    "jurisdiction": "000000",
    "licence": "Apache-2.0",
}
_CALENDAR = {"id": "default", "known_until": date(2026, 12, 31), "rest_days": [], "working_days": []}
_TYPE_CODE = "11100000MBDEM10180001"


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


def small_pack(content: str | dict[str, Any]) -> Pack:
    """A pack of one layer with the authorities `office` and `court`. An event `event` holds all services."""
    given: dict[str, Any] = yaml.safe_load(content) if isinstance(content, str) else content
    files = {"small/pack.yaml": _dump(_MANIFEST)}
    files |= {f"small/{kind}/all.yaml": _dump(entries) for kind, entries in _filled(given).items()}
    loaded = load(files, "small")
    assert loaded.pack is not None, "\n".join(map(str, loaded.problems))
    return loaded.pack


def unchecked_pack(content: dict[str, Any]) -> Pack:
    """The same without the loader, which refuses rules that can never be true; fast enough for random packs."""
    read = {
        kind: {entry["id"]: KINDS[kind][1].model_validate(entry) for entry in entries}
        for kind, entries in _filled(content).items()
    }
    by_attribute: dict[str, Any] = {attribute: read.get(kind, {}) for kind, (attribute, _) in KINDS.items()}
    manifest = Manifest.model_validate(_MANIFEST)
    types = tuple((fact.id, fact.type) for fact in by_attribute["facts"].values())
    rules = {found: _boolean_rule(found, types) for found in {"TRUE", *_rule_texts(content)}}
    return Pack(manifest=manifest, layers=(manifest,), digest="sha256:random", rules=rules, **by_attribute)


def plan_of(
    pack: Pack,
    facts: dict[str, Any] | None = None,
    *,
    held: tuple[Held, ...] = (),
    at: date = MONDAY,
    event: str = "event",
    **options: Any,
) -> Plan:
    known, problems = read_facts(pack, facts or {})
    assert not problems
    return plan(pack, event, known, held, at, **options)


def licence(kind: str, valid_to: date | None = None) -> Held:
    return Held("licence", kind, f"number of {kind}", valid_to)


def row(registry: str) -> Held:
    return Held("registry", registry, f"key in {registry}")


def ways(found: Plan) -> dict[str, Status]:
    """Material to its status."""
    return {m.id: m.status for m in found.materials}


def asked(found: Plan) -> list[str]:
    return [q.fact for q in found.questions]


def _filled(content: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    folders: dict[str, list[dict[str, Any]]] = {kind: list(entries) for kind, entries in content.items()}
    folders.setdefault("authorities", [{"id": i, "name": text(i)} for i in ("office", "court")])
    folders.setdefault("calendars", [_CALENDAR])
    if "life-events" not in folders:
        folders["life-events"] = [{"id": "event", "services": [s["id"] for s in folders["services"]]}]
    return {kind: [_FILLED.get(kind, dict)(entry) for entry in entries] for kind, entries in folders.items()}


@cache
def _boolean_rule(found: str, types: tuple[tuple[str, str], ...]) -> Rule:
    words = Vocabulary(facts={name: parse_type(type) for name, type in types}, parameters={}, code_lists={})
    rule = compile_rule(found, words, expect=Type(Kind.BOOLEAN)).rule
    assert rule is not None, found
    return rule


def _rule_texts(part: Any, key: str = "") -> Iterator[str]:
    match part:
        case dict():
            for name, inner in part.items():
                yield from _rule_texts(inner, name)
        case list():
            for inner in part:
                yield from _rule_texts(inner, key)
        case str() if key in ("when", "applies_when", "rule", "blocked_when"):
            yield part
        case _:
            pass


def _dump(content: Any) -> bytes:
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()


def _service(entry: dict[str, Any]) -> dict[str, Any]:
    usual = {
        "name": text(entry["id"]),
        "kind": "permit",
        "case_type": "promised",
        "authority": "office",
        "promised": {"amount": 5},
        "result": {},
        "alone": {"steps": 3, "visits": 1},
    }
    filled = usual | entry
    filled["result"] = {"name": text(entry["id"])} | filled["result"]
    filled["requires"] = [r if isinstance(r, dict) else {"material": r} for r in entry.get("requires", [])]
    filled["variants"] = [{"name": text(v["id"])} | v for v in entry.get("variants", [])]
    filled["conditions"] = [{"label": text(c["id"])} | c for c in entry.get("conditions", [])]
    filled["blocked_when"] = [
        {"when": b, "reason": text("not possible")} for b in entry.get("blocked_when", [])
    ]
    return filled


def _fact(entry: dict[str, Any]) -> dict[str, Any]:
    usual: dict[str, Any] = {"subject": "person", "type": "boolean", "label": text(entry["id"])}
    if not entry.get("silent"):
        usual["question"] = text(f"{entry['id']}?")
    return {k: v for k, v in (usual | entry).items() if k != "silent"}


def _material(entry: dict[str, Any]) -> dict[str, Any]:
    usual = {"name": text(entry["id"]), "channel": "applicant", "alternatives": [{"upload": {}}]}
    return usual | entry


def _licence(entry: dict[str, Any]) -> dict[str, Any]:
    usual = {
        "name": text(entry["id"]),
        "holder": "person",
        "issuer": "office",
        "type_code": _TYPE_CODE,
        "validity": {},
        "fields": [{"id": "number", "label": text("number"), "given": "number"}],
    }
    return usual | entry


def _resource(entry: dict[str, Any]) -> dict[str, Any]:
    key = entry["key_fact"]
    fields = [{"id": fact, "label": text(fact), "fact": fact} for fact in entry.get("fields", [key])]
    usual = {"name": text(entry["id"]), "steward": "office", "key": key}
    return usual | entry | {"fields": fields}


def _event(entry: dict[str, Any]) -> dict[str, Any]:
    usual = {
        "name": text(entry["id"]),
        "summary": text(entry["id"]),
        "subject": "person",
        "lead": "office",
        "together": {"steps": 2, "visits": 0},
    }
    return usual | entry


def _code_list(entry: dict[str, Any]) -> dict[str, Any]:
    items = [{"code": code, "label": text(code)} for code in entry["items"]]
    return {"name": text(entry["id"])} | entry | {"items": items}


def _parameter(entry: dict[str, Any]) -> dict[str, Any]:
    return {"label": text(entry["id"])} | entry


_FILLED = {
    "services": _service,
    "facts": _fact,
    "materials": _material,
    "licences": _licence,
    "resources": _resource,
    "life-events": _event,
    "code-lists": _code_list,
    "parameters": _parameter,
}
