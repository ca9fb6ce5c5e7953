"""A checked rule: its text, its type, its typed form, and the facts and parameters it reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from tongban.core.rules import ir
from tongban.core.rules.types import Type


@dataclass(frozen=True, slots=True)
class Rule:
    text: str
    type: Type
    root: ir.Node = field(repr=False)
    facts: frozenset[str]
    parameters: frozenset[str]
