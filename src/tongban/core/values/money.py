"""An exact amount of money in whole fen (1/100 yuan).

Money.yuan("1280.50") == Money(128050);  str(Money(128050)) == "CNY 1280.50"
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation


@dataclass(frozen=True, slots=True)
class Money:
    """`fen` hundredths of the currency's unit. Negative amounts are debts or reversals."""

    fen: int
    currency: str = "CNY"

    @staticmethod
    def yuan(amount: str | int | Decimal) -> Money:
        """From yuan written as text, integer or decimal. Raises ValueError when it is not a whole number of fen."""
        try:
            fen = Decimal(amount) * 100
            whole = int(fen)
        except (InvalidOperation, ValueError, OverflowError) as error:
            raise ValueError(f"not an amount of money: {amount!r}") from error
        if fen != whole:
            raise ValueError(f"money has at most two digits after the point: {amount}")
        return Money(whole)

    def __add__(self, other: Money) -> Money:
        return Money(self.fen + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.fen - self._same_currency(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.fen, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.fen * times, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.fen < self._same_currency(other)

    def __le__(self, other: Money) -> bool:
        return self.fen <= self._same_currency(other)

    def __str__(self) -> str:
        sign = "-" if self.fen < 0 else ""
        yuan, fen = divmod(abs(self.fen), 100)
        return f"{self.currency} {sign}{yuan}.{fen:02d}"

    def split(self, weights: tuple[int, ...]) -> tuple[Money, ...]:
        """Shares in proportion to the weights whose sum is exactly this amount (largest remainder, first on a tie).

        Raises ValueError when there are no weights, one is negative, or all are zero.
        """
        total = sum(weights)
        if not weights or min(weights) < 0 or total == 0:
            raise ValueError("shares need weights of zero or more, and at least one above zero")
        floors = [self.fen * weight // total for weight in weights]
        remainders = [self.fen * weight % total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda i: -remainders[i])
        for i in by_remainder[: self.fen - sum(floors)]:
            floors[i] += 1
        return tuple(Money(fen, self.currency) for fen in floors)

    def _same_currency(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be added or compared")
        return other.fen


def written(fen: int, *, grouped: bool = False) -> str:
    """Yuan with two digits after the point, as tables and files hold them: 12.50; grouped: 1,200.50."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:{',' if grouped else ''}}.{rest:02}"
