"""What applicants and holders have a right to: time for corrections, renewal by silence, being heard, a review.

The same grammar as `model.py`, whose `Service` and `Ending` hold these.
"""

from __future__ import annotations

from tongban.core.packs.model_base import ArticleId, Cited, Id, Term


class Answering(Cited):
    """How long a correction notice waits for its answer (补正期限). No law of the country sets it; places do."""

    within: Term
    """From the notice to the last day for answering; later the application counts as taken back."""
    remind: Term | None = None
    """How long before that day the applicant is reminded; None: not at all."""


class Renewal(Cited):
    """That a service prolongs a licence before its last day (延续, 行政许可法 art. 50)."""

    licence: Id
    """Kind that is prolonged; the service issues the same kind."""
    apply_before: Term
    """How long before the last day it must be applied for. Whoever comes later is decided in the usual time."""
    apply_from: Term | None = None
    """How long before the last day it can be applied for at the earliest; None: at any time."""
    by_silence: bool = True
    """Applied for in time and not decided by the last day, it counts as renewed."""


class Heard(Cited):
    """How a holder is heard before what was granted ends against their will (陈述、申辩, 听证; 行政许可法 arts. 7, 47, 48)."""

    within: Term
    """From the notice to the last day for stating, defending and asking for a hearing."""
    hearing: Term | None = None
    """From asking for a hearing to the last day for holding it; None: there is none here."""
    notice: Term | None = None
    """How long before the hearing its day and place are told."""


class Ending(Cited):
    """How what was granted ends before its time (行政许可法 arts. 8, 69, 70)."""

    two_officers: bool = False
    """One proposes, another carries it out."""
    heard: Heard | None = None
    """How the holder is heard first. None: it ends only on grounds that need no hearing, as at the holder's own wish."""
    annul: tuple[ArticleId, ...] = ()
    """What an annulment (撤销) rests on: it should never have been granted. Empty: what the service rests on."""
    recall: tuple[ArticleId, ...] = ()
    """What a recall (撤回) rests on: lawful, but the law or the circumstances have changed."""
    cancel: tuple[ArticleId, ...] = ()
    """What a cancellation (注销) rests on: it has come to its end."""


class Objection(Cited):
    """That an applicant may object at the office itself to what was decided against them; another officer reviews it.
    Reconsideration and the courts stay open besides."""

    within: Term
    """From the decision to the last day for objecting."""
    review: Term
    """From the objection to the end of its review."""
