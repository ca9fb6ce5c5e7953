"""Facts of a pack: the vocabulary of its rules, and reading and writing what is known about one subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, cast

from tongban.core.packs import model, model_rules, names, parameters
from tongban.core.packs.pack import Pack, Position, Problem
from tongban.core.rules import types
from tongban.core.rules.states import ABSENT, Absent, Facts, Known, Members, Value

NONE: Final[Mapping[str, bool]] = {"absent": True}
"""How JSON says of a fact that there is none, where null may mean that nothing is said."""


def vocabulary(
    pack_facts: Mapping[str, model.Fact],
    pack_parameters: Mapping[str, model.Parameter],
    code_lists: Mapping[str, model.CodeList],
    bracket_tables: Mapping[str, model_rules.BracketTable],
    relations: Mapping[str, model_rules.Relation],
) -> types.Vocabulary:
    """Every name that a rule of the pack may use."""
    return types.Vocabulary(
        facts={name: type_of(fact) for name, fact in pack_facts.items()},
        parameters={name: parameters.type_of(parameter) for name, parameter in pack_parameters.items()},
        code_lists={name: frozenset(item.code for item in codes.items) for name, codes in code_lists.items()},
        tables={name: parameters.table_type(table) for name, table in bracket_tables.items()},
        relations={
            name: {field.id: type_of(field) for field in relation.fields}
            for name, relation in relations.items()
        },
        ranges=_ranges(pack_facts, relations),
    )


def _ranges(
    pack_facts: Mapping[str, model.Fact], relations: Mapping[str, model_rules.Relation]
) -> dict[str, types.Range]:
    """Of facts by name, of fields by `relation.field`; a relation's own is its number of members."""
    ranges = {name: range_of(fact) for name, fact in pack_facts.items()}
    for name, relation in relations.items():
        ranges[name] = types.Range(0, relation.most)
        ranges |= {f"{name}.{field.id}": range_of(field) for field in relation.fields}
    return {name: range for name, range in ranges.items() if range is not None}


def read_facts(
    pack: Pack, raw: Mapping[str, Any], *, file: str = "facts"
) -> tuple[Facts, tuple[Problem, ...]]:
    """What is known, from raw values as in YAML, JSON or a form; None and `NONE` mean known to be absent.

    Every mistake becomes a problem (unknown name, wrong type, out of range, not in the code list) and its fact
    stays unknown. Pages translate problems by their code: `unknown-fact`, or the codes of `types.BadValue` and
    `read_value`. `file` names the source of the values in the problems.
    """
    known: dict[str, Known | Absent | Members] = {}
    problems: list[Problem] = []
    for name, said in raw.items():
        value = None if says_none(said) else said
        if name in pack.relations:
            try:
                known[name] = read_members(pack.relations[name], pack.code_lists, value)
            except types.BadValue as error:
                problems.append(Problem(Position(file), error.code, f"relation {name}: {error}"))
            continue
        fact = pack.facts.get(name)
        if fact is None:
            hint = names.did_you_mean(name, [*pack.facts, *pack.relations])
            problems.append(Problem(Position(file), "unknown-fact", f'there is no fact "{name}"', hint))
            continue
        try:
            known[name] = ABSENT if value is None else Known(read_value(fact, pack.code_lists, value))
        except types.BadValue as error:
            problems.append(Problem(Position(file), error.code, f"fact {name}: {error}"))
    return known, tuple(problems)


def says_none(raw: object) -> bool:
    """Whether this is `NONE`."""
    return isinstance(raw, dict) and raw == NONE and cast("dict[str, Any]", raw)["absent"] is True


def read_members(
    relation: model_rules.Relation, code_lists: Mapping[str, model.CodeList], raw: Any
) -> Members | Absent:
    """The members of a relation: a list of mappings, in which a field that is left out is unknown.

    Raises BadValue for anything else, for a field that is not declared and for a value that is not of its type;
    the message counts members from 1. None means that there are none.
    """
    if raw is None:
        return ABSENT
    if not isinstance(raw, list):
        raise types.BadValue("not-members", "Give a list with one mapping for each.")
    members = cast("list[Any]", raw)
    if len(members) > relation.most:
        raise types.BadValue("too-many", f"There are {len(members)}, and {relation.most} are the most.")
    return Members(tuple(_read_member(relation, code_lists, n, one) for n, one in enumerate(members, 1)))


def _read_member(
    relation: model_rules.Relation, code_lists: Mapping[str, model.CodeList], number: int, raw: Any
) -> dict[str, Known | Absent]:
    if not isinstance(raw, dict):
        raise types.BadValue("not-members", f"Number {number} is not a mapping.")
    fields = {field.id: field for field in relation.fields}
    known: dict[str, Known | Absent] = {}
    for name, value in cast("dict[str, Any]", raw).items():
        field = fields.get(name)
        if field is None:
            hint = names.did_you_mean(name, fields) or "fields: " + ", ".join(fields)
            raise types.BadValue("unknown-field", f"Number {number} has no field '{name}' ({hint}).")
        try:
            known[name] = ABSENT if value is None else Known(read_value(field, code_lists, value))
        except types.BadValue as error:
            raise types.BadValue(error.code, f"number {number}, {name}: {error}") from error
    return known


def read_value(
    fact: model.Fact | model_rules.RelationField, code_lists: Mapping[str, model.CodeList], raw: Any
) -> Value:
    """One value of a fact.

    Raises BadValue with a plain message when it is of the wrong type, not in the code list (`not-in-list`), out of
    range (`too-small`, `too-large`) or too long (`too-long`).
    """
    value = types.read(type_of(fact), raw)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        _check_range(fact, value)
    elif fact.type == "code":
        code_list = code_lists.get(fact.codes or "")
        codes = [item.code for item in code_list.items] if code_list else []
        if value not in codes:
            hint = names.did_you_mean(str(value), codes) or "one of: " + ", ".join(codes)
            raise types.BadValue("not-in-list", f'"{value}" is not a code of the list {fact.codes} ({hint})')
    elif isinstance(value, str) and len(value) > fact.max_length:
        message = f"the text has {len(value)} characters and may have {fact.max_length}"
        raise types.BadValue("too-long", message)
    return value


def write_facts(pack: Pack, facts: Facts) -> dict[str, Any]:
    """The facts as JSON data that `read_facts` reads back to the same; absent ones are None.

    Raises KeyError for a fact that the pack does not declare.
    """
    return {
        name: _write_members(pack.relations[name], state)
        if isinstance(state, Members)
        else types.write(type_of(pack.facts[name]), state.value)
        if isinstance(state, Known)
        else None
        for name, state in facts.items()
    }


def _write_members(relation: model_rules.Relation, members: Members) -> list[dict[str, Any]]:
    kinds = {field.id: type_of(field) for field in relation.fields}
    return [
        {
            name: types.write(kinds[name], state.value) if isinstance(state, Known) else None
            for name, state in row.items()
        }
        for row in members.rows
    ]


def priors(fact: model.Fact, answers: Sequence[str]) -> dict[str, Fraction]:
    """The share of people who give each of all possible answers; they come to 1.

    What the pack does not say is shared out evenly.
    """
    said = {name: Fraction(fact.priors[name]) for name in answers if name in fact.priors}
    silent = [name for name in answers if name not in said]
    left = max(Fraction(), 1 - sum(said.values(), Fraction()))
    shares = said | {name: left / len(silent) for name in silent}
    total = sum(shares.values(), Fraction())
    return {name: shares[name] / total for name in answers}


def type_of(fact: model.Fact | model_rules.RelationField) -> types.Type:
    """The type that rules see. Raises ValueError when type, code list and unit do not fit together."""
    return types.parse_type(fact.type, codes=fact.codes, unit=fact.unit)


def range_of(fact: model.Fact | model_rules.RelationField) -> types.Range | None:
    """The least and the greatest value, as rules count them (money in fen); None where neither is declared."""
    fen = 100 if fact.type == "money" else 1
    low, high = (None if end is None else end * fen for end in (fact.minimum, fact.maximum))
    return None if low is None and high is None else types.Range(low, high)


def is_readable(
    fact: model.Fact | model_rules.RelationField, code_lists: Mapping[str, model.CodeList]
) -> bool:
    """Whether the declared type makes sense, so that values can be read at all."""
    try:
        kind = type_of(fact)
    except ValueError:
        return False
    return kind.codes is None or kind.codes in code_lists


def _check_range(fact: model.Fact | model_rules.RelationField, value: int | Decimal) -> None:
    fen = 100 if fact.type == "money" else 1
    unit = " yuan" if fact.type == "money" else f" {fact.unit}" if fact.unit else ""
    if fact.minimum is not None and value < fact.minimum * fen:
        message = f"the smallest possible value is {fact.minimum}{unit}"
        raise types.BadValue("too-small", message)
    if fact.maximum is not None and value > fact.maximum * fen:
        message = f"the largest possible value is {fact.maximum}{unit}"
        raise types.BadValue("too-large", message)
