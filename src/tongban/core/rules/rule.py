"""A checked rule: its text, its type, its typed form, and what it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tongban.core.rules import ir
from tongban.core.rules.types import Range, Type


class OnUndefined(StrEnum):
    """What a rule says when it has no value although everything is known (division by zero, no parameter)."""

    REFER = "refer"
    """It stays undefined, and a person decides."""
    NO = "no"
    """A condition is not met; an amount, a number or a date is absent."""


@dataclass(frozen=True, slots=True)
class Rule:
    text: str
    type: Type
    root: ir.Node = field(repr=False)
    facts: frozenset[str]
    """Names of facts and relations."""
    parameters: frozenset[str]
    """Names of parameters and bracket tables."""
    on_undefined: OnUndefined = OnUndefined.REFER
    ranges: Mapping[str, Range] = field(default_factory=dict[str, Range], repr=False)
    """Declared ranges of the facts and fields it reads; see `Vocabulary.ranges`."""
