"""Looking at everybody for a round: some hundred subjects at a time go through the engine of populations.

Of each batch the stances, what was granted before and the facts are read in one query each; the engine says to whom the
policy is due, and only they are gone through one by one, for the reasons that their line keeps. What is written is a line
for each of them, and for everybody who was looked at the entry that they see.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit import bulk
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.calculator import Assessment, Result
from tongban.core.planning.ladder import Ladder
from tongban.core.planning.population import Matcher
from tongban.core.planning.verdicts import RESULTS
from tongban.core.planning.versions import Versions
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Facts, Known
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import entitling
from tongban.work.policies.actions.matching import NOT_READ
from tongban.work.policies.evidence import Ground
from tongban.work.policies.population import engines, node

HAD: Final = "had"
"""Outcome of a subject to whom the policy was granted before."""


class Disagreement(RuntimeError):
    """The engine of populations and the calculator for one subject do not say the same: nothing is granted on that."""


class Eye:
    """One policy on one day, ready to look at many."""

    def __init__(self, pack: Pack, policy: Policy, at: date) -> None:
        self.pack, self.policy, self.at = pack, policy, at
        self.names = calculator.facts_read(pack, policy)
        self._matcher = Matcher.of_pack(pack, [policy], at)
        self._run = engines.engine("numpy", Versions([self._matcher]))
        self._ladder = Ladder(pack, [policy], at)

    def results(self, facts: Sequence[Facts]) -> list[Result]:
        """What the policy comes to for each of them, column by column."""
        import pyarrow

        if not facts:
            return []
        table = pyarrow.table(node.columns_of(facts, self._matcher.needs)).combine_chunks()
        (found,) = self._run.compute(table, engines.columns_of(table, self._matcher), len(facts))
        return [RESULTS[code] for code in found[self.policy.id].results.tolist()]

    def assessed(self, facts: Facts) -> tuple[Assessment, int]:
        """The reasons of somebody to whom it is due, and their score; 0 where there is none or it is not known."""
        found = self._ladder.rungs(facts)[0].found
        if found.result is not Result.ELIGIBLE:
            raise Disagreement(
                f"{self.policy.id}: due to somebody by the one, and {found.result} by the other"
            )
        if self.policy.score is None:
            return found, 0
        score = evaluate(self.pack.score(self.policy.id), facts, self._ladder.values)
        return found, score.value if isinstance(score, Known) and isinstance(score.value, int) else 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One subject that was read."""

    ground: Ground
    key: str | None
    """What the policy is granted once to; see `entitling.once_key`."""
    read: Mapping[str, Any]
    facts: Facts


def look(*, acting: Acting, row: models.Round, eye: Eye, some: int) -> bool:
    """Look at the next ones of a locked round, and write down whom it is due to. Whether there may be more.

    The caller saves the row.
    """
    subjects = identity.ids_of_kind(eye.policy.subject, after=row.cursor, most=some)
    counted: Counter[str] = Counter(row.outcomes)
    seen = _read(acting, eye, subjects, counted)
    results = dict(zip(seen, eye.results([one.facts for one in seen.values()]), strict=True))
    counted.update(result.value for result in results.values())
    _record(acting, row, eye, seen, results)
    due = {subject: seen[subject] for subject, result in results.items() if result is Result.ELIGIBLE}
    bulk.add([_line(row, eye, subject, one) for subject, one in due.items() if one.key is not None])
    row.outcomes, row.looked = dict(+counted), row.looked + len(subjects)
    if subjects:
        row.cursor = subjects[-1]
    return len(subjects) == some


def _read(acting: Acting, eye: Eye, subjects: Sequence[UUID], counted: Counter[str]) -> dict[UUID, Seen]:
    """Those who may be looked at and do not have it yet; the others are counted."""
    stances = evidence.stances_of(subjects)
    grounds = {one: ground for one in subjects if (ground := evidence.ground_of(eye.policy, stances[one]))}
    counted[NOT_READ] += len(subjects) - len(grounds)
    keys = entitling.once_keys(acting, eye.policy, list(grounds))
    had = entitling.held(eye.policy, [key for key in keys.values() if key is not None])
    fresh = [one for one in grounds if keys[one] not in had]
    counted[HAD] += len(grounds) - len(fresh)
    read = evidence.facts_of_many(fresh, eye.pack, eye.names, eye.at)
    return {
        one: Seen(grounds[one], keys[one], read[one], evidence.typed(eye.pack, read[one])) for one in fresh
    }


def _record(
    acting: Acting, row: models.Round, eye: Eye, seen: Mapping[UUID, Seen], results: Mapping[UUID, Result]
) -> None:
    audit.record_many(
        acting=acting, action="benefits.matched", object_kind="subject",
        noted=[
            audit.Noted(
                evidence.chain_of(subject), subject,
                {
                    "round": str(row.id), "pack": eye.pack.digest, "facts": sorted(one.read),
                    "results": {eye.policy.id: results[subject].value}, "grounds": {eye.policy.id: one.ground},
                },
            )
            for subject, one in seen.items()
        ],
    )  # fmt: skip


def _line(row: models.Round, eye: Eye, subject: UUID, one: Seen) -> models.RoundLine:
    found, score = eye.assessed(one.facts)
    return models.RoundLine(
        round=row, subject=subject, amount_fen=found.amount_fen or 0, score=score, ground=one.ground,
        facts=dict(one.read), findings=calculator.to_json(found),
    )  # fmt: skip
