"""Where money goes: an account number is kept encrypted, shown by its last four digits.

AES-256-GCM under a key of this node, bound to its entitlement: moved to another row it no longer opens.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from tongban.base.kit import keys
from tongban.base.kit.refusals import Invalid

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
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(keys.secret(_KEY)).encrypt(nonce, account.encode(), entitlement.bytes)


def opened(entitlement: UUID, kept: bytes) -> str:
    """Raises InvalidTag when it was changed or belongs to another entitlement."""
    return AESGCM(keys.secret(_KEY)).decrypt(kept[:12], kept[12:], entitlement.bytes).decode()
