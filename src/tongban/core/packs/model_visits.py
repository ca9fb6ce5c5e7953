"""What a service asks of others before it is decided: the opinion of other authorities, a look on site.

The same grammar as `model.py`, whose `Service` holds these.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from tongban.core.packs.model_base import Cited, Id, Model, Name, Term
from tongban.core.values.text import Bilingual


class Consultation(Cited):
    """That another authority is asked for its opinion while the case is examined (征求意见). Several run side by side."""

    id: Id
    authority: Id
    """Whom: the organ of the place that fills this role."""
    about: Bilingual
    """What is asked."""
    within: Term
    """From the question to the last day for the opinion. The term of the case runs on meanwhile."""
    silence: Literal["no-objection", "wait"] = "wait"
    """What it means when that day passes: no objection (超时默认, the duty stays with whoever kept silent), or nothing; then
    the case waits. Never `no-objection` where health or safety is at stake."""
    required: bool = False
    """Nothing is decided before this authority was asked."""
    facts: tuple[Name, ...] = ()
    """What the authority sees of the form. Nothing else is shown to it."""
    materials: tuple[Id, ...] = ()
    """Which materials it sees."""


class Look(Model):
    """One thing that is looked at on site, with a result of its own."""

    id: Id
    label: Bilingual


class Inspection(Cited):
    """That officers look at the place before the decision (现场核查, 行政许可法 art. 34)."""

    required: bool = False
    """Nothing is decided before its result is recorded; what is decided on a promise is checked afterwards instead."""
    officers: Annotated[int, Field(ge=2)] = 2
    """How many go; the law wants two at least."""
    drawn: bool = True
    """Who goes is drawn by lot among those who may (双随机, recalled), and not chosen."""
    within: Term
    """From the order to the last day for the visit."""
    stops_clock: bool = False
    """A test or an inspection that the law does not count (行政许可法 art. 45); how long it takes is told in writing."""
    joint_with: tuple[Id, ...] = ()
    """Authorities whose own visit to the same applicant can be made at the same time (联合核查)."""
    looks: Annotated[tuple[Look, ...], Field(min_length=1)]
