"""Exact arithmetic in SQL: every number is a whole one, scaled by ten to the power of the digits after its point.

Each term knows what it is at least and at most, from the declared ranges (18 digits where there is none). From that
follows its type: BIGINT, or the wide type of the dialect. Where even that cannot hold it, TooManyDigits is raised,
so that nothing is ever computed that could overflow. Should data be outside its declared range all the same, the
engines raise an error on overflow rather than wrap.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from tongban.core.rules import exact
from tongban.core.rules.to_sql.dialects import NARROW, Dialect
from tongban.core.rules.to_sql.layers import Layers
from tongban.core.rules.to_sql.terms import Term, choose, deepest, number


class TooManyDigits(Exception):
    """A number does not fit the dialect. Never leaves `to_sql`: see `emit.TooWide`."""

    def __init__(self, digits: int, most: int) -> None:
        super().__init__(digits, most)
        self.digits = digits
        self.most = most


@dataclass(frozen=True, slots=True)
class Numbers:
    dialect: Dialect
    layers: Layers

    def add(self, left: Term, right: Term) -> Term:
        return self._operation("+", left, right, left.low + right.low, left.high + right.high)

    def subtract(self, left: Term, right: Term) -> Term:
        return self._operation("-", left, right, left.low - right.high, left.high - right.low)

    def multiply(self, left: Term, right: Term) -> Term:
        if left.constant == 1 or right.constant == 1:
            return right if left.constant == 1 else left
        ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
        return self._operation("*", left, right, min(ends), max(ends))

    def shift(self, term: Term, digits: int) -> Term:
        """Times ten to the power of `digits`."""
        return self.multiply(term, number(10**digits)) if digits else term

    def negate(self, term: Term) -> Term:
        if isinstance(term.constant, int):
            return number(-term.constant)
        return replace(term, sql=f"-{term.within}", atom=False, low=-term.high, high=-term.low)

    def absolute(self, term: Term) -> Term:
        if isinstance(term.constant, int):
            return number(abs(term.constant))
        sizes = abs(term.low), abs(term.high)
        least = 0 if term.low <= 0 <= term.high else min(sizes)
        return replace(term, sql=f"abs({term.sql})", atom=False, low=least, high=max(sizes))

    def alike(self, terms: Sequence[Term]) -> list[Term]:
        """Values that one CASE or function chooses from."""
        if any(term.constant is None for term in terms):
            return [*terms]
        wide = any(self.is_wide(term.low, term.high) for term in terms)  # literals alone would be of 32 bits
        type = self.dialect.whole(wide)
        return [
            replace(term, sql=f"CAST({term.sql} AS {type})", atom=True, constant=None, wide=wide)
            for term in terms
        ]

    # -- division; NULL where `below` is 0 -----------------------------------------------------------------

    def rounded(self, above: Term, below: Term) -> Term:
        """The quotient to a whole number, a half away from zero."""
        if (fraction := _fraction(above, below)) is not None:
            return number(int(exact.round_half_away(fraction)))
        part, size = self._part_and_size(above, below)
        if isinstance(size.constant, int) and size.constant % 2 == 0:
            whole = self._whole(self.add(self.absolute(part), number(size.constant // 2)), size)
        else:
            doubled = self.add(self.multiply(self.absolute(part), number(2)), size)
            whole = self._whole(doubled, self.multiply(size, number(2)))
        return self._by_sign(part, "<", self.negate(whole), whole)

    def floor(self, above: Term, below: Term) -> Term:
        """The greatest whole number that is not above the quotient."""
        if (fraction := _fraction(above, below)) is not None:
            return number(math.floor(fraction))
        part, size = self._part_and_size(above, below)
        beyond = self.subtract(self.subtract(size, number(1)), part)
        return self._by_sign(part, "<", self.negate(self._whole(beyond, size)), self._whole(part, size))

    def ceil(self, above: Term, below: Term) -> Term:
        """The least whole number that is not below the quotient."""
        if (fraction := _fraction(above, below)) is not None:
            return number(math.ceil(fraction))
        part, size = self._part_and_size(above, below)
        beyond = self.add(part, self.subtract(size, number(1)))
        return self._by_sign(
            part, ">", self._whole(beyond, size), self.negate(self._whole(self.negate(part), size))
        )

    def _part_and_size(self, above: Term, below: Term) -> tuple[Term, Term]:
        """The same quotient with a denominator above 0."""
        if isinstance(below.constant, int):
            part = above if below.constant > 0 else self.negate(above)
            return self.layers.hold(part, "part"), self.absolute(below)
        above, below = self.layers.hold(above, "above"), self.layers.hold(below, "below")
        opposite, same = self.alike([self.negate(above), above])
        part = choose([(Term(f"{below.sql} < 0", below.depth), opposite)], same)
        size = self.absolute(below)
        size = replace(size, sql=f"NULLIF({size.sql}, 0)", low=max(size.low, 1), high=max(size.high, 1))
        return self.layers.hold(part, "part"), self.layers.hold(size, "size")

    def _whole(self, above: Term, below: Term) -> Term:
        """Rounded towards zero; right where `above` is not negative and `below` is above 0."""
        above, below = self.layers.hold(above, "above"), self.layers.hold(below, "below")
        most = max(abs(above.low), abs(above.high)) // below.low
        digits = self.dialect.quotient_digits()
        if digits is not None and most >= 10**digits:
            raise TooManyDigits(len(str(most)), digits)
        wide = above.wide or below.wide
        sql = self.dialect.divide(above.sql, below.sql, wide)
        return Term(sql, deepest((above, below)), low=-most, high=most, wide=wide)

    def _by_sign(self, part: Term, sign: str, then: Term, otherwise: Term) -> Term:
        return choose([(Term(f"{part.sql} {sign} 0", part.depth), then)], otherwise)

    # -- widths --------------------------------------------------------------------------------------------

    def widened(self, term: Term) -> Term:
        if term.wide:
            return term
        return replace(term, sql=f"CAST({term.sql} AS {self.dialect.wide})", atom=False, wide=True)

    def is_wide(self, low: int, high: int) -> bool:
        """Whether a number with these ends needs the wide type. Raises TooManyDigits when that is too small."""
        size = max(abs(low), abs(high))
        if self.dialect.digits is not None and size >= 10**self.dialect.digits:
            raise TooManyDigits(len(str(size)), self.dialect.digits)
        return size > NARROW

    def _operation(self, sign: str, left: Term, right: Term, low: int, high: int) -> Term:
        wide = self.is_wide(low, high)
        if isinstance(left.constant, int) and isinstance(right.constant, int):
            return number(low)
        if wide and not left.wide and not right.wide:
            if left.constant is None:
                left = self.widened(left)
            else:
                right = self.widened(right)
        return Term(
            f"{left.within} {sign} {right.within}",
            deepest((left, right)),
            low=low,
            high=high,
            wide=wide or left.wide or right.wide,
        )


def _fraction(above: Term, below: Term) -> Fraction | None:
    """The quotient, where both are literals: SQL would compute it in 32 bits."""
    if isinstance(above.constant, int) and isinstance(below.constant, int):
        return Fraction(above.constant, below.constant)
    return None
