"""Finding cases by number, by name, by the number of the licence they led to. Reads only.

What is found is a part of what `access` shows anyway: each way of finding starts from there, so that neither a list nor
a count can tell of a case that is not theirs.

| asked for                 | found by                                                                          |
|---------------------------|-----------------------------------------------------------------------------------|
| number of case or application | its beginning, or the running number alone; btree indexes                     |
| name of shop or applicant | anything inside it, from one character on; GIN index over single characters and pairs |
| number of a licence       | the whole of it, as written or as its identifier; nobody gropes for one digit by digit  |

Pairs of characters and not trigrams: most Chinese names that are searched for have two, which no trigram finds.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, QuerySet, TextField, Value

from tongban.base.identity import queries as identity
from tongban.base.kit import grams
from tongban.base.kit.acting import Acting
from tongban.records.licences import queries as licences
from tongban.work.cases import access, models

SHORTEST_NUMBER = 6
"""Digits of a running number; fewer are filled up with noughts."""


def found(acting: Acting, text: str) -> QuerySet[models.Case]:
    """Cases that the one who acts may read and that fit; all of them where nothing is asked for."""
    asked = " ".join(text.replace("\x00", "").split())
    mine = access.cases(acting)
    if not asked:
        return mine
    ways = _ways(mine, asked)
    first, *others = (one.values("pk") for one in ways)
    return mine.filter(pk__in=first.union(*others))


def _ways(mine: QuerySet[models.Case], asked: str) -> list[QuerySet[models.Case]]:
    number = asked.upper()
    ways: list[QuerySet[models.Case]] = [mine.filter(number__startswith=number)]
    if asked.isascii() and asked.isdigit() and len(asked) <= SHORTEST_NUMBER:
        ways.append(mine.alias(running=_running()).filter(running=asked.zfill(SHORTEST_NUMBER)))
    named = grams.containing(models.Application.objects.filter(state="submitted"), "name", asked)
    ways.append(mine.filter(application__in=named.values("pk")))
    ways += [mine.filter(application__principal__in=people.values("pk")) for people in identity.named(asked)]
    decisions = models.Decision.objects.filter(pk__in=licences.decisions_of(asked))
    ways.append(mine.filter(pk__in=decisions.values("case")))
    return ways


def _running() -> Any:
    """The running number inside a case number; as the index has it."""
    return Func(F("number"), Value("-"), Value(3), function="split_part", output_field=TextField())
