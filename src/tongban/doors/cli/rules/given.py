"""The options that the commands share: which rule, which words it may use, which day, which language."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click

from tongban.base.kit.terminal import terminal_language
from tongban.core.packs.lexicon import lexicon_of
from tongban.core.packs.pack import Pack
from tongban.core.rules.in_chinese import in_chinese
from tongban.core.rules.narrate.speech import Speech
from tongban.core.rules.problems import RuleProblem, render
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Parameters
from tongban.doors.cli.rules import sources


@dataclass(frozen=True, slots=True)
class Given:
    """What the options name, read and checked."""

    pack: Pack
    source: sources.Text
    rule: Rule
    day: date
    parameters: Parameters
    speech: Speech


def words(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options for the words that a rule may use: `place`, `pack`, `vocabulary`."""
    return _with(
        command,
        click.option("--vocabulary", type=click.Path(path_type=Path), help="YAML file of facts, parameters, ... instead of a pack."),
        click.option("--pack", type=click.Path(path_type=Path), help="Folder of a pack instead of a place."),
        click.option("--place", help="Division code or pack id; the uppermost pack by default."),
    )  # fmt: skip


def rule(command: Callable[..., Any]) -> Callable[..., Any]:
    """The rule and the words it is read with; the command gets them as `Given`. Exit 1 when it has problems."""

    @wraps(command)
    def read(
        given: str | None, file: Path | None, expect: str | None, on_undefined: str | None, at: datetime | None,
        place: str | None, pack: Path | None, vocabulary: Path | None, lang: str | None, **options: Any,
    ) -> Any:  # fmt: skip
        sources.check_given(given, file)
        found = sources.pack_of(place, pack, vocabulary)
        source = sources.rule_of(found, given, file, expect, on_undefined)
        if source.rule is None:
            refuse(source.problems, source, lang)
        day = sources.day_of(found, at)
        speech = Speech(lexicon_of(found), lang or terminal_language())
        return command(
            Given(found, source, source.rule, day, sources.parameters_of(found, day), speech), **options
        )

    return words(
        _with(
            read,
            click.option("--lang", type=click.Choice(["zh", "en"]), help="Language; that of the terminal by default."),
            click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date of the parameters; today at the place by default."),
            click.option("--on-undefined", type=click.Choice(["refer", "no"]), help="What the rule says when it has no value; `refer` by default."),
            click.option("--type", "expect", help="What the rule must be, for example money; anything by default."),
            click.option("--file", type=click.Path(path_type=Path), help="File that holds the rule; - is standard input."),
            click.argument("given", metavar="[RULE]", required=False),
        )
    )  # fmt: skip


facts = click.option(
    "--facts", type=click.Path(path_type=Path), help="YAML or JSON file of fact: value; - is standard input."
)


def echo(text: str, *, err: bool = False) -> None:
    """Print without what a terminal would obey or hide: facts and packs come from others."""
    click.echo("".join(map(_visible, text)), err=err)


def _visible(character: str) -> str:
    """The character, or a sign in its place."""
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs") and character not in "\n\t"
    return "\N{REPLACEMENT CHARACTER}" if hidden else character


def refuse(problems: tuple[RuleProblem, ...], source: sources.Text, language: str | None = None) -> NoReturn:
    """Exit 1 with every problem under its line, in the language of the terminal if none is given."""
    chinese = (language or terminal_language()) == "zh"
    for problem in problems:
        shown = in_chinese(problem) if chinese else problem
        click.echo(render(shown, source.text, source.name), err=True)
    raise click.exceptions.Exit(1)


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for option in options:
        command = option(command)
    return command
