"""Whose records a reader may open one by one.

| who                                           | numbers    | the records behind them |
| everybody                                     | all        | none                    |
| officers                                      | all        | of their own organ      |
| clerks, and the organ that leads on data      | all        | all                     |

A record here is a number and what the log says; the case itself opens only to who may see it (work/cases/access).
"""

from __future__ import annotations

from collections.abc import Callable

from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.readers.insight import logs
from tongban.readers.insight.compute import Row
from tongban.records.catalogue import access as catalogue

POSTS = ("officer", "clerk")


def sees_all(acting: Acting) -> bool:
    return acting.role == "clerk" or catalogue.oversees(acting)


def own_records(acting: Acting, pack: Pack, log: str) -> Callable[[Row], bool]:
    """Which records of a log the one who acts may open."""
    if acting.role not in POSTS:
        return lambda row: False
    if sees_all(acting):
        return lambda row: True
    return lambda row: logs.organisation_of(pack, log, row) == acting.organisation
