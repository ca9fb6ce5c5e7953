"""The pages as their readers meet them: in words, without scripts, with a way to a person."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve
from django.utils.html import escape
from tests.work.policies.grants import ACCOUNT, COMMERCE, FINANCE, GRANT, Town, contents

from tongban.work.policies import models
from tongban.work.policies.actions import owner


def paths(row: Any) -> dict[str, str]:
    return {step: f"/benefits/{row.id}/{step}" for step in ("confirm", "refuse", "contest")}


def test_the_owner_reads_amount_reasons_deadline_budget_ground_and_whom_to_ask(town: Town) -> None:
    row = town.found(area="320.00")
    text = contents(town.browser("demo-lin").get(f"/benefits/{row.id}"))
    for words in (
        "¥10,000", "The business scope includes catering", "Met", "Floor area", "320.00 m²", "Stated in an application on",
        "Food business permit, as of", 'href="/laws/qingqu-startup-measures#3"', "1 April 2026", "¥1,990,000 of ¥2,000,000",
        "On what ground your data was read", "Qingqu Commerce Bureau", "0999-5550118", "Reconsideration", "by the system",
    ):  # fmt: skip
        assert words in text, words
    for path in paths(row).values():
        assert f'href="{path}"' in text
    listed = contents(town.browser("demo-lin").get("/benefits"))
    assert f'href="/benefits/{row.id}"' in listed
    assert "Due to you: ¥10,000" in listed


def test_confirming_goes_through_a_page_that_says_what_follows(town: Town) -> None:
    row = town.found()
    browser, path = town.browser("demo-lin"), paths(row)["confirm"]
    form = contents(browser.get(path))
    assert 'value="小店2001"' in form
    assert "10 working days" in form
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version is not None
    wrong = browser.post(path, {"version": version[1], "payee_name": "Lin", "account": "12"})
    assert wrong.status_code == 422
    assert 'value="12"' in contents(wrong)
    done = browser.post(path, {"version": version[1], "payee_name": "Lin", "account": ACCOUNT}, follow=True)
    assert "To be paid by" in contents(done)
    assert ACCOUNT not in contents(done)
    row.refresh_from_db()
    assert row.state == "confirmed"
    late = browser.post(paths(row)["refuse"], {"version": 2})
    assert late.status_code == 409


def test_refusing_and_contesting_keep_to_the_version_shown(town: Town) -> None:
    first, second = town.found(), town.found(town.shop())
    browser = town.browser("demo-lin")
    assert browser.get(paths(first)["refuse"]).status_code == 200
    assert browser.post(paths(first)["refuse"], {}).status_code == 412
    assert "Given up" in contents(browser.post(paths(first)["refuse"], {"version": 1}, follow=True))
    kept = browser.post(paths(second)["contest"], {"version": 9, "text": "面积不对"})
    assert (kept.status_code, "面积不对" in contents(kept)) == (412, True)
    assert "Contested" in contents(
        browser.post(paths(second)["contest"], {"version": 1, "text": "面积不对"}, follow=True)
    )


def test_near_misses_missing_data_and_looks_stand_on_the_page(town: Town) -> None:
    near, needs = town.shop(entity="branch"), town.shop(permit=None)
    town.look(near)
    town.look(needs)
    text = contents(town.browser("demo-lin").get("/benefits"))
    assert "One step away" in text
    assert "It is not a branch" in text
    assert "Day the food business permit was issued" in text
    assert "comes from: Food business permit" in text
    assert "Who looked, and at what" in text
    assert "Nothing is due to you now" in text


def test_the_owner_has_it_looked_at_stopped_and_allowed_by_plain_forms(town: Town) -> None:
    firm = town.shop()
    browser = town.browser("demo-lin")
    browser.post("/benefits/looking", {"subject": firm.pk, "looking": "stop"})
    assert "You have asked that nobody looks." in contents(browser.get("/benefits"))
    browser.post("/benefits/look", {"subject": firm.pk})
    assert not models.Entitlement.objects.exists()
    browser.post("/benefits/looking", {"subject": firm.pk, "looking": "allow"})
    assert models.Entitlement.objects.count() == 1
    assert browser.post("/benefits/look", {"subject": "no-such"}).status_code == 404


def test_an_empty_page_says_what_happens_next(town: Town) -> None:
    text = contents(town.browser("demo-shen").get("/benefits"))
    assert "Nothing is due to you now" in text
    assert "Nobody has looked yet" in text


def test_everybody_reads_conditions_amounts_articles_and_the_money_left(town: Town) -> None:
    town.found()
    client = Client(headers={"accept-language": "en"})
    text = contents(client.get(f"/policies/{GRANT}"))
    for words in (
        "The business scope includes catering", "The larger start-up grant", "¥10,000", "100.00 m²", "Set aside: ¥2,000,000",
        "Reserved or paid: ¥5,000", "Sample content: realistic, no city", "30 calendar days", "Floor area", "2025-11-20",
    ):  # fmt: skip
        assert words in text, words
    assert "小店" not in text
    assert f'href="/policies/{GRANT}"' in contents(client.get("/policies"))
    assert client.get("/policies/no-such-policy").status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_policy_of_the_pack_has_a_whole_page(town: Town, language: str) -> None:
    client = Client(headers={"accept-language": language})
    assert len(town.pack.policies) > 20
    for policy in town.pack.policies.values():
        answer = client.get(f"/policies/{policy.id}")
        assert answer.status_code == 200, policy.id
        assert escape(in_words(policy.name, language)) in contents(answer), policy.id
        assert "{'" not in contents(answer), policy.id


def test_a_page_says_whether_one_applies_claims_in_the_return_or_does_nothing(town: Town) -> None:
    client = Client(headers={"accept-language": "en"})
    ways = {
        GRANT: "When a licence is issued the rules are looked at",
        "childcare-subsidy": "Apply to the office in charge.",
        "six-taxes-halved": "It is claimed in the tax return",
    }
    for policy in ways:
        text = contents(client.get(f"/policies/{policy}"))
        assert [name for name in ways if ways[name] in text] == [policy]
        assert ("Time to answer" in text) == (policy == GRANT)
    relief = contents(client.get("/policies/six-taxes-halved"))
    assert "whoever qualifies is paid" not in relief
    assert "Children" in contents(client.get("/policies/childcare-subsidy"))  # a relation is read too


def in_words(text: Any, language: str) -> str:
    return text.zh if language == "zh-hans" else text.en


def test_an_officer_filters_answers_and_pays(town: Town) -> None:
    row = town.found()
    owner.contest(acting=town.owner(), entitlement=row.id, text="<b>120</b> m2, not 86.5")
    town.officer(COMMERCE)
    browser = town.browser(f"of-{COMMERCE}")
    assert f"/office/entitlements/{row.id}" in contents(
        browser.get(f"/office/entitlements?tab=contested&policy={GRANT}&q=Shop")
    )
    assert f"/office/entitlements/{row.id}" not in contents(
        browser.get("/office/entitlements?tab=contested&q=nobody")
    )
    page = contents(browser.get(f"/office/entitlements/{row.id}"))
    assert "&lt;b&gt;120&lt;/b&gt;" in page
    assert "same amount, same reasons" in page
    answer = f"/office/entitlements/{row.id}/answer"
    assert browser.post(answer, {"version": 2, "outcome": "upheld"}).status_code == 422
    asked = browser.post(answer, {"version": 2, "outcome": "upheld", "reasons": "You said so."})
    assert "Please confirm." in contents(asked)
    assert models.Contest.objects.get().outcome == ""
    browser.post(answer, {"version": 2, "outcome": "upheld", "reasons": "You said so.", "confirmed": "1"})
    assert models.Contest.objects.get().outcome == "upheld"
    owner.confirm(acting=town.owner(), entitlement=row.id, payee_name="Lin", account=ACCOUNT)
    town.officer(FINANCE)
    payer = town.browser(f"of-{FINANCE}")
    assert ACCOUNT not in contents(payer.get(f"/office/entitlements/{row.id}"))
    assert ACCOUNT in contents(payer.post(f"/office/entitlements/{row.id}/account"))
    assert "was read for the payment" in contents(town.browser("demo-lin").get(f"/benefits/{row.id}"))
    paid = payer.post(
        f"/office/entitlements/{row.id}/pay", {"version": 4, "reference": "2026-0001"}, follow=True
    )
    assert "2026-0001" in contents(paid)
    assert "Paid on" in contents(town.browser("demo-lin").get(f"/benefits/{row.id}"))


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_is_whole_in_every_language(town: Town, language: str) -> None:
    row = town.found()
    town.look(town.shop(entity="branch"))
    browser = town.browser("demo-lin", language)
    for path in ("/benefits", f"/benefits/{row.id}", *paths(row).values(), "/policies", f"/policies/{GRANT}"):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert "</html>" in contents(answer)
        assert contents(answer).count("<h1") == 1
    town.officer(COMMERCE)
    officer = town.browser(f"of-{COMMERCE}", language)
    for path in (
        "/office/entitlements",
        f"/office/entitlements/{row.id}",
        f"/office/entitlements/{row.id}/answer",
        f"/office/entitlements/{row.id}/pay",
    ):
        assert officer.get(path).status_code == 200, path


@pytest.fixture
def api(town: Town) -> Town:
    assert resolve("/api/v1/benefits")
    return town


def test_the_interface_lists_policies_for_everybody_and_benefits_for_their_owner(api: Town) -> None:
    row = api.found()
    policies = Client().get("/api/v1/policies").json()
    assert {p["id"] for p in policies} > {GRANT}
    assert [p["budget"]["reserved_fen"] for p in policies if p["id"] == GRANT] == [row.amount_fen]
    assert Client().get("/api/v1/benefits").status_code == 401
    assert [b["id"] for b in api.browser("demo-lin").get("/api/v1/benefits").json()] == [str(row.id)]
    assert api.browser("demo-shen").get("/api/v1/benefits").json() == []
    assert api.browser("demo-market").get("/api/v1/benefits").status_code == 404


def test_the_interface_confirms_once_and_says_what_is_wrong(api: Town) -> None:
    row = api.found()
    browser, path = api.browser("demo-lin"), f"/api/v1/benefits/{row.id}"
    send = {"content_type": "application/json"}
    wrong = browser.post(f"{path}/confirm", {"payee_name": "", "account": "x"}, **send)
    assert (wrong.status_code, {e["field"] for e in wrong.json()["errors"]}) == (
        422,
        {"payee_name", "account"},
    )
    assert browser.post(f"{path}/refuse", {"version": 7}, **send).status_code == 412
    assert api.browser("demo-shen").post(f"{path}/refuse", {}, **send).status_code == 404
    body = {"payee_name": "Lin", "account": ACCOUNT, "version": 1}
    first, again = (
        browser.post(f"{path}/confirm", body, headers={"Idempotency-Key": "k-1"}, **send) for _ in range(2)
    )
    assert (first.status_code, first.json()["state"], first.json()) == (200, "confirmed", again.json())
    assert ACCOUNT not in first.content.decode()
    assert browser.post(f"{path}/contest", {"text": "late"}, **send).status_code == 409
