"""Every write of this room's API, as its document lists them: once per key, never on a stale version, whole or not at all.

An operation that is new in the document fails here until it has its line in `WRITES`, or stands in `NOT_WALKED`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from tests.factories import shops
from tests.factories.papers import pdf
from tests.work.cases import applicants
from tests.work.cases.officer_desk import FOOD, Desk
from tests.work.cases.test_after_decision import Hear, annulled, granted, granted_on_commitment
from tests.work.cases.test_objections import objected, refused

from tongban.base.audit import actions as audit
from tongban.base.audit.models import Entry, Message
from tongban.base.notices.models import Document
from tongban.work.cases import models
from tongban.work.cases.actions import drafts, handling, revocations

API: Final = "/api/v1"
ROOM: Final = {"applications", "cases"}
"""Tags of this room's operations."""
REASONS: Final = {"reasons": "As the law says."}
FILE: Final = "a file"


@dataclass
class Write:
    """One write that is possible now."""

    client: Client
    path: str
    body: Any = None
    about: models.Case | models.Application | None = None
    """What its version is of; None: it needs none."""

    def send(self, method: str, **headers: str) -> Any:
        data, kind = json.dumps(self.body or {}), "application/json"
        if self.body == FILE:
            data = encode_multipart(BOUNDARY, {"file": applicants.file(data=pdf("other"))})  # type: ignore[assignment]
            kind = MULTIPART_CONTENT
        return self.client.generic(method, f"{API}{self.path}", data, content_type=kind, headers=headers)

    @property
    def version(self) -> dict[str, str]:
        if self.about is None:
            return {}
        self.about.refresh_from_db()
        return {"if-match": f'"{self.about.version}"'}


def on_case(case: models.Case, who: Client, path: str, body: Any = None) -> Write:
    return Write(who, f"/cases/{case.number}/{path}", body, case)


def officer(
    case: Callable[[Desk, Hear], models.Case], path: str, body: Any = None, who: str = "demo-market"
) -> Any:
    return lambda desk, hear: on_case(case(desk, hear), desk.browser(who), path, body)


def fresh(desk: Desk, hear: Hear) -> models.Case:
    return desk.case(FOOD)


def accepted(desk: Desk, hear: Hear) -> models.Case:
    case = desk.case(FOOD)
    desk.later(minutes=1)
    return handling.accept(acting=desk.acting("demo-market"), number=case.number)


def suspended(desk: Desk, hear: Hear) -> models.Case:
    case = accepted(desk, hear)
    desk.later(minutes=1)
    return handling.suspend(acting=desk.acting("demo-market"), number=case.number, reasons="A test is made.")


def proposed(desk: Desk, hear: Hear) -> models.Case:
    case = granted_on_commitment(desk, hear)
    desk.later(minutes=1)
    revocations.propose(
        acting=desk.acting("demo-fire"),
        number=case.number,
        ground="commitment-untrue",
        reasons="It is not so.",
    )
    desk.later(days=8)  # its holder has had the time to be heard
    case.refresh_from_db()
    return case


def draft(desk: Desk) -> tuple[Client, models.Application]:
    return desk.browser("demo-shen"), shops.filled_draft(desk.acting("demo-shen"), answers=shops.FOUNDING)


def started(desk: Desk, hear: Hear) -> Write:
    return Write(
        desk.browser("demo-shen"), "/applications", {"event": applicants.EVENT, "answers": {"area": "86.5"}}
    )


def changed(desk: Desk, hear: Hear) -> Write:
    client, found = draft(desk)
    return Write(client, f"/applications/{found.id}", {"answers": {"sign": "none"}}, found)


def handed_in(desk: Desk, hear: Hear) -> Write:
    client, found = draft(desk)
    return Write(client, f"/applications/{found.id}/materials/layout-plan", FILE, found)


def signed(desk: Desk, hear: Hear) -> Write:
    client, found = draft(desk)
    commitment = found.materials.filter(way="commit", replaced_at=None).first()
    drafts.take_back(acting=desk.acting("demo-shen"), application=found.id, material=commitment.material)
    return Write(client, f"/applications/{found.id}/materials/{commitment.material}/signature")


def submitted(desk: Desk, hear: Hear) -> Write:
    client, found = draft(desk)
    return Write(client, f"/applications/{found.id}/submit")


def objecting(desk: Desk, hear: Hear) -> Write:
    case = refused(desk, hear)
    client = applicants.browser(desk.city, "demo-lin", for_firm=True)
    return on_case(case, client, "objections", REASONS)


DEFECTS: Final = {"defects": [{"kind": "fact", "id": "area", "text": "Give the area in use."}]}
UNTRUE: Final = {"ground": "law-changed", **REASONS}
WRITES: Final[dict[str, Callable[[Desk, Hear], Write]]] = {
    "create_application": started,
    "change_application": changed,
    "put_material": handed_in,
    "sign_commitment": signed,
    "submit_application": submitted,
    "accept_case": officer(fresh, "accept"),
    "request_correction": officer(fresh, "corrections", DEFECTS),
    "decline_case": officer(fresh, "declines", REASONS),
    "suspend_case": officer(accepted, "suspensions", REASONS),
    "resume_case": officer(suspended, "resumptions"),
    "extend_case": officer(accepted, "extensions", REASONS),
    "decide_case": officer(accepted, "decisions", {"outcome": "granted", **REASONS}),
    "check_commitment": officer(granted_on_commitment, "checks", {"kept": True, **REASONS}, "demo-fire"),
    "end_result": officer(granted, "endings", UNTRUE),
    "confirm_ending": officer(proposed, "endings/confirmation", None, "demo-fire-second"),
    "drop_ending": officer(proposed, "endings/dropping", None, "demo-fire-second"),
    "readmit_to_commitments": officer(annulled, "readmission", REASONS, "demo-fire"),
    "object_to_decision": objecting,
    "review_objection": officer(objected, "reviews", {"outcome": "upheld", **REASONS}, "demo-market-second"),
}
NOT_WALKED: Final = {
    "ask_for_hearing", "call_hearing", "record_hearing", "state_against_ending", "terminate_case",
    "confirm_inspection", "consult_authorities", "give_opinion", "order_inspection", "record_inspection", "replace_inspector",
}  # fmt: skip
"""Held to taking a key or a version here; what they do twice, or on a stale version, is left to tests of their own."""


def operations() -> dict[str, tuple[str, set[str]]]:
    """Operation id to method and names of its headers, of every write of this room's API."""
    from tongban.doors.api.api import api

    found: dict[str, tuple[str, set[str]]] = {}
    for methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].values():
        for method, operation in methods.items():
            if method != "get" and ROOM & set(operation.get("tags", ())):
                headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
                found[operation["operationId"]] = (method.upper(), headers)
    return found


OPERATIONS: Final = operations()
WALKED: Final = sorted(set(OPERATIONS) & set(WRITES))
VERSIONED: Final = [name for name in WALKED if "If-Match" in OPERATIONS[name][1]]


def effects() -> dict[str, Any]:
    """Whatever a write of this room leaves behind."""
    counted = (
        models.Application, models.Case, models.CaseEvent, models.Correction, models.Decision, models.Ending, models.Exclusion,
        models.Material, models.Objection, Entry, Message, Document,
    )  # fmt: skip
    return {m.__name__: m.objects.count() for m in counted} | {
        "versions": [
            sorted(m.objects.values_list("pk", "version", "state")) for m in (models.Application, models.Case)
        ]
    }


def test_every_write_of_the_document_is_tried_here() -> None:
    assert set(WRITES) <= set(OPERATIONS)
    assert not set(OPERATIONS) - set(WRITES) - NOT_WALKED


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_write_takes_a_key_or_a_version(name: str) -> None:
    method, headers = OPERATIONS[name]
    assert ("Idempotency-Key" if method == "POST" else "If-Match") in headers


@pytest.mark.parametrize("name", WALKED)
def test_the_same_write_again_gives_the_same_answer_and_does_nothing(
    desk: Desk, hear: Hear, name: str
) -> None:
    method, write = OPERATIONS[name][0], WRITES[name](desk, hear)
    desk.later(minutes=1)
    headers = write.version | ({"idempotency-key": f"key-{name}"} if method == "POST" else {})
    before = effects()
    first = write.send(method, **headers)
    assert first.status_code < 300, first.content
    after = effects()
    assert after != before
    desk.later(minutes=1)
    again = write.send(method, **headers)
    assert effects() == after
    if method == "POST":
        assert again.json() == first.json()
        assert again["Idempotent-Replayed"] == "true"
    else:
        assert (again.status_code, again.json()["code"]) == (412, "stale-version")


@pytest.mark.parametrize("name", [n for n in WALKED if OPERATIONS[n][0] == "POST"])
def test_without_a_key_a_repeated_write_does_nothing_either(desk: Desk, hear: Hear, name: str) -> None:
    write = WRITES[name](desk, hear)
    desk.later(minutes=1)
    headers = write.version
    assert write.send("POST", **headers).status_code < 300
    after = effects()
    desk.later(minutes=1)
    write.send("POST", **headers)
    if name == "create_application":  # the open draft is taken up again and saved; there is no second one
        assert models.Application.objects.count() == 1
        return
    assert effects() == after


@pytest.mark.parametrize("name", VERSIONED)
def test_a_write_on_a_stale_version_or_without_one_is_refused(desk: Desk, hear: Hear, name: str) -> None:
    method, write = OPERATIONS[name][0], WRITES[name](desk, hear)
    assert write.about is not None
    desk.later(minutes=1)
    write.about.refresh_from_db()
    before = effects()
    stale = write.send(method, **{"if-match": f'"{write.about.version - 1}"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    without = write.send(method)
    assert (without.status_code, without.json()["code"]) == (428, "version-needed")
    assert effects() == before


@pytest.mark.parametrize("name", WALKED)
def test_when_the_outbox_fails_nothing_of_the_write_is_there(
    desk: Desk, hear: Hear, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, write = OPERATIONS[name][0], WRITES[name](desk, hear)
    desk.later(minutes=1)
    headers, before, asked = write.version, effects(), []

    def broken(**given: Any) -> None:
        asked.append(given)
        raise RuntimeError("the outbox is broken")

    monkeypatch.setattr(audit, "record", broken)
    monkeypatch.setattr(audit, "record_many", broken)
    monkeypatch.setattr(audit, "send", broken)
    answer = write.send(method, **headers)
    assert asked, "nothing of this write is audited"
    assert answer.status_code == 500
    assert effects() == before


@pytest.mark.parametrize("name", [n for n in VERSIONED if n not in ("change_application", "put_material")])
def test_a_transition_locks_its_row_once_in_one_transaction(desk: Desk, hear: Hear, name: str) -> None:
    write = WRITES[name](desk, hear)
    desk.later(minutes=1)
    headers = write.version
    with CaptureQueriesContext(connection) as queries:
        assert write.send("POST", **headers).status_code < 300
    texts = [query["sql"] for query in queries]
    locks = [n for n, text in enumerate(texts) if 'FROM "cases_case"' in text and "FOR UPDATE" in text]
    assert len(locks) == 1
    changes = [n for n, text in enumerate(texts) if text.startswith(("INSERT", "UPDATE"))]
    assert locks[0] < min(changes), "something was written before the row was locked"


def test_an_applicants_signature_counts_once(desk: Desk, hear: Hear) -> None:
    write = signed(desk, hear)
    for _ in range(2):
        assert write.send("POST").status_code == 200
    material = write.path.split("/")[-2]
    assert models.Material.objects.filter(material=material, way="commit", replaced_at=None).count() == 1
