"""What would change for each running application if it went on under another pack. Nothing is changed or dropped.

    990100-20261125-000042   1.2.0 -> 1.3.0   adds material lease; answer seats kept, no longer read

A running application keeps the pack it was submitted under (`form.pack_of`). Before a place decides otherwise for its
own next version, it reads here whom that would touch. Values of answers never leave the room: only names of facts do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs import differences
from tongban.core.packs import facts as packfacts
from tongban.core.packs.differences import Difference
from tongban.core.packs.pack import Pack
from tongban.core.planning import diff
from tongban.core.planning.diff import Changes
from tongban.work.cases import form, models


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that stays in the row and that the other pack does not understand."""

    fact: str
    code: str
    """Why, as `packfacts.read_facts` names it: `unknown-fact`, `not-in-list`, ..."""


@dataclass(frozen=True, slots=True)
class Move:
    """One running application under the pack it has and under the other one."""

    number: str
    event: str
    before: Pack
    after: Pack
    event_gone: bool
    """The other pack has no such life event: nothing of it could go on."""
    changes: Changes | None
    """Of the plan; None when the life event is gone."""
    unread: tuple[Unread, ...]
    told: tuple[Difference, ...]
    """What else differs in the services of its running cases: terms, conditions, fees."""

    @property
    def any(self) -> bool:
        return bool(
            self.event_gone or self.unread or self.told or (self.changes is not None and self.changes.any)
        )


def moves(acting: Acting, target: Pack | None = None) -> Iterator[Move]:
    """Every running application whose pack is not `target` (by default the pack in force where it lies), by number."""
    compared: dict[tuple[str, str], tuple[Difference, ...]] = {}
    for application in _running():
        after = target or directory.pack_in_force(acting.now, application.district or None)
        if after.digest != application.pack_digest:
            before = form.pack_of(application, acting)
            pair = before.digest, after.digest
            if pair not in compared:
                compared[pair] = differences.differences(before, after)
            yield _move(application, before, after, compared[pair], acting)


def running() -> int:
    """How many applications run on this node."""
    return _running().count()


def _running() -> Any:
    found = models.Application.objects.filter(state="submitted", cases__closed_at=None).distinct()
    return found.prefetch_related("cases").order_by("number")


def _move(
    application: models.Application, before: Pack, after: Pack, found: tuple[Difference, ...], acting: Acting
) -> Move:
    gone = application.event not in after.life_events
    changes = None
    if not gone:
        plans = (form.plan_of(application, pack, acting.today) for pack in (before, after))
        changes = diff.changes(*plans)
    services = {case.service for case in application.cases.all() if case.closed_at is None}
    return Move(
        number=application.number or str(application.id), event=application.event, before=before, after=after,
        event_gone=gone, changes=changes, unread=unread(application.answers, before, after),
        told=tuple(one for one in found if one.folder == "services" and one.id in services),
    )  # fmt: skip


def unread(answers: Mapping[str, Mapping[str, Any]], before: Pack, after: Pack) -> tuple[Unread, ...]:
    """Answers that `before` reads and `after` does not, in the order they were given."""
    found: list[Unread] = []
    for name, answer in answers.items():
        raw = {name: answer["value"]}
        problems = packfacts.read_facts(after, raw)[1]
        if problems and not packfacts.read_facts(before, raw)[1]:
            found.append(Unread(name, problems[0].code))
    return tuple(found)
