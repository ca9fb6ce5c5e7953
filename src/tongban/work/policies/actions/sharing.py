"""The order of a list, and what each line of it is given. A line is some bytes in memory, however many there are."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q

from tongban.core.planning.allotment import allot
from tongban.work.policies import models

SOME: Final = 5_000
"""Lines that are read or written at once."""
_UUID: Final = 16
"""Bytes."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Lines with the same score of which some are given something and some are not."""

    score: int
    given: int
    waiting: int


def rank(row: models.Round) -> None:
    """Puts the lines of a list that is complete into their order: by score where the budget says so; those with equal
    scores, and all others, as they were registered on this node."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE policies_roundline AS line SET rank = found.rank FROM ("
            "SELECT id, row_number() OVER (ORDER BY CASE WHEN %s THEN -score ELSE 0 END, subject) AS rank "
            "FROM policies_roundline WHERE round_id = %s"
            ") AS found WHERE line.id = found.id AND line.rank IS DISTINCT FROM found.rank",
            [row.order == "score", row.pk],
        )


def share_out(row: models.Round, available: int | None) -> None:
    """What each line is given of what is available, by the order of the budget. Lines that were struck are given nothing."""
    keys, amounts, scores = bytearray(), array("q"), array("q")
    lines = row.lines.filter(struck="").order_by("rank").values_list("id", "amount_fen", "score")
    for key, amount, score in lines.iterator(chunk_size=SOME):
        keys += key.bytes
        amounts.append(amount)
        scores.append(score)
    given = (
        list(amounts) if available is None
        else allot(amounts, available, row.order, scores=scores, partial=row.partial)  # type: ignore[arg-type]
    )  # fmt: skip
    row.lines.exclude(struck="").exclude(given_fen=0).update(given_fen=0)
    with connection.cursor() as cursor:
        for chosen, amounts_given in _parts(keys, given):
            cursor.execute(
                "UPDATE policies_roundline AS line SET given_fen = found.given FROM "
                "unnest(%s::uuid[], %s::bigint[]) AS found(id, given) "
                "WHERE line.id = found.id AND line.given_fen <> found.given",
                [chosen, amounts_given],
            )


def ties(row: models.Round) -> list[Tie]:
    """Where equal scores had to be told apart by another order; the highest score first."""
    if row.order != "score":
        return []
    found = (
        row.lines.filter(struck="").values("score")
        .annotate(given=Count("id", filter=Q(given_fen__gt=0)), waiting=Count("id", filter=Q(given_fen=0)))
        .filter(given__gt=0, waiting__gt=0).order_by("-score")
    )  # fmt: skip
    return [Tie(one["score"], one["given"], one["waiting"]) for one in found]


def _parts(keys: bytearray, given: list[int]) -> Iterator[tuple[list[UUID], list[int]]]:
    for first in range(0, len(given), SOME):
        last = min(first + SOME, len(given))
        chosen = [UUID(bytes=bytes(keys[at * _UUID : (at + 1) * _UUID])) for at in range(first, last)]
        yield chosen, given[first:last]
