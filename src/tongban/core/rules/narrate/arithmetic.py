"""The steps of an amount in words: what was computed, the values put in, the result; and what was assumed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from tongban.core.rules import ir
from tongban.core.rules.ir import Aggregation, Function
from tongban.core.rules.narrate.narration import Worked
from tongban.core.rules.narrate.phrases import Phrases, expression
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.states import Absent, Known, Undefined, Unknown
from tongban.core.rules.steps import Assumption, Part, Step, Tally
from tongban.core.rules.types import Kind, Type

MOST_VALUES: Final = 12
"""Of the members of a relation, as many values are written out."""


def tell_steps(done: Sequence[Step], phrases: Phrases) -> tuple[Worked, ...]:
    """The steps in words, numbered. One that did nothing is left out: a rounding of what is round, a COALESCE."""
    told: list[Worked] = []
    referred: dict[ir.Node, str] = {}
    for step in done:
        worked = _worked(step, phrases)
        if step.node in referred:
            continue
        if worked is None:
            if isinstance(step.node, ir.Round | ir.Call) and step.parts[0].node in referred:
                referred[step.node] = referred[step.parts[0].node]
            continue
        so_far = replace(phrases, steps=dict(referred))
        label = "" if isinstance(step.node, ir.Case) else so_far.words(step.node)
        tidy = phrases.speech.tidy
        told.append(Worked(len(told) + 1, step.text, tidy(label), tidy(worked)))
        referred[step.node] = f"[{len(told)}]"
    return tuple(told)


def _worked(step: Step, phrases: Phrases) -> str | None:
    speech = phrases.speech
    if speech.withheld(step.node):
        return speech.say("数值不公开", "values withheld")
    match step.node:
        case ir.Case() as node:
            return _chosen(step, node, phrases)
        case ir.Coalesce():
            return None
        case ir.Aggregate() as node:
            return _gathered(step, node, speech)
        case ir.Bracket() as node:
            return _bracket(step, node, speech)
        case ir.Call(function=function) as node if function not in (Function.FLOOR, Function.CEIL):
            return _called(step, node, speech)
        case _:
            return _expression(step, speech) or None


def tell_assumption(assumption: Assumption, phrases: Phrases) -> str:
    """`Subsidy: there is none, counted as ¥0`"""
    speech = phrases.speech
    what = phrases.words(assumption.absent)
    if assumption.members is not None:
        what += speech.say(f"（{assumption.members} 项）", f" (of {assumption.members})")
    match assumption.taken:
        case None:
            told = speech.say(f"{what}：没有这一项，据此判断", f"{what}: decided by there being none")
        case Known():
            taken = speech.result(assumption.node.type, assumption.taken)
            told = speech.say(f"{what}：无，按 {taken} 计", f"{what}: there is none, counted as {taken}")
        case _:
            told = speech.say(f"{what}：无", f"{what}: there is none")
    return speech.tidy(told)


def _expression(step: Step, speech: Speech) -> str:
    rounding = isinstance(step.node, ir.Round | ir.Call)
    inside = ir.children(step.node)[0] if rounding else step.node
    parts = iter(step.parts)
    values = expression(inside, lambda _: _put_in(next(parts), speech))
    result = speech.result(step.node.type, step.result, bare=True)
    if step.unrounded is not None:
        exact = speech.ratio(_exact_type(step.node), step.unrounded, bare=True)
        between = "" if len(step.parts) == 1 else f" {exact}" if exact.startswith("≈") else f" = {exact}"
        return f"{values}{between}{_rounded(step.node, speech)}{result}"
    if rounding and len(step.parts) == 1 and not isinstance(inside, ir.Negate):
        return ""
    return f"{values} {result}" if result.startswith("≈") else f"{values} = {result}"


def _exact_type(node: ir.Node) -> Type:
    return node.type if node.type.kind is Kind.MONEY else Type(Kind.DECIMAL)


def _rounded(node: ir.Node, speech: Speech) -> str:
    match node:
        case ir.Call(function=Function.FLOOR):
            return speech.say("，向下取整为 ", ", rounded down to ")
        case ir.Call():
            return speech.say("，向上取整为 ", ", rounded up to ")
        case _:
            return speech.say("，四舍五入为 ", ", rounded to ")


def _put_in(part: Part, speech: Speech) -> str:
    return speech.result(part.node.type, part.result, bare=True)


def _chosen(step: Step, node: ir.Case, phrases: Phrases) -> str:
    speech = phrases.speech
    if step.taken is None:
        if isinstance(step.result, Unknown):
            return speech.say("取哪一项尚未确定", "which branch holds is still open")
        return speech.result(node.type, step.result)
    value = speech.result(node.type, step.result)
    if step.taken == len(node.branches):
        return speech.say(f"各项条件均不符合，取 {value}", f"none of the conditions holds: {value}")
    because = phrases.condition(node.branches[step.taken][0])
    return speech.say(f"因 {because}，取 {value}", f"because {because}: {value}")


def _called(step: Step, node: ir.Call, speech: Speech) -> str:
    values = [_put_in(part, speech) for part in step.parts]
    result = speech.result(node.type, step.result, bare=node.type.kind is not Kind.INTEGER)
    match node.function:
        case Function.ABS:
            return f"|{values[0]}| = {result}"
        case Function.ADD_MONTHS:
            months = speech.result(Type(Kind.INTEGER, unit="months"), step.parts[1].result)
            sign = "" if months.startswith("−") else "+ "
            return f"{values[0]} {sign}{months.replace('−', '− ')} = {result}"
        case Function.LEAST | Function.GREATEST:
            return f"{speech.listed(values)} → {result}"
        case _:
            return f"{values[0]} → {values[1]} = {result}"


def _bracket(step: Step, node: ir.Bracket, speech: Speech) -> str:
    result = speech.result(node.type, step.result, bare=True)
    value = _put_in(step.parts[0], speech)
    if isinstance(step.result, Unknown | Absent | Undefined):
        return f"{value} → {result}"
    if node.sliced:
        return f"{_sum_of_slices(step, node, speech)} = {result}"
    (found,) = step.slices
    low = speech.value(node.key, found.lower, bare=True)
    if found.upper is None:
        return speech.say(
            f"{value} 在 {low} 及以上一档：{result}",
            f"{value} lies in the last bracket, from {low}: {result}",
        )
    high = speech.value(node.key, found.upper, bare=True)
    return speech.say(
        f"{value} 在 {low} 至 {high}（不含）一档：{result}",
        f"{value} lies in the bracket from {low} to below {high}: {result}",
    )


def _sum_of_slices(step: Step, node: ir.Bracket, speech: Speech) -> str:
    key = node.operand.type
    terms = [
        f"{speech.ratio(key, Fraction(part.part), bare=True)} × {speech.value(node.value, part.value, bare=True)}"
        for part in step.slices
        if part.part is not None
    ]
    return " + ".join(terms) or "0"


def _gathered(step: Step, node: ir.Aggregate, speech: Speech) -> str:
    result = speech.result(node.type, step.result, bare=True)
    tally = step.tally
    if tally is None:
        return result
    parts = [_terms(node, tally, speech), result]
    counted = " = ".join(part for part in parts if part)
    return counted + "".join(_counted(tally, speech))


def _terms(node: ir.Aggregate, tally: Tally, speech: Speech) -> str:
    if not 0 < len(tally.values) <= MOST_VALUES or node.operand is None or tally.open:
        return ""
    values = [speech.value(node.operand.type, value, bare=True) for value in tally.values]
    match node.function:
        case Aggregation.SUM:
            return " + ".join(f"({v})" if v.startswith("−") else v for v in values)
        case Aggregation.MIN | Aggregation.MAX:
            return speech.listed(values)
        case _:
            return ""


def _counted(tally: Tally, speech: Speech) -> Iterator[str]:
    members, counted, open_ = tally.members, tally.counted, tally.open
    yield speech.say(f"（共 {members} 项，计入 {counted} 项", f" ({counted} of {members} counted")
    if open_:
        yield speech.say(f"，{open_} 项未定", f", {open_} open")
    yield speech.say("）", ")")
