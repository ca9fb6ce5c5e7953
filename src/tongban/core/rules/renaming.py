"""Rules that read other parameters in place of those they name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, cast

from tongban.core.rules import ir
from tongban.core.rules.rule import Rule


def with_parameters(rule: Rule, names: Mapping[str, str]) -> Rule:
    """The rule with other names of parameters and bracket tables, where `names` says which."""
    if not rule.parameters & names.keys():
        return rule
    read = frozenset(names.get(name, name) for name in rule.parameters)
    return dataclasses.replace(rule, root=_renamed(rule.root, names), parameters=read)


def _renamed(node: ir.Node, names: Mapping[str, str]) -> ir.Node:
    parts = {
        one.name: _inside(getattr(node, one.name), names) for one in dataclasses.fields(node) if one.compare
    }
    match node:
        case ir.Parameter():
            parts["name"] = names.get(node.name, node.name)
        case ir.Bracket():
            parts["table"] = names.get(node.table, node.table)
        case _:
            pass
    return dataclasses.replace(node, **parts)


def _inside(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, tuple):
        return tuple(_inside(part, names) for part in cast("tuple[Any, ...]", value))
    return _renamed(value, names) if isinstance(value, ir.Node) else value
