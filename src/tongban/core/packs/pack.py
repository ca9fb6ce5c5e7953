"""The merged pack: every layer read, laid over each other, checked and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tongban.core.packs import model
from tongban.core.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands in a pack: `cn/services/food.yaml:12:5` (line and column from 1)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of an author: where, what, and what to do."""

    position: Position
    code: str
    """Short stable name of the kind of mistake, for example `unknown-fact`."""
    message: str
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.position}: {self.message}" + (f" ({self.hint})" if self.hint else "")


@dataclass(frozen=True)
class Pack:
    """A complete, lint-clean merged pack. Two packs with the same digest behave the same for ever."""

    manifest: model.Manifest
    """Of the uppermost layer."""
    layers: tuple[model.Manifest, ...]
    """From the bottom (national) to the top."""
    digest: str
    """`sha256:<hex>` of the canonical JSON of the merged content."""
    laws: Mapping[str, model.Law]
    code_lists: Mapping[str, model.CodeList]
    facts: Mapping[str, model.Fact]
    parameters: Mapping[str, model.Parameter]
    calendars: Mapping[str, model.Calendar]
    authorities: Mapping[str, model.Authority]
    organisations: Mapping[str, model.Organisation]
    places: Mapping[str, model.Place]
    licences: Mapping[str, model.LicenceKind]
    resources: Mapping[str, model.Resource]
    materials: Mapping[str, model.Material]
    services: Mapping[str, model.Service]
    life_events: Mapping[str, model.LifeEvent]
    tests: tuple[model.PackTest, ...] = ()
    """Of the uppermost layer: what a layer below promises, an upper one may change."""
    rules: Mapping[str, Rule] = field(default_factory=lambda: MappingProxyType({}))
    """Every boolean rule text of the pack, compiled."""
    provenance: Mapping[tuple[str, str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    """(kind folder, entry id, field) -> id of the layer that set it."""
    assets: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    """SVG files of all layers by name; an upper layer wins."""

    def rule(self, text: str) -> Rule:
        """The compiled form of a rule text of this pack."""
        return self.rules[text]
