"""`tongban rule prove`: what is wrong with a rule whoever the subject is, and whose result another version changes."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.rules.narrate.subjects import subject_in_words
from tongban.core.rules.problems import RuleProblem, render
from tongban.core.rules.prove.difference import Difference, Verdict, diff
from tongban.core.rules.prove.findings import Finding
from tongban.core.rules.prove.lint import lint
from tongban.core.rules.prove.logic import ProverMissing
from tongban.core.rules.states import Absent, Facts, Known, Members
from tongban.core.rules.types import Type, Vocabulary, write
from tongban.doors.cli import packs
from tongban.doors.cli.rules import given, sources
from tongban.doors.cli.rules.given import Given, echo


@click.command()
@given.rule
@click.option(
    "--against", help="Another version of RULE, as text or address: show a subject whose result changes."
)
@click.option(
    "--against-pack",
    type=click.Path(path_type=Path),
    help="Folder of the pack that the other version stands in.",
)
@click.option(
    "--against-at", type=click.DateTime(["%Y-%m-%d"]), help="Civil date of the other version's parameters."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def prove(
    given: Given, against: str | None, against_pack: Path | None, against_at: datetime | None, as_json: bool
) -> None:
    """Find parts of RULE that nobody can meet, that nobody needs, and branches that are never taken.

    Holds for every subject inside the declared ranges. With --against it says whether anybody's result changes.
    Exit 1 when something is found.
    """
    words = vocabulary_of(given.pack)
    try:
        if against or against_pack or against_at:
            found = _compared(given, words, against, against_pack, against_at)
            _tell_difference(found, given, words, as_json)
        else:
            _tell_findings(lint(given.rule, given.parameters, codes=words.code_lists), given, words, as_json)
    except (ProverMissing, ValueError) as error:
        message = str(error)
        raise click.ClickException(
            message[0].upper() + message[1:] + ("" if message.endswith(".") else ".")
        ) from error


def _compared(
    first: Given, words: Vocabulary, against: str | None, folder: Path | None, at: datetime | None
) -> Difference | Verdict:
    pack = packs.of_place(None, folder) if folder else first.pack
    name = against or (first.source.name if sources.is_address(first.source.name) else first.source.text)
    on_undefined = None if sources.is_address(name) else str(first.rule.on_undefined)
    other = sources.rule_of(pack, name, None, None, on_undefined, wanted=first.source.expect)
    if other.rule is None:
        given.refuse(other.problems, other, first.speech.language)
    day = at.date() if at else first.day
    return diff(
        first.rule, other.rule, first.parameters, sources.parameters_of(pack, day), codes=words.code_lists
    )


def _tell_findings(findings: list[Finding], given: Given, words: Vocabulary, as_json: bool) -> None:
    say = given.speech.say
    if as_json:
        click.echo(json.dumps([_finding_json(one, words) for one in findings], ensure_ascii=False, indent=2))
    elif not findings:
        echo(
            say(
                "没有发现问题：规则的每个部分都可能起作用。",
                "Nothing found: every part of the rule can decide for somebody.",
            )
        )
    for one in () if as_json else findings:
        example = subject_in_words(one.facts, words, given.speech) if one.facts else None
        hint = say("例如：", "For example: ") + example if example else None
        problem = RuleProblem(one.code, one.message.get(given.speech.language), one.line, one.column, hint)
        echo(render(problem, given.source.text, given.source.name))
    sys.exit(1 if any(one.code != "cannot-tell" for one in findings) else 0)


def _tell_difference(found: Difference | Verdict, given: Given, words: Vocabulary, as_json: bool) -> None:
    say, speech = given.speech.say, given.speech
    match found:
        case Difference():
            before, after = (speech.result(given.rule.type, state) for state in (found.before, found.after))
            subject = subject_in_words(found.facts, words, speech)
            said = say(
                f"结果会变：{before} → {after}。例如：{subject}",
                f"A result changes: {before} → {after}. For example: {subject}",
            )
        case Verdict.EQUAL:
            said = say("没有任何人的结果会变。", "Nobody's result changes.")
        case Verdict.CANNOT_TELL:
            said = say("无法在限定的计算量内得出结论。", "Nothing could be proved within the limit.")
    if as_json:
        verdict = "different" if isinstance(found, Difference) else found.value
        facts = _facts_json(found.facts, words) if isinstance(found, Difference) else None
        click.echo(json.dumps({"verdict": verdict, "facts": facts}, ensure_ascii=False, indent=2))
    else:
        echo(said)
    sys.exit(0 if found is Verdict.EQUAL else 1)


def _finding_json(one: Finding, words: Vocabulary) -> dict[str, Any]:
    return {
        "code": one.code,
        "message": {"zh": one.message.zh, "en": one.message.en},
        "line": one.line,
        "column": one.column,
        "facts": _facts_json(one.facts, words) if one.facts is not None else None,
    }


def _facts_json(facts: Facts, words: Vocabulary) -> dict[str, Any]:
    """As a file of facts holds them, but money in fen."""

    def value(type: Type, state: Known | Absent) -> Any:
        return write(type, state.value) if isinstance(state, Known) else None

    return {
        name: [
            {field: value(words.relations[name][field], known) for field, known in row.items()}
            for row in state.rows
        ]
        if isinstance(state, Members)
        else value(words.facts[name], state)
        if name in words.facts
        else None
        for name, state in facts.items()
    }
