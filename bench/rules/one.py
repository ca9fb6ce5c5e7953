"""One subject, two hundred policies: run with `python -m bench.rules.one`.

Every policy has a condition and an amount, so that four hundred rules are evaluated, explained and asked about.
Times are those of one thread on one core, without what other processes take: the median of many subjects, and of the
start the fastest of several, since whatever else goes on on the machine only adds to it.
Beside each stands its limit, and what the tree-walking `evaluate` takes for the same in the same run.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from statistics import median
from subprocess import run
from time import thread_time
from typing import Any

from bench.rules import synthetic

from tongban.core.rules import serial
from tongban.core.rules.ask import Goal, Interview, rank
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.explain import explain
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Facts, Known, Parameters, State
from tongban.core.rules.to_python import programs
from tongban.core.rules.types import Vocabulary, parse_type

KEY = b"only for measuring"
SUBJECTS = 40

_over: list[str] = []


def main() -> int:
    vocabulary, policies, parameters = synthetic.policies()
    print(f"{len(policies)} policies, {len(vocabulary.facts)} facts, Python {sys.version.split()[0]}")
    loop = median(_once(lambda: sum(number * number for number in range(1_000_000))) for _ in range(5))
    print(f"for comparing machines: a plain loop of a million steps takes {loop:.0f} ms on this one")
    cold = [_once(lambda: programs.program(rules_of(vocabulary, policies))) for _ in range(7)]
    rules = rules_of(vocabulary, policies)
    program = programs.program(rules)
    dumped = programs.dump(program, KEY)
    written = json.dumps(serial.to_json(rules))
    subjects = [synthetic.subject(synthetic.seeded(number), 0.5) for number in range(SUBJECTS)]
    gc.collect()
    gc.freeze()  # as a server does once it has started

    print("\none subject, half unknown")
    walked = _each(lambda facts: {n: evaluate(r, facts, parameters) for n, r in rules.items()}, subjects, 1)
    _print(
        "all states, with the facts that keep them open",
        _each(lambda f: program.run(f, parameters), subjects),
        1,
    )
    _print("  by walking the trees", walked)
    explained = _each(
        lambda facts: {n: explain(r, facts, parameters) for n, r in rules.items()}, subjects[:8], 1
    )
    _print("all states traced", _each(lambda f: program.trace(f, parameters), subjects), 3)
    _print("  by walking the trees", explained)
    everything = [synthetic.subject(synthetic.seeded(number), 1) for number in range(SUBJECTS)]
    _print("all states, everything known", _each(lambda f: program.run(f, parameters), everything))

    print("\nstart")
    _print("cold: parse, check, generate, compile", min(cold), 500)
    _print("  of that generate and compile", min(_once(lambda: programs.program(rules)) for _ in range(7)))
    _print(
        "from the cache: the program",
        min(_once(lambda: programs.load(dumped, KEY)) for _ in range(20)),
        50,
    )
    both = [
        _once(lambda: (programs.load(dumped, KEY), serial.from_json(json.loads(written)))) for _ in range(20)
    ]
    _print("from the cache: the program and the typed rules", min(both), 50)
    print(f"  {len(dumped) // 1000} kB of program, {len(written) // 1000} kB of rules; {_imports()}")

    print("\nnext question")
    goals = goals_of(rules)
    ranked = _each(lambda facts: rank(goals, facts, parameters, {}, run=program.run), subjects)
    _print("ranked afresh, half unknown", ranked, 5)
    _print("  by walking the trees", _each(lambda facts: rank(goals, facts, parameters, {}), subjects[:8], 1))
    steps, count = _interview(goals, parameters, program.run)
    _print(f"in an interview of {count} questions, each answer", median(steps), 5)
    _print("  the slowest of them", max(steps))
    if _over:
        print(f"\nover its limit: {', '.join(_over)}")
    return bool(_over)


def rules_of(vocabulary: Vocabulary, policies: synthetic.Policies) -> dict[str, Rule]:
    """The checked rules: of a policy its condition by its name, and its amount."""
    rules: dict[str, Rule] = {}
    for name, texts in policies.items():
        for key, text, type in zip((name, f"{name}/amount"), texts, ("boolean", "money"), strict=True):
            checked = compile_rule(text, vocabulary, expect=parse_type(type))
            assert checked.rule, (text, checked.problems)
            rules[key] = checked.rule
    return rules


def goals_of(rules: dict[str, Rule]) -> dict[str, Goal]:
    """Each condition, and the amount as long as the condition has not failed."""
    return {
        name: Goal(rule, only_if=name.split("/")[0] if "/" in name else None) for name, rule in rules.items()
    }


def _interview(
    goals: dict[str, Goal], parameters: Parameters, run: Callable[[Facts, Parameters], dict[str, State]]
) -> tuple[list[float], int]:
    """Times of each step of an interview that begins with nothing known and ends with all goals settled."""
    random = synthetic.seeded(1)
    times = [0.0]
    interview = Interview(goals, {}, parameters, {}, run=run)
    while questions := interview.questions():
        answer = Known(synthetic.value(random, questions[0].name))

        def step(name: str = questions[0].name, answer: Known = answer) -> None:
            interview.answer(name, answer)
            interview.questions()

        times.append(_once(step))
    return times[1:], len(times) - 1


def _imports() -> str:
    """What a fresh process takes to import the modules, and whether the parser is among them."""
    text = (
        "import time, sys; start = time.thread_time();"
        "from tongban.core.rules import serial; from tongban.core.rules.to_python import programs;"
        "print(round((time.thread_time() - start) * 1000), 'sqlglot' in sys.modules)"
    )
    took, parser = run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=True
    ).stdout.split()
    return f"importing takes {took} ms, {'with' if parser == 'True' else 'without'} the parser"


def _once(function: Callable[[], Any]) -> float:
    """Milliseconds of this thread."""
    start = thread_time()
    function()
    return (thread_time() - start) * 1000


def _each(function: Callable[[Any], Any], subjects: list[Any], rounds: int = 5) -> float:
    """The median over the subjects, after a first round."""
    for subject in islice(cycle(subjects), SUBJECTS if rounds > 1 else 2):
        function(subject)
    return median(_once(partial(function, subject)) for _ in range(rounds) for subject in subjects)


_last = 0.0


def _print(what: str, took: float, limit: float | None = None) -> None:
    global _last
    verdict = ""
    if limit is not None:
        verdict = f"limit {limit:g} ms" + ("" if took < limit else ": OVER")
        if took >= limit:
            _over.append(what)
    if what.startswith("  by walking"):
        verdict = f"{took / _last:.0f} times as long"
    _last = took
    print(f"  {what:58}{took:9.2f} ms   {verdict}".rstrip())


if __name__ == "__main__":
    raise SystemExit(main())
