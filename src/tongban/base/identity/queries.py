"""Reading persons, firms, posts and mandates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tongban.base.identity import models
from tongban.base.kit import grams


def subject(subject_id: UUID) -> models.Subject:
    return models.Subject.objects.get(pk=subject_id)


def subject_by_identifier(identifier: str) -> models.Subject | None:
    """By resident id number or credit code."""
    return models.Subject.objects.filter(identifier=identifier).first()


def names_of(subject_ids: set[UUID]) -> dict[UUID, models.Subject]:
    return models.Subject.objects.in_bulk(subject_ids)


def named(asked: str) -> tuple[QuerySet[models.Subject], QuerySet[models.Subject]]:
    """Subjects whose name, or name in Latin letters, contains these characters. For a room to narrow to what somebody
    may read."""
    everybody = models.Subject.objects.all()
    return grams.containing(everybody, "name", asked), grams.containing(everybody, "name_en", asked)


def ids_of_kind(kind: str, *, after: UUID | None = None, most: int) -> list[UUID]:
    """Subjects of a kind in the order of their ids, from behind one on."""
    found = models.Subject.objects.filter(kind=kind)
    if after is not None:
        found = found.filter(pk__gt=after)
    return list(found.order_by("pk").values_list("pk", flat=True)[:most])


def count_of_kind(kind: str) -> int:
    return models.Subject.objects.filter(kind=kind).count()


def post_of(account: models.Account, now: datetime) -> models.Post | None:
    """The post that an account fills; None for residents."""
    return account.posts.filter(_in_force(now)).order_by("id").first()


def leads(post_id: int | None, now: datetime) -> bool:
    """Whether whoever fills this post leads those who hold the same one in that organ and place."""
    return models.Post.objects.filter(_in_force(now), pk=post_id, leads=True).exists()


def colleagues(*, organisation: str, place: str, role: str, now: datetime) -> list[models.Account]:
    """Everybody who fills such a post there now, by name."""
    posts = models.Post.objects.filter(_in_force(now), organisation=organisation, place=place, role=role)
    found = models.Account.objects.filter(pk__in=posts.values("account_id"), is_active=True)
    return list(found.select_related("person").order_by("person__name", "id"))


def people_of(accounts: Collection[UUID]) -> dict[UUID, models.Subject]:
    """Account -> the person who signs in with it."""
    found = models.Account.objects.filter(pk__in=accounts).select_related("person")
    return {account.pk: account.person for account in found}


def mandates_of(person: models.Subject, now: datetime) -> QuerySet[models.Mandate]:
    """For whom this person may act, besides themselves."""
    return (
        models.Mandate.objects.filter(_in_force(now), agent=person, revoked_at=None)
        .select_related("principal")
        .order_by("principal__name")
    )


def is_in_force(mandate_id: UUID, now: datetime) -> bool:
    return models.Mandate.objects.filter(_in_force(now), pk=mandate_id, revoked_at=None).exists()


def representatives(mandate_id: UUID) -> set[UUID]:
    """The person behind a mandate of legal representation; nobody for a mere authorisation."""
    return set(
        models.Mandate.objects.filter(pk=mandate_id, ground="representative").values_list(
            "agent_id", flat=True
        )
    )


def representatives_of(subjects: Collection[UUID], now: datetime) -> dict[UUID, UUID]:
    """Of each of these firms the person who represents it in law and can sign in; of several the first by id. Firms
    without one are left out."""
    found = models.Mandate.objects.filter(
        _in_force(now),
        principal_id__in=subjects,
        ground="representative",
        revoked_at=None,
        agent__account__is_active=True,
    )
    agents: dict[UUID, UUID] = {}
    for firm, person in found.values_list("principal_id", "agent_id"):
        agents[firm] = min(person, agents.get(firm, person))
    return agents


def representing(firm: UUID) -> list[models.Subject]:
    """The persons who represent a firm in law, by name: a mandate of that kind ends only by being revoked."""
    found = models.Subject.objects.filter(
        mandates_held__principal_id=firm,
        mandates_held__ground="representative",
        mandates_held__revoked_at=None,
    )
    return list(found.order_by("name", "pk"))


def person_of(account_id: UUID) -> models.Subject | None:
    """The person to whom an account belongs."""
    return models.Subject.objects.filter(account__pk=account_id).first()


def accounts_of_subject(subject_id: UUID, now: datetime) -> list[models.Account]:
    """Accounts that may read everything for a subject: the person's own, and those with a mandate without limits."""
    return list(
        models.Account.objects.filter(
            Q(person_id=subject_id)
            | Q(
                person__mandates_held__in=models.Mandate.objects.filter(
                    _in_force(now), principal_id=subject_id, revoked_at=None, events=[]
                )
            ),
            is_active=True,
        ).distinct()
    )


def account_by_name(username: str) -> models.Account | None:
    return models.Account.objects.filter(username=username, is_active=True).select_related("person").first()


def accounts() -> QuerySet[models.Account]:
    return (
        models.Account.objects.filter(is_active=True)
        .select_related("person")
        .prefetch_related("posts")
        .order_by("id")
    )


def _in_force(now: datetime) -> Q:
    return Q(valid_from__lte=now) & (Q(valid_to=None) | Q(valid_to__gt=now))
