"""Questions of other offices to one's own: the list with its lights, and what is shown of each case.

    lists = Consulted(acting, show="open")
    lists.counts["open"]      lists.page(1)      lists.every_row()

What the pack names for the opinion is shown while the opinion can be given, and nothing of the case before or after.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from tongban.base.directory import queries as directory
from tongban.base.files import queries as files
from tongban.base.kit.acting import Acting
from tongban.core.packs.model import Consultation
from tongban.core.packs.pack import Pack
from tongban.core.procedures.consultations import CLOSED, Standing
from tongban.core.procedures.model import Light
from tongban.core.values.text import Bilingual
from tongban.work.cases import form, models, visits_access
from tongban.work.cases.actions import awaited

TABS: Final = ("open", "answered", "gone")
PAGE: Final = 25
_CHUNK: Final = 500
_SEVERITY: Final = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One question as lists show it."""

    found: models.Consultation
    service: Bilingual
    asking: Bilingual | str
    """The organ that asks."""
    about: Bilingual | None
    """The pack's question; None where its pack has lost it."""
    standing: Standing

    @property
    def link(self) -> str:
        return f"/office/consultations/{self.found.id}"

    @property
    def opinion(self) -> str:
        """As stored, and `silent` from the day on which silence has answered, written down or not."""
        return self.found.opinion or ("silent" if self.standing.stand == "deemed" else "")

    @property
    def open(self) -> bool:
        """An opinion can still be given."""
        return self.found.case.state == "accepted" and self.standing.stand not in CLOSED


class Consulted:
    """Everything one page of the list shows."""

    def __init__(self, acting: Acting, *, show: str = "open") -> None:
        self.acting = acting
        self.show = show if show in TABS else "open"

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many each tab holds: as many as the list behind it."""
        return {
            "open": len(self._running[0]),
            "answered": self._settled.count() + len(self._running[1]),
            "gone": self._gone.count(),
        }

    def page(self, number: object) -> Page[Row]:
        """One page of rows, the most urgent first; of settled ones the latest first."""
        paginator: Paginator[Row] = Paginator(self._rows(), PAGE)
        return paginator.get_page(number)

    def every_row(self) -> Iterator[Row]:
        """The same list without pages, for export."""
        rows = self._rows()
        for start in range(0, len(rows), _CHUNK):
            yield from rows[start : start + _CHUNK]

    def _rows(self) -> Any:
        if self.show == "open":
            return self._running[0]
        if self.show == "gone":
            return _Lazy(self._gone.order_by("-asked_at", "-pk"), (), self.acting)
        return _Lazy(self._settled.order_by("-answered_at", "-pk"), self._running[1], self.acting)

    @cached_property
    def _running(self) -> tuple[list[Row], list[Row]]:
        """Unanswered ones of running cases: those still open, and those that silence has answered meanwhile."""
        found = self._all.filter(answered_at=None, case__state="accepted").order_by("asked_at", "pk")
        rows = rows_of(found, self.acting)
        still = [row for row in rows if row.open]
        still.sort(
            key=lambda row: (_SEVERITY.get(row.standing.light, 3), row.standing.due.day, row.found.asked_at)
        )
        return still, [row for row in rows if not row.open]

    @property
    def _all(self) -> QuerySet[models.Consultation]:
        return visits_access.consultations(self.acting).select_related("case__application")

    @property
    def _settled(self) -> QuerySet[models.Consultation]:
        return self._all.exclude(answered_at=None)

    @property
    def _gone(self) -> QuerySet[models.Consultation]:
        """The case was decided or has ended before an opinion came."""
        return self._all.filter(Q(answered_at=None) & ~Q(case__state="accepted"))


def rows_of(found: Iterable[models.Consultation], acting: Acting) -> list[Row]:
    return [row_of(one, acting) for one in found]


def row_of(found: models.Consultation, acting: Acting) -> Row:
    case = found.case
    pack = directory.pack(case.application.pack_digest)
    declared = declared_of(found, pack)
    organ = pack.organisations.get(case.organisation)
    return Row(
        found=found,
        service=pack.services[case.service].name,
        asking=organ.name if organ else case.organisation,
        about=declared.about if declared else None,
        standing=awaited.standing(found, pack, acting.today),
    )


def declared_of(found: models.Consultation, pack: Pack) -> Consultation | None:
    asked = pack.services[found.case.service].consultations
    return next((one for one in asked if one.id == found.declared), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the opinion needs, as the pack names it, while an opinion can be given; nothing otherwise."""

    pack: Pack
    facts: tuple[str, ...]
    materials: tuple[tuple[str, models.Material | None, Any], ...]
    """(material, how it is met now, the upload if it is a file that may be opened)."""


def shown(row: Row) -> Shown:
    case = row.found.case
    pack = directory.pack(case.application.pack_digest)
    declared = declared_of(row.found, pack)
    if declared is None or not row.open:
        return Shown(pack, (), ())
    current = form.current_materials(case.application)
    return Shown(
        pack=pack,
        facts=tuple(name for name in declared.facts if name in pack.facts),
        materials=tuple(
            (name, current.get(name), _upload(current.get(name)))
            for name in declared.materials
            if name in case.materials and name in pack.materials
        ),
    )


def _upload(row: models.Material | None) -> Any:
    if row is None or row.upload is None or files.blocked([row.upload]):
        return None
    return files.upload(row.upload)


class _Lazy:
    """Some rows at hand, then a query of which only what is wanted becomes rows."""

    def __init__(self, found: QuerySet[models.Consultation], first: Iterable[Row], acting: Acting) -> None:
        self._found, self._first, self._acting = found, list(first), acting

    def __len__(self) -> int:
        return len(self._first) + self._found.count()

    def __getitem__(self, wanted: slice) -> list[Row]:
        start, stop = wanted.start or 0, len(self) if wanted.stop is None else wanted.stop
        held = len(self._first)
        rest = self._found[max(0, start - held) : max(0, stop - held)]
        return [*self._first[start:stop], *rows_of(rest, self._acting)]
