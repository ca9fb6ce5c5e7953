"""What the rule language shares with DMN means the same: the cases of the DMN TCK.

The TCK is not kept here, and no package of PyPI or npm carries it; it is the folder `TestCases` of the repository
dmn-tck/tck. Put it into `tests/conformance/.cache/dmn-tck`, or name it by `TONGBAN_DMN_TCK`, and the last test runs
all its cases. `python -m tests.conformance.dmn_tck` prints what was covered, what not, and why.

The other tests always run. They show with a model of our own that the runner can tell right from wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from tests.conformance import dmn_tck
from tests.conformance.dmn_tck import Result
from tests.conformance.feel import Given, OutOfScope, Reader
from tests.conformance.feel_writer import Writer

MODEL = "https://www.omg.org/spec/DMN/20230324/MODEL/"
CASES = "http://www.omg.org/spec/DMN/20160719/testcase"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"

TABLE = """
<decision name="Fee" id="fee"><variable name="Fee" typeRef="number"/>
  <informationRequirement><requiredInput href="#i0"/></informationRequirement>
  <decisionTable hitPolicy="UNIQUE">
    <input><inputExpression typeRef="number"><text>Floor area</text></inputExpression></input>
    <input><inputExpression typeRef="string"><text>Kind</text></inputExpression></input>
    <output/>
    <rule><inputEntry><text>&lt; 60</text></inputEntry><inputEntry><text>"bar", "cafe"</text></inputEntry>
      <outputEntry><text>100</text></outputEntry></rule>
    <rule><inputEntry><text>[60..200]</text></inputEntry><inputEntry><text>-</text></inputEntry>
      <outputEntry><text>2 * 125</text></outputEntry></rule>
  </decisionTable></decision>
"""
TYPES = {"Floor area": "number", "Kind": "string"}
SHAPES = {bool: "boolean", int: "decimal", float: "decimal", str: "string"}


def written(value: object) -> str:
    if value is None:
        return '<value xsi:nil="true"/>'
    return f'<value xsi:type="xsd:{SHAPES[type(value)]}">{str(value).lower() if isinstance(value, bool) else value}</value>'


def tck(
    folder: Path, name: str, results: Mapping[str, tuple[str, object]], inputs: Mapping[str, object]
) -> list[Result]:
    """What the runner says of one case. `results` are decisions: an expression ("" for the table), and what is expected."""
    directory = folder / "compliance-level-3" / name
    directory.mkdir(parents=True)
    (folder / "compliance-level-2").mkdir()
    given = "".join(
        f'<inputData name="{name}"><variable name="{name}" typeRef="{TYPES[name]}"/></inputData>'
        for name in inputs
    )
    decisions = "".join(
        f'<decision name="{name}"><variable name="{name}"/><literalExpression><text>{text}</text></literalExpression></decision>'
        if text
        else TABLE
        for name, (text, _) in results.items()
    )
    nodes = "".join(
        f'<inputNode name="{name}">{written(value)}</inputNode>' for name, value in inputs.items()
    )
    nodes += "".join(
        f'<resultNode name="{name}" type="decision"><expected>{written(value)}</expected></resultNode>'
        for name, (_, value) in results.items()
    )
    (directory / f"{name}.dmn").write_text(
        f'<definitions xmlns="{MODEL}">{given}{decisions}</definitions>', encoding="utf-8"
    )
    (directory / f"{name}-test-01.xml").write_text(
        f'<testCases xmlns="{CASES}" xmlns:xsi="{XSI}" xmlns:xsd="{XSD}"><testCase id="1">{nodes}</testCase></testCases>',
        encoding="utf-8",
    )
    return list(dmn_tck.run(folder))


@pytest.mark.parametrize(
    ("expression", "expected", "end", "reason"),
    [
        ("1 &lt; 2 and not(false)", True, "passed", ""),
        ("1 &lt; 2 and null", None, "passed", ""),
        ("false and null", False, "passed", ""),
        ("10 / 4", 2.5, "passed", ""),
        ("1 + 1", 3, "failed", "Known(value=2) is not Decimal('3')"),
        ("1 &lt; 2", False, "failed", "Known(value=True) is not False"),
        ("1 &lt; 2", None, "failed", "Known(value=True) is not None"),
        ("null and true", True, "failed", "ABSENT is not True"),
        ('1 + "x"', None, "out of scope", "joining texts"),
        ("1 + true", None, "by design", "types"),
        ("false and 1", False, "by design", "decided"),
        ("1 / 0", None, "by design", "zero"),
        ("1 / 0", 5, "failed", "refused: This divides by zero."),
        ("null = 1", False, "by design", "null"),
        ("null = 1", None, "passed", ""),
        ("1 + 5 / 2", 3.5, "out of scope", "a division that is not compared or rounded"),
        ("2 ** 3", 8, "out of scope", "powers"),
        ("abs()", None, "by design", "arguments"),
        ("round half up(2.5, -1)", None, "by design", "digits"),
    ],
)
def test_each_result_ends_in_one_of_four_ways(
    tmp_path: Path, expression: str, expected: object, end: str, reason: str
) -> None:
    (result,) = tck(tmp_path, "0099-arithmetic-negation", {"d": (expression, expected)}, {})
    assert result.group == "arithmetic"
    assert (result.end, result.reason) == (end, reason)


@pytest.mark.parametrize(
    ("area", "kind", "expected", "end"),
    [
        (59, "bar", 100, "passed"),
        (60, "bar", 250, "passed"),
        (200, None, 250, "passed"),
        (59, "shop", None, "passed"),
        (None, "bar", None, "passed"),
        (201, "bar", 250, "failed"),
    ],
)
def test_a_table_is_run_as_one_of_ours(
    tmp_path: Path, area: object, kind: object, expected: object, end: str
) -> None:
    (result,) = tck(tmp_path, "0200-fees", {"Fee": ("", expected)}, {"Floor area": area, "Kind": kind})
    assert (result.group, result.end) == ("decision tables", end)


def test_the_report_counts_every_result(tmp_path: Path) -> None:
    results = tck(
        tmp_path,
        "0071-feel-between",
        {
            "a": ("2 between 1 and 3", True),
            "b": ("2 between 1 and 3", False),
            "c": ('"b" between "a" and "c"', True),
        },
        {},
    )
    lines = dmn_tck.report(results).split("\n")
    assert next(line.split() for line in lines if line.startswith("between")) == [
        "between",
        "3",
        "2",
        "1",
        "0",
        "1",
        "1",
    ]
    assert "  between              1  the order of texts" in lines
    assert "  0071-feel-between 1 b: Known(value=True) is not False" in lines


WRITTEN = [
    ("a and not(b or c)", "f0 AND (NOT (f1 OR f2))"),
    ("Monthly Salary * 12", "f0 * 12"),
    ("-.5 + (1 - 2)", "(-0.5) + (1 - 2)"),
    ("1.23e4", "12300"),
    ('name = "it\'s"', "f0 = 'it''s'"),
    ('@"2018-12-08" >= date("2018-12-09")', "DATE '2018-12-08' >= DATE '2018-12-09'"),
    ("1 in [2, 3, 1]", "1 IN (2, 3, 1)"),
    ("1 in (2..4]", "(1 > 2 AND 1 <= 4)"),
    ("1 in [[2..4], < 1]", "1 BETWEEN 2 AND 4 OR 1 < 1"),
    ("1 in !=10", "1 <> 10"),
    ("if a then 1 else null", "CASE WHEN f0 THEN 1 ELSE nothing_number END"),
    ("true and null", "TRUE AND nothing_boolean"),
    ("round half up(n: 2.5, 0) /* x */ // y", "ROUND(2.5, 0)"),
    ("min(1, 2)", "LEAST(1, 2)"),
    ("loan.rate > 3", "f0 > 3"),
]
NAMES: dict[str, Given] = {
    "a": Given("boolean", True),
    "b": Given("boolean", False),
    "c": Given("boolean", None),
    "name": Given("text", "x"),
    "Monthly Salary": Given("number", Decimal("10.50")),
    "loan": Given("context", {"rate": Given("number", Decimal("2.5"))}),
}


@pytest.mark.parametrize(("expression", "text"), WRITTEN)
def test_feel_is_written_as_a_rule(expression: str, text: str) -> None:
    assert Writer(NAMES).text(Reader(expression, NAMES).expression()) == text


@pytest.mark.parametrize(
    "expression",
    [
        "[1, 2]",
        "{a: 1}",
        "for x in a return x",
        "x",
        'a["b"]',
        "function(a) a",
        '@"P1D"',
        "1 + ",
        "a ? b",
        "sqrt(4)",
    ],
)
def test_what_has_no_counterpart_is_out_of_scope(expression: str) -> None:
    with pytest.raises(OutOfScope):
        Writer(NAMES).text(Reader(expression, NAMES).expression())


if (folder := dmn_tck.folder()) is not None:  # not part of the suite: nobody ships it in a package

    def test_no_case_of_the_tck_fails() -> None:
        results = list(dmn_tck.run(folder))
        print(dmn_tck.report(results))
        assert [result for result in results if result.end == "failed"] == []
        assert sum(result.end == "passed" for result in results) >= 300
