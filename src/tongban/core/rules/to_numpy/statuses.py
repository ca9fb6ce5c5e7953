"""What is known in each row of a part of a rule, and how parts combine. See `evaluate`.

A row is known, open, absent, open and could still turn out undefined ("partial"), or undefined for one of some
reasons. Each of these but the first has a flag, of which at most one is set in a row. Reasons are told apart because a
CASE whose branches are undefined for the same reason is undefined whichever is taken. A flag that is False, as no row
can be so, costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tongban.core.rules.to_numpy import flags
from tongban.core.rules.to_numpy.flags import any_of, both, either, opposite, without
from tongban.core.rules.to_numpy.instructions import Assembly, Flag

DIVISION_BY_ZERO: Final = "division by zero"


@dataclass(frozen=True, slots=True)
class Status:
    open: Flag = False
    absent: Flag = False
    partial: Flag = False
    undefined: Mapping[str, Flag] = field(default_factory=dict[str, Flag])
    """By reason."""
    open_or_absent: tuple[Flag, Flag] | None = None
    """Of an AND or OR that cannot be undefined: open, and what is absent wherever it is not open. To an AND or OR
    around it that is as good, and the flag for absent alone need not be worked out."""


KNOWN: Final = Status()
OPEN: Final = Status(open=True)


def undefined_for(reason: str) -> Status:
    """Undefined in every row."""
    return Status(undefined={reason: True})


# -- asking ------------------------------------------------------------------------------------------------


def known(code: Assembly, status: Status) -> Flag:
    return opposite(code, unsettled(code, status))


def unsettled(code: Assembly, status: Status) -> Flag:
    """Anything but known."""
    if status.open_or_absent:
        return either(code, *status.open_or_absent)
    return any_of(code, status.open, status.absent, status.partial, *status.undefined.values())


def open_(code: Assembly, status: Status) -> Flag:
    """Partial or not."""
    return either(code, status.open, status.partial)


def undefined(code: Assembly, status: Status) -> Flag:
    return any_of(code, *status.undefined.values())


def may_be_undefined(code: Assembly, status: Status) -> Flag:
    """Undefined, or partial."""
    return any_of(code, status.partial, *status.undefined.values())


def same(code: Assembly, left: Status, right: Status) -> Flag:
    """Where both are absent, or undefined for the same reason."""
    alike = both(code, left.absent, right.absent)
    for reason, flag in left.undefined.items():
        alike = either(code, alike, both(code, flag, right.undefined.get(reason, False)))
    return alike


# -- combining ---------------------------------------------------------------------------------------------


def choose(code: Assembly, flag: Flag, yes: Status, no: Status) -> Status:
    """`yes` where the flag is set, else `no`."""
    reasons = dict.fromkeys((*yes.undefined, *no.undefined))
    return Status(
        flags.choose(code, flag, yes.open, no.open),
        flags.choose(code, flag, yes.absent, no.absent),
        flags.choose(code, flag, yes.partial, no.partial),
        {
            reason: flags.choose(
                code, flag, yes.undefined.get(reason, False), no.undefined.get(reason, False)
            )
            for reason in reasons
        },
    )


def where(code: Assembly, flag: Flag, status: Status) -> Status:
    """The status where the flag is set, known elsewhere."""
    found = choose(code, flag, status, KNOWN)
    if not status.open_or_absent:
        return found
    is_open, absent = status.open_or_absent
    return replace(found, open_or_absent=(both(code, flag, is_open), both(code, flag, absent)))


def overlaid(code: Assembly, status: Status, other: Status) -> Status:
    """Both together: in no row is more than one of them anything but known."""
    reasons = dict.fromkeys((*status.undefined, *other.undefined))
    return Status(
        either(code, status.open, other.open),
        either(code, status.absent, other.absent),
        either(code, status.partial, other.partial),
        {
            reason: either(code, status.undefined.get(reason, False), other.undefined.get(reason, False))
            for reason in reasons
        },
    )


def unless_absent(code: Assembly, status: Status, instead: Status) -> Status:
    """The status, and where it is absent the other one."""
    rest = Status(status.open, False, status.partial, status.undefined)
    return overlaid(code, rest, where(code, status.absent, instead))


def perhaps_undefined(code: Assembly, status: Status) -> Status:
    """The status of an operation that can be undefined on known operands: what is open could turn out so."""
    return Status(False, status.absent, open_(code, status), status.undefined)


def opened(code: Assembly, flag: Flag, partial: Flag) -> Status:
    """Open where the flag is set, known elsewhere; partial where the other flag is set too."""
    return Status(open=without(code, flag, partial), partial=both(code, flag, partial))


def strict(code: Assembly, statuses: Iterable[Status]) -> Status:
    """What a strict operation on operands with these statuses, in this order, comes out as.

    The first that is partial or undefined decides, and then absent goes before open.
    """
    some = _distinct(statuses)
    if len(some) == 1:
        return some[0]
    is_open: Flag = False
    absent: Flag = False
    partial: Flag = False
    found: dict[str, Flag] = {}
    decided: Flag = False
    for status in some:
        is_open, absent = either(code, is_open, status.open), either(code, absent, status.absent)
        partial = either(code, partial, without(code, status.partial, decided))
        for reason, flag in status.undefined.items():
            found[reason] = either(code, found.get(reason, False), without(code, flag, decided))
        decided = either(code, decided, may_be_undefined(code, status))
    absent = without(code, absent, decided)
    return Status(without(code, is_open, either(code, decided, absent)), absent, partial, found)


def junction(code: Assembly, statuses: Sequence[Status]) -> Status:
    """What AND and OR come out as in rows that no operand decides: open, else the first undefined, else absent."""
    some = _distinct(statuses)
    if len(some) == 1:
        return some[0]
    if not any(status.partial is not False or status.undefined for status in some):
        return _open_or_absent(code, some)
    is_open = any_of(code, *(open_(code, status) for status in statuses))
    broken = any_of(code, *(may_be_undefined(code, status) for status in statuses))
    found: dict[str, Flag] = {}
    decided = is_open
    for status in statuses:
        for reason, flag in status.undefined.items():
            found[reason] = either(code, found.get(reason, False), without(code, flag, decided))
        decided = either(code, decided, undefined(code, status))
    absent = without(code, any_of(code, *(status.absent for status in statuses)), decided)
    left_open = opened(code, is_open, broken)
    return Status(left_open.open, absent, left_open.partial, found)


def _open_or_absent(code: Assembly, statuses: Iterable[Status]) -> Status:
    is_open: Flag = False
    absent: Flag = False
    for status in statuses:
        one, other = status.open_or_absent or (status.open, status.absent)
        is_open, absent = either(code, is_open, one), either(code, absent, other)
    return Status(is_open, without(code, absent, is_open), open_or_absent=(is_open, absent))


def _distinct(statuses: Iterable[Status]) -> list[Status]:
    """Without those that are known in every row."""
    found: list[Status] = []
    for status in statuses:
        if status != KNOWN and status not in found:
            found.append(status)
    return found
