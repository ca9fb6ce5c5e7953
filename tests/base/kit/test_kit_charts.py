"""The lanes of a plan: who works when."""

from __future__ import annotations

from xml.etree import ElementTree

from django.utils import translation

from tongban.base.kit import charts

ROWS = [
    ("Market <regulation>", [("Licence", 0, 0, 2), ("Food permit & check", 1, 7, 20)]),
    ("Fire", [("Check", 1, 7, None)]),
]
DAYS = [f"day {n}" for n in range(12)]


def drawn() -> ElementTree.Element:
    with translation.override("en"):
        return ElementTree.fromstring(charts.lanes(ROWS, days=DAYS, title="Who works when", today=1))


def test_the_chart_says_in_words_what_it_shows() -> None:
    svg = drawn().find("svg")
    assert svg is not None
    named = {svg.find(tag).attrib["id"]: svg.find(tag).text for tag in ("title", "desc")}  # type: ignore[union-attr]
    assert set(svg.attrib["aria-labelledby"].split()) == set(named)
    assert (
        "Market <regulation>: Food permit & check, day 1 to day 7, by law until working day 21."
        in " ".join(named.values())
    )  # type: ignore[arg-type]


def test_every_bar_is_drawn_and_stays_inside() -> None:
    svg = drawn().find("svg")
    bars = svg.findall("rect")  # type: ignore[union-attr]
    assert len(bars) == 3
    for bar in bars:
        assert float(bar.attrib["x"]) + float(bar.attrib["width"]) <= charts._WIDTH


def test_it_can_be_scrolled_by_keyboard_where_it_is_too_wide() -> None:
    assert drawn().attrib["tabindex"] == "0"
    assert drawn().attrib["role"] == "group"


def test_a_plan_without_days_is_drawn_all_the_same() -> None:
    assert "<svg" in charts.lanes([("Fire", [("Check", 0, 0, None)])], days=[], title="Empty")
