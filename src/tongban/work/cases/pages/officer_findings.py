"""Findings of the rules as the officer in charge reads them: what was needed, what was found, whose word it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.kit import forms
from tongban.base.kit.templatetags.kit import day as written_day
from tongban.base.kit.text import in_language
from tongban.core.packs.model import Cited, Fact
from tongban.core.packs.pack import Pack
from tongban.core.rules.explain import Finding
from tongban.core.rules.states import Absent, Known, State, Value
from tongban.work.cases.letters import citing
from tongban.work.cases.pages import content, reasons


@dataclass(frozen=True, slots=True)
class Line:
    """One fact that a condition was judged by."""

    label: str
    needed: str
    found: str
    outcome: str
    source: str
    facts: tuple[str, ...] = ()
    """Names of the facts it read."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of the service with its finding."""

    id: str
    label: str
    outcome: str
    """`pass`, `fail`, `unknown` or `undefined`."""
    lines: tuple[Line, ...]
    articles: tuple[citing.Basis, ...]
    confidence: str


def checks_of(
    pack: Pack, service: str, findings: Mapping[str, Finding], answers: Mapping[str, Any]
) -> list[Check]:
    """Every condition of the service that has a finding, in the pack's order."""
    return [
        Check(
            id=condition.id,
            label=in_language(condition.label),
            outcome=findings[condition.id].outcome,
            lines=lines_of(findings[condition.id], pack, answers),
            articles=tuple(citing.bases(pack, condition.articles)),
            confidence=condition.confidence.value,
        )
        for condition in pack.services[service].conditions
        if condition.id in findings
    ]


def lines_of(finding: Finding, pack: Pack, answers: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            label=reason.label,
            needed=reason.needed,
            found=reason.found or _("not known"),
            outcome=reason.outcome,
            source=next(
                (text for name in reason.facts if (text := source_text(pack, answers.get(name)))), ""
            ),
            facts=reason.facts,
        )
        for reason in reasons.reasons(finding, pack)
    )


def state_text(pack: Pack, name: str, state: State | None) -> str:
    """A fact as people read it; the middle of a highly protected one is hidden."""
    if isinstance(state, Known):
        return value_text(pack, pack.facts[name], state.value)
    if isinstance(state, Absent):
        return in_language(pack.facts[name].none) or _("none")
    return _("not known")


def value_text(pack: Pack, fact: Fact, value: Value) -> str:
    shown = forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), value)
    return reasons.masked(shown) if fact.sensitivity >= 4 else shown


def source_text(pack: Pack, answer: Mapping[str, Any] | None) -> str:
    """Where a fact comes from and of which day, in words; empty when nobody has stated it."""
    if answer is None:
        return ""
    day = written_day(date.fromisoformat(answer["observed_at"]))
    if name := content.source_of(pack, answer):
        return _("%(name)s, as of %(day)s") % {"name": name, "day": day}
    return _("Stated by the applicant on %(day)s") % {"day": day}


def cited_by(entries: Iterable[Cited]) -> list[str]:
    """Every article that these entries cite, each once."""
    return list(dict.fromkeys(reference for entry in entries for reference in entry.articles))
