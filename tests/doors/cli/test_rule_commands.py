"""`tongban rule ...`: texts, files and pack rules; every mistake with its place; both languages."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from tongban.doors.cli.main import cli

VOCABULARY = """
facts:
  area: {type: decimal(1), unit: m2, unit_label: {zh: 平方米, en: m²}, maximum: 5000, label: {zh: 经营面积, en: Floor area}, effort: type}
  kind: {type: code, codes: kinds, label: {zh: 业态, en: Kind of shop}, question: {zh: 开什么店？, en: What kind of shop?}}
  open_air: {type: boolean, label: {zh: 露天经营, en: Open-air trade}}
  income: {type: money, minimum: 0, maximum: 1000000, effort: look-up, label: {zh: 年收入, en: Yearly income}}
  opened: {type: date}
relations:
  staff:
    label: {zh: 员工, en: Staff}
    member: {zh: 员工, en: Person}
    most: 5
    fields: {hired: {type: date}, wage: {type: money, label: {zh: 工资, en: Wage}}}
parameters:
  share: {type: decimal(2), values: [{valid_from: 2026-01-01, valid_to: 2027-01-01, value: 0.30}, {valid_from: 2027-01-01, value: 0.25}]}
  cap: {type: money, value: 1500.00, label: {zh: 上限, en: Cap}}
bracket-tables:
  levy: {of: {type: money}, gives: {type: decimal(2)}, rows: [{at_least: 0.00, value: 0.00}, {at_least: 100.00, value: 0.10}]}
code-lists:
  kinds: {noodles: {zh: 面馆, en: Noodle shop}, bar: }
"""
FACTS = """
area: {value: 45, source: {zh: 营业执照, en: business licence}, date: 2026-03-01}
kind: bar
income: 10000.00
staff: [{wage: 100.00}, {wage: null}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.yaml").write_text(VOCABULARY, encoding="utf-8")
    (tmp_path / "facts.yaml").write_text(FACTS, encoding="utf-8")
    return tmp_path


def run(*arguments: str, language: str = "en_GB.UTF-8", typed: str | None = None) -> Result:
    env = {"LANG": language, "LC_ALL": "", "LC_MESSAGES": "", "TONGBAN_PACKS": os.environ["TONGBAN_PACKS"]}
    result = CliRunner().invoke(cli, ["rule", *arguments], env=env, input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def tried(command: str, text: str, *options: str, **how: Any) -> Result:
    return run(command, text, "--vocabulary", "words.yaml", *options, **how)


def output(command: str, text: str, *options: str, **how: Any) -> str:
    result = tried(command, text, *options, **how)
    assert result.exit_code == 0, result.output
    return result.output


# -- eval -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("area < 60", "yes", "是"),
        ("NOT (area < 60)", "no", "否"),
        ("area * 2", "90.0 m²", "90.0 平方米"),
        ("ROUND(income * share, 2)", "¥3,000", "¥3,000"),
        ("MAX(staff.hired)", "open; it depends on Staff (staff)", "未定；取决于员工（staff）"),
        ("MIN(staff.wage) FILTER (WHERE staff.wage > 100)", "none", "无"),
        ("opened", "open; it depends on opened", "未定；取决于 opened"),
        ("income / (area - area) > 1", "no value: division by zero; a person decides", "无法得出：除数为零，由工作人员决定"),
        ("CASE WHEN open_air THEN cap ELSE 0 END", "open: between ¥0 and ¥1,500; it depends on Open-air trade (open_air)", "未定：在 ¥0 与 ¥1,500 之间；取决于露天经营（open_air）"),
    ],
)  # fmt: skip
def test_eval_says_the_value_or_what_it_depends_on(text: str, en: str, zh: str) -> None:
    options = ("--facts", "facts.yaml", "--at", "2026-05-01")
    assert output("eval", text, *options) == en + "\n"
    assert output("eval", text, *options, language="zh_CN.UTF-8") == zh + "\n"
    assert output("eval", text, *options, "--lang", "zh") == zh + "\n"


def test_eval_computes_with_the_parameters_of_the_day() -> None:
    text = "ROUND(income * share, 2)"
    results = [
        output("eval", text, "--facts", "facts.yaml", "--at", day) for day in ("2026-12-31", "2027-01-01")
    ]
    assert results == ["¥3,000\n", "¥2,500\n"]
    before = output("eval", text, "--facts", "facts.yaml", "--at", "2025-12-31")
    assert before == "no value: share has no value on this date; a person decides\n"
    assert (
        output("eval", text, "--facts", "facts.yaml", "--at", "2025-12-31", "--on-undefined", "no")
        == "none\n"
    )


def test_eval_as_json_gives_state_value_and_bounds() -> None:
    shown = json.loads(output("eval", "LEAST(income, cap)", "--facts", "facts.yaml", "--json"))
    assert shown == {"type": "money", "state": "known", "value": 150000}
    shown = json.loads(output("eval", "LEAST(income, cap)", "--json"))
    assert shown == {
        "type": "money",
        "state": "unknown",
        "depends_on": ["income"],
        "bounds": {"low": 0, "high": 150000, "may_be_absent": True, "may_be_undefined": False},
    }
    shown = json.loads(output("eval", "ROUND(area / 2, 2)", "--json"))
    assert shown["bounds"]["low"] is None
    assert shown["bounds"]["high"] == "2500.00"
    assert json.loads(
        output("eval", "kind = 'bar' AND income / (area - area) > 1", "--facts", "facts.yaml", "--json")
    ) == {
        "type": "boolean",
        "state": "undefined",
        "reason": "division by zero",
    }


def test_a_number_is_read_as_yuan_where_money_is_wanted() -> None:
    assert (
        output("eval", "CASE WHEN area > 1 THEN 10.5 ELSE 0 END", "--type", "money", "--facts", "facts.yaml")
        == "¥10.50\n"
    )
    assert tried("eval", "area", "--type", "money").exit_code == 1
    assert "is not a type" in tried("eval", "area", "--type", "monny").output


def test_a_rule_comes_from_a_file_or_from_standard_input_and_its_problems_name_it(folder: Path) -> None:
    (folder / "shop.rule").write_text("area < 60\nAND are > 3\n", encoding="utf-8")
    result = run("eval", "--file", "shop.rule", "--vocabulary", "words.yaml")
    assert result.exit_code == 1
    assert result.output.split("\n") == [
        "shop.rule:2:5: unknown-name: There is no fact or parameter 'are'.",
        "    AND are > 3",
        "        ^",
        "    Did you mean 'area'?",
        "",
    ]
    piped = run(
        "eval", "--file", "-", "--vocabulary", "words.yaml", "--facts", "facts.yaml", typed="area < 60"
    )
    assert piped.output == "yes\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("eval",),
        ("eval", "TRUE", "--file", "x"),
        ("eval", "TRUE", "--vocabulary", "words.yaml", "--place", "990100"),
    ],
)
def test_a_command_that_is_given_too_little_or_too_much_exits_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


# -- explain --------------------------------------------------------------------------------------------------


def test_explain_says_needed_found_source_and_change() -> None:
    assert output("explain", "area >= 60 AND open_air", "--facts", "facts.yaml").split("\n") == [
        "✗ all of these:",
        "  ✗ Floor area — needed: at least 60 m²; found: 45.0 m² (business licence, 2026-03-01); not met",
        "  ? Open-air trade — needed: yes; found: not known; open",
        "what would have to change:",
        "  - Floor area: at least 60.0 m² (now 45.0 m²); Open-air trade: yes (not known now)",
        "",
    ]
    fixed = output(
        "explain", "area >= 60 OR open_air", "--facts", "facts.yaml", "--fixed", "area", "--lang", "zh"
    )
    assert "经营面积——要求：不少于 60 平方米；实际：45.0 平方米（营业执照，2026-03-01）；不符合" in fixed


def test_explain_speaks_json_and_html() -> None:
    data = json.loads(output("explain", "area >= 60", "--facts", "facts.yaml", "--format", "json"))
    assert data["finding"]["read"][0]["source"] == "business licence"
    assert data["finding"]["outcome"] == "fail"
    assert output("explain", "area >= 60", "--facts", "facts.yaml", "--format", "html").startswith(
        '<div lang="en"><ul><li'
    )


# -- ask ------------------------------------------------------------------------------------------------------


def test_ask_stops_as_soon_as_what_is_known_is_enough(folder: Path) -> None:
    (folder / "answers.yaml").write_text("kind: bar\nopen_air: false\narea: 50\n")
    text = "kind = 'noodles' OR open_air OR income > 5"
    asked = output("ask", text, "--answers", "answers.yaml")
    assert asked.split("\n") == [
        "What kind of shop?  bar",
        "Open-air trade  no",
        "Yearly income  not known",
        "Not enough yet: open; it depends on Yearly income (income)",
        "3 of 3 questions asked.",
        "",
    ]
    settled = output(
        "ask", "kind = 'bar' OR open_air OR income > 5", "--answers", "answers.yaml", "--lang", "zh"
    )
    assert settled.split("\n") == ["开什么店？  bar", "已知内容足以判断：是", "共 3 个问题，问了 1 个。", ""]


def test_ask_takes_typed_answers_explains_mistakes_and_lists_members() -> None:
    text = "open_air AND kind = 'noodles' AND area > 3 AND SUM(staff.wage) > 5"
    typed = "1\n" + "ja\nyes\n" + "abc\n45\n" + "9\n2\n100\n-\n"
    result = tried("ask", text, typed=typed)
    assert "What kind of shop? [1 Noodle shop, 2 bar]  1" in result.output
    assert "Answer true or false." in result.output
    assert "Type a number in digits, for example 120." in result.output
    assert "Type a whole number from 0 to 5." in result.output
    assert "Person 2: Wage [yuan]  -" in result.output
    assert result.output.endswith("What you know is enough: yes\n4 of 4 questions asked.\n")


def test_ask_takes_it_that_somebody_does_not_know_or_that_there_is_none() -> None:
    result = tried("ask", "area > 3 AND kind = 'bar' AND open_air", typed="?\n-\n45\n")
    assert "What kind of shop?" in result.output.splitlines()[1]
    assert result.output.endswith(
        "Not enough yet: open; it depends on Kind of shop (kind)\n3 of 3 questions asked.\n"
    )
    result = tried("ask", "open_air OR COUNT(staff) > 0", typed="?\n?\n")
    assert "Not enough yet: open; it depends on Open-air trade (open_air), Staff (staff)" in result.output
    result = tried("ask", "COUNT(staff) > 0", typed="-\n")
    assert "What you know is enough: no" in result.output


# -- check, show, format, list --------------------------------------------------------------------------------


def test_check_shows_every_problem_with_a_caret_or_what_the_rule_reads() -> None:
    assert output("check", "area >= 60 AND COUNT(staff) > bracket(income, levy)") == (
        "Right: it is true or false.\nIt reads area, income, staff, levy.\n"
    )
    assert output("check", "TRUE", "--lang", "zh") == "正确，类型：boolean。\n"
    result = tried("check", "are >= 60 AND kind = 'pub' AND")
    assert result.exit_code == 1
    assert "rule:1:28: unreadable: The rule breaks off after 'AND'." in result.output
    both = tried("check", "are >= 60 AND kind = 'pub'").output
    assert both.count("^") == 2


def test_show_puts_labels_beside_names() -> None:
    assert output("show", "area>3", "--lang", "zh") == "area〔经营面积〕 > 3\n"


def test_format_prints_writes_and_checks(folder: Path) -> None:
    assert run("format", "a=1 and b=2").output == "a = 1 AND b = 2\n"
    file = folder / "a.rule"
    file.write_text("a=1 -- why\nand b=2\n")
    assert run("format", "--file", "a.rule", "--check").exit_code == 1
    assert run("format", "--file", "a.rule", "--write").output == ""
    assert file.read_text() == "a = 1  -- why\nAND b = 2\n"
    assert run("format", "--file", "a.rule", "--check").output == "a.rule: in the layout\n"
    broken = run("format", "a = ")
    assert broken.exit_code == 1
    assert "rule:1:3: unreadable" in broken.output
    assert run("format").exit_code == 2
    assert run("format", "a", "--write").exit_code == 2


def test_rules_of_a_pack_are_listed_and_every_address_works() -> None:
    listed = [line.split("\t") for line in run("list").output.splitlines()]
    addresses = [address for address, _ in listed]
    assert len(addresses) == len(set(addresses)) > 50
    assert "policies/start-up-grant#amount" in addresses
    assert "policies/start-up-grant#conditions.no-branch" in addresses
    for kind in ("services/", "materials/", "policies/"):
        address = next(address for address in addresses if address.startswith(kind))
        assert run("check", address).exit_code == 0
    explained = run("explain", "policies/start-up-grant#conditions.no-branch", "--lang", "zh").output
    assert explained.startswith("? 不是分店：待定")
    assert "依据：" in explained


def test_an_address_that_is_misspelt_is_answered_with_the_nearest() -> None:
    result = run("eval", "policies/start-up-grant#amont")
    assert result.exit_code == 1
    assert 'did you mean "policies/start-up-grant#amount"?' in result.output
    assert run("eval", "policies/start-up-grant#amount", "--on-undefined", "no").exit_code == 2


# -- sql, table -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_sql_prints_a_statement_of_the_dialect(dialect: str) -> None:
    text = "area >= 60 AND COUNT(staff) FILTER (WHERE staff.wage > 5) > 1"
    printed = output("sql", text, "--dialect", dialect, "--table", "city.shops", "--key", "shop")
    quote = "`" if dialect == "spark" else '"'
    assert f"{quote}city{quote}.{quote}shops{quote}" in printed
    assert f"{quote}result_value{quote}" in printed


def test_the_statement_for_duckdb_gives_what_eval_gives() -> None:
    duckdb = pytest.importorskip("duckdb")
    session = duckdb.connect()
    session.execute("CREATE TABLE subjects (id INTEGER, area DECIMAL(18, 1), open_air BOOLEAN)")
    session.execute("INSERT INTO subjects VALUES (1, 45.0, true), (2, 60.0, NULL), (3, NULL, false)")
    printed = output("sql", "area >= 60 AND NOT open_air")
    assert sorted(session.execute(printed).fetchall()) == [
        (1, "known", False, None),
        (2, "unknown", None, None),
        (3, "unknown", None, None),
    ]


def test_a_decision_table_is_printed_as_its_rule_or_its_problems(folder: Path) -> None:
    (folder / "fee.csv").write_text("kind,area,-> fee\nnoodles,< 60,1\nnoodles,>= 60,2\nelse,,0\n")
    assert run("table", "fee.csv", "--vocabulary", "words.yaml").output == (
        "CASE\n    WHEN kind = 'noodles' AND area < 60  THEN 1\n    WHEN kind = 'noodles' AND area >= 60 THEN 2\n    ELSE 0\nEND\n"
    )
    (folder / "fee.yaml").write_text('- {kind: noodles, "-> fee": 1}\n- {kind: else, "-> fee": 0}\n')
    assert run("table", "fee.yaml", "--vocabulary", "words.yaml").output == (
        "CASE WHEN kind = 'noodles' THEN 1 ELSE 0 END\n"
    )
    (folder / "bad.csv").write_text("kind,-> fee\nnoodls,1\nelse,0\n")
    bad = run("table", "bad.csv", "--vocabulary", "words.yaml")
    assert bad.exit_code == 1
    assert bad.output.startswith("bad.csv:2:1: Row 2, column 'kind': ")
    for name, text in (("a.yaml", "kind: 3"), ("b.yaml", "[1"), ("c.csv", '"open')):
        (folder / name).write_text(text)
        assert run("table", name, "--vocabulary", "words.yaml").exit_code == 1
    assert run("table", "none.csv", "--vocabulary", "words.yaml").exit_code == 1


# -- prove ----------------------------------------------------------------------------------------------------


def test_prove_finds_what_nobody_can_meet_and_exits_1() -> None:
    result = tried("prove", "area >= 60 AND area < 50")
    assert result.exit_code == 1
    assert result.output.startswith("rule:1:1: never-true: ")
    assert "\n    area >= 60 AND area < 50\n    ^\n" in result.output
    assert tried("prove", "area >= 60 AND area < 50", "--lang", "zh").output.startswith(
        "rule:1:1: never-true: "
    )
    (one,) = json.loads(tried("prove", "area > 5 OR area <= 5", "--json").output)
    assert (one["code"], one["line"], one["facts"]) == ("never-false", 1, {"area": None})
    assert output("prove", "area >= 60 AND open_air").startswith("Nothing found")
    assert output("prove", "area >= 60", "--lang", "zh").startswith("没有发现问题")


def test_prove_against_another_version_shows_somebody_whose_result_changes() -> None:
    result = tried("prove", "area >= 60", "--against", "area > 60")
    assert result.exit_code == 1
    assert result.output == "A result changes: yes → no. For example: Floor area 60.0 m²\n"
    assert (
        output("prove", "NOT (area >= 60 AND open_air)", "--against", "area < 60 OR NOT open_air")
        == "Nobody's result changes.\n"
    )
    dates = ("--at", "2026-06-01", "--against-at", "2027-06-01")
    changed = tried("prove", "ROUND(income * share, 2)", *dates, "--json")
    shown = json.loads(changed.output)
    assert (shown["verdict"], list(shown["facts"])) == ("different", ["income"])
    members = tried("prove", "SUM(staff.wage) > 5", "--against", "SUM(staff.wage) > 6", "--lang", "zh").output
    assert members.startswith("结果会变：是 → 否。例如：员工：")
    assert "工资：¥" in members


def test_prove_refuses_what_cannot_be_compared() -> None:
    result = tried("prove", "area > 3", "--against", "income")
    assert result.exit_code == 1
    assert "cannot be compared" in result.output
    assert "unknown-name" in tried("prove", "area > 3", "--against", "are > 3").output


def test_a_rule_of_a_pack_is_compared_with_the_same_rule_of_another_pack() -> None:
    folder = str(Path(os.environ["TONGBAN_PACKS"]) / "cn-qingqu")
    result = run("prove", "policies/start-up-grant#conditions.no-branch", "--against-pack", folder)
    assert result.output == "Nobody's result changes.\n"


# -- files ----------------------------------------------------------------------------------------------------


def test_every_mistake_in_facts_is_shown_with_its_line(folder: Path) -> None:
    (folder / "bad.yaml").write_text(
        "are: 3\narea: {value: 3, sorce: x}\nincome: 5\nkind: pub\nstaff: [{wage: 5}, {years: 3}]\nopened: 2026-02-30\n"
    )
    result = tried("eval", "area > 3", "--facts", "bad.yaml")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        'bad.yaml:1:1: there is no fact "are" (did you mean "area"?)',
        "bad.yaml:2:7: fact area: write {value: ..., source: ..., date: 2026-01-31} (source is a text, or {zh: 中文, en: English})",
        "bad.yaml:3:9: income: an amount of money is written in yuan with two digits after the point: 5.00",
        'bad.yaml:4:1: fact kind: "pub" is not a code of the list kinds (one of: noodles, bar)',
        "bad.yaml:5:8: staff.wage: an amount of money is written in yuan with two digits after the point: 5.00",
        "bad.yaml:5:1: relation staff: Number 2 has no field 'years' (fields: hired, wage).",
        "bad.yaml:6:1: fact opened: Type a date as year-month-day, for example 2026-01-31.",
    ]
    (folder / "bad.yaml").write_text("- 3\n")
    assert tried("eval", "area > 3", "--facts", "bad.yaml").output.startswith(
        "bad.yaml:1:1: facts are given as"
    )
    (folder / "bad.yaml").write_text("")
    assert tried("eval", "area > 3", "--facts", "bad.yaml").exit_code == 0
    assert tried("eval", "area > 3", "--facts", "none.yaml").exit_code == 1


def test_every_mistake_in_a_vocabulary_is_shown_with_its_line(folder: Path) -> None:
    (folder / "bad.yaml").write_text(
        "facts:\n"
        "  area: {type: decimal(2), unt: m2}\n"
        "  Kind: {type: code, codes: kindz}\n"
        "  income: money\n"
        "  size: {type: decimal}\n"
        "parametres: {}\n"
        "parameters:\n"
        "  cap: {type: money, value: 1500}\n"
        "  area: {type: integer, value: 1}\n"
        "bracket-tables:\n"
        "  tax: {of: {type: boolean}, gives: {type: decimal(2)}, rows: [{at_least: 1, value: 0.03}]}\n"
        "  levy: {of: {type: integer}, gives: {type: decimal(2)}, rows: [{at_least: 5, value: 0.1}, {at_least: 1, value: 0.2}]}\n"
        "code-lists:\n"
        "  kinds: [noodles]\n"
        "  sorts: {a b: {zh: 一, en: one}}\n"
    )
    result = run("check", "TRUE", "--vocabulary", "bad.yaml")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        'bad.yaml:2:28: fact area: there is no field "unt" (did you mean "unit"?)',
        'bad.yaml:3:3: "Kind" is not a name (small letters, digits and _)',
        'bad.yaml:3:29: fact Kind (codes): there is no code list "kindz"',
        "bad.yaml:4:11: facts: income must be a mapping",
        "bad.yaml:5:16: fact size (type): 'decimal' is not a type; the types are boolean, integer, decimal(n), money, date, text, code",
        'bad.yaml:6:1: there is no section "parametres" (did you mean "parameters"?)',
        "bad.yaml:8:29: parameter cap (value): an amount of money is written in yuan with two digits after the point: 1500.00",
        'bad.yaml:9:3: "area" stands in facts as well',
        "bad.yaml:11:13: bracket table tax (of): brackets are of numbers, money or dates, and not of true or false",
        "bad.yaml:12:64: bracket table levy (rows): the lower ends of a bracket table rise",
        "bad.yaml:14:10: code-lists: kinds must be a mapping",
        "bad.yaml:15:10: code list sorts: this is not a list of codes (write each code with its label: {code: {zh: 中文, en: English}}, or without: {code: })",
    ]
    (folder / "bad.yaml").write_text("3")
    assert "a vocabulary has sections" in run("check", "TRUE", "--vocabulary", "bad.yaml").output
    (folder / "bad.yaml").write_text("a: b: c")
    assert run("check", "TRUE", "--vocabulary", "bad.yaml").exit_code == 1
    assert run("check", "TRUE", "--vocabulary", "none.yaml").exit_code == 1


def test_what_a_terminal_would_obey_is_not_printed(folder: Path) -> None:
    (folder / "words.yaml").write_text(
        'facts: {note: {type: text, label: {zh: 备注, en: "a\\e[31mb"}}}', encoding="utf-8"
    )
    (folder / "facts.yaml").write_text('note: "x\\u202ey"', encoding="utf-8")
    shown = output("explain", "note = 'z'", "--facts", "facts.yaml")
    assert "a\N{REPLACEMENT CHARACTER}[31mb" in shown
    assert "x\N{REPLACEMENT CHARACTER}y" in shown


def test_a_decision_table_can_be_an_excel_workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["kind", "-> fee"], ["noodles", 100], ["else", 80]):
        sheet.append(row)
    book.save(folder / "fees.xlsx")
    printed = run("table", "fees.xlsx", "--vocabulary", "words.yaml")
    assert printed.exit_code == 0, printed.output
    assert printed.output == "CASE WHEN kind = 'noodles' THEN 100 ELSE 80 END\n"
    (folder / "broken.xlsx").write_bytes(b"not a workbook")
    refused = run("table", "broken.xlsx", "--vocabulary", "words.yaml")
    assert refused.exit_code == 1
    assert "broken.xlsx" in refused.output
