"""How many questions an interview takes on average, and how many the best possible one would take.

An interview is a tree: a question, its answers with what each is expected to be given by how many, and so on until the
plan has nothing left to ask. `expected` walks the planner's own tree, `best` finds the tree with the fewest questions
by trying every one (two sets of answers after which every rule stands the same are one). Both are exact.

Questions that only fill a form are left out: they are the same in every order, and would flatter the ratio.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from tongban.core.packs.pack import Pack
from tongban.core.packs.parameters import resolve
from tongban.core.planning import reads
from tongban.core.planning.ask import next_question
from tongban.core.planning.model import Plan
from tongban.core.planning.plan import plan
from tongban.core.rules import evaluate
from tongban.core.rules.states import Known, Unknown, Value

Answers = Mapping[str, tuple[tuple[Value, float], ...]]
"""Fact to the answers that people give, each with its share of them."""
Said = Mapping[str, Known]
Signature = tuple[object, ...]


@dataclass
class Interviews:
    """All interviews about one life event. Registries are left out: here every fact is answered by a person."""

    pack: Pack
    event: str
    answers: Answers
    at: date
    _plans: dict[Signature, Plan] = field(default_factory=dict)
    _settled: dict[tuple[str, Signature], object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pack = replace(self.pack, resources=MappingProxyType({}))
        services = [self.pack.services[one] for one in self.pack.life_events[self.event].services]
        texts = dict.fromkeys(text for service in services for text in reads.rules(self.pack, service))
        self._rules = {text: self.pack.rule(text) for text in texts}
        self._form = {name for service in services for name in service.form} & self.answers.keys()
        self._parameters = resolve(self.pack, self.at)

    @property
    def states(self) -> int:
        """How many different situations were looked at."""
        return len(self._plans)

    def expected(self, choose: Callable[[Plan], str | None] | None = None) -> float:
        """Average number of questions when `choose` (by default the planner) picks each of them."""
        memo: dict[Signature, float] = {}
        return self._walk({}, memo, choose or _planner, every=False)

    def best(self) -> float:
        """The smallest average that any order of questions can reach."""
        return self._walk({}, {}, None, every=True)

    def _walk(
        self,
        said: Said,
        memo: dict[Signature, float],
        choose: Callable[[Plan], str | None] | None,
        *,
        every: bool,
    ) -> float:
        signature = self._signature(said)
        if signature in memo:
            return memo[signature]
        found = self._plan(said, signature)
        open_ = [q.fact for q in found.questions if q.fact in self.answers]
        deciding = [q.fact for q in found.questions if q.fact in self.answers and not q.required]
        if not deciding:
            value = float(len(open_))
        elif every:
            value = min(self._asked(fact, said, memo, choose, every=True) for fact in deciding)
        else:
            picked = choose(found) if choose else None
            assert picked in deciding, f"{picked} settles nothing"
            value = self._asked(picked, said, memo, choose, every=False)
        memo[signature] = value
        return value

    def _asked(
        self,
        fact: str,
        said: Said,
        memo: dict[Signature, float],
        choose: Callable[[Plan], str | None] | None,
        *,
        every: bool,
    ) -> float:
        after = (
            share * self._walk({**said, fact: Known(value)}, memo, choose, every=every)
            for value, share in self.answers[fact]
        )
        return 1 + sum(after)

    def _plan(self, said: Said, signature: Signature) -> Plan:
        if signature not in self._plans:
            self._plans[signature] = plan(self.pack, self.event, said, (), self.at)
        return self._plans[signature]

    def _signature(self, said: Said) -> Signature:
        """How every rule stands: its result, or the answers that it still rests on."""
        stands = [self._stands(text, said) for text in self._rules]
        return (*stands, frozenset(self._form & said.keys()))

    def _stands(self, text: str, said: Said) -> object:
        rule = self._rules[text]
        mine = tuple(sorted((name, said[name].value) for name in rule.facts if name in said))
        key = (text, mine)
        if key not in self._settled:
            state = evaluate.evaluate(rule, said, self._parameters)
            self._settled[key] = mine if isinstance(state, Unknown) else state
        return self._settled[key]


def _planner(found: Plan) -> str | None:
    question = next_question(found)
    return question.fact if question else None
