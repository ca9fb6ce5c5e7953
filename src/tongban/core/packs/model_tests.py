"""Tests inside a pack: what must come out for a subject of a life event, or of a policy."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from tongban.core.packs.model_base import Id, Model, Name


class Expectation(Model):
    """What a test demands; whatever is left out is not compared."""

    services: tuple[Id, ...] | None = None
    not_services: tuple[Id, ...] = ()
    undecided: tuple[Id, ...] | None = None
    waits: dict[Id, tuple[Id, ...]] | None = None
    blocked: tuple[Id, ...] | None = None
    uploads: tuple[Id, ...] | None = None
    held: tuple[Id, ...] | None = None
    deferrable: tuple[Id, ...] | None = None
    commitments: tuple[Id, ...] | None = None
    questions: tuple[Name, ...] | None = None
    """As a set: the questions left."""
    promised_days: int | None = None
    statutory_days: int | None = None
    finish: date | None = None
    conditions: dict[str, Literal["pass", "fail", "unknown", "undefined"]] = {}
    """`service-id/condition-id` to its finding; of a policy, only the condition's id."""
    result: Literal["eligible", "near", "needs-data", "not"] | None = None
    """Of a policy."""
    amount: Any = None
    """Of a policy, in yuan with two digits after the point: 57600.00."""
    failing: Id | None = None
    """The one condition that is not met, when near."""
    missing: tuple[Name, ...] | None = None
    """As a set: facts that could still settle a policy."""


class PackTest(Model):
    """Of a life event, or of a policy: exactly one of the two is named."""

    name: Id
    event: Id | None = None
    policy: Id | None = None
    at: date
    facts: dict[str, Any] = {}
    held: tuple[Id, ...] = ()
    """Ids of licence kinds and registry resources that supply their evidence."""
    expect: Expectation
