"""Whether the rules under a draft are others than those its applicant has last seen, and what that changes for it.

A draft is always planned under the pack in force. `seen_digest` names the pack whose rules the applicant knows: that of
the start, then whatever they have looked at on the page of changes. A pack that changes nothing for this draft is
never mentioned.
"""

from __future__ import annotations

from datetime import date

from tongban.base.directory import queries as directory
from tongban.core.packs.pack import Pack
from tongban.core.planning import moved as moving
from tongban.core.planning.moved import Moved
from tongban.work.cases import form, models


def seen(application: models.Application) -> str:
    """Digest of the pack whose rules the applicant knows; drafts from before this was kept know those of the last save."""
    return application.seen_digest or application.pack_digest


def changed(application: models.Application, pack: Pack, at: date) -> Moved | None:
    """What `pack` changes for a draft against the pack its applicant has seen; None: nothing, or no draft."""
    if application.state != "draft" or seen(application) == pack.digest:
        return None
    before = directory.pack(seen(application))
    if application.event not in before.life_events or application.event not in pack.life_events:
        return None
    said = {name: entry["value"] for name, entry in application.stated.items()}
    known = {name: entry["value"] for name, entry in application.answers.items()}
    found = moving.moved(
        before, pack, application.event, said, known, form.held_of(application), at, application.deferring
    )
    return found if found.any else None
