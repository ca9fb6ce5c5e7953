"""Reserving and releasing money, or units of an offer, under a lock on the budget's row. The database refuses to overdraw
it as well."""

from __future__ import annotations

from dataclasses import dataclass

from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.work.policies import models


@dataclass(frozen=True, slots=True)
class Reservation:
    budget: models.BudgetYear | None
    held: bool
    """False: the budget of the year is spent, or the policy has none for this year."""


def reserve(*, pack: Pack, policy: Policy, year: int, amount_fen: int) -> Reservation:
    """Hold an amount, whole or not at all; first come, first served. Locks the budget until the transaction ends.

    A policy that declares no budget is owed by law and always held.
    """
    if not policy.budget:
        return Reservation(None, True)
    budget = of_year(pack=pack, policy=policy, year=year)
    if budget is None:
        return Reservation(None, False)
    held = take(budget, amount_fen)
    budget.save(update_fields=["total_fen", "reserved_fen"])
    return Reservation(budget, held)


def of_year(*, pack: Pack, policy: Policy, year: int) -> models.BudgetYear | None:
    """The budget of a year, locked until the transaction ends. None: the policy declares none for it."""
    declared = next((budget for budget in policy.budget if budget.year == year), None)
    if declared is None:
        return None
    key = {"policy": policy.id, "year": year, "place": pack.manifest.jurisdiction}
    models.BudgetYear.objects.get_or_create(**key, defaults={"total_fen": declared.total_fen})
    budget = models.BudgetYear.objects.select_for_update().get(**key)
    budget.total_fen = max(declared.total_fen, budget.reserved_fen)  # what has been promised stays promised
    return budget


def locked(budget: models.BudgetYear) -> models.BudgetYear:
    return models.BudgetYear.objects.select_for_update().get(pk=budget.pk)


def give_back(budget: models.BudgetYear, amount_fen: int) -> models.BudgetYear:
    """Release an amount; the row, locked and saved."""
    row = locked(budget)
    row.reserved_fen -= amount_fen
    row.save(update_fields=["reserved_fen"])
    return row


def take(budget: models.BudgetYear, amount_fen: int) -> bool:
    """Hold an amount in a locked row, if it is there. The caller saves the row."""
    if budget.reserved_fen + amount_fen > budget.total_fen:
        return False
    budget.reserved_fen += amount_fen
    return True
