"""Tickets, who reported them, what happened to them. Private to this room."""

from __future__ import annotations

from django.db import models

from tongban.base.kit.ids import uuid7


class Ticket(models.Model):
    """A complaint, a request or a suggestion (诉求工单). Says nothing of who made it: that is a `Reporter`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    """Public number; authorises nothing."""
    place = models.CharField(max_length=6)
    """Division code of the place whose hotline received it."""
    district = models.CharField(max_length=6)
    """Division code of where the matter lies; the place itself when it lies in no one district."""
    pack_digest = models.CharField(max_length=80)
    """Its class and terms are read in this pack for ever."""
    channel = models.CharField(max_length=12, choices=[(c, c) for c in ("web", "phone", "window", "api")])
    title = models.CharField(max_length=80)
    content = models.TextField()
    location = models.CharField(max_length=200)
    """The place complained about, in the reporter's words."""
    enterprise_name = models.CharField(max_length=120, blank=True)
    enterprise = models.UUIDField(null=True)
    """Subject complained about, when it was named by its credit code."""
    complaint_class = models.CharField(max_length=80, null=True)
    """Class in the pack; None until the words or a clerk decide it."""
    master = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    """The older ticket that this one was merged into."""
    state = models.CharField(max_length=12)
    """As the events say; kept for lists and never believed over them."""
    version = models.PositiveIntegerField(default=0)
    """One more with every event."""
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["place", "state"]), models.Index(fields=["place", "-received_at"]))

    def __str__(self) -> str:
        return self.number


class Reporter(models.Model):
    """Who reported a ticket. Read by the hotline's clerks and by nobody who handles it (条例 arts. 9 and 35)."""

    ticket = models.OneToOneField(Ticket, models.PROTECT, related_name="reporter")
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    subject = models.UUIDField(null=True, db_index=True)
    """Person or firm that may follow the ticket; None for a caller without an account."""
    secret = models.BooleanField(default=False)
    """A clerk sees who it is only after giving a reason, and that is written into the audit."""

    def __str__(self) -> str:
        return f"reporter of {self.ticket_id}"


class TicketEvent(models.Model):
    """Something that happened to a ticket. Only ever added."""

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=12)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    organisation = models.CharField(max_length=80, null=True)
    """Organisation that the actor serves; None for residents and the system."""
    detail = models.JSONField(default=dict)
    """Codes: the class, the unit, the reason, the answers of a call-back."""
    note = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["ticket", "sequence"], name="hotline_event_sequence"),)

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.event}"


class Dispatch(models.Model):
    """That a unit is to handle a ticket, with the times it was given (条例 art. 13)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="dispatches")
    organisation = models.CharField(max_length=80)
    dispatched_at = models.DateTimeField()
    dispatched_by = models.UUIDField()
    contact_by = models.DateTimeField()
    """First instant that is too late, as the unit was told; like the next."""
    feedback_by = models.DateTimeField()
    calendar = models.CharField(max_length=40)
    """Calendar that the times were counted with, and until when it was known."""
    ended_at = models.DateTimeField(null=True)
    """When the ticket went to another unit."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["ticket"], condition=models.Q(ended_at=None), name="hotline_one_unit_in_charge"
            ),
        )
        indexes = (models.Index(fields=["organisation", "ended_at"]),)

    def __str__(self) -> str:
        return f"{self.ticket_id} to {self.organisation}"


class Dispute(models.Model):
    """An objection of a unit (退单异议) and what the hotline ruled. Once per unit and ticket."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="disputes")
    organisation = models.CharField(max_length=80)
    reason = models.CharField(max_length=20)
    note = models.TextField()
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField()
    ruling = models.CharField(max_length=8, blank=True, choices=[(r, r) for r in ("upheld", "rejected")])
    ruling_note = models.TextField(blank=True)
    ruled_at = models.DateTimeField(null=True)
    ruled_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["ticket", "organisation"], name="hotline_one_objection_a_unit"),
        )

    def __str__(self) -> str:
        return f"{self.organisation} against {self.ticket_id}"


class CallBack(models.Model):
    """One call-back (回访): whether the reporter was reached, and the answers."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="call_backs")
    at = models.DateTimeField()
    day = models.DateField()
    """Civil date of the place: two calls on one day count as one."""
    by_reporter = models.BooleanField(default=False)
    """Answered by the reporter on the page."""
    reached = models.BooleanField()
    solved = models.CharField(max_length=8, blank=True)
    satisfied = models.CharField(max_length=12, blank=True)
    note = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"call-back of {self.ticket_id}"
