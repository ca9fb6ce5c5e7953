"""Text in the reader's language. Traditional Chinese is made from simplified, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from opencc import OpenCC

from tongban.core.values.text import Bilingual

TAGS = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
"""Django's language codes to the tags of BCP 47."""


def language() -> str:
    """The active language: `zh-hans`, `zh-hant` or `en`."""
    active = (get_language() or "en").lower()
    return active if active in TAGS else "en"


def in_language(value: Any, wanted: str | None = None) -> str:
    """The text of a Bilingual or of `{zh, en}`; plain text stays as it is, None is empty."""
    wanted = (wanted or language()).lower()
    if isinstance(value, Bilingual):
        text = value.get(wanted)
    elif isinstance(value, Mapping):
        text = str(
            value.get("zh" if wanted.startswith("zh") else "en") or value.get("zh") or value.get("en") or ""
        )
    else:
        return "" if value is None else str(value)
    return traditional(text) if wanted == "zh-hant" else text


@lru_cache(maxsize=8192)
def traditional(text: str) -> str:
    """Traditional characters as Taiwan writes them (OpenCC s2tw)."""
    return _converter("s2tw").convert(text)


@lru_cache(maxsize=8192)
def simplified(text: str) -> str:
    return _converter("t2s").convert(text)


@lru_cache(maxsize=2)
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
