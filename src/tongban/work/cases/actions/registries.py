"""Asking registries for an application: outside every transaction, each look-up on disk before its values are used.

    found = registries.look(acting=acting, application=draft.id)     # the log commits here, one look-up at a time
    with transaction.atomic():
        gathering.gather(..., found=found)                           # the values are kept, or not

So a step that fails afterwards keeps nothing of what was found, and the log keeps that it was found. What is not kept
is still due: the next step asks again, and that is logged again.
"""

from __future__ import annotations

from uuid import UUID

from tongban.base.directory import queries as directory
from tongban.base.kit.acting import Acting
from tongban.core.packs.pack import Pack
from tongban.records.catalogue import actions as catalogue
from tongban.records.dossier import queries as dossier
from tongban.work.cases import access, models
from tongban.work.cases.actions import gathering
from tongban.work.cases.actions.gathering import NOTHING, Drawn, Due, Found


def look(*, acting: Acting, application: UUID) -> Found:
    """Ask every registry that is due for an application as it is saved now, and those whose keys that brings.

    Saves nothing of the application. RuntimeError inside a transaction, as soon as anything is due.
    """
    if not dossier.has_consent(application):
        return NOTHING
    found: dict[str, Drawn] = {}
    asked: set[tuple[str, str]] = set()
    while True:
        seen = access.application(acting, application)
        pack = gathering.gather_where_it_lies(acting, seen, found)
        left = [one for one in gathering.due(seen, pack) if (one.resource.id, one.digest) not in asked]
        if not left:
            return found
        for one in left:
            asked.add((one.resource.id, one.digest))
            found[one.resource.id] = _ask(acting, seen, pack, one)


def worth_keeping(found: Found) -> bool:
    """Whether anything came that a save would add."""
    return any(not drawn.refused for drawn in found.values())


def _ask(acting: Acting, application: models.Application, pack: Pack, one: Due) -> Drawn:
    try:
        answer = catalogue.look_up(
            acting=acting.because(f"application for {application.event}"), resource=one.resource, key=one.key,
            fields=one.fields, about=application.subject, root=application.id, under=_leading(application, pack),
            services=pack.life_events[application.event].services,
        )  # fmt: skip
    except catalogue.NoLiveGrant:
        return Drawn(one.digest, None, refused=True)
    if answer is None:
        return Drawn(one.digest, None)
    entry = {
        "kind": "registry", "id": one.resource.id, "reference": answer.reference, "valid_to": None,
        "on": answer.updated_at.date().isoformat(), "values": dict(answer.values),
    }  # fmt: skip
    return Drawn(one.digest, entry)


def _leading(application: models.Application, pack: Pack) -> str:
    """Organisation that leads the life event: registries are looked into under its grants. Empty when there is none."""
    lead = pack.life_events[application.event].lead
    try:
        return directory.organisation_for(pack, lead, application.place).id
    except LookupError:
        return ""
