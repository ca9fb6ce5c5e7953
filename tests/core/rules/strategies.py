"""Random rules over the whole language, each with its meaning written a second time, and random subjects.

A `Sample` is the text of an expression and a function that computes it naively from complete facts: it looks at
every operand, knows nothing of unknowns, and shares no code with `tongban.core.rules`. Absent is `None`,
undefined is a `Nothing`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tongban.core.rules.states import ABSENT, Known
from tongban.core.rules.types import Vocabulary, parse_type, read

CODES = {"kinds": frozenset({"noodle", "cafe", "bar"})}
FACTS = {
    "open_air": parse_type("boolean"),
    "cold_dishes": parse_type("boolean"),
    "music": parse_type("boolean"),
    "area": parse_type("integer"),
    "kitchen": parse_type("integer"),
    "seats": parse_type("integer"),
    "ratio": parse_type("decimal(2)"),
    "income": parse_type("money"),
    "cost": parse_type("money"),
    "opened": parse_type("date"),
    "closed": parse_type("date"),
    "name": parse_type("text"),
    "kind": parse_type("code", codes="kinds"),
}
PARAMETERS = {
    "least_area": parse_type("integer"),
    "rate": parse_type("decimal(3)"),
    "cap": parse_type("money"),
    "cutoff": parse_type("date"),
    "allowed": parse_type("boolean"),
}
VOCABULARY = Vocabulary(facts=FACTS, parameters=PARAMETERS, code_lists=CODES)
TYPES = FACTS | PARAMETERS


@dataclass(frozen=True)
class Nothing:
    """Undefined, with the reason."""

    reason: str


@dataclass(frozen=True)
class Sample:
    text: str
    meaning: Callable[[dict[str, Any]], Any]
    scale: int = 0
    """Digits after the point that the value may need."""
    simple: bool = False
    """May stand anywhere without brackets."""

    def __repr__(self) -> str:
        return self.text

    @property
    def bracketed(self) -> str:
        return self.text if self.simple else f"({self.text})"


# -- values and subjects -----------------------------------------------------------------------------------

_DATES = st.dates(date(1999, 12, 20), date(2001, 3, 10)) | st.sampled_from(
    [date(1, 1, 1), date(9999, 12, 31)]
)
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "integer": st.integers(-3, 6),
    "decimal(2)": st.integers(-300, 600).map(lambda n: read(parse_type("decimal(2)"), Decimal(n) / 100)),
    "decimal(3)": st.integers(-300, 600).map(lambda n: read(parse_type("decimal(3)"), Decimal(n) / 1000)),
    "money": st.integers(-3, 6).map(lambda n: n * 50),
    "date": _DATES,
    "text": st.sampled_from(["", "A", "a'b"]),
    "code": st.sampled_from(sorted(CODES["kinds"])),
}


def _values(name: str) -> st.SearchStrategy[Any]:
    type = TYPES[name]
    return _VALUES[f"decimal({type.scale})" if type.kind == "decimal" else str(type.kind)]


def states(name: str) -> st.SearchStrategy[Any]:
    """Known or absent."""
    return st.one_of(_values(name).map(Known), _values(name).map(Known), st.just(ABSENT))


complete_facts = st.fixed_dictionaries({name: states(name) for name in FACTS})
partial_facts = st.fixed_dictionaries({}, optional={name: states(name) for name in FACTS})
parameters = st.fixed_dictionaries({}, optional={name: _values(name) for name in PARAMETERS})


def environment(facts: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What a meaning reads: every fact and parameter, decimals as fractions."""
    plain = {name: state.value if isinstance(state, Known) else None for name, state in facts.items()}
    undefined = {name: Nothing(f"no value of '{name}' for this date") for name in PARAMETERS}
    return {
        name: Fraction(value) if isinstance(value, Decimal) else value
        for name, value in (plain | undefined | given).items()
    }


# -- meaning -----------------------------------------------------------------------------------------------


def _strict(function: Callable[..., Any], *parts: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = [part.meaning(env) for part in parts]
        for value in values:
            if isinstance(value, Nothing):
                return value
        return None if None in values else function(*values)

    return meaning


def _ratio(above: Sample, below: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = above.meaning(env), below.meaning(env)
        for value in values:
            if isinstance(value, Nothing):
                return value
        if values[1] == 0 and values[1] is not None:
            return Nothing("division by zero")
        return None if None in values else Fraction(values[0]) / values[1]

    return meaning


def _junction(parts: tuple[Sample, ...], decisive: bool) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        values = [part.meaning(env) for part in parts]
        if any(value is decisive for value in values):
            return decisive
        undefined = [value for value in values if isinstance(value, Nothing)]
        return undefined[0] if undefined else None if None in values else not decisive

    return meaning


def _case(branches: list[tuple[Sample, Sample]], otherwise: Sample) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        for condition, value in branches:
            found = condition.meaning(env)
            if isinstance(found, Nothing):
                return found
            if found is True:
                return value.meaning(env)
        return otherwise.meaning(env)

    return meaning


def _coalesce(parts: tuple[Sample, ...]) -> Callable[[dict[str, Any]], Any]:
    return lambda env: next((v for part in parts if (v := part.meaning(env)) is not None), None)


def _is_null(part: Sample, negated: bool) -> Callable[[dict[str, Any]], Any]:
    def meaning(env: dict[str, Any]) -> Any:
        value = part.meaning(env)
        return value if isinstance(value, Nothing) else (value is None) != negated

    return meaning


def _half_away(value: Fraction | int, digits: int) -> Fraction:
    """By way of text, as one learns it at school: look at the next digit."""
    scaled = abs(Fraction(value)) * Fraction(10) ** digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    return (1 if value >= 0 else -1) * Fraction(whole) / Fraction(10) ** digits


def _add_months(day: date, months: int) -> Any:
    index = day.year * 12 + day.month - 1 + months
    if not 12 <= index < 120000:
        return Nothing("a date outside the years 1 to 9999")
    for number in range(day.day, 0, -1):
        try:
            return date(index // 12, index % 12 + 1, number)
        except ValueError:
            continue
    raise AssertionError


def _months(start: date, end: date) -> int:
    """By counting."""
    if end < start:
        return -_months(end, start)
    low = (end.year - start.year) * 12 + end.month - start.month
    return next(n for n in (low + 1, low, low - 1) if _reaches(start, n, end))


def _reaches(start: date, months: int, end: date) -> bool:
    later = _add_months(start, months)
    return isinstance(later, date) and later <= end


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


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
    _DATES.map(lambda d: _constant(f"DATE '{d}'", d)),
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
        f"{name}({', '.join(p.text for p in parts)})", _strict(function, *parts), scale, simple=True
    )


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> Sample:
    shape = draw(st.sampled_from(["leaf", "leaf", "sum", "product", "choice", "ratio", "dates", "minus"]))
    if depth <= 0 or shape == "leaf":
        return draw(_numbers)
    left, right = draw(numbers(depth - 1)), draw(numbers(depth - 1))
    match shape:
        case "sum":
            return _sum(draw, left, right)
        case "product" if left.scale + right.scale <= 12:
            text = f"{left.bracketed} * {right.bracketed}"
            return Sample(text, _strict(lambda a, b: a * b, left, right), left.scale + right.scale)
        case "minus":
            if draw(st.booleans()):
                return _call("ABS", abs, left, scale=left.scale)
            return Sample(f"-({left.text})", _strict(lambda a: -a, left), left.scale)
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
    return Sample(text, _strict(function, left, right), max(left.scale, right.scale))


def _quotient(left: Sample, right: Sample) -> Sample:
    return Sample(f"{left.bracketed} / {_denominator(right)}", _ratio(left, right))


def _denominator(sample: Sample) -> str:
    """A literal 0 is refused; 0 + 0 is not."""
    return sample.bracketed if any(map(str.isalpha, sample.text)) else f"(0 + {sample.bracketed})"


def _rounded(draw: st.DrawFn, left: Sample, right: Sample, whole: bool = True) -> Sample:
    inside = draw(st.sampled_from([left, _quotient(left, right)])) if whole else _quotient(left, right)
    digits = draw(st.integers(0, 3))
    match draw(st.sampled_from(["ROUND", "FLOOR", "CEIL"])):
        case "ROUND":
            meaning = _strict(lambda value: _half_away(value, digits), inside)
            return Sample(f"ROUND({inside.text}, {digits})", meaning, digits, simple=True)
        case "FLOOR":
            return _call("FLOOR", lambda value: Fraction(value) // 1, inside)
        case _:
            return _call("CEIL", lambda value: -(-Fraction(value) // 1), inside)


def _span(draw: st.DrawFn, depth: int, name: str) -> Sample:
    """Its unit is months, years or days; everything else here has none."""
    left, right = draw(dates(depth)), draw(dates(depth))
    match name:
        case "months_between":
            return _call(name, _months, left, right)
        case "years_between":
            return _call(name, lambda a, b: int(Fraction(_months(a, b), 12)), left, right)
        case _:
            return _call(name, lambda a, b: (b - a) // timedelta(days=1), left, right)


_SPANS = st.sampled_from(["months_between", "years_between", "days_between"])


def _choice(draw: st.DrawFn, left: Sample, right: Sample, depth: int, ordered: bool = True) -> Sample:
    scale = max(left.scale, right.scale)
    shapes = ["COALESCE", "CASE", *(["LEAST", "GREATEST"] if ordered else [])]
    match draw(st.sampled_from(shapes)):
        case "COALESCE":
            text = f"COALESCE({left.text}, {right.text})"
            return Sample(text, _coalesce((left, right)), scale, simple=True)
        case "CASE":
            first, second = draw(conditions(depth - 1)), draw(conditions(depth - 1))
            branches = [(first, left), (second, right)][: draw(st.integers(1, 2))]
            last = draw(st.sampled_from([left, right]))
            middle = " ".join(f"WHEN {when.text} THEN {then.text}" for when, then in branches)
            return Sample(f"CASE {middle} ELSE {last.text} END", _case(branches, last), scale, simple=True)
        case "LEAST":
            return _call("LEAST", min, left, right, scale=scale)
        case _:
            return _call("GREATEST", max, left, right, scale=scale)


@st.composite
def amounts(draw: st.DrawFn, depth: int) -> Sample:
    """Money in whole fen. One operand at least is money by itself, so that plain numbers are read as yuan."""
    shape = draw(st.sampled_from(["leaf", "leaf", "sum", "product", "choice", "ratio"]))
    if depth <= 0 or shape == "leaf":
        return draw(_amounts)
    left, right = draw(amounts(depth - 1)), draw(st.one_of(amounts(depth - 1), _yuan))
    match shape:
        case "sum":
            return _sum(draw, left, right)
        case "product":
            return _share(draw, left, draw(numbers(depth - 1)))
        case "ratio":
            number = draw(numbers(depth - 1))
            digits = draw(st.integers(0, 2))
            meaning = _strict(lambda fen: _half_away(fen, digits - 2), _quotient(left, number))
            return Sample(f"ROUND({_quotient(left, number).text}, {digits})", meaning, simple=True)
        case _:
            return _choice(draw, left, right, depth)


def _share(draw: st.DrawFn, amount: Sample, number: Sample) -> Sample:
    product = Sample(f"{amount.bracketed} * {number.bracketed}", _strict(lambda a, b: a * b, amount, number))
    return Sample(f"ROUND({product.text}, 2)", _strict(lambda fen: _half_away(fen, 0), product), simple=True)


@st.composite
def dates(draw: st.DrawFn, depth: int) -> Sample:
    if depth <= 0 or draw(st.booleans()):
        return draw(_days)
    left, right = draw(dates(depth - 1)), draw(dates(depth - 1))
    if draw(st.booleans()):
        return _call("add_months", _add_months, left, draw(_whole_without_unit))
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
    ]
    shape = draw(st.sampled_from(shapes))
    if depth <= 0 or shape == "leaf":
        return draw(_conditions)
    match shape:
        case "and" | "or":
            parts = tuple(draw(conditions(depth - 1)) for _ in range(draw(st.integers(2, 3))))
            text = f" {shape.upper()} ".join(part.bracketed for part in parts)
            return Sample(text, _junction(parts, decisive=shape == "or"))
        case "not":
            part = draw(conditions(depth - 1))
            return Sample(f"NOT ({part.text})", _strict(lambda value: not value, part))
        case "choice":
            return _choice(
                draw, draw(conditions(depth - 1)), draw(conditions(depth - 1)), depth, ordered=False
            )
        case "ratio":
            return _ratio_condition(draw, depth)
        case "span":
            left = _span(draw, depth - 1, draw(_SPANS))
            return _compared(draw(st.sampled_from(sorted(_ORDERS))), left, draw(numbers(depth - 1)))
        case _:
            return _simple_condition(draw, shape, depth)


def _ratio_condition(draw: st.DrawFn, depth: int) -> Sample:
    kind = draw(st.sampled_from([numbers, amounts]))
    left = _quotient(draw(kind(depth - 1)), draw(kind(depth - 1)))
    right = draw(numbers(depth - 1))
    return _compared(draw(st.sampled_from(sorted(_ORDERS))), left, right)


def _compared(operator: str, left: Sample, right: Sample) -> Sample:
    text = f"{left.text} {operator} {right.text}"
    return Sample(text, _strict(_ORDERS[operator], left, right))


def _simple_condition(draw: st.DrawFn, shape: str, depth: int) -> Sample:
    no = draw(st.booleans())
    kind = draw(st.sampled_from([numbers, amounts, dates]))
    left = draw(kind(depth - 1))
    match shape:
        case "compare":
            right = draw(st.one_of(amounts(depth - 1), _yuan) if kind is amounts else kind(depth - 1))
            return _compared(draw(st.sampled_from(sorted(_ORDERS))), left, right)
        case "between":
            low, high = draw(kind(depth - 1)), draw(kind(depth - 1))
            text = f"{left.text} {'NOT ' * no}BETWEEN {low.bracketed} AND {high.bracketed}"
            return Sample(text, _strict(lambda v, a, b: (a <= v <= b) != no, left, low, high))
        case "null":
            part = draw(st.one_of(kind(depth - 1), _name("kind", "music")))
            return Sample(f"{part.bracketed} IS {'NOT ' * no}NULL", _is_null(part, no))
        case "in":
            items = draw(st.lists(st.sampled_from(["noodle", "bar"]), min_size=1, max_size=2))
            operand = draw(_name("kind"))
            text = f"kind {'NOT ' * no}IN ({', '.join(repr(item) for item in items)})"
            return Sample(text, _strict(lambda value: (value in items) != no, operand))
        case _:
            left, right = draw(_texts), draw(_texts)
            return _compared("<>" if no else "=", left, right)


def results(depth: int = 3) -> st.SearchStrategy[tuple[str, Sample]]:
    """The kind of a rule, and the rule."""
    return st.one_of(
        conditions(depth).map(lambda sample: ("boolean", sample)),
        numbers(depth).map(lambda sample: (f"decimal({sample.scale})" if sample.scale else "number", sample)),
        amounts(depth).map(lambda sample: ("money", sample)),
        dates(depth).map(lambda sample: ("date", sample)),
    )
