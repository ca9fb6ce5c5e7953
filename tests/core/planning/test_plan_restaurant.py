"""The plan of opening a restaurant, from knowing nothing to knowing all."""

from datetime import date

import pytest
from tests.core.planning.restaurant import SMALL_SHOP, restaurant
from tests.core.planning.small_packs import asked, licence, plan_of, row, small_pack, ways

from tongban.core.planning.ask import next_question
from tongban.core.planning.diff import changes
from tongban.core.planning.lanes import lanes
from tongban.core.planning.model import Applies, Burden, Status
from tongban.core.planning.plan import UnknownEvent
from tongban.core.values.calendar import DueDate


def test_with_nothing_known_only_what_always_applies_is_certain():
    found = plan_of(restaurant())
    assert {s.id: s.applies for s in found.services} == {
        "registration": Applies.MAYBE,
        "food-permit": Applies.YES,
        "signboard": Applies.MAYBE,
        "fire-check": Applies.MAYBE,
        "tobacco-permit": Applies.MAYBE,
    }
    assert not found.complete
    assert found.not_needed == ()


def test_the_first_questions_decide_whole_services_and_forms_come_last():
    found = plan_of(restaurant())
    assert asked(found)[:2] == ["area", "has_licence"] or asked(found)[0] in {
        "has_licence",
        "area",
        "address",
    }
    decisive = [q.fact for q in found.questions if not q.required]
    assert asked(found)[-1] == "shop_name"
    assert {"has_licence", "tobacco", "sign", "area", "residential"} <= set(decisive)
    assert next_question(found) == found.questions[0]


def test_a_form_is_asked_for_only_once_its_service_applies():
    before = plan_of(restaurant(), {"residential": True})
    assert "shop_name" not in asked(before)
    after = plan_of(restaurant(), {"residential": True, "sign": True})
    assert "shop_name" in asked(after)


def test_what_only_an_office_can_know_is_not_asked():
    assert "registered_use" not in asked(plan_of(restaurant()))


def test_without_a_licence_registration_comes_first_and_the_rest_runs_at_once():
    found = plan_of(restaurant(), SMALL_SHOP)
    assert [s.id for s in found.services] == ["registration", "food-permit", "signboard"]
    assert found.service("food-permit").waits_for == ("registration",)
    assert found.service("signboard").waits_for == ("registration",)
    assert [(s.starts, s.due_promised.day) for s in found.services] == [
        (date(2026, 3, 2), date(2026, 3, 3)),
        (date(2026, 3, 3), date(2026, 3, 12)),
        (date(2026, 3, 3), date(2026, 3, 6)),
    ]
    assert found.critical_path == ("registration", "food-permit")
    assert found.complete
    assert {s.id for s in found.not_needed} == {"fire-check", "tobacco-permit"}


def test_by_law_each_term_follows_the_full_term_before_it():
    found = plan_of(restaurant(), SMALL_SHOP)
    assert found.service("registration").due_statutory == DueDate(date(2026, 3, 5), False)
    assert found.service("food-permit").due_statutory == DueDate(date(2026, 4, 2), False)
    assert (found.promised_days, found.statutory_days) == (8, 23)
    assert found.finish_promised == DueDate(date(2026, 3, 12), False)
    assert found.finish_statutory == DueDate(date(2026, 4, 2), False)


def test_with_a_licence_nothing_waits():
    found = plan_of(restaurant(), SMALL_SHOP | {"has_licence": True}, held=(licence("business_licence"),))
    assert all(not s.waits_for and s.starts == found.at for s in found.services)
    material = found.material("business-licence")
    assert (material.status, material.reference) == (Status.HELD, "number of business_licence")
    assert found.promised_days == 7


def test_a_material_that_several_services_need_is_asked_for_once():
    found = plan_of(restaurant(), SMALL_SHOP)
    ids = [m.id for m in found.materials]
    assert len(ids) == len(set(ids))
    assert found.material("premises").services == ("registration", "food-permit")
    assert found.material("form").services == ("registration", "food-permit", "signboard")


def test_each_material_is_met_in_the_way_that_is_least_trouble():
    assert ways(plan_of(restaurant(), SMALL_SHOP)) == {
        "form": Status.FORM,
        "premises": Status.UPLOAD,
        "business-licence": Status.PRODUCED,
        "layout-plan": Status.UPLOAD,
        "safety-rules": Status.UPLOAD,
        "sign-drawing": Status.UPLOAD,
        "sign-design": Status.DEFERRABLE,
    }


def test_evidence_that_is_held_spares_the_upload():
    found = plan_of(restaurant(), SMALL_SHOP, held=(row("property"),))
    material = found.material("premises")
    assert (material.status, material.alternative, material.reference) == (Status.HELD, 2, "key in property")
    assert material.options == (2, 0, 1)


def test_a_licence_that_has_run_out_is_not_held():
    held = (licence("ownership_certificate", valid_to=date(2026, 3, 1)),)
    assert plan_of(restaurant(), SMALL_SHOP, held=held).material("premises").status is Status.UPLOAD
    held = (licence("ownership_certificate", valid_to=date(2026, 3, 2)),)
    assert plan_of(restaurant(), SMALL_SHOP, held=held).material("premises").status is Status.HELD


def test_the_applicant_may_prefer_another_way_where_it_is_open():
    held = (row("property"),)
    chosen = plan_of(restaurant(), SMALL_SHOP, held=held, choosing={"premises": "0"})
    assert chosen.material("premises").status is Status.UPLOAD
    not_open = plan_of(restaurant(), SMALL_SHOP, held=held, choosing={"premises": 1})
    assert not_open.material("premises").status is Status.HELD
    nonsense = plan_of(restaurant(), SMALL_SHOP, held=held, choosing={"premises": "x", "nothing": 7})
    assert nonsense == plan_of(restaurant(), SMALL_SHOP, held=held)


def test_only_a_deferrable_material_is_deferred():
    found = plan_of(restaurant(), SMALL_SHOP, deferring=["sign-design", "layout-plan"])
    assert [m.id for m in found.materials if m.deferred] == ["sign-design"]


def test_without_licence_and_producer_a_licence_is_missing():
    found = plan_of(restaurant(), SMALL_SHOP | {"has_licence": True})
    assert found.material("business-licence").status is Status.MISSING


def test_while_it_is_open_who_produces_evidence_its_way_is_not_certain():
    facts = SMALL_SHOP | {}
    del facts["has_licence"]
    material = plan_of(restaurant(), facts).material("business-licence")
    assert (material.status, material.produced_by, material.certain) == (
        Status.PRODUCED,
        "registration",
        False,
    )


def test_a_variant_changes_terms_and_materials():
    big = SMALL_SHOP | {"area": 300, "fitout": False}
    ordinary = plan_of(restaurant(), big | {"fire_mode": "ordinary"})
    commitment = plan_of(restaurant(), big | {"fire_mode": "commitment"})
    undecided = plan_of(restaurant(), big)
    assert ordinary.service("fire-check").variant is None
    assert commitment.service("fire-check").variant == "commitment"
    assert commitment.service("fire-check").case_type == "instant"
    assert commitment.service("fire-check").due_promised.day == date(2026, 3, 3)
    assert commitment.material("fire-promise").status is Status.COMMIT
    assert ordinary.material("fire-promise") is None
    assert undecided.material("fire-promise").certain is False
    assert asked(undecided) == ["fire_mode"]


def test_a_block_is_said_at_once_and_ends_the_questions_of_its_service():
    found = plan_of(restaurant(), {"residential": True})
    assert [s.id for s in found.blocked] == ["food-permit"]
    assert found.service("food-permit").blocks == (0,)
    assert "grease_trap" not in asked(found)
    assert "sign" in asked(found)


def test_conditions_come_with_their_findings():
    found = plan_of(restaurant(), {"grease_trap": False}).service("food-permit").conditions
    assert [(name, finding.outcome) for name, finding in found] == [("grease-trap", "fail")]


def test_one_step_replaces_many():
    found = plan_of(restaurant(), SMALL_SHOP)
    assert found.alone == Burden(steps=13, days=11, materials=11, visits=5)
    assert found.together == Burden(steps=1, days=8, materials=5, visits=0)


def test_together_what_is_handed_in_later_is_a_step_more_and_nothing_is_done_while_nothing_applies():
    later = plan_of(restaurant(), SMALL_SHOP, deferring=("sign-design",))
    assert later.material("sign-design").deferred
    assert later.together == Burden(steps=2, days=8, materials=5, visits=0)
    pack = small_pack("facts: [{id: a}]\nservices: [{id: s, applies_when: a}]")
    assert plan_of(pack).together == Burden(0, 0, 0, 0)


def test_together_visits_to_one_office_are_made_at_once():
    reason = "visit_reason: {zh: 要看, en: It is looked at}"
    pack = small_pack(f"""
    services:
      - {{id: a, channels: {{visits: 1, {reason}}}}}
      - {{id: b, channels: {{visits: 2, {reason}}}}}
      - {{id: c, authority: court, channels: {{visits: 1, {reason}}}}}
      - {{id: d}}
    """)
    assert plan_of(pack).together == Burden(steps=4, days=5, materials=0, visits=3)


def test_lanes_show_who_does_what_when():
    found = lanes(plan_of(restaurant(), SMALL_SHOP), restaurant())
    assert [(lane.authority, [bar.service for bar in lane.bars]) for lane in found] == [
        ("court", ["registration", "signboard"]),
        ("office", ["food-permit"]),
    ]
    permit = found[1].bars[0]
    assert (permit.starts, permit.due, permit.statutory) == (
        date(2026, 3, 3),
        date(2026, 3, 12),
        date(2026, 4, 2),
    )
    assert permit.critical


def test_an_answer_says_what_it_added_and_dropped():
    facts = {k: v for k, v in SMALL_SHOP.items() if k not in ("sign", "tobacco")}
    before = plan_of(restaurant(), facts)
    no_tobacco = changes(before, plan_of(restaurant(), facts | {"tobacco": False}))
    with_sign = changes(before, plan_of(restaurant(), facts | {"sign": True}))
    assert no_tobacco.dropped_services == ("tobacco-permit",)
    assert no_tobacco.added_services == ()
    assert with_sign.added_services == ("signboard",)
    assert with_sign.added_materials == ("sign-drawing", "sign-design")
    assert with_sign.any
    assert not changes(before, before).any


def test_an_event_that_the_pack_does_not_know_is_refused():
    with pytest.raises(UnknownEvent, match="no life event 'moon-landing'"):
        plan_of(restaurant(), event="moon-landing")
