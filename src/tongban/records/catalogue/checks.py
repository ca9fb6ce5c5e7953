"""The platform check of a sharing request: what is plainly wrong, and what the steward should notice.

Mistakes send the form back. Findings only stand beside the request: a finding decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

from tongban.core.packs.model import Article, Organisation, Resource
from tongban.core.packs.pack import Pack
from tongban.core.planning import reads

SENSITIVE: Final = 3
"""Fields of this grade or above are pointed out (three of four grades: sensitive)."""
MOST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a department asks for, as it came from a form."""

    resource: Resource
    fields: tuple[str, ...]
    purpose: str
    articles: tuple[str, ...]
    event: str
    services: tuple[str, ...]

    def served(self, pack: Pack) -> tuple[str, ...]:
        """Ids of the services it is for: those named, or those of the life event."""
        if self.event in pack.life_events:
            return pack.life_events[self.event].services
        return self.services


def mistakes(pack: Pack, wanted: Wanted, at: date) -> dict[str, str]:
    """Field of the form -> what is wrong with it."""
    found: dict[str, str] = {}
    known = {field.id for field in wanted.resource.fields}
    if not wanted.fields or set(wanted.fields) - known:
        found["fields"] = _("Choose the fields that you need, one at least.")
    if not wanted.purpose or len(wanted.purpose) > MOST_WORDS:
        found["purpose"] = _("Say in at most %(n)d characters what the data is needed for.") % {
            "n": MOST_WORDS
        }
    unknown = [article for article in wanted.articles if article_of(pack, article, at) is None]
    if unknown:
        found["articles"] = _("Not in force here: %(articles)s.") % {"articles": ", ".join(unknown)}
    elif not wanted.articles and wanted.resource.sharing != "unconditional":
        found["articles"] = _("Name the article that lets you use this data.")
    served = wanted.served(pack)
    if (
        not served
        or set(served) - set(pack.services)
        or (wanted.event and wanted.event not in pack.life_events)
    ):
        found["services"] = _("Choose the life event or the services that the data serves.")
    return found


def findings(pack: Pack, wanted: Wanted, organ: Organisation) -> list[dict[str, str]]:
    """What the steward should look at: [{code, about}]. `about` is an id of the pack."""
    return [{"code": code, "about": about} for code, about in _findings(pack, wanted, organ)]


def article_of(pack: Pack, reference: str, at: date) -> Article | None:
    """The article `act#number` in force on the day; None when the pack has none."""
    act, _sign, number = reference.partition("#")
    law = pack.laws.get(act)
    for article in law.articles_ if law else ():
        begun = article.in_force_from is None or article.in_force_from <= at
        over = article.in_force_to is not None and article.in_force_to <= at
        if article.number == number and begun and not over:
            return article
    return None


def _findings(pack: Pack, wanted: Wanted, organ: Organisation) -> Iterator[tuple[str, str]]:
    fields: Mapping[str, object] = {field.id: field for field in wanted.resource.fields}
    served = wanted.served(pack)
    read = reads.facts_read(pack, served)
    for field in wanted.resource.fields:
        if field.id not in wanted.fields or field.id == wanted.resource.key:
            continue
        if field.grade >= SENSITIVE:
            yield "sensitive", field.id
        if field.fact is None or field.fact not in read:
            yield "not-read", field.id
    if len(fields) > 1 and set(wanted.fields) == set(fields):
        yield "every-field", wanted.resource.id
    for service in served:
        event = pack.life_events.get(wanted.event)
        if organ.authority not in (pack.services[service].authority, event.lead if event else ""):
            yield "not-in-charge", service
    if wanted.resource.sharing == "none":
        yield "not-shared", wanted.resource.id
