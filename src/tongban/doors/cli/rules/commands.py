"""`tongban rule eval | explain | ask | sql | prove | check | show | format | list | table`: rules in the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from tongban.core.packs.lexicon import lexicon_of
from tongban.core.rules import certify, words
from tongban.core.rules import explain as explaining
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.formatting import format_rule
from tongban.core.rules.narrate.findings import narrate
from tongban.core.rules.states import Unknown
from tongban.core.rules.types import describe
from tongban.doors.cli.rules import answers, databases, decision_tables, given, interview, proofs, sources
from tongban.doors.cli.rules.given import Given, echo


@click.group()
def rule() -> None:
    """Try rules. RULE is a text, or the address of a rule of a pack (see `tongban rule list`)."""


@rule.command("eval")
@given.rule
@given.facts
@click.option("--json", "as_json", is_flag=True, help="State, value, open facts and bounds as JSON.")
def evaluate_rule(given: Given, facts: Path | None, as_json: bool) -> None:
    """Say what RULE comes out as for what is known; what is open, and between what an amount lies."""
    known = sources.subject_of(given.pack, facts).facts
    if as_json:
        _echo_json(answers.as_json(given.rule, known, given.parameters))
    else:
        echo(answers.text(given.rule, known, given.parameters, given.speech))


@rule.command("explain")
@given.rule
@given.facts
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "html"]), default="text", show_default=True
)
@click.option("--fixed", multiple=True, help="Fact that nobody can change, such as an age; may be repeated.")
def explain_rule(given: Given, facts: Path | None, form: str, fixed: tuple[str, ...]) -> None:
    """Say why: each condition with what is needed and what was found, each amount step by step, what would change it."""
    subject = sources.subject_of(given.pack, facts)
    finding = explaining.explain(given.rule, subject.facts, given.parameters)
    lexicon = lexicon_of(given.pack, subject.sources)
    failed = finding.outcome in ("fail", "undefined")
    codes = lexicon.vocabulary.code_lists
    ways = (
        certify.changes(given.rule, subject.facts, given.parameters, fixed=fixed, codes=codes)
        if failed
        else []
    )
    narration = narrate(
        finding,
        lexicon,
        given.speech.language,
        type=given.source.expect,
        heading=given.source.heading,
        articles=given.source.articles,
        changes=ways,
    )
    if form == "json":
        _echo_json(narration.as_json())
    else:
        echo(narration.as_text() if form == "text" else narration.as_html())


@rule.command("ask")
@given.rule
@given.facts
@click.option(
    "--answers",
    "answered",
    type=click.Path(path_type=Path),
    help="File of fact: value to answer from, instead of typing.",
)
def ask_about(given: Given, facts: Path | None, answered: Path | None) -> None:
    """Ask for what can still change RULE, the most telling question first, until it is settled."""
    known = sources.subject_of(given.pack, facts).facts
    if answered is None:
        ask = interview.from_terminal(given.rule, given.pack, given.speech)
    else:
        ask = interview.from_file(sources.subject_of(given.pack, answered).facts, given.pack, given.speech)
    found, asked = interview.hold(given.rule, known, given.parameters, given.pack, ask)
    say = given.speech.say
    result = answers.text(given.rule, found, given.parameters, given.speech)
    if isinstance(evaluate(given.rule, found, given.parameters), Unknown):
        echo(say("还不够：", "Not enough yet: ") + result)
    else:
        echo(say("已知内容足以判断：", "What you know is enough: ") + result)
    most = len(given.rule.facts - known.keys())
    echo(say(f"共 {most} 个问题，问了 {asked} 个。", f"{asked} of {most} questions asked."))


@rule.command("check")
@given.rule
def check(given: Given) -> None:
    """Check RULE: every problem at once with its place, or what it is and reads. Exit 1 when there is a problem."""
    say = given.speech.say
    echo(
        say(
            f"正确，类型：{answers.type_name(given.rule.type)}。",
            f"Right: it is {describe(given.rule.type)}.",
        )
    )
    reads = [*sorted(given.rule.facts), *sorted(given.rule.parameters)]
    if reads:
        echo(say(f"读取 {'、'.join(reads)}。", f"It reads {', '.join(reads)}."))


@rule.command("show")
@given.rule
def show(given: Given) -> None:
    """Print RULE in the one layout, with the labels beside the names."""
    text = format_rule(given.source.text).text or given.source.text
    labels = lexicon_of(given.pack).labels
    echo(words.annotate(text, labels, given.speech.language))


@rule.command("format")
@click.argument("text", metavar="[RULE]", required=False)
@click.option(
    "--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="File that holds the rule."
)
@click.option("--write", is_flag=True, help="Write FILE instead of printing.")
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit 1 when the layout would change."
)
def format_text(text: str | None, file: Path | None, write: bool, only_check: bool) -> None:
    """Print a rule in the one layout; nothing but the space between its words changes."""
    if (text is None) == (file is None):
        raise click.UsageError("Give a rule as text, or --file FILE.")
    if write and file is None:
        raise click.UsageError("--write needs --file FILE.")
    before = file.read_text(encoding="utf-8") if file else text or ""
    done = format_rule(before)
    if done.text is None:
        given.refuse(done.problems, sources.Text(str(file or "rule"), before, None, done.problems))
    changed = done.text != before.removesuffix("\n")
    if only_check:
        echo(f"{file or 'rule'}: " + ("not in the layout" if changed else "in the layout"))
        sys.exit(1 if changed else 0)
    if write and file:
        file.write_text(done.text + "\n", encoding="utf-8")
    else:
        echo(done.text)


@rule.command("list")
@given.words
def list_rules(place: str | None, pack: Path | None, vocabulary: Path | None) -> None:
    """List the rules of a pack by address: those of services, materials and policies."""
    for text in sources.rules_of(sources.pack_of(place, pack, vocabulary)):
        echo(f"{text.name}\t{' '.join(text.text.split())}")


rule.add_command(databases.sql)
rule.add_command(proofs.prove)
rule.add_command(decision_tables.table)


def _echo_json(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
