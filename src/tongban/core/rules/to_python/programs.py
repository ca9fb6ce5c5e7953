"""Many rules as one Python function, for one subject at a time.

    program = programs.program({"grant": condition, "grant/amount": amount})
    program.run(facts, parameters)["grant"]      what `evaluate` gives
    program.trace(facts, parameters)["grant"]    what `explain` gives

Two hundred policies with conditions and amounts take about half a millisecond, where walking their trees takes
some twenty.
"""

from __future__ import annotations

import hmac
import marshal
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from importlib.util import MAGIC_NUMBER
from types import CodeType
from typing import Any, Final, NamedTuple

from tongban.core.rules import dates
from tongban.core.rules.explain import Finding
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import ABSENT, Facts, Known, Parameters, State, Undefined, Unknown
from tongban.core.rules.to_python import findings, runtime
from tongban.core.rules.to_python.findings import Findings, Plan, Root, Step
from tongban.core.rules.to_python.inputs import Inputs
from tongban.core.rules.to_python.nodes import Nodes
from tongban.core.rules.to_python.runtime import Outcome, Partial
from tongban.core.rules.to_python.source import Source
from tongban.core.rules.types import Kind

FORMAT: Final = 1
"""Of what `dump` writes. To be raised whenever the text of a program changes, so that older dumps are refused."""


class Result(NamedTuple):
    """Where the value of a rule is, and what to make of it."""

    name: str
    place: int
    """Among the values that the function returns."""
    digits: int | None
    """Of a decimal, after the point."""
    factor: int
    """Makes the value a whole number of the last digit."""
    no: bool
    """What is undefined is not met, or absent; see `OnUndefined.NO`."""
    boolean: bool


class Program:
    """Rules, compiled together. Made by `program` or by `load`; keeps nothing of the subjects that it was run for."""

    def __init__(self, results: tuple[Result, ...], code: CodeType, plan: Callable[[], Plan]) -> None:
        space: dict[str, Any] = dict(_NAMES)
        exec(code, space)  # noqa: S102  # our own text, in which nothing of a pack is but numbers and `ascii()`
        self._inputs = Inputs(space)
        space["field"] = self._inputs.field
        self._compute: Callable[..., tuple[Outcome, ...]] = space["compute"]
        self.results = results
        self.code = code
        self._make_plan = plan
        self._plan: Plan | None = None
        self._findings: Findings | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Of the rules, in the order in which they were given."""
        return tuple(result.name for result in self.results)

    def run(self, facts: Facts, parameters: Parameters) -> dict[str, State]:
        """For every rule the state that `evaluate` gives it, with the facts that keep it open.

        Raises TypeError when a value that any of the rules reads is not of its declared type.
        """
        values = self._values(facts, parameters)
        states: dict[str, State] = {}
        for name, place, digits, factor, no, boolean in self.results:
            value: Any = values[place]
            if value is True:
                states[name] = _TRUE
            elif value is False:
                states[name] = _FALSE
            elif value is None:
                states[name] = ABSENT
            elif type(value) is frozenset:
                states[name] = Unknown(value)  # pyright: ignore[reportUnknownArgumentType]
            elif type(value) is Partial:
                states[name] = Unknown(frozenset(value))
            elif type(value) is Undefined:
                states[name] = value if not no else _FALSE if boolean else ABSENT
            elif digits is None:
                states[name] = Known(value)
            else:
                states[name] = Known(Decimal(f"{value * factor}E-{digits}"))
        return states

    def trace(self, facts: Facts, parameters: Parameters) -> dict[str, Finding]:
        """For every rule the finding that `explain` gives it; raises as `run` does.

        The first call also prints all conditions, which takes as long as some twenty calls.
        """
        if self._findings is None:
            self._findings = Findings(self.plan())
        made = self._findings.of(self._values(facts, parameters), facts, parameters)
        return dict(zip(self.names, made, strict=True))

    def plan(self) -> Plan:
        """How its findings are made; worked out when first asked for."""
        if self._plan is None:
            self._plan = self._make_plan()
        return self._plan

    def _values(self, facts: Facts, parameters: Parameters) -> tuple[Outcome, ...]:
        inputs = self._inputs
        return self._compute(
            inputs.facts(facts),
            inputs.parameters(parameters),
            inputs.tables(parameters),
            inputs.relations(facts),
        )


def program(rules: Mapping[str, Rule]) -> Program:
    """The rules, compiled together. What several of them ask is computed once."""
    rules = dict(rules)
    source, nodes = _written(rules)
    results = tuple(_result(name, rule, nodes) for name, rule in rules.items())
    code = compile(source.text(), "<rules>", "exec", dont_inherit=True)
    return Program(results, code, lambda: findings.plan(rules, nodes))


def text(rules: Mapping[str, Rule]) -> str:
    """The Python text of a program; always the same for the same rules in the same order."""
    source, _ = _written(rules)
    return source.text()


def dump(program: Program, key: bytes) -> bytes:
    """The program as bytes that `load` takes back quickly, for a cache named by the digest of the rules' texts.

    They hold compiled Python, which is as good as code to whoever loads them. So they are sealed with `key`, a
    secret of the installation, and `load` runs nothing that was not sealed with it: the cache may lie where others
    can write, but the key may not. Raises ValueError for a key of less than 16 bytes.
    """
    plan = program.plan()
    body = marshal.dumps(
        (
            [tuple(result) for result in program.results],
            program.code,
            [tuple(step) for step in plan.steps],
            [tuple(root) for root in plan.roots],
        )
    )
    return _HEADER + _seal(body, key) + body


def load(data: bytes, key: bytes) -> Program:
    """The program that was dumped. Raises NotLoadable: then make it again from the rules."""
    seal, body = data[len(_HEADER) : _BODY], data[_BODY:]
    if not data.startswith(_HEADER):
        raise NotLoadable("this is no program of this release of Tongban and Python")
    if not hmac.compare_digest(seal, _seal(body, key)):
        raise NotLoadable("this program was not sealed with this key")
    results, code, steps, roots = marshal.loads(body)  # noqa: S302  # sealed by ourselves
    plan = Plan(tuple(Step(*step) for step in steps), tuple(Root(*root) for root in roots))
    return Program(tuple(Result(*result) for result in results), code, lambda: plan)


class NotLoadable(ValueError):
    """Bytes are not a program that `dump` wrote here: another release, another Python, another key, or damaged."""


def _seal(body: bytes, key: bytes) -> bytes:
    if len(key) < 16:
        raise ValueError("the key that seals programs has at least 16 bytes")
    return hmac.digest(key, body, "sha256")


def _written(rules: Mapping[str, Rule]) -> tuple[Source, Nodes]:
    source = Source()
    nodes = Nodes(source)
    for rule in rules.values():
        for node in findings.parts(rule.root):
            nodes.place(node)
    return source, nodes


def _result(name: str, rule: Rule, nodes: Nodes) -> Result:
    type = rule.type
    digits = type.scale if type.kind is Kind.DECIMAL else None
    factor = 10 ** (type.scale - nodes.of(rule.root).scale)
    no = rule.on_undefined is OnUndefined.NO
    return Result(name, nodes.place(rule.root), digits, factor, no, type.kind is Kind.BOOLEAN)


_TRUE: Final = Known(True)
_FALSE: Final = Known(False)
_HEADER: Final = b"tongban rules " + bytes([FORMAT]) + MAGIC_NUMBER
_BODY: Final = len(_HEADER) + 32
_NAMES: Final[Mapping[str, object]] = {
    "__builtins__": {},
    **{kind.__name__: kind for kind in (bool, int, str, date, type)},
    **{function.__name__: function for function in (abs, max, min)},
    **{
        function.__name__: function
        for function in (dates.days_between, dates.months_between, dates.years_between)
    },
    **{name: getattr(runtime, name) for name in runtime.__all__},
}
"""All that the text of a program can name; `field` comes with its inputs."""
