"""Pieces of SQL while a rule is translated: a term, and an outcome with what is known of it.

A term that is an *atom* (a column, a literal) may be written twice; any other is first given a name in `layers`,
so that the text grows with the rule and not faster.

**What is known.** An outcome's value is NULL unless it is known. Its `codes` are all that it can be, found without
looking at data:

    KNOWN 0   ABSENT 1   OPEN 2   PARTIAL 3: open, and could turn out undefined   4 and up: undefined, by reason

With one code beside KNOWN, NULL says it, and the native logic of SQL carries it along. With more there is a column
beside the value that holds the code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

KNOWN: Final = 0
ABSENT: Final = 1
OPEN: Final = 2
PARTIAL: Final = 3
UNDEFINED: Final = 4
"""The first of the codes of reasons."""

Codes = frozenset[int]
OPENS: Final[Codes] = frozenset({OPEN, PARTIAL})
ALWAYS_KNOWN: Final[Codes] = frozenset({KNOWN})
ALWAYS_ABSENT: Final[Codes] = frozenset({ABSENT})


@dataclass(frozen=True, slots=True)
class Term:
    sql: str
    depth: int = 0
    """The layer whose columns it reads."""
    atom: bool = False
    constant: bool | int | str | None = None
    """What it says, if that is the same for every subject: TRUE, FALSE, a whole number or a quoted text."""
    low: int = 0
    high: int = 0
    """What a number is at least and at most, as a scaled whole number."""
    wide: bool = False
    """A number that needs more than a BIGINT."""

    @property
    def within(self) -> str:
        """The term as part of a greater one."""
        return self.sql if self.atom else f"({self.sql})"


TRUE: Final = Term("TRUE", atom=True, constant=True)
FALSE: Final = Term("FALSE", atom=True, constant=False)
NULL: Final = Term("NULL", atom=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    value: Term
    codes: Codes
    status: Term | None = None
    """An atom with the code; there exactly when `codes` has more than one beside KNOWN."""
    missing: Term | None = None
    """A condition that is true when there is no value, where `value` cannot say it (a ratio has two parts)."""

    def among(self, codes: Iterable[int]) -> Term:
        """The condition that the outcome's code is one of these; never NULL."""
        wanted = self.codes & frozenset(codes)
        if not wanted:
            return FALSE
        if wanted == self.codes:
            return TRUE
        if KNOWN in wanted and self.codes - wanted:
            return negated(self.among(self.codes - wanted))
        if wanted == self.codes - {KNOWN}:
            if self.missing and self.status:
                return Term(f"{self.status.sql} > 0", self.status.depth)
            return self.missing or Term(f"{self.value.within} IS NULL", self.value.depth)
        assert self.status
        if len(wanted) == 1:
            return Term(f"{self.status.sql} = {min(wanted)}", self.status.depth)
        rest = self.codes - wanted
        if max(rest) < min(wanted):
            return Term(f"{self.status.sql} >= {min(wanted)}", self.status.depth)
        return Term(f"{self.status.sql} IN ({', '.join(map(str, sorted(wanted)))})", self.status.depth)

    @property
    def severe(self) -> Codes:
        """Of its codes those that come before an absence: PARTIAL and the undefined ones."""
        return frozenset(code for code in self.codes if code >= PARTIAL)

    @property
    def undefined(self) -> Codes:
        return frozenset(code for code in self.codes if code >= UNDEFINED)

    def code(self, among: Codes) -> Term:
        """The code, where it is known to be one of these."""
        possible = self.codes & among
        if len(possible) == 1:
            return number(min(possible))
        if self.status:
            return self.status
        assert possible == self.codes
        (other,) = self.codes - {KNOWN}
        return choose([(self.among({KNOWN}), number(KNOWN))], number(other))


def number(value: int) -> Term:
    """A literal whole number."""
    sql = str(value) if value >= 0 else f"({value})"
    return Term(sql, atom=True, constant=value, low=value, high=value, wide=abs(value) > 2**63 - 1)


def union(outcomes: Iterable[Outcome]) -> Codes:
    """Every code that one of these can have."""
    return frozenset(code for outcome in outcomes for code in outcome.codes)


def deepest(terms: Iterable[Term]) -> int:
    return max((term.depth for term in terms), default=0)


def either(tests: Iterable[Term]) -> Term:
    """OR, without what is certain."""
    return _joined(tests, "OR", decisive=TRUE, neutral=FALSE)


def both(tests: Iterable[Term]) -> Term:
    """AND, without what is certain."""
    return _joined(tests, "AND", decisive=FALSE, neutral=TRUE)


def _joined(tests: Iterable[Term], word: str, *, decisive: Term, neutral: Term) -> Term:
    parts: list[Term] = []
    for test in tests:
        if test == decisive:
            return decisive
        if test != neutral and test not in parts:
            parts.append(test)
    if not parts:
        return neutral
    if len(parts) == 1:
        return parts[0]
    return Term(f" {word} ".join(part.within for part in parts), deepest(parts))


def negated(test: Term) -> Term:
    if isinstance(test.constant, bool):
        return FALSE if test.constant else TRUE
    if test.sql.endswith(" IS NULL") and test.sql.count(" ") == 2:
        return replace(test, sql=test.sql.removesuffix("NULL") + "NOT NULL")
    return Term(f"NOT {test.within}", test.depth)


def choose(branches: Iterable[tuple[Term, Term]], otherwise: Term | None) -> Term:
    """CASE, without the branches that are certain not to be reached. Without `otherwise` the rest is NULL."""
    kept: list[tuple[Term, Term]] = []
    for test, then in branches:
        if test == FALSE:
            continue
        if test == TRUE:
            otherwise = then
            break
        kept.append((test, then))
    while kept and otherwise is not None and kept[-1][1] == otherwise:
        kept.pop()
    if not kept:
        assert otherwise
        return otherwise
    middle = " ".join(f"WHEN {test.sql} THEN {then.sql}" for test, then in kept)
    rest = f" ELSE {otherwise.sql}" if otherwise else ""
    terms = [term for branch in kept for term in branch] + ([otherwise] if otherwise else [])
    values = [then for _, then in kept] + ([otherwise] if otherwise else [])
    return Term(
        f"CASE {middle}{rest} END",
        deepest(terms),
        low=min(value.low for value in values),
        high=max(value.high for value in values),
        wide=any(value.wide for value in values),
    )


def strict_codes(parts: Sequence[Outcome], *, beside: Iterable[int] = (), partial: bool = False) -> Codes:
    """What a strict operation on these can be. `beside` are codes it can have itself; see `strict_status`."""
    found: set[int] = set()
    reachable = True  # so far every part may be without a severe code
    for part in parts:
        if reachable:
            found |= part.severe
        reachable = reachable and bool(part.codes - part.severe)
    if reachable:
        if any(ABSENT in part.codes for part in parts):
            found.add(ABSENT)
        without = [part.codes - part.severe - {ABSENT} for part in parts]
        if all(without):
            if any(OPEN in codes for codes in without):
                found.add(PARTIAL if partial else OPEN)
            if all(KNOWN in codes for codes in without):
                found |= {KNOWN, *beside}
    return frozenset(found)


def strict_status(
    value: Term, codes: Codes, parts: Sequence[Outcome], beside: int | None, *, partial: bool
) -> Term:
    """The code of a strict operation with such a value (an atom) on these parts; `codes` are those it can have.

    The first severe part goes before an absent one, that before an open one.
    """
    branches = [(part.among(part.severe), part.code(part.severe)) for part in parts if part.severe]
    branches.append((either(part.among({ABSENT}) for part in parts), number(ABSENT)))
    branches.append((either(part.among({OPEN}) for part in parts), number(PARTIAL if partial else OPEN)))
    if KNOWN in codes:
        branches.insert(0, (Term(f"{value.sql} IS NOT NULL", value.depth), number(KNOWN)))
    if beside is not None:
        return choose(branches, number(beside))
    *branches, (_, last) = (branch for branch in branches if branch[0] != FALSE)
    return choose(branches, last)
