"""Whether an SVG of a pack is a plain drawing: no script, no animation, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

from tongban.core.packs.pack import Position, Problem

MAX_BYTES: Final = 200_000

_ELEMENTS: Final = frozenset({"svg","g","defs","title","desc","metadata","path","rect","circle","ellipse","line","polyline","polygon","text","tspan","use","symbol","clipPath","mask","linearGradient","radialGradient","stop","pattern"})  # fmt: skip
_HINT: Final = "keep only shapes, text, gradients and links to parts of the same file (#name)"


def problems(file: str, content: bytes) -> tuple[Problem, ...]:
    """Everything in the file that a plain drawing would not have."""
    return tuple(
        Problem(Position(file), "svg-not-plain", message, _HINT)
        for message in dict.fromkeys(_messages(content))
    )


def _messages(content: bytes) -> list[str]:
    if len(content) > MAX_BYTES:
        return [f"the drawing is larger than {MAX_BYTES:,} bytes"]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ["the drawing is not UTF-8 text"]
    # Entities and style sheets stand in these; the parser below must never expand or follow them.
    if re.search(r"<!(DOCTYPE|ENTITY)|<\?xml-stylesheet", text, re.IGNORECASE):
        return ["the drawing has a document type, an entity or a style sheet"]
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # no entities can be declared: refused above
    except (ElementTree.ParseError, ValueError) as error:
        return [f"this is not an SVG drawing: {error}"]
    if _local(root.tag) != "svg":
        return ["this is not an SVG drawing: the outer element must be <svg>"]
    return [message for element in root.iter() for message in _element_messages(element)]


def _element_messages(element: ElementTree.Element) -> list[str]:
    name = _local(element.tag)
    found = [] if name in _ELEMENTS else [f"<{name}> is not allowed in a drawing"]
    for attribute, value in element.attrib.items():
        attribute = _local(attribute)
        if attribute.lower().startswith("on"):
            found.append(f"the attribute {attribute} would run a script")
        elif attribute == "href" and not value.startswith("#"):
            found.append("a link leads out of the drawing")
        elif re.search(r"url\s*\(\s*['\"]?\s*(?!['\"#\s])|@import|\\|javascript:", value, re.IGNORECASE):
            found.append(f"the attribute {attribute} fetches something from outside the drawing")
    return found


def _local(name: str) -> str:
    return name.rpartition("}")[2]
