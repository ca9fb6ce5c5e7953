"""What a pack says about how long the files of a case are kept (保管期限): classes, and the services each is for.

    ten-years    10 years from the first of January after the case was closed    kinds: [public_service, payment]
    permanent    for ever                                                        services: [household-registration]

A class named by a service beats the one of its kind. `retention.class_of` answers for one service.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tongban.core.packs.model_base import Entry, Id
from tongban.core.values.text import Bilingual

ServiceKind = Literal["permit", "confirmation", "payment", "record", "public_service", "registration"]


class RetentionClass(Entry):
    """Exactly one of `years` and `permanent` is set."""

    name: Bilingual
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    permanent: bool = False
    counts_from: Literal["closing", "next-year"] = "next-year"
    """The day the last case was closed, or the first of January after it (as archives count)."""
    kinds: tuple[ServiceKind, ...] = ()
    """Services of these kinds, unless a class names them."""
    services: tuple[Id, ...] = ()


RETENTION_KINDS: dict[str, tuple[str, type[BaseModel]]] = {
    # folder: (attribute of Pack, model)
    "retention": ("retention", RetentionClass),
}
