"""The calculator's own writes: keeping a situation, forgetting it, and looking at what is held about a subject."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.ids import uuid7
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.core.packs.pack import Pack
from tongban.work.policies import access, evidence, models, sealing
from tongban.work.policies.calculator.ladders import ladder_of
from tongban.work.policies.calculator.situation import Situation

PURPOSE: Final = "policy calculator"
KEY: Final = "situations"
MOST: Final = 20
MOST_NAME: Final = 60


def keep(*, acting: Acting, situation: Situation, name: str) -> models.KeptSituation:
    """Keeps a situation under a name; one of the same name is replaced. Raises Invalid without a name, NotNow when too many are kept."""
    name = " ".join(name.replace("\x00", "").split())[:MOST_NAME]
    if not name:
        message = _("Give it a name, so that you find it again.")
        raise Invalid(message, fields={"name": message})
    with transaction.atomic():
        own = access.kept(acting).select_for_update()
        row = own.filter(kind=situation.kind, name=name).first()
        if row is None and own.count() >= MOST:
            raise NotNow(_("You keep %(n)d already. Delete one that you no longer need.") % {"n": MOST})
        row = row or models.KeptSituation(
            id=uuid7(), owner=access.keeper(acting), kind=situation.kind, name=name
        )
        row.sealed = sealing.sealed(KEY, row.id, json.dumps(situation.to_json(), ensure_ascii=False))
        row.kept_at = acting.now
        row.save()
        _note(acting, "situation.kept", row.id)
    return row


def forget(*, acting: Acting, kept: UUID) -> str:
    """Deletes a kept situation; its name. Raises NotFound."""
    with transaction.atomic():
        row = access.kept_one(acting, kept)
        name = row.name
        row.delete()
        _note(acting, "situation.forgotten", kept)
    return name


def look_up(
    *, acting: Acting, subject: UUID, pack: Pack, situation: Situation, consents: bool
) -> Mapping[str, Mapping[str, Any]]:
    """What licences and registries say about one's own subject, of the facts that the policies read and no others.

    Each look is an entry that the subject can see. Raises Invalid without consent, NotFound for somebody else.
    """
    if not consents:
        message = _("Tick that it may be read, or go on without it.")
        raise Invalid(message, fields={"consent": message})
    with transaction.atomic():
        about = access.subject(acting, subject)
        ladder = ladder_of(pack, situation.kind, acting.today, situation.only)
        found = evidence.facts_of(about, pack, ladder.facts, acting.today)
        audit.record(
            acting=acting.because(PURPOSE), action="benefits.calculated", root=evidence.chain_of(about),
            object_kind="subject", object_id=about, detail={"facts": sorted(found)},
        )  # fmt: skip
    return found


def opened(row: models.KeptSituation) -> Any:
    """What was kept, as `situation.from_json` reads it."""
    return json.loads(sealing.opened(KEY, row.id, bytes(row.sealed)))


def _note(acting: Acting, action: str, row: UUID) -> None:
    audit.record(
        acting=acting.because(PURPOSE), action=action, root=access.keeper(acting), object_kind="situation", object_id=row
    )  # fmt: skip
