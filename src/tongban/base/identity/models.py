"""Subjects (persons and firms), accounts, officers' posts, mandates."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from tongban.base.kit.ids import uuid7


class Subject(models.Model):
    """A person or a firm that has rights and duties. A firm being founded exists here before it has a code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=[("person", "person"), ("enterprise", "enterprise")])
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    identifier = models.CharField(max_length=18, null=True, unique=True)
    """Resident id number or unified social credit code; None until a registration binds it."""
    phone = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A way to sign in. Belongs to one person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(Subject, models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ()
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username


class Post(models.Model):
    """What an account may do for an organ: `officer`, `clerk` (window) or `auditor`."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts")
    organisation = models.CharField(max_length=80)
    """Id of the organisation in the pack."""
    role = models.CharField(max_length=12, choices=[(r, r) for r in ("officer", "clerk", "auditor")])
    place = models.CharField(max_length=6)
    leads = models.BooleanField(default=False, db_default=False)
    """Leads those who hold the same post in this organ and place: sees who has what in hand, and moves it."""
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "organisation", "role", "place"], name="identity_post_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account} {self.role} of {self.organisation}"


class Mandate(models.Model):
    """That `agent` may act for `principal`: as its legal representative, or by authorisation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey(Subject, models.PROTECT, related_name="mandates_given")
    agent = models.ForeignKey(Subject, models.PROTECT, related_name="mandates_held")
    ground = models.CharField(
        max_length=20, choices=[("representative", "representative"), ("authorised", "authorised")]
    )
    events = models.JSONField(default=list)
    """Ids of the life events it is limited to; empty: everything. Only an authorisation is ever limited."""
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    given_by = models.UUIDField(null=True)
    """Account; None where a registration made it."""
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["principal", "agent", "ground"],
                condition=Q(revoked_at=None),
                name="identity_mandate_once",
            ),
            models.CheckConstraint(
                condition=~Q(ground="representative") | Q(events=[]),
                name="identity_representative_of_everything",
            ),
        )

    def __str__(self) -> str:
        return f"{self.agent_id} for {self.principal_id}"
