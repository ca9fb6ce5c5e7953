"""Who has to sign besides the applicant, as the pack says and as far as what is known tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tongban.core.packs.pack import Pack
from tongban.core.packs.parameters import resolve
from tongban.core.planning.model import Applies, Plan
from tongban.core.rules import evaluate
from tongban.core.rules.states import Facts, Known


@dataclass(frozen=True, slots=True)
class Wanted:
    """One signature that a service surely needs."""

    service: str
    signer: str
    """Id within the service."""
    identifier: str
    """Identity number of who signs; empty: the legal representative of the firm that applies."""


def wanted(pack: Pack, plan: Plan, facts: Facts) -> tuple[Wanted, ...]:
    """Signatures for the services that surely apply, in the order of the plan.

    One whose rule, or whose identity number, is not known yet is not among them: the plan still asks for that.
    """
    return tuple(_wanted(pack, plan, facts))


def _wanted(pack: Pack, plan: Plan, facts: Facts) -> Iterator[Wanted]:
    parameters = resolve(pack, plan.at)
    for planned in plan.services:
        if planned.applies is not Applies.YES:
            continue
        for signer in pack.services[planned.id].signers:
            if evaluate.evaluate(pack.rule(signer.when), facts, parameters) != Known(True):
                continue
            if signer.representative:
                yield Wanted(planned.id, signer.id, "")
            for name in signer.by:
                match facts.get(name):
                    case Known(value) if str(value).strip():
                        yield Wanted(planned.id, signer.id, fold(str(value)))
                    case _:
                        pass


def fold(identifier: str) -> str:
    """An identity number as it is compared: without spaces, letters in capitals."""
    return "".join(identifier.split()).upper()
