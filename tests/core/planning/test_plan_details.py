"""Single rules of planning, each in the smallest pack that shows it."""

from datetime import date

from tests.core.planning.small_packs import asked, licence, plan_of, row, small_pack, unchecked_pack, ways

from tongban.core.planning.model import Applies, Status


def test_a_rule_that_comes_out_absent_is_not_met():
    pack = small_pack("""
    facts: [{id: rent, type: integer}]
    services: [{id: subsidy, applies_when: rent > 1000}]
    """)
    assert plan_of(pack, {"rent": None}).service("subsidy").applies is Applies.NO


def test_a_rule_without_a_value_on_that_day_leaves_the_service_open():
    pack = small_pack("""
    facts: [{id: rent, type: integer}]
    parameters: [{id: limit, type: integer, values: [{valid_from: 2027-01-01, value: 5}]}]
    services: [{id: subsidy, applies_when: rent > limit}]
    """)
    found = plan_of(pack, {"rent": 7})
    assert found.service("subsidy").applies is Applies.MAYBE
    assert found.service("subsidy").finding.outcome == "undefined"
    assert found.complete
    assert plan_of(pack, {"rent": 7}, at=date(2027, 3, 1)).service("subsidy").applies is Applies.YES


def test_a_variant_is_in_force_only_when_no_earlier_one_may_be():
    pack = small_pack("""
    facts: [{id: a}, {id: b}]
    services:
      - id: permit
        variants:
          - {id: first, when: a, promised: {amount: 1}}
          - {id: second, when: b, promised: {amount: 2}}
          - {id: third, when: "TRUE", promised: {amount: 3}}
    """)
    assert plan_of(pack, {"b": True}).service("permit").variant is None
    assert asked(plan_of(pack, {"b": True})) == ["a"]
    assert plan_of(pack, {"a": False, "b": True}).service("permit").variant == "second"
    assert plan_of(pack, {"a": True}).service("permit").variant == "first"
    assert plan_of(pack, {"a": True}).complete
    assert plan_of(pack, {"a": False, "b": False}).service("permit").variant == "third"


def test_a_service_never_waits_for_its_own_result():
    pack = small_pack("""
    licences: [{id: permit}]
    materials: [{id: old-permit, alternatives: [{licence: permit}, {upload: {}}]}]
    services: [{id: renewal, requires: [old-permit], result: {licence: permit}}]
    """)
    found = plan_of(pack)
    assert found.service("renewal").waits_for == ()
    assert ways(found) == {"old-permit": Status.UPLOAD}
    assert ways(plan_of(pack, held=(licence("permit"),))) == {"old-permit": Status.HELD}


def test_services_that_could_wait_for_each_other_do_not_wait_in_a_circle():
    pack = small_pack("""
    licences: [{id: one}, {id: two}]
    materials:
      - {id: from-one, alternatives: [{licence: one}, {upload: {}}]}
      - {id: from-two, alternatives: [{licence: two}, {upload: {}}]}
    services:
      - {id: first, requires: [from-two], result: {licence: one}}
      - {id: second, requires: [from-one], result: {licence: two}}
    """)
    found = plan_of(pack)
    assert [s.id for s in found.services] == ["second", "first"]
    assert ways(found) == {"from-two": Status.PRODUCED, "from-one": Status.UPLOAD}
    other = plan_of(pack, choosing={"from-two": 1})
    assert ways(other) == {"from-two": Status.UPLOAD, "from-one": Status.PRODUCED}


def test_one_of_several_users_is_enough_to_rule_a_producer_out():
    pack = small_pack("""
    licences: [{id: one}, {id: two}]
    materials:
      - {id: from-one, alternatives: [{licence: one}]}
      - {id: from-two, alternatives: [{licence: two}, {upload: {}}]}
    services:
      - {id: first, result: {licence: one}}
      - {id: second, requires: [from-one, from-two]}
      - {id: third, requires: [from-two, from-one], result: {licence: two}}
    """)
    found = plan_of(pack)
    assert ways(found) == {"from-one": Status.PRODUCED, "from-two": Status.UPLOAD}
    assert found.service("second").waits_for == ("first",)


def test_a_sure_producer_is_preferred_to_one_that_may_apply():
    pack = small_pack("""
    facts: [{id: urgent}]
    licences: [{id: paper}]
    materials: [{id: proof, alternatives: [{licence: paper}]}]
    services:
      - {id: express, applies_when: urgent, result: {licence: paper}}
      - {id: usual, result: {licence: paper}}
      - {id: user, requires: [proof]}
    """)
    assert plan_of(pack).material("proof").produced_by == "usual"


def test_a_material_is_main_and_not_deferrable_as_soon_as_one_service_says_so():
    pack = small_pack("""
    materials: [{id: plan-drawing}]
    services:
      - {id: a, requires: [{material: plan-drawing, tier: secondary}], tolerance: {within: {amount: 5}}}
      - {id: b, requires: [plan-drawing], tolerance: {within: {amount: 5}}}
    """)
    material = plan_of(pack).material("plan-drawing")
    assert (material.main, material.status) == (True, Status.UPLOAD)


def test_an_instant_way_takes_no_material_later():
    pack = small_pack("""
    facts: [{id: fast}]
    materials: [{id: drawing}]
    services:
      - id: a
        requires: [{material: drawing, tier: secondary}]
        tolerance: {within: {amount: 5}}
        variants: [{id: at-once, when: fast, case_type: instant, promised: {amount: 0}}]
    """)
    assert ways(plan_of(pack, {"fast": False})) == {"drawing": Status.DEFERRABLE}
    assert ways(plan_of(pack, {"fast": True})) == {"drawing": Status.UPLOAD}


def test_where_health_or_safety_is_at_stake_nothing_comes_later():
    content = {
        "materials": [{"id": "drawing"}],
        "services": [
            {
                "id": "a",
                "requires": [{"material": "drawing", "tier": "secondary"}],
                "tolerance": {"within": {"amount": 5}},
                "health_or_safety": True,
            }
        ],
    }
    assert ways(plan_of(unchecked_pack(content))) == {"drawing": Status.UPLOAD}


def test_between_two_ways_of_equal_trouble_nothing_is_asked():
    pack = small_pack("""
    facts: [{id: married}]
    materials:
      - {id: proof, alternatives: [{upload: {}, when: married}, {upload: {}}]}
    services: [{id: a, requires: [proof]}]
    """)
    found = plan_of(pack)
    assert asked(found) == []
    assert (found.material("proof").alternative, found.material("proof").certain) == (1, True)


def test_a_question_about_one_shared_material_counts_once():
    pack = small_pack("""
    facts: [{id: agent}, {id: abroad}]
    materials: [{id: mandate}]
    services:
      - {id: a, requires: [{material: mandate, when: agent}]}
      - {id: b, requires: [{material: mandate, when: agent}]}
      - {id: c, applies_when: abroad}
    """)
    first, second = plan_of(pack).questions
    assert (first.fact, first.settles, first.services) == ("abroad", 1, ("c",))
    assert (second.fact, second.settles, second.services) == ("agent", 1, ("a", "b"))


def test_a_cheaper_way_is_asked_for_and_a_dearer_one_is_not():
    pack = small_pack("""
    facts: [{id: owner}, {id: relative}]
    licences: [{id: title}]
    materials:
      - id: premises
        alternatives: [{licence: title, when: owner}, {form: true}, {upload: {}, when: relative}]
    services: [{id: a, requires: [premises]}]
    """)
    assert asked(plan_of(pack)) == []
    assert asked(plan_of(pack, held=(licence("title"),))) == ["owner"]
    assert asked(plan_of(pack, choosing={"premises": 2})) == ["relative"]


def test_a_requirement_whose_situation_is_not_given_falls_away():
    pack = small_pack("""
    facts: [{id: agent}]
    materials: [{id: mandate}]
    services: [{id: a, requires: [{material: mandate, when: agent}]}]
    """)
    assert plan_of(pack).material("mandate").certain is False
    assert plan_of(pack, {"agent": True}).material("mandate").certain is True
    assert plan_of(pack, {"agent": False}).materials == ()


REGISTER = """
facts:
  - {id: tap}
  - {id: code, type: text, effort: look-up}
  - {id: size, type: integer, effort: type, sources: [{registry: firms, field: size}, {answer: true}]}
  - {id: since, type: date, effort: type, sources: [{registry: firms, field: since}, {answer: true}]}
  - {id: rating, type: text, silent: true, sources: [{registry: firms, field: rating}]}
resources: [{id: firms, key_fact: code, fields: [code, size, since, rating]}]
"""


def test_the_key_of_a_registry_comes_first_when_one_row_answers_much():
    pack = small_pack(
        REGISTER
        + """
services:
  - {id: a, applies_when: tap}
  - {id: b, applies_when: size > 3}
  - {id: c, applies_when: "since < DATE '2020-01-01'"}
  - {id: d, form: [code]}
"""
    )
    assert asked(plan_of(pack)) == ["code", "tap", "size", "since"]
    assert asked(plan_of(pack, held=(row("firms"),)))[-1] == "code"


def test_the_key_is_asked_when_only_the_registry_can_answer():
    pack = small_pack(REGISTER + "services: [{id: a, applies_when: rating = 'A'}]")
    assert asked(plan_of(pack)) == ["code"]
    assert asked(plan_of(pack, {"code": "x"})) == []
    assert plan_of(pack, {"code": "x"}).service("a").applies is Applies.MAYBE


def test_a_question_that_decides_more_comes_first_and_then_the_easier_one():
    pack = small_pack("""
    facts: [{id: hard, effort: look-up}, {id: easy}, {id: both, effort: look-up}]
    services:
      - {id: a, applies_when: hard AND both}
      - {id: b, applies_when: easy AND both}
    """)
    found = plan_of(pack)
    assert asked(found) == ["both", "easy", "hard"]
    assert [(q.settles, q.services) for q in found.questions] == [(2, ("a", "b")), (1, ("b",)), (1, ("a",))]


def test_a_long_term_in_hours_takes_days():
    pack = small_pack("""
    services:
      - {id: short, promised: {amount: 4, unit: hours}}
      - {id: long, promised: {amount: 72, unit: hours}}
    """)
    found = plan_of(pack)
    assert found.service("short").due_promised.day == date(2026, 3, 2)
    assert found.service("long").due_promised.day == date(2026, 3, 5)


def test_a_plan_in_which_nothing_applies_has_no_end():
    pack = small_pack("facts: [{id: a}]\nservices: [{id: s, applies_when: a}]")
    found = plan_of(pack, {"a": False})
    assert (found.finish_promised, found.finish_statutory, found.promised_days) == (None, None, 0)
    assert (found.services, found.critical_path, found.complete) == ((), (), True)
