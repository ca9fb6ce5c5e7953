"""Acting as one of the demo officers."""

from __future__ import annotations

from tongban.base.identity import queries as people
from tongban.base.kit.acting import Acting


def acting_as(acting: Acting, username: str, purpose: str) -> Acting:
    """What the door would build for this officer, at the same moment and in the same request."""
    account = people.account_by_name(username)
    assert account is not None
    post = people.post_of(account, acting.now)
    assert post is not None
    return Acting(
        account.pk, None, None, post.pk, post.organisation, post.role, post.place, purpose, acting.now, acting.request_id,
        acting.time_zone,
    )  # fmt: skip
