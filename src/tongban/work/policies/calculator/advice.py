"""What the calculator says about a situation: the ladder, the questions that are left, what goes together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.core.packs.pack import Pack
from tongban.core.planning import stacking
from tongban.core.planning.calculator import Result
from tongban.core.planning.ladder import Ladder, Rung
from tongban.core.planning.stacking import Combination
from tongban.core.rules.ask import Question
from tongban.core.rules.states import Facts
from tongban.work.policies.calculator.ladders import ladder_of
from tongban.work.policies.calculator.situation import Situation


@dataclass(frozen=True, slots=True)
class Advice:
    ladder: Ladder
    facts: Facts
    rungs: tuple[Rung, ...]
    questions: tuple[Question, ...]
    """Best first, without those that were passed over."""
    together: Combination
    """Of what is due."""

    def of(self, result: Result) -> list[Rung]:
        return [rung for rung in self.rungs if rung.found.result is result]


def advise(pack: Pack, situation: Situation, at: date, held: Mapping[str, int] | None = None) -> Advice:
    """`held`: policies that were granted before, with what they paid in fen: they are not due once more."""
    ladder = ladder_of(pack, situation.kind, at, situation.only)
    facts = situation.facts(pack)
    granted = held or {}
    rungs = tuple(rung for rung in ladder.rungs(facts) if rung.policy.id not in granted)
    questions = tuple(one for one in ladder.questions(facts) if one.name not in situation.passed)
    due = {
        rung.policy.id: rung.found.amount_fen or 0 for rung in rungs if rung.found.result is Result.ELIGIBLE
    }
    there = {name: fen for name, fen in granted.items() if name in pack.policies}
    return Advice(ladder, facts, rungs, questions, stacking.best(pack, due, there))
