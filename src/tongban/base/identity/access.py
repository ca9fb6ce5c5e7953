"""For whom the one who acts may read and write."""

from __future__ import annotations

from uuid import UUID

from tongban.base.identity import models, queries
from tongban.base.kit.acting import Acting


def subjects(acting: Acting) -> frozenset[UUID]:
    """Subjects whose matters are open to the one who acts.

    Acting for oneself: oneself and every firm one represents. Acting for a firm under a mandate: that firm only.
    Officers, visitors and the system have none.
    """
    if acting.principal is None:
        return frozenset()
    if acting.mandate is not None:
        return frozenset({acting.principal})
    person = models.Subject.objects.filter(pk=acting.principal).first()
    if person is None:
        return frozenset()
    return frozenset(
        {person.pk, *queries.mandates_of(person, acting.now).values_list("principal_id", flat=True)}
    )
