"""Terms of the prover, and the connectives over them.

A term is a plain `bool` or `int` as long as it is known, and an expression of z3 otherwise, so that most of a rule
about constants never reaches z3. Arithmetic and comparisons are Python's own operators, which z3 overloads.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, Final, TypeAlias

Term: TypeAlias = Any
"""bool, int, or an expression of z3: the library has no types of its own to tell them apart by."""

EFFORT: Final = 1_000_000
"""How much z3 may do for one question, in units of its own (`rlimit`): about a second. It does not depend on the
machine, so the same question has the same answer everywhere."""
_LAST_RESORT: Final = 30_000
"""Milliseconds. Some steps of z3 do not count as effort."""


class ProverMissing(ImportError):
    """The optional library z3 is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "proofs need the library z3, which is not installed; run: pip install tongban[prove]"
        )


class World:
    """Everything that belongs to one or a few questions. Worlds know nothing of each other, also in threads.

    Raises ProverMissing.
    """

    def __init__(self, effort: int = EFFORT) -> None:
        try:
            self._z3: Any = import_module("z3")
        except ImportError as error:
            raise ProverMissing from error
        self._context: Any = self._z3.Context()
        self._effort = effort

    # -- variables -----------------------------------------------------------------------------------------

    def integer(self, name: str) -> Term:
        return self._z3.Int(name, self._context)

    def boolean(self, name: str) -> Term:
        return self._z3.Bool(name, self._context)

    # -- connectives ---------------------------------------------------------------------------------------

    def all(self, *terms: Term) -> Term:
        open_ = [term for term in terms if term is not True]
        if any(term is False for term in open_):
            return False
        return True if not open_ else open_[0] if len(open_) == 1 else self._z3.And(*open_)

    def any(self, *terms: Term) -> Term:
        open_ = [term for term in terms if term is not False]
        if any(term is True for term in open_):
            return True
        return False if not open_ else open_[0] if len(open_) == 1 else self._z3.Or(*open_)

    def no(self, term: Term) -> Term:
        return not term if isinstance(term, bool) else self._z3.Not(term)

    def same(self, left: Term, right: Term) -> Term:
        """Both true or both false."""
        if isinstance(left, bool):
            return right if left else self.no(right)
        if isinstance(right, bool):
            return left if right else self.no(left)
        return left == right

    def choose(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """Of two numbers or two conditions."""
        if isinstance(condition, bool):
            return then if condition else otherwise
        if isinstance(then, bool) and isinstance(otherwise, bool):
            return then if then is otherwise else condition if then else self.no(condition)
        if isinstance(then, int) and isinstance(otherwise, int) and then == otherwise:
            return then
        return self._z3.If(condition, self._expression(then), self._expression(otherwise))

    # -- whole numbers -------------------------------------------------------------------------------------

    def absolute(self, number: Term) -> Term:
        return self.choose(number < 0, -number, number)

    def floor_divide(self, above: Term, below: Term) -> Term:
        """Rounded down. `below` is more than 0, or the result does not count."""
        if isinstance(below, int) and below == 0:
            return 0
        if isinstance(above, int) and isinstance(below, int):
            return above // below
        if isinstance(below, int) and below == 1:
            return above
        return self._expression(above) / below  # of whole numbers, z3 rounds down for positive divisors

    def remainder(self, above: Term, below: int) -> Term:
        return above % below

    # -- questions -----------------------------------------------------------------------------------------

    def solver(self, terms: Iterable[Term]) -> Any:
        """A solver of z3 for conditions that are to hold together."""
        solver = self._z3.SimpleSolver(ctx=self._context)
        solver.set("rlimit", self._effort)
        solver.set("timeout", _LAST_RESORT)
        solver.set("random_seed", 0)
        solver.add(*map(self._expression, terms))
        return solver

    def is_yes(self, answer: Any) -> bool:
        return answer == self._z3.sat

    def is_no(self, answer: Any) -> bool:
        return answer == self._z3.unsat

    def value(self, model: Any, term: Term) -> bool | int:
        """What a term is in a model of z3."""
        if isinstance(term, bool | int):
            return term
        found = model.eval(term, model_completion=True)
        if self._z3.is_int(found):
            return int(found.as_long())
        return bool(self._z3.is_true(found))

    def constant(self, term: Term) -> bool | int | None:
        """What a term without variables is; None if it cannot be worked out without a solver."""
        if isinstance(term, bool | int):
            return term
        found = self._z3.simplify(term)
        if self._z3.is_int_value(found):
            return int(found.as_long())
        return True if self._z3.is_true(found) else False if self._z3.is_false(found) else None

    def _expression(self, term: Term) -> Term:
        if isinstance(term, bool):
            return self._z3.BoolVal(term, self._context)
        return self._z3.IntVal(term, self._context) if isinstance(term, int) else term
