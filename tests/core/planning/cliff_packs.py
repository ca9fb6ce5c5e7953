"""Packs of a few policies over small facts: written by hand, or at random and held against looking at each value."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from tongban.core.packs.loader import load
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator, stacking
from tongban.core.planning.cliffs import Found, cliffs, grid_of
from tongban.core.rules.states import Facts, Known

AT = date(2025, 9, 2)
MOST = 90
"""The greatest value of the small facts."""
HEAD = """
- id: {id}
  name: {{zh: 策, en: Policy}}
  summary: {{zh: 策, en: Policy}}
  authority: office
  subject: enterprise
  valid_from: 2020-01-01
  conditions: [{{id: first, label: {{zh: 一, en: First}}, rule: "{rule}"}}]
  amount: "{amount}"
  effect: {effect}
  confirm_within: {{amount: 30, unit: calendar_days}}
  fair_competition_review: 2020-01-01
  stacking: [{stacking}]
"""
LAND = {
    "pack.yaml": 'id: land\nversion: 1.0.0\nname: {zh: 国, en: Land}\njurisdiction: "000000"\nlicence: Apache-2.0\n',
    "authorities/all.yaml": "- {id: office, name: {zh: 局, en: Office}}\n",
    "facts/all.yaml": "\n".join(
        f"- {{id: {name}, subject: enterprise, {rest}, label: {{zh: {name}, en: {name}}}, question: {{zh: 几？, en: How many?}}}}"
        for name, rest in (
            ("x", f"type: integer, minimum: 0, maximum: {MOST}"),
            ("y", "type: integer, minimum: 0, maximum: 1000"),
            ("n", "type: integer, minimum: 0, maximum: 1000000"),
            ("one", "type: money"),
            ("m", "type: money, minimum: 0, maximum: 2"),
            ("income", "type: money, minimum: 0, maximum: 100000000"),
            ("rate", "type: decimal(1), minimum: 0, maximum: 100"),
            ("said", "type: boolean"),
        )
    ),
    "parameters/all.yaml": """
- {id: line, label: {zh: 线, en: Line}, type: integer, values: [{valid_from: 2020-01-01, valid_to: 2025-01-01, value: 20}, {valid_from: 2025-01-01, value: 30}]}
""",
    "bracket-tables/all.yaml": """
- id: steps
  label: {zh: 档, en: Steps}
  of: {type: integer}
  gives: {type: money}
  values: [{valid_from: 2020-01-01, rows: [{at_least: 0, value: 100.00}, {at_least: 17, value: 300.00}, {at_least: 51, value: 20.00}]}]
""",
}


def small(*policies: dict[str, str]) -> Pack:
    plain = {"rule": "x >= 0", "amount": "10.00", "effect": "payment", "stacking": ""}
    texts = [HEAD.format(**(plain | {"id": f"p{place}"} | one)) for place, one in enumerate(policies)]
    files = {
        f"land/{name}": text.encode() for name, text in (LAND | {"policies/all.yaml": "".join(texts)}).items()
    }
    loaded = load(files, "land")
    assert loaded.pack is not None, "\n".join(map(str, loaded.problems))
    return loaded.pack


def look(pack: Pack, fact: str = "x", facts: Facts | None = None, at: date = AT, **more: Any) -> Found:
    return cliffs(pack, list(pack.policies.values()), fact, facts or {}, at, **more)


class Writer:
    """Writes policies at random. Amounts are made of the fact `one`, which is a yuan, so that all of them are money."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def condition(self, depth: int = 2) -> str:
        pick, number = self.random, self.random.randint
        if depth and pick.random() < 0.4:
            one, other = self.condition(depth - 1), self.condition(depth - 1)
            return pick.choice((f"({one} AND {other})", f"({one} OR {other})", f"NOT ({one})"))
        order = pick.choice(("<", "<=", ">", ">=", "=", "<>"))
        low = number(0, MOST)
        return pick.choice(
            (
                f"x {order} {low}",
                f"x BETWEEN {low} AND {low + number(0, 12)}",
                f"x NOT IN ({low}, {number(0, MOST)})",
                f"x * {number(2, 9)} - y {order} {number(0, 400)}",
                f"ABS(x - {low}) {order} {number(1, 30)}",
                f"y / x {order} 0.{number(1, 99):02}",
                f"x {order} line",
            )
        )

    def amount(self, depth: int = 3) -> str:
        number = self.random.randint
        if depth and self.random.random() < 0.6:
            one, other = self.amount(depth - 1), self.amount(depth - 1)
            return self.random.choice(
                (
                    f"CASE WHEN {self.condition()} THEN {one} ELSE {other} END",
                    f"({one} + {other})",
                    f"({one} - {other})",
                    f"LEAST({one}, {other})",
                    f"GREATEST({one}, {other})",
                )
            )
        return self.random.choice(
            (
                f"one * {number(0, 900)}",
                f"one * x * {number(0, 20)}",
                f"(one * {number(0, 900)} - one * x * {number(0, 20)})",
                f"one * {number(1, 60)} * FLOOR(x / {number(2, 20)})",
                "bracket(x, steps)",
                f"ROUND(one * x * x * 0.{number(1, 40):02}, 2)",
            )
        )

    def stacking(self) -> str:
        """Of none, one or both of two groups a rule."""
        groups = self.random.sample("gh", self.random.choice((0, 1, 1, 1, 2)))
        return ", ".join(f"{{group: {group}, {self._rule()}}}" for group in groups)

    def _rule(self) -> str:
        rule = self.random.choice(("exclusive", "higher-of", "top-up", "sum", "sequence", "sum-with-cap"))
        cap = f", cap_fen: {self.random.randint(0, 900_00)}" if rule == "sum-with-cap" else ""
        return f"rule: {rule}, source: drawn, confidence: design{cap}"

    def policies(self) -> list[dict[str, str]]:
        """Two to four that may exclude, cap and top up each other; now and then one that costs."""
        return [
            {
                "rule": f"x >= 0 AND {self.condition()}" if self.random.random() < 0.4 else "x >= 0",
                "amount": self.amount(2),
                "effect": self.random.choice(("payment", "payment", "payment", "tax-saved", "tax-due")),
                "stacking": self.stacking(),
            }
            for _ in range(self.random.randint(2, 4))
        ]


def one_by_one(pack: Pack, fact: str, facts: Facts) -> set[int]:
    """Every value after which one more step loses more than a yuan, by the calculator and by what it says may be had."""
    grid = grid_of(pack, list(pack.policies.values()), fact)
    worth = [
        worth_of(pack, {**facts, fact: Known(grid.value(value))}) for value in range(grid.low, grid.high + 1)
    ]
    return {grid.low + place for place in range(len(worth) - 1) if worth[place] - worth[place + 1] > 100}


def worth_of(pack: Pack, facts: Facts) -> int:
    """Of the best lawful combination of all policies of a pack, less what is to be paid."""
    due = {
        name: found.amount_fen
        for name, policy in pack.policies.items()
        if (found := calculator.assess(pack, policy, facts, AT)).amount_fen is not None
    }
    costs = sum(fen for name, fen in due.items() if pack.policies[name].effect in ("tax-due", "levy"))
    return stacking.best(pack, due).total_fen - costs
