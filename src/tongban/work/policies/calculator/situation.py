"""What somebody has told the calculator, step by step: answers, answers taken back, questions passed over.

    situation = Situation("enterprise").answer("staff_now", 12)
    situation.facts(pack)     # {"staff_now": Known(12)}
    situation.undo()

Nothing is decided here, so what is said counts before what was found: one may try how it would be otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast
from uuid import UUID

from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.rules.states import Facts

KINDS: Final = ("enterprise", "person")
MOST_STEPS: Final = 400
"""What is told beyond that falls off at the beginning and can no longer be undone."""
HARMLESS: Final = 1
"""Protection grade up to which a fact about a person tells nothing of them."""
OPEN: Final = 2
"""The same of a fact about a firm, a project or a place."""

Kind = Literal["enterprise", "person"]


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    """Fact or relation."""
    value: Any = None
    """As `packfacts.read_facts` reads it; None: there is none."""
    passed: bool = False
    """The one asked does not know."""


@dataclass(frozen=True, slots=True)
class Situation:
    kind: Kind
    steps: tuple[Step, ...] = ()
    found: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """What licences and registries say, as `evidence.facts_of`."""
    subject: UUID | None = None
    """Whom that is about."""
    only: tuple[str, ...] = ()
    """Policies that are asked about; empty: all."""

    def answer(self, name: str, value: Any) -> Situation:
        return self._with(Step(name, value))

    def pass_over(self, name: str) -> Situation:
        return self._with(Step(name, passed=True))

    def undo(self) -> Situation:
        """Without the last step; what was said of the same before counts again."""
        return replace(self, steps=self.steps[:-1])

    def start_from(self, subject: UUID, found: Mapping[str, Mapping[str, Any]]) -> Situation:
        return replace(self, subject=subject, found=found)

    @property
    def last(self) -> dict[str, Step]:
        """Of each name the step that counts, in the order in which they were first asked."""
        return {step.name: step for step in self.steps}

    @property
    def answers(self) -> dict[str, Any]:
        return {name: step.value for name, step in self.last.items() if not step.passed}

    @property
    def passed(self) -> frozenset[str]:
        return frozenset(name for name, step in self.last.items() if step.passed)

    def facts(self, pack: Pack) -> Facts:
        """As rules read them. An answer that the pack does not understand any more counts for nothing."""
        raw = {name: entry["value"] for name, entry in self.found.items()}
        return packfacts.read_facts(pack, {**raw, **self.answers})[0]

    def open_answers(self, pack: Pack) -> dict[str, Any]:
        """The answers that say nothing about any person: a link may hold them.

        Only what was typed, never what was found; no texts; about a person only what is harmless, about anything else
        what is not confidential; no lists, since their members are people.
        """
        return {
            name: value for name, value in self.answers.items() if _is_open(pack, name) and value is not None
        }

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "steps": [[step.name, step.value, step.passed] for step in self.steps],
            "found": {name: dict(entry) for name, entry in self.found.items()},
            "subject": str(self.subject) if self.subject else None,
            "only": list(self.only),
        }

    def _with(self, step: Step) -> Situation:
        return replace(self, steps=(*self.steps, step)[-MOST_STEPS:])


def from_json(said: Any) -> Situation:
    """What `to_json` wrote. Raises ValueError for anything else."""
    try:
        if said["kind"] not in KINDS:
            raise ValueError(said["kind"])
        steps = tuple(Step(str(name), value, bool(passed)) for name, value, passed in said["steps"])
        subject = UUID(said["subject"]) if said["subject"] else None
        return Situation(cast(Kind, said["kind"]), steps, dict(said["found"]), subject, tuple(said["only"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no situation") from error


def of_answers(kind: Kind, pack: Pack, raw: Mapping[str, Any], only: Iterable[str] = ()) -> Situation:
    """A situation of raw answers; those that the pack does not understand are left out."""
    known = packfacts.read_facts(pack, raw)[0]
    steps = tuple(Step(name, value) for name, value in packfacts.write_facts(pack, known).items())
    return Situation(kind, steps, only=tuple(only))


def _is_open(pack: Pack, name: str) -> bool:
    fact = pack.facts.get(name)
    if fact is None or fact.type == "text":
        return False
    return fact.sensitivity <= (HARMLESS if fact.subject in ("person", "household") else OPEN)
