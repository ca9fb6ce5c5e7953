"""Findings of the rules in words that an officer and an applicant can read.

    grease_trap = TRUE AND area >= 60   ->   "Grease trap" = yes and "Floor area" ≥ 60
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg
from django.utils.translation import pgettext

from tongban.base.kit import forms
from tongban.base.kit.templatetags.kit import day as written_day
from tongban.base.kit.text import in_language
from tongban.core.packs.model import Cited, Fact
from tongban.core.packs.pack import Pack
from tongban.core.rules.explain import Finding
from tongban.core.rules.states import Absent, Known, State, Value
from tongban.work.cases import models

_TOKEN: Final = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|<>|<=|>=|[^A-Za-z_'<>]+|[<>]")
_OPERATORS: Final = {"<>": "≠", "<=": "≤", ">=": "≥"}
_KEYWORDS: Final = {
    "AND": msg("and"), "OR": msg("or"), "NOT": msg("not"), "IN": msg("one of"), "BETWEEN": msg("between"), "IS": msg("is"),
    "NULL": msg("absent"), "TRUE": msg("yes"), "FALSE": msg("no"),
}  # fmt: skip
MASKED_FROM: Final = 4
"""Protection grade from which a value is shown only in part, also to the officer in charge."""


@dataclass(frozen=True, slots=True)
class Article:
    """A place in the law, to link to."""

    law: str
    number: str
    href: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a condition read: one fact with where it comes from."""

    label: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    label: str
    outcome: str
    """`pass`, `fail`, `unknown` or `undefined`."""
    needed: str
    found: tuple[Found, ...]
    articles: tuple[Article, ...]
    confidence: str


def checks_of(case: models.Case, pack: Pack, findings: Mapping[str, Finding], answers: Mapping[str, Any]) -> list[Check]:
    """Every condition of the service with its finding, in the pack's order."""
    return [
        Check(
            id=condition.id,
            label=in_language(condition.label),
            outcome=findings[condition.id].outcome,
            needed=in_words(findings[condition.id], pack),
            found=found_in(findings[condition.id], pack, answers),
            articles=articles_of(pack, condition.articles),
            confidence=condition.confidence.value,
        )
        for condition in pack.services[case.service].conditions
        if condition.id in findings
    ]


def in_words(finding: Finding, pack: Pack) -> str:
    """The condition with labels for names and codes."""
    read = [use.name for leaf in leaves(finding) for use in leaf.facts]
    codes = {
        item.code: in_language(item.label)
        for name in read
        if name in pack.facts and pack.facts[name].codes in pack.code_lists
        for item in pack.code_lists[pack.facts[name].codes or ""].items
    }
    values = {use.name: use.value for leaf in leaves(finding) for use in leaf.parameters}
    return "".join(_word(token, pack, codes, values) for token in _TOKEN.findall(finding.text))


def found_in(finding: Finding, pack: Pack, answers: Mapping[str, Any]) -> tuple[Found, ...]:
    """What it read, each fact once, with its source."""
    uses = {use.name: use.state for leaf in leaves(finding) for use in leaf.facts}
    return tuple(
        Found(in_language(pack.facts[name].label), state_text(pack, name, state), source_text(pack, answers.get(name)))
        for name, state in uses.items()
        if name in pack.facts
    )


def leaves(finding: Finding) -> Iterator[Finding]:
    if not finding.children:
        yield finding
    for child in finding.children:
        yield from leaves(child)


def state_text(pack: Pack, name: str, state: State | None) -> str:
    """A fact as people read it; the middle of a highly protected one is hidden."""
    if isinstance(state, Known):
        return value_text(pack, pack.facts[name], state.value)
    return _("there is none") if isinstance(state, Absent) else _("not known")


def value_text(pack: Pack, fact: Fact, value: Value) -> str:
    if fact.sensitivity >= MASKED_FROM:
        return hidden_middle(str(value))
    return forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), value)


def hidden_middle(text: str) -> str:
    shown = 4 if len(text) > 10 else 1
    return text[:shown] + "•" * max(1, len(text) - 2 * shown) + text[-shown:] if len(text) > 2 else "•" * len(text)


def source_text(pack: Pack, answer: Mapping[str, Any] | None) -> str:
    """Where a stated fact comes from and of which day, in words; empty when nobody has stated it."""
    if answer is None:
        return ""
    kind, identifier = answer["source"], answer["source_id"]
    day = written_day(date.fromisoformat(answer["observed_at"]))
    if kind == "licence" and identifier in pack.licences:
        return _("%(name)s %(reference)s, as of %(day)s") % {
            "name": in_language(pack.licences[identifier].name), "reference": answer["reference"], "day": day,
        }  # fmt: skip
    if kind == "registry" and identifier in pack.resources:
        return _("%(name)s, as of %(day)s") % {"name": in_language(pack.resources[identifier].name), "day": day}
    return _("Stated by the applicant on %(day)s") % {"day": day}


def articles_of(pack: Pack, references: Iterable[str]) -> tuple[Article, ...]:
    found = []
    for reference in references:
        act, _sign, number = reference.partition("#")
        law = pack.laws.get(act)
        if law is not None:
            found.append(Article(in_language(law.name), number, f"/laws/{act}#{number}"))
    return tuple(found)


def article_text(article: Article) -> str:
    return pgettext("article of a law", "%(law)s, art. %(number)s") % {"law": article.law, "number": article.number}


def cited_by(*entries: Cited) -> list[str]:
    return list(dict.fromkeys(reference for entry in entries for reference in entry.articles))


def _word(token: str, pack: Pack, codes: Mapping[str, str], values: Mapping[str, Value | None]) -> str:
    if token.startswith("'"):
        bare = token[1:-1].replace("''", "'")
        return codes.get(bare, bare)
    if token in pack.facts:
        return _("“%(label)s”") % {"label": in_language(pack.facts[token].label)}
    if token in pack.parameters:
        label, value = in_language(pack.parameters[token].label), values.get(token)
        return label if value is None else _("%(value)s (%(label)s)") % {"value": value, "label": label}
    return _(_KEYWORDS[token]) if token in _KEYWORDS else _OPERATORS.get(token, token)
