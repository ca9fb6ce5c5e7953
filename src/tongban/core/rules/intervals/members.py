"""What the members of a relation can come to together, from what each of them can add.

What a member can add is a `Possible` too; absent stands for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from tongban.core.rules.intervals import spans
from tongban.core.rules.intervals.spans import Possible, Span, truths
from tongban.core.rules.ir import Aggregation


def junction(operands: Sequence[Possible], *, decisive: bool) -> Possible:
    """AND (decided by false) and OR (decided by true)."""
    decided = any(operand.may_be(decisive) for operand in operands)
    if any(
        o.may_be(decisive) and not o.may_be(not decisive) and not o.absent and not o.undefined
        for o in operands
    ):
        return Possible(truths(decisive))
    open_ = all(o.may_be(not decisive) or o.absent or o.undefined for o in operands)
    undefined = open_ and any(operand.undefined for operand in operands)
    defined = all(o.may_be(not decisive) or o.absent for o in operands)
    absent = defined and any(operand.absent for operand in operands)
    known = all(operand.may_be(not decisive) for operand in operands)
    found = [*([decisive] if decided else []), *([not decisive] if known else [])]
    return Possible(truths(*found), absent, undefined)


def contribution(where: Possible, operand: Possible | None) -> Possible:
    """What one member can add. `operand`: what it can be behind a filter that is true; None if that cannot be."""
    nothing = where.may_be(False) or where.absent
    if operand is None or not where.may_be(True):
        return Possible(None, nothing, where.undefined)
    return Possible(operand.values, nothing or operand.absent, where.undefined or operand.undefined)


def total(function: Aggregation, added: Sequence[Possible], times: Span | None = None) -> Possible:
    """What the contributions come to. With `times` there is one, and so many members of the kind."""
    if times and times.high == 0:
        added = ()
    if function in (Aggregation.BOOL_OR, Aggregation.BOOL_AND):
        return _junction(added, times, decisive=function is Aggregation.BOOL_OR)
    undefined = any(one.undefined for one in added)
    if not all(one.defined for one in added) and not (times and not times.low):
        return spans.UNDEFINED
    added = [one for one in added if one.defined]
    if function in (Aggregation.MIN, Aggregation.MAX):
        found = _extreme(added, times, least=function is Aggregation.MIN)
    else:
        found = Possible(_sum(added, times))
    return Possible(found.values, found.absent, undefined)


def _junction(added: Sequence[Possible], times: Span | None, *, decisive: bool) -> Possible:
    """A member that adds nothing leaves the result as it is without members."""
    none = bool(times and not times.low)
    operands = [
        Possible(
            spans.union((o.values, truths(not decisive))) if o.absent or none else o.values,
            False,
            o.undefined,
        )
        for o in added
    ]
    return junction(operands, decisive=decisive)


def _sum(added: Sequence[Possible], times: Span | None) -> Span:
    total = Span(0, 0)
    for one in added:
        zero = Span(0, 0) if one.absent else None
        each = spans.union((one.values, zero))
        assert isinstance(each, Span)
        total = spans.add(total, spans.multiply(each, times) if times else each)
    return total


def _extreme(added: Sequence[Possible], times: Span | None, *, least: bool) -> Possible:
    found = [one.values for one in added if isinstance(one.values, Span)]
    some = not times or bool(times.low)
    sure = [one.values for one in added if isinstance(one.values, Span) and not one.absent and some]
    if not found:
        return Possible(absent=True)
    if not sure:
        return Possible(spans.union(found), absent=True)
    if least:
        return Possible(Span(spans.least(found).low, spans.least(sure).high))
    return Possible(Span(spans.greatest(sure).low, spans.greatest(found).high))
