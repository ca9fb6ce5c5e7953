"""What a node has acknowledged to its clients: the yardstick that its database is held to afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Told:
    submitted: dict[str, list[str]] = field(default_factory=dict)
    """Number of each acknowledged application to the numbers of its cases."""
    acts: dict[str, list[str]] = field(default_factory=dict)
    """Case number to what officers did to it, by the names of the events, in order."""
    versions: dict[str, int] = field(default_factory=dict)
    """Case number to the highest version that anybody was shown."""
    due: dict[str, str] = field(default_factory=dict)
    """Case number to the event that the passing of time owes it."""
    drafts: set[str] = field(default_factory=set)
    """Ids of every application that was begun."""

    def see(self, case: dict[str, Any]) -> None:
        number = case["number"]
        self.versions[number] = max(self.versions.get(number, 0), case["version"])
