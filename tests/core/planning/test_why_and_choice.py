"""Why a question is asked and which way a paper is met, in words and in both languages."""

from pathlib import Path

import pytest
from tests.core.planning.small_packs import licence, plan_of, row, small_pack

from tongban.core.planning import choice, why
from tongban.core.planning.model import Part, Plan, Question, Status
from tongban.doors.cli import packs

NATIONAL = packs.read_clean(Path(__file__).resolve().parents[3] / "packs/cn")

PACK = small_pack("""
laws:
  - {id: fire-law, name: {zh: 消防法, en: Fire Law}, contains: [{number: '15', text: {zh: 检查, en: Check}}]}
facts:
  - {id: area, type: integer, sources: [{registry: property, field: area}, {answer: true}]}
  - {id: married, sources: [{licence: marriage}, {answer: true}]}
  - {id: risky}
  - {id: promised}
  - {id: address, type: text}
  - {id: name, type: text}
licences: [{id: marriage}]
resources: [{id: property, key_fact: address, fields: [address, area]}]
materials:
  - {id: proof}
  - id: rules
    alternatives: [{form: true, when: promised}, {upload: {}, name: {zh: 自己的, en: Your own}}]
services:
  - id: fire
    applies_when: area >= 300
    articles: [fire-law#15]
    blocked_when: [risky]
    variants: [{id: quick, when: promised, promised: {amount: 1}}]
    conditions: [{id: sound, rule: NOT risky}]
    requires: [{material: proof, when: married, articles: [fire-law#15]}, rules]
    form: [name]
  - {id: sign, form: [name]}
""")


def question(found: Plan, fact: str) -> Question:
    return next(one for one in found.questions if one.fact == fact)


def told(found: Plan, fact: str) -> list[str]:
    return [one.text.en for one in why.of_question(question(found, fact), PACK)]


def test_each_thing_that_an_answer_decides_is_said():
    found = plan_of(PACK)
    assert told(found, "area") == ["Decides whether you need “fire”"]
    assert told(found, "risky") == [
        "Something may stand against “fire”: not possible",
        "A condition of “fire” is checked by it: sound",
    ]
    assert told(found, "married") == ["Decides whether you need the papers “proof”"]
    assert told(found, "promised") == [
        "Decides whether there is an easier way to provide “rules”",
        "Decides whether “fire” runs in another way: quick",
    ]
    assert told(found, "name") == ["The form of “sign” has to hold it"]


def test_the_ground_in_law_and_the_records_that_could_answer_go_with_it():
    found = plan_of(PACK)
    (one,) = why.of_question(question(found, "area"), PACK)
    assert one.articles == ("fire-law#15",)
    assert one.text.zh == "决定要不要办“fire”"
    assert question(found, "area").records == (("registry", "property"),)
    assert question(found, "married").records == (("licence", "marriage"),)
    looked_at = plan_of(PACK, held=(row("property"), licence("marriage")))
    assert question(looked_at, "area").records == question(looked_at, "married").records == ()


def test_a_key_is_asked_for_what_the_registry_says_by_it():
    pack = small_pack("""
    facts:
      - {id: usage, type: text, silent: true, sources: [{registry: property, field: usage}]}
      - {id: address, type: text}
    resources: [{id: property, key_fact: address, fields: [address, usage]}]
    services: [{id: a, applies_when: usage = 'shop'}, {id: b, form: [address]}]
    """)
    (asked,) = plan_of(pack).questions
    assert [one.part for one in asked.because] == [Part.FORM, Part.LOOK_UP]
    assert any("“property” is asked" in one.text.en for one in why.of_question(asked, pack))


@pytest.mark.parametrize("event", NATIONAL.life_events)
def test_every_question_of_every_national_event_says_why(event: str):
    found = plan_of(NATIONAL, event=event)
    for one in found.questions:
        reasons = why.of_question(one, NATIONAL)
        assert reasons, one.fact
        assert all(reason.text.zh and reason.text.en for reason in reasons)
        assert why.of_fact(one.fact, NATIONAL, event) or one.because[0].part is Part.LOOK_UP


def test_of_an_answered_question_everything_that_reads_it_is_said():
    assert [one.text.en for one in why.of_fact("promised", PACK, "event")] == [
        "Decides whether there is an easier way to provide “rules”",
        "Decides whether “fire” runs in another way: quick",
    ]
    assert [one.text.en for one in why.of_fact("name", PACK, "event")] == [
        "The form of “fire”, “sign” has to hold it"
    ]


WAYS = small_pack("""
facts: [{id: owner}]
licences: [{id: title}]
materials:
  - id: premises
    alternatives:
      - {upload: {}, name: {zh: 租约, en: Lease}}
      - {licence: title, when: owner}
  - {id: photo}
services: [{id: a, requires: [premises, photo]}]
""")


def test_the_way_with_the_least_trouble_is_taken_and_said_with_those_left_aside():
    held = (licence("title"),)
    found = plan_of(WAYS, {"owner": True}, held=held).material("premises")
    assert (found.status, found.options) == (Status.HELD, (1, 0))
    assert choice.chosen(found, WAYS).en == (
        "“title”: it is held already, the least trouble of 2 ways. Other ways: “Lease” (you hand it in)"
    )
    preferred = plan_of(WAYS, {"owner": True}, held=held, choosing={"premises": 0}).material("premises")
    assert choice.chosen(preferred, WAYS).en == (
        "“Lease”: you hand it in, as you chose. Other ways: “title” (it is held already)"
    )


def test_a_way_that_an_answer_may_open_is_said_and_a_single_way_is_not():
    found = plan_of(WAYS, held=(licence("title"),))
    assert choice.chosen(found.material("premises"), WAYS).en.endswith(
        "Other ways: “title” (it is held already, if your answers allow it)"
    )
    assert choice.chosen(found.material("photo"), WAYS) is None
    assert choice.chosen(plan_of(WAYS, {"owner": False}).material("premises"), WAYS) is None
