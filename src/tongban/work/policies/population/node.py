"""The subjects of this node as a population: what their licences, registries and answers say, on the grounds of each policy.

Only facts that a policy with a ground reads are read, and each look is an entry that the subject sees; whoever asked that
nobody looks is left out. Nothing is decided: a round makes entitlements, this makes a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.identity import queries as identity
from tongban.base.kit.acting import Acting
from tongban.core.packs.model_data import Policy
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.planning.population import Matcher
from tongban.core.rules.states import Absent, Known, Members
from tongban.core.rules.types import Kind, Type
from tongban.work.policies import evidence
from tongban.work.policies.population.checking import KNOWN_SUFFIX, arrow_type
from tongban.work.policies.population.sources import Batch, Torn

NAME: Final = "node"
"""As which it is asked for on the command line."""
SOME: Final = 1_000


@dataclass(slots=True)
class Node:
    acting: Acting
    pack: Pack
    policies: tuple[Policy, ...]
    matcher: Matcher
    kind: str
    key: str = "id"
    name: str = NAME
    torn: Torn = field(default_factory=Torn)

    def columns(self) -> tuple[str, ...]:
        facts = sorted({*self.matcher.needs.facts, *self.matcher.needs.fields})
        return (self.key, *facts, *(name + KNOWN_SUFFIX for name in sorted(self.matcher.needs.facts)))

    def size(self) -> int | None:
        return identity.count_of_kind(self.kind)

    def digest(self) -> str | None:
        return None

    def numbered(self, place: int) -> int:
        return place

    def batches(self, wanted: frozenset[str]) -> Iterator[Batch]:
        first, after = 1, None
        while subjects := identity.ids_of_kind(self.kind, after=after, most=SOME):
            after = subjects[-1]
            rows = [row for subject in subjects if (row := self._row(subject)) is not None]
            if rows:
                yield Batch(self._table(rows, wanted), first)
                first += len(rows)

    def _row(self, subject: UUID) -> Mapping[str, Any] | None:
        stance = evidence.stance_of(subject)
        if stance.paused:
            return None
        read = [one for one in self.policies if evidence.ground_of(one, stance) is not None]
        names = frozenset[str]().union(*(calculator.facts_read(self.pack, one) for one in read))
        if not names:
            return None
        with transaction.atomic():
            found = evidence.facts_of(subject, self.pack, names, self.acting.today)
            audit.record(
                acting=self.acting, action="benefits.matched", root=evidence.chain_of(subject), object_kind="subject",
                object_id=subject, detail={"pack": self.pack.digest, "facts": sorted(found), "policies": [one.id for one in read]},
            )  # fmt: skip
        return {self.key: str(subject), **evidence.typed(self.pack, found)}

    def _table(self, rows: list[Mapping[str, Any]], wanted: frozenset[str]) -> Any:
        import pyarrow

        columns: dict[str, Any] = {self.key: pyarrow.array([row[self.key] for row in rows], pyarrow.string())}
        for name, type in sorted(self.matcher.needs.facts.items()):
            states = [row.get(name) for row in rows]
            columns[name] = pyarrow.array([_plain(state, type) for state in states], arrow_type(type))
            columns[name + KNOWN_SUFFIX] = pyarrow.array(
                [isinstance(state, Known | Absent) for state in states]
            )
        for name, fields in sorted(self.matcher.needs.fields.items()):
            struct = pyarrow.struct([(one, arrow_type(type)) for one, type in fields.items()])
            columns[name] = pyarrow.array(
                [_members(row.get(name), fields) for row in rows], pyarrow.list_(struct)
            )
        return pyarrow.table(
            {name: column for name, column in columns.items() if name in wanted}
        ).combine_chunks()


def _members(state: Any, fields: Mapping[str, Type]) -> list[dict[str, Any]] | None:
    if isinstance(state, Absent):
        return []
    if not isinstance(state, Members):
        return None
    return [{name: _plain(row.get(name), type) for name, type in fields.items()} for row in state.rows]


def _plain(state: Any, type: Type) -> Any:
    if not isinstance(state, Known):
        return None
    return Decimal(state.value) if type.kind is Kind.DECIMAL and isinstance(state.value, int) else state.value
