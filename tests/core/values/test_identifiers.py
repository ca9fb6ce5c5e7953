"""Numbers with check characters. The codes were seen in public sources or are synthetic; none is a person's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.core.values import identifiers

RIGHT_CREDIT_CODES = [
    "91110000600037341L",
    "11330105002500287C",
    "91330106MADEM0011E",
    "91310105MADEMQ0128",
    "92330106MADEMQ020N",
    "53330000MJDEM0014A",
]
RIGHT_RESIDENT_IDS = [
    "33010619900101000X",
    "310105198512310018",
    "110101202503150004",
    "330106195506080005",  # born before the district code was created
    "810000199001010019",  # Hong Kong resident's residence permit
]
RIGHT_LICENCES = [
    "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
    "1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
    "1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9",  # issuer given as an area code
    "1.2.156.3005.2.11100000000013338W001.113301060024900155.DEMO20260001.001.A",
]
WRONG_LICENCE = (
    "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M"
)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("code", RIGHT_CREDIT_CODES)
def test_a_right_credit_code_has_no_problem(code: str):
    assert identifiers.check_credit_code(code) is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("12100000400000624L", "character 18"),
        ("91110000600037341M", "character 18"),
        ("9111000060003734", "18 characters, this has 16"),
        ("91110000600O37341L", "without I, O, S, V, Z; this has O"),
        ("91A10000600037341L", "division code"),
    ],
)
def test_a_wrong_credit_code_is_told_what_is_wrong(code: str, problem: str):
    assert problem in str(identifiers.check_credit_code(code))


def test_a_wrong_inner_organisation_code_is_found_though_the_outer_check_is_right():
    body = "9133010612345678" + "0"
    code = body + identifiers.credit_check_character(body)
    assert identifiers.organisation_check_character("12345678") != "0"
    assert "organisation code" in str(identifiers.check_credit_code(code))


@settings(deadline=None)
@given(st.text(ALPHABET, min_size=8, max_size=8).filter(lambda body: not set(body) & set("IOSVZ")))
def test_a_credit_code_made_from_its_parts_is_right(organisation: str):
    body = "91330106" + organisation + identifiers.organisation_check_character(organisation)
    assert identifiers.check_credit_code(body + identifiers.credit_check_character(body)) is None


@pytest.mark.parametrize("number", RIGHT_RESIDENT_IDS)
def test_a_right_resident_number_has_no_problem(number: str):
    assert identifiers.check_resident_id(number) is None


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("330106199001010001", "check character"),
        ("33010619900230000X", "19900230 is no date"),
        ("33010619900101000x", "capital X"),
        ("330106900101000", "17 digits"),
        ("３３010619900101000X", "17 digits"),
    ],
)
def test_a_wrong_resident_number_is_told_what_is_wrong(number: str, problem: str):
    assert problem in str(identifiers.check_resident_id(number))


@pytest.mark.parametrize("identifier", RIGHT_LICENCES)
def test_a_right_licence_identifier_has_no_problem_and_can_be_made_from_its_parts(identifier: str):
    assert identifiers.check_licence_identifier(identifier) is None
    type_code, issuer, serial, version, _ = identifier.removeprefix("1.2.156.3005.2.").split(".")
    assert identifiers.licence_identifier(type_code, issuer, serial, int(version)) == identifier


@pytest.mark.parametrize(
    ("identifier", "problem"),
    [
        (WRONG_LICENCE, "check character"),
        ("1.2.156.3005.1.11100000000013338W011.340100.1.001.U", "begins with 1.2.156.3005.2"),
        ("1.2.156.3005.2.11100000000013338W011.340100.1.001", "five parts"),
        ("1.2.156.3005.2.11100000000013338W0XX.340100.1.001.U", "type code"),
        ("1.2.156.3005.2.11100000000013338W011.3401.1.001.U", "issuer code"),
        ("1.2.156.3005.2.11100000000013338W011.340100.a-1.001.U", "serial"),
        ("1.2.156.3005.2.11100000000013338W011.340100.1.000.U", "from 001"),
        ("1.2.156.3005.2.11100000000013338W011.340100.1.001.", "five parts"),
    ],
)
def test_a_wrong_licence_identifier_is_told_what_is_wrong(identifier: str, problem: str):
    assert problem in str(identifiers.check_licence_identifier(identifier))


@settings(deadline=None)
@given(st.integers(0, 50), st.sampled_from(ALPHABET))
def test_one_changed_character_of_a_licence_identifier_is_found(index: int, character: str):
    identifier = RIGHT_LICENCES[0]
    position = len("1.2.156.3005.2.") + index
    changed = identifier[:position] + character + identifier[position + 1 :]
    if identifier[position] not in (".", character):
        assert identifiers.check_licence_identifier(changed) is not None


def test_a_licence_identifier_is_not_made_from_malformed_parts():
    with pytest.raises(ValueError, match="version"):
        identifiers.licence_identifier("11100000000013338W011", "340100", "1", 1000)
