"""Random aggregates over the relations of `subjects`, for `strategies`.

Filters and operands read the fields of a member, and facts of the subject beside them.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from tests.core.rules import meaning
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import DAYS, RELATIONS


def _field(relation: str, name: str) -> Sample:
    key, type = f"{relation}.{name}", RELATIONS[relation][name]
    return Sample(key, lambda env: env[key], type.scale, simple=True)


def _outer(name: str, scale: int = 0) -> Sample:
    return Sample(name, lambda env: env[name], scale, simple=True)


def _constant(text: str, value: Any) -> Sample:
    return Sample(text, lambda _: value, simple=True)


_BESIDE = {  # field: what it can be compared with
    "children.born": [_outer("opened"), *(_constant(f"DATE '{day}'", day) for day in DAYS[:3])],
    "children.grade": [_outer("seats"), _outer("least_area"), _constant("1", 1), _constant("0", 0)],
    "children.fee": [_outer("income"), _outer("cap"), _constant("0.50", 50)],
    "rooms.size": [_outer("ratio", 2), _outer("area"), _constant("1", 1)],
    "rooms.kind": [_outer("kind"), _constant("'bar'", "bar")],
}


@st.composite
def _conditions(draw: st.DrawFn, relation: str, depth: int) -> Sample:
    shape = draw(st.sampled_from(["leaf", "compare", "compare", "null", "and", "or", "not", "ratio"]))
    flag = _field(relation, "boards" if relation == "children" else "owned")
    if shape == "leaf" or (depth <= 0 and shape in ("and", "or", "not")):
        return draw(st.sampled_from([flag, _outer("open_air"), flag]))
    match shape:
        case "compare":
            name = draw(st.sampled_from([n for n, t in RELATIONS[relation].items() if t.kind != "boolean"]))
            field = _field(relation, name)
            other = draw(st.sampled_from(_BESIDE[field.text]))
            operators = ["=", "<>"] if name == "kind" else sorted(meaning.ORDERS)
            operator = draw(st.sampled_from(operators))
            compared = meaning.strict(meaning.ORDERS[operator], field, other)
            return Sample(f"{field.text} {operator} {other.text}", compared)
        case "null":
            field = _field(relation, draw(st.sampled_from(sorted(RELATIONS[relation]))))
            return Sample(f"{field.text} IS NULL", meaning.is_null(field, negated=False))
        case "not":
            part = draw(_conditions(relation, depth - 1))
            return Sample(f"NOT ({part.text})", meaning.strict(lambda value: not value, part))
        case "ratio":
            above, below = _field(relation, "grade" if relation == "children" else "size"), _outer("seats")
            ratio = Sample(f"{above.text} / {below.text}", meaning.ratio(above, below))
            return Sample(f"{ratio.text} >= 1", meaning.strict(lambda value: value >= 1, ratio))
        case _:
            parts = tuple(draw(_conditions(relation, depth - 1)) for _ in range(2))
            text = f" {shape.upper()} ".join(part.bracketed for part in parts)
            return Sample(text, meaning.junction(parts, decisive=shape == "or"))


def _gathered(draw: st.DrawFn, function: str, relation: str, operand: Sample | None, depth: int) -> Sample:
    where = draw(st.none() | _conditions(relation, depth))
    text = f"{function.upper()}({operand.text if operand else relation})"
    if where:
        text += f" FILTER (WHERE {where.text})"
    scale = operand.scale if operand else 0
    return Sample(text, meaning.aggregate(function, relation, operand, where), scale, simple=True)


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> Sample:
    relation = draw(st.sampled_from(sorted(RELATIONS)))
    function = draw(st.sampled_from(["count", "count", "sum", "min", "max"]))
    if function == "count":
        return _gathered(draw, function, relation, None, depth)
    field = _field(relation, "grade" if relation == "children" else "size")
    if draw(st.booleans()):
        seats = _outer("seats")
        times = meaning.strict(lambda a, b: a * b, field, seats)
        field = Sample(f"{field.text} * seats", times, field.scale)
    return _gathered(draw, function, relation, field, depth)


@st.composite
def amounts(draw: st.DrawFn, depth: int) -> Sample:
    function = draw(st.sampled_from(["sum", "sum", "min", "max"]))
    return _gathered(draw, function, "children", _field("children", "fee"), depth)


@st.composite
def dates(draw: st.DrawFn, depth: int) -> Sample:
    function = draw(st.sampled_from(["min", "max"]))
    return _gathered(draw, function, "children", _field("children", "born"), depth)


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Sample:
    relation = draw(st.sampled_from(sorted(RELATIONS)))
    function = draw(st.sampled_from(["bool_or", "bool_and"]))
    about = _conditions(relation, 1).filter(lambda operand: f"{relation}." in operand.text)
    return _gathered(draw, function, relation, draw(about), depth)
