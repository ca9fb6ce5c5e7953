"""Why a rule came out as it did: a tree over its AND, OR and NOT down to single conditions.

    NOT blocked AND area >= 60          fail
      NOT blocked                       pass      -> blocked: fail, it is known to be false
      area >= 60                        fail      -> area: 45

A finding has no labels and no language: whoever shows it looks the names up.
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
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, State, Undefined, Unknown, Value

Outcome = Literal["pass", "fail", "unknown", "undefined"]


@dataclass(frozen=True, slots=True)
class FactUse:
    name: str
    state: State


@dataclass(frozen=True, slots=True)
class ParameterUse:
    name: str
    value: Value | None
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
    """Why it is undefined."""


def explain(rule: Rule, facts: Facts, parameters: Mapping[str, Value]) -> Finding:
    """The finding of a rule. Its outcome is that of `evaluate`; an absent condition is a failed one."""
    return _explain(rule.root, facts, parameters)


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


def _explain(node: ir.Node, facts: Facts, parameters: Mapping[str, Value]) -> Finding:
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


def _state_to_json(state: State) -> dict[str, Any]:
    match state:
        case Known(value=value):
            return {"known": _value_to_json(value)}
        case Absent():
            return {"absent": True}
        case Unknown(facts=names):
            return {"unknown": sorted(names)}
        case Undefined(reason=reason):
            return {"undefined": reason}


def _state_from_json(data: Mapping[str, Any]) -> State:
    match dict(data):
        case {"known": raw} if (value := _value_from_json(raw)) is not None:
            return Known(value)
        case {"absent": True}:
            return ABSENT
        case {"unknown": names}:
            return Unknown(frozenset(names))
        case {"undefined": reason}:
            return Undefined(reason)
        case other:
            raise ValueError(f"{other!r} is no state")


def _value_to_json(value: Value | None) -> Any:
    match value:
        case Decimal():
            return {"decimal": format(value, "f")}
        case date():
            return {"date": value.isoformat()}
        case _:
            return value


def _value_from_json(raw: Any) -> Value | None:
    match raw:
        case {"decimal": str() as digits}:
            return Decimal(digits)
        case {"date": str() as day}:
            return date.fromisoformat(day)
        case None | bool() | int() | str():
            return cast("Value | None", raw)
        case _:
            raise ValueError(f"{raw!r} is no value")
