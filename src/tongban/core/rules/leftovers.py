"""Words that the parser let pass although nothing in the rule comes from them, and words that it added.

The parser forgives: `x BETWEEN 1 3`, `ROUND(, 1)` and `LEAST(ALL x, y)` all become something. So the words of what
was understood are counted against the words of the text, brackets apart; where they differ the rule is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tongban.core.rules import spelling, syntax
from tongban.core.rules.problems import RuleProblem

_SAME = {"!=": "<>"}


def problems(text: str, tokens: list[spelling.Token], expression: syntax.Expression) -> list[RuleProblem]:
    """The first word too many, or else the first word that is missing."""
    understood = Counter(words(expression))
    if understood == Counter(word for token in tokens if (word := _word(token)) not in ("(", ")")):
        return []
    for token in tokens:
        word = _word(token)
        if word in ("(", ")"):
            continue
        if not understood[word]:
            message = f"'{token.text}' does not belong here."
            return [RuleProblem("leftover", message, *spelling.place(text, token.start))]
        understood[word] -= 1
    missing = next(word for word, count in understood.items() if count)
    message = (
        f"A word is missing: {missing.upper()}." if missing.isalpha() else f"A sign is missing: {missing}"
    )
    return [RuleProblem("missing", message, *spelling.place(text, tokens[0].start))]


def words(part: syntax.Expression) -> Iterator[str]:
    """What a text must hold to mean this, in small letters, brackets left out; not always in order."""
    match part:
        case syntax.Name():
            yield part.name.lower()
        case syntax.Field():
            yield from (part.relation.lower(), ".", part.name.lower())
        case syntax.Number():
            yield part.digits
        case syntax.Text():
            yield f"'{part.value}"
        case syntax.Date():
            yield from ("date", f"'{part.value}")
        case syntax.Boolean():
            yield "true" if part.value else "false"
        case syntax.Null():
            yield "null"
        case syntax.Minus():
            yield "-"
            yield from words(part.operand)
        case syntax.Not():
            yield "not"
            yield from words(part.operand)
        case syntax.IsNull():
            yield from words(part.operand)
            yield from ("is", "null")
        case syntax.Junction():
            yield from _joined(part.operands, part.word.lower())
        case syntax.Binary():
            yield part.operator
            yield from words(part.left)
            yield from words(part.right)
        case syntax.Between():
            yield from ("between", "and")
            for inner in (part.operand, part.low, part.high):
                yield from words(inner)
        case syntax.In():
            yield "in"
            yield from words(part.operand)
            yield from _joined(part.items, ",")
        case syntax.Call():
            yield part.function
            yield from _joined(part.arguments, ",")
        case syntax.Aggregate():
            yield part.function
            yield from words(part.operand)
            if part.where:
                yield from ("filter", "where")
                yield from words(part.where)
        case syntax.Case():
            yield from _case(part)
        case syntax.Refused():
            return


def _case(part: syntax.Case) -> Iterator[str]:
    yield from ("case", "end")
    for when, then in part.branches:
        yield from ("when", "then")
        yield from words(when)
        yield from words(then)
    if part.otherwise:
        yield "else"
        yield from words(part.otherwise)


def _joined(parts: tuple[syntax.Expression, ...], sign: str) -> Iterator[str]:
    for index, part in enumerate(parts):
        if index:
            yield sign
        yield from words(part)


def _word(token: spelling.Token) -> str:
    if token.quoted:
        return f"'{token.text}"
    word = token.text.lower()
    return _SAME.get(word, word)
