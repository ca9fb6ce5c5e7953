"""Text that a person sees, in both languages of the platform.

Bilingual(zh="开办餐饮店", en="Opening a restaurant")
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same text in simplified Chinese and in English. Traditional Chinese is generated, never stored."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", str_min_length=1)

    zh: str
    en: str

    def get(self, language: str) -> str:
        """The text for a language tag: `zh`, `zh-hans`, `zh-Hant`... give Chinese, anything else English."""
        return self.zh if language.lower().startswith("zh") else self.en
