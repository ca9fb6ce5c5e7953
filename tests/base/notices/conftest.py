"""Fixtures of this room's tests."""

from tests.base.notices.mailbox import mailbox

__all__ = ["mailbox"]
