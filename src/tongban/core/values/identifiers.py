"""Numbers with check characters: who a firm, a person or an electronic licence is.

Every `check_...` function returns None when the number is well formed and otherwise one sentence that says what
is wrong. A well-formed number need not have been issued.
"""

from __future__ import annotations

import re
from datetime import date

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_2, mod_37_36

LICENCE_ROOT = "1.2.156.3005.2"
"""OID root of electronic licences (GB/T 36904-2018)."""

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_credit_code(code: str) -> str | None:
    """Problem of a unified social credit code (统一社会信用代码), or None.

    Source: GB 32100-2015 for the whole (MOD 31); GB 11714 for the organisation code at characters 9 to 17.
    """
    if len(code) != 18:
        return f"a credit code has 18 characters, this has {len(code)}"
    wrong = sorted({character for character in code if character not in _CREDIT_ALPHABET})
    if wrong:
        return (
            f"a credit code has digits and capital letters without I, O, S, V, Z; this has {' '.join(wrong)}"
        )
    if not re.fullmatch(r"[0-9]{6}", code[2:8]):
        return "characters 3 to 8 of a credit code are a division code of digits"
    if organisation_check_character(code[8:16]) != code[16]:
        return "the check character of the organisation code inside the credit code is wrong (character 17)"
    if credit_check_character(code[:17]) != code[17]:
        return "the check character of the credit code is wrong (character 18)"
    return None


def make_credit_code(prefix: str, division: str, sequence: int) -> str:
    """A new unified social credit code: registering department and kind, division code, organisation code, check.

    `prefix` are the first two characters (GB 32100-2015, for example 92: individual business), `division` six digits,
    `sequence` a number never used before. Raises ValueError when the result would not be well formed.
    """
    organisation = f"MA{sequence:06d}"
    body = f"{prefix}{division}{organisation}{organisation_check_character(organisation)}"
    code = body + credit_check_character(body)
    problem = check_credit_code(code)
    if problem is not None:
        raise ValueError(problem)
    return code


def credit_check_character(body: str) -> str:
    """Last character of a credit code, from its first 17 (GB 32100-2015). Raises ValueError on other lengths."""
    if len(body) != 17:
        raise ValueError("the body of a credit code has 17 characters")
    total = sum(_CREDIT_ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(body))
    return _CREDIT_ALPHABET[-total % 31]


def organisation_check_character(body: str) -> str:
    """Last character of an organisation code (组织机构代码, GB 11714), from its first 8; `0-9` or `X`."""
    if not re.fullmatch(r"[0-9A-Z]{8}", body):
        raise ValueError("the body of an organisation code has 8 digits or capital letters")
    total = sum(
        int(character, 36) * weight for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    check = 11 - total % 11
    return {10: "X", 11: "0"}.get(check, str(check))


def check_resident_id(number: str) -> str | None:
    """Problem of a resident identity number (公民身份号码, GB 11643-1999), or None.

    Checks the form, the date of birth and the check character. The division code is not looked up: codes are
    created and abolished, and a holder keeps the one of the first registration.
    """
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        return "a resident identity number has 17 digits and then a digit or a capital X"
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return f"characters 7 to 14 must be a date of birth, and {number[6:14]} is no date"
    if mod_11_2.calc_check_digit(number[:17]) != number[17]:
        return "the check character of the resident identity number is wrong (character 18)"
    return None


def licence_identifier(type_code: str, issuer_code: str, serial: str, version: int | str) -> str:
    """Identifier of an electronic licence (GB/T 36904-2018), with its check character.

    `type_code` has 21 characters (credit code of the owner of the kind and a number of three digits);
    `issuer_code` is a credit code, or an area code of six digits as found in live data; `serial` is the issuer's
    own number; `version` counts from 1. Raises ValueError with the reason when a part is malformed.
    """
    parts = (type_code, issuer_code, serial, f"{version:03d}" if isinstance(version, int) else version)
    problem = _licence_parts_problem(*parts)
    if problem:
        raise ValueError(problem)
    return ".".join((LICENCE_ROOT, *parts, mod_37_36.calc_check_digit("".join(parts))))


def check_licence_identifier(identifier: str) -> str | None:
    """Problem of an electronic licence identifier (GB/T 36904-2018), or None."""
    if not identifier.startswith(LICENCE_ROOT + "."):
        return f"a licence identifier begins with {LICENCE_ROOT}"
    parts = identifier[len(LICENCE_ROOT) + 1 :].split(".")
    if len(parts) != 5 or len(parts[4]) != 1:
        return "after its root a licence identifier has five parts: type, issuer, serial, version, check character"
    *body, check = parts
    problem = _licence_parts_problem(*body)
    if problem:
        return problem
    try:
        mod_37_36.validate("".join(body) + check)
    except ValidationError:
        return "the check character of the licence identifier is wrong"
    return None


def _licence_parts_problem(type_code: str, issuer_code: str, serial: str, version: str) -> str | None:
    for part, pattern, rule in (
        (
            type_code,
            r"[0-9A-Z]{18}[0-9]{3}",
            "a licence type code has 18 digits or capital letters and 3 digits",
        ),
        (
            issuer_code,
            r"[0-9A-Z]{18}|[0-9]{6}",
            "an issuer code is a credit code, or an area code of 6 digits",
        ),
        (serial, r"[0-9A-Z]{1,64}", "a licence serial has digits and capital letters only"),
        (version, r"[0-9]{3}", "a licence version has three digits, from 001"),
    ):
        if not re.fullmatch(pattern, part):
            return f"{rule}; this is {part!r}"
    return "a licence version has three digits, from 001" if version == "000" else None
