"""One firm, two hundred policies, half of its facts known: `python -m bench.policies.one`.

The policies are those of the sample city for enterprises, each several times over. Measured are the ladder, the next
question, and the whole page of the calculator as the server makes it (without the network and the session), each beside
its limit; times are the median over some firms, of one thread.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from statistics import median
from time import thread_time
from types import MappingProxyType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.preview")
import django

django.setup()

from bench.rules import synthetic  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.urls import set_urlconf  # noqa: E402
from django.utils import translation  # noqa: E402

from tongban.base.kit.acting import Acting  # noqa: E402
from tongban.core.packs import facts as packfacts  # noqa: E402
from tongban.core.packs.pack import Pack  # noqa: E402
from tongban.core.planning.calculator import in_force  # noqa: E402
from tongban.core.planning.ladder import Ladder  # noqa: E402
from tongban.core.rules import types  # noqa: E402
from tongban.doors.cli import packs  # noqa: E402
from tongban.work.policies.calculator.situation import Situation  # noqa: E402
from tongban.work.policies.pages import calculator, calculator_form, calculator_state  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
AT = date(2026, 11, 1)
MANY, FIRMS, KNOWN = 200, 12, 0.5
PAGE, NEXT = 50, 10
"""Limits in milliseconds."""


def main() -> int:
    pack = many(packs.read_clean(ROOT / "packs/cn-qingqu"))
    ladder = Ladder(pack, pack.policies.values(), AT)
    firms = [firm(pack, ladder, synthetic.seeded(number)) for number in range(FIRMS)]
    over = False
    print(f"{len(pack.policies)} policies, {len(ladder.facts)} facts, {KNOWN:.0%} known")
    told = [one.facts(pack) for one in firms]
    over |= _print("next question", _each(ladder.questions, told), NEXT)
    _print("ladder", _each(ladder.rungs, told))
    set_urlconf("tongban.config.urls")
    translation.activate("zh-hans")
    acting = Acting(
        None,
        None,
        None,
        None,
        None,
        "visitor",
        pack.manifest.jurisdiction,
        "",
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        "",
    )
    over |= _print("whole page at the server", _each(lambda one: page(pack, one, acting), firms), PAGE)
    print(f"  of {len(page(pack, firms[0], acting)) // 1000} kB")
    return int(over)


def many(pack: Pack) -> Pack:
    """The policies for enterprises again and again under other ids, none in a group with another."""
    firm = [one for one in pack.policies.values() if one.subject == "enterprise" and in_force(one, AT)]
    policies, amounts = {}, dict(pack.amounts)
    for number in range(MANY):
        one = firm[number % len(firm)]
        name = f"{one.id}-{number}"
        policies[name] = one.model_copy(update={"id": name, "stacking": ()})
        amounts[name] = pack.amounts[one.id]
    return replace(pack, policies=MappingProxyType(policies), amounts=MappingProxyType(amounts))


def firm(pack: Pack, ladder: Ladder, random: Random) -> Situation:
    made = Situation("enterprise")
    for name in sorted(ladder.facts):
        if name in pack.facts and random.random() < KNOWN:
            made = made.answer(name, value(pack, name, random))
    return made


def value(pack: Pack, name: str, random: Random) -> Any:
    fact = pack.facts[name]
    match fact.type:
        case "boolean":
            return random.random() < 0.5
        case "code":
            return random.choice(pack.code_lists[fact.codes or ""].items).code
        case "date":
            return date(random.randint(2015, 2026), random.randint(1, 12), 1).isoformat()
        case "money":
            return random.choice([0, 50_000, 900_000, 4_000_000, 30_000_000]) * 100
    return types.write(
        packfacts.type_of(fact), types.read(packfacts.type_of(fact), str(random.choice([1, 5, 20, 60, 200])))
    )


def page(pack: Pack, situation: Situation, acting: Acting) -> str:
    request: Any = RequestFactory().get("/calculator/enterprise")
    request.acting, request.user = acting, _Nobody()
    context = calculator.context_of(
        request, pack, calculator_state.State(situation), most=calculator.MOST_SHOWN
    )
    advice = context["advice"]
    asked = calculator_form.ask(pack, advice, situation, advice.questions[0].name)
    still = [
        (one.name, label) for one in advice.questions for label in calculator.labels_of(pack, [one.name])
    ]
    context |= {
        "asked": asked,
        "left": len(still),
        "still": still,
        "errors": (),
        "mine": [],
        "kept": [],
        "can_keep": False,
        "request": request,
    }
    return render_to_string("policies/calculator/calculator.html", context)


class _Nobody:
    is_authenticated = False


def _each(function: Callable[[Any], Any], over: list[Any]) -> float:
    for one in over:
        function(one)
    times = []
    for _ in range(3):
        for one in over:
            start = thread_time()
            function(one)
            times.append((thread_time() - start) * 1000)
    return median(times)


def _print(what: str, took: float, limit: float | None = None) -> bool:
    verdict = "" if limit is None else f"limit {limit:g} ms" + ("" if took < limit else ": OVER")
    print(f"  {what:30}{took:8.2f} ms   {verdict}".rstrip())
    return limit is not None and took >= limit


if __name__ == "__main__":
    raise SystemExit(main())
