"""What earlier snapshots of a product have told, so that a later one does not tell by difference what each hides.

A month that has been counted is not counted again: what was shown of it stays as it was, also when a register hands
in a licence late, and what was hidden stays hidden. A product without months cannot be counted twice: two running
totals would show by their difference what a single month adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product as grid

from django.utils.translation import gettext as _

from tongban.base.kit.refusals import NotNow
from tongban.work.market import models, months, products
from tongban.work.market.suppression import Key


@dataclass(frozen=True, slots=True)
class Told:
    """Counts to publish from, and what readers of earlier snapshots know of them."""

    counts: Mapping[Key, int]
    shown: frozenset[Key]
    """Cells whose number is known, zeros that follow from not being listed included."""
    hidden: frozenset[Key]


def lay_over(registration: models.Registration, counts: Mapping[Key, int]) -> Told:
    """New counts under what earlier snapshots of the product, of any version with the same dimensions, have told.

    Raises NotNow for a product without months that has been counted before.
    """
    dimensions = products.product_of(registration).dimensions
    shown: dict[Key, int] = {}
    hidden: set[Key] = set()
    counted_until = ""
    earlier = models.Snapshot.objects.filter(
        registration__product=registration.product, registration__place=registration.place
    )
    for snapshot in earlier.select_related("registration").prefetch_related("cells").order_by("until"):
        if "month" not in dimensions:
            raise NotNow(
                _("A product without months is counted once: a second count would give small numbers away.")
            )
        if products.product_of(snapshot.registration).dimensions != dimensions:
            continue
        counted_until = months.of(snapshot.until)
        for cell in snapshot.cells.all():
            key = tuple(str(getattr(cell, name)) for name in dimensions)
            if cell.count is None:
                hidden.add(key)
            else:
                shown.setdefault(key, cell.count)
    if not counted_until:
        return Told(counts, frozenset(), frozenset())
    month = dimensions.index("month")
    axes = [sorted(set(values)) for values in zip(*counts, *hidden, *shown, strict=True)]
    empty = {key for key in grid(*axes) if key[month] < counted_until} - shown.keys() - hidden
    told = {key: number for key, number in shown.items() if key not in hidden}
    now = {key: count for key, count in {**counts, **told}.items() if key not in empty}
    return Told(now, frozenset(told) | frozenset(empty), frozenset(hidden))
