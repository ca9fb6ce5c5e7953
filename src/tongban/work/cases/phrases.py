"""Texts that officers use again: which there are, and what stands in their places for a case. Reads only.

phrases.filled("{service}, {number}: ...", row, organ)      places without a value stay as they are
phrases.unfilled(text)                                      the places still in it, so that none is sent
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext_noop as msg

from tongban.base.kit.acting import Acting
from tongban.base.kit.templatetags.kit import called
from tongban.base.kit.templatetags.kit import day as written_day
from tongban.base.kit.text import in_language
from tongban.work.cases import desk_access, models
from tongban.work.cases.worklist import Row

PLACES: Final = {
    "number": msg("number of the case"),
    "service": msg("what is applied for"),
    "applicant": msg("name of the applicant"),
    "name": msg("what the applicant calls it, for example the name of the shop"),
    "due": msg("the next day that binds the office"),
    "today": msg("today's date"),
    "organ": msg("name of your organ"),
}
"""Places that are filled from the case, written in braces."""

PURPOSES: Final = {"reasons": msg("For reasons"), "correction": msg("For corrections")}

_PLACE: Final = re.compile(r"\{\s*(\w+)\s*\}")


def for_use(acting: Acting, purpose: str, row: Row, organ: Any) -> list[tuple[models.Phrase, str]]:
    """Texts of this purpose with the case's own words in their places; one's own first."""
    found = desk_access.phrases(acting).filter(purpose=purpose).order_by("title", "pk")
    ordered = sorted(found, key=lambda phrase: phrase.owner is None)
    return [(phrase, filled(phrase.body, row, organ, acting.today)) for phrase in ordered]


def filled(body: str, row: Row, organ: Any, today: date) -> str:
    """The text with the case's own words; a place that has no value for this case stays as it is, in braces."""
    values = _values(row, organ, today)
    return _PLACE.sub(lambda place: values.get(place[1], "") or place[0], body)


def unfilled(text: str) -> list[str]:
    """Names of places that stand in a text, each once: it is not ready to be sent."""
    return [name for name in dict.fromkeys(_PLACE.findall(text)) if name in PLACES]


def unknown(body: str) -> list[str]:
    """What stands in braces and is no place."""
    return [name for name in dict.fromkeys(_PLACE.findall(body)) if name not in PLACES]


def _values(row: Row, organ: Any, today: date) -> Mapping[str, str]:
    return {
        "number": row.number,
        "service": in_language(row.service),
        "applicant": called(row.applicant),
        "name": row.name,
        "due": str(written_day(row.due.day)) if row.due else "",
        "today": str(written_day(today)),
        "organ": in_language(organ.name),
    }
