"""The merged pack: every layer read, laid over each other, checked and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from tongban.core.packs import model, model_data, model_guide, model_retention, model_rules
from tongban.core.rules.rule import OnUndefined, Rule

_NOTHING: Final[Mapping[Any, Any]] = MappingProxyType({})


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
    bracket_tables: Mapping[str, model_rules.BracketTable] = field(default_factory=lambda: _NOTHING)
    relations: Mapping[str, model_rules.Relation] = field(default_factory=lambda: _NOTHING)
    documents: Mapping[str, model_guide.Document] = field(default_factory=lambda: _NOTHING)
    glossary: Mapping[str, model_guide.Term] = field(default_factory=lambda: _NOTHING)
    collections: Mapping[str, model_guide.Collection] = field(default_factory=lambda: _NOTHING)
    knowledge: Mapping[str, model_guide.Knowledge] = field(default_factory=lambda: _NOTHING)
    elements: Mapping[str, model_data.Element] = field(default_factory=lambda: _NOTHING)
    policies: Mapping[str, model_data.Policy] = field(default_factory=lambda: _NOTHING)
    products: Mapping[str, model_data.Product] = field(default_factory=lambda: _NOTHING)
    complaints: Mapping[str, model_data.ComplaintClass] = field(default_factory=lambda: _NOTHING)
    indicators: Mapping[str, model_data.Indicator] = field(default_factory=lambda: _NOTHING)
    goals: Mapping[str, model_data.Goal] = field(default_factory=lambda: _NOTHING)
    retention: Mapping[str, model_retention.RetentionClass] = field(default_factory=lambda: _NOTHING)
    tests: tuple[model.PackTest, ...] = ()
    """Of the uppermost layer."""
    layer_tests: Mapping[str, tuple[model.PackTest, ...]] = field(default_factory=lambda: _NOTHING)
    """Layer id -> its tests, from the bottom to the top: what a layer promises must hold on every layer above it."""
    rules: Mapping[str, Rule] = field(default_factory=lambda: _NOTHING)
    """Every boolean rule text over facts (services, materials, conditions of policies), compiled."""
    amounts: Mapping[str, Rule] = field(default_factory=lambda: _NOTHING)
    """Policy id -> its amount in money, over facts."""
    indicator_rules: Mapping[str, tuple[Rule, Rule, Rule]] = field(default_factory=lambda: _NOTHING)
    """Indicator id -> counts, numerator, denominator, over the facts of its log (`logs.LOGS`)."""
    provenance: Mapping[tuple[str, str, str], str] = field(default_factory=lambda: _NOTHING)
    """(kind folder, entry id, field) -> id of the layer that set it."""
    assets: Mapping[str, bytes] = field(default_factory=lambda: _NOTHING)
    """SVG files of all layers by name; an upper layer wins."""

    def rule(self, text: str) -> Rule:
        """The compiled form of a boolean rule text over facts: `pack.rule(policy.conditions[0].rule)`."""
        return self.rules[text]

    def condition(self, condition: model_data.PolicyCondition) -> Rule:
        """The compiled rule of a policy's condition, with what it says when undefined."""
        return replace(self.rules[condition.rule], on_undefined=OnUndefined(condition.on_undefined))

    def amount(self, policy_id: str) -> Rule:
        """The compiled amount of a policy: money in fen, or whole months or units. Raises KeyError for an unknown policy."""
        return self.amounts[policy_id]

    def score(self, policy_id: str) -> Rule:
        """The compiled score of a policy, a whole number. Raises KeyError for a policy without one."""
        return self.amounts[score_key(policy_id)]

    def indicator(self, indicator_id: str) -> tuple[Rule, Rule, Rule]:
        """What an indicator counts, its numerator and its denominator, compiled over the facts of its log.

        The first is true or false; the others are whole numbers, or true and false, where true counts one.
        Raises KeyError for an unknown indicator.
        """
        return self.indicator_rules[indicator_id]


def score_key(policy_id: str) -> str:
    """Under which the score of a policy stands among the amounts; no id of a policy."""
    return f"{policy_id}/score"
