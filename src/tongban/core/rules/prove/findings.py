"""What the prover finds about a rule or a table, as a reviewer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tongban.core.rules.states import Facts
from tongban.core.values.text import Bilingual


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    """One of `CODES`."""
    message: Bilingual
    """One plain sentence, or two."""
    line: int
    """Of the part of the rule that it is about, from 1. In a table, of the part of the row's condition."""
    column: int
    facts: Facts | None = None
    """A subject that shows it, complete and confirmed by evaluation; None where it is about every subject."""
    rows: tuple[int, ...] = field(default=())
    """In a table, the rows that it is about, from 1."""


_TEXTS: Final = {
    "never-true": (
        "“{text}”永远不成立：没有任何人能满足它。",
        "“{text}” is never true: nobody can meet it.",
    ),
    "always-true": (
        "“{text}”永远成立：它不筛掉任何人。",
        "“{text}” is always true: it keeps nobody out.",
    ),
    "never-false": (
        "“{text}”不会不成立：只要能判断就一定成立，但在 {names} 未知时仍会去询问。",
        "“{text}” is never false: it is true wherever it can be told, and yet it asks for {names}.",
    ),
    "never-value": (
        "“{text}”永远算不出结果。",
        "“{text}” never has a value.",
    ),
    "branch-never-taken": (
        "CASE 的分支“{text}”永远走不到。",
        "The branch of CASE for “{text}” is never taken.",
    ),
    "else-never-taken": (
        "CASE 的 ELSE 分支永远走不到：前面的分支已经包括了所有情况。",
        "The ELSE of this CASE is never taken: the branches before it take everything.",
    ),
    "operand-never-matters": (
        "去掉“{text}”，结果永远不变。",
        "Without “{text}” the result would always be the same.",
    ),
    "filter-never-true": (
        "FILTER 的条件“{text}”永远不成立：没有任何成员被计入。",
        "The condition of FILTER, “{text}”, is never true: no member is ever counted.",
    ),
    "bracket-gap": (
        "“{text}”可能低于分档表“{table}”最低一档的下限 {low}，此时没有结果。",
        "“{text}” can lie below {low}, where the first bracket of “{table}” begins, and then there is no result.",
    ),
    "gap": (
        "有一种情况没有任何一行适用。",
        "There is a case that no row takes.",
    ),
    "overlap": (
        "有一种情况同时适用多行：第 {rows} 行。",
        "There is a case that several rows take: rows {rows}.",
    ),
    "row-never-true": (
        "第 {rows} 行永远不适用：没有任何人能满足它的条件。",
        "Row {rows} never applies: nobody can meet its condition.",
    ),
    "row-never-reached": (
        "第 {rows} 行永远轮不到：它之前的行已经包括了它的所有情况。",
        "Row {rows} is never reached: the rows before it take everything that it would take.",
    ),
    "cannot-tell": (
        "对“{text}”无法在限定的计算量内得出结论。",
        "About “{text}” nothing could be proved within the limit.",
    ),
}
CODES: Final = tuple(_TEXTS)


def finding(
    code: str,
    line: int,
    column: int,
    facts: Facts | None = None,
    rows: tuple[int, ...] = (),
    words: Mapping[str, str | Bilingual] | None = None,
) -> Finding:
    """The finding of this code, with its message."""
    values: Mapping[str, str | Bilingual] = {"rows": ", ".join(map(str, rows)), **(words or {})}
    message = Bilingual(*(text.format_map(_in(language, values)) for language, text in _texts(code)))
    return Finding(code, message, line, column, facts, rows)


def _texts(code: str) -> tuple[tuple[str, str], tuple[str, str]]:
    zh, en = _TEXTS[code]
    return ("zh", zh), ("en", en)


def _in(language: str, values: Mapping[str, str | Bilingual]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value.get(language) for name, value in values.items()}
