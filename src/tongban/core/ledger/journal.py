"""The journal: entries whose debits equal their credits. An entry is never changed; a reversal answers it.

Amounts are integer fen. Refusals:

    Refused (ValueError)
    ├── EmptyEntry       no lines
    ├── EmptyLine        a line of nothing
    ├── NegativeAmount   a side below zero: book it on the other side
    ├── BothSides        a line that debits and credits
    └── Unbalanced       debits and credits differ
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.core.ledger.accounts import Chart, UnknownAccount


class Refused(ValueError):
    """The journal does not take it."""


class EmptyEntry(Refused):
    pass


class EmptyLine(Refused):
    pass


class NegativeAmount(Refused):
    pass


class BothSides(Refused):
    pass


class Unbalanced(Refused):
    pass


@dataclass(frozen=True, slots=True)
class Line:
    """One side of one account, in fen."""

    account: str
    debit_fen: int = 0
    credit_fen: int = 0
    party: str = ""
    """Whom it concerns, by id; empty when nobody in particular."""

    def __post_init__(self) -> None:
        if self.debit_fen < 0 or self.credit_fen < 0:
            raise NegativeAmount(f"account {self.account}: an amount below zero")
        if self.debit_fen and self.credit_fen:
            raise BothSides(f"account {self.account}: a line has one side")
        if not self.debit_fen and not self.credit_fen:
            raise EmptyLine(f"account {self.account}: a line of nothing")


@dataclass(frozen=True, slots=True)
class Entry:
    """Lines that belong together. There is no entry that does not balance."""

    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        if not self.lines:
            raise EmptyEntry("an entry needs lines")
        debits = sum(line.debit_fen for line in self.lines)
        credits = sum(line.credit_fen for line in self.lines)
        if debits != credits:
            raise Unbalanced(f"debits of {debits} fen and credits of {credits} fen")

    @property
    def total_fen(self) -> int:
        """What each side adds up to."""
        return sum(line.debit_fen for line in self.lines)


def debit(account: str, fen: int, party: str = "") -> Line:
    return Line(account, debit_fen=fen, party=party)


def credit(account: str, fen: int, party: str = "") -> Line:
    return Line(account, credit_fen=fen, party=party)


def reverse(entry: Entry) -> Entry:
    """The entry that undoes another: the only correction there is."""
    return Entry(
        tuple(Line(line.account, line.credit_fen, line.debit_fen, line.party) for line in entry.lines)
    )


def balances(entries: Iterable[Entry]) -> dict[str, int]:
    """Debits less credits per account that was booked on, in fen. They always add up to zero."""
    net: dict[str, int] = {}
    for entry in entries:
        for line in entry.lines:
            net[line.account] = net.get(line.account, 0) + line.debit_fen - line.credit_fen
    return net


def check(entry: Entry, chart: Chart) -> Entry:
    """The entry itself, when the chart has all of its accounts. Raises UnknownAccount."""
    for line in entry.lines:
        if line.account not in chart:
            raise UnknownAccount(f"the chart has no account {line.account}")
    return entry
