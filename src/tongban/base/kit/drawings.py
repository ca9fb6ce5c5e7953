"""A pack's SVG inside a page: parsed and written anew, so that only what XML sees can reach HTML."""

from __future__ import annotations

from functools import lru_cache
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe


@lru_cache(maxsize=32)
def inline(svg: bytes, css_class: str = "seal") -> SafeString:
    """The drawing with a class, hidden from screen readers: the name stands beside it.

    The loader has refused scripts, style sheets and outside links. Comments and CDATA, which HTML reads differently
    from XML, are lost by writing it anew.
    """
    root = ElementTree.fromstring(svg.decode("utf-8-sig"))  # noqa: S314  # the loader refuses entities
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.attrib = {name.rpartition("}")[2]: value for name, value in element.attrib.items()}
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.update({"class": css_class, "aria-hidden": "true", "focusable": "false"})
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # noqa: S308  # written by ElementTree
