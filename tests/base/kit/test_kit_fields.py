"""Questions of a pack as form fields, and what comes back."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from tongban.base.kit import forms
from tongban.core.packs.model import CodeItem, CodeList, Fact
from tongban.core.rules.states import Value
from tongban.core.values.text import Bilingual


def both(text: str) -> Bilingual:
    return Bilingual(zh=text, en=text)


def codes(number: int) -> CodeList:
    return CodeList(
        id="kinds",
        name=both("kinds"),
        items=tuple(CodeItem(code=f"k{n}", label=both(f"kind {n}")) for n in range(number)),
    )


def fact(type_: str, **more: object) -> Fact:
    base = {
        "id": "answer",
        "subject": "enterprise",
        "type": type_,
        "label": both("Label"),
        "question": both("Question?"),
    }
    return Fact.model_validate({**base, "codes": "kinds" if type_ == "code" else None, **more})


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        ("boolean", True, "yes"),
        ("boolean", False, "no"),
        ("integer", 46, "46"),
        ("decimal(2)", Decimal("46.50"), "46.50"),
        ("money", 128050, "1280.50"),
        ("money", 128000, "1280"),
        ("date", date(2026, 11, 25), "2026-11-25"),
        ("text", "春风面馆", "春风面馆"),
        ("code", "k1", "k1"),
    ],
)
def test_what_is_written_into_the_form_reads_back_the_same(type_: str, value: Value, text: str) -> None:
    assert forms.written(fact(type_), value) == text
    assert forms.read(fact(type_), codes(3), text) == (value, "")


@pytest.mark.parametrize(
    ("type_", "raw", "value"),
    [
        ("integer", " ４６ ", 46),
        ("money", "1,280.5", 128050),
        ("date", "2026/11/25", date(2026, 11, 25)),
        ("decimal(1)", "3", Decimal("3.0")),
    ],
)
def test_full_width_digits_and_separators_are_understood(type_: str, raw: str, value: Value) -> None:
    assert forms.read(fact(type_), None, raw) == (value, "")


@pytest.mark.parametrize(
    ("type_", "raw", "said"),
    [
        ("integer", "many", "Give a number"),
        ("integer", "4.5", "whole number"),
        ("integer", "NaN", "Give a number"),
        ("integer", "1e400", "Give a number"),
        ("decimal(1)", "4.55", "Fewer digits"),
        ("money", "1.005", "Give a number"),
        ("date", "25.11.2026", "year-month-day"),
        ("boolean", "maybe", "yes or no"),
        ("code", "k9", "one of the answers"),
        ("text", "x" * 201, "at most 200"),
    ],
)
def test_a_wrong_answer_is_told_and_not_kept(type_: str, raw: str, said: str) -> None:
    value, error = forms.read(fact(type_), codes(3), raw)
    assert value is None
    assert said in error


def test_an_answer_out_of_range_names_the_bound() -> None:
    assert forms.read(fact("money", maximum=100000), None, "1000.01") == (
        None,
        "The largest possible answer is 1000.",
    )
    assert forms.read(fact("integer", minimum=1), None, "0") == (None, "The smallest possible answer is 1.")


def test_an_empty_answer_is_no_answer_and_no_error() -> None:
    assert forms.read(fact("integer"), None, "  ") == (None, "")


@pytest.mark.parametrize("type_", ["boolean", "integer", "decimal(2)", "money", "date", "text", "code"])
@pytest.mark.parametrize("many", [3, 9])
def test_every_field_is_labelled_and_points_only_at_what_is_there(type_: str, many: int) -> None:
    field = forms.field_of(
        fact(type_, help=both("Help")),
        codes(many),
        error="Wrong.",
        why="Because.",
        source=forms.Source("Business licence"),
    )
    html = render_to_string("kit/parts/field.html", {"field": field})
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    assert set(re.findall(r'\bfor="([^"]+)"', html)) <= ids
    assert {one for group in re.findall(r'aria-describedby="([^"]+)"', html) for one in group.split()} <= ids
    assert forms.errors_of([field])[0]["id"] in ids
    assert 'aria-invalid="true"' in html
    assert "Wrong." in html
    assert "Business licence" in html


def test_a_value_that_is_taken_over_cannot_be_typed_over() -> None:
    field = forms.field_of(fact("boolean"), value=True, readonly=True, source=forms.Source("Register"))
    html = render_to_string("kit/parts/field.html", {"field": field})
    assert 'value="Yes" readonly' in html
    assert "name=" not in html


def test_a_value_cannot_leave_its_field() -> None:
    field = forms.field_of(fact("text"), value='"><script>')
    assert "<script>" not in render_to_string("kit/parts/field.html", {"field": field})


def test_the_summary_links_to_each_wrong_field() -> None:
    fields = [
        forms.field_of(fact("integer"), error="Give a number."),
        forms.field_of(fact("text"), name="other"),
    ]
    html = render_to_string("kit/parts/errors.html", {"errors": forms.errors_of(fields)})
    assert 'role="alert"' in html
    assert html.count("<li>") == 1
    assert '<a href="#field-answer"' in html
