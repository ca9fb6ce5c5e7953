"""The plan of a birth: one person, three services in a chain, evidence by several ways, calendar terms."""

from datetime import date

from tests.core.planning.small_packs import asked, licence, plan_of, row, small_pack, ways

from tongban.core.planning.model import Burden, Status

NEWBORN = small_pack("""
calendars:
  - {id: default, known_until: 2026-04-30, rest_days: [2026-04-06], working_days: []}
facts:
  - {id: born_abroad}
  - {id: married}
  - {id: child_name, type: text, effort: type}
  - {id: works_freelance}
licences:
  - {id: birth_certificate}
  - {id: household_page}
  - {id: social_card}
  - {id: marriage_certificate}
resources:
  - {id: births, key_fact: child_name}
materials:
  - id: birth-proof
    alternatives:
      - {licence: birth_certificate, when: NOT born_abroad}
      - {registry: births, when: NOT born_abroad}
      - {upload: {}, when: born_abroad}
  - id: household-proof
    alternatives:
      - {licence: household_page}
      - upload: {}
        name: {zh: 户口簿复印件, en: Copy of the household register}
  - {id: marriage-proof, alternatives: [{licence: marriage_certificate}, {upload: {}}]}
  - {id: work-proof}
services:
  - id: birth-certificate
    applies_when: NOT born_abroad
    promised: {amount: 8, unit: hours}
    form: [child_name]
    result: {licence: birth_certificate}
    alone: {steps: 2, visits: 1}
  - id: household
    promised: {amount: 30, unit: calendar_days}
    statutory: {amount: 1, unit: months}
    requires: [birth-proof, {material: marriage-proof, when: married}]
    result: {licence: household_page}
    alone: {steps: 3, visits: 1}
  - id: insurance
    promised: {amount: 10, unit: calendar_days, rolls: false}
    statutory: {amount: 20}
    requires: [household-proof, {material: work-proof, tier: secondary, when: works_freelance}]
    tolerance: {within: {amount: 10}}
    alone: {steps: 3, visits: 2}
""")

AT_HOME = {"born_abroad": False, "married": True, "child_name": "Lin", "works_freelance": True}


def test_each_link_of_a_chain_starts_when_the_one_before_it_ends():
    found = plan_of(NEWBORN, AT_HOME)
    assert [(s.id, s.waits_for, s.starts, s.due_promised.day) for s in found.services] == [
        ("birth-certificate", (), date(2026, 3, 2), date(2026, 3, 2)),
        ("household", ("birth-certificate",), date(2026, 3, 2), date(2026, 4, 1)),
        ("insurance", ("household",), date(2026, 4, 1), date(2026, 4, 11)),
    ]
    assert found.critical_path == ("birth-certificate", "household", "insurance")


def test_a_calendar_term_ends_on_a_rest_day_only_where_it_may():
    start = date(2026, 3, 6)
    rolled = plan_of(NEWBORN, AT_HOME, at=start).service("household")
    assert rolled.due_promised.day == date(2026, 4, 7)  # the 5th is a Sunday, the 6th a holiday


def test_a_term_by_law_in_months_ends_on_the_same_day_of_the_month():
    found = plan_of(NEWBORN, AT_HOME)
    assert found.service("household").due_statutory.day == date(2026, 4, 2)
    assert found.service("birth-certificate").due_statutory is None
    assert found.finish_statutory.day == date(2026, 5, 1)


def test_a_date_past_the_known_calendar_is_provisional():
    found = plan_of(NEWBORN, AT_HOME)
    assert not found.finish_promised.provisional
    assert found.finish_statutory.provisional


def test_a_registry_does_as_well_as_the_licence_of_another_service():
    found = plan_of(NEWBORN, AT_HOME, held=(row("births"),))
    material = found.material("birth-proof")
    assert (material.status, material.alternative) == (Status.HELD, 1)
    assert found.service("household").waits_for == ()


def test_an_alternative_that_is_ruled_out_is_no_option():
    abroad = plan_of(NEWBORN, AT_HOME | {"born_abroad": True}, held=(row("births"),))
    material = abroad.material("birth-proof")
    assert (material.status, material.options) == (Status.UPLOAD, (2,))
    assert [s.id for s in abroad.services] == ["household", "insurance"]


def test_an_alternative_that_is_open_is_used_only_while_no_other_is_certain():
    facts = AT_HOME | {}
    del facts["born_abroad"]
    material = plan_of(NEWBORN, facts).material("birth-proof")
    assert (material.status, material.certain) == (Status.PRODUCED, False)
    assert asked(plan_of(NEWBORN, facts)) == ["born_abroad"]


def test_a_secondary_paper_of_a_tolerant_service_may_follow_later():
    found = ways(plan_of(NEWBORN, AT_HOME))
    assert found["work-proof"] is Status.DEFERRABLE
    assert found["marriage-proof"] is Status.UPLOAD


def test_a_licence_of_the_family_spares_a_paper():
    found = plan_of(NEWBORN, AT_HOME, held=(licence("marriage_certificate"),))
    assert found.material("marriage-proof").status is Status.HELD


def test_alone_each_term_is_done_after_the_other():
    found = plan_of(NEWBORN, AT_HOME)
    assert found.alone == Burden(steps=8, days=1 + 22 + 8, materials=4, visits=4)
    assert found.together.materials == 2
