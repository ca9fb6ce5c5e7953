"""What follows when the scanner has spoken of a file: what waited for it goes on, and the applicant hears of malware."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_noop as msg

from tongban.base.files import queries as files
from tongban.base.kit.acting import system
from tongban.base.notices import actions as notices
from tongban.base.notices.wording import both
from tongban.core.packs.pack import Pack
from tongban.core.procedures.model import State
from tongban.work.cases import form, hearing, models
from tongban.work.cases.actions import corrections

if TYPE_CHECKING:
    from tongban.base.audit.models import Message


def file_scanned(message: Message, now: datetime) -> None:
    """A file of an application is known to be clean, infected, or past checking."""
    upload = files.upload(UUID(message.payload["upload"]))
    row = models.Material.objects.filter(upload=upload.id, replaced_at=None).first()
    if row is None:
        return  # replaced or taken back in the meantime, or not of this room
    application = models.Application.objects.select_for_update().get(pk=row.application_id)
    if application.state == "discarded":
        return
    acting = system(now, application.place, "a file was scanned", message.request_id)
    pack = form.pack_of(application, acting)
    if not upload.usable:
        _tell(application, row, pack, upload.scan, now)
    elif application.state == "submitted":
        corrections.clear_deferral(acting, application, row.material)
        hearing.release(acting, application, pack)


def _tell(
    application: models.Application, row: models.Material, pack: Pack, found: str, now: datetime
) -> None:
    words = {
        "infected": (
            msg("Malware in a file: %(material)s"),
            msg("The scanner found malware in the file you handed in. Nobody can open it and it does not count. Hand in a clean file."),
        ),
        "failed": (
            msg("A file could not be checked: %(material)s"),
            msg("The file you handed in could not be checked for malware, so it does not count. Hand in another copy."),
        ),
    }.get(found)  # fmt: skip
    if words is None or row.material not in pack.materials:
        return
    notices.tell(
        subject=application.principal, cause=f"application:{application.id}:scan:{row.id}:{found}",
        title=both(words[0], material=pack.materials[row.material].name), body=both(words[1]),
        link=_where(application, row.material), now=now,
    )  # fmt: skip


def _where(application: models.Application, material: str) -> str:
    """Where the applicant hands in another one."""
    if application.state != "submitted":
        return f"/applications/{application.id}/materials#material-{material}"
    correcting = application.cases.filter(
        state=State.CORRECTING.value, corrections__answered_at=None, materials__contains=[material]
    ).first()
    return f"/cases/{correcting.number}/correct" if correcting else f"/applications/{application.number}"
