"""What a command is about: a rule given as text, in a file or by its address in a pack; and what is known.

services/food-permit#applies_when          a field of an entry
services/food-permit#conditions.area       the rule of a condition, by the condition's id
services/food-permit#requires[2].when      of what has no id, counted from 1
policies/start-up-grant#amount
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

import click

from tongban.core.packs import facts as packfacts
from tongban.core.packs import names, parameters, rule_places, rule_texts, tree, walk
from tongban.core.packs.lexicon import articles_of, vocabulary_of
from tongban.core.packs.lint.vocabulary import yuan_problem
from tongban.core.packs.model_data import Policy, PolicyCondition
from tongban.core.packs.pack import Pack, Problem
from tongban.core.rules import types
from tongban.core.rules.check import compile_rule
from tongban.core.rules.narrate.lexicon import Source
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Facts, Parameters
from tongban.core.values.text import Bilingual
from tongban.doors.cli import packs
from tongban.doors.cli.rules import vocabularies

_ADDRESS: Final = re.compile(r"[a-z-]+/[a-z0-9_-]+#.+")


@dataclass(frozen=True, slots=True)
class Text:
    """A rule as given."""

    name: str
    """Its address or its file; `rule` when it was typed."""
    text: str
    rule: Rule | None
    problems: tuple[RuleProblem, ...]
    expect: types.Type | None = None
    """What it must be where it stands."""
    heading: Bilingual | None = None
    articles: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known about one subject, and whose word it is."""

    facts: Facts
    sources: Mapping[str, Source]


def pack_of(place: str | None, pack: Path | None, vocabulary: Path | None) -> Pack:
    """The words to read a rule with. Exit 1 with every problem of a vocabulary file."""
    if vocabulary is None:
        return packs.of_place(place, pack)
    if place is not None or pack is not None:
        raise click.UsageError("--vocabulary stands for --pack and --place: give one of them.")
    try:
        found, problems = vocabularies.read(vocabulary)
    except OSError as error:
        raise click.ClickException(f"{vocabulary}: {error.strerror}") from error
    if found is None:
        refuse(problems)
    return found


def day_of(pack: Pack, at: datetime | None) -> date:
    """The civil day asked about: today at the place unless it is given."""
    return at.date() if at else datetime.now(ZoneInfo(pack.manifest.time_zone)).date()


def is_address(text: str) -> bool:
    """Whether it names a rule of a pack; no text of a rule looks like that."""
    return _ADDRESS.fullmatch(text) is not None


def check_given(given: str | None, file: Path | None) -> None:
    """Raises UsageError unless a rule is given in one way."""
    if (given is None) == (file is None):
        raise click.UsageError("Give a rule as text or as an address in the pack, or --file FILE.")


def rule_of(
    pack: Pack,
    given: str | None,
    file: Path | None,
    expect: str | None,
    on_undefined: str | None,
    *,
    wanted: types.Type | None = None,
) -> Text:
    """The rule that is given as text or address, or stands in a file. Raises UsageError for none and for both.

    `expect` names the type that a text must be of; `wanted` is that type.
    """
    check_given(given, file)
    if given is not None and is_address(given):
        return _addressed(pack, given, on_undefined)
    text, name = (given or "", "rule") if file is None else _read(file)
    wanted = wanted or _type(expect)
    checked = compile_rule(
        text, vocabulary_of(pack), expect=wanted, on_undefined=OnUndefined(on_undefined or "refer")
    )
    return Text(name, text, checked.rule, checked.problems, wanted)


def rules_of(pack: Pack) -> Iterator[Text]:
    """Every rule of a pack that has an address, in the order of the pack."""
    for folder in rule_places.FOLDERS:
        for entry in getattr(pack, folder).values():
            for path, part in walk.parts(entry):
                field = rule_texts.RULES.get(type(part))
                text = getattr(part, field) if field else None
                if field and text is not None:
                    yield _rule_of_part(pack, f"{folder}/{entry.id}#", entry, path, part, field, text)
            if isinstance(entry, Policy):
                rule = pack.amount(entry.id)
                yield Text(
                    f"{folder}/{entry.id}#amount",
                    entry.amount,
                    rule,
                    (),
                    rule.type,
                    entry.name,
                    articles_of(pack, entry.articles),
                )


def subject_of(pack: Pack, file: Path | None) -> Subject:
    """What a YAML or JSON file says is known: `fact: value`, or `fact: {value: ..., source: ..., date: ...}`.

    `null` says that there is none; what is left out is unknown. Exit 1 with every problem and its line.
    """
    if file is None:
        return Subject({}, {})
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    node, problems = tree.read(str(file), content)
    if problems:
        refuse(problems)
    if node is None or (isinstance(node, tree.Scalar) and node.value is None):
        return Subject({}, {})
    if not isinstance(node, tree.Table):
        refuse((Problem(node.position, "shape", "facts are given as `fact: value`"),))
    return _subject(pack, str(file), node)


def parameters_of(pack: Pack, day: date) -> Parameters:
    return parameters.resolve(pack, day)


def plain(node: tree.Node) -> Any:
    """The data of a node of YAML, without places."""
    match node:
        case tree.Scalar():
            return node.value
        case tree.List():
            return [plain(item) for item in node.items]
        case tree.Table():
            return {key: plain(part) for key, part in node.fields.items()}


def refuse(problems: tuple[Problem, ...], language: str | None = None) -> NoReturn:
    """Exit 1 with every problem, in the language of the terminal if none is given."""
    for problem in problems:
        click.echo(str(packs.told(problem, language)), err=True)
    raise click.exceptions.Exit(1)


def _addressed(pack: Pack, address: str, on_undefined: str | None) -> Text:
    every = {text.name: text for text in rules_of(pack)}
    if address not in every:
        hint = names.did_you_mean(address, every)
        raise click.ClickException(
            f"There is no rule {address!r} in {pack.manifest.id}"
            + (f" ({hint})." if hint else ". `tongban rule list` names them all.")
        )
    if on_undefined is not None:
        raise click.UsageError("A rule of a pack says itself what holds when it is undefined.")
    return every[address]


def _rule_of_part(
    pack: Pack, prefix: str, entry: Any, path: walk.Path, part: Any, field: str, text: str
) -> Text:
    rule = pack.condition(part) if isinstance(part, PolicyCondition) else pack.rule(text)
    heading = next(
        (found for name in ("label", "reason", "name") if (found := getattr(part, name, None))), None
    )
    cited = getattr(part, "articles", ()) or entry.articles
    address = prefix + rule_places.written(entry, path, field)
    return Text(address, text, rule, (), rule.type, heading or entry.name, articles_of(pack, cited))


def _read(file: Path) -> tuple[str, str]:
    try:
        if str(file) == "-":
            return sys.stdin.read(), "-"
        return file.read_text(encoding="utf-8"), str(file)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file} is not UTF-8 text.") from error


def _type(name: str | None) -> types.Type | None:
    if name is None:
        return None
    kind, _, codes = name.partition(":")
    try:
        return types.parse_type(kind, codes=codes or None)
    except ValueError as error:
        raise click.BadParameter(f"{error}; a code is `code:LIST`.", param_hint="--type") from error


def _subject(pack: Pack, file: str, node: tree.Table) -> Subject:
    raw: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for name, value in node.fields.items():
        if isinstance(value, tree.Table) and name not in pack.relations:
            raw[name] = _sourced(file, name, value, sources, problems)
        else:
            raw[name] = plain(value)
        problems += _amounts(pack, name, value, raw[name])
    facts, found = packfacts.read_facts(pack, {n: v for n, v in raw.items() if v is not _WRONG}, file=file)
    problems += (_placed(node, problem) for problem in found)
    if problems:
        refuse(tuple(sorted(problems, key=lambda problem: problem.position.line)))
    return Subject(facts, sources)


_WRONG: Final = object()


def _sourced(
    file: str, name: str, table: tree.Table, sources: dict[str, Source], problems: list[Problem]
) -> Any:
    """The value of `{value: 45, source: business licence, date: 2026-03-01}`."""
    given = {key: plain(part) for key, part in table.fields.items()}
    source, day = given.get("source"), given.get("date")
    if isinstance(source, str):
        source = {"zh": source, "en": source}
    shape = (
        isinstance(source, dict) and set(source) == {"zh", "en"} and set(given) <= {"value", "source", "date"}
    )
    if not shape or "value" not in given or not (day is None or isinstance(day, date)):
        message = f"fact {name}: write {{value: ..., source: ..., date: 2026-01-31}}"
        problems.append(
            Problem(table.position, "shape", message, "source is a text, or {zh: 中文, en: English}")
        )
        return _WRONG
    sources[name] = Source(Bilingual(source["zh"], source["en"]), day)
    return given["value"]


def _amounts(pack: Pack, name: str, node: tree.Node, raw: Any) -> Iterator[Problem]:
    """Amounts that could be yuan or fen."""
    if name in pack.relations:
        kinds = {field.id: field.type for field in pack.relations[name].fields}
        members = raw if isinstance(raw, list) else []
        given = [(k, v) for member in members if isinstance(member, dict) for k, v in member.items()]
        found = [(f"{name}.{key}", yuan_problem(kinds.get(key, ""), value)) for key, value in given]
    else:
        found = [(name, yuan_problem(pack.facts[name].type, raw) if name in pack.facts else None)]
    for what, message in found:
        if message:
            yield Problem(node.position, "unclear-amount", f"{what}: {message}")


def _placed(node: tree.Table, problem: Problem) -> Problem:
    """With the line of the fact: its name stands in the message."""
    found = re.match(r'(?:fact|relation) (\w+):|there is no fact "(.+)"', problem.message)
    name = next(filter(None, found.groups()), "") if found else ""
    position = node.keys.get(name, problem.position)
    return Problem(position, problem.code, problem.message, problem.hint)
