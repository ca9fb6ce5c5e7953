"""The policy calculator: questions, ladder, undo, compare, keep, share, and what it must never give away."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client
from tests.work.policies.grants import ACCOUNT, GRANT, Town, contents

from tongban.base.audit import queries as audit
from tongban.work.policies import evidence, models
from tongban.work.policies.actions import owner
from tongban.work.policies.calculator.situation import Situation, from_json, of_answers

FIRM, PERSON = "/calculator/enterprise", "/calculator/person"


@pytest.fixture
def visitor(town: Town) -> Client:
    return Client(headers={"accept-language": "en"})


def say(browser: Client, name: str, value: str, where: str = FIRM) -> str:
    return contents(browser.post(f"{where}/answer", {"name": name, name: value}, follow=True))


def about(browser: Client, *policies: str, where: str = FIRM) -> str:
    """Only these policies are asked about."""
    return contents(browser.post(f"{where}/about", {"policy": policies}, follow=True))


def group(text: str, heading: str) -> str:
    """The part of the page that stands under a heading of the ladder."""
    found = re.search(rf'<section class="card section rung" id="{heading}".*?</section>', text, re.S)
    assert found, heading
    return found[0]


def test_a_visitor_answers_until_a_grant_is_due_and_sees_why_until_when_and_from_whom(
    visitor: Client,
) -> None:
    begun = about(visitor, GRANT)
    assert "4 questions left at most" in begun
    assert "up to ¥10,000" in group(begun, "needs-data")
    for name, value in (("entity", "individual"), ("business_scope", "catering"), ("area", "86.50")):
        text = say(visitor, name, value)
    assert "1 question left at most" in text
    text = say(visitor, "food_permit_since", "2026-02-20")
    due = group(text, "eligible")
    assert "¥5,000" in due
    assert "The business scope includes catering" in due
    assert "Until 31 December 2027" in due
    assert "Qingqu Commerce Bureau" in due
    assert "All together: ¥5,000" in text
    assert "Nothing more to ask" in text


def test_an_answer_says_what_it_changed_and_undo_takes_it_back(visitor: Client) -> None:
    about(visitor, GRANT)
    say(visitor, "business_scope", "catering")
    text = say(visitor, "entity", "branch")
    assert "Not for you" in re.findall(r'class="note success">(.*?)</p>', text)[0] or "One step away" in text
    back = contents(visitor.post(f"{FIRM}/undo", follow=True))
    assert "branch" not in group(back, "not").lower()
    assert "3 questions left at most" in back
    changed = say(visitor, "business_scope", "other")
    assert GRANT in group(changed, "not") or GRANT in group(changed, "near")
    again = contents(visitor.post(f"{FIRM}/undo", follow=True))
    assert "3 questions left at most" in again  # the answer that was given before counts again


def test_not_knowing_leads_on_and_what_hangs_on_it_is_said(visitor: Client) -> None:
    about(visitor, GRANT)
    for name in ("entity", "business_scope", "area", "food_permit_since"):
        text = contents(visitor.post(f"{FIRM}/answer", {"name": name, "how": "unknown"}, follow=True))
    assert "Nothing more to ask" in text
    assert "answers that you do not know" in text
    assert text.count("You do not know") >= 4


def test_reading_changes_nothing_and_leaves_no_session_behind(town: Town) -> None:
    browser = Client(headers={"accept-language": "en"})
    for path in (
        "",
        f"?policy={GRANT}",
        "/share",
        "/print",
        ".csv",
        "/shared?f.entity=individual",
        f"/why/{GRANT}",
        "/rung/not",
    ):
        assert browser.get(FIRM + path).status_code == 200, path
    assert not [name for name in browser.cookies if "session" in name]
    alone = about(browser, GRANT, "no-such-policy", "childcare-subsidy")
    assert "4 questions left at most" in alone
    assert len(re.findall(r"<li[^>]*data-row", group(about(browser), "needs-data"))) > 5  # of all again


def test_what_was_granted_in_an_earlier_year_stands_against_nothing_where_it_is_granted_each_year(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = town.shop()
    row = town.found(shop)
    models.Entitlement.objects.filter(pk=row.pk).update(found_on=row.found_on.replace(year=2025))
    browser = town.browser("demo-lin")
    about(browser, GRANT)
    consented = {"subject": shop.pk, "consent": "yes"}
    assert "You have it" in contents(browser.post(f"{FIRM}/start", consented, follow=True))
    town.put_in_force(monkeypatch, once_per="year")
    again = contents(browser.get(FIRM))
    assert "You have it" not in again
    assert GRANT in group(again, "eligible")


@pytest.mark.parametrize(
    ("raw", "wrong"), [("", "Give an answer"), ("many", "Give a number"), ("-3", "smallest possible answer")]
)
def test_a_wrong_answer_is_explained_and_nothing_is_lost(visitor: Client, raw: str, wrong: str) -> None:
    about(visitor, GRANT)
    say(visitor, "entity", "individual")
    answer = visitor.post(f"{FIRM}/answer", {"name": "area", "area": raw})
    text = contents(answer)
    assert answer.status_code == 422
    assert wrong in text
    assert 'href="#field-area"' in text
    assert "Sole trader" in text


def test_members_are_asked_for_one_by_one(visitor: Client) -> None:
    about(visitor, "childcare-subsidy", where=PERSON)
    text = contents(visitor.post(f"{PERSON}/answer", {"name": "children", "count": "2"}))
    assert text.count('type="date"') == 2
    sent = {
        "name": "children",
        "count": "2",
        "rows": "1",
        "0.born": "2025-03-15",
        "0.lawful": "yes",
        "1.born": "nonsense",
    }
    wrong = visitor.post(f"{PERSON}/answer", sent)
    assert wrong.status_code == 422
    assert 'value="2025-03-15"' in contents(wrong)
    right = contents(visitor.post(f"{PERSON}/answer", {**sent, "1.born": ""}, follow=True))
    assert "2: " in right
    assert visitor.post(f"{PERSON}/answer", {"name": "children", "count": "x"}).status_code == 422
    none = contents(visitor.post(f"{PERSON}/answer", {"name": "children", "count": "0"}, follow=True))
    assert "Children" in none


def test_two_situations_stand_side_by_side_with_what_differs_first(visitor: Client) -> None:
    about(visitor, GRANT, "technical-renovation")
    for name, value in (
        ("entity", "individual"),
        ("business_scope", "catering"),
        ("area", "86.50"),
        ("food_permit_since", "2026-02-20"),
    ):
        say(visitor, name, value)
    visitor.post(f"{FIRM}/aside")
    say(visitor, "area", "320")
    text = contents(visitor.get(f"{FIRM}/compare"))
    assert "86.50 m²" in text
    assert "320 m²" in text or "320.00 m²" in text
    assert "due · ¥5,000" in text
    assert "due · ¥10,000" in text
    assert text.index("Start-up grant") < text.index("technical renovation")
    assert "Kind of business" not in text  # it is the same on both sides
    table = contents(visitor.get(f"{FIRM}/compare?format=csv"))
    assert "Floor area" in table
    empty = Client().get(f"{PERSON}/compare")
    assert empty.status_code == 302


def test_a_shared_link_names_nobody_and_holds_nothing_that_was_found(town: Town) -> None:
    browser = town.browser("demo-lin")
    shop = town.shop(area="150.00")
    about(browser, GRANT)
    browser.post(f"{FIRM}/start", {"subject": shop.pk, "consent": "yes"})
    say(browser, "entity", "individual")
    text = contents(browser.get(f"{FIRM}/share"))
    link = re.search(r'id="link" value="([^"]+)"', text)
    assert link
    said = parse_qs(urlparse(link[1].replace("&amp;", "&")).query)
    assert said == {"f.entity": ["individual"], "policy": [GRANT]}
    assert "Floor area" in text.split('id="out"')[1]
    opened = contents(
        Client(headers={"accept-language": "en"}).get(link[1].replace("&amp;", "&").split("testserver")[1])
    )
    assert "Sole trader" in opened
    assert "小店" not in opened
    person = Client(headers={"accept-language": "en"})
    about(person, "disability-allowances", where=PERSON)
    say(person, "disability_grade", "1", PERSON)
    say(person, "low_income_family", "yes", PERSON)
    shown = contents(person.get(f"{PERSON}/share"))
    assert "f." not in (re.search(r'id="link" value="([^"]+)"', shown) or [""])[0]


def test_a_link_that_somebody_wrote_by_hand_carries_nothing_personal_in(town: Town) -> None:
    text = contents(
        Client(headers={"accept-language": "en"}).get(
            f"{PERSON}/shared?f.disability_grade=1&f.nonsense=<script>&policy=x"
        )
    )
    assert "Nothing yet." in text
    assert "<script>" not in text.replace("<script src", "")
    visitor = Client(headers={"accept-language": "en"})
    taken = contents(
        visitor.post(f"{FIRM}/take", {"query": f"f.entity=individual&policy={GRANT}"}, follow=True)
    )
    assert "Sole trader" in taken


def test_the_widget_may_be_framed_and_sets_nothing(town: Town) -> None:
    answer = Client().get(f"{FIRM}/widget?f.entity=individual&policy={GRANT}")
    assert "X-Frame-Options" not in answer.headers
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert not answer.cookies
    assert "<form" not in contents(answer)
    assert "<script" not in contents(answer)
    assert Client().get(FIRM).headers["X-Frame-Options"] == "DENY"


def test_what_is_on_record_is_read_only_with_consent_only_for_oneself_and_leaves_a_trace(town: Town) -> None:
    shop, strange = town.shop(), town.shop(owner="demo-neighbour")
    browser = town.browser("demo-lin")
    about(browser, GRANT)
    refused = contents(browser.post(f"{FIRM}/start", {"subject": shop.pk}, follow=True))
    assert "Tick that it may be read" in refused
    assert "86.50 m²" not in refused
    foreign = contents(browser.post(f"{FIRM}/start", {"subject": strange.pk, "consent": "yes"}, follow=True))
    assert "86.50 m²" not in foreign
    text = contents(browser.post(f"{FIRM}/start", {"subject": shop.pk, "consent": "yes"}, follow=True))
    assert "86.50 m²" in text
    assert "Nothing more to ask" in text
    assert "¥5,000" in group(text, "eligible")
    looks = audit.entries_of(evidence.chain_of(shop.pk)).filter(action="benefits.calculated")
    assert [set(entry.detail["facts"]) for entry in looks] == [
        {"area", "business_scope", "entity", "food_permit_since"}
    ]
    assert not audit.entries_of(evidence.chain_of(strange.pk)).filter(action="benefits.calculated").exists()
    assert Client().post(f"{FIRM}/start", {"subject": shop.pk, "consent": "yes"}).status_code in (
        302,
        403,
        422,
    )


def test_what_was_granted_stands_as_had_and_is_not_due_again(town: Town) -> None:
    shop = town.shop()
    row = town.found(shop)
    owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="Lin", account=ACCOUNT)
    browser = town.browser("demo-lin")
    about(browser, GRANT)
    text = contents(browser.post(f"{FIRM}/start", {"subject": shop.pk, "consent": "yes"}, follow=True))
    assert "You have it" in text
    assert f'href="/benefits/{row.id}"' in text
    assert GRANT not in group(text, "eligible")


def test_a_situation_is_kept_encrypted_opened_again_and_deleted_by_its_owner_alone(town: Town) -> None:
    browser, other = town.browser("demo-lin"), town.browser("demo-neighbour")
    about(browser, GRANT)
    say(browser, "area", "86.50")
    kept = contents(browser.post(f"{FIRM}/keep", {"name": "  with  two cooks "}, follow=True))
    assert "with two cooks" in kept
    row = models.KeptSituation.objects.get()
    assert b"86.5" not in bytes(row.sealed)
    browser.post(f"{FIRM}/clear")
    assert "86.50 m²" not in contents(browser.get(FIRM))
    where = f"{FIRM}/kept/{row.id}"
    assert other.post(where, {"how": "open"}).status_code == 404
    assert other.post(where, {"how": "delete"}).status_code == 404
    assert "with two cooks" not in contents(other.get(FIRM))
    assert "86.50 m²" in contents(browser.post(where, {"how": "open"}, follow=True))
    assert "is deleted" in contents(browser.post(where, {"how": "delete"}, follow=True))
    assert not models.KeptSituation.objects.exists()
    assert "Give it a name" in contents(browser.post(f"{FIRM}/keep", {"name": " "}, follow=True))


def test_the_session_holds_nothing_that_can_be_read(visitor: Client) -> None:
    say(visitor, "area", "86.50")
    held = json.dumps(dict(visitor.session.items()))
    assert "86.5" not in held
    assert "area" not in held


def test_a_session_that_was_tampered_with_begins_anew(visitor: Client) -> None:
    say(visitor, "area", "86.50")
    session = visitor.session
    session["calculator"] = "00" + session["calculator"][2:]
    session.save()
    assert "86.50 m²" not in contents(visitor.get(FIRM))


def test_print_table_and_reasons_are_pages_of_their_own(visitor: Client) -> None:
    about(visitor, GRANT)
    say(visitor, "area", "86.50")
    assert "86.50 m²" in contents(visitor.get(f"{FIRM}/print"))
    assert "Start-up grant" in contents(visitor.get(f"{FIRM}.csv"))
    reasons = contents(visitor.get(f"{FIRM}/why/{GRANT}"))
    assert "The business scope includes catering" in reasons
    assert visitor.get(f"{FIRM}/why/nothing").status_code == 404
    assert visitor.get("/calculator/dog").status_code == 404
    assert visitor.post(f"{FIRM}/answer", {"name": "nothing"}).status_code == 404


def test_over_http_the_ladder_is_that_of_the_page(town: Town) -> None:
    client = Client(headers={"accept-language": "en"})

    def assess(**body: Any) -> Any:
        return client.post("/api/v1/policies/assess", json.dumps(body), content_type="application/json")

    facts = {
        "entity": "individual",
        "business_scope": "catering",
        "area": 86.5,
        "food_permit_since": "2026-02-20",
    }
    found = assess(subject="enterprise", facts=facts, policies=[GRANT]).json()
    assert found["ladder"][0]["result"] == "eligible"
    assert found["ladder"][0]["amount"] == 500_000
    assert found["questions"] == []
    assert found["together"]["total_fen"] == 500_000
    begun = assess(subject="enterprise").json()
    assert len(begun["ladder"]) > 10
    assert begun["questions"][0]["policies"]
    for income in (2_000_000, "2000000.00", 2000000.0):
        facts = {
            "entity": "company",
            "taxable_income": income,
            "staff_by_quarter": 20,
            "assets_by_quarter": 100_000,
        }
        tax = assess(subject="enterprise", facts=facts, policies=["small-low-profit-tax"]).json()["ladder"][0]
        assert (tax["result"], tax["amount"], tax["effect"]) == ("eligible", 10_000_000, "tax-due"), income
    hires = [{"kind": "graduate", "contract": True}]
    wrong = assess(
        subject="enterprise", facts={"area": "wide", "new_hires": [{"kind": "nobody"}], "nothing": hires}
    )
    assert wrong.status_code == 422
    assert {one["field"] for one in wrong.json()["errors"]} == {
        "facts.area",
        "facts.new_hires",
        "facts.nothing",
    }
    assert assess(subject="enterprise", policies=["no-such"]).status_code == 422
    assert assess(subject="dog").status_code == 422


def test_a_situation_survives_json_and_refuses_what_is_none(town: Town) -> None:
    made = Situation("enterprise").answer("area", "86.50").pass_over("entity").answer("area", "90.00")
    assert from_json(json.loads(json.dumps(made.to_json()))) == made
    assert made.answers == {"area": "90.00"}
    assert made.undo().answers == {"area": "86.50"}
    assert made.passed == {"entity"}
    for wrong in (None, [], {}, {"kind": "dog"}, {**made.to_json(), "steps": [1]}):
        with pytest.raises(ValueError, match=r"."):
            from_json(wrong)
    unread = of_answers("enterprise", town.pack, {"area": "wide", "entity": "individual"})
    assert unread.answers == {"entity": "individual"}
