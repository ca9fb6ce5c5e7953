"""The only way to fetch a sharing request, a grant or a correction for a person: what may not be seen is not there.

| who                                        | sees                                              | may                         |
|--------------------------------------------|---------------------------------------------------|-----------------------------|
| officers of the asking organisation        | its own requests and grants                       | ask, answer, withdraw       |
| officers of the steward                    | those for the resources it keeps                  | decide, extend, revoke      |
| officers and clerks of the data bureau     | all of their place                                | officers: revoke            |
| persons and firms                          | their own corrections                             | ask for one                 |
| everybody                                  | the public catalogue, which names no person       |                             |

Clerks of other organs and auditors see none of it here; auditors read the audit.
"""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import NotFound
from tongban.records.catalogue import models
from tongban.records.catalogue.procedure import By

OVERSEER: Final = "data-bureau"
"""Authority role that leads sharing (数据管理部门) and sees every request of its place."""


def oversees(acting: Acting) -> bool:
    """Whether the one who acts serves the organ that leads sharing."""
    if acting.role not in ("officer", "clerk") or acting.organisation is None:
        return False
    organ = directory.pack_in_force(acting.now).organisations.get(acting.organisation)
    return organ is not None and organ.authority == OVERSEER


def requests(acting: Acting) -> QuerySet[models.SharingRequest]:
    return models.SharingRequest.objects.filter(_visible(acting, "asking"))


def grants(acting: Acting) -> QuerySet[models.Grant]:
    return models.Grant.objects.filter(_visible(acting, "organisation"))


def corrections(acting: Acting) -> QuerySet[models.Correction]:
    if acting.role == "applicant" and acting.post is None:
        return models.Correction.objects.filter(subject__in=identity.subjects(acting))
    return models.Correction.objects.filter(_visible(acting, "organisation"))


def request(acting: Acting, number: str, *, lock: bool = False) -> models.SharingRequest:
    """By number. Raises NotFound."""
    return _one(requests(acting), Q(number=number), lock)


def grant(acting: Acting, grant_id: UUID, *, lock: bool = False) -> models.Grant:
    """By id. Raises NotFound. Locked, it waits for look-ups under way and holds new ones off."""
    return _one(grants(acting), Q(pk=grant_id), lock)


def correction(acting: Acting, number: str, *, lock: bool = False) -> models.Correction:
    return _one(corrections(acting), Q(number=number), lock)


def parties(acting: Acting, found: models.SharingRequest) -> frozenset[By]:
    """As what the one who acts may move this request; an organ that asks itself is both."""
    if acting.role != "officer":
        return frozenset()
    sides: set[By] = set()
    if (acting.organisation, acting.place) == (found.asking, found.place):
        sides.add("asker")
    if (acting.organisation, acting.place) == (found.steward, found.steward_place):
        sides.add("steward")
    return frozenset(sides)


def may_revoke(acting: Acting, found: models.Grant) -> bool:
    """The steward's officers, and those of the organ that leads sharing: excess access is cut at once (上海市数据条例 40)."""
    if acting.role != "officer":
        return False
    return oversees(acting) or (acting.organisation, acting.place) == (found.steward, found.steward_place)


def may_answer(acting: Acting, found: models.Correction) -> bool:
    return acting.role == "officer" and (acting.organisation, acting.place) == (
        found.steward,
        found.steward_place,
    )


def _visible(acting: Acting, asker: str) -> Q:
    """`asker` names the column of the organisation on the other side of the steward."""
    if acting.organisation is None or acting.role not in ("officer", "clerk"):
        return Q(pk__in=())
    if oversees(acting):
        return Q(place=acting.place) | Q(steward_place=acting.place)
    if acting.role != "officer":
        return Q(pk__in=())
    own = {asker: acting.organisation, "place": acting.place}
    return Q(**own) | Q(steward=acting.organisation, steward_place=acting.place)


def _one(visible: QuerySet[Any], key: Q, lock: bool) -> Any:
    found = (visible.select_for_update() if lock else visible).filter(key).first()
    if found is None:
        raise NotFound(_("There is no such entry, or it is not yours to see."))
    return found
