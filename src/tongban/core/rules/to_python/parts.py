"""What the parts of rules become in the text of a program: names of variables, constants, and sums over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple


class Part(NamedTuple):
    text: str
    """A variable, or a constant."""
    test: str = ""
    """Holds when the value is known; conditions joined by `and`. Empty: it always is."""
    scale: int = 0
    """Digits after the point: the variable is the value times 10 to this power. Money counts from the fen."""
    number: int | None = None
    """The value of a constant that is a number, times the same."""
    inside: bool = False
    """It belongs to the member at hand."""


ONE: Final = Part("1", number=1)


def constant(number: int, scale: int = 0) -> Part:
    return Part(str(number) if number >= 0 else f"({number})", scale=scale, number=number)


def tests(parts: Iterable[Part]) -> list[str]:
    """What must hold for all of them to be known."""
    return list(dict.fromkeys(test for part in parts if part.test for test in part.test.split(" and ")))


def aligned(parts: Sequence[Part]) -> list[str]:
    """Their texts, multiplied so that all have the same scale."""
    scale = max([part.scale for part in parts])
    return [
        part.text if part.scale == scale else product(part, factor=10 ** (scale - part.scale))
        for part in parts
    ]


def scaled(part: Part, scale: int) -> str:
    """The text, multiplied to a scale that is not less than the part's own."""
    return product(part, factor=10 ** (scale - part.scale))


def product(first: Part, second: Part = ONE, factor: int = 1) -> str:
    """The text of a product. What is constant is multiplied here and now."""
    texts: list[str] = []
    for part in (first, second):
        if part.number is None:
            texts.append(part.text)
        else:
            factor *= part.number
    if factor != 1 or not texts:
        texts.append(constant(factor).text)
    return " * ".join(texts)


def times(text: str, factor: int) -> str:
    return text if factor == 1 else f"{text} * {factor}"


def listed(parts: Iterable[Part]) -> str:
    return ", ".join([part.text for part in parts])
