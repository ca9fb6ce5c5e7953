"""Reading YAML with positions, drawings that are only drawings, and what a slip does not hide."""

from datetime import date
from decimal import Decimal

import pytest
from tests.core.packs.shop_pack import LAND, files

from tongban.core.packs import svg, tree
from tongban.core.packs.loader import load


def scalar(text: str) -> tree.Scalar:
    node, problems = tree.read("x.yaml", text.encode())
    assert isinstance(node, tree.Table), problems
    found = node.fields["a"]
    assert isinstance(found, tree.Scalar)
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("010", "010"),
        ("1.50", Decimal("1.50")),
        ("1e5", "1e5"),
        ("true", True),
        ("no", "no"),
        ("12:30", "12:30"),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-02-30", "2026-02-30"),
        ("'5'", "5"),
        ("~", None),
        ("", None),
    ],
)
def test_a_plain_scalar_is_read_without_surprises(written: str, value: object):
    assert scalar(f"a: {written}").value == value
    assert type(scalar(f"a: {written}").value) is type(value)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("a: x AND here", "x.yaml:1:10"),
        ("a: 'x = ''y'' AND here'", "x.yaml:1:19"),
        ('a: "x = \\"y\\" AND here"', "x.yaml:1:19"),
        ("a: |\n  x\n  AND here", "x.yaml:3:7"),
        ("a: >-\n  x\n\n  AND\n    here\n", "x.yaml:5:5"),
        ("a: x\n  AND\n  here", "x.yaml:3:3"),
        ("a: | # why\n    x = '店' AND here", "x.yaml:2:17"),
    ],
)
def test_a_place_inside_a_text_is_found_however_the_text_is_written(text: str, position: str):
    found = scalar(text)
    lines = found.text.split("\n")
    line = next(number for number, words in enumerate(lines, 1) if "here" in words)
    assert str(tree.position_in(found, line, lines[line - 1].index("here") + 1)) == position


def test_a_file_too_deep_or_too_large_is_refused():
    deep, large = "[" * 60 + "]" * 60, "a: " + "x" * tree.MAX_BYTES
    codes = [tree.read("x.yaml", text.encode())[1][0].code for text in (deep, large)]
    assert codes == ["yaml-depth", "file-too-large"]


DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0"/><text fill="url(#shade)">印</text>',
        '<use xlink:href="#star"/><linearGradient id="shade"><stop offset="1"/></linearGradient>',
    ],
)
def test_a_plain_drawing_passes(inside: str):
    assert svg.problems("a.svg", DRAWING.format(inside).encode()) == ()


@pytest.mark.parametrize(
    "inside",
    [
        "<script/>",
        "<foreignObject/>",
        "<image href='a.png'/>",
        "<set attributeName='href' to='javascript:run()'/>",
        "<style>@import 'https://example.org/a.css'</style>",
        "<rect ONCLICK='run()'/>",
        "<use xlink:href='https://example.org/a.svg#b'/>",
        "<use href='javascript:run()'/>",
        "<rect fill='url( \"https://example.org/a\")'/>",
        "<rect style='background: u\\72l(//example.org)'/>",
        "<rect",
    ],
)
def test_a_drawing_that_does_more_is_refused(inside: str):
    assert svg.problems("a.svg", DRAWING.format(inside).encode())


def problems_after(path: str, old: str, new: str) -> list[str]:
    assert old in LAND[path]
    return [
        str(problem) for problem in load(files(land={path: LAND[path].replace(old, new)}), "city").problems
    ]


def test_an_entry_that_cannot_be_read_is_still_known_by_its_name():
    found = problems_after(
        "facts/all.yaml", "subject: place, type: decimal(1)", "subject: plaza, type: decimal(1)"
    )
    assert len(found) == 1
    assert 'did you mean "place"?' in found[0]


def test_a_slip_in_one_field_does_not_hide_a_mistake_in_another():
    found = problems_after(
        "services/all.yaml", "promised: {amount: 10}", "promised: {amount: ten}\n  tolerence: {}"
    )
    text = (
        LAND["services/all.yaml"]
        .replace("amount: 10", "amount: ten")
        .replace("material: lease", "material: leese")
    )
    both = load(files(land={"services/all.yaml": text}), "city").problems
    assert len(found) == 2
    assert [problem.code for problem in both] == ["wrong-type", "unknown-material"]


def test_a_file_that_cannot_be_read_does_not_make_its_names_unknown():
    found = problems_after("facts/all.yaml", "- {id: area", "- {id: area: x")
    assert len(found) == 1


def test_a_renewal_may_need_the_licence_that_it_renews():
    licences = """
- id: shop-licence
  name: {zh: 许可, en: Licence}
  holder: legal_person
  issuer: market
  type_code: 11100000MBDEM10180001
  validity: {years: 5}
  fields: [{id: name, label: {zh: 名称, en: Name}, fact: shop_name}]
"""
    materials = LAND["materials/all.yaml"].replace(
        "alternatives: [{upload: {}}]", "alternatives: [{licence: shop-licence}]", 1
    )
    services = LAND["services/all.yaml"].replace("en: Permit}}", "en: Permit}, licence: shop-licence}", 1)
    land = {"licences/all.yaml": licences, "materials/all.yaml": materials, "services/all.yaml": services}
    assert load(files(land=land), "city").problems == ()
