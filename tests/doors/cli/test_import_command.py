"""`tongban pack import` from a terminal: which files it reads, what it writes and what it leaves alone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from tests.core.packs import shop_pack

from tongban.doors.cli.main import cli

Run = Callable[..., Result]

MAP = """
columns:
  id: 编码
  name.zh: 名称
  name.en: English
  promised.amount: 天数
  requires[].material: {column: 材料, split: 、, values: {租约: lease, 钥匙: key}}
fixed: {kind: record, case_type: promised, authority: market, result: {name: {zh: 回执, en: Receipt}}, alone: {steps: 1, visits: 0}}
"""
ROWS = [
    ["编码", "名称", "English", "天数", "材料"],
    ["sign", "招牌", "Shop sign", "3", "租约"],
    ["bell", "门铃", "Bell", "2", "钥匙"],
    ["shop-permit", "许可", "Permit", "2", ""],
]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, text in shop_pack.files().items():
        path = tmp_path / "packs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TONGBAN_PACKS", str(tmp_path / "packs"))

    def ran(*words: object) -> Result:
        words = ("import", *words, "--mapping", "map.yaml", "--into", "packs/city", "--lang", "en")
        return CliRunner().invoke(cli, ["pack", *map(str, words)])

    return ran


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)  # type: ignore[union-attr]  # a new book has a sheet
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Shops.csv", "\n".join(map(",".join, ROWS)).encode("utf-8-sig")),
        ("shops.csv", "\r\n".join(map(",".join, ROWS)).encode("gb18030")),
        ("shops.tsv", "\n".join(map("\t".join, ROWS)).encode()),
        ("shops.xlsx", workbook()),
    ],
    ids=["utf-8", "gb18030", "tabs", "xlsx"],
)
def test_a_table_as_people_save_it_becomes_services(run: Run, name: str, content: bytes) -> None:
    Path(name).write_bytes(content)
    done = run(name, "--rest", "rest.csv")
    assert done.output.splitlines() == [
        f'{name}:3:5: service bell (requires[1].material): there is no material "key" (add it to materials/)',
        f"{name}:4:1: the pack has shop-permit already, and it is left as it is (change it in its file)",
        "services: 1 written to packs/city/services/shops.yaml, 1 there already; rows left out: 1.",
        "The rows left out are in rest.csv. Mend them, and import that file with the same mapping.",
    ]
    assert done.exit_code == 1
    rest = Path("rest.csv").read_text(encoding="utf-8-sig").splitlines()
    assert rest[0].startswith(",".join(ROWS[0]))
    assert rest[1].startswith("bell,门铃,Bell,2,钥匙,")
    assert len(rest) == 2
    assert CliRunner().invoke(cli, ["pack", "lint", "packs/city"]).exit_code == 0


def test_a_dry_run_tells_the_same_and_writes_nothing(run: Run) -> None:
    Path("a.csv").write_text("\n".join(map(",".join, ROWS)), encoding="utf-8")
    before = sorted(Path("packs").rglob("*"))
    done = run("a.csv", "--dry-run", "--rest", "rest.csv")
    assert "services: 1 would be written to packs/city/services/a.yaml" in done.output
    assert sorted(Path("packs").rglob("*")) == before
    assert not Path("rest.csv").exists()


def test_lines_that_a_file_has_already_stay_as_they_are(run: Run) -> None:
    own = "# by hand\n- {id: lamp, name: {zh: 灯, en: Lamp}, kind: record, case_type: promised, authority: market, promised: {amount: 1}, result: {name: {zh: 回执, en: Receipt}}, alone: {steps: 1, visits: 0}}"
    target = Path("packs/city/services/mine.yaml")
    target.parent.mkdir(exist_ok=True)
    target.write_text(own, encoding="utf-8")
    Path("a.csv").write_text("\n".join(map(",".join, [*ROWS[:1], *ROWS[2:3], *ROWS[1:2]])), encoding="utf-8")
    done = run("a.csv", "--file", "mine")
    assert "a.csv:2:5: service bell (requires[1].material)" in done.output
    assert target.read_text(encoding="utf-8").startswith(own + "\n- id: sign\n")


def test_a_name_that_leads_out_of_the_pack_is_refused(run: Run) -> None:
    Path("a.csv").write_text("\n".join(map(",".join, ROWS)), encoding="utf-8")
    before = sorted(Path().rglob("*"))
    assert "'../../out' cannot be an id" in run("a.csv", "--file", "../../out").output
    assert sorted(Path().rglob("*")) == before


def test_a_pack_with_problems_is_mended_first(run: Run) -> None:
    Path("packs/city/services").mkdir(exist_ok=True)
    Path("packs/city/services/bad.yaml").write_text("- {id: x}\n", encoding="utf-8")
    Path("a.csv").write_text("\n".join(map(",".join, ROWS)), encoding="utf-8")
    done = run("a.csv")
    assert done.exit_code == 1
    assert "bad.yaml" in done.output
    assert not Path("packs/city/services/a.yaml").exists()


def test_what_is_no_table_is_refused_in_plain_words(run: Run) -> None:
    Path("a.xlsx").write_bytes(b"PK no")
    assert "a.xlsx: The file is not an Excel workbook (.xlsx)." in run("a.xlsx").output
    Path("a.csv").write_text('编码\n"open', encoding="utf-8")
    assert "a.csv: The file cannot be read as CSV" in run("a.csv").output
    Path("b.csv").write_bytes(b"\xff\xff\xff")
    assert "b.csv: The file is text neither in UTF-8 nor in GB 18030." in run("b.csv").output
