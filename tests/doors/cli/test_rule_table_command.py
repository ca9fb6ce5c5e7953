"""`tongban rule table` from a terminal: which files it reads, and how a rule gets into a pack or stays out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from tests.core.packs import shop_pack

from tongban.core.packs.loader import load
from tongban.core.packs.pack import Pack
from tongban.doors.cli.main import cli

POLICIES = """\
# What the land pays. 补贴
- id: grant
  name: {zh: 补贴, en: Grant}
  summary: {zh: 补贴, en: Grant}
  authority: market
  subject: person
  valid_from: 2026-01-01
  conditions:
    - id: large  # who is meant
      label: {zh: 大, en: Large}
      rule: area >= large_area
  amount: fee   # what one gets
  # once only
  once_per: subject
  confirm_within: {amount: 30}
  fair_competition_review: none
"""
ROWS = [["类型", "面积", "→ 补贴"], ["摊", "< 60", "100"], ["摊", ">= 60", "fee"], ["其余", "", "50.50"]]
RULE = """\
CASE
    WHEN kind = 'stall' AND area < 60  THEN 100
    WHEN kind = 'stall' AND area >= 60 THEN fee
    ELSE 50.50
END
"""
LAND = "packs/land/policies/all.yaml"
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = shop_pack.files(land={"policies/all.yaml": POLICIES})
    for name, content in files.items():
        path = tmp_path / "packs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TONGBAN_PACKS", str(tmp_path / "packs"))
    put("fees.csv", ROWS)


def put(name: str, rows: list[list[str]], encoding: str = "gb18030") -> None:
    Path(name).write_bytes("\r\n".join(map(",".join, rows)).encode(encoding))


def book(name: str, **sheets: list[list[str]]) -> None:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(name)


def run(*words: object, lang: str = "en") -> Result:
    result = CliRunner().invoke(cli, ["rule", "table", *map(str, words), "--lang", lang])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def into(layer: str, address: str, *words: object, file: str = "fees.csv", lang: str = "en") -> Result:
    return run(file, "--into", f"packs/{layer}", "--as", address, *words, lang=lang)


def on_disk() -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in Path("packs").rglob("*") if path.is_file()}


def pack() -> Pack:
    files = {name.removeprefix("packs/"): content for name, content in on_disk().items()}
    return shop_pack.load_pack(files)


# -- reading --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_in_the_words_of_the_pack_is_read_as_spreadsheets_save_it(encoding: str) -> None:
    put("费用.CSV", ROWS, encoding)
    done = run("费用.CSV", "--pack", "packs/city")
    assert (done.output, done.exit_code) == (RULE, 0)


def test_of_a_workbook_one_sheet_is_read_and_cells_are_named_as_it_names_them() -> None:
    book("fees.XLSX", Fees=ROWS, Notes=[["from 2026 on"]], Empty=[])
    told = "Error: fees.XLSX: The workbook has several sheets, and it is not clear which is meant: 'Fees', 'Notes'. --sheet says which.\n"
    asked = run("fees.XLSX", "--pack", "packs/city")
    assert (asked.output, asked.exit_code) == (told, 1)
    assert "'Fees', 'Notes'。用 --sheet 说明。" in run("fees.XLSX", "--pack", "packs/city", lang="zh").output
    assert run("fees.XLSX", "--pack", "packs/city", "--sheet", "fees").output == RULE
    unknown = run("fees.XLSX", "--pack", "packs/city", "--sheet", "Fee")
    assert "The workbook has no sheet 'Fee'. Its sheets: 'Fees', 'Notes', 'Empty'." in unknown.output
    book("one.xlsx", **{"My fees": ROWS, "Empty": []})
    assert run("one.xlsx", "--pack", "packs/city").output == RULE
    book("bad.xlsx", **{"My fees": [*ROWS[:2], ["厅 or", "-", "1"], ROWS[3]]})
    bad = run("bad.xlsx", "--pack", "packs/city", lang="zh")
    assert bad.output.startswith("bad.xlsx:'My fees'!A3: 第 3 行“类型”列：代码表“kinds”里没有“厅 or”。")
    assert (
        "fees.csv: The file is no workbook" in run("fees.csv", "--sheet", "A", "--pack", "packs/city").output
    )


def test_what_is_no_table_is_told_in_both_languages() -> None:
    Path("a.csv").write_bytes("a,b".encode("utf-16"))
    assert "a.csv: The file is UTF-16 text. Save it as “CSV UTF-8”" in run("a.csv").output
    assert "a.csv: 文件是 UTF-16 文本。另存为“CSV UTF-8”" in run("a.csv", lang="zh").output
    Path("b.YAML").write_text("a: 1", encoding="utf-8")
    assert "b.YAML: A table in YAML is a list" in run("b.YAML").output
    assert "b.YAML: YAML 里的表是一个列表" in run("b.YAML", lang="zh").output
    Path("c.yml").write_text("- {a: 1, a: 2}", encoding="utf-8")
    assert "c.yml:1:10: 键“a”在同一处出现两次" in run("c.yml", lang="zh").output


# -- writing --------------------------------------------------------------------------------------------------


def test_a_rule_takes_the_place_of_another_when_it_is_told_to() -> None:
    before = on_disk()
    asked = into("land", "policies/grant#amount")
    assert "+        WHEN kind = 'stall' AND area < 60  THEN 100\n" in asked.output
    assert asked.output.endswith(
        f"Error: policies/grant#amount holds another rule already, at {LAND}:12:11. Nothing is written; --replace puts this one there.\n"
    )
    assert (asked.exit_code, on_disk()) == (1, before)
    tried = into("land", "policies/grant#amount", "--replace", "--dry-run")
    assert tried.output.endswith(
        f"policies/grant#amount would be written to {LAND}. The checks pass; nothing is written.\n"
    )
    assert (tried.exit_code, on_disk()) == (0, before)
    done = into("land", "policies/grant#amount", "--replace")
    assert (
        done.output
        == f"""\
--- {LAND}
+++ {LAND}
@@ -10,5 +10,10 @@
       label: {{zh: 大, en: Large}}
       rule: area >= large_area
-  amount: fee   # what one gets
+  amount: |-   # what one gets
+    CASE
+        WHEN kind = 'stall' AND area < 60  THEN 100
+        WHEN kind = 'stall' AND area >= 60 THEN fee
+        ELSE 50.50
+    END
   # once only
   once_per: subject
policies/grant#amount is written to {LAND}. Next: tongban pack test packs/land
"""
    )
    block = "  amount: |-   # what one gets\n" + "".join(f"    {line}\n" for line in RULE.splitlines())
    assert Path(LAND).read_text(encoding="utf-8") == POLICIES.replace(
        "  amount: fee   # what one gets\n", block
    )
    assert {name: text for name, text in on_disk().items() if name != LAND} == {
        name: text for name, text in before.items() if name != LAND
    }
    assert pack().policies["grant"].amount == RULE.rstrip("\n")
    again = into("land", "policies/grant#amount")
    assert (again.output, again.exit_code) == (
        "policies/grant#amount holds this rule already; nothing to write.\n",
        0,
    )


def test_what_a_layer_below_says_is_laid_over_by_an_entry_of_its_own() -> None:
    before = on_disk()
    done = into("city", "policies/grant#amount", "--replace", "--file", "own")
    assert done.exit_code == 0, done.output
    new = {name: text for name, text in on_disk().items() if before.get(name) != text}
    assert list(new) == ["packs/city/policies/own.yaml"]
    assert new["packs/city/policies/own.yaml"].startswith(b"- id: grant\n  amount: |-\n    CASE\n")
    put("fees.csv", [*ROWS[:3], ["其余", "", "51"]])
    more = into("city", "policies/grant#amount", "--replace")
    assert "-        ELSE 50.50\n+        ELSE 51\n" in more.output
    assert list(set(on_disk()) - set(before)) == ["packs/city/policies/own.yaml"]
    assert pack().policies["grant"].amount.endswith("ELSE 51\nEND")


def test_a_rule_can_stand_where_none_did() -> None:
    put("score.csv", [["面积", "分数"], ["< 60", "1"], [">= 60", "2"], ["else", "0"]])
    done = into("land", "policies/grant#score", file="score.csv")
    assert (
        "   amount: fee   # what one gets\n+  score: CASE WHEN area < 60 THEN 1 WHEN area >= 60 THEN 2 ELSE 0 END\n"
        in done.output
    )
    assert done.exit_code == 0
    assert pack().policies["grant"].score == "CASE WHEN area < 60 THEN 1 WHEN area >= 60 THEN 2 ELSE 0 END"


def test_conditions_of_policies_and_services_are_written_by_their_address() -> None:
    put("who.csv", [["类型", "可以"], ["摊", "是"], ["否则", "否"]])
    assert into("land", "policies/grant#conditions.large", "--replace", file="who.csv").exit_code == 0
    assert into("city", "services/shop-permit#applies_when", "--replace", file="who.csv").exit_code == 0
    done = into("land", "services/shop-permit#requires[2].when", file="who.csv")
    assert done.exit_code == 0, done.output
    text = "CASE WHEN kind = 'stall' THEN TRUE ELSE FALSE END"
    found = pack()
    assert found.policies["grant"].conditions[0].rule == text
    assert found.services["shop-permit"].applies_when == text
    assert [one.when for one in found.services["shop-permit"].requires] == ["TRUE", text]
    lines = Path("packs/land/services/all.yaml").read_text(encoding="utf-8")
    assert f'{{material: photo, tier: secondary, when: "{text}"}}' in lines
    assert "      label: {zh: 大, en: Large}\n      rule: CASE" in Path(LAND).read_text(encoding="utf-8")


def test_a_part_that_only_a_layer_below_has_is_not_written_elsewhere() -> None:
    put("who.csv", [["类型", "可以"], ["摊", "是"], ["否则", "否"]])
    before = on_disk()
    told = into("city", "policies/grant#conditions.large", "--replace", file="who.csv")
    assert told.output == (
        f"Error: policies/grant#conditions.large stands in the layer land, at {LAND}:9:7. Write into that layer, or write this"
        " part of conditions in packs/city first.\n"
    )
    assert (
        "在下层 land 里" in into("city", "policies/grant#conditions.large", file="who.csv", lang="zh").output
    )
    assert on_disk() == before


def test_nothing_is_left_behind_when_the_pack_would_not_pass_its_checks() -> None:
    put("never.csv", [["类型", "x"], ["-", "FALSE"]])
    before = on_disk()
    done = into("land", "services/receipt#applies_when", "--replace", file="never.csv")
    assert (
        "never.csv: service receipt (applies_when): the rule is never true, so the service never applies"
        in done.output
    )
    assert done.output.endswith("Error: With it the pack has 1 problems. Nothing is written.\n")
    assert (
        "内容包就有 1 个问题，所以什么也没有写"
        in into("land", "services/receipt#applies_when", "--replace", file="never.csv", lang="zh").output
    )
    assert (done.exit_code, on_disk()) == (1, before)


def test_a_table_of_another_type_or_with_a_mistake_never_gets_near_the_pack() -> None:
    before = on_disk()
    wrong = into("land", "policies/grant#conditions.large", "--replace")
    assert (
        "fees.csv: Column '补贴': This must be true or false, and it is an amount of money." in wrong.output
    )
    put("gap.csv", ROWS[:2])
    gap = into("land", "policies/grant#amount", "--replace", file="gap.csv", lang="zh")
    assert gap.output.startswith("gap.csv: 没有一行适用于这个对象：类型 ")
    assert (wrong.exit_code, gap.exit_code, on_disk()) == (1, 1, before)


def test_of_several_outputs_one_is_named() -> None:
    put("two.csv", [["类型", "-> fee", "-> most"], ["摊", "1", "2"], ["其余", "3", "4"]])
    asked = into("land", "policies/grant#amount", "--replace", file="two.csv")
    assert (
        "two.csv: The table has several outputs: 'fee', 'most'. --output says which is meant." in asked.output
    )
    assert "这些：'fee', 'most'" in run("two.csv", "--output", "x", "--pack", "packs/city", lang="zh").output
    assert (
        run("two.csv", "--output", "fee", "--pack", "packs/city").output
        == "CASE WHEN kind = 'stall' THEN 1 ELSE 3 END\n"
    )
    assert (
        into("land", "policies/grant#amount", "--replace", "--output", "most", file="two.csv").exit_code == 0
    )
    assert pack().policies["grant"].amount == "CASE WHEN kind = 'stall' THEN 2 ELSE 4 END"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--into", "packs/city"], "--into PACK and --as ADDRESS go together."),
        (["--as", "policies/grant#amount"], "--into PACK and --as ADDRESS go together."),
        (["--replace"], "are for a rule that is written"),
        (["--into", "packs/city", "--as", "policies/grant#amount", "--place", "city"], "--into says which words are used"),
        (["--into", "packs", "--as", "policies/grant#amount"], "packs is no pack: it has no pack.yaml."),
        (["--into", "packs/city", "--as", "policies/grnt#amount"], 'did you mean "policies/grant#amount"?'),
        (["--into", "packs/city", "--as", "indicators/x#numerator"], "has no place for a rule 'indicators/x#numerator'"),
        (["--into", "packs/city", "--as", "policies/grant#amount", "--replace", "--file", "../out"], "'../out' cannot be an id"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(words: list[str], told: str) -> None:
    before = on_disk()
    done = run("fees.csv", *words)
    assert told in done.output
    assert done.exit_code != 0
    assert on_disk() == before


def test_a_pack_with_problems_is_mended_first() -> None:
    Path("packs/city/services").mkdir()
    Path("packs/city/services/bad.yaml").write_text("- {id: x}\n", encoding="utf-8")
    before = on_disk()
    done = into("city", "policies/grant#amount", "--replace")
    assert "packs/city/services/bad.yaml:1:" in done.output
    assert (done.exit_code, on_disk()) == (1, before)


def test_a_file_that_cannot_be_written_stays_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    before = on_disk()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tongban.doors.cli.rules.placing.os.replace", full)
    done = into("land", "policies/grant#amount", "--replace")
    assert f"Error: {LAND}: No space left on device" in done.output
    assert on_disk() == before
    assert load({name.removeprefix("packs/"): text for name, text in before.items()}, "city").pack is not None
