"""The subjects of this node as a population: what their licences, registries and answers say, on the grounds of each policy.

Only facts that a policy with a ground reads are read, and each look is an entry that the subject sees; whoever asked that
nobody looks is left out. Nothing is decided: a round makes entitlements, this makes a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
from tongban.core.rules.states import Absent, Facts, Known, Members
from tongban.core.rules.to_numpy.given import Needs
from tongban.core.rules.types import Kind, Type
from tongban.work.policies import evidence
from tongban.work.policies.population.checking import KNOWN_SUFFIX, arrow_type
from tongban.work.policies.population.sources import Batch, Torn

NAME: Final = "node"
"""As which it is asked for on the command line."""
SOME: Final = 1_000
"""Subjects that are read at once."""


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
        import pyarrow

        first, after = 1, None
        while subjects := identity.ids_of_kind(self.kind, after=after, most=SOME):
            after = subjects[-1]
            rows = self._read(subjects)
            if rows:
                keys = pyarrow.array([str(subject) for subject in rows], pyarrow.string())
                made = {self.key: keys, **columns_of(list(rows.values()), self.matcher.needs)}
                table = pyarrow.table({name: column for name, column in made.items() if name in wanted})
                yield Batch(table.combine_chunks(), first)
                first += len(rows)

    def _read(self, subjects: Sequence[UUID]) -> dict[UUID, Facts]:
        """What the policies that have a ground read of each; of whom none has one, nothing. Each look is recorded."""
        by_ground: defaultdict[tuple[str, ...], list[UUID]] = defaultdict(list)
        for subject, stance in evidence.stances_of(subjects).items():
            read = (one.id for one in self.policies if evidence.ground_of(one, stance) is not None)
            by_ground[tuple(read)].append(subject)
        found: dict[UUID, dict[str, dict[str, Any]]] = {}
        with transaction.atomic():
            for read, group in by_ground.items():
                reads = (calculator.facts_read(self.pack, self.pack.policies[one]) for one in read)
                names = frozenset[str]().union(*reads)
                if names:
                    of_group = evidence.facts_of_many(group, self.pack, names, self.acting.today)
                    self._record(of_group, read)
                    found |= of_group
        return {one: evidence.typed(self.pack, found[one]) for one in subjects if one in found}

    def _record(self, found: Mapping[UUID, Mapping[str, Any]], policies: Sequence[str]) -> None:
        audit.record_many(
            acting=self.acting, action="benefits.matched", object_kind="subject",
            noted=[
                audit.Noted(
                    evidence.chain_of(subject), subject,
                    {"pack": self.pack.digest, "facts": sorted(read), "policies": list(policies)},
                )
                for subject, read in found.items()
            ],
        )  # fmt: skip


def columns_of(rows: Sequence[Facts], needs: Needs) -> dict[str, Any]:
    """What is known of subjects as columns of Arrow, each with one that tells known from unknown. They hold every number
    that a fact can be."""
    import pyarrow

    columns: dict[str, Any] = {}
    for name, type in sorted(needs.facts.items()):
        states = [row.get(name) for row in rows]
        columns[name] = pyarrow.array([_plain(state, type) for state in states], arrow_type(type))
        columns[name + KNOWN_SUFFIX] = pyarrow.array([isinstance(state, Known | Absent) for state in states])
    for name, fields in sorted(needs.fields.items()):
        struct = pyarrow.struct([(one, arrow_type(type)) for one, type in fields.items()])
        columns[name] = pyarrow.array(
            [_members(row.get(name), fields) for row in rows], pyarrow.list_(struct)
        )
    return columns


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
