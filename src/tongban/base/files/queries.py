"""Reading uploads. Who may is decided by the room whose matter the file belongs to."""

from __future__ import annotations

from uuid import UUID

from tongban.base.files import models, store


def upload(upload_id: UUID) -> models.Upload:
    return models.Upload.objects.get(pk=upload_id)


def content(upload: models.Upload) -> bytes:
    return store.get(upload.digest)
