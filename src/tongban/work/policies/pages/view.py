"""Rules, facts and articles in words, for the owner, the office and everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.kit import forms
from tongban.base.kit.templatetags import kit
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import Fact, Parameter
from tongban.core.packs.model_data import Policy
from tongban.core.packs.model_rules import BracketTable, Column
from tongban.core.packs.pack import Pack
from tongban.core.rules.explain import Finding, from_json
from tongban.core.rules.states import Absent, Brackets, Known, Value

HIDDEN = 4
"""Sensitivity from which the middle of a value is hidden."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A cited article with a link to its text."""

    label: str
    link: str


@dataclass(frozen=True, slots=True)
class Line:
    """One fact or parameter that was read, in words."""

    label: str
    value: str
    source: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    id: str
    label: str
    outcome: str
    """`pass`, `fail`, `unknown`, `undefined`; empty on public pages, where nobody is judged."""
    lines: tuple[Line, ...]
    articles: tuple[Basis, ...]
    confidence: str


def conditions(
    pack: Pack, policy: Policy, findings: Mapping[str, Any] | None, facts: Mapping[str, Any]
) -> list[Condition]:
    """Every condition in the pack's order; with `findings` (as JSON), what it was judged by."""
    found = []
    for condition in policy.conditions:
        stored = (findings or {}).get(condition.id)
        finding = from_json(stored) if stored else None
        found.append(
            Condition(
                condition.id,
                in_language(condition.label),
                finding.outcome if finding else "",
                lines(pack, finding, facts) if finding else (),
                bases(pack, condition.articles),
                condition.confidence.value,
            )
        )
    return found


def lines(pack: Pack, finding: Finding, facts: Mapping[str, Any]) -> tuple[Line, ...]:
    """Every fact that a trace read with its source, then every parameter, each once."""
    parts = list(_parts(finding))
    used = {use.name: use for part in parts for use in part.facts}
    values = {use.name: use for part in parts for use in part.parameters}
    return (
        *(
            _fact_line(pack, pack.facts[name], use.state, facts.get(name))
            for name, use in used.items()
            if name in pack.facts
        ),
        *(
            Line(
                in_language(pack.parameters[name].label),
                parameter_text(pack, pack.parameters[name], use.value),
                "",
            )
            for name, use in values.items()
            if name in pack.parameters
        ),
    )


def bases(pack: Pack, articles: Iterable[str]) -> tuple[Basis, ...]:
    """Cited articles (`act#number`) as links; an act that this pack does not hold is left out."""
    found = []
    for cited in articles:
        act, _sign, number = cited.partition("#")
        if act in pack.laws:
            name = in_language(pack.laws[act].name)
            found.append(
                Basis(
                    _("%(act)s, article %(number)s") % {"act": name, "number": number},
                    f"/laws/{act}#{number}",
                )
            )
    return tuple(found)


def fact_names(pack: Pack, names: Iterable[str]) -> list[str]:
    """Labels of facts and relations; a name that the pack does not hold is left out."""
    labels = {name: pack.facts.get(name) or pack.relations.get(name) for name in names}
    return [in_language(named.label) for named in labels.values() if named is not None]


def source_text(pack: Pack, entry: Mapping[str, Any] | None) -> str:
    """Where a value comes from and of which day; empty when nobody has said it."""
    if entry is None:
        return ""
    day = kit.day(date.fromisoformat(entry["observed_at"]))
    kinds: Any = {"licence": pack.licences, "registry": pack.resources}.get(entry["source"], {})
    if entry["source_id"] in kinds:
        name = in_language(kinds[entry["source_id"]].name)
        return _("%(name)s, as of %(day)s") % {"name": name, "day": day}
    return _("Stated in an application on %(day)s") % {"day": day}


def how_to_supply(pack: Pack, name: str) -> str:
    """From where a missing fact can come, in words."""
    kinds: list[str] = []
    for source in pack.facts[name].sources if name in pack.facts else ():
        if source.licence in pack.licences:
            kinds.append(in_language(pack.licences[source.licence].name))
        elif source.registry in pack.resources:
            kinds.append(in_language(pack.resources[source.registry].name))
        elif source.answer:
            kinds.append(_("an answer in an application"))
    return _(", ").join(dict.fromkeys(kinds))


def bracket_lines(pack: Pack, table: BracketTable, found: Value | Brackets | None) -> list[Line]:
    """One line for each bracket: from where on, and what the table gives there."""
    label = in_language(table.label)
    if not isinstance(found, Brackets):
        return [Line(label, _("no value for this day"), "")]
    return [
        Line(
            _("%(label)s, from %(value)s") % {"label": label, "value": parameter_text(pack, table.of, low)},
            parameter_text(pack, table.gives, value),
            "",
        )
        for low, value in zip(found.lower, found.values, strict=True)
    ]


def parameter_text(pack: Pack, parameter: Parameter | Column, value: Value | Brackets | None) -> str:
    """A parameter's value with its unit, in the words that facts of the same unit have."""
    if value is None or isinstance(value, Brackets):
        return _("no value for this day")
    if parameter.type == "money" and isinstance(value, int):
        return kit.yuan(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return str(kit.day(value))
    return f"{value} {unit_words(pack, parameter.unit or '')}".rstrip()


def unit_words(pack: Pack, unit: str) -> str:
    """A unit in the words that facts of the same unit have."""
    words = (fact.unit_label for fact in pack.facts.values() if fact.unit == unit and fact.unit_label)
    found = next(words, None)
    return in_language(found) if found else unit


def organ(pack: Pack, organisation: str) -> Any:
    """The organ with its telephone and where to object; None when this pack does not hold it."""
    return pack.organisations.get(organisation)


def organ_in_charge(pack: Pack, policy: Policy, place: str) -> Any:
    try:
        return directory.organisation_for(pack, policy.authority, place)
    except LookupError:
        return None


def _fact_line(pack: Pack, fact: Fact, state: object, entry: Mapping[str, Any] | None) -> Line:
    label = in_language(fact.label)
    if isinstance(state, Known):
        return Line(label, _value(pack, fact, state.value), source_text(pack, entry))
    if isinstance(state, Absent):
        return Line(label, _("none"), source_text(pack, entry))
    return Line(label, _("not known"), "", known=False)


def _value(pack: Pack, fact: Fact, value: Value) -> str:
    shown = forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), value)
    return kit.masked(shown) if fact.sensitivity >= HIDDEN else shown


def stored_value(pack: Pack, name: str, entry: Mapping[str, Any]) -> str:
    """A stored fact as people read it."""
    known = packfacts.read_facts(pack, {name: entry["value"]})[0].get(name)
    if isinstance(known, Known):
        return _value(pack, pack.facts[name], known.value)
    return _("none")


def _parts(finding: Finding) -> Iterable[Finding]:
    yield finding
    for child in finding.children:
        yield from _parts(child)
