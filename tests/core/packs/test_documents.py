"""How an official document is filled, and that what people type into it stays text."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from tongban.core.packs import documents
from tongban.core.packs.model_guide import Document
from tongban.core.values.text import Bilingual


def document(zh: str = "{applicant}", en: str = "To {applicant}: **{service}**") -> Document:
    return Document.model_validate(
        {
            "id": "letter",
            "kind": "acceptance",
            "title": Bilingual("受理通知书", "Notice of acceptance"),
            "body": Bilingual(zh, en),
        }
    )


def rendered(value: str) -> str:
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return markdown.render(documents.fill(document(en="{applicant}"), {"applicant": value}, "en"))


def test_a_document_is_filled_in_the_language_asked_for_with_its_title_as_heading():
    values = {"applicant": "王小明", "service": "Food permit", "date": "2026-03-11"}
    assert documents.fill(document(), values, "zh-hans") == "# 受理通知书\n\n王小明\n"
    assert (
        documents.fill(document(), values, "en") == "# Notice of acceptance\n\nTo 王小明: **Food permit**\n"
    )


def test_all_missing_and_empty_values_are_named_at_once():
    with pytest.raises(
        documents.MissingValue, match=r"^document letter has no value for applicant, service$"
    ):
        documents.fill(document(), {"applicant": " \n"}, "en")


def test_values_and_names_that_no_document_knows_are_refused_with_the_nearest_name():
    with pytest.raises(documents.UnknownPlaceholder) as caught:
        documents.fill(document(en="{servise} {zebra}"), {"aplicant": "A"}, "en")
    assert str(caught.value) == (
        'document letter: there is no placeholder "aplicant" (did you mean "applicant"?); '
        'there is no placeholder "servise" (did you mean "service"?); there is no placeholder "zebra"'
    )


@pytest.mark.parametrize(
    "value",
    [
        "*Star* _Café_ `code` ~~gone~~",
        "# Heading",
        "[link](https://a.example) ![image](x.png)",
        "<script>alert(1)</script> <a@b.example> <https://a.example>",
        "&amp; &#42;",
        "- item",
        "-",
        "+ item",
        "1. item",
        "12) item",
        "> quote",
        "===",
        "---",
        "| a | b |",
        "back\\slash \\* end\\",
        "{service} {{ x }}",
        "https://a.example www.a.example",
        "```",
        "上海市**食品**公司（第1分店）",
    ],
)
def test_what_people_write_is_shown_as_written(value: str):
    shown = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    assert rendered(value) == f"<h1>Notice of acceptance</h1>\n<p>{shown}</p>\n"


def test_lines_of_a_value_stay_lines_of_one_paragraph():
    listed = rendered("身份证\r\n\n    - 租赁合同\n===\n| - | - |")
    assert listed == (
        "<h1>Notice of acceptance</h1>\n<p>身份证<br />\n- 租赁合同<br />\n===<br />\n| - | - |</p>\n"
    )


def test_ordinary_values_are_left_as_they_are():
    for value in ("2026-03-11", "QQ-2026-0001", "10 个工作日", "No. 5, Lake Road (2nd floor): 50%"):
        assert documents.as_text(value) == value


def test_a_value_that_holds_a_placeholder_is_not_filled_again():
    filled = documents.fill(document(en="{applicant}"), {"applicant": "{service}", "service": "S"}, "en")
    assert filled.endswith("\\{service\\}\n")
