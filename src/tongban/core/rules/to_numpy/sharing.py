"""Equal parts of rules made one and the same object, so that they are worked out once for all rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from tongban.core.rules import ir
from tongban.core.rules.rule import Rule


def share(rules: Mapping[str, Rule]) -> dict[str, ir.Node]:
    """The roots of the rules. Nodes that are equal, wherever they stand, are identical in the result."""
    known: dict[Any, ir.Node] = {}
    return {name: _shared(rule.root, known) for name, rule in rules.items()}


def _shared(node: ir.Node, known: dict[Any, ir.Node]) -> ir.Node:
    parts: dict[str, Any] = {
        field.name: _inside(getattr(node, field.name), known)
        for field in dataclasses.fields(node)
        if field.compare
    }
    # identity stands for equality below; a literal true is not 1, though Python finds them equal
    key = type(node), tuple(_key(part) for part in parts.values())
    if key not in known:
        known[key] = dataclasses.replace(node, **parts)
    return known[key]


def _inside(value: Any, known: dict[Any, ir.Node]) -> Any:
    if isinstance(value, tuple):
        return tuple(_inside(part, known) for part in cast("tuple[Any, ...]", value))
    return _shared(value, known) if isinstance(value, ir.Node) else value


def _key(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_key, cast("tuple[Any, ...]", value)))
    return (type(value), id(value)) if isinstance(value, ir.Node) else (type(value), value)
