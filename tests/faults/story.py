"""Some hundred steps of applicants, officers and the clock over HTTP, each repeated with its key until it is acknowledged.

Several applications are on their way at once. Which of them moves next, what officers do to a case, where time is let
pass: all of it follows from a seed.
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, Final
from uuid import UUID

import psycopg
from tests.factories import node_setup, shops
from tests.factories.callers import Answer, Caller
from tests.factories.nodes import Node
from tests.factories.papers import pdf
from tests.faults.told import Told

EVENT, FIRST = "open-restaurant", "business-registration"
OFFICERS: Final = {
    "market-regulation": "demo-market",
    "urban-management": "demo-urban",
    "fire-rescue": "demo-fire",
}
"""By the role of the organ; the ids of organs end with it."""
APPLICANTS = 4
PATIENCE = 60
"""Seconds until a request that is not acknowledged is given up."""
DAYS_BACK = 200
"""Longer than every term that is let pass."""
ACCEPTED = ("accept", "accept_tolerantly")
Step = Iterator[bool]
"""Yields after each step: True when it did something, False when it has to wait."""


class Story:
    def __init__(self, node: Node, seed: int) -> None:
        self.node, self.random, self.told = node, Random(seed), Told()
        self.steps, self.hour = 0, 25
        """Steps so far, and the step at which the clock strikes next."""
        self.callers: dict[str, Caller] = {}
        self.lines: list[Step] = [self._apply(n) for n in range(APPLICANTS)]
        self.retried = 0
        self.log: list[str] = []

    def walk(self, steps: int, before: Callable[[int], None]) -> None:
        """Go on for so many steps; `before` is called before each, with its number."""
        until = self.steps + steps
        while self.steps < until:
            moved = False
            for line in self.random.sample(self.lines, len(self.lines)):
                number = self.steps
                if number >= until:
                    break
                if number >= self.hour:
                    self.let_time_pass()
                    self.hour = number + 25
                before(number)
                moved |= self._move(line)
            if not moved:
                self.hour = self.steps  # nobody can go on but by the clock or the worker
                time.sleep(0.2)

    def let_time_pass(self) -> None:
        """The hourly clock and the two-minutely sweep, as the worker's schedule defers them."""
        self._in_database(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args) VALUES "
            "('clock', 'cases.let-time-act', 0, '{\"timestamp\": 0}'), ('clock', 'audit.sweep', 0, '{\"timestamp\": 0}')"
        )

    def age_messages(self) -> None:
        """Two minutes on: what nobody has heard by now a worker has taken with it."""
        self._in_database("UPDATE audit_message SET at = at - interval '3 minutes'")

    def _move(self, line: Step) -> bool:
        try:
            moved = next(line)
        except StopIteration:
            self.lines.remove(line)
            return True
        self.steps += moved
        return moved

    def _apply(self, person: int) -> Step:
        """One application after the other, each answered, furnished with papers and submitted step by step."""
        who = node_setup.APPLICANT.format(person)
        given = {**shops.ANSWERS, **shops.FOUNDING, "operator_id": node_setup.identifier(person)}
        while True:
            asked = {"event": EVENT, "consent": True}
            draft = self._write(who, "POST", "/applications", asked)
            self.told.drafts.add(draft["id"])
            yield True
            path = f"/applications/{draft['id']}"
            while questions := draft["plan"]["questions"]:
                some = questions[: self.random.randint(1, 3)]
                answers = {q["fact"]: given[q["fact"]] for q in some}
                draft = self._change(who, path, draft, answers)
                yield True
            for material in draft["plan"]["materials"]:
                at = f"{path}/materials/{material['id']}"
                if not material["certain"]:
                    continue
                if material["status"] == "commit":
                    draft = self._write(who, "POST", f"{at}/signature", {})
                    yield True
                elif material["status"] in ("upload", "deferrable"):
                    draft = self._upload(who, path, draft, material["id"])
                    yield True
            assert draft["missing"] == {}, draft["missing"]
            done = self._write(who, "POST", f"{path}/submit", {})
            numbers = [case["number"] for case in done["cases"]]
            self.told.submitted[done["number"]] = numbers
            for case in done["cases"]:
                self.told.see(case)
                self.lines.append(self._handle(case["number"], case["organisation"], case["service"]))
            yield True

    def _handle(self, number: str, organisation: str, service: str) -> Step:
        """One case at its office; then, for some, what time does to it."""
        officer = next(name for role, name in OFFICERS.items() if organisation.endswith(role))
        ways = ["plain", "pause", "extend", "silence", "decline", "refuse"]
        way = self.random.choice(ways[:4] if service == FIRST else ways)
        for _ in range(10_000):
            case = self._case(officer, number)
            if case["state"] != "waiting":
                break
            yield False
        if case["state"] != "submitted":
            return  # decided by the rules, or what it waited for was refused
        if way == "silence" and case["clock"]["notify_by"] is None:
            way = "plain"  # the law knows no silence here
        if way == "silence":
            yield self._let_pass(number, "accept")
            while self._case(officer, number)["state"] == "submitted":
                yield False
        elif way == "decline":
            decided = self._act(officer, number, "declines", "decline")
            yield True
        else:
            self._act(officer, number, "accept", "accept")
            yield True
        if way == "pause":
            self._act(officer, number, "suspensions", "suspend")
            yield True
            self._act(officer, number, "resumptions", "resume")
            yield True
        elif way == "extend":
            self._act(officer, number, "extensions", "extend", refused=True)  # where law or promise give none
            yield True
        if way != "decline":
            outcome = "refused" if way == "refuse" else "granted"
            decided = self._act(officer, number, "decisions", outcome, {"outcome": outcome})
            yield True
        if way in ("decline", "refuse"):
            if decided["clock"]["object_by"] is not None:
                yield self._let_pass(number, "end_objection")
        elif way != "silence" and any(e["event"] == "grant_on_commitment" for e in decided["events"]):
            # a case that silence has accepted was moved back already, once is enough
            while self._case(officer, number)["state"] == "granted":
                yield False
            yield self._let_pass(number, "miss_verification")

    def _let_pass(self, number: str, owed: str) -> bool:
        """Everything in a case happened so many days earlier: its term is over."""
        self._in_database(
            "UPDATE cases_caseevent SET day = day - %(days)s::int, at = at - %(days)s::int * interval '1 day' "
            "WHERE case_id = (SELECT id FROM cases_case WHERE number = %(number)s) AND NOT EXISTS "
            "(SELECT 1 FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id "
            "WHERE c.number = %(number)s AND e.day < current_date - 100)",
            {"days": DAYS_BACK, "number": number},
        )
        self.told.due[number] = owed
        return True

    def _act(
        self,
        who: str,
        number: str,
        path: str,
        act: str,
        body: Mapping[str, str] | None = None,
        *,
        refused: bool = False,
    ) -> dict[str, Any]:
        """`refused`: it may be that this is not possible in this case."""
        said = {"reasons": "As the law says.", **(body or {})}
        key, at = self._key(), f"/cases/{number}/{path}"
        while True:
            headers = {"idempotency-key": key, "if-match": f'"{self.told.versions[number]}"'}
            answer = self._until_acknowledged(who, lambda c, h=headers: c.call("POST", at, said, h))
            if answer.status != 412:
                break
            self._case(who, number)  # the worker or the clock has moved it on
        if refused and answer.status == 409:
            return self._case(who, number)
        case: dict[str, Any] = self._good(answer, at)
        self.told.acts.setdefault(number, []).append(act)
        self.told.see(case)
        return case

    def _case(self, who: str, number: str) -> dict[str, Any]:
        case: dict[str, Any] = self._read(who, f"/cases/{number}")
        self.told.see(case)
        return case

    def _change(
        self, who: str, path: str, draft: dict[str, Any], answers: Mapping[str, object]
    ) -> dict[str, Any]:
        """A change that was made although its answer was lost is stale when repeated: then one looks what is there."""
        body = {"answers": answers}
        while True:
            headers = {"if-match": f'"{draft["version"]}"'}
            answer = self._until_acknowledged(who, lambda c, h=headers: c.call("PATCH", path, body, h))
            if answer.status != 412:
                changed: dict[str, Any] = self._good(answer, path)
                return changed
            draft = self._read(who, path)
            if set(answers) <= set(draft["answers"]):
                return draft

    def _upload(self, who: str, path: str, draft: dict[str, Any], material: str) -> dict[str, Any]:
        at = f"{path}/materials/{material}"
        while True:
            headers = {"if-match": f'"{draft["version"]}"'}
            answer = self._until_acknowledged(
                who, lambda c, h=headers: c.upload(at, "paper.pdf", pdf(material), h)
            )
            if answer.status != 412:
                changed: dict[str, Any] = self._good(answer, at)
                return changed
            draft = self._read(who, path)
            if draft["materials"].get(material) == "upload":
                return draft

    def _write(self, who: str, method: str, path: str, body: Any) -> dict[str, Any]:
        key = {"idempotency-key": self._key()}
        answer = self._until_acknowledged(who, lambda caller: caller.call(method, path, body, key))
        written: dict[str, Any] = self._good(answer, path)
        return written

    def _read(self, who: str, path: str) -> dict[str, Any]:
        answer = self._until_acknowledged(who, lambda caller: caller.call("GET", path))
        read: dict[str, Any] = self._good(answer, path)
        return read

    def _good(self, answer: Answer, path: str) -> Any:
        assert answer.status < 300, f"{path}: {answer.status} {answer.body.decode(errors='replace')[:600]}"
        return answer.json

    def _until_acknowledged(self, who: str, send: Callable[[Caller], Answer]) -> Answer:
        """Again and again while nothing comes back, or only that something is broken."""
        end = time.monotonic() + PATIENCE
        what: object = None
        while time.monotonic() < end:
            try:
                if who not in self.callers:
                    caller = Caller(self.node.base)
                    caller.enter(who)
                    self.callers[who] = caller
                answer = send(self.callers[who])
                if answer.status < 500:
                    return answer
                what = (answer.status, answer.body[:300])
            except (OSError, http.client.HTTPException, AssertionError) as error:
                what = repr(error)
            self.retried += 1
            time.sleep(0.15)
        raise AssertionError(f"never acknowledged: {what}\n{self.node.said()}")

    def _in_database(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        """As the owner of the database; again until it is there."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with psycopg.connect(self.node.url, autocommit=True) as session:
                    session.execute(statement, values)  # type: ignore[arg-type]
                return
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def _key(self) -> str:
        return str(UUID(int=self.random.getrandbits(128)))
