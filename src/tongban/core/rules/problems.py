"""What is wrong with the text of a rule. An author's mistake is a value, and all of them are reported at once."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleProblem:
    code: str
    """Stable name of the kind of problem, for example `unknown-name`."""
    message: str
    """One plain English sentence: what is wrong."""
    line: int
    """Line inside the rule's text, from 1."""
    column: int
    """Column inside that line, from 1, counted in characters."""
    hint: str | None = None
    """What to write instead, where that can be said."""


def render(problem: RuleProblem, text: str, file: str | None = None) -> str:
    """The problem as a terminal shows it: its place, the line it stands in, a caret under the place, and the hint.

        shop.rule:2:5: unknown-name: There is no fact or parameter 'cold_dishs'.
            AND cold_dishs
                ^
            Did you mean 'cold_dishes'?

    Chinese and other full-width characters take two columns there, and the caret stands right all the same; tabs
    are kept. What a terminal would obey or hide (escape, direction, zero width) is shown as a replacement sign.
    """
    place = f"{file}:{problem.line}:{problem.column}" if file else f"{problem.line}:{problem.column}"
    lines = text.split("\n")
    line = lines[problem.line - 1].removesuffix("\r") if problem.line <= len(lines) else ""
    shown = "".join(map(_visible, line))
    before = "".join(map(_blank, shown[: problem.column - 1]))
    rendered = [f"{place}: {problem.code}: {problem.message}", f"    {shown}", f"    {before}^"]
    if problem.hint:
        rendered.append(f"    {problem.hint}")
    return "\n".join("".join(map(_visible, part)) for part in rendered)


def _visible(character: str) -> str:
    """The character, or a sign in its place: one for one, so that columns stay."""
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character != "\t"
    return "\N{REPLACEMENT CHARACTER}" if hidden else character


def _blank(character: str) -> str:
    """What is as wide as the character and shows nothing."""
    if character == "\t":
        return "\t"
    if unicodedata.category(character) in ("Mn", "Me"):
        return ""
    return "  " if unicodedata.east_asian_width(character) in ("W", "F") else " "
