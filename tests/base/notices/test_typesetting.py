"""A letter as PDF, read again with libraries that have nothing to do with the one that made it."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pdfminer.high_level import extract_text
from pypdf import PdfReader

from tongban.base.files import inspection
from tongban.base.notices import typesetting
from tongban.base.notices.letter import Letter

LETTER = Letter(
    number="990100-A-2026-000042",
    language="zh-hans",
    title="受理通知书",
    text="# 受理通知书\n\n编号：990100-A-2026-000042\n\n林小满：\n\n你申请的**食品经营许可**已受理。\n\n## 不服怎么办\n\n- 六十日内申请行政复议；\n- 六个月内提起行政诉讼。\n\n青衢市市场监督管理局（盖章）\n\n2026 年 3 月 2 日\n",
    authority="青衢市市场监督管理局",
    issued_on=date(2026, 3, 2),
)


def words(data: bytes) -> str:
    """The text as an independent reader extracts it, without its spacing."""
    return re.sub(r"\s+", "", extract_text(io.BytesIO(data)))


def test_chinese_text_comes_out_again_in_its_order() -> None:
    found = words(typesetting.pdf(LETTER))
    pieces = ("受理通知书", "林小满：", "你申请的食品经营许可已受理。", "六十日内申请行政复议；", "青衢市市场监督管理局（盖章）", "2026年3月2日")  # fmt: skip
    assert [found.find(piece) for piece in pieces] == sorted(found.index(piece) for piece in pieces)


def test_title_day_and_language_are_told_and_the_font_is_carried_as_a_subset() -> None:
    data = typesetting.pdf(LETTER)
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert reader.metadata.title == "受理通知书 990100-A-2026-000042"
    assert reader.metadata.author == "青衢市市场监督管理局"
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == LETTER.issued_on
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "zh-CN"
    assert catalogue["/MarkInfo"]["/Marked"]
    (font,) = {str(f.get_object()["/BaseFont"]) for f in reader.pages[0]["/Resources"]["/Font"].values()}
    assert re.fullmatch(r"/[A-Z]{6}\+NotoSansCJKsc-Regular.*", font)
    assert len(data) < 60_000


@pytest.mark.parametrize(("language", "tag"), [("zh-hant", "zh-TW"), ("en", "en")])
def test_each_language_says_which_it_is(language: str, tag: str) -> None:
    reader = PdfReader(io.BytesIO(typesetting.pdf(replace(LETTER, language=language))))
    assert reader.trailer["/Root"]["/Lang"] == tag


def test_the_same_letter_gives_the_same_bytes_and_another_one_others() -> None:
    digests = {hashlib.sha256(typesetting.pdf(LETTER)).hexdigest() for _ in range(3)}
    assert len(digests) == 1
    other = replace(LETTER, text=LETTER.text.replace("林小满", "林大满"))
    assert hashlib.sha256(typesetting.pdf(other)).hexdigest() not in digests


def test_every_page_is_numbered_and_names_the_document() -> None:
    long = replace(LETTER, text=LETTER.text + "\n\n" + "\n\n".join(f"第 {n} 段。" for n in range(120)))
    reader = PdfReader(io.BytesIO(typesetting.pdf(long)))
    pages = [re.sub(r"\s+", "", page.extract_text()) for page in reader.pages]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页，共{len(pages)}页" in page
        assert LETTER.number in page


def test_the_place_of_the_seal_says_that_no_seal_is_set() -> None:
    assert "占位，未盖章" in words(typesetting.pdf(LETTER))
    unsigned = replace(LETTER, authority="")
    assert "占位，未盖章" in words(typesetting.pdf(unsigned))
    assert "noseal" in words(typesetting.pdf(replace(LETTER, language="en")))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("林😀满", "林〔U+1F600〕满"),
        ("吉𠮷野", "吉𠮷野"),
        ("\U0002ebf0", "〔U+2EBF0〕"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("x\x07\x9dy", "xy"),
        ("路径 \\\\u0007", "路径\\u0007"),
        ("#let x = read(\"/etc/passwd\") $1+1$ @a <b> // c", '#letx=read("/etc/passwd")$1+1$@a<b>//c'),
    ],
)  # fmt: skip
def test_whatever_a_person_writes_is_text(written: str, shown: str) -> None:
    data = typesetting.pdf(replace(LETTER, text=f"# T\n\n{written}\n"))
    assert shown in words(data)


def test_it_passes_the_inspection_of_uploads() -> None:
    finding = inspection.inspect(typesetting.pdf(LETTER), ("pdf",))
    assert finding.problem is None
    assert finding.pages == 1


def test_without_the_font_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    typesetting._fonts.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "noto_cjk_sans_otc", None)
    with pytest.raises(typesetting.CannotTypeset, match=r"noto_cjk_sans_otc is not installed.*make setup"):
        typesetting.pdf(LETTER)
    assert "make setup" in typesetting.problem()
    monkeypatch.undo()
    typesetting._fonts.cache_clear()
    assert typesetting.problem() == ""
