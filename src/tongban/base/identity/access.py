"""For whom the one who acts may read and write."""

from __future__ import annotations

from uuid import UUID

from tongban.base.identity import models, queries
from tongban.base.kit.acting import Acting


def own_person(acting: Acting) -> models.Subject | None:
    """The person who acts, for themselves alone; None for officers, visitors, the system and whoever acts for another."""
    if acting.role != "applicant" or acting.principal is None or acting.mandate is not None:
        return None
    return models.Subject.objects.filter(pk=acting.principal, kind="person").first()


def subjects(acting: Acting) -> frozenset[UUID]:
    """Subjects all of whose matters are open to the one who acts.

    Acting for oneself: oneself and everybody one has a mandate for that is not limited. Acting under such a mandate:
    its principal only. Officers, visitors, the system, clerks who fill in for somebody and agents with a limited mandate
    have none; see `limited`.
    """
    if acting.principal is None or acting.role in ("agent", "window"):
        return frozenset()
    if acting.mandate is not None:
        return frozenset({acting.principal})
    person = models.Subject.objects.filter(pk=acting.principal).first()
    if person is None:
        return frozenset()
    return frozenset(
        {
            person.pk,
            *queries.mandates_of(person, acting.now).filter(events=[]).values_list("principal_id", flat=True),
        }
    )


def limited(acting: Acting) -> dict[UUID, frozenset[str]]:
    """Subjects of whose matters only those of some life events are open to the one who acts, with these events.

    Acting for oneself: by all limited mandates one holds. Acting under one: by that one, while it is in force.
    """
    account = models.Account.objects.filter(pk=acting.actor).select_related("person").first()
    if not acting.applies or acting.role == "window" or account is None:
        return {}
    held = queries.mandates_of(account.person, acting.now).exclude(events=[])
    if acting.mandate is not None:
        held = held.filter(pk=acting.mandate)
    return {mandate.principal_id: frozenset(mandate.events) for mandate in held}
