"""Submissions over HTTP, beside the same rows inserted by bare psycopg: `python -m bench.cases.submit`.

Web server and database as `tongban serve` starts them; the worker stands still, so that what it does later is not
measured along. At each number of clients both sides take turns, the best turn of each counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from time import sleep

import psycopg
from bench.cases import bare
from bench.cases.load import Measured, run
from tests.factories import node_setup
from tests.factories.callers import Caller
from tests.factories.nodes import Node, serving

CLIENTS = (1, 8, 32)
RATIO = 0.25
SECONDS, TURNS = 5.0, 2
DRAFTS = 400
"""For each client; a measure ends early when they are used up."""


def main() -> int:
    over = False
    with serving(applicants=max(CLIENTS), worker=False) as node:
        callers = [_entered(node, n) for n in range(max(CLIENTS))]
        drafts = _drafts(node, 1)
        with psycopg.connect(node.url) as session:
            before = bare.everything(session)
            session.rollback()
            said = _submitting(callers[0], drafts[0])()
            assert not said, said
            made = bare.template(session, before, bare.everything(session))
        print(f"a submission writes {made}", flush=True)
        for clients in CLIENTS:
            print(f"  {clients} clients", flush=True)
            http, plain = Measured(clients), Measured(clients)
            for _ in range(TURNS):
                drafts = _drafts(node, min(DRAFTS, 2000 // clients))
                works = [_submitting(c, d) for c, d in zip(callers[:clients], drafts, strict=False)]
                http = max(http, run(works, SECONDS), key=lambda m: m.rate)
                sleep(0.5)
                beside = bare.measured(node.url, made, clients, SECONDS)
                assert beside.times, beside.refused
                plain = max(plain, beside, key=lambda m: m.rate)
            ratio = http.rate / plain.rate
            print(f"    over HTTP    {http}")
            print(f"    bare psycopg {plain}")
            print(
                f"    ratio        {ratio:.3f}   limit {RATIO}: {'passed' if ratio >= RATIO else 'FAILED'}",
                flush=True,
            )
            over |= ratio < RATIO or bool(http.refused)
    return int(over)


def _entered(node: Node, n: int) -> Caller:
    caller = Caller(node.base, timeout=60)
    caller.enter(node_setup.APPLICANT.format(n))
    return caller


def _drafts(node: Node, each: int) -> list[list[str]]:
    listed = node.run("-m", "bench.cases.prepare", str(max(CLIENTS)), str(each)).splitlines()
    return [line.split() for line in listed[-max(CLIENTS) :]]


def _submitting(caller: Caller, drafts: list[str]) -> Callable[[], str]:
    """Each call submits one draft; StopIteration when there are no more."""
    left, turns = iter(drafts), count()

    def submit() -> str:
        draft = next(left)
        headers = {"idempotency-key": f"{draft}-{next(turns)}"}
        answer = caller.call("POST", f"/applications/{draft}/submit", {}, headers)
        return "" if answer.status == 200 else f"{answer.status} {answer.body[:120].decode(errors='replace')}"

    return submit


if __name__ == "__main__":
    sys.exit(main())
