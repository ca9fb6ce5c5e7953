"""Finding what contains some characters, by an index over single characters and pairs of them.

`tongban_grams(text)` is made by a migration of base/identity; a GIN index over `tongban_grams(column)` answers. Chinese
needs that: words are not separated, and most names that are searched for have two characters.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, QuerySet, TextField, Value


def containing(rows: QuerySet[Any], column: str, asked: str) -> QuerySet[Any]:
    """Rows whose column contains these characters, capital or small alike."""
    wanted = parts(asked)
    if not wanted:
        return rows
    return rows.alias(grams=_grams(column)).filter(
        grams__contains=Value(wanted, output_field=ArrayField(TextField())), **{f"{column}__icontains": asked}
    )


def parts(asked: str) -> list[str]:
    """What the index is asked for: the pairs of a text, or its only character."""
    text = asked.lower()
    return sorted({text[at : at + 2] for at in range(len(text) - 1)}) or ([text] if text else [])


def _grams(column: str) -> Any:
    return Func(F(column), function="tongban_grams", output_field=ArrayField(TextField()))
