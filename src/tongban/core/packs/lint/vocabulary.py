"""Mistakes in what rules speak about: facts, parameters, code lists and laws."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol

from tongban.core.packs import facts as as_type
from tongban.core.packs import model, model_rules, names
from tongban.core.packs import parameters as dated
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Problem
from tongban.core.packs.walk import Path
from tongban.core.rules import types

_RANGED = ("integer", "decimal", "money")


def code_lists(content: Content) -> Iterator[Problem]:
    """A code that stands twice, and a list without codes."""
    for merged, codes in content.entries("code-lists", model.CodeList):
        if not codes.items:
            yield merged.problem("empty-list", "the list has no codes", "add items", path=("items",))
        yield from repeated(merged, ("items",), "code", (item.code for item in codes.items))


def laws(content: Content) -> Iterator[Problem]:
    """An article that stands twice, or is in force for no day."""
    for merged, law in content.entries("laws", model.Law):
        yield from repeated(merged, ("contains",), "number", (article.number for article in law.articles_))
        for index, article in enumerate(law.articles_):
            start, end = article.in_force_from, article.in_force_to
            if start and end and end <= start:
                message = f"the article is in force from {start} and no longer on {end}"
                hint = "in_force_to is the first day on which it is no longer in force"
                yield merged.problem("dates", message, hint, path=("contains", index, "in_force_to"))


def facts(content: Content) -> Iterator[Problem]:
    """Facts that nobody can supply, that contradict themselves, or that share a name with a parameter."""
    for merged, fact in content.entries("facts", model.Fact):
        yield from fact_type(merged, fact)
        yield from fact_range(merged, fact)
        yield from _sources(content, merged, fact)
        yield from _priors(content, merged, fact)
        if fact.id in content.known("parameters"):
            hint = "rules use one name for one thing; rename one of them"
            yield merged.problem("name-clash", "a parameter has the same name", hint, path=("id",))


def _priors(content: Content, merged: Merged, fact: model.Fact) -> Iterator[Problem]:
    """Shares of answers that nobody can give, or that come to more than all people."""
    if not fact.priors:
        return
    if fact.type not in ("boolean", "code"):
        message = f"a fact of type {fact.type} has no shares of answers"
        yield merged.problem("priors", message, "take out priors", path=("priors",))
        return
    lists = {codes.id: codes for _merged, codes in content.entries("code-lists", model.CodeList)}
    codes = lists.get(fact.codes or "")
    if fact.type == "code" and codes is None:
        return
    answers = [item.code for item in codes.items] if codes else ["yes", "no"]
    for name in fact.priors:
        if name not in answers:
            message = f'"{name}" is no answer to it'
            yield merged.problem("priors", message, f"answers: {', '.join(answers)}", path=("priors", name))
    total = sum(fact.priors.values())
    if (
        total > 1
        or (total < 1 and set(answers) <= fact.priors.keys())
        or (not total and len(fact.priors) == len(answers))
    ):
        message = f"the shares of the answers come to {total}"
        yield merged.problem("priors", message, "write shares that come to 1", path=("priors",))


def parameters(content: Content) -> Iterator[Problem]:
    """Values of the wrong type, without any day, or two for the same day."""
    for merged, parameter in content.entries("parameters", model.Parameter):
        yield from _unit(merged, lambda parameter=parameter: dated.type_of(parameter))
        if not parameter.values:
            hint = "add {valid_from: ..., value: ...}"
            yield merged.problem("no-value", "the parameter has no value", hint, path=("values",))
        for index, value in enumerate(parameter.values):
            yield from _value(merged, parameter, index, value)
        yield from succession(merged, parameter.values)


def repeated(merged: Merged, path: Path, key: str, values: Iterable[str]) -> Iterator[Problem]:
    """A problem for each item of a list whose key an earlier item has."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            message = f'the {key} "{value}" stands twice in this list'
            yield merged.problem("repeated", message, "keep one", path=(*path, index))
        seen.add(value)


def yuan_problem(kind: str, raw: object) -> str | None:
    """Money written as a plain integer could be yuan or fen; a pack does not leave that open."""
    if kind == "money" and isinstance(raw, int) and not isinstance(raw, bool):
        return f"an amount of money is written in yuan with two digits after the point: {raw}.00"
    return None


def fact_type(
    merged: Merged, fact: model.Fact | model_rules.RelationField, path: Path = ()
) -> Iterator[Problem]:
    if fact.type == "code" and fact.codes is None:
        message = "a fact of type code needs the code list it is taken from"
        yield merged.problem(
            "code-list-missing", message, "add codes: <id of a code list>", path=(*path, "type")
        )
    elif fact.type != "code" and fact.codes is not None:
        message = f"only a fact of type code has a code list, and this is of type {fact.type}"
        yield merged.problem(
            "code-list-unused", message, "take out codes, or make it type: code", path=(*path, "codes")
        )
    else:
        yield from _unit(merged, lambda: as_type.type_of(fact), path)


def _unit(merged: Merged, type_of: Callable[[], types.Type], path: Path = ()) -> Iterator[Problem]:
    try:
        type_of()
    except ValueError as error:
        yield merged.problem("unit", str(error), "take out unit, or use a number type", path=(*path, "unit"))


def fact_range(
    merged: Merged, fact: model.Fact | model_rules.RelationField, path: Path = ()
) -> Iterator[Problem]:
    for name in ("minimum", "maximum"):
        if getattr(fact, name) is not None and not fact.type.startswith(_RANGED):
            message = f"only numbers and money have a {name}, and this is of type {fact.type}"
            yield merged.problem("range", message, f"take out {name}", path=(*path, name))
    if fact.minimum is not None and fact.maximum is not None and fact.minimum > fact.maximum:
        message = f"the smallest value {fact.minimum} is above the largest, {fact.maximum}"
        yield merged.problem("range", message, "exchange them", path=(*path, "minimum"))


def _sources(content: Content, merged: Merged, fact: model.Fact) -> Iterator[Problem]:
    if fact.question is None and not fact.sources:
        message = "nobody can supply this fact: it has neither a question nor sources"
        yield merged.problem(
            "fact-without-source", message, "add a question, or a licence or registry as source"
        )
    for index, source in enumerate(fact.sources):
        path = ("sources", index)
        given = [name for name in ("licence", "registry", "answer") if getattr(source, name)]
        if len(given) != 1:
            message = f"a source is one of licence, registry and answer, and this sets {' and '.join(given) or 'none'}"
            yield merged.problem("source-kind", message, "set exactly one", path=path)
        elif source.answer:
            if fact.question is None:
                message = "an answer is a source, but there is no question to answer"
                yield merged.problem("fact-without-question", message, "add a question", path=path)
            if source.field is not None:
                message = "an answer has no field"
                yield merged.problem("unknown-field", message, "take out field", path=(*path, "field"))
        else:
            yield from _source_field(content, merged, fact, source, path)


def _source_field(
    content: Content, merged: Merged, fact: model.Fact, source: model.FactSource, path: Path
) -> Iterator[Problem]:
    folder, holder_id = ("licences", source.licence) if source.licence else ("resources", source.registry)
    holder = content.models.get(folder, {}).get(str(holder_id))
    if not isinstance(holder, model.LicenceKind | model.Resource):
        return  # an unknown name is another check's problem
    noun = f"{'licence' if source.licence else 'registry'} {holder_id}"
    fields = [field.id for field in holder.fields]
    if source.field is None:
        if fact.type != "boolean" and not any(field.fact == fact.id for field in holder.fields):
            message = f"the source does not say which field of the {noun} holds the fact"
            yield merged.problem(
                "unknown-field", message, "add field: one of " + ", ".join(fields), path=path
            )
    elif source.field not in fields:
        hint = names.did_you_mean(source.field, fields) or "its fields: " + ", ".join(fields)
        message = f'the {noun} has no field "{source.field}"'
        yield merged.problem("unknown-field", message, hint, path=(*path, "field"))


def _value(
    merged: Merged, parameter: model.Parameter, index: int, value: model.DatedValue
) -> Iterator[Problem]:
    path = ("values", index)
    open_amount = yuan_problem(parameter.type, value.value)
    if open_amount:
        yield merged.problem("parameter-value", open_amount, path=(*path, "value"))
    try:
        types.read(types.parse_type(parameter.type), value.value)
    except types.BadValue as error:
        yield merged.problem(
            "parameter-value", str(error), f"the type is {parameter.type}", path=(*path, "value")
        )


class Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


def succession(merged: Merged, values: Sequence[Dated]) -> Iterator[Problem]:
    """Values that hold on no day, two that hold on the same day, and a day left out between two."""
    for index, value in enumerate(values):
        if value.valid_to is not None and value.valid_to <= value.valid_from:
            message = f"the value holds from {value.valid_from} and no longer on {value.valid_to}: for no day"
            hint = "valid_to is the first day on which it no longer holds"
            yield merged.problem("dates", message, hint, path=("values", index, "valid_to"))
    order = sorted(range(len(values)), key=lambda i: values[i].valid_from)
    for earlier, later in itertools.pairwise(order):
        end, start = values[earlier].valid_to, values[later].valid_from
        path = ("values", later, "valid_from")
        if end is None or start < end:
            message = f"two values hold on {start}"
            hint = f"end the earlier one: valid_to: {start}"
            yield merged.problem("overlap", message, hint, path=path)
        elif start == end + timedelta(days=1):
            message = f"no value holds on {end}: valid_to is the first day on which a value no longer holds"
            yield merged.problem(
                "gap", message, f"write valid_to: {start}", path=("values", earlier, "valid_to")
            )
