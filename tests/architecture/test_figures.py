"""A template that counts something says to what the number opens (docs/recipes/show-a-number.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "src" / "tongban"
TEMPLATES = sorted(SOURCES.glob("**/templates/**/*.html"))
NEAR = 300
"""Characters within which the mark of a figure stands before its words."""
NOT_COUNTS = (
    "{{ n }} chosen",  # filters of the form at hand
    "{{ n }} page{%",  # of one file
    "{{ n }} month",  # a term
    "{{ n }} officer{%",  # who come to look: the applicant is not told their names
    "{{ n }} officer goes",
    "{{ n }} row could not be read",  # of a population: `tongban policy match` lists them
    "Electronic licence, valid for {{ years }} year",
    "{{ n }} record belongs to another organ",  # the part of a list that is not shown: data-hidden
    "{{ n }} record is not listed for you",
    "{{ n }} ticket is not shown to you",
    "{{ n }} more fault is not listed",
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_words_that_count_are_marked_as_a_figure(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for counted in re.finditer(
        r"{% blocktranslate[^%]*? count [^%]*%}(.*?){% endblocktranslate %}", text, re.DOTALL
    ):
        words = counted[1].lstrip()
        if words.startswith(NOT_COUNTS):
            continue
        before = text[max(0, counted.start() - NEAR) : counted.start()]
        assert "data-counts" in before or "data-hidden" in before, f"opens to nothing: {words[:80]}"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_a_count_shown_bare_is_marked_as_a_figure(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for shown in re.finditer(r"{{ [\w.]*(?:\|length|paginator\.count|\.count)(?:\|[\w:.]+)* }}", text):
        before = text[max(0, shown.start() - NEAR) : shown.start()]
        assert re.search(r"data-(counts|total|hidden|of)|count=", before), f"opens to nothing: {shown[0]}"
