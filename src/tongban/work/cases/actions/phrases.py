"""Writing, changing and deleting the texts that officers use again."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tongban.base.audit import actions as audit
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.work.cases import desk_access, models, phrases

LONGEST = 2000


def write(*, acting: Acting, purpose: str, title: str, body: str, shared: bool) -> models.Phrase:
    """A new text: one's own, or shared by the organ in its place. Raises `Invalid` with what does not fit.

    The same text written again gives the one there is.
    """
    if acting.role != "officer" or acting.organisation is None or acting.actor is None:
        raise NotFound(_gone())
    title, body = _checked(title, body)
    if purpose not in phrases.PURPOSES:
        raise Invalid(
            _("Choose what the text is for."), fields={"purpose": _("Choose what the text is for.")}
        )
    with transaction.atomic():
        owner = None if shared else acting.actor
        same = desk_access.phrases(acting).filter(purpose=purpose, owner=owner, title=title, body=body)
        if (known := same.first()) is not None:
            return known
        phrase = models.Phrase.objects.create(
            organisation=acting.organisation, place=acting.place, owner=owner, purpose=purpose, title=title, body=body,
            written_by=acting.actor, written_at=acting.now, changed_at=acting.now,
        )  # fmt: skip
        _note(acting, phrase, "phrase.written")
    return phrase


def change(
    *, acting: Acting, phrase: UUID, title: str, body: str, version: int | None = None
) -> models.Phrase:
    """Change a text of one's own, or a shared one that one wrote; whoever leads the team may change every shared one."""
    title, body = _checked(title, body)
    with transaction.atomic():
        row = _own(acting, phrase, version)
        if (row.title, row.body) == (title, body):
            return row
        row.title, row.body, row.changed_at = title, body, acting.now
        row.version += 1
        row.save()
        _note(acting, row, "phrase.changed")
    return row


def delete(*, acting: Acting, phrase: UUID, version: int | None = None) -> None:
    """Take a text out of use. What was sent with it stays as it is."""
    with transaction.atomic():
        row = _own(acting, phrase, version)
        row.deleted_at = row.changed_at = acting.now
        row.version += 1
        row.save()
        _note(acting, row, "phrase.deleted")


def may_change(acting: Acting, phrase: models.Phrase, leads: bool) -> bool:
    return acting.actor in (phrase.owner, phrase.written_by) or (leads and phrase.owner is None)


def _own(acting: Acting, phrase: UUID, version: int | None) -> models.Phrase:
    row = desk_access.phrases(acting).select_for_update().filter(pk=phrase).first()
    if row is None:
        raise NotFound(_gone())
    if not may_change(acting, row, desk_access.leads(acting)):
        raise NotNow(
            _("Only whoever wrote a shared text, or leads the team, may change it. Write one of your own.")
        )
    if version is not None and version != row.version:
        raise StaleVersion(
            _("Somebody changed this text in the meantime. Look at it again; what you typed is kept below.")
        )
    return row


def _checked(title: str, body: str) -> tuple[str, str]:
    title, body = " ".join(title.split())[:80], body.replace("\r\n", "\n").strip()
    problems = {}
    if not title:
        problems["title"] = _("Give it a name by which you find it.")
    if not body:
        problems["body"] = _("Write the text.")
    elif len(body) > LONGEST:
        problems["body"] = _("At most %(most)d characters.") % {"most": LONGEST}
    elif wrong := phrases.unknown(body):
        problems["body"] = _("There is no place called %(names)s. The places that there are stand below.") % {
            "names": ", ".join(f"{{{name}}}" for name in wrong)
        }
    if problems:
        raise Invalid(_("The text needs another look."), fields=problems)
    return title, body


def _gone() -> str:
    return _("There is no such text, or it is not yours to see.")


def _note(acting: Acting, phrase: models.Phrase, action: str) -> None:
    audit.record(
        acting=acting, action=action, root=phrase.id, object_kind="phrase", object_id=phrase.id,
        detail={"shared": phrase.owner is None, "purpose": phrase.purpose, "version": phrase.version},
    )  # fmt: skip
