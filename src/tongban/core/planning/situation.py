"""What one person's plan is computed from: the merged pack, the event, what is known, what is held, the day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Final

from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Held
from tongban.core.rules import ask, evaluate, explain
from tongban.core.rules.explain import Finding
from tongban.core.rules.states import Absent, Facts, Known, Parameters, Unknown
from tongban.core.values.calendar import WorkCalendar

_NOTHING: Final[Facts] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Situation:
    """Reads the pack's rules for one subject on one day."""

    pack: Pack
    event: model.LifeEvent
    facts: Facts
    parameters: Parameters
    """As in force on `at`."""
    held: tuple[Held, ...]
    """Only what is valid on `at`."""
    calendar: WorkCalendar
    at: date
    _settled: dict[str, bool | None] = field(
        default_factory=dict[str, bool | None], repr=False, compare=False
    )

    def holds(self, text: str | None) -> bool | None:
        """Whether a rule is definitely met. None: an unknown fact, or an undefined value, keeps it open.

        A rule that comes out absent is not met, as in SQL's WHERE; a missing rule is met.
        """
        if text is None:
            return True
        if text not in self._settled:
            self._settled[text] = self._evaluate(text)
        return self._settled[text]

    def finding(self, text: str) -> Finding:
        """The same with reasons."""
        return explain.explain(self.pack.rule(text), self.facts, self.parameters)

    def open_facts(self, text: str | None) -> frozenset[str]:
        """Unknown facts that can still change the rule's result."""
        if text is None:
            return frozenset()
        return ask.open_facts(self.pack.rule(text), self.facts, self.parameters)

    def stands(self, text: str, assumed: Facts = _NOTHING) -> tuple[bool | None, frozenset[str]]:
        """Whether a rule holds, and which facts are open in it, if these were known besides."""
        facts = {**self.facts, **assumed} if assumed else self.facts
        match evaluate.evaluate(self.pack.rule(text), facts, self.parameters):
            case Known(value):
                return bool(value), frozenset()
            case Absent():
                return False, frozenset()
            case Unknown(open_):
                return None, open_
            case _:
                return None, frozenset()

    def _evaluate(self, text: str) -> bool | None:
        return self.stands(text)[0]
