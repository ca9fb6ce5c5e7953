"""Taking a file in."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.files import checking, holding, inspection, models, store
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, TooLarge


def take_in(
    *,
    acting: Acting,
    owner: UUID,
    root: UUID,
    name: str,
    data: bytes,
    formats: tuple[str, ...],
    max_bytes: int,
) -> models.Upload:
    """Check and keep one file. Raises `TooLarge` or `Invalid` with words for the applicant; then nothing is kept.

    Where a scanner is set up, the file counts for nothing and nobody can open it until that has found it clean.
    """
    if len(data) > max_bytes:
        raise TooLarge(_("The file has %(size)s MB; at most %(limit)s MB are taken. Scan it at a lower resolution.") % {
            "size": round(len(data) / 1024 / 1024, 1), "limit": max_bytes // (1024 * 1024)})  # fmt: skip
    finding = inspection.inspect(data, formats)
    if finding.problem is not None or finding.format is None:
        raise Invalid(
            refusal_text(finding.problem or "wrong-format", formats),
            fields={"file": finding.problem or "wrong-format"},
        )
    with transaction.atomic():
        digest, address = _store(data)
        upload = models.Upload.objects.create(
            owner=owner, root=root, uploaded_by=acting.actor, name=safe_name(name),
            media_type=inspection.MEDIA_TYPES[finding.format], size=len(data), digest=digest, address=address,
            pages=finding.pages, checked_at=acting.now, created_at=acting.now,
        )  # fmt: skip
        audit.record(
            acting=acting, action="file.taken-in", root=root, object_kind="upload", object_id=upload.id,
            detail={"digest": address, "media_type": upload.media_type, "size": upload.size},
        )  # fmt: skip
        checking.queue(upload, acting.now)
    return upload


def keep_made(*, acting: Acting, owner: UUID, root: UUID, name: str, data: bytes) -> models.Upload:
    """Keep a PDF that the platform made, inside the transaction of an action that audits it with its digest.

    It passes the same inspection as what people hand in; one that does not is a mistake of ours: ValueError.
    """
    finding = inspection.inspect(data, ("pdf",))
    if finding.problem is not None:
        raise ValueError(f"a document made here does not pass the inspection: {finding.problem}")
    digest, address = _store(data)
    return models.Upload.objects.create(
        owner=owner, root=root, uploaded_by=None, name=safe_name(name), media_type=inspection.MEDIA_TYPES["pdf"],
        size=len(data), digest=digest, address=address, pages=finding.pages, checked_at=acting.now, created_at=acting.now,
    )  # fmt: skip


def refusal_text(problem: str, formats: tuple[str, ...]) -> str:
    """Plain words for a problem code of the inspection."""
    allowed = ", ".join(f.upper() for f in formats)
    return {
        "empty": _("The file is empty. Choose another one."),
        "executable": _("This is a program, whatever its name says. Upload the document as %(allowed)s.")
        % {"allowed": allowed},
        "wrong-format": _(
            "The content is not %(allowed)s, whatever the name says. Save it as one of these and try again."
        )
        % {"allowed": allowed},
        "broken": _(
            "The file is damaged or locked with a password. Open it on your device, save it again and retry."
        ),
        "active-content": _(
            "The PDF contains scripts or embedded files. Print it to PDF again and upload that copy."
        ),
        "too-many-pages": _("The PDF has more than 300 pages. Upload only the pages asked for."),
        "too-large-picture": _("The picture has too many pixels. Take it at a lower resolution."),
    }[problem]


def safe_name(name: str) -> str:
    """A file name for display: no path, no control or direction characters, at most 120 characters."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(c for c in base if unicodedata.category(c)[0] != "C").strip() or "file"
    return visible[-120:]


def _store(data: bytes) -> tuple[str, str]:
    """(SHA-256, address) of bytes that lie there now. The address is held until the transaction ends."""
    digest = hashlib.sha256(data).hexdigest()
    address = store.address_of(digest)
    holding.hold(address)
    store.put(digest, data)
    return digest, address
