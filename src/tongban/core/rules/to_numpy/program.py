"""Rules for many subjects at once, in NumPy: see `columns` for what is given and what comes out.

    found = program({"due": rule}).run({"income": Column(incomes)}, parameters, len(incomes))
    found["due"].values, found["due"].state

The result of each subject is what `evaluate` gives. Nothing wraps: see `quantities`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Parameters, Value
from tongban.core.rules.to_numpy import given, plan
from tongban.core.rules.to_numpy.columns import Column, Columns
from tongban.core.rules.to_numpy.given import Given, Needs, Outlook
from tongban.core.rules.to_numpy.machine import Machine, Sink
from tongban.core.rules.to_numpy.plan import Plan
from tongban.core.rules.to_numpy.results import Results
from tongban.core.rules.to_numpy.sharing import share
from tongban.core.rules.to_numpy.tallies import Tallies, Tally

_KEPT: Final = 6
"""Most plans that are kept, for different parameters and columns."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    parameters: object
    plan: Plan
    resting: list[Machine] = field(default_factory=list[Machine])
    """Machines for it that nothing runs on just now. Threads take them out and put them back."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A chunk that has been looked through, with the plan for it. Tasks may be run side by side."""

    given: Given
    plan: Plan
    _resting: list[Machine]

    def run(self) -> dict[str, Column]:
        """See `Program.run`."""
        results = Results(self.plan.stores, self.given.size)
        self.give(results)
        return results.columns(self.given.texts)

    def tally(self) -> dict[str, Tally]:
        """See `Program.tally`."""
        tallies = Tallies(self.plan.stores)
        self.give(tallies)
        return tallies.found

    def give(self, sink: Sink) -> None:
        """Hands the results over block after block, the rules in their order."""
        try:
            machine = self._resting.pop()
        except IndexError:
            machine = Machine(self.plan)
        machine.run(self.given, sink)
        self._resting.append(machine)


@dataclass(eq=False)
class Program:
    """Made by `program`. `prepare` is for one thread at a time; its tasks are run by as many as there are."""

    rules: Mapping[str, Rule]
    roots: Mapping[str, ir.Node]
    needs: Needs
    literals: tuple[Value, ...]
    _kept: list[_Kept] = field(default_factory=list["_Kept"])
    """The latest first."""

    def run(self, columns: Columns, parameters: Parameters, n: int) -> dict[str, Column]:
        """The result of every rule for each of `n` subjects.

        A fact without a column is unknown. A parameter that is missing has no value on the date in question. Raises
        TypeError for a column or parameter that is not of its type, and ValueError for a column that has not `n`
        rows or holds what it cannot.
        """
        return self.prepare(columns, parameters, n).run()

    def tally(self, columns: Columns, parameters: Parameters, n: int) -> dict[str, Tally]:
        """How many of the subjects each rule holds for, and what it comes to in all. Raises like `run`."""
        return self.prepare(columns, parameters, n).tally()

    def prepare(self, columns: Columns, parameters: Parameters, n: int) -> Task:
        """The same in two steps. Raises like `run`; the second raises nothing."""
        texts = plan.texts(self.literals, parameters)
        chunk = given.take_in(self.needs, columns, n, texts)
        key = tuple(sorted(parameters.items(), key=lambda one: one[0])), frozenset(texts.items())
        kept = self._plan(key, chunk.outlook, parameters, texts)
        return Task(chunk, kept.plan, kept.resting)

    def _plan(self, key: object, outlook: Outlook, parameters: Parameters, texts: Mapping[str, int]) -> _Kept:
        """A plan that covers what occurs: one made before, or a new one that covers a little more."""
        wider = given.widened(self.needs, outlook)
        before = [kept for kept in self._kept if kept.parameters == key]
        for kept in before:
            if kept.plan.covers(outlook) and (not kept.plan.is_wide or kept.plan.outlook == wider):
                return kept
        made = self._make(wider, parameters, texts)
        latest: Outlook = before[0].plan.outlook if before else {}
        if not made.is_wide and latest.keys() == wider.keys():
            both = {name: seen.joined(latest[name]) for name, seen in wider.items()}
            joined = self._make(both, parameters, texts)
            made = made if joined.is_wide else joined
        for kept in before:
            kept.resting.clear()  # two hundred policies need some fifty megabytes
        self._kept.insert(0, _Kept(key, made))
        del self._kept[_KEPT:]
        return self._kept[0]

    def _make(self, outlook: Outlook, parameters: Parameters, texts: Mapping[str, int]) -> Plan:
        return plan.make(self.rules, self.roots, outlook, parameters, texts)


def program(rules: Mapping[str, Rule]) -> Program:
    """The rules by name, ready to be run; what they have in common is worked out once."""
    roots = share(rules)
    return Program(rules, roots, given.needs(roots.values()), plan.literals(roots.values()))
