"""What an event may have looked up: the fields that its services read, and nothing on account of another event."""

from tests.core.planning.small_packs import small_pack

from tongban.core.planning.reads import facts_read, fields_read

TWO_EVENTS = small_pack("""
facts:
  - {id: address, type: text, effort: type, sources: [{registry: firms, field: address}, {answer: true}]}
  - {id: code, type: text, effort: type}
  - {id: area, type: integer, unit: m2, effort: type, sources: [{registry: property, field: area}, {answer: true}]}
  - {id: usage, type: text, sources: [{registry: property, field: usage}, {answer: true}]}
  - {id: abnormal, sources: [{registry: firms, field: abnormal}, {answer: true}]}
  - {id: big}
resources:
  - {id: property, key_fact: address, fields: [address, area, usage]}
  - {id: firms, key_fact: code, fields: [code, address, abnormal]}
  - {id: notices, key_fact: code, fields: [code]}
materials:
  - {id: notice, alternatives: [{registry: notices}, {upload: {}}]}
services:
  - {id: opening, applies_when: area > 300}
  - {id: closing, form: [abnormal], requires: [notice]}
  - {id: chatting, applies_when: big}
life-events:
  - {id: open, services: [opening, chatting]}
  - {id: close, services: [closing]}
  - {id: chat, services: [chatting]}
""")


def fields(event: str) -> dict[str, tuple[str, ...]]:
    return fields_read(TWO_EVENTS, TWO_EVENTS.life_events[event])


def test_facts_are_those_of_the_services_alone():
    assert facts_read(TWO_EVENTS, ["opening"]) == {"area"}
    assert facts_read(TWO_EVENTS, ["closing"]) == {"abnormal"}
    assert facts_read(TWO_EVENTS, ["opening", "closing", "no-such-service"]) == {"area", "abnormal"}


def test_what_another_event_reads_is_not_looked_up_and_one_registry_supplies_the_key_of_another():
    assert fields("open") == {"property": ("area",), "firms": ("address",)}


def test_a_registry_whose_row_is_a_material_is_asked_for_its_key():
    assert fields("close") == {"firms": ("abnormal",), "notices": ("code",)}


def test_an_event_that_reads_nothing_of_a_registry_looks_nothing_up():
    assert fields("chat") == {}
