"""Everything that is to be done for a block of subjects, written down: the rules of a program in one list of lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from tongban.core.rules import ir
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Brackets, Parameters, Value
from tongban.core.rules.to_numpy import flags, quantities, statuses, vectors
from tongban.core.rules.to_numpy.compiling import Compiler
from tongban.core.rules.to_numpy.given import Outlook, Seen
from tongban.core.rules.to_numpy.instructions import (
    BOOL,
    OBJECT,
    Assembly,
    Dtype,
    Instruction,
    Line,
    Load,
    Register,
    Store,
)
from tongban.core.rules.to_numpy.quantities import Quantity
from tongban.core.rules.to_numpy.statuses import Status
from tongban.core.rules.to_numpy.vectors import Values, Vector
from tongban.core.rules.types import Kind

_NUMBERS: Final = (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY)


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    lines: tuple[Line, ...]
    outlook: Outlook
    """What the columns may hold."""

    def covers(self, outlook: Mapping[str, Seen]) -> bool:
        return self.outlook.keys() == outlook.keys() and all(
            self.outlook[name].covers(seen) for name, seen in outlook.items()
        )

    @property
    def is_wide(self) -> bool:
        """Whether something does not fit 64 bits, which makes it slow."""
        return any(line.output.dtype == OBJECT for line in self.lines if not isinstance(line, Store))

    @property
    def stores(self) -> tuple[Store, ...]:
        return tuple(line for line in self.lines if isinstance(line, Store))


def make(
    rules: Mapping[str, Rule],
    roots: Mapping[str, ir.Node],
    outlook: Outlook,
    parameters: Parameters,
    texts: Mapping[str, int],
) -> Plan:
    """The plan. `texts` are the numbers of all the texts that rules and parameters name. Raises TypeError for a
    parameter that is not of its type."""
    code = Assembly()
    compiler = Compiler(code, outlook, parameters, texts)
    for name, rule in rules.items():
        vector = vectors.scaled(code, compiler.of(roots[name]), rule.type.scale - roots[name].type.scale)
        code.store(_result(code, name, rule, vector))
    return Plan(tuple(_needed(code.lines)), outlook)


def literals(roots: Iterable[ir.Node]) -> tuple[Value, ...]:
    """What the rules name themselves."""
    return tuple(node.value for root in roots for node in ir.walk(root) if isinstance(node, ir.Literal))


def texts(named: Iterable[Value], parameters: Parameters) -> dict[str, int]:
    """A number for each text among these literals or held by a parameter, always the same ones."""
    given: list[Value] = []
    for _, value in sorted(parameters.items()):
        given += value.values if isinstance(value, Brackets) else (value,)
    found = dict.fromkeys(value for value in [*named, *given] if isinstance(value, str))
    return {text: number for number, text in enumerate(found)}


def _result(code: Assembly, name: str, rule: Rule, vector: Vector) -> Store:
    """What the rule says for on_undefined, and what is not known cleared away."""
    values, status, kind = vector.values, vector.status, rule.type.kind
    if rule.on_undefined is OnUndefined.NO:
        broken = statuses.undefined(code, status)
        absent = status.absent
        if kind is Kind.BOOLEAN:
            values = vectors.choose(code, broken, False, values)
        else:
            absent = flags.either(code, absent, broken)
        status = Status(status.open, absent, status.partial)
    values = _cleared(code, values, status)
    held = values.values if isinstance(values, Quantity) else values
    return Store(
        name,
        held if isinstance(held, Register) else int(held),
        statuses.open_(code, status),
        status.absent,
        {reason: flag for reason, flag in status.undefined.items() if flag is not False},
        _held(kind, values),
        kind in (Kind.TEXT, Kind.CODE),
        (values.low, values.high) if isinstance(values, Quantity) and kind in _NUMBERS else None,
    )


def _cleared(code: Assembly, values: Values, status: Status) -> Values:
    """With 0 or false in rows that are not known."""
    known = statuses.known(code, status)
    nothing = quantities.constant(0) if isinstance(values, Quantity) else False
    return vectors.choose(code, known, values, nothing)


def _held(kind: Kind, values: Values) -> Dtype:
    """What results are held in: see `columns`."""
    if not isinstance(values, Quantity):
        return BOOL
    if kind in (Kind.DATE, Kind.TEXT, Kind.CODE):
        return np.dtype(np.int32)
    return np.dtype(np.int64) if quantities.width(values.low, values.high) != OBJECT else OBJECT


def _needed(lines: list[Line]) -> list[Line]:
    """Without what is worked out for nothing."""
    wanted: set[int] = set()
    kept: list[Line] = []
    for line in reversed(lines):
        match line:
            case Store():
                reads: Iterable[object] = line.reads
            case Instruction(inputs=reads, output=output) if output.index in wanted:
                pass
            case Load(output=output) if output.index in wanted:
                reads = ()
            case _:
                continue
        wanted |= {one.index for one in reads if isinstance(one, Register)}
        kept.append(line)
    return kept[::-1]
