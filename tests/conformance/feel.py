"""FEEL, the expressions of DMN, as far as the rule language has a counterpart: from text to a tree.

Everything else raises `OutOfScope` with the reason. `feel_writer` writes the tree as text of the rule language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NoReturn, TypeAlias

KIND: TypeAlias = Literal["boolean", "number", "text", "date", "context", "other"]


class OutOfScope(Exception):
    """The rule language has no counterpart. The message says of what."""


@dataclass(frozen=True)
class Given:
    """What a name stands for: None, bool, Decimal, str, date, or a dict of further names."""

    kind: KIND
    value: Any


Names = Mapping[str, Given]


# -- the tree --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    shape: str
    """null boolean number text date name or and compare between in sum product quotient minus not call if"""
    parts: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Test:
    """A unary test: an operator and a node, a range, or a negation of tests."""

    shape: Literal["compare", "range", "not"]
    parts: tuple[Any, ...]


# -- reading ---------------------------------------------------------------------------------------------------

_FUNCTIONS = (
    "substring before",
    "substring after",
    "date and time",
    "round half up",
    "round half down",
    "round up",
    "round down",
    "years and months duration",
)
_TOKEN = re.compile(
    r"""(?P<number>(?:\d+(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?) | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<at>@"[^"]*") | (?P<sign>\.\.|\*\*|<=|>=|!=|->|[-+*/=<>()\[\]{},.:?|])
    | (?P<word>[^\W\d]\w*)""",
    re.VERBOSE,
)
_REFUSED_WORDS = {
    "for": "iteration",
    "some": "quantified expressions",
    "every": "quantified expressions",
    "function": "functions as values",
    "instance": "instance of",
    "return": "iteration",
    "external": "functions as values",
}


class Reader:
    """Reads one FEEL text. Names may hold spaces, so those that are known are tried first, the longest before others."""

    def __init__(self, text: str, names: Names) -> None:
        text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL)
        self._tokens = list(self._split(text, sorted(names, key=len, reverse=True)))
        self._next = 0

    @staticmethod
    def _split(text: str, names: list[str]) -> Any:
        offset = 0
        spaced = [(re.compile(r"\s+".join(map(re.escape, name.split()))), name) for name in names]
        while offset < len(text):
            if text[offset].isspace():
                offset += 1
                continue
            found: tuple[str, str] | None = None
            if text[offset].isalpha() or text[offset] == "_":
                for pattern, name in spaced:
                    match = pattern.match(text, offset)
                    if match and not re.match(r"\w", text[match.end() : match.end() + 1]):
                        found, end = ("name", name), match.end()
                        break
                else:
                    for function in _FUNCTIONS:
                        if re.match(rf"{function}\s*\(", text[offset:]):
                            found, end = ("word", function), offset + len(function)
                            break
            if found is None:
                match = _TOKEN.match(text, offset)
                if not match or not match.lastgroup:
                    raise OutOfScope(f"the sign {text[offset]!r}")
                found, end = (match.lastgroup, match[0]), match.end()
            yield found
            offset = end

    # -- expressions

    def expression(self) -> Node:
        node = self._expression()
        if self._next < len(self._tokens):
            self._refuse()
        return node

    def _expression(self) -> Node:
        if self._word("if"):
            condition = self._expression()
            self._expect("then")
            then = self._expression()
            self._expect("else")
            return Node("if", (condition, then, self._expression()))
        return self._chain("or", lambda: self._chain("and", self._comparison))

    def _chain(self, word: str, operand: Callable[[], Node]) -> Node:
        parts = [operand()]
        while self._word(word):
            parts.append(operand())
        return parts[0] if len(parts) == 1 else Node(word, tuple(parts))

    def _comparison(self) -> Node:
        left = self._sum()
        for operator in ("<=", ">=", "!=", "=", "<", ">"):
            if self._sign(operator):
                return Node("compare", ("<>" if operator == "!=" else operator, left, self._sum()))
        if self._word("between"):
            low = self._sum()
            self._expect("and")
            return Node("between", (left, low, self._sum()))
        if self._word("in"):
            return Node("in", (left, self._in()))
        return left

    def _in(self) -> tuple[Test, ...]:
        """What stands after `in`: a test, or tests in brackets of either kind."""
        if (range_ := self._range()) is not None:
            return (range_,)
        if self._sign("["):
            return self._listed("]")
        if self._sign("("):
            return self._listed(")")
        return (self._test(),)

    def _listed(self, closing: str) -> tuple[Test, ...]:
        found = [self._item()]
        while self._sign(","):
            found.append(self._item())
        self._expect(closing)
        return tuple(found)

    def _item(self) -> Test:
        return self._range() or self._test()

    def tests(self) -> tuple[Test, ...] | None:
        """The tests of a cell of a decision table; None for any value."""
        if [text for _, text in self._tokens] == ["-"] or not self._tokens:
            return None
        if self._tokens[0] == ("word", "not") and self._tokens[1:2] == [("sign", "(")]:
            self._next = 2
            found: tuple[Test, ...] = (Test("not", (self._listed(")"),)),)
        else:
            listed = [self._item()]
            while self._sign(","):
                listed.append(self._item())
            found = tuple(listed)
        if self._next < len(self._tokens):
            self._refuse()
        return found

    def _test(self) -> Test:
        for operator in ("<=", ">=", "!=", "=", "<", ">"):
            if self._sign(operator):
                return Test("compare", ("<>" if operator == "!=" else operator, self._sum()))
        return Test("compare", ("=", self._sum()))

    def _range(self) -> Test | None:
        """A range, if one begins here."""
        begin = self._next
        opening = next((sign for sign in "[](" if self._sign(sign)), None)
        if opening is None:
            return None
        try:
            low = self._sum()
            if self._sign(".."):
                high = self._sum()
                closing = next((sign for sign in "])[" if self._sign(sign)), None)
                if closing:
                    return Test("range", (low, high, opening == "[", closing == "]"))
        except OutOfScope:
            pass
        self._next = begin
        return None

    def _sum(self) -> Node:
        node = self._product()
        while sign := next((sign for sign in "+-" if self._sign(sign)), None):
            node = Node("sum", (sign, node, self._product()))
        return node

    def _product(self) -> Node:
        node = self._power()
        while sign := next((sign for sign in "*/" if self._sign(sign)), None):
            node = Node("product" if sign == "*" else "quotient", (node, self._power()))
        return node

    def _power(self) -> Node:
        node = self._unary()
        if self._sign("**"):
            raise OutOfScope("powers")
        return node

    def _unary(self) -> Node:
        if self._sign("-"):
            return Node("minus", (self._unary(),))
        node = self._primary()
        if self._peek() == ("sign", "["):
            raise OutOfScope("filters and lists")
        return node

    def _primary(self) -> Node:
        kind, text = self._peek() or ("end", "")
        self._next += 1
        match kind:
            case "number":
                return Node("number", (Decimal(text),))
            case "text":
                return Node("text", (re.sub(r"\\(.)", r"\1", text[1:-1]),))
            case "at":
                return _at(text[2:-1])
            case "name":
                return Node("name", tuple(self._path(text)))
            case "word":
                return self._named(text)
            case "sign" if text == "(":
                node = self._expression()
                self._expect(")")
                return node
            case "sign" if text in "[":
                raise OutOfScope("filters and lists")
            case "sign" if text == "{":
                raise OutOfScope("contexts")
            case "sign" if text in ("<", "<=", ">", ">=", "=", "!=", ".."):
                raise OutOfScope("ranges as values")
            case _:
                self._next -= 1
                self._refuse()

    def _named(self, word: str) -> Node:
        if word in ("true", "false"):
            return Node("boolean", (word == "true",))
        if word == "null":
            return Node("null")
        if word in _REFUSED_WORDS:
            raise OutOfScope(_REFUSED_WORDS[word])
        if self._peek() == ("sign", ":"):
            raise OutOfScope("named arguments")
        if not self._sign("("):
            raise OutOfScope(f"the name '{word}'")
        arguments: list[Node] = []
        while not self._sign(")"):
            if self._peek() == ("word", "n") and self._tokens[self._next + 1] == ("sign", ":"):
                self._next += 2
            arguments.append(self._expression())
            if not self._sign(","):
                self._expect(")")
                break
        if word == "date" and len(arguments) == 1 and arguments[0].shape == "text":
            return _at(arguments[0].parts[0])
        if word in ("time", "date and time", "duration", "years and months duration"):
            raise OutOfScope("times and durations")
        if word == "not" and len(arguments) == 1:
            return Node("not", tuple(arguments))
        return Node("call", (word, *arguments))

    def _path(self, name: str) -> list[str]:
        path = [name]
        while self._sign("."):
            kind, text = self._peek() or ("end", "")
            if kind not in ("word", "name"):
                self._refuse()
            self._next += 1
            path.append(text)
        return path

    def _peek(self) -> tuple[str, str] | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _sign(self, sign: str) -> bool:
        found = self._peek() == ("sign", sign)
        self._next += found
        return found

    def _word(self, word: str) -> bool:
        found = self._peek() == ("word", word)
        self._next += found
        return found

    def _expect(self, text: str) -> None:
        if (self._peek() or ("", ""))[1] != text:
            self._refuse()
        self._next += 1

    def _refuse(self) -> NoReturn:
        if self._peek() == ("sign", ".."):
            raise OutOfScope("ranges as values")
        raise OutOfScope(f"what stands at '{(self._peek() or ('', 'the end'))[1]}'")


def _at(text: str) -> Node:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        if re.fullmatch(r"-?\d+-\d{2}-\d{2}", text):
            raise OutOfScope("years before 1 and after 9999")
        raise OutOfScope("times and durations")
    try:
        return Node("date", (date.fromisoformat(text),))
    except ValueError:
        raise OutOfScope("dates that are none, which are null there and refused here") from None
