"""Who acts, for whom, where, why and when. Built at the door, handed to every action."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Acting:
    """One request's answer to "who is doing this". `now` is the only clock an action may read."""

    actor: UUID | None
    """Account; None for the system itself or an anonymous visitor."""
    principal: UUID | None
    """Subject on whose behalf: the person, or the firm that a mandate covers."""
    mandate: UUID | None
    post: int | None
    """Officer's post; None for everybody else."""
    organisation: str | None
    """Id (in the pack) of the organ the officer serves."""
    role: str
    """`applicant`, `agent` (an applicant's, for some life events only), `window` (a clerk who fills in one
    application for somebody who stands there), `officer`, `clerk`, `auditor`, `system` or
    `visitor`."""
    place: str
    """Division code."""
    purpose: str
    now: datetime
    """Instant in UTC."""
    request_id: str
    time_zone: str = "Asia/Shanghai"

    @property
    def applies(self) -> bool:
        """Whether this is the applicant, an agent whose mandate is limited to some life events, or a clerk who fills in
        one application for them."""
        return self.role in ("applicant", "agent", "window")

    @property
    def today(self) -> date:
        """The civil date of the place."""
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()

    def because(self, purpose: str) -> Acting:
        return replace(self, purpose=purpose)


def system(
    now: datetime, place: str, purpose: str, request_id: str = "", time_zone: str = "Asia/Shanghai"
) -> Acting:
    """The platform acting by itself: a worker, a clock, an installation."""
    return Acting(None, None, None, None, None, "system", place, purpose, now, request_id, time_zone)
