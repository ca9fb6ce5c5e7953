"""Articles of law as pages and documents cite them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack


@dataclass(frozen=True, slots=True)
class Basis:
    """A cited article with a link to its text."""

    label: str
    link: str


def bases(pack: Pack, articles: Iterable[str]) -> list[Basis]:
    """Cited articles (`act#number`) as links; an act that this pack does not hold is left out."""
    found = []
    for cited in articles:
        act, _, number = cited.partition("#")
        if act in pack.laws:
            found.append(Basis(f"{in_language(pack.laws[act].name)} {number}", f"/laws/{act}#{number}"))
    return found
