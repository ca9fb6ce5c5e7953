"""Where money goes: an account number is kept encrypted, shown by its last four digits."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from tongban.base.kit.refusals import Invalid
from tongban.work.policies import sealing

MOST_NAME: Final = 120
_KEY: Final = "payees"
_ACCOUNT: Final = re.compile(r"[0-9]{8,32}")


def checked(name: str, account: str) -> tuple[str, str]:
    """Name and digits of an account. Raises Invalid with a message for each field that needs another look."""
    name = " ".join(name.replace("\x00", "").split())
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", account))
    problems = {}
    if not name or len(name) > MOST_NAME:
        problems["payee_name"] = _("Give the name that the account is held in.")
    if not _ACCOUNT.fullmatch(digits):
        problems["account"] = _("Give the account number: 8 to 32 digits, for example 6222 0212 3456 7890.")
    if problems:
        raise Invalid(_("The account needs another look."), fields=problems)
    return name, digits


def sealed(entitlement: UUID, account: str) -> bytes:
    return sealing.sealed(_KEY, entitlement, account)


def opened(entitlement: UUID, kept: bytes) -> str:
    """Raises InvalidTag when it was changed or belongs to another entitlement."""
    return sealing.opened(_KEY, entitlement, kept)
