"""Trust lists of other nodes in `$TONGBAN_HOME/trusted`: kept only for the places each node may speak for.

Needs no database: a licence of a neighbour is checked with what lies here, also while the neighbour is down.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator

from tongban.base.peers import cards
from tongban.records.licences import trust

log = logging.getLogger(__name__)


class ListRefused(ValueError):
    """A list that this node does not take from that peer; the message says why."""


def store(node: str, data: bytes) -> trust.TrustList:
    """Keep the list of a peer in place of the one before. Raises `ListRefused`.

    It may name only offices of the peer's own place, and it may not be older than what is kept: whoever repeats an
    old list could bring a withdrawn licence back.
    """
    try:
        found = trust.parse(data)
    except trust.TrustListInvalid as error:
        raise ListRefused(f"the list of {node} cannot be used: {error}") from error
    for issuer in found.issuers:
        place = re.fullmatch(r"urn:tongban:([0-9]{6}):[a-z0-9-]+", issuer)
        if place is None or not cards.covers(node, place[1]):
            raise ListRefused(
                f"the list of {node} names {issuer[:120]!r}, which is not an office of that place"
            )
    kept = of(node).published
    if found.published is None or (kept is not None and found.published < kept):
        raise ListRefused(f"the list of {node} is older than the one kept here")
    path = trust.folder_of_others() / f"{node}.json"
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.write_bytes(data)
    os.replace(draft, path)
    return found


def forget(node: str) -> None:
    """Licences of that place are "not ours" from now on."""
    (trust.folder_of_others() / f"{node}.json").unlink(missing_ok=True)


def of(node: str) -> trust.TrustList:
    """The list kept of one peer; empty when there is none that can be read."""
    path = trust.folder_of_others() / f"{node}.json"
    try:
        return trust.read(path) if path.exists() else trust.TrustList()
    except trust.TrustListInvalid as error:
        log.error("%s", error)
        return trust.TrustList()


def others() -> Iterator[trust.TrustList]:
    """Every list kept here. A broken one is left out and logged: its places' licences then are "not ours"."""
    for path in sorted(trust.folder_of_others().glob("*.json")):
        if path.name.startswith("."):
            continue
        try:
            yield trust.read(path)
        except trust.TrustListInvalid as error:
            log.error("%s", error)
