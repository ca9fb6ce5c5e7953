"""Uploads: checked by content, scanned, encrypted, named by a keyed digest of their bytes."""

from __future__ import annotations

from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from tongban.base.kit.ids import uuid7

USABLE = ("clean", "exempt")
"""States of the scan in which a file can be opened and counts."""


class Upload(models.Model):
    """One file of a matter: handed in by a subject, or made by the platform for it. The bytes lie encrypted outside the database.

    The same bytes lie there once, however many rows refer to them; they go when the last row has been destroyed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.UUIDField()
    """Subject whose matter it belongs to."""
    root = models.UUIDField(null=True)
    """Root record whose audit chain tells of it; None for files from before this was kept."""
    uploaded_by = models.UUIDField(null=True)
    """Account; None: made by the platform."""
    name = models.CharField(max_length=120, blank=True)
    """As handed in; empty once destroyed."""
    media_type = models.CharField(max_length=40)
    """As found in the content, whatever the name says."""
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, blank=True)
    """SHA-256 of the bytes, hex; never leaves the node. Empty once destroyed: it would tell what was in the file."""
    address = models.CharField(max_length=32, db_index=True)
    """Keyed digest under which the bytes lie. Stays: with a copy in hand this node can tell whether it is that file."""
    pages = models.PositiveIntegerField(null=True)
    checked_at = models.DateTimeField()
    """When its content passed the checks; nothing unchecked is ever stored."""
    scan = models.CharField(
        max_length=9,
        default="exempt",
        choices=[(s, s) for s in ("unscanned", "clean", "infected", "failed", "exempt")],
    )
    """`unscanned` waits for the scanner; `exempt`: made by the platform, or taken in where no scanner is set up."""
    scan_attempts = models.PositiveSmallIntegerField(default=0)
    """Answers of the scanner that were no finding."""
    scan_next_at = models.DateTimeField(null=True)
    scan_problem = models.CharField(max_length=200, blank=True)
    scanned_at = models.DateTimeField(null=True)
    scanner = models.CharField(max_length=80, blank=True)
    """Program and signatures that found it clean or infected."""
    malware = models.CharField(max_length=200, blank=True)
    """Name of what was found."""
    created_at = models.DateTimeField()
    destroyed_at = models.DateTimeField(null=True)
    """From then on the row is a tombstone: the bytes are gone."""
    destroyed_because = models.JSONField(default=dict)
    """{reason, retention, due, articles}: a code, the class of retention, the day, the law."""

    class Meta:
        indexes = (
            models.Index(fields=["owner", "digest"]),
            models.Index(fields=["scan_next_at"], condition=models.Q(scan="unscanned"), name="files_to_scan"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(digest="", name=""),
                name="files_tombstone_tells_nothing",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.media_type}, {self.size} bytes)"

    @property
    def usable(self) -> bool:
        """Whether it can be opened and meets a material."""
        return self.scan in USABLE and self.destroyed_at is None

    @property
    def in_words(self) -> str:
        """Its state for people; empty where there is nothing to say."""
        if self.destroyed_at is not None:
            return _("Destroyed on %(day)s, when the time for keeping it was over.") % {
                "day": localdate(self.destroyed_at).isoformat()
            }
        return {
            "unscanned": _("It is being checked for malware. Until then nobody can open it and it does not count."),
            "infected": _("Malware was found in it. Nobody can open it and it does not count: a clean file is needed."),
            "failed": _("It could not be checked for malware. Nobody can open it and it does not count: another copy is needed."),
            "clean": _("Checked for malware."),
        }.get(self.scan, "")  # fmt: skip


class Hold(models.Model):
    """A legal hold: while it stands, no file of this root record is destroyed, however long it has been due."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    root = models.UUIDField(db_index=True)
    organisation = models.CharField(max_length=80)
    """Organ that set it; only that one lifts it."""
    reason = models.CharField(max_length=500)
    set_at = models.DateTimeField()
    set_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    lifted_because = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["root", "organisation"],
                condition=models.Q(lifted_at=None),
                name="files_one_standing_hold",
            ),
        )

    def __str__(self) -> str:
        return f"hold on {self.root} by {self.organisation}"
