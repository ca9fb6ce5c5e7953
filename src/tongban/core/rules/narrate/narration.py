"""A finding in one language, as people and programs read it: text, JSON, HTML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Final, Literal

from tongban.core.rules.explain import Outcome
from tongban.core.values.text import Bilingual

_MARKS: Final[dict[Outcome, str]] = {"pass": "✓", "fail": "✗", "unknown": "?", "undefined": "!"}
_WORDS: Final = {
    "needed": Bilingual("要求", "needed"),
    "found": Bilingual("实际", "found"),
    "assumed": Bilingual("假定", "assumed"),
    "worked": Bilingual("计算", "worked out"),
    "article": Bilingual("依据", "article"),
    "because": Bilingual("原因", "why"),
    "change": Bilingual("需要改变", "what would have to change"),
    "changes": Bilingual("需要改变（任一即可）", "what would have to change, any one of"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """One fact or parameter that was read."""

    name: str
    label: str
    value: str
    source: str
    """Where it comes from; empty when that is not said."""
    day: str
    """ISO date of what the source says; empty when that is not said."""
    kind: Literal["fact", "parameter"]

    @property
    def origin(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.source, self.day)))


@dataclass(frozen=True, slots=True)
class Worked:
    """One step of arithmetic in words."""

    number: int
    """From 1; labels of later steps refer to it: `[1] + Rent`."""
    text: str
    """Canonical text of the operation."""
    label: str
    """The operation in words; empty where `worked` says it all."""
    worked: str
    """`6,000.00 × 0.30 = 1,800.00`"""


@dataclass(frozen=True, slots=True)
class Line:
    """One condition, or AND, OR, NOT over `parts`."""

    outcome: Outcome
    said: str
    """The outcome in words."""
    text: str
    """The condition as it stands in the rule, canonically."""
    label: str
    """What is looked at; "all of these" and the like for AND, OR, NOT."""
    needed: str = ""
    found: str = ""
    read: tuple[Read, ...] = ()
    assumed: tuple[str, ...] = ()
    steps: tuple[Worked, ...] = ()
    articles: tuple[str, ...] = ()
    reason: str = ""
    """Why it has no value."""
    parts: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Narration:
    language: str
    heading: str
    """Name of the whole; empty when it has none."""
    line: Line
    articles: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    """Ways to another outcome; each would do by itself."""

    def as_text(self) -> str:
        """Lines for a terminal."""
        return "\n".join(_text(self))

    def as_json(self) -> dict[str, Any]:
        """Everything, as JSON can hold it. Texts are in the narration's language; `outcome` and `text` never change."""
        return {
            "language": self.language,
            "heading": self.heading,
            "articles": list(self.articles),
            "finding": _json(self.line),
            "changes": list(self.changes),
        }

    def as_html(self) -> str:
        """A fragment: headings by the page, lists for conditions and steps. Every text is escaped; no styles."""
        return "".join(_html(self))

    def word(self, name: str) -> str:
        return _WORDS[name].get(self.language)

    def ways(self) -> str:
        return self.word("change" if len(self.changes) == 1 else "changes")

    def colon(self) -> str:
        return Bilingual("：", ": ").get(self.language)

    def semicolon(self) -> str:
        return Bilingual("；", "; ").get(self.language)

    def bracketed(self, texts: tuple[str, ...]) -> str:
        inside = Bilingual("，", ", ").get(self.language).join(texts)
        return Bilingual(f"（{inside}）", f" ({inside})").get(self.language) if inside else ""

    def step(self, step: Worked, line: Line) -> str:
        """One step as a line; alone, and of what the line is about anyway, without saying again what it is."""
        number = f"[{step.number}] " if len(line.steps) > 1 else ""
        label = "" if len(line.steps) == 1 and step.label == line.label else step.label
        return f"{number}{label}{self.colon() if label else ''}{step.worked}"


def _text(narration: Narration) -> Iterator[str]:
    line, colon = narration.line, narration.colon()
    depth = 0
    if narration.heading:
        yield f"{_MARKS[line.outcome]} {narration.heading}{colon}{line.said}"
        depth = 1
    yield from _text_line(narration, line, depth, whole=bool(narration.heading))
    indent = "  " * depth
    for article in narration.articles:
        yield f"{indent}{narration.word('article')}{colon}{article}"
    if narration.changes:
        yield f"{indent}{narration.ways()}{colon.rstrip()}"
        yield from (f"{indent}  - {change}" for change in narration.changes)


def _text_line(narration: Narration, line: Line, depth: int, *, whole: bool = False) -> Iterator[str]:
    """`whole`: the outcome stands in the heading already."""
    indent, colon = "  " * depth, narration.colon()
    mark = f"{_MARKS[line.outcome]} "
    if line.parts:
        yield f"{indent}{'' if whole else mark}{line.label}{colon.rstrip()}"
        if line.reason and line.outcome == "fail":
            yield f"{indent}  {narration.word('because')}{colon}{line.reason}"
        for part in line.parts:
            yield from _text_line(narration, part, depth + 1)
        return
    dash, semicolon = Bilingual("——", " — ").get(narration.language), narration.semicolon()
    if line.needed:
        said = [
            f"{narration.word('needed')}{colon}{line.needed}",
            f"{narration.word('found')}{colon}{_found(narration, line)}",
        ]
        yield f"{indent}{mark}{line.label}{dash}{semicolon.join(said if whole else [*said, line.said])}"
    elif not whole:
        yield f"{indent}{mark}{line.said}" if line.steps else f"{indent}{mark}{line.label}{dash}{line.said}"
    inner = indent + "    "
    for read in _others(line):
        yield f"{inner}{read.label}{colon}{read.value}{narration.bracketed(read.origin)}"
    for note, texts in _notes(narration, line):
        yield from (f"{inner}{note}{colon}{text}" for text in texts)


def _notes(narration: Narration, line: Line) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield narration.word("worked"), tuple(narration.step(step, line) for step in line.steps)
    yield narration.word("assumed"), line.assumed
    yield narration.word("because"), (line.reason,) if line.reason else ()
    yield narration.word("article"), line.articles


def _found(narration: Narration, line: Line) -> str:
    """What was found, with its origin when it is one fact."""
    origin = line.read[0].origin if line.read and not _is_composed(line) else ()
    return line.found + narration.bracketed(origin)


def _others(line: Line) -> tuple[Read, ...]:
    """What was read and is not said yet."""
    if _is_composed(line):
        return line.read
    return tuple(read for read in line.read[1:] if read.kind == "fact")  # parameters stand in what is needed


def _is_composed(line: Line) -> bool:
    """Whether what is looked at is not one fact by itself."""
    return not line.needed or not line.read or line.read[0].label != line.label


def _json(line: Line) -> dict[str, Any]:
    return {
        "outcome": line.outcome,
        "said": line.said,
        "text": line.text,
        "label": line.label,
        "needed": line.needed,
        "found": line.found,
        "read": [
            {
                "name": read.name,
                "kind": read.kind,
                "label": read.label,
                "value": read.value,
                "source": read.source,
                "date": read.day,
            }
            for read in line.read
        ],
        "assumed": list(line.assumed),
        "steps": [
            {"number": step.number, "text": step.text, "label": step.label, "worked": step.worked}
            for step in line.steps
        ],
        "articles": list(line.articles),
        "reason": line.reason,
        "parts": [_json(part) for part in line.parts],
    }


def _html(narration: Narration) -> Iterator[str]:
    line = narration.line
    yield f'<div lang="{_tag(narration.language)}">'
    if narration.heading:
        yield f"<p><strong>{escape(narration.heading)}</strong>{narration.colon()}{escape(line.said)}</p>"
    yield "<ul>"
    yield from _html_line(narration, line)
    yield "</ul>"
    yield from _html_list(narration.word("article"), narration.articles)
    yield from _html_list(narration.ways(), narration.changes)
    yield "</div>"


def _html_line(narration: Narration, line: Line) -> Iterator[str]:
    yield f'<li data-outcome="{line.outcome}"><p><strong>{escape(line.label)}</strong>{narration.colon()}{escape(line.said)}</p>'
    if line.parts:
        if line.reason and line.outcome == "fail":
            yield f"<p>{narration.word('because')}{narration.colon()}{escape(line.reason)}</p>"
        yield "<ul>"
        for part in line.parts:
            yield from _html_line(narration, part)
        yield "</ul></li>"
        return
    yield "<dl>"
    if line.needed:
        yield _html_term(narration.word("needed"), line.needed)
        yield _html_term(narration.word("found"), _found(narration, line))
    for read in _others(line):
        yield _html_term(read.label, read.value + narration.bracketed(read.origin))
    for note, texts in _notes(narration, line):
        yield from (_html_term(note, text) for text in texts)
    yield "</dl></li>"


def _html_term(term: str, text: str) -> str:
    return f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>"


def _html_list(name: str, texts: tuple[str, ...]) -> Iterator[str]:
    if texts:
        items = "".join(f"<li>{escape(text)}</li>" for text in texts)
        yield f"<p>{escape(name)}</p><ul>{items}</ul>"


def _tag(language: str) -> str:
    return "zh-Hans" if language.startswith("zh") else "en"
