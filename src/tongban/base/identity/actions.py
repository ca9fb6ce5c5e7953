"""Registering persons, firms, posts and mandates."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from tongban.base.audit import actions as audit
from tongban.base.identity import models
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Invalid, NotFound


def register_person(
    *,
    acting: Acting,
    username: str,
    name: str,
    name_en: str,
    identifier: str | None,
    phone: str = "",
    password: str | None = None,
) -> models.Account:
    """A person with an account. Without a password nobody can sign in with one."""
    with transaction.atomic():
        person = models.Subject.objects.create(
            kind="person",
            name=name,
            name_en=name_en,
            identifier=identifier,
            phone=phone,
            created_at=acting.now,
        )
        account = models.Account(username=username, person=person)
        if password is None:
            account.set_unusable_password()
        else:
            account.set_password(password)
        account.save()
        audit.record(
            acting=acting, action="person.registered", root=person.id, object_kind="subject", object_id=person.id,
            detail={"identifier": keys.keyed_digest(identifier or "")},
        )  # fmt: skip
    return account


def register_enterprise(
    *,
    acting: Acting,
    name: str,
    name_en: str = "",
    identifier: str | None,
    representative: models.Subject | None,
) -> models.Subject:
    """A firm, with the mandate of its legal representative. `identifier` is None while it is being founded.

    A firm taken over from a register may have nobody here who represents it.
    """
    with transaction.atomic():
        firm = models.Subject.objects.create(
            kind="enterprise", name=name, name_en=name_en, identifier=identifier, created_at=acting.now
        )
        if representative is not None:
            models.Mandate.objects.create(
                principal=firm, agent=representative, ground="representative", valid_from=acting.now
            )
        audit.record(
            acting=acting,
            action="enterprise.registered",
            root=firm.id,
            object_kind="subject",
            object_id=firm.id,
        )
    return firm


def bind_identifier(*, acting: Acting, subject_id: UUID, identifier: str, name: str) -> models.Subject:
    """Give a founded firm its credit code and registered name. Binding the same code again changes nothing."""
    with transaction.atomic():
        firm = models.Subject.objects.select_for_update().filter(pk=subject_id, kind="enterprise").first()
        if firm is None:
            raise NotFound("There is no such firm.")
        if firm.identifier == identifier:
            return firm
        if firm.identifier is not None:
            raise Invalid("This firm has a credit code already; a registration cannot give it another.")
        firm.identifier, firm.name = identifier, name
        firm.save(update_fields=["identifier", "name"])
        audit.record(
            acting=acting, action="enterprise.identified", root=firm.id, object_kind="subject", object_id=firm.id,
            detail={"identifier": keys.keyed_digest(identifier)},
        )  # fmt: skip
    return firm


def appoint(
    *,
    acting: Acting,
    account: models.Account,
    organisation: str,
    role: str,
    place: str,
    leads: bool = False,
) -> models.Post:
    """Let an account fill a post. `leads`: it leads those who hold the same post there; asked for again it is
    given, never taken."""
    with transaction.atomic():
        post, new = models.Post.objects.get_or_create(
            account=account,
            organisation=organisation,
            role=role,
            place=place,
            defaults={"valid_from": acting.now, "leads": leads},
        )
        promoted = leads and not post.leads
        if promoted:
            post.leads = True
            post.save(update_fields=["leads"])
        if new or promoted:
            audit.record(
                acting=acting, action="post.filled", root=account.person_id, object_kind="post", object_id=post.pk,
                detail={"organisation": organisation, "role": role, "leads": post.leads},
            )  # fmt: skip
    return post
