"""docs/guide/tour.md says what is there: its people, its addresses, its steps. The walk itself: test_every_page.py."""

from __future__ import annotations

import re

import pytest
from django.urls import Resolver404, resolve
from tests.journeys import tour, tour_steps

from tongban.doors.demo.people import PEOPLE

CATALOGUE = tour.GUIDE.parents[2] / "src/tongban/base/kit/locale/zh_Hans/LC_MESSAGES/django.po"
CHINESE = tour.GUIDE.with_name("tour.zh.md")
NEEDS_A_SECOND_CITY = "2.8"


def test_every_step_of_the_guide_is_walked() -> None:
    walked = {*tour_steps.STEPS, NEEDS_A_SECOND_CITY}
    assert set(tour.guide()) == walked


def test_whoever_the_guide_names_can_be_chosen() -> None:
    known = {person.name_en: person.username for person in PEOPLE}
    named = {name for text in tour.guide().values() for name in tour.named(text)}
    assert named <= set(known)
    assert named == set(tour.PEOPLE)
    assert {name: known[name] for name in named} == tour.PEOPLE


@pytest.mark.parametrize("step", tour.guide())
def test_every_address_of_the_guide_is_served(step: str) -> None:
    for address in tour.addresses(tour.guide()[step]):
        try:
            resolve(address)
        except Resolver404:
            pytest.fail(f"step {step} names {address}, which no page serves")


def test_the_guide_quotes_texts_of_the_product_where_nobody_walks() -> None:
    catalogue = CATALOGUE.read_text(encoding="utf-8")
    known = set(re.findall(r'^msgid "(.+)"$', catalogue, re.MULTILINE))
    assert set(tour.quoted(tour.guide()[NEEDS_A_SECOND_CITY])) <= known


def test_the_chinese_guide_has_the_same_steps_people_and_addresses() -> None:
    english, chinese = tour.guide(), tour.guide(CHINESE)
    called = {person.name: person.name_en for person in PEOPLE}
    assert list(chinese) == list(english)
    for step, text in chinese.items():
        assert tour.addresses(text) == tour.addresses(english[step]), step
        people = {called[name] for name in tour.named(text) if name in called}
        assert people == set(tour.named(english[step])), step


def test_the_chinese_guide_quotes_texts_of_the_product() -> None:
    packs = tour.GUIDE.parents[2] / "packs"
    declared = "\n".join(file.read_text(encoding="utf-8") for file in packs.rglob("*.yaml"))
    catalogue = re.sub(r'"\n"', "", CATALOGUE.read_text(encoding="utf-8"))
    written = [
        re.sub(r"%\\\(\w+\\\)s", ".+", re.escape(text))
        for text in re.findall(r'^msgstr(?:\[0\])? "(.+)"$', catalogue, re.MULTILINE)
    ]
    for step, text in tour.guide(CHINESE).items():
        for words in tour.quoted(text):
            known = (
                words in declared or words in catalogue or any(re.fullmatch(one, words) for one in written)
            )
            assert known or words == "CSV", f"{step}: {words}"


def test_the_guide_takes_a_quarter_of_an_hour_to_read_and_follow() -> None:
    assert len(tour.GUIDE.read_text(encoding="utf-8").split()) < 1200
