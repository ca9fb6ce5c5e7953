"""One cell under an input of a decision table: which values the row takes.

    -  or empty      any value, absent included         1, 2, [5..7]     one of these
    18               exactly this                       not(1, 2)        none of these; absent is not taken
    < 5   >= 10      compared                           null             absent
    [1..5] (1..5]    from 1 to 5, ends in or out        DATE '2026-01-31' or 2026-01-31

Under a code or a text every word is a value: `noodles`, 590101; quotes are needed only around , ( ) [ ] < > =.
Elsewhere a word is the name of a fact or of a parameter. Full-width signs and digits are read like plain ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias

from tongban.core.rules.ir import Comparison
from tongban.core.rules.states import Value
from tongban.core.rules.types import Kind

MAX_CELL: Final = 500
"""Most characters of a cell."""
MAX_TESTS: Final = 100
"""Most tests in one cell."""


class BadCell(ValueError):
    """A cell cannot be read. `offset` counts characters into the cell, from 0."""

    def __init__(self, message: str, offset: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.offset = offset
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Operand:
    text: str
    """As the rule language writes it."""
    value: Value | None
    """None for a name, whose value is not known here. Numbers as written: an amount is in yuan."""


@dataclass(frozen=True, slots=True)
class Anything:
    pass


@dataclass(frozen=True, slots=True)
class IsAbsent:
    pass


@dataclass(frozen=True, slots=True)
class Compared:
    operator: Comparison
    operand: Operand


@dataclass(frozen=True, slots=True)
class Inside:
    low: Operand
    high: Operand
    low_included: bool
    high_included: bool


@dataclass(frozen=True, slots=True)
class AnyOf:
    tests: tuple[Test, ...]
    """Two or more."""


@dataclass(frozen=True, slots=True)
class NoneOf:
    test: Test


Test: TypeAlias = Anything | IsAbsent | Compared | Inside | AnyOf | NoneOf


def read_cell(text: str, kind: Kind) -> Test:
    """The test of a cell under an input of this kind. Raises BadCell."""
    if len(text) > MAX_CELL:
        raise BadCell(f"A cell has at most {MAX_CELL} characters.", MAX_CELL)
    if text.strip() in _ANY:
        return Anything()
    return _Reader(text, kind).whole()


def operands(test: Test) -> Iterator[Operand]:
    """The operands of a test, in the order of the text."""
    match test:
        case Anything() | IsAbsent():
            return
        case Compared():
            yield test.operand
        case Inside():
            yield test.low
            yield test.high
        case NoneOf():
            yield from operands(test.test)
        case AnyOf():
            for part in test.tests:
                yield from operands(part)


def asks_for_absence(test: Test) -> bool:
    """Whether null is somewhere in the test."""
    match test:
        case IsAbsent():
            return True
        case NoneOf():
            return asks_for_absence(test.test)
        case AnyOf():
            return any(map(asks_for_absence, test.tests))
        case Anything() | Compared() | Inside():
            return False


def write_text(value: str) -> str:
    """A text as the rule language writes it."""
    return "'" + value.replace("'", "''") + "'"


_ANY: Final = frozenset({"", "-", "－", "—"})
_WORDED: Final = frozenset({Kind.CODE, Kind.TEXT})
"""Kinds under which a bare word is a value."""
TRUTH: Final = {"是": "TRUE", "否": "FALSE"}
"""How tables in Chinese write what is true or false."""
_OPERATORS: Final[dict[str, Comparison]] = {
    "<": "<",
    "<=": "<=",
    "≤": "<=",
    ">": ">",
    ">=": ">=",
    "≥": ">=",
    "=": "=",
    "<>": "<>",
    "!=": "<>",
    "≠": "<>",
}
_SIGNS: Final = r"(?P<sign><=|>=|<>|!=|[<>=≤≥≠＜＞＝]|\.\.|…|[,，、()（）\[\]［］])"
_QUOTED: Final = r"(?P<quoted>'(?:[^']|'')*'|\"[^\"]*\")"
_TOKENS: Final = re.compile(
    rf"{_QUOTED}|(?P<date>\d{{4}}-\d{{2}}-\d{{2}}(?!\d))|(?P<number>[+\-−－＋]?\d+(?:[.．]\d+)?)"
    rf"|{_SIGNS}|(?P<word>[A-Za-z_]\w*|[是否](?!\w))"
)
_WORDS: Final = re.compile(rf"{_QUOTED}|{_SIGNS}|(?P<word>[^'\"<>=≤≥≠＜＞＝,，、()（）\[\]［］]+)")


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int


class _Reader:
    """Reads a cell from left to right, one token ahead."""

    def __init__(self, text: str, kind: Kind) -> None:
        self._text = text
        self._kind = kind
        self._tokens = list(_tokens(text, _WORDS if kind in _WORDED else _TOKENS))
        self._next = 0
        self._tests = 0

    def whole(self) -> Test:
        test = self._list()
        if (left := self._ahead()) is not None:
            raise BadCell(f"'{left.text}' is not expected here.", left.offset, _SYNTAX)
        return test

    def _list(self) -> Test:
        tests = [self._test()]
        while self._take(","):
            tests.append(self._test())
        return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))

    def _test(self) -> Test:
        self._tests += 1
        token = self._ahead()
        if token is None:
            raise BadCell("The cell breaks off.", len(self._text), _SYNTAX)
        if self._tests > MAX_TESTS:
            raise BadCell(f"A cell has at most {MAX_TESTS} values.", token.offset)
        if token.kind == "word" and token.text.lower() == "not" and self._follows("("):
            return self._negated(token)
        if token.kind == "sign" and token.text in _OPERATORS:
            self._next += 1
            return self._compared(_OPERATORS[token.text], token)
        if token.kind == "sign" and token.text in "[](" and self._kind not in _WORDED:
            return self._range(token)
        if self._is_null(token):
            self._next += 1
            return IsAbsent()
        return Compared("=", self._operand())

    def _negated(self, token: _Token) -> Test:
        self._next += 2
        inner = self._list()
        if not self._take(")"):
            raise BadCell("There is no ) for this not(.", token.offset)
        return NoneOf(inner)

    def _compared(self, operator: Comparison, sign: _Token) -> Test:
        if (token := self._ahead()) and self._is_null(token):
            if operator not in ("=", "<>"):
                raise BadCell(f"'{sign.text}' cannot stand before null.", sign.offset)
            self._next += 1
            return IsAbsent() if operator == "=" else NoneOf(IsAbsent())
        return Compared(operator, self._operand())

    def _range(self, opening: _Token) -> Test:
        self._next += 1
        low = self._operand()
        if not self._take(".."):
            raise BadCell("A range is written [1..5].", opening.offset)
        high = self._operand()
        closing = self._ahead()
        if closing is None or closing.text not in ("]", ")", "["):
            raise BadCell("A range ends with ] or ).", opening.offset, "[1..5] has both ends, (1..5] not 1.")
        self._next += 1
        return Inside(low, high, opening.text == "[", closing.text == "]")

    def _operand(self) -> Operand:
        token = self._ahead()
        if token is None:
            raise BadCell("The cell breaks off.", len(self._text), _SYNTAX)
        self._next += 1
        match token.kind:
            case "quoted":
                value = _unquoted(token.text)
                return Operand(write_text(value), value)
            case "number":
                return _number(token)
            case "date":
                return _date(token.text, token.offset)
            case "word" if self._kind in _WORDED:
                return Operand(write_text(token.text), token.text)
            case "word":
                return self._word(token)
            case _:
                self._next -= 1
                raise BadCell(f"A value is missing before '{token.text}'.", token.offset, _SYNTAX)

    def _word(self, token: _Token) -> Operand:
        word = TRUTH.get(token.text, token.text).lower()
        if word in ("true", "false"):
            return Operand(word.upper(), word == "true")
        if word == "null":
            raise BadCell("null cannot stand here.", token.offset)
        if word == "date" and (quoted := self._ahead()) and quoted.kind == "quoted":
            self._next += 1
            return _date(_unquoted(quoted.text), quoted.offset)
        return Operand(token.text, None)

    def _ahead(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, sign: str) -> bool:
        token = self._ahead()
        found = token is not None and token.kind == "sign" and token.text == sign
        self._next += found
        return found

    def _follows(self, sign: str) -> bool:
        after = self._tokens[self._next + 1 : self._next + 2]
        return bool(after) and after[0].kind == "sign" and after[0].text == sign

    @staticmethod
    def _is_null(token: _Token) -> bool:
        return token.kind == "word" and token.text.lower() == "null"


_SYNTAX: Final = "Write a value, < 5, [1..5], a list 1, 2, 3, or not(...)."


def _tokens(text: str, pattern: re.Pattern[str]) -> Iterator[_Token]:
    offset = 0
    while offset < len(text):
        if text[offset].isspace():
            offset += 1
            continue
        found = pattern.match(text, offset)
        if found is None or found.lastgroup is None:
            _unreadable(text, offset)
        written, kind = found[0], found.lastgroup
        token = written if kind == "quoted" else unicodedata.normalize("NFKC", written).strip()
        if kind == "sign":
            token = {"、": ",", "...": ".."}.get(token, token)
        yield _Token(kind, token if kind != "word" or pattern is _TOKENS else written.strip(), offset)
        offset = found.end()


def _unreadable(text: str, offset: int) -> NoReturn:
    if text[offset] in "'\"":
        raise BadCell("A quote is not closed.", offset)
    raise BadCell(f"'{text[offset]}' cannot be read here.", offset, _SYNTAX)


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'") if text[0] == "'" else text[1:-1]


def _number(token: _Token) -> Operand:
    digits = token.text.replace("−", "-").removeprefix("+")
    return Operand(digits, Decimal(digits) if "." in digits else int(digits))


def _date(text: str, offset: int) -> Operand:
    try:
        value = date.fromisoformat(text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else "")
    except ValueError:
        raise BadCell(f"'{text}' is not a date.", offset, "A date is written 2026-01-31.") from None
    return Operand(f"DATE '{value.isoformat()}'", value)
