"""Why something applies or not, in everyday words: a trace of the rules turned into lines that people read.

    area >= fire_area_threshold_m2   pass   ->  Floor area: 320 m², needed: at least 300 m²

A trace has no words of its own; they come from the pack: the label of the fact, its unit, the labels of codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from tongban.base.kit import forms
from tongban.base.kit.text import in_language
from tongban.core.packs.model import Fact
from tongban.core.packs.pack import Pack
from tongban.core.rules.explain import Finding, Outcome
from tongban.core.rules.states import Absent, Brackets, Known

_COMPARISON = re.compile(r"(?P<fact>[a-z][a-z0-9_]*) (?P<operator>=|<>|<=|>=|<|>) (?P<right>.+)")
_LIST = re.compile(r"(?P<fact>[a-z][a-z0-9_]*) (?P<negated>NOT )?IN \((?P<items>.+)\)")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_FLIPPED: dict[Outcome, Outcome] = {
    "pass": "fail",
    "fail": "pass",
    "unknown": "unknown",
    "undefined": "undefined",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition in words."""

    label: str
    found: str
    """The value it was judged by; empty while it is not known."""
    needed: str
    """What it has to be; empty when the words for it are missing."""
    outcome: Outcome
    facts: tuple[str, ...]


def reasons(finding: Finding, pack: Pack) -> list[Reason]:
    """Every single condition of a trace, each once, in the order of the rule."""
    return list(dict.fromkeys(_walk(finding, pack, upside_down=False)))


def decisive(finding: Finding, pack: Pack) -> list[Reason]:
    """The conditions that settled it, or that keep it open: those that came out as the whole did."""
    every = reasons(finding, pack)
    return [reason for reason in every if reason.outcome == finding.outcome] or every


def facts_of(findings: Iterable[Finding]) -> frozenset[str]:
    """Names of all facts that these traces read."""
    return frozenset(use.name for finding in findings for part in _parts(finding) for use in part.facts)


def _parts(finding: Finding) -> Iterator[Finding]:
    yield finding
    for child in finding.children:
        yield from _parts(child)


def _walk(finding: Finding, pack: Pack, *, upside_down: bool) -> Iterator[Reason]:
    if finding.children:
        inside = upside_down != finding.text.startswith("NOT ") if len(finding.children) == 1 else upside_down
        for child in finding.children:
            yield from _walk(child, pack, upside_down=inside)
    elif finding.facts:
        yield _reason(finding, pack, upside_down)


def _reason(finding: Finding, pack: Pack, upside_down: bool) -> Reason:
    declared = [pack.facts.get(use.name) for use in finding.facts]
    return Reason(
        label=_(", ").join(in_language(fact.label) if fact else use.name for fact, use in zip(declared, finding.facts, strict=True)),
        found=_(", ").join(filter(None, (_found(fact, use.state, pack) for fact, use in zip(declared, finding.facts, strict=True) if fact))),
        needed=_needed(finding, pack, upside_down),
        outcome=_FLIPPED[finding.outcome] if upside_down else finding.outcome,
        facts=tuple(use.name for use in finding.facts),
    )  # fmt: skip


def _found(fact: Fact, state: object, pack: Pack) -> str:
    if isinstance(state, Known):
        shown = forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), state.value)
        return masked(shown) if fact.sensitivity >= 4 else shown
    return (in_language(fact.none) or _("none")) if isinstance(state, Absent) else ""


def masked(text: str) -> str:
    """A sensitive value with its middle hidden, so that its owner can still recognise it."""
    return f"{text[:4]}{'*' * (len(text) - 8)}{text[-4:]}" if len(text) > 8 else "*" * len(text)


def _needed(finding: Finding, pack: Pack, upside_down: bool) -> str:
    fact = pack.facts.get(finding.facts[0].name)
    if fact is None:
        return ""
    if finding.text == fact.id:
        return _("No") if upside_down else _("Yes")
    if (found := _LIST.fullmatch(finding.text)) and found["fact"] == fact.id:
        items = _(", ").join(
            _literal(part.group(0), fact, finding, pack) for part in _TEXT.finditer(found["items"])
        )
        return (
            _("none of: %(items)s") if bool(found["negated"]) != upside_down else _("one of: %(items)s")
        ) % {"items": items}
    if (found := _COMPARISON.fullmatch(finding.text)) and found["fact"] == fact.id:
        operator = _OPPOSITE[found["operator"]] if upside_down else found["operator"]
        value = _literal(found["right"], fact, finding, pack)
        return _comparison(operator) % {"value": value} if value else ""
    return ""


def _comparison(operator: str) -> str:
    return {
        "=": "%(value)s",
        "<>": _("anything but %(value)s"),
        ">=": _("at least %(value)s"),
        "<=": _("at most %(value)s"),
        ">": _("more than %(value)s"),
        "<": _("less than %(value)s"),
    }[operator]


def _literal(text: str, fact: Fact, finding: Finding, pack: Pack) -> str:
    """The right side of a condition as people write it: a code's label, a number with its unit, a parameter's value."""
    codes = pack.code_lists.get(fact.codes or "")
    if found := _TEXT.fullmatch(text):
        return forms.answer_text(fact, codes, found[1].replace("''", "'"))
    if text in ("TRUE", "FALSE"):
        return _("Yes") if text == "TRUE" else _("No")
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return forms.answer_text(
            fact, codes, int(Decimal(text) * 100) if fact.type == "money" else Decimal(text)
        )
    if text in pack.parameters:
        value = next((use.value for use in finding.parameters if use.name == text), None)
        return (
            forms.answer_text(fact, codes, value)
            if value is not None and not isinstance(value, Brackets)
            else in_language(pack.parameters[text].label)
        )
    if text in pack.facts:
        return in_language(pack.facts[text].label)
    return ""
