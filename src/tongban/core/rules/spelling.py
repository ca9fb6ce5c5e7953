"""What can be seen wrong in the words and signs of a text before it is read as an expression."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from tongban.core.rules.problems import RuleProblem

MAX_LENGTH: Final = 4000
"""Most characters of a rule's text."""
MAX_NESTING: Final = 20
"""Most brackets and CASEs inside one another. The parser behind `parse` stops at about twice as many."""
MAX_NUMBER: Final = 18
"""Most digits of a number."""

_SIGNS: Final = frozenset({"(", ")", ",", "+", "-", "*", "/", "=", "<>", "!=", "<", "<=", ">", ">="})
_REFUSED_SIGNS: Final = {
    "==": ("Equality is written with one sign, '='.", None),
    ";": ("A rule is one expression; ';' does not belong in it.", "Join conditions with AND or OR."),
    "||": ("Texts cannot be joined in a rule.", None),
    "%": ("'%' is not part of the rule language.", "Write a share as a number: 0.055 for 5.5 percent."),
    ".": ("A point stands between a relation and its field, without spaces: children.born.", None),
    "?": ("A rule has no placeholders.", "Use the name of a fact or of a parameter."),
    ":": ("A rule has no placeholders.", "Use the name of a fact or of a parameter."),
    "@": ("A rule has no placeholders.", "Use the name of a fact or of a parameter."),
    "::": (
        "A rule does not convert types (::).",
        "Use ROUND, FLOOR or CEIL for numbers, DATE '2026-01-31' for a date.",
    ),
    "&&": ("'&&' is not part of the rule language.", "Write AND."),
}
_QUOTED: Final = re.compile(r"'(?:[^']|'')*'")
_WORD: Final = re.compile(r"[^\W\d]\w*\Z")


class Token(NamedTuple):
    text: str
    start: int
    """Offset in the text."""
    mark: tuple[int, int]
    """The parser's own line and column, to find the token again that it complains about."""
    quoted: bool
    """A text in single quotes, or a name in double quotes."""
    number: bool


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in the text."""
    if "\n" not in text:
        return 1, offset + 1
    return text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1


def check_length(text: str) -> list[RuleProblem]:
    if len(text) > MAX_LENGTH:
        message = f"The rule has {len(text)} characters; {MAX_LENGTH} are the most."
        return [RuleProblem("too-long", message, 1, 1, "Split it into several rules.")]
    if "\x00" in text:
        return [RuleProblem("bad-sign", "The rule holds a NUL character.", *place(text, text.index("\x00")))]
    bare = _QUOTED.sub(lambda found: " " * len(found[0]), text)
    if braces := re.search(r"\{[{#%]", bare):  # the parser takes these for remarks
        message = f"'{braces[0]}' is not part of the rule language."
        return [RuleProblem("bad-sign", message, *place(text, braces.start()), "A remark stands after --.")]
    return []


def check_tokens(text: str, tokens: list[Token]) -> list[RuleProblem]:
    """Problems of single words and signs, of brackets and of nesting."""
    problems: list[RuleProblem] = []
    open_: list[Token] = []  # brackets and CASEs
    words = ["" if token.quoted else token.text.upper() for token in tokens]
    for index, (token, word) in enumerate(zip(tokens, words, strict=True)):
        if token.quoted or token.number:
            continue
        if word == "." and index + 1 < len(tokens) and tokens[index + 1].number:
            hint = f"Write 0.{tokens[index + 1].text}."
            problems.append(_at(text, token, "bad-number", "A number begins with a digit.", hint))
        elif word == "." and _joins(tokens, index):
            continue
        elif problem := _sign(text, token):
            problems.append(problem)
        elif word == "IS" and (
            words[index + 1 : index + 2] == ["UNKNOWN"] or words[index + 1 : index + 3] == ["NOT", "UNKNOWN"]
        ):
            message = "A rule cannot ask whether a value is unknown: unknown facts are asked for."
            problems.append(_at(text, token, "unsupported", message, "IS NULL asks whether there is none."))
        elif word == "NOT" and words[index + 1 : index + 2] == ["IS"]:
            problems.append(_at(text, token, "unreadable", "NOT stands after IS.", "Write x IS NOT NULL."))
        elif word == "IF":
            hint = "Write CASE WHEN condition THEN value ELSE value END."
            problems.append(_at(text, token, "unsupported", "IF is not part of the rule language.", hint))
        elif word in ("(", "CASE"):
            open_.append(token)
            if len(open_) > MAX_NESTING:
                message = f"More than {MAX_NESTING} brackets and CASEs are inside one another."
                return [_at(text, token, "too-deep", message, "Split it into several rules.")]
        elif word in (")", "END"):
            opening = "(" if word == ")" else "CASE"
            if not open_ or open_.pop().text.upper() != opening:
                return [
                    *problems,
                    _at(text, token, "unreadable", f"There is no {opening} for this {token.text}.", None),
                ]
    if open_ and not problems:
        closing = ")" if open_[-1].text == "(" else "END"
        problems.append(
            _at(text, open_[-1], "unreadable", f"There is no {closing} for this {open_[-1].text}.", None)
        )
    return problems


def _joins(tokens: list[Token], index: int) -> bool:
    """Whether a point stands between two names, without spaces: relation.field."""
    beside = tokens[max(index - 1, 0) : index + 2]
    if len(beside) != 3 or any(token.quoted or token.number for token in beside):
        return False
    before, point, after = beside
    return (
        before.start + len(before.text) == point.start
        and after.start == point.start + 1
        and all(_WORD.match(token.text) for token in (before, after))
    )


def _sign(text: str, token: Token) -> RuleProblem | None:
    if token.text in _SIGNS or (_WORD.match(token.text) and token.text.isascii()):
        return None
    if token.text in _REFUSED_SIGNS:
        return _at(text, token, "bad-sign", *_REFUSED_SIGNS[token.text])
    for index, character in enumerate(token.text):
        plain = _QUOTES.get(character) or unicodedata.normalize("NFKC", character)
        if plain != character:
            where = place(text, token.start + index)
            hint = f"Type {plain} instead." if plain.isascii() else None
            message = f"'{character}' is a full-width or typographic sign."
            return RuleProblem("bad-sign", message, *where, hint)
    if _WORD.match(token.text):
        return None
    message = f"'{token.text}' is not part of the rule language."
    return _at(
        text, token, "bad-sign", message, "The signs are ( ) , + - * / = <> < <= > >= and single quotes."
    )


_QUOTES: Final = {
    "“": "'",
    "”": "'",
    "‘": "'",
    "’": "'",
    "。": ".",
    "、": ",",
    "≥": ">=",
    "≤": "<=",
    "≠": "<>",
    "×": "*",
}


def _at(text: str, token: Token, code: str, message: str, hint: str | None) -> RuleProblem:
    return RuleProblem(code, message, *place(text, token.start), hint)
