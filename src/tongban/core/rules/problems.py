"""What is wrong with the text of a rule. An author's mistake is a value, and all of them are reported at once."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleProblem:
    code: str
    """Stable name of the kind of problem, for example `unknown-name`."""
    message: str
    """One plain English sentence: what is wrong."""
    line: int
    """Line inside the rule's text, from 1."""
    column: int
    """Column inside that line, from 1, counted in characters."""
    hint: str | None = None
    """What to write instead, where that can be said."""
