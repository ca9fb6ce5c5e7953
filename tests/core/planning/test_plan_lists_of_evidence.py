"""A requirement is met by any one of its alternatives, and an alternative by all that it takes along."""

from tests.core.planning.small_packs import licence, plan_of, small_pack, unchecked_pack, ways

from tongban.core.planning import choice
from tongban.core.planning.model import Status
from tongban.core.planning.reads import kinds_read

PREMISES = """
facts: [{id: owner}]
licences: [{id: title}, {id: identity}]
materials:
  - id: premises
    alternatives:
      - {upload: {}, name: {zh: 租约, en: Lease}, along_with: [consent, owner-identity]}
      - {licence: title, when: owner}
  - {id: consent}
  - {id: owner-identity, alternatives: [{licence: identity}, {upload: {}}]}
services:
  - {id: a, requires: [premises]}
  - {id: b, requires: [premises, consent]}
"""


def test_all_that_a_way_takes_along_is_needed_by_the_same_services_and_asked_for_once():
    found = plan_of(small_pack(PREMISES), {"owner": False})
    assert [(m.id, m.services) for m in found.materials] == [
        ("premises", ("a", "b")),
        ("consent", ("b", "a")),
        ("owner-identity", ("a", "b")),
    ]
    assert set(ways(found).values()) == {Status.UPLOAD}
    assert all(m.certain for m in found.materials)
    assert found.together.materials == 3


def test_a_way_that_is_not_taken_brings_nothing_along():
    found = plan_of(small_pack(PREMISES), {"owner": True}, held=(licence("title"),))
    assert ways(found) == {"premises": Status.HELD, "consent": Status.UPLOAD}
    assert found.material("consent").services == ("b",)


def test_of_what_comes_along_each_part_is_met_in_its_own_cheapest_way():
    found = plan_of(small_pack(PREMISES), {"owner": False}, held=(licence("identity"),))
    assert ways(found)["owner-identity"] is Status.HELD
    assert found.together.materials == 2


def test_while_an_answer_may_open_another_way_nothing_that_comes_along_is_certain():
    pack = small_pack(PREMISES.replace("{upload: {}, name", "{upload: {}, when: NOT owner, name"))
    found = plan_of(pack)
    assert not found.material("owner-identity").certain
    assert [one.fact for one in found.questions] == ["owner"]


def test_what_comes_along_counts_when_the_least_trouble_is_looked_for():
    pack = unchecked_pack({
        "materials": [
            {"id": "m", "alternatives": [{"upload": {}, "along_with": ["k"]}, {"upload": {}}]},
            {"id": "k"},
        ],
        "services": [{"id": "a", "requires": ["m"]}],
    })  # fmt: skip
    found = plan_of(pack)
    assert [(m.id, m.alternative) for m in found.materials] == [("m", 1)]
    chosen = plan_of(pack, choosing={"m": 0})
    assert [m.id for m in chosen.materials] == ["m", "k"]
    assert choice.chosen(chosen.material("m"), pack).en.startswith(
        "“m with k”: you hand it in, as you chose."
    )


def test_a_way_of_which_a_part_cannot_be_had_is_not_taken():
    pack = small_pack("""
    licences: [{id: title}, {id: lost}]
    materials:
      - {id: m, alternatives: [{licence: title, along_with: [k]}, {upload: {}}]}
      - {id: k, alternatives: [{licence: lost}]}
    services: [{id: a, requires: [m]}]
    """)
    found = plan_of(pack, held=(licence("title"),))
    assert ways(found) == {"m": Status.UPLOAD}


def test_the_licences_that_could_come_along_may_be_looked_at():
    pack = small_pack(PREMISES)
    assert kinds_read(pack, pack.life_events["event"]) == {"title", "identity"}
