"""Collections of a pack, in the order of the life they belong to: first a firm's, then a person's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_noop as msg

from tongban.core.packs import model_guide
from tongban.core.packs.pack import Pack

NAMES: Final[dict[str | None, str]] = {
    "entry": msg("Entering the market"),
    "hiring": msg("Hiring"),
    "tax-and-fees": msg("Taxes and fees"),
    "operation": msg("Running a business"),
    "construction": msg("Building"),
    "exit": msg("Leaving the market"),
    "birth": msg("Birth"),
    "education": msg("Education"),
    "employment": msg("Employment"),
    "daily-life": msg("Daily life"),
    "home": msg("A home"),
    "travel": msg("Travel"),
    "medical": msg("Medical care"),
    "assistance": msg("Assistance"),
    "elder-care": msg("Old age"),
    "after-death": msg("After a death"),
    None: msg("At any time"),
}
"""Stage of the life cycle (国办发〔2025〕24号) -> its name, a msgid. In the order in which pages show them."""


def by_stage(pack: Pack) -> list[tuple[str, list[model_guide.Collection]]]:
    """(name of the stage, its collections in the pack's order); stages without any are left out."""
    found: dict[str | None, list[model_guide.Collection]] = {stage: [] for stage in NAMES}
    for collection in pack.collections.values():
        found[collection.stage].append(collection)
    return [(NAMES[stage], collections) for stage, collections in found.items() if collections]


def holding(pack: Pack, kind: str, entry_id: str) -> Iterable[model_guide.Collection]:
    """The collections that name an entry; `kind` is their field: `life_events`, `services` or `policies`."""
    return [one for one in pack.collections.values() if entry_id in getattr(one, kind)]
