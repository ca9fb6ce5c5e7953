"""A text under way that knows which cell of a table each part of it comes from."""

from __future__ import annotations


class Written:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._spans: list[tuple[int, int, tuple[int, int]]] = []
        self._length = 0

    def add(self, text: str, row: int | None = None, column: int | None = None) -> None:
        if row and column:
            self._spans.append((self._length, self._length + len(text), (row, column)))
        self._parts.append(text)
        self._length += len(text)

    def cell(self, line: int, column: int) -> tuple[int, int] | None:
        """(row, column) of the cell that wrote this place of the text; lines and columns count from 1."""
        before = str(self).split("\n")[: line - 1]
        offset = sum(len(part) + 1 for part in before) + column - 1
        return next((cell for begin, end, cell in self._spans if begin <= offset < end), None)

    def __str__(self) -> str:
        return "".join(self._parts)
