"""The worklist of the largest organ over a million cases, over HTTP: `python -m bench.cases.worklist [CASES]`.

Sixteen officers in a closed loop, without a pause between pages: tabs, cards, second pages, orders, closed cases and a
search for a number, in the shares of `PAGES`. Then a ramp from one to thirty-two and a spike of sixty-four; afterwards
eight clients have to be served as before it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from random import Random
from time import perf_counter

from bench.cases.load import Measured, run
from bench.cases.million import BUSY, CASES
from tests.factories.callers import Caller
from tests.factories.nodes import serving

CLIENTS, LIMIT = 16, 150
"""Officers at once; milliseconds within which nineteen of twenty pages come."""
RAMP, SPIKE, BEFORE = (1, 2, 4, 8, 16, 32), 64, 8
RECOVERED = 1.5
"""How much slower p95 may be after the spike than before, at the same number of clients."""
SECONDS = 8.0
PAGES = (
    ("/office", 8), ("/office?page=2", 2), ("/office?show=looking", 2), ("/office?show=examining", 2), ("/office?show=overdue", 2),
    ("/office?show=due-today", 1), ("/office?sort=new", 1), ("/office?show=closed", 1), ("/office?q={number}", 1),
)  # fmt: skip


def main(cases: int) -> int:
    with serving(worker=False) as node:
        began = perf_counter()
        whole, opened = node.run("-m", "bench.cases.million", str(cases)).split()[-2:]
        print(
            f"{int(whole):,} cases, {int(opened):,} of them open, made in {perf_counter() - began:.0f} s",
            flush=True,
        )
        callers = [Caller(node.base, timeout=60) for _ in range(SPIKE)]
        for caller in callers:
            caller.enter(BUSY)
        first = callers[0].send("GET", "/office").body.decode()
        number = re.findall(r'href="/office/cases/([^"/]+)"', first)[0]
        print(
            f"the officer's organ has {re.findall('data-counts=.([0-9]+)', first)} in its cards and tabs",
            flush=True,
        )
        for path, _ in PAGES:
            one = run([_asking(callers[0], (path,), number, 0)], 1.5)
            print(f"  alone  {path:28} {one}", flush=True)
        over = _verdict("worklist", _at(callers, number, CLIENTS), LIMIT)
        over |= _ramp(callers, number)
    return int(over)


def _ramp(callers: list[Caller], number: str) -> bool:
    print("ramp", flush=True)
    steps = {clients: _at(callers, number, clients) for clients in RAMP}
    for measured in steps.values():
        print(f"  {measured}", flush=True)
    spike = _at(callers, number, SPIKE)
    after = _at(callers, number, BEFORE)
    factor = after.share(0.95) / steps[BEFORE].share(0.95)
    bad = any(m.refused for m in (*steps.values(), spike, after)) or factor > RECOVERED
    print(f"spike\n  {spike}\nafterwards\n  {after}")
    print(
        f"  p95 beside before the spike {factor:.2f}   limit {RECOVERED}, nothing refused: {'FAILED' if bad else 'passed'}"
    )
    return bad


def _at(callers: list[Caller], number: str, clients: int) -> Measured:
    paths = tuple(path for path, share in PAGES for _ in range(share))
    return run([_asking(caller, paths, number, n) for n, caller in enumerate(callers[:clients])], SECONDS)


def _verdict(what: str, measured: Measured, limit: float) -> bool:
    bad = measured.share(0.95) >= limit or bool(measured.refused)
    print(f"{what}\n  {measured}   limit {limit} ms: {'FAILED' if bad else 'passed'}", flush=True)
    return bad


def _asking(caller: Caller, paths: tuple[str, ...], number: str, seed: int) -> Callable[[], str]:
    random = Random(seed)  # noqa: S311  (draws pages)

    def ask() -> str:
        answer = caller.send("GET", random.choice(paths).format(number=number))
        return "" if answer.status == 200 else str(answer.status)

    return ask


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CASES))
