"""What a rule comes out as, in words for the terminal and as JSON."""

from __future__ import annotations

from typing import Any

from tongban.core.rules import types
from tongban.core.rules.bounds import Bounds, bounds
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Absent, Facts, Known, Parameters, State, Undefined, Unknown


def text(rule: Rule, facts: Facts, parameters: Parameters, speech: Speech) -> str:
    """One line: the value, that there is none, or what it still depends on and between what it lies."""
    say, state = speech.say, evaluate(rule, facts, parameters)
    match state:
        case Known(value=value):
            return speech.value(rule.type, value)
        case Absent():
            return say("无", "none")
        case Undefined(reason=reason):
            referred = say("，由工作人员决定", "; a person decides")
            decides = referred if rule.on_undefined is OnUndefined.REFER else ""
            return say("无法得出：", "no value: ") + speech.reason(reason) + decides
        case Unknown(facts=names):
            between = _between(rule, bounds(rule, facts, parameters), speech)
            depends = say("；取决于 ", "; it depends on ") + _named(names, speech)
            return speech.tidy(say("未定", "open") + between + depends)


def as_json(rule: Rule, facts: Facts, parameters: Parameters) -> dict[str, Any]:
    """The state and its value; money in fen, decimals as text. While open, the open facts and the bounds."""
    state = evaluate(rule, facts, parameters)
    return {"type": type_name(rule.type), **_state(rule, state), **_open(rule, state, facts, parameters)}


def type_name(type: types.Type) -> str:
    """As a vocabulary writes it."""
    if type.kind is types.Kind.DECIMAL:
        return f"decimal({type.scale})"
    return f"code:{type.codes}" if type.codes else str(type.kind)


def _state(rule: Rule, state: State) -> dict[str, Any]:
    match state:
        case Known(value=value):
            return {"state": "known", "value": types.write(rule.type, value)}
        case Absent():
            return {"state": "absent"}
        case Undefined(reason=reason):
            return {"state": "undefined", "reason": reason}
        case Unknown(facts=names):
            return {"state": "unknown", "depends_on": sorted(names)}


def _open(rule: Rule, state: State, facts: Facts, parameters: Parameters) -> dict[str, Any]:
    if not isinstance(state, Unknown):
        return {}
    found = bounds(rule, facts, parameters)
    ends = {
        name: types.write(rule.type, end) if end is not None else None
        for name, end in (("low", found.low), ("high", found.high))
    }
    maybe = {
        "may_be_absent": found.may_be_absent,
        "may_be_undefined": found.may_be_undefined,
    }
    return {"bounds": {**ends, **maybe}}


def _between(rule: Rule, found: Bounds, speech: Speech) -> str:
    """`: between ¥0 and ¥1,000,000, or none`"""
    say = speech.say
    low, high = (speech.value(rule.type, end) if end is not None else "" for end in (found.low, found.high))
    parts: list[str] = []
    if low and low == high:
        parts.append(low)
    elif low and high:
        parts.append(say(f"在 {low} 与 {high} 之间", f"between {low} and {high}"))
    elif low or high:
        parts.append(
            say(f"不少于 {low}", f"at least {low}") if low else say(f"不超过 {high}", f"at most {high}")
        )
    if parts and found.may_be_absent:
        parts.append(say("或无", "or none"))
    if parts and found.may_be_undefined:
        parts.append(say("或无法得出", "or no value"))
    return say("：", ": ") + say("，", ", ").join(parts) if parts else ""


def _named(names: frozenset[str], speech: Speech) -> str:
    return speech.listed(
        f"{speech.label(name)}{speech.say(f'（{name}）', f' ({name})')}"
        if speech.label(name) != name
        else name
        for name in sorted(names)
    )
