"""Markdown of packs as HTML."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False})


def rendered(source: str) -> SafeString:
    """CommonMark. Tags that it holds are shown as text: a pack is content, not part of the site."""
    return mark_safe(_MARKDOWN.render(source))  # noqa: S308  # its own tags are escaped
