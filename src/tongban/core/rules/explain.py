"""Why a rule came out as it did: a tree over its AND, OR and NOT down to single conditions.

    NOT blocked AND area >= 60          fail
      NOT blocked                       pass      -> blocked: fail, it is known to be false
      area >= 60                        fail      -> area: 45

A finding has no labels and no language: `narrate` puts it into words, and works out from it which steps an amount
took and what was assumed (both follow from the text of a finding and from what it read).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal, cast

from tongban.core.rules import ir
from tongban.core.rules.evaluate import evaluate_node
from tongban.core.rules.printing import print_node
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import (
    ABSENT,
    Absent,
    Brackets,
    Facts,
    Known,
    Members,
    Parameters,
    State,
    Undefined,
    Unknown,
    Value,
)
from tongban.core.rules.types import Kind

Outcome = Literal["pass", "fail", "unknown", "undefined"]


@dataclass(frozen=True, slots=True)
class FactUse:
    name: str
    state: State | Members
    """The members of a relation, with what is known of each."""


@dataclass(frozen=True, slots=True)
class ParameterUse:
    name: str
    value: Value | Brackets | None
    """None: no value on this date."""


@dataclass(frozen=True, slots=True)
class Finding:
    outcome: Outcome
    """For a condition: true, or not true. For an amount: it has a value, or it is absent."""
    text: str
    """The condition, canonically printed."""
    facts: tuple[FactUse, ...] = ()
    """What a single condition read, in the order of its text. Empty for AND, OR and NOT."""
    parameters: tuple[ParameterUse, ...] = ()
    children: tuple[Finding, ...] = ()
    absent: bool = False
    """The outcome is `fail` because a value is known to be absent, not because it is a wrong one."""
    reason: str | None = None
    """Why it is undefined, or why the whole failed that would be undefined (`OnUndefined.NO`)."""


def explain(rule: Rule, facts: Facts, parameters: Parameters) -> Finding:
    """The finding of a rule. Its outcome is that of `evaluate`; an absent condition is a failed one.

    Where the rule says NO when undefined, the whole fails and keeps the reason; its parts stay undefined.
    """
    finding = _explain(rule.root, facts, parameters)
    if finding.outcome == "undefined" and rule.on_undefined is OnUndefined.NO:
        return replace(finding, outcome="fail", absent=rule.type.kind is not Kind.BOOLEAN)
    return finding


def to_json(finding: Finding) -> dict[str, Any]:
    """The finding as JSON can hold it; `from_json` gives the same finding back."""
    return {
        "outcome": finding.outcome,
        "text": finding.text,
        "absent": finding.absent,
        "reason": finding.reason,
        "facts": [{"name": use.name, "state": _state_to_json(use.state)} for use in finding.facts],
        "parameters": [{"name": use.name, "value": _value_to_json(use.value)} for use in finding.parameters],
        "children": [to_json(child) for child in finding.children],
    }


def from_json(data: Mapping[str, Any]) -> Finding:
    """The finding that `to_json` wrote. Raises KeyError or ValueError on anything else."""
    return Finding(
        outcome=data["outcome"],
        text=data["text"],
        absent=data["absent"],
        reason=data["reason"],
        facts=tuple(FactUse(use["name"], _state_from_json(use["state"])) for use in data["facts"]),
        parameters=tuple(
            ParameterUse(use["name"], _value_from_json(use["value"])) for use in data["parameters"]
        ),
        children=tuple(from_json(child) for child in data["children"]),
    )


def _explain(node: ir.Node, facts: Facts, parameters: Parameters) -> Finding:
    state = evaluate_node(node, node.type, facts, parameters)
    finding = Finding(
        outcome=_outcome(state),
        text=print_node(node),
        absent=isinstance(state, Absent),
        reason=state.reason if isinstance(state, Undefined) else None,
    )
    if isinstance(node, ir.And | ir.Or | ir.Not):
        return replace(
            finding, children=tuple(_explain(part, facts, parameters) for part in ir.children(node))
        )
    return replace(
        finding,
        facts=tuple(FactUse(name, facts.get(name, Unknown(frozenset({name})))) for name in ir.facts(node)),
        parameters=tuple(ParameterUse(name, parameters.get(name)) for name in ir.parameters(node)),
    )


def _outcome(state: State) -> Outcome:
    match state:
        case Known(value=False) if state.value is False:
            return "fail"
        case Known():
            return "pass"
        case Absent():
            return "fail"
        case Unknown():
            return "unknown"
        case Undefined():
            return "undefined"


def _state_to_json(state: State | Members) -> dict[str, Any]:
    match state:
        case Known(value=value):
            return {"known": _value_to_json(value)}
        case Absent():
            return {"absent": True}
        case Unknown(facts=names):
            return {"unknown": sorted(names)}
        case Undefined(reason=reason):
            return {"undefined": reason}
        case Members(rows=rows):
            return {"members": [{name: _state_to_json(row[name]) for name in sorted(row)} for row in rows]}


def _state_from_json(data: Mapping[str, Any]) -> State | Members:
    match dict(data):
        case {"members": rows}:
            return Members(tuple({name: _known_from_json(row[name]) for name in row} for row in rows))
        case {"unknown": names}:
            return Unknown(frozenset(names))
        case {"undefined": reason}:
            return Undefined(reason)
        case _:
            return _known_from_json(data)


def _known_from_json(data: Mapping[str, Any]) -> Known | Absent:
    match dict(data):
        case {"known": raw} if isinstance(value := _value_from_json(raw), bool | int | Decimal | date | str):
            return Known(value)
        case {"absent": True}:
            return ABSENT
        case other:
            raise ValueError(f"{other!r} is no state")


def _value_to_json(value: Value | Brackets | None) -> Any:
    match value:
        case Decimal():
            return {"decimal": format(value, "f")}
        case date():
            return {"date": value.isoformat()}
        case Brackets(lower=lower, values=values):
            return {
                "brackets": [
                    [_value_to_json(low), _value_to_json(v)] for low, v in zip(lower, values, strict=True)
                ]
            }
        case _:
            return value


def _value_from_json(raw: Any) -> Value | Brackets | None:
    match raw:
        case {"decimal": str() as digits}:
            return Decimal(digits)
        case {"date": str() as day}:
            return date.fromisoformat(day)
        case {"brackets": [*pairs]}:
            lower, values = zip(
                *((_value_from_json(low), _value_from_json(v)) for low, v in pairs), strict=True
            )
            return Brackets(cast("tuple[Value, ...]", lower), cast("tuple[Value, ...]", values))
        case None | bool() | int() | str():
            return cast("Value | None", raw)
        case _:
            raise ValueError(f"{raw!r} is no value")
