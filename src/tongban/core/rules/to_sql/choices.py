"""And, Or, IsNull, Coalesce and Case: what is known of the parts decides which of them count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tongban.core.rules import ir
from tongban.core.rules.to_sql.columns import NUMERIC
from tongban.core.rules.to_sql.terms import (
    ABSENT,
    ALWAYS_ABSENT,
    ALWAYS_KNOWN,
    FALSE,
    KNOWN,
    NULL,
    OPEN,
    OPENS,
    PARTIAL,
    TRUE,
    UNDEFINED,
    Codes,
    Outcome,
    Term,
    both,
    choose,
    deepest,
    either,
    number,
    union,
)

if TYPE_CHECKING:
    from tongban.core.rules.to_sql.emit import Emission


# -- AND and OR --------------------------------------------------------------------------------------------


def junction(emission: Emission, node: ir.And | ir.Or) -> Outcome:
    """The value is that of SQL's own AND and OR; what else it is depends on the parts when none decides."""
    decisive, word = isinstance(node, ir.Or), "OR" if isinstance(node, ir.Or) else "AND"
    parts = [emission.of(operand) for operand in node.operands]
    constants = [part.value.constant for part in parts]
    if decisive in constants:
        return Outcome(TRUE if decisive else FALSE, ALWAYS_KNOWN)
    parts = [part for part in parts if part.value.constant is None] or parts[:1]
    if len(parts) == 1:
        return parts[0]
    codes = junction_codes(parts)
    if len(codes - {KNOWN}) > 1:
        parts = [emission.held(part) if len(part.codes) > 1 else part for part in parts]
    values = [part.value for part in parts if KNOWN in part.codes]
    value = emission.nothing(node.type)
    if KNOWN in codes:
        texts = [value.within for value in values] + ["NULL"] * (len(values) < len(parts))
        value = Term(f" {word} ".join(texts), deepest(values))
    return emission.outcome(
        value, codes, lambda held: _junction_status(held, codes, parts), type(node).__name__.lower()
    )


def junction_codes(parts: Sequence[Outcome]) -> Codes:
    every = union(parts)
    codes = every
    if every & OPENS:
        may_be_undefined = any(code >= PARTIAL for code in every)
        codes |= {PARTIAL} if may_be_undefined else frozenset()
        if not any(OPEN in part.codes for part in parts):
            codes -= {OPEN}
    return codes


def _junction_status(value: Term, codes: Codes, parts: Sequence[Outcome]) -> Term:
    branches: list[tuple[Term, Term]] = []
    if KNOWN in codes:
        branches.append((Term(f"{value.sql} IS NOT NULL", value.depth), number(KNOWN)))
    severe = either(part.among(part.severe) for part in parts)
    open_ = either(part.among(OPENS) for part in parts)
    branches.append((both([open_, severe]), number(PARTIAL)))
    branches.append((open_, number(OPEN)))
    branches += [(part.among(part.undefined), part.code(part.undefined)) for part in parts if part.undefined]
    if ABSENT in codes:
        return choose(branches, number(ABSENT))
    *branches, (_, last) = (branch for branch in branches if branch[0] != FALSE)
    return choose(branches, last)


# -- IS NULL and COALESCE ----------------------------------------------------------------------------------


def is_null(emission: Emission, node: ir.IsNull) -> Outcome:
    part = emission.of(node.operand)
    codes = part.codes - {ABSENT}
    if part.codes & {KNOWN, ABSENT}:
        codes |= ALWAYS_KNOWN
    absent, present = (TRUE, FALSE) if not node.negated else (FALSE, TRUE)
    if part.codes <= {KNOWN, ABSENT}:
        found = part.among({KNOWN} if node.negated else {ABSENT})
        return Outcome(found, codes)
    if KNOWN not in codes:
        return replace(part, value=emission.nothing(node.type))
    part = emission.held(part)
    value = choose([(part.among({ABSENT}), absent), (part.among({KNOWN}), present)], None)

    def status(_: Term) -> Term:
        assert part.status
        if ABSENT not in part.codes:
            return part.status
        return choose([(part.among({ABSENT}), number(KNOWN))], part.status)

    return emission.outcome(value, codes, status, "isnull")


def coalesce(emission: Emission, node: ir.Coalesce) -> Outcome:
    """The first that is not absent. One that is open goes on to look for one that is undefined."""
    parts: list[Outcome] = []
    for operand in node.operands:
        part = emission.scaled(operand, node.type.scale)
        if part.codes != ALWAYS_ABSENT:
            parts.append(part)
        if ABSENT not in part.codes and not part.codes & OPENS:
            break
    if not parts:
        return emission.never(node.type, ABSENT)
    if len(parts) == 1:
        return parts[0]
    codes = _coalesce_codes(parts)
    if len(codes - {KNOWN}) > 1 or any(part.codes - {KNOWN, ABSENT} for part in parts):
        parts = [emission.held(part) for part in parts]
    values = _alike(emission, node, [part.value for part in parts])
    if KNOWN not in codes:
        value = emission.nothing(node.type)
    elif all(part.codes <= {KNOWN, ABSENT} for part in parts):
        value = _coalesced(values)
    else:
        tests = [part.among(part.codes - {ABSENT}) for part in parts[:-1]]
        value = choose(list(zip(tests, values, strict=False)), values[-1])
    return emission.outcome(value, codes, lambda _: _coalesce_status(emission, parts), "coalesce")


def _coalesced(values: Sequence[Term]) -> Term:
    return Term(
        f"COALESCE({', '.join(value.sql for value in values)})",
        deepest(values),
        low=min(value.low for value in values),
        high=max(value.high for value in values),
        wide=any(value.wide for value in values),
    )


def _coalesce_codes(parts: Sequence[Outcome]) -> Codes:
    codes: set[int] = set()
    opened = False  # an open one may stand before
    for part in parts:
        codes |= part.codes - {ABSENT}
        if opened and part.severe:
            codes.add(PARTIAL)
        opened = opened or bool(part.codes & OPENS)
    if all(ABSENT in part.codes for part in parts):
        codes.add(ABSENT)
    return frozenset(codes)


def _coalesce_status(emission: Emission, parts: Sequence[Outcome]) -> Term:
    first = choose(
        [(part.among(part.codes - {ABSENT}), part.code(part.codes - {ABSENT})) for part in parts],
        number(ABSENT),
    )
    if not any(OPEN in part.codes for part in parts) or not any(part.severe for part in parts[1:]):
        return first
    first = emission.layers.hold(first, "first_status")
    settling = [(part.among(part.codes - {ABSENT, OPEN}), part) for part in parts]
    partial = choose(
        [(test, part.among(part.severe) if KNOWN in part.codes else TRUE) for test, part in settling], FALSE
    )
    return choose([(both([Term(f"{first.sql} = {OPEN}", first.depth), partial]), number(PARTIAL))], first)


# -- CASE --------------------------------------------------------------------------------------------------


def _alike(emission: Emission, node: ir.Node, values: Sequence[Term]) -> list[Term]:
    return emission.numbers.alike(values) if node.type.kind in NUMERIC else [*values]


def case(emission: Emission, node: ir.Case) -> Outcome:
    conditions: list[Outcome] = []
    values: list[Outcome] = []
    for condition, value in (*node.branches, (None, node.otherwise)):
        found = emission.of(condition) if condition else Outcome(TRUE, ALWAYS_KNOWN)
        if found.value.constant is False or found.codes == ALWAYS_ABSENT:
            continue
        values.append(emission.scaled(value, node.type.scale))
        if found.value.constant is True:
            break
        conditions.append(found)
    if not conditions:
        return values[0]
    codes = union(values)
    if not any(part.codes & OPENS for part in conditions):
        return _plain_case(emission, node, conditions, values, codes)
    return _open_case(emission, node, conditions, values, codes)


def _plain_case(
    emission: Emission, node: ir.Case, conditions: list[Outcome], values: list[Outcome], codes: Codes
) -> Outcome:
    """No condition is ever open: SQL's own CASE, which passes over what is absent, but not what is undefined."""
    codes = codes.union(*(part.undefined for part in conditions))
    if len(codes - {KNOWN}) > 1 or any(part.undefined for part in conditions):
        conditions = [emission.held(part) for part in conditions]
        values = [emission.held(part) for part in values]

    def chosen(undefined: list[Term], results: Sequence[Term]) -> Term:
        branches: list[tuple[Term, Term]] = []
        for part, without, result in zip(conditions, undefined, results, strict=False):
            branches += [(part.among(part.undefined), without), (part.value, result)]
        return choose(branches, results[-1])

    value = emission.nothing(node.type)
    if KNOWN in codes:
        alike = _alike(emission, node, [part.value for part in values])
        value = chosen([emission.nothing(node.type)] * len(conditions), alike)
    return emission.outcome(
        value,
        codes,
        lambda _: chosen(
            [part.code(part.undefined) if part.undefined else NULL for part in conditions],
            [part.code(part.codes) for part in values],
        ),
        "case",
    )


def _open_case(
    emission: Emission, node: ir.Case, conditions: list[Outcome], values: list[Outcome], codes: Codes
) -> Outcome:
    """A condition may be open. The result is still known when all branches that can be reached are the same."""
    hold = emission.layers.hold
    conditions = [emission.held(part) for part in conditions]
    values = [emission.held(part) for part in values]
    reached = [either([part.value, part.among(OPENS)]) for part in conditions]
    numbers = [part.code(part.codes) for part in values]
    alike = _alike(emission, node, [part.value for part in values])

    first = hold(choose(list(zip(reached, alike, strict=False)), alike[-1]), "first")
    code = hold(choose(list(zip(reached, numbers, strict=False)), numbers[-1]), "first_status")
    last = hold(_index_of_true(conditions), "last")
    way = hold(_way(conditions), "way")
    before = [
        both([test, Term(f"{last.sql} >= {index}", last.depth)])
        for index, test in enumerate(reached, start=1)
    ]
    before.append(Term(f"{last.sql} = {len(values)}", last.depth))
    differs = either(
        both([test, _differs(first, code, value, number_)])
        for test, value, number_ in zip(before[1:], alike[1:], numbers[1:], strict=True)
    )
    open_first = FALSE if not codes & OPENS else Outcome(first, codes, code).among(OPENS)
    unsettled = hold(either([open_first, differs]), "unsettled")
    risky = either(both([test, part.among(part.severe)]) for test, part in zip(before, values, strict=True))
    severe = choose(
        [pair for part in conditions for pair in ((part.among(part.severe), TRUE), (part.value, FALSE))],
        FALSE,
    )
    undefined = any(part.undefined for part in conditions)
    status = hold(
        choose(
            [
                (Term(f"{way.sql} = {KNOWN}", way.depth), code),
                (Term(f"{way.sql} >= {UNDEFINED}", way.depth) if undefined else FALSE, way),
                (severe, number(PARTIAL)),
                (both([unsettled, risky]), number(PARTIAL)),
                (unsettled, number(OPEN)),
            ],
            code,
        ),
        "case_status",
    )
    codes = codes.union({OPEN}, *(part.codes & {PARTIAL} | part.undefined for part in conditions))
    if any(code >= PARTIAL for code in codes):
        codes |= {PARTIAL}
    if KNOWN not in codes:
        value = emission.nothing(node.type)
    else:
        value = choose([(Term(f"{status.sql} = {KNOWN}", status.depth), first)], None)
    if len(codes - {KNOWN}) <= 1:
        return Outcome(value, codes)
    return Outcome(hold(value, "case"), codes, status)


def _index_of_true(conditions: Sequence[Outcome]) -> Term:
    """The first branch, from 1, whose condition is true, else that of ELSE."""
    branches = [(part.value, number(index)) for index, part in enumerate(conditions, start=1)]
    return choose(branches, number(len(conditions) + 1))


def _way(conditions: Sequence[Outcome]) -> Term:
    """The code of the first condition that is true, open or undefined; KNOWN when there is none."""
    branches: list[tuple[Term, Term]] = []
    for part in conditions:
        codes = (part.codes & OPENS) | part.undefined
        branches += [(part.value, number(KNOWN))]
        branches += [(part.among(codes), part.code(codes))] if codes else []
    return choose(branches, number(KNOWN))


def _differs(first: Term, code: Term, value: Term, number_: Term) -> Term:
    """Whether the value of a branch is not the first one."""
    if value == first and number_ == code:
        return FALSE
    constants = (code.constant, number_.constant)
    if None not in constants:
        codes = TRUE if constants[0] != constants[1] else FALSE
    else:
        codes = Term(f"{code.within} <> {number_.within}", deepest((code, number_)))
    values = Term(f"{first.sql} <> {value.sql}", deepest((first, value)))
    if first.constant is not None and value.constant is not None:
        values = TRUE if first.constant != value.constant else FALSE
    return either([codes, values])
