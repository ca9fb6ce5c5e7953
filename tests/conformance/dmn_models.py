"""Models and test cases of the DMN TCK, as far as they are looked at here."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.conformance.feel import KIND, Given, OutOfScope

Element = ElementTree.Element
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


def tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def children(element: Element | None, name: str) -> list[Element]:
    return [child for child in element if tag(child) == name] if element is not None else []


def child(element: Element | None, name: str) -> Element | None:
    return next(iter(children(element, name)), None)


def text(element: Element | None) -> str:
    """What stands in the element <text> of an expression."""
    found = child(element, "text")
    return (found.text or "").strip() if found is not None else ""


@dataclass(frozen=True)
class Case:
    id: str
    inputs: dict[str, Element]
    results: dict[str, tuple[Element, bool]]
    """Of a decision: what is expected, and whether it is an error."""


def cases(path: Path) -> Iterator[Case]:
    for found in children(ElementTree.parse(path).getroot(), "testCase"):
        if found.get("type") in ("bkm", "decisionService"):
            continue
        inputs = {node.get("name", ""): node for node in children(found, "inputNode")}
        results: dict[str, tuple[Element, bool]] = {}
        for node in children(found, "resultNode"):
            expected = child(node, "expected")
            if expected is not None:
                results[node.get("name", "")] = expected, node.get("errorResult") == "true"
        yield Case(found.get("id", ""), inputs, results)


class Other:
    """A value of a type that the rule language has not: a time, a duration, a list."""


OTHER = Other()


def value(element: Element) -> Any:
    """None, bool, Decimal, str, date, a dict, or OTHER, of an input or of what is expected."""
    if element.get(_XSI + "nil") == "true":
        return None
    if components := children(element, "component"):
        return {component.get("name", ""): value(component) for component in components}
    if child(element, "list") is not None:
        return OTHER
    found = child(element, "value")
    if found is None or found.get(_XSI + "nil") == "true":
        return None
    written, type = (found.text or "").strip(), (found.get(_XSI + "type") or "xsd:string").rpartition(":")[2]
    match type:
        case "boolean":
            return written == "true"
        case "decimal" | "double" | "integer" | "int" | "float" | "long":
            return Decimal(written)
        case "string":
            return found.text or ""
        case "date":
            try:
                return date.fromisoformat(written)
            except ValueError:
                return OTHER
        case _:
            return OTHER


_KINDS: dict[str, KIND] = {"boolean": "boolean", "number": "number", "string": "text", "date": "date"}


class Model:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = ElementTree.parse(path).getroot()
        self.decisions = {found.get("name", ""): found for found in children(self.root, "decision")}
        self.knowledge = {
            found.get("name", ""): found for found in children(self.root, "businessKnowledgeModel")
        }

    @cached_property
    def _items(self) -> dict[str, Element]:
        return {item.get("name", ""): item for item in children(self.root, "itemDefinition")}

    def required(self, element: Element) -> Iterator[str]:
        """Names of the decisions that an element needs."""
        names = {found.get("id"): name for name, found in self.decisions.items()}
        for requirement in children(element, "informationRequirement"):
            for found in children(requirement, "requiredDecision"):
                href = (found.get("href") or "").rpartition("#")[2]
                if href not in names:
                    raise OutOfScope("imported models")
                yield names[href]

    def inputs(self, case: Case) -> dict[str, Given]:
        """What is given; an input that a case leaves out is null."""
        found: dict[str, Given] = {}
        for element in children(self.root, "inputData"):
            name = element.get("name", "")
            node = case.inputs.get(name)
            type = self.type_of(element)
            found[name] = self.given(type, value(node) if node is not None else None)
        return found

    @staticmethod
    def type_of(element: Element) -> str:
        variable = child(element, "variable")
        return (variable.get("typeRef") if variable is not None else None) or ""

    def given(self, type: str, raw: Any) -> Given:
        """The value with its kind: of its own, or where it is null of its declared type."""
        item = self._items.get(type)
        if isinstance(raw, dict):
            fields = {part.get("name", ""): part for part in children(item, "itemComponent")}
            inner = {name: self.given(self._field_type(fields.get(name)), part) for name, part in raw.items()}
            for name, part in fields.items():
                inner.setdefault(name, self.given(self._field_type(part), None))
            return Given("context", inner)
        if raw is not None:
            return Given(_kind(raw), raw)
        return Given(self.kind(type), None)

    @staticmethod
    def _field_type(part: Element | None) -> str:
        found = child(part, "typeRef")
        return (found.text or "").strip() if found is not None else ""

    def fields(self, type: str) -> dict[str, str]:
        """Declared types of the fields of a declared type."""
        item = self._items.get(type)
        return {part.get("name", ""): self._field_type(part) for part in children(item, "itemComponent")}

    def kind(self, type: str) -> KIND:
        """Of a declared type; a number where nothing is declared."""
        type = type.rpartition(":")[2]
        if type in _KINDS:
            return _KINDS[type]
        if (item := self._items.get(type)) is not None:
            if item.get("isCollection") == "true":
                return "other"
            return "context" if children(item, "itemComponent") else self.kind(self._field_type(item))
        return "number" if type in ("", "Any") else "other"


def _kind(raw: Any) -> KIND:
    match raw:
        case bool():
            return "boolean"
        case Decimal():
            return "number"
        case str():
            return "text"
        case date():
            return "date"
        case _:
            return "other"
