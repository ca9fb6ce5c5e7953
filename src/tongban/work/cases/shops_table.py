"""A table with one row for each shop: which columns a life event has, and what one row says.

    columns(pack, "open-restaurant")     key, then every fact that the event asks
    headed(pack, event, header)          what each column of a file is, or why the file cannot be read
    read_row(pack, columns, header, cells)   answers, or every problem with its column

Headings are the labels of the facts, in Chinese or English, or their names. Yes and no, and codes, may be written by
their labels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as msg

from tongban.base.kit import forms
from tongban.base.kit.refusals import Invalid
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.model import CodeList, Fact
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads
from tongban.core.rules.states import ABSENT, Known

KEY: Final = "key"
LONGEST_KEY: Final = 60
KEY_HEADINGS: Final = ("key", "your own number", "编号", "自编编号", "編號", "自編編號")
KEY_LABEL: Final = msg("Your own number")
IGNORED_HEADINGS: Final = ("line", "reason", "行", "原因")
"""Columns of the file of rejected rows: it can be mended and handed in as it is."""
YES: Final = frozenset({"yes", "y", "true", "1", "是", "有", "对"})
NO: Final = frozenset({"no", "n", "false", "0", "否", "无", "没有", "不是"})


@dataclass(frozen=True, slots=True)
class Column:
    fact: Fact
    label: str
    """Its heading, unlike that of every other column."""
    allowed: str
    """What may be written, in words; empty: any text."""


@dataclass(frozen=True, slots=True)
class Problem:
    column: int
    """From 1; 0: the row as a whole."""
    label: str
    text: str


def columns(pack: Pack, event: str) -> list[Column]:
    """Every fact of the event that the applicant can answer, in the order of the pack."""
    read = reads.facts_read(pack, pack.life_events[event].services)
    named = pack.life_events[event].name_fact
    asked = [f for f in pack.facts.values() if f.question is not None and (f.id in read or f.id == named)]
    labels = [in_language(fact.label) for fact in asked]
    return [
        Column(
            fact,
            label if labels.count(label) == 1 else f"{label} ({fact.id})",
            allowed(fact, _codes(pack, fact)),
        )
        for fact, label in zip(asked, labels, strict=True)
    ]


def allowed(fact: Fact, codes: CodeList | None) -> str:
    """What may stand in a cell."""
    if fact.type == "boolean":
        return _("yes or no")
    if fact.type == "code" and codes:
        return " / ".join(in_language(item.label) for item in codes.items)
    if fact.type == "date":
        return _("a date, as 2026-11-30")
    unit = in_language(fact.unit_label)
    if fact.type == "money":
        return _("an amount in yuan")
    if fact.type == "integer" or fact.type.startswith("decimal"):
        return _("a number (%(unit)s)") % {"unit": unit} if unit else _("a number")
    return _("text, at most %(n)d characters") % {"n": fact.max_length}


def headed(pack: Pack, event: str, header: Sequence[str]) -> list[str]:
    """What each column holds: a fact, `key`, or "" for one that is passed over. Raises `Invalid` with every problem."""
    known = dict.fromkeys(KEY_HEADINGS, KEY) | dict.fromkeys(IGNORED_HEADINGS, "")
    for column in columns(pack, event):
        fact = column.fact
        labels = {
            fact.id,
            fact.label.zh,
            fact.label.en,
            f"{fact.label.zh} ({fact.id})",
            f"{fact.label.en} ({fact.id})",
            column.label,
        }
        known |= {folded(label): fact.id for label in labels if label}
    found: list[str] = []
    problems: list[str] = []
    for place, text in enumerate(header, 1):
        name = known.get(folded(text), None) if text.strip() else ""
        if name is None:
            words = {"n": place, "name": text}
            near = get_close_matches(folded(text), list(known), n=1, cutoff=0.6)
            problems.append(
                _("Column %(n)d: nothing is called “%(name)s”. Did you mean “%(near)s”?")
                % {**words, "near": near[0]}
                if near
                else _("Column %(n)d: nothing is called “%(name)s”.") % words
            )
        elif name and name in found:
            problems.append(_("Column %(n)d: “%(name)s” is there twice.") % {"n": place, "name": text})
        found.append(name or "")
    if KEY not in found:
        problems.append(
            _("There is no column “%(name)s”: it tells one shop from the other.") % {"name": _(KEY_LABEL)}
        )
    if problems:
        raise Invalid(_("The first line does not name the columns of this table."), fields={"file": " ".join(problems)})  # fmt: skip
    return found


def read_row(
    pack: Pack, names: Sequence[str], header: Sequence[str], cells: Sequence[str]
) -> tuple[str, dict[str, object], list[Problem]]:
    """(key, answers as JSON values, problems). An empty cell says nothing: it takes no earlier answer back."""
    key = ""
    answers: dict[str, object] = {}
    problems: list[Problem] = []
    for place, name in enumerate(names, 1):
        raw = cells[place - 1].strip() if place <= len(cells) else ""
        label = header[place - 1].strip()
        if name == KEY:
            key = raw
            if not key:
                problems.append(Problem(place, label, _("Every shop needs a number of its own here.")))
            elif len(key) > LONGEST_KEY:
                problems.append(
                    Problem(place, label, _("Use at most %(n)d characters.") % {"n": LONGEST_KEY})
                )
            continue
        if not name or not raw:
            continue
        value, problem = _cell(pack, pack.facts[name], raw)
        if problem:
            problems.append(Problem(place, label, problem))
        else:
            answers[name] = value
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        problems.append(Problem(0, "", _("This line has more cells than there are columns.")))
    return key, answers, problems


def folded(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split()).casefold()


def _cell(pack: Pack, fact: Fact, raw: str) -> tuple[object, str]:
    """(JSON value, "") or (None, what is wrong and what may stand there)."""
    codes = _codes(pack, fact)
    said = folded(raw)
    if fact.none is not None and said in {folded(fact.none.zh), folded(fact.none.en)}:
        return ABSENT, ""
    written = raw.removeprefix("'") if raw[:2] in ("'=", "'+", "'-", "'@") else raw
    if fact.type == "boolean":
        written = "yes" if said in YES else "no" if said in NO else raw
    elif fact.type == "code" and codes:
        labels = _by_label(codes)
        written = labels.get(said, raw)
    value, problem = forms.read(fact, codes, written)
    if problem and fact.type == "code":
        return None, _("This value does not fit. Allowed: %(allowed)s") % {"allowed": allowed(fact, codes)}
    if problem:
        return None, problem
    if value is None:
        return None, _("This cannot be read.")
    try:
        checked = packfacts.read_value(fact, pack.code_lists, value)
    except ValueError:
        return None, _("This value does not fit. Allowed: %(allowed)s") % {"allowed": allowed(fact, codes)}
    return packfacts.write_facts(pack, {fact.id: Known(checked)})[fact.id], ""


def _by_label(codes: CodeList) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in codes.items:
        for text in (item.label.zh, item.label.en, item.code):
            found.setdefault(folded(text), item.code)
    return found


def _codes(pack: Pack, fact: Fact) -> Any:
    return pack.code_lists.get(fact.codes or "")
