"""Planning a life event: `python -m bench.planning`.

Three limits: how many questions the planner asks, beside the best interview that there is; how long the plan of a
national event takes, at each state of its interview; how long a whole step of the guide takes at the server, from the
answer that is sent to the page that shows what it has changed (without the network), on PostgreSQL.

Times are the shortest of several runs: what is measured is the code and not its neighbours on the machine.
"""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

from bench.planning import small

from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.planning.ask import next_question
from tongban.core.planning.model import Plan
from tongban.core.planning.plan import plan
from tongban.core.rules import types
from tongban.core.rules.states import Facts, Known, Value
from tongban.core.rules.types import Kind
from tongban.doors.cli import packs

ROOT = Path(__file__).resolve().parents[2]
RATIO, PLAN, STEP = 1.15, 20, 100
"""Limits: questions beside the optimum; milliseconds of a plan, and of a step of the guide."""
MADE = 24
WIDE = (2018, 2019, 2026, 2036)
"""Packs of twelve facts of which few situations can be reached, so that every interview can be tried."""
RUNS = 7


def main() -> int:
    national = packs.read_clean(ROOT / "packs/cn")
    over = _questions(national)
    over |= _plans(national)
    over |= _steps()
    return int(over)


def _questions(national: Pack) -> bool:
    print(f"questions asked on average, beside the fewest possible (limit {RATIO:g} for each)")
    made = [(f"seed {n}", [small.made(n, 5 + n % 4)]) for n in range(MADE)]
    made += [(f"seed {n}, 12 facts", [small.made(n, small.MOST_FACTS)]) for n in WIDE]
    over, asked, fewest = False, 0.0, 0.0
    for name, parts in [*made, *small.declared(national)]:
        mine, best = sum(part.expected() for part in parts), sum(part.best() for part in parts)
        asked, fewest = asked + mine, fewest + best
        over |= _ratio(name, mine, best, sum(part.states for part in parts))
    print(f"  {'all':26}{asked / fewest:6.3f}")
    return over


def _ratio(name: str, mine: float, best: float, situations: int) -> bool:
    ratio = mine / best if best else 1.0
    verdict = "" if ratio <= RATIO else ": OVER"
    print(
        f"  {name:26}{ratio:6.3f}   {mine:5.2f} of {best:5.2f}, {situations} situations{verdict}",
        flush=True,
    )
    return ratio > RATIO


def _plans(national: Pack) -> bool:
    print(f"plan of a national event, its slowest state (limit {PLAN} ms)")
    slowest = {event: max(_states(national, event)) for event in national.life_events}
    for event, took in slowest.items():
        print(f"  {event:26}{took:6.1f} ms{'' if took < PLAN else ': OVER'}")
    return max(slowest.values()) >= PLAN


def _states(pack: Pack, event: str) -> list[float]:
    """Milliseconds of the plan before each question of an interview in which everybody says yes."""
    facts: Facts = {}
    times = []
    while True:
        found, took = _shortest(pack, event, facts)
        times.append(took)
        question = next_question(found)
        if question is None:
            return times
        facts = {**facts, question.fact: Known(_answer(pack, question.fact))}


def _answer(pack: Pack, fact: str) -> Value:
    """Yes, the first code, or something of the type."""
    for value, _share in small.declared_answers(pack, fact):
        return value
    type = packfacts.type_of(pack.facts[fact])
    return types.read(type, {Kind.DATE: small.AT, Kind.TEXT: "text"}.get(type.kind, "3"))


def _shortest(pack: Pack, event: str, facts: Facts) -> tuple[Plan, float]:
    found = plan(pack, event, facts, (), small.AT)
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        plan(pack, event, facts, (), small.AT)
        times.append(perf_counter() - start)
    return found, min(times) * 1000


def _steps() -> bool:
    from bench.planning import step  # starts a server: only now

    print(f"step of the guide at the server (limit {STEP} ms)")
    over = False
    for event, took, size in step.measured(RUNS):
        over |= took >= STEP
        print(f"  {event:26}{took:6.1f} ms, {size // 1000} kB{'' if took < STEP else ': OVER'}")
    return over


if __name__ == "__main__":
    raise SystemExit(main())
