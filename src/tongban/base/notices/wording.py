"""One wording, both languages: from an English msgid and parameters that may be bilingual themselves."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext

from tongban.core.values.text import Bilingual


def both(message: str, **parameters: object) -> Bilingual:
    """`message` is an English msgid with `%(name)s` places; a missing place is a KeyError before anything is sent."""
    texts = {}
    for field, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            values = {k: getattr(v, field) if isinstance(v, Bilingual) else v for k, v in parameters.items()}
            texts[field] = gettext(message) % values
    return Bilingual(**texts)
