"""A rule's text in one layout: the words stay as they are and where they are, only the space between them changes.

    area >= 60                               CASE
    AND NOT blocked                              WHEN kind = 'noodle' THEN 1000
    AND (                                        WHEN seats > 20      THEN 500
        kind = 'noodle'                          ELSE 0
        OR seats BETWEEN 5 AND 20            END
    )

What is short stands on one line; AND, OR and CASE stand on several as soon as they are not. Key words are written in
capitals, `!=` as `<>`, as `printing` does. Comments are kept: one behind a line stays behind it, one above a line
stays above it. Nothing is taken out, brackets neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tongban.core.rules import words as cut
from tongban.core.rules.check import compile_rule
from tongban.core.rules.parse import parse
from tongban.core.rules.problems import RuleProblem
from tongban.core.rules.types import Vocabulary
from tongban.core.rules.words import Kind, Word

WIDTH: Final = 100
"""Most characters of a line, unless one word is longer."""
SHORT: Final = 60
"""Up to as many, AND, OR and CASE stand on one line."""
_INDENT: Final = 4
_COMPARE: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "IN", "BETWEEN", "IS"})
_PASSES: Final = 5


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str | None
    """None when there are problems."""
    problems: tuple[RuleProblem, ...] = ()


def format_rule(text: str, vocabulary: Vocabulary | None = None) -> Formatted:
    """The text in the one layout, without a line break at the end; formatting it again changes nothing.

    A text that is no rule is not touched, but its problems are given. With a vocabulary its names and types must
    be right as well.
    """
    if vocabulary is not None:
        problems = list(compile_rule(text, vocabulary).problems)
    else:
        _, problems = parse(text)
    if problems:
        return Formatted(None, tuple(problems))
    for _ in range(_PASSES):  # a comment that has moved to the end of its line may allow a shorter layout
        before, text = text, _format(text)
        if text == before:
            break
    return Formatted(text)


@dataclass(frozen=True, slots=True)
class _Group:
    """Brackets with what is inside."""

    opening: Word
    inside: tuple[_Item, ...]
    closing: Word


@dataclass(frozen=True, slots=True)
class _Case:
    opening: Word
    parts: tuple[tuple[Word, tuple[_Item, ...]], ...]
    """WHEN, THEN, ... and ELSE, each with what follows it."""
    closing: Word


_Item: TypeAlias = Word | _Group | _Case


@dataclass(frozen=True, slots=True)
class _Line:
    indent: int
    words: tuple[Word, ...]
    padding: tuple[tuple[int, int], ...] = ()
    """(index of a word, spaces more before it)"""


def _format(text: str) -> str:
    every = cut.words(text)
    code = [word for word in every if word.kind is not Kind.COMMENT]
    above, behind, last = _comments(text, every)
    signs = frozenset(word for index, word in enumerate(code) if _is_sign(code, index))
    layout = _Layout(frozenset(above), frozenset(behind), signs)
    lines: list[str] = []
    for line in layout.lines(_grouped(code), 0, ()):
        indent, shown = " " * line.indent, layout.text(line)
        for word in line.words:
            lines += [indent + comment for comment in above.get(word, ())]
        trailing = [comment for word in line.words for comment in behind.get(word, ())]
        with_comments = "  ".join([shown, *trailing])
        if trailing and (len(with_comments) > WIDTH or any("\n" in comment for comment in trailing)):
            lines += [*(indent + comment for comment in trailing), shown]
        else:
            lines.append(with_comments)
    return "\n".join([*lines, *last])


def _comments(
    text: str, every: Sequence[Word]
) -> tuple[dict[Word, list[str]], dict[Word, list[str]], list[str]]:
    """Comments above a word, behind a word, and after everything."""
    above: dict[Word, list[str]] = {}
    behind: dict[Word, list[str]] = {}
    waiting: list[str] = []
    previous: Word | None = None
    anchor: Word | None = None
    for word in every:
        if word.kind is not Kind.COMMENT:
            above[word] = waiting
            if anchor is None or not (word.kind is Kind.KEYWORD and word.printed in ("AND", "OR")):
                anchor = word  # a comment behind `a AND` is about a: AND goes to the next line
            waiting, previous = [], word
        elif previous is not None and anchor is not None and "\n" not in text[previous.end : word.start]:
            behind.setdefault(anchor, []).append(word.text)
        else:
            waiting.append(word.text)
    return {word: texts for word, texts in above.items() if texts}, behind, waiting


def _grouped(code: Sequence[Word]) -> tuple[_Item, ...]:
    items, rest = _until(list(code), ())
    assert not rest  # the rule was parsed
    return items


def _until(code: list[Word], ends: tuple[str, ...]) -> tuple[tuple[_Item, ...], list[Word]]:
    """Items up to one of the closing words, and what is left from there."""
    items: list[_Item] = []
    while code and not (code[0].kind in (Kind.KEYWORD, Kind.SIGN) and code[0].printed in ends):
        word, *code = code
        if word.text == "(":
            inside, code = _until(code, (")",))
            closing, *code = code
            items.append(_Group(word, inside, closing))
        elif word.kind is Kind.KEYWORD and word.printed == "CASE":
            case, code = _case(word, code)
            items.append(case)
        else:
            items.append(word)
    return tuple(items), code


def _case(opening: Word, code: list[Word]) -> tuple[_Case, list[Word]]:
    parts: list[tuple[Word, tuple[_Item, ...]]] = []
    while code[0].printed != "END":
        word, *code = code
        inside, code = _until(code, ("WHEN", "THEN", "ELSE", "END"))
        parts.append((word, inside))
    return _Case(opening, tuple(parts), code[0]), code[1:]


def _flat(items: Sequence[_Item]) -> Iterator[Word]:
    for item in items:
        match item:
            case _Group():
                yield item.opening
                yield from _flat(item.inside)
                yield item.closing
            case _Case():
                yield item.opening
                for word, inside in item.parts:
                    yield word
                    yield from _flat(inside)
                yield item.closing
            case Word():
                yield item


def _is_sign(code: Sequence[Word], index: int) -> bool:
    """Whether the word is the minus of a negative number and not a subtraction."""
    if code[index].text != "-" or code[index].kind is not Kind.SIGN:
        return False
    before = code[index - 1] if index else None
    ends_a_value = before is not None and (
        before.kind in (Kind.NAME, Kind.NUMBER, Kind.TEXT)
        or before.text == ")"
        or (before.kind is Kind.KEYWORD and before.printed in ("END", "TRUE", "FALSE", "NULL"))
    )
    return not ends_a_value


@dataclass(frozen=True, slots=True)
class _Layout:
    above: frozenset[Word]
    """Words with a comment above them."""
    behind: frozenset[Word]
    """Words with a comment behind them."""
    signs: frozenset[Word]
    """The minus of each negative number."""
    width: int = WIDTH

    def text(self, line: _Line) -> str:
        extra = dict(line.padding)
        text = ""
        for index, word in enumerate(line.words):
            space = " " if index and self._spaced(line.words[index - 1], word) else ""
            text += space + " " * extra.get(index, 0) + word.printed
        return " " * line.indent + text

    def _spaced(self, before: Word, word: Word) -> bool:
        """Whether a space stands between the words."""
        if before.text == "(" or word.text in (")", ","):
            return False
        if before in self.signs:
            return word.text == "-"  # `--` begins a comment
        return word.text != "(" or before.kind is not Kind.FUNCTION

    def lines(self, items: tuple[_Item, ...], indent: int, lead: tuple[Word, ...]) -> list[_Line]:
        """The items on as many lines as they need; `lead` are words that stand before them."""
        line = _Line(indent, (*lead, *_flat(items)))
        if self._fits(line, items, lead):
            return [line]
        for word in ("OR", "AND"):
            operands = _split(items, word)
            if len(operands) > 1:
                below = indent + _INDENT if lead else indent
                first = self.lines(operands[0][1], indent, lead)
                return [*first, *(more for at, part in operands[1:] for more in self.lines(part, below, at))]
        return self._part(items, indent, lead)

    def _fits(self, line: _Line, items: tuple[_Item, ...], lead: tuple[Word, ...]) -> bool:
        words = line.words
        if not self.above.isdisjoint(words[1:]) or not self.behind.isdisjoint(words[:-1]):
            return len(items) <= 1 and not any(isinstance(item, _Group | _Case) for item in items)
        width = len(self.text(line))
        return width <= self.width and (width - line.indent <= SHORT or not _is_joined(words[len(lead) :]))

    def _part(self, items: tuple[_Item, ...], indent: int, lead: tuple[Word, ...]) -> list[_Line]:
        """What is no AND and no OR."""
        first = items[0]
        if isinstance(first, Word) and (first.printed == "NOT" or first.text == "-") and len(items) > 1:
            return self.lines(items[1:], indent, (*lead, first))
        for operators in (_COMPARE, frozenset("+-"), frozenset("*/")):
            if operands := _operands(items, operators):
                head = self.lines(operands[0][1], indent, lead)
                below = indent + _INDENT
                return [*head, *(more for at, part in operands[1:] for more in self.lines(part, below, at))]
        match items:
            case (_Group() as group,):
                return self._bracketed(group, indent, (*lead, group.opening))
            case (_Case() as case,):
                return self._branches(case, indent, lead)
            case (Word() as name, _Group() as group):
                return self._bracketed(group, indent, (*lead, name, group.opening))
            case (Word(), _Group(), Word() as filter_, _Group() as group):
                head = self.lines(items[:2], indent, lead)
                return [*head, *self._bracketed(group, indent + _INDENT, (filter_, group.opening))]
            case _:
                return [_Line(indent, (*lead, *_flat(items)))]

    def _bracketed(self, group: _Group, indent: int, lead: tuple[Word, ...]) -> list[_Line]:
        inner = indent + _INDENT
        lines = [_Line(indent, lead)]
        first = group.inside[0]
        if isinstance(first, Word) and first.kind is Kind.KEYWORD and first.printed == "WHERE":
            lines += self.lines(group.inside[1:], inner, (first,))
        else:
            for part, comma in _arguments(group.inside):
                room = replace(self, width=self.width - len(comma))
                *more, last = room.lines(part, inner, ())
                lines += [*more, replace(last, words=(*last.words, *comma))]
        return [*lines, _Line(indent, (group.closing,))]

    def _branches(self, case: _Case, indent: int, lead: tuple[Word, ...]) -> list[_Line]:
        inner = indent + _INDENT
        pairs: list[tuple[_Line, Word, tuple[_Item, ...]]] = []
        for (when, condition), (then, value) in zip(case.parts[::2], case.parts[1::2], strict=False):
            if when.printed == "WHEN":
                pairs.append((_Line(inner, (when, *_flat(condition))), then, value))
        widest = max(len(self.text(line)) for line, _, _ in pairs)
        flat = [
            _Line(
                inner,
                (*line.words, then, *_flat(value)),
                ((len(line.words), widest - len(self.text(line))),),
            )
            for line, then, value in pairs
        ]
        lines = [_Line(indent, (*lead, case.opening))]
        if all(self._fits_branch(line, value) for line, (_, _, value) in zip(flat, pairs, strict=True)):
            lines += flat
        else:
            for index, (_, then, value) in enumerate(pairs):
                when, condition = case.parts[2 * index]
                lines += self.lines(condition, inner, (when,))
                lines += self.lines(value, inner + _INDENT, (then,))
        last, value = case.parts[-1]
        lines += self.lines(value, inner, (last,)) if last.printed == "ELSE" else []
        return [*lines, _Line(indent, (case.closing,))]

    def _fits_branch(self, line: _Line, value: tuple[_Item, ...]) -> bool:
        words = line.words
        commented = not self.above.isdisjoint(words[1:]) or not self.behind.isdisjoint(words[:-1])
        return (
            not commented
            and len(self.text(line)) <= self.width
            and not any(isinstance(i, _Case) for i in value)
        )


def _is_joined(words: Sequence[Word]) -> bool:
    """Whether there is an AND, OR or CASE. The AND of a BETWEEN is none."""
    found = [word.printed for word in words if word.kind is Kind.KEYWORD]
    return "OR" in found or "CASE" in found or found.count("AND") > found.count("BETWEEN")


def _split(items: tuple[_Item, ...], word: str) -> list[tuple[tuple[Word, ...], tuple[_Item, ...]]]:
    """The operands of AND or OR on this level, each with the word before it. The AND of a BETWEEN is none."""
    parts: list[tuple[tuple[Word, ...], tuple[_Item, ...]]] = []
    at: tuple[Word, ...] = ()
    part: list[_Item] = []
    between = False
    for item in items:
        printed = item.printed if isinstance(item, Word) and item.kind is Kind.KEYWORD else ""
        if printed == word and not (word == "AND" and between):
            parts.append((at, tuple(part)))
            at, part = (_word(item),), []
        else:
            part.append(item)
        between = printed == "BETWEEN" or (between and printed != "AND")
    return [*parts, (at, tuple(part))]


def _word(item: _Item) -> Word:
    assert isinstance(item, Word)
    return item


def _operands(
    items: tuple[_Item, ...], operators: frozenset[str]
) -> list[tuple[tuple[Word, ...], tuple[_Item, ...]]]:
    """The operands around these operators, each with the words before it; none where there is no operator."""
    parts: list[tuple[tuple[Word, ...], tuple[_Item, ...]]] = []
    at: tuple[Word, ...] = ()
    part: list[_Item] = []
    for index, item in enumerate(items):
        if isinstance(item, Word) and _is_operator(items, index, operators):
            if part:
                parts.append((at, tuple(part)))
                at, part = (item,), []
            else:
                at = (*at, item)
        else:
            part.append(item)
    return [*parts, (at, tuple(part))] if parts and part else []


def _is_operator(items: tuple[_Item, ...], index: int, operators: frozenset[str]) -> bool:
    item = _word(items[index])
    if item.kind not in (Kind.SIGN, Kind.KEYWORD):
        return False
    if operators is _COMPARE:
        following = items[index + 1] if index + 1 < len(items) else None
        if item.printed == "NOT":  # NOT IN, NOT BETWEEN
            return index > 0 and isinstance(following, Word) and following.printed in ("IN", "BETWEEN")
        return item.printed in operators or item.printed == "AND"
    if item.printed not in operators or index == 0:
        return False
    before = items[index - 1]
    return not (
        isinstance(before, Word) and before.kind in (Kind.SIGN, Kind.KEYWORD) and before.printed != "NULL"
    )


def _arguments(items: tuple[_Item, ...]) -> Iterator[tuple[tuple[_Item, ...], tuple[Word, ...]]]:
    """What stands between commas, each with the comma after it."""
    part: list[_Item] = []
    for item in items:
        if isinstance(item, Word) and item.text == ",":
            yield tuple(part), (item,)
            part = []
        else:
            part.append(item)
    yield tuple(part), ()
