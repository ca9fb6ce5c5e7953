"""Two hundred policies like those that pay subsidies to enterprises, made from a seed: the same ones every time.

    vocabulary, policies, parameters = synthetic.policies()
    condition, amount = policies["policy-001"]
    facts = synthetic.subject(synthetic.seeded(1), known_share=0.5)

A policy has about six conditions under AND and OR over 60 facts (money, whole numbers, decimals, dates, codes,
yes or no), and an amount with CASE, ROUND and LEAST. Thresholds are written out or are dated parameters.
Every bench of rules is about these, so that its numbers can be laid beside those of the others.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from tongban.core.rules.states import ABSENT, Absent, Known, Value
from tongban.core.rules.types import Kind, Range, Type, Vocabulary, parse_type

Policies = dict[str, tuple[str, str]]
"""Texts of the condition and of the amount, by the policy's id."""

ABSENT_SHARE: Final = 0.04
"""Of what is known, how much is known to be absent."""


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_CODES: Final = {
    "trades": ("catering", "retail", "software", "machinery", "chemistry", "textile", "logistics", "farming"),
    "districts": ("east", "west", "north", "south", "harbour", "new-area"),
    "sizes": ("micro", "small", "medium", "large"),
    "ratings": ("A", "B", "C", "D"),
}
_MONEY: Final = _names(
    "revenue revenue_before profit tax_paid vat_paid wages research_cost rent equipment_cost loan loan_interest"
    " export_value import_value capital training_cost subsidies_received energy_cost patent_income"
)
_COUNTS: Final = _names(
    "employees employees_before graduates disabled_employees veterans researchers patents patents_filed"
    " trademarks premises accidents penalties years_listed stores"
)
_AREAS: Final = _names("area office_area plant_area yard_area energy_use water_use emissions")
_RATIOS: Final = _names("debt_ratio export_ratio research_ratio women_ratio local_ratio")
_DATES: Final = _names("founded registered moved_in licensed first_loan last_inspection closing")
_YES_NO: Final = _names("certified high_tech green in_park blacklisted")
_CHOICES: Final = {"trade": "trades", "district": "districts", "size": "sizes", "rating": "ratings"}

_DAY_ONE: Final = date(1995, 1, 1)
_DAYS: Final = 11_000
_FEN: Final = 100_000_000_000
"""A thousand million yuan: the most that a fact about money holds."""
_TODAY: Final = "assessed_on"


def vocabulary() -> Vocabulary:
    """The 60 facts and the parameters, with the ranges that are declared of them."""
    facts: dict[str, Type] = {}
    ranges: dict[str, Range] = {}
    for name in _MONEY:
        facts[name], ranges[name] = parse_type("money"), Range(0, _FEN)
    for name in _COUNTS:
        facts[name], ranges[name] = parse_type("integer"), Range(0, 100_000)
    for name in _AREAS:
        facts[name], ranges[name] = parse_type("decimal(2)"), Range(Decimal(0), Decimal(1_000_000))
    for name in _RATIOS:
        facts[name], ranges[name] = parse_type("decimal(4)"), Range(Decimal(0), Decimal(1))
    for name in _DATES:
        facts[name], ranges[name] = parse_type("date"), Range(date(1900, 1, 1), date(2099, 12, 31))
    facts |= {name: parse_type("boolean") for name in _YES_NO}
    facts |= {name: parse_type("code", codes=codes) for name, codes in _CHOICES.items()}
    code_lists = {name: frozenset(codes) for name, codes in _CODES.items()}
    parameters = {name: _parameter_type(value) for name, value in _parameters().items()}
    return Vocabulary(facts=facts, parameters=parameters, code_lists=code_lists, ranges=ranges)


def policies(count: int = 200, seed: int = 20260101) -> tuple[Vocabulary, Policies, dict[str, Value]]:
    """The vocabulary, so many policies, and the values of the parameters on one date."""
    random = seeded(seed)
    made = {f"policy-{number:03}": (_condition(random), _amount(random)) for number in range(1, count + 1)}
    return vocabulary(), made, _parameters()


def seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311  # a bench is to be repeatable, not secret


def subject(random: Random, known_share: float) -> dict[str, Known | Absent]:
    """One enterprise of which so much is known, from 0 to 1; of that a little is known to be absent."""
    return {
        name: ABSENT if random.random() < ABSENT_SHARE else Known(value(random, name))
        for name in _NAMES
        if random.random() < known_share
    }


def value(random: Random, name: str) -> Value:
    """A plausible value of a fact: small amounts are likelier than large ones, as among enterprises."""
    if name in _MONEY:
        return min(int(10 ** random.uniform(5, 10.9)), _FEN)
    if name in _COUNTS:
        return int(10 ** random.uniform(0, 3.5)) - 1
    if name in _AREAS:
        return Decimal(int(10 ** random.uniform(3, 7))).scaleb(-2)
    if name in _RATIOS:
        return Decimal(random.randrange(10_001)).scaleb(-4)
    if name in _DATES:
        return _DAY_ONE + timedelta(days=random.randrange(_DAYS))
    if name in _YES_NO:
        return random.random() < 0.5
    return random.choice(_CODES[_CHOICES[name]])


_NAMES: Final = (*_MONEY, *_COUNTS, *_AREAS, *_RATIOS, *_DATES, *_YES_NO, *_CHOICES)
"""Sixty."""


# -- conditions --------------------------------------------------------------------------------------------


def _condition(random: Random) -> str:
    """Three to five conditions in a row, and one or two choices between two or three."""
    parts = [_single(random) for _ in range(random.randint(3, 5))]
    for _ in range(random.randint(1, 2)):
        choice = [_single(random) for _ in range(random.randint(1, 2))]
        choice.append(" AND ".join(_single(random) for _ in range(random.randint(1, 2))))
        parts.insert(random.randint(0, len(parts)), f"({' OR '.join(choice)})")
    return " AND ".join(parts)


def _single(random: Random) -> str:
    return random.choices(_SINGLE, weights=_WEIGHTS)[0](random)


def _money(random: Random) -> str:
    limit = random.choice(["min_revenue", "max_revenue", "5000000", "200000", "30000000", "1000000.50"])
    return f"{random.choice(_MONEY)} {random.choice(['>=', '<=', '<', '>'])} {limit}"


def _count(random: Random) -> str:
    limit = random.choice(["least_employees", "most_employees", "3", "10", "20", "300"])
    return f"{random.choice(_COUNTS)} {random.choice(['>=', '<=', '<', '>'])} {limit}"


def _area(random: Random) -> str:
    limit = random.choice(["least_area", "60", "250.5", "1000"])
    return f"{random.choice(_AREAS)} {random.choice(['>=', '<='])} {limit}"


def _share(random: Random) -> str:
    limit = random.choice(["least_share", "0.03", "0.25", "0.6"])
    return f"{random.choice(_RATIOS)} {random.choice(['>=', '<='])} {limit}"


def _quotient(random: Random) -> str:
    above, below = random.sample(_MONEY if random.random() < 0.7 else _COUNTS, 2)
    limit = random.choice(["least_share", "0.03", "0.1", "0.5"])
    return f"{above} / {below} >= {limit}"


def _growth(random: Random) -> str:
    now, before = random.choice([("revenue", "revenue_before"), ("employees", "employees_before")])
    return f"({now} - {before}) / {before} >= {random.choice(['growth', '0.05', '0.1'])}"


def _age(random: Random) -> str:
    span = random.choice(["years_between", "months_between", "days_between"])
    limit = {"years_between": "3", "months_between": "24", "days_between": "1000"}[span]
    return f"{span}({random.choice(_DATES)}, {_TODAY}) {random.choice(['>=', '<='])} {limit}"


def _day(random: Random) -> str:
    match random.choice(["before", "between", "plus"]):
        case "before":
            last = random.choice(["cutoff", "DATE '2015-06-30'"])
            return f"{random.choice(_DATES)} < {last}"
        case "between":
            return f"{random.choice(_DATES)} BETWEEN DATE '2000-01-31' AND {_TODAY}"
        case _:
            return f"add_months({random.choice(_DATES)}, 36) >= {_TODAY}"


def _code(random: Random) -> str:
    name, codes = random.choice(sorted(_CHOICES.items()))
    items = random.sample(_CODES[codes], random.randint(1, 3))
    if len(items) == 1:
        return f"{name} = '{items[0]}'"
    no = "NOT " if random.random() < 0.2 else ""
    return f"{name} {no}IN ('" + "', '".join(items) + "')"


def _yes_no(random: Random) -> str:
    name = random.choice(_YES_NO)
    return f"NOT {name}" if name == "blacklisted" or random.random() < 0.2 else name


def _together(random: Random) -> str:
    first, second = random.sample(_MONEY, 2)
    return f"{first} + {second} >= {random.choice(['min_revenue', '800000'])}"


def _assumed(random: Random) -> str:
    return f"COALESCE({random.choice(_COUNTS)}, 0) < {random.choice(['1', '3', 'least_employees'])}"


_KINDS: Final[dict[Callable[[Random], str], int]] = {
    _money: 6,
    _count: 5,
    _area: 3,
    _share: 2,
    _quotient: 2,
    _growth: 1,
    _age: 3,
    _day: 2,
    _code: 6,
    _yes_no: 4,
    _together: 1,
    _assumed: 1,
}
_SINGLE: Final = tuple(_KINDS)
_WEIGHTS: Final = tuple(_KINDS.values())


# -- amounts -----------------------------------------------------------------------------------------------


def _amount(random: Random) -> str:
    shape = random.choice(["fixed", "rate", "rate", "capped", "capped", "head", "bands", "bands"])
    cap = random.choice(["cap", "high_cap", "500000", "2000000"])
    base = random.choice(_MONEY)
    match shape:
        case "fixed":
            return random.choice(["cap", "50000", "200000"])
        case "rate":
            return f"ROUND({base} * {random.choice(['rate', 'high_rate', '0.05', '0.125'])}, 2)"
        case "capped":
            return f"LEAST(ROUND({base} * {random.choice(['rate', '0.3', '0.08'])}, 2), {cap})"
        case "head":
            return f"LEAST(grant_per_head * {random.choice(_COUNTS)}, {cap})"
        case _:
            low, high = _single(random), _single(random)
            rates = f"CASE WHEN {low} THEN high_rate WHEN {high} THEN rate ELSE 0.05 END"
            return f"LEAST(ROUND({base} * {rates}, 0), {cap})"


# -- parameters --------------------------------------------------------------------------------------------


def _parameters() -> dict[str, Value]:
    return {
        _TODAY: date(2026, 3, 31),
        "cutoff": date(2010, 2, 28),
        "min_revenue": 100_000_000,
        "max_revenue": 40_000_000_000,
        "cap": 30_000_000,
        "high_cap": 1_000_000_000,
        "grant_per_head": 150_000,
        "least_employees": 5,
        "most_employees": 300,
        "least_area": Decimal("80.00"),
        "least_share": Decimal("0.0300"),
        "growth": Decimal("0.0800"),
        "rate": Decimal("0.1000"),
        "high_rate": Decimal("0.1500"),
    }


def _parameter_type(value: Value) -> Type:
    match value:
        case Decimal():
            return parse_type("decimal(2)" if value.as_tuple().exponent == -2 else "decimal(4)")
        case date():
            return parse_type("date")
        case _:
            return Type(Kind.MONEY) if not isinstance(value, int) or value > 1000 else Type(Kind.INTEGER)
