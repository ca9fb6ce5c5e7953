"""Tags and filters, the stylesheet, and the words for states."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import lucide
import pytest
from django.template import Context, Template
from django.utils import translation

from tongban.base.kit import drawings, words
from tongban.base.kit.templatetags import kit
from tongban.core.planning.model import Applies, Status
from tongban.core.procedures.model import Light, State
from tongban.core.values.calendar import DueDate
from tongban.core.values.duration import Duration, Unit
from tongban.core.values.money import Money
from tongban.core.values.text import Bilingual

SRC = Path(__file__).resolve().parents[3] / "src" / "tongban"
TEMPLATES = [path for path in SRC.rglob("*.html") if "templates" in path.parts]
NAME = Bilingual(zh="开办餐饮店", en="Opening a restaurant")


def in_language(language: str, source: str, **context: object) -> str:
    with translation.override(language):
        return Template(source).render(Context(context))


def test_a_name_is_shown_in_each_of_the_three_languages() -> None:
    shown = {
        language: in_language(language, "{{ name|t }}", name=NAME)
        for language in ("zh-hans", "zh-hant", "en")
    }
    assert shown == {"zh-hans": "开办餐饮店", "zh-hant": "開辦餐飲店", "en": "Opening a restaurant"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [({"zh": "面", "en": "noodles"}, "noodles"), ({"zh": "面"}, "面"), ("plain", "plain"), (None, "")],
)
def test_other_values_are_shown_as_far_as_they_go(value: object, shown: str) -> None:
    assert in_language("en", "{{ value|t }}", value=value) == shown


def test_text_of_a_pack_is_escaped() -> None:
    assert in_language("en", "{{ name|t }}", name=Bilingual(zh="<b>", en="<b>")) == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("duration", "english", "chinese"),
    [
        (Duration(7, Unit.WORKING_DAYS), "7 working days", "7 个工作日"),
        (Duration(1, Unit.WORKING_DAYS), "1 working day", "1 个工作日"),
        (Duration(1, Unit.MONTHS), "1 month", "1 个月"),
        (Duration(4, Unit.HOURS), "4 hours", "4 小时"),
        (Duration(30, Unit.CALENDAR_DAYS), "30 calendar days", "30 日"),
        (Duration(0, Unit.WORKING_DAYS), "on the spot", "当场"),
        (None, "", ""),
    ],
)
def test_a_period_is_said_with_its_own_unit(duration: Duration | None, english: str, chinese: str) -> None:
    assert in_language("en", "{{ d|period }}", d=duration) == english
    assert in_language("zh-hans", "{{ d|period }}", d=duration) == chinese


def test_a_day_past_the_known_calendar_is_marked_as_provisional() -> None:
    known, open_ = DueDate(date(2026, 11, 30), provisional=False), DueDate(date(2027, 1, 8), provisional=True)
    assert in_language("zh-hans", "{{ d|day }}", d=known) == "2026年11月30日"
    assert "provisional" in in_language("en", "{{ d|day }}", d=open_)
    assert in_language("en", "{{ d|day }}", d=known) == "30 November 2026"


def test_an_instant_is_told_in_the_time_of_the_place() -> None:
    assert (
        in_language("zh-hans", "{{ at|moment }}", at=datetime(2026, 11, 25, 16, 30, tzinfo=UTC))
        == "2026年11月26日 00:30"
    )


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (128050, "¥1,280.50"),
        (100000000, "¥1,000,000"),
        (0, "free of charge"),
        (Money(-500), "−¥5"),
        (None, ""),
    ],
)
def test_fen_are_shown_as_yuan(amount: object, shown: str) -> None:
    assert in_language("en", "{{ fen|yuan }}", fen=amount) == shown


@pytest.mark.parametrize("state", [*State, *Status, *Applies, *Light])
def test_every_state_of_the_core_has_a_name_in_chinese_and_english(state: str) -> None:
    assert str(state) in words.STATES
    assert in_language("zh-hans", "{{ s|state_name }}", s=state) != in_language(
        "en", "{{ s|state_name }}", s=state
    )


def test_an_icon_is_silent_and_an_unknown_one_is_an_error() -> None:
    assert 'aria-hidden="true"' in kit.icon("store")
    with pytest.raises(lucide.IconDoesNotExist):
        kit.icon("no-such-icon")
    assert kit.icon("no-such-icon", "layers") == kit.icon("layers")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(SRC).as_posix())
def test_every_icon_that_a_template_names_exists(template: Path) -> None:
    source = template.read_text()
    for name in re.findall(r'(?:\bicon|sign=|default:)\s*"([a-z0-9-]+)"', source):
        if f'icon "{name}"' in source or f'sign="{name}"' in source:
            kit.icon(name)


def test_a_chinese_headline_breaks_after_its_commas_only() -> None:
    line = "{{ line|phrases }}"
    assert (
        in_language("zh-hans", line, line="办一件事，只来一次")
        == '<span class="nowrap">办一件事，</span><wbr><span class="nowrap">只来一次</span><wbr>'
    )
    assert in_language("en", line, line="Once, at most") == "Once, at most"


def test_a_drawing_loses_what_only_html_would_read() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><!--> <script>alert(1)</script> --><path d="M0 0"/></svg>'
    assert (
        drawings.inline(svg)
        == '<svg class="seal" aria-hidden="true" focusable="false"><path d="M0 0" /></svg>'
    )


def test_dark_looks_the_same_by_preference_and_by_choice() -> None:
    css = (SRC / "base/kit/static/kit/app.css").read_text()
    blocks = re.findall(r":root(?:\[data-theme=dark\]|:not\(\[data-theme=light\]\)) \{([^}]+)\}", css)
    assert len(blocks) == 2
    assert blocks[0].split() == blocks[1].split()


def test_nothing_but_the_top_bar_floats_over_the_page() -> None:
    css = (SRC / "base/kit/static/kit/app.css").read_text()
    assert [line.split("{")[0].strip() for line in css.splitlines() if "position: sticky" in line] == [
        ".topbar"
    ]
    assert "system-ui" not in css
