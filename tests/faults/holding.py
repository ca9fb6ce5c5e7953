"""What must hold in the database of a node whatever was killed: sentences for all that does not."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row
from tests.faults.told import Told

from tongban.base.audit import chain
from tongban.config.subscriptions import SUBSCRIPTIONS
from tongban.core.packs.pack import Pack
from tongban.core.procedures import states
from tongban.core.procedures.model import CaseEvent, Event

LEFT_OUT: Final = ("notices.issued",)
"""Messages that this node has nobody for: see `untypeset`."""
BY_OFFICER: Final = {
    "accept": ("accept", "accept_tolerantly"),
    "granted": ("grant", "grant_on_commitment"),
    "refused": ("refuse",),
}


def broken(session: psycopg.Connection[Any], told: Told, pack: Pack) -> list[str]:
    """What does not hold at any moment: what was acknowledged is there, once, and whole."""
    read = _reader(session)
    return [
        *_submissions(read, told),
        *_cases(read, told),
        *_chains(read),
        *_together(read),
        *_licences(read, pack),
        *_twice(read),
    ]


def owed(session: psycopg.Connection[Any], told: Told, pack: Pack) -> list[str]:
    """What is still to come: messages not heard, licences not issued, timers not fired. In the end nothing is."""
    read = _reader(session)
    heard = {(row["message_id"], row["subscriber"]) for row in read("SELECT * FROM audit_delivery")}
    waiting = [
        f"{subscriber} has not heard {message['kind']} {message['id']}"
        for message in read("SELECT id, kind FROM audit_message")
        for subscriber in SUBSCRIPTIONS[message["kind"]]
        if message["kind"] not in LEFT_OUT and (message["id"], subscriber) not in heard
    ]
    issued = {row["decision"] for row in read("SELECT decision FROM licences_licence")}
    for row in _granted(read):
        if pack.services[row["service"]].result.licence is not None and row["id"] not in issued:
            waiting.append(f"no licence for the decision {row['id']} on {row['number']}")
    fired = Counter(
        (row["number"], row["event"])
        for row in read(
            "SELECT c.number, e.event FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id "
            "WHERE e.role = 'system'"
        )
    )
    for number, event in told.due.items():
        if not fired[number, event]:
            waiting.append(f"time owes {event} to {number}")
    return waiting


def _submissions(read: Any, told: Told) -> list[str]:
    rows = read("SELECT id, number, state FROM cases_application WHERE number IS NOT NULL")
    found = Counter(row["number"] for row in rows)
    faults = [
        f"application {n} was acknowledged and is there {found[n]} times"
        for n in told.submitted
        if found[n] != 1
    ]
    faults += [f"application {n} is there and nobody was told" for n in set(found) - set(told.submitted)]
    mine = {row["number"] for row in read("SELECT number FROM cases_case")}
    for number, cases in told.submitted.items():
        faults += [f"case {case} of {number} is gone" for case in cases if case not in mine]
    faults += [
        f"case {n} is there and nobody was told"
        for n in mine - {c for cs in told.submitted.values() for c in cs}
    ]
    begun = {str(row["id"]) for row in read("SELECT id FROM cases_application WHERE state <> 'discarded'")}
    faults += [f"draft {one} was acknowledged and is gone" for one in told.drafts - begun]
    faults += [f"draft {one} is there and nobody was told" for one in begun - told.drafts]
    return faults


def _cases(read: Any, told: Told) -> list[str]:
    """State = replay of the events, events without gap, each act of an officer once, no version lost."""
    faults: list[str] = []
    cases = {row["id"]: row for row in read("SELECT id, number, state, version FROM cases_case")}
    events = read("SELECT * FROM cases_caseevent ORDER BY case_id, sequence")
    for case_id, group in groupby(events, key=lambda row: row["case_id"]):
        case, listed = cases.pop(case_id), list(group)
        number = case["number"]
        if [row["sequence"] for row in listed] != list(range(1, len(listed) + 1)):
            faults.append(f"case {number}: its events have a gap")
        if number in told.due:
            times = [r["event"] for r in listed if r["role"] == "system"].count(told.due[number])
            if times > 1:
                faults.append(f"case {number}: {told.due[number]} fired {times} times")
        try:
            replayed = states.replay(tuple(CaseEvent(Event(r["event"]), r["day"], r["at"]) for r in listed))
        except states.NotAllowed as error:
            faults.append(f"case {number}: its events cannot have happened: {error}")
            continue
        if replayed.value != case["state"]:
            faults.append(f"case {number} is {case['state']}; its events say {replayed.value}")
        if case["version"] < told.versions.get(number, 0):
            faults.append(f"case {number} fell from version {told.versions[number]} to {case['version']}")
        did = [row["event"] for row in listed if row["role"] == "officer"]
        said = told.acts.get(number, [])
        if len(did) != len(said) or any(
            e not in BY_OFFICER.get(a, (a,)) for e, a in zip(did, said, strict=False)
        ):
            faults.append(f"case {number}: officers were told {said}, there is {did}")
    faults += [f"case {case['number']} has no events" for case in cases.values()]
    return faults


def _chains(read: Any) -> list[str]:
    faults: list[str] = []
    rows = read("SELECT * FROM audit_entry ORDER BY chain, sequence")
    for root, group in groupby(rows, key=lambda row: row["chain"]):
        previous, expected = chain.GENESIS, 1
        for entry in group:
            if entry["sequence"] != expected or entry["previous"] != previous:
                faults.append(
                    f"chain {root}: entry {entry['sequence']} does not follow on entry {expected - 1}"
                )
            if chain.entry_hash(entry) != entry["hash"]:
                faults.append(f"chain {root}: entry {entry['sequence']} was changed")
            previous, expected = entry["hash"], entry["sequence"] + 1
    return faults


def _together(read: Any) -> list[str]:
    """An event, its entry and its message are written together or not at all."""
    entries = Counter(
        (row["object_id"], row["action"])
        for row in read("SELECT object_id, action FROM audit_entry WHERE object_kind = 'case'")
    )
    events = Counter(
        (str(row["case_id"]), f"case.{row['event'].replace('_', '-')}")
        for row in read("SELECT case_id, event FROM cases_caseevent")
    )
    faults = [
        f"{action} of {case}: {n} events, {entries[case, action]} entries"
        for (case, action), n in events.items()
        if entries[case, action] != n
    ]
    submitted = {str(row["id"]) for row in read("SELECT id FROM cases_application WHERE state = 'submitted'")}
    decided = {str(row["id"]) for row in read("SELECT id FROM cases_decision")}
    for kind, name, there in (
        ("cases.submitted", "application", submitted),
        ("cases.decided", "decision", decided),
    ):
        sent = Counter(
            row["payload"][name] for row in read(f"SELECT payload FROM audit_message WHERE kind = '{kind}'")
        )
        faults += [
            f"{kind}: {one} has {sent[one]} messages"
            for one in there | set(sent)
            if sent[one] != (one in there)
        ]
    return faults


def _licences(read: Any, pack: Pack) -> list[str]:
    """No licence without a grant that calls for one, and never two."""
    granted = {row["id"]: row["service"] for row in _granted(read)}
    issued = Counter(
        row["decision"] for row in read("SELECT decision FROM licences_licence WHERE decision IS NOT NULL")
    )
    return [
        f"{n} licences for the decision {one}"
        for one, n in issued.items()
        if n != 1 or one not in granted or pack.services[granted[one]].result.licence is None
    ]


def _twice(read: Any) -> list[str]:
    """What must not have happened twice: hearing, telling, numbering."""
    faults: list[str] = []
    for what, table, columns in (
        ("heard", "audit_delivery", "message_id, subscriber"),
        ("told", "notices_notice", "subject, cause"),
        ("numbered", "notices_document", "number"),
        ("opened", "cases_case", "application_id, service"),
        ("receipted", "notices_document WHERE kind = 'receipt'", "root"),
        ("decided on paper", "notices_document WHERE kind = 'decision'", "about"),
        ("met", "cases_material WHERE replaced_at IS NULL", "application_id, material"),
    ):
        rows = read(f"SELECT {columns}, count(*) AS n FROM {table} GROUP BY {columns} HAVING count(*) > 1")
        faults += [f"{what} twice: {row}" for row in rows]
    return faults


def _granted(read: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = read(
        "SELECT d.id, c.service, c.number FROM cases_decision d JOIN cases_case c ON c.id = d.case_id "
        "WHERE d.outcome = 'granted'"
    )
    return found


def _reader(session: psycopg.Connection[Any]) -> Any:
    def read(statement: str) -> list[dict[str, Any]]:
        with session.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement).fetchall()  # type: ignore[arg-type]

    return read
