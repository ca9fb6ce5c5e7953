"""Random rules over the whole language, each with its meaning written a second time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from tests.core.rules import gathering, meaning
from tests.core.rules.meaning import Sample
from tests.core.rules.subjects import DAYS, TYPES

# -- expressions -------------------------------------------------------------------------------------------


def _name(*names: str) -> st.SearchStrategy[Sample]:
    return st.sampled_from(names).map(lambda n: Sample(n, lambda env: env[n], TYPES[n].scale, simple=True))


def _constant(text: str, value: Any, scale: int = 0) -> Sample:
    return Sample(text, lambda _: value, scale, simple=True)


_numbers = st.one_of(
    _name("area", "kitchen", "seats", "ratio", "least_area", "rate"),
    st.integers(0, 4).map(lambda n: _constant(str(n), n)),
    st.sampled_from(["0.5", "1.00", "0.25"]).map(lambda t: _constant(t, Fraction(t), len(t) - 2)),
)
_whole = st.one_of(_name("area", "kitchen", "seats"), st.integers(0, 4).map(lambda n: _constant(str(n), n)))
_amounts = _name("income", "cost", "cap")
_yuan = st.sampled_from(["0", "1", "1.5", "0.50"]).map(lambda t: _constant(t, int(Fraction(t) * 100)))
_days = st.one_of(
    _name("opened", "closed", "cutoff"),
    st.sampled_from(DAYS).map(lambda d: _constant(f"DATE '{d}'", d)),
)
_texts = st.one_of(
    _name("name"), st.sampled_from([("'A'", "A"), ("'a''b'", "a'b")]).map(lambda p: _constant(*p))
)
_conditions = st.one_of(
    _name("open_air", "cold_dishes", "music", "allowed"),
    st.booleans().map(lambda b: _constant(str(b).upper(), b)),
)


def _call(name: str, function: Callable[..., Any], *parts: Sample, scale: int = 0) -> Sample:
    return Sample(
        f"{name}({', '.join(p.text for p in parts)})", meaning.strict(function, *parts), scale, simple=True
    )


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> Sample:
    shapes = ["leaf", "leaf", "sum", "product", "choice", "ratio", "dates", "minus", "gather", "bracket"]
    shape = draw(st.sampled_from(shapes))
    if depth <= 0 or shape == "leaf":
        return draw(_numbers)
    if shape == "gather":
        return draw(gathering.numbers(depth - 1))
    if shape == "bracket":
        return _bracket(draw(dates(depth - 1)), "periods")
    left, right = draw(numbers(depth - 1)), draw(numbers(depth - 1))
    match shape:
        case "sum":
            return _sum(draw, left, right)
        case "product" if left.scale + right.scale <= 12:
            text = f"{left.bracketed} * {right.bracketed}"
            return Sample(text, meaning.strict(lambda a, b: a * b, left, right), left.scale + right.scale)
        case "minus":
            if draw(st.booleans()):
                return _call("ABS", abs, left, scale=left.scale)
            return Sample(f"-({left.text})", meaning.strict(lambda a: -a, left), left.scale)
        case "ratio":
            return _rounded(draw, left, right)
        case "dates":
            span = draw(_SPANS)
            return _rounded(draw, _span(draw, depth - 1, span), _span(draw, depth - 1, span), whole=False)
        case _:
            return _choice(draw, left, right, depth)


def _sum(draw: st.DrawFn, left: Sample, right: Sample) -> Sample:
    plus = draw(st.booleans())
    function = (lambda a, b: a + b) if plus else (lambda a, b: a - b)
    text = f"{left.bracketed} {'+' if plus else '-'} {right.bracketed}"
    return Sample(text, meaning.strict(function, left, right), max(left.scale, right.scale))


def _quotient(left: Sample, right: Sample) -> Sample:
    return Sample(f"{left.bracketed} / {_denominator(right)}", meaning.ratio(left, right))


def _denominator(sample: Sample) -> str:
    """A literal 0 is refused; 0 + 0 is not."""
    return sample.bracketed if any(map(str.isalpha, sample.text)) else f"(0 + {sample.bracketed})"


def _rounded(draw: st.DrawFn, left: Sample, right: Sample, whole: bool = True) -> Sample:
    inside = draw(st.sampled_from([left, _quotient(left, right)])) if whole else _quotient(left, right)
    digits = draw(st.integers(0, 3))
    match draw(st.sampled_from(["ROUND", "FLOOR", "CEIL"])):
        case "ROUND":
            rounded = meaning.strict(lambda value: meaning.half_away(value, digits), inside)
            return Sample(f"ROUND({inside.text}, {digits})", rounded, digits, simple=True)
        case "FLOOR":
            return _call("FLOOR", lambda value: Fraction(value) // 1, inside)
        case _:
            return _call("CEIL", lambda value: -(-Fraction(value) // 1), inside)


def _span(draw: st.DrawFn, depth: int, name: str) -> Sample:
    """Its unit is months, years or days; everything else here has none."""
    left, right = draw(dates(depth)), draw(dates(depth))
    match name:
        case "months_between":
            return _call(name, meaning.months, left, right)
        case "years_between":
            return _call(name, lambda a, b: int(Fraction(meaning.months(a, b), 12)), left, right)
        case _:
            return _call(name, lambda a, b: (b - a) // timedelta(days=1), left, right)


_SPANS = st.sampled_from(["months_between", "years_between", "days_between"])


def _choice(draw: st.DrawFn, left: Sample, right: Sample, depth: int, ordered: bool = True) -> Sample:
    scale = max(left.scale, right.scale)
    shapes = ["COALESCE", "COALESCE", "CASE", "CASE", *(["LEAST", "GREATEST"] if ordered else [])]
    match draw(st.sampled_from(shapes)):
        case "COALESCE":
            text = f"COALESCE({left.text}, {right.text})"
            return Sample(text, meaning.coalesce((left, right)), scale, simple=True)
        case "CASE":
            first, second = draw(conditions(depth - 1)), draw(conditions(depth - 1))
            branches = [(first, left), (second, right)][: draw(st.integers(1, 2))]
            last = draw(st.sampled_from([left, right]))
            middle = " ".join(f"WHEN {when.text} THEN {then.text}" for when, then in branches)
            return Sample(
                f"CASE {middle} ELSE {last.text} END", meaning.case(branches, last), scale, simple=True
            )
        case "LEAST":
            return _call("LEAST", min, left, right, scale=scale)
        case _:
            return _call("GREATEST", max, left, right, scale=scale)


@st.composite
def amounts(draw: st.DrawFn, depth: int) -> Sample:
    """Money in whole fen. One operand at least is money by itself, so that plain numbers are read as yuan."""
    shapes = ["leaf", "leaf", "sum", "product", "choice", "ratio", "gather", "bracket", "slices"]
    shape = draw(st.sampled_from(shapes))
    if depth <= 0 or shape == "leaf":
        return draw(_amounts)
    if shape == "gather":
        return draw(gathering.amounts(depth - 1))
    if shape == "bracket":
        return _bracket(draw(numbers(depth - 1)), "prices")
    if shape == "slices":
        return _slices(draw(amounts(depth - 1)))
    left, right = draw(amounts(depth - 1)), draw(st.one_of(amounts(depth - 1), _yuan))
    match shape:
        case "sum":
            return _sum(draw, left, right)
        case "product":
            return _share(draw, left, draw(numbers(depth - 1)))
        case "ratio":
            number = draw(numbers(depth - 1))
            digits = draw(st.integers(0, 2))
            rounded = meaning.strict(lambda fen: meaning.half_away(fen, digits - 2), _quotient(left, number))
            return Sample(f"ROUND({_quotient(left, number).text}, {digits})", rounded, simple=True)
        case _:
            return _choice(draw, left, right, depth)


def _share(draw: st.DrawFn, amount: Sample, number: Sample) -> Sample:
    product = Sample(
        f"{amount.bracketed} * {number.bracketed}", meaning.strict(lambda a, b: a * b, amount, number)
    )
    return Sample(
        f"ROUND({product.text}, 2)",
        meaning.strict(lambda fen: meaning.half_away(fen, 0), product),
        simple=True,
    )


def _bracket(operand: Sample, table: str) -> Sample:
    text = f"bracket({operand.text}, {table})"
    return Sample(text, meaning.bracket(operand, table, sliced=False), simple=True)


def _slices(operand: Sample) -> Sample:
    """Rounded to fen, as an amount has to be."""
    sliced = Sample(f"slices({operand.text}, bands)", meaning.bracket(operand, "bands", sliced=True))
    rounded = meaning.strict(lambda fen: meaning.half_away(fen, 0), sliced)
    return Sample(f"ROUND({sliced.text}, 2)", rounded, simple=True)


@st.composite
def dates(draw: st.DrawFn, depth: int) -> Sample:
    if depth <= 0 or draw(st.booleans()):
        return draw(_days)
    if draw(st.integers(0, 3)) == 0:
        return draw(gathering.dates(depth - 1))
    left, right = draw(dates(depth - 1)), draw(dates(depth - 1))
    if draw(st.booleans()):
        return _call("add_months", meaning.add_months, left, draw(_whole_without_unit))
    return _choice(draw, left, right, depth)


_whole_without_unit = st.one_of(
    _name("seats"),
    st.integers(-5, 14).map(lambda n: _constant(str(n), n)),
    _numbers.map(
        lambda s: _call("FLOOR", lambda v: Fraction(v) // 1, s) if s.text == "ratio" else _constant("1", 1)
    ),
)


@st.composite
def conditions(draw: st.DrawFn, depth: int) -> Sample:
    shapes = [
        "leaf",
        "and",
        "or",
        "not",
        "compare",
        "compare",
        "ratio",
        "between",
        "in",
        "null",
        "choice",
        "text",
        "span",
        "gather",
    ]
    shape = draw(st.sampled_from(shapes))
    if depth <= 0 or shape == "leaf":
        return draw(_conditions)
    match shape:
        case "gather":
            return draw(gathering.conditions(depth - 1))
        case "and" | "or":
            parts = tuple(draw(conditions(depth - 1)) for _ in range(draw(st.integers(2, 3))))
            text = f" {shape.upper()} ".join(part.bracketed for part in parts)
            return Sample(text, meaning.junction(parts, decisive=shape == "or"))
        case "not":
            part = draw(conditions(depth - 1))
            return Sample(f"NOT ({part.text})", meaning.strict(lambda value: not value, part))
        case "choice":
            return _choice(
                draw, draw(conditions(depth - 1)), draw(conditions(depth - 1)), depth, ordered=False
            )
        case "ratio":
            return _ratio_condition(draw, depth)
        case "span":
            left = _span(draw, depth - 1, draw(_SPANS))
            return _compared(draw(st.sampled_from(sorted(meaning.ORDERS))), left, draw(numbers(depth - 1)))
        case _:
            return _simple_condition(draw, shape, depth)


def _ratio_condition(draw: st.DrawFn, depth: int) -> Sample:
    kind = draw(st.sampled_from([numbers, amounts]))
    left = _quotient(draw(kind(depth - 1)), draw(kind(depth - 1)))
    right = draw(numbers(depth - 1))
    return _compared(draw(st.sampled_from(sorted(meaning.ORDERS))), left, right)


def _compared(operator: str, left: Sample, right: Sample) -> Sample:
    text = f"{left.text} {operator} {right.text}"
    return Sample(text, meaning.strict(meaning.ORDERS[operator], left, right))


def _simple_condition(draw: st.DrawFn, shape: str, depth: int) -> Sample:
    no = draw(st.booleans())
    kind = draw(st.sampled_from([numbers, amounts, dates]))
    left = draw(kind(depth - 1))
    match shape:
        case "compare":
            right = draw(st.one_of(amounts(depth - 1), _yuan) if kind is amounts else kind(depth - 1))
            return _compared(draw(st.sampled_from(sorted(meaning.ORDERS))), left, right)
        case "between":
            low, high = draw(kind(depth - 1)), draw(kind(depth - 1))
            text = f"{left.text} {'NOT ' * no}BETWEEN {low.bracketed} AND {high.bracketed}"
            return Sample(text, meaning.strict(lambda v, a, b: (a <= v <= b) != no, left, low, high))
        case "null":
            part = draw(st.one_of(kind(depth - 1), _name("kind", "music")))
            return Sample(f"{part.bracketed} IS {'NOT ' * no}NULL", meaning.is_null(part, no))
        case "in":
            items = draw(st.lists(st.sampled_from(["noodle", "bar"]), min_size=1, max_size=2))
            operand = draw(_name("kind"))
            text = f"kind {'NOT ' * no}IN ({', '.join(repr(item) for item in items)})"
            return Sample(text, meaning.strict(lambda value: (value in items) != no, operand))
        case _:
            left, right = draw(_texts), draw(_texts)
            return _compared("<>" if no else "=", left, right)


def results(depth: int) -> st.SearchStrategy[Sample]:
    """A rule of any type."""
    return st.one_of(conditions(depth), numbers(depth), amounts(depth), dates(depth))


rules = st.one_of(results(1), results(2), results(2), results(3))
"""Small rules find faults in one operation, deep ones between operations."""
