"""Entitlements with their history, the budgets they draw on, the runs that found them. Private to this room."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from tongban.base.kit.ids import uuid7
from tongban.work.policies.states import State

STATES = [(state.value, state.value) for state in State]
ROUND_STATES = ("looking", "drawn", "telling", "told", "closed", "dropped")
WITH_PAYMENT = (State.PAID.value, State.RECLAIMED.value, State.REPAID.value, State.RETURNED.value)


class WrittenOnce(models.Model):
    """A row that is added and never changed or deleted."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} rows are only ever added")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError(f"{type(self).__name__} rows are never deleted")


class BudgetYear(models.Model):
    """What one policy sets aside in one year: fen, or units of what it offers. Its row is locked while an amount is
    reserved or released."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    place = models.CharField(max_length=6)
    """Jurisdiction of the pack that sets the money aside."""
    total_fen = models.BigIntegerField()
    """As the pack in force says; never below what is reserved."""
    reserved_fen = models.BigIntegerField(default=0)
    """Held for entitlements in a reserving state, paid ones included."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["policy", "year", "place"], name="policies_budget_once"),
            models.CheckConstraint(
                condition=Q(reserved_fen__gte=0) & Q(reserved_fen__lte=F("total_fen")),
                name="policies_never_overdrawn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.policy} {self.year} {self.place}"


class MatchingRun(WrittenOnce):
    """One look at everything that may be due to one subject: what was read, and what each policy came out as."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    at = models.DateTimeField()
    on = models.DateField()
    """Civil date of the place: the date that rules and parameters were read as of."""
    cause = models.CharField(max_length=80)
    """`message:<id>`, or `asked` by the owner."""
    pack_digest = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    """Fact name to {value, source, source_id, reference, observed_at}: only what the policies read."""
    results = models.JSONField(default=list)
    """[{policy, result, ground, amount_fen, failing, missing, findings}] in the pack's order."""

    class Meta:
        indexes = (models.Index(fields=["subject", "-at"]),)

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d}"


class Entitlement(models.Model):
    """One amount that one policy owes one subject, found without an application (免申即享)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    subject = models.UUIDField(db_index=True)
    once_key = models.CharField(max_length=60)
    """What the policy is granted once to: the subject, the person behind it, or the subject in a year."""
    organisation = models.CharField(max_length=80)
    """Organ in charge of the policy; with `place` it says whose officers may see the row."""
    place = models.CharField(max_length=6)
    payer = models.CharField(max_length=80, null=True)
    """Organ that pays; None where the place has none."""
    payer_place = models.CharField(max_length=6, null=True)
    amount_fen = models.BigIntegerField()
    """Of an offer that is not money: its units."""
    budget = models.ForeignKey(BudgetYear, models.PROTECT, null=True, related_name="entitlements")
    """None: the policy has no budget, or none for this year."""
    state = models.CharField(max_length=20, choices=STATES)
    ground = models.CharField(max_length=10, choices=[("law", "law"), ("consent", "consent")])
    """On what the data was read: a duty set by the cited articles, or the subject's consent."""
    facts = models.JSONField()
    """As in `MatchingRun`, for this policy alone: enough to replay it."""
    facts_digest = models.CharField(max_length=32)
    findings = models.JSONField()
    """{conditions: {id: Finding}, amount: Finding}."""
    pack_digest = models.CharField(max_length=80)
    engine = models.CharField(max_length=20)
    articles = models.JSONField(default=list)
    found_at = models.DateTimeField()
    found_on = models.DateField()
    confirm_by = models.DateField(null=True)
    """Last day to answer; None while no money is reserved."""
    provisional = models.BooleanField(default=False)
    """`confirm_by` lies past what the calendar knows."""
    due_on = models.DateField(null=True)
    """Last day to pay; None until confirmed."""
    paid_on = models.DateField(null=True)
    payment = models.CharField(max_length=60, blank=True)
    """Reference of the payment."""
    payee_name = models.CharField(max_length=120, blank=True)
    payee_account = models.BinaryField(null=True)
    """Encrypted; see `payees`."""
    payee_last_four = models.CharField(max_length=4, blank=True)
    full_fen = models.BigIntegerField(null=True)
    """Where a round gave a share only: what the rules came to."""
    reclaim = models.JSONField(null=True)
    """{rule, on, principal_fen, interest_fen, rate, reasons} of what is claimed back."""
    repaid_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["policy", "once_key"], condition=~Q(state="withdrawn"), name="policies_granted_once"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="policies_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in State]), name="policies_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WITH_PAYMENT, paid_on__isnull=False)
                | (~Q(state__in=WITH_PAYMENT) & Q(paid_on=None)),
                name="policies_paid_has_day",
            ),
        )
        indexes = (
            models.Index(fields=["organisation", "place", "state"]),
            models.Index(fields=["state", "confirm_by"]),
        )

    def __str__(self) -> str:
        return f"{self.policy} for {self.subject}"


class EntitlementEvent(WrittenOnce):
    """Something that happened to an entitlement."""

    entitlement = models.ForeignKey(Entitlement, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    event = models.CharField(max_length=12)
    day = models.DateField()
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    organisation = models.CharField(max_length=80, null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["entitlement", "sequence"], name="policies_event_sequence"),
        )

    def __str__(self) -> str:
        return f"{self.entitlement_id} {self.event}"


class Contest(models.Model):
    """What the owner says is wrong, and the office's answer with reasons. Once per entitlement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entitlement = models.OneToOneField(Entitlement, models.PROTECT, related_name="contest")
    text = models.TextField()
    raised_at = models.DateTimeField()
    raised_by = models.UUIDField()
    outcome = models.CharField(
        max_length=10, blank=True, choices=[("upheld", "upheld"), ("withdrawn", "withdrawn")]
    )
    """Of the finding, not of the contest: it stands, or the office takes it back."""
    reasons = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome="", answered_at=None) | (~Q(outcome="") & ~Q(reasons="") & Q(answered_at__isnull=False)),
                name="policies_answer_has_reasons",
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"contest of {self.entitlement_id}"


class MatchingPause(models.Model):
    """That nobody looks for benefits for this subject until it says otherwise (个人信息保护法 art. 24: easy refusal)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.UUIDField()
    since = models.DateTimeField()
    by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["subject"], condition=Q(ended_at=None), name="policies_one_pause"
            ),
        )

    def __str__(self) -> str:
        return f"no matching for {self.subject}"


class Round(models.Model):
    """One policy looked at for everybody on one day: a list that the office confirms, publishes, has paid and closes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    pack_digest = models.CharField(max_length=80)
    on = models.DateField()
    """Civil date that rules and parameters are read as of."""
    began_at = models.DateTimeField()
    began_by = models.UUIDField(null=True)
    touched_at = models.DateTimeField()
    """When the job last did something; a job that died is taken up again."""
    state = models.CharField(max_length=10, choices=[(one, one) for one in ROUND_STATES])
    cursor = models.UUIDField(null=True)
    """Subject up to which everybody was looked at, or line up to which everybody was told."""
    total = models.PositiveIntegerField(default=0)
    """How many subjects there were when it began."""
    looked = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict)
    """Result to how many: `eligible`, `near`, `needs-data`, `not`, `not-read`, `had`."""
    order = models.CharField(max_length=10)
    partial = models.BooleanField(default=False)
    available_fen = models.BigIntegerField(null=True)
    """What the budget held when the list was confirmed; None before, and for a policy without a budget."""
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    public_from = models.DateField(null=True)
    public_to = models.DateField(null=True)
    """Last day of publicity; nothing is paid before it is over."""
    closed_at = models.DateTimeField(null=True)
    archive = models.JSONField(null=True)
    archive_digest = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["policy", "place"], condition=~Q(state__in=["closed", "dropped"]), name="policies_one_open_round"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.policy} {self.on}"

    def objections_open(self) -> int:
        """How many objections nobody has answered yet."""
        return Objection.objects.filter(line__round=self, outcome="").count()


class RoundLine(models.Model):
    """One subject to whom the policy of a round is due."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    round = models.ForeignKey(Round, models.PROTECT, related_name="lines")
    subject = models.UUIDField()
    amount_fen = models.BigIntegerField()
    """What the rules come to."""
    score = models.BigIntegerField(default=0)
    rank = models.PositiveIntegerField(null=True)
    """Place on the list, from 1: by score where the budget says so, then who was registered first. None until it is
    drawn. A line that is struck keeps its place."""
    given_fen = models.BigIntegerField(default=0)
    """What the budget gives; a forecast until the list is confirmed."""
    ground = models.CharField(max_length=10)
    facts = models.JSONField()
    findings = models.JSONField()
    struck = models.TextField(blank=True)
    """Reasons why the office took it off the list."""
    entitlement = models.OneToOneField(Entitlement, models.PROTECT, null=True, related_name="line")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["round", "subject"], name="policies_line_once"),
            models.UniqueConstraint(
                fields=["round", "rank"], name="policies_line_rank_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(
                condition=Q(given_fen__gte=0) & Q(given_fen__lte=F("amount_fen")), name="policies_line_within_amount"
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return f"{self.round_id}: {self.subject}"


class Objection(models.Model):
    """What somebody says against a line of a list in publicity, and the office's answer with reasons."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    line = models.ForeignKey(RoundLine, models.PROTECT, related_name="objections")
    by = models.UUIDField()
    """Subject on whose behalf; only the office knows."""
    text = models.TextField()
    raised_at = models.DateTimeField()
    outcome = models.CharField(
        max_length=10, blank=True, choices=[("stands", "stands"), ("struck", "struck")]
    )
    reasons = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["line", "by"], name="policies_objection_once"),)

    def __str__(self) -> str:
        return f"objection to {self.line_id}"


class Simulation(models.Model):
    """A change of numbers tried on the whole population by a job; nothing is decided by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    policy = models.CharField(max_length=80)
    pack_digest = models.CharField(max_length=80)
    on = models.DateField()
    values = models.JSONField()
    """Parameter to the value that was tried, as it was typed."""
    by = models.CharField(max_length=80, blank=True)
    """Column that groups the subjects."""
    organisation = models.CharField(max_length=80)
    place = models.CharField(max_length=6)
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    touched_at = models.DateTimeField()
    state = models.CharField(
        max_length=8, choices=[(one, one) for one in ("waiting", "running", "done", "failed")]
    )
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    result = models.JSONField(null=True)
    """{groups: {group: Effect}, rows, rejected, seconds}; of a failed one {error}."""

    def __str__(self) -> str:
        return f"{self.policy} {self.values}"


class KeptSituation(models.Model):
    """What somebody told the calculator and wants to come back to. Only they can open it; nothing is decided by it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.UUIDField(db_index=True)
    """Subject on whose behalf it was kept."""
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=60)
    sealed = models.BinaryField()
    """Encrypted; see `sealing`."""
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.owner}"


WRITTEN_ONCE = (MatchingRun, EntitlementEvent)
