"""What the rules find for one shop, and what they must never find."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from tests.factories import shops
from tests.factories.fixtures import City
from tests.work.policies.grants import COMMERCE, FINANCE, GRANT, LARGE, SMALL, Town, held, reserved

from tongban.base.audit import queries as audit
from tongban.base.audit.verify import verify
from tongban.base.notices.models import Notice
from tongban.core.planning import calculator
from tongban.records.licences import actions as licences
from tongban.work.policies import evidence, models, replay
from tongban.work.policies.actions import matching


@pytest.mark.parametrize(("area", "amount"), [("99.99", SMALL), ("100.00", LARGE), ("320.00", LARGE)])
def test_a_shop_that_meets_every_condition_is_owed_exactly_what_the_rule_says(
    town: Town, area: str, amount: int
) -> None:
    row = town.found(area=area)
    assert (row.state, row.amount_fen, row.policy) == ("found", amount, GRANT)
    assert (row.organisation, row.place, row.payer) == (COMMERCE, "990100", FINANCE)
    assert row.confirm_by == date(2026, 4, 1)  # 30 calendar days after 2 March
    assert {name: f["outcome"] for name, f in row.findings["conditions"].items()} == dict.fromkeys(
        row.findings["conditions"], "pass"
    )
    assert row.facts["food_permit_since"]["source"] == "licence"
    assert set(row.facts) <= calculator.facts_read(town.pack, town.policy)
    assert "qingqu-startup-measures#4" in row.articles
    assert reserved() == held() == amount


@pytest.mark.parametrize(
    ("shop", "failing"),
    [
        ({"entity": "branch"}, "no-branch"),
        ({"scope": "food_sales"}, "trade"),
        ({"permit": date(2025, 12, 31)}, "new-permit"),
    ],
)
def test_one_unmet_condition_is_one_step_away_and_creates_nothing(
    town: Town, shop: dict[str, object], failing: str
) -> None:
    result = town.result(town.look(town.shop(**shop)))
    assert (result["result"], result["failing"], result["amount_fen"]) == ("near", failing, None)
    assert not models.Entitlement.objects.exists()
    assert not models.BudgetYear.objects.exists()


def test_two_unmet_conditions_are_no_near_miss(town: Town) -> None:
    result = town.result(town.look(town.shop(entity="branch", scope="food_sales")))
    assert (result["result"], result["failing"]) == ("not", None)


@pytest.mark.parametrize("unknown", ["area", "entity", "scope", "permit"])
def test_what_is_not_known_never_counts_as_met(town: Town, unknown: str) -> None:
    result = town.result(town.look(town.shop(**{unknown: None})))
    fact = {"scope": "business_scope", "permit": "food_permit_since"}.get(unknown, unknown)
    assert (result["result"], result["missing"]) == ("needs-data", [fact])
    assert not models.Entitlement.objects.exists()


def test_a_failing_condition_beside_an_unknown_one_is_not_called_near(town: Town) -> None:
    assert town.result(town.look(town.shop(entity="branch", scope=None)))["result"] == "not"


def test_an_answer_that_the_pack_does_not_understand_stays_unknown(town: Town) -> None:
    assert town.result(town.look(town.shop(area="very large")))["result"] == "needs-data"


def test_a_fact_that_arrives_later_completes_the_picture(town: Town) -> None:
    firm = town.shop(area=None)
    town.look(firm)
    town.say(firm, area="120.00")
    assert town.found(firm).amount_fen == LARGE


def test_looking_again_with_unchanged_facts_creates_nothing(town: Town) -> None:
    firm = town.shop()
    row = town.found(firm)
    notices = Notice.objects.count()
    for _again in range(3):
        town.look(firm)
    assert list(models.Entitlement.objects.values_list("id", "version")) == [(row.id, 1)]
    assert (Notice.objects.count(), reserved()) == (notices, SMALL)


def test_a_changed_fact_does_not_make_a_second_grant(town: Town) -> None:
    firm = town.shop()
    town.found(firm)
    town.say(firm, days=1, area="320.00")
    town.look(firm, days=2)
    assert models.Entitlement.objects.get().amount_fen == SMALL


def test_a_revoked_permit_no_longer_speaks(town: Town) -> None:
    firm = town.shop(permit=None)
    permit = town.permit(firm, date(2026, 2, 20))
    officer = town.officer("qingqu-market-regulation", "demo-market")
    licences.revoke(acting=officer, licence=permit.id, reason="test", version=permit.version)
    assert town.result(town.look(firm))["result"] == "needs-data"


@pytest.mark.parametrize(("valid_from", "valid_to"), [("2026-03-03", None), ("2026-01-01", "2026-03-02")])
def test_a_policy_out_of_force_is_not_looked_at(
    town: Town, monkeypatch: pytest.MonkeyPatch, valid_from: str, valid_to: str | None
) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, valid_from=valid_from, valid_to=valid_to)
    assert town.look(firm).results == []
    assert not models.Entitlement.objects.exists()


@pytest.mark.parametrize("changes", [{"path": "review"}, {"path": "tax-filing"}, {"effect": "tax-saved"}])
def test_what_one_applies_for_or_claims_in_the_return_is_not_looked_at(
    town: Town, monkeypatch: pytest.MonkeyPatch, changes: dict[str, str]
) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, **changes)
    assert town.look(firm).results == []
    assert town.look(firm).facts == {}
    assert not models.Entitlement.objects.exists()


def test_a_policy_for_persons_is_not_looked_at_for_a_firm(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, subject="person")
    assert town.look(firm).results == []


def test_once_per_person_counts_the_person_behind_every_firm(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, other = town.shop(), town.shop(), town.shop(owner="demo-shen")
    town.put_in_force(monkeypatch, once_per="person")
    for firm in (first, second, other):
        town.look(firm)
    assert {row.subject for row in models.Entitlement.objects.all()} == {first.pk, other.pk}
    assert reserved() == held() == 2 * SMALL


def test_once_per_year_comes_again_next_year(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, once_per="year")
    town.look(firm)
    town.look(firm, days=30)
    assert models.Entitlement.objects.count() == 1
    town.look(firm, days=320)
    assert sorted(row.found_on.year for row in models.Entitlement.objects.all()) == [2026, 2027]


def test_the_replay_gives_the_same_amount_for_the_same_reasons(town: Town) -> None:
    for area in ("99.99", "100.00"):
        row = town.found(area=area)
        result = replay.replay(row)
        assert (result.same, result.amount_fen, result.conditions) == (True, row.amount_fen, 3)


def test_a_changed_row_no_longer_replays(town: Town) -> None:
    row = town.found()
    row.amount_fen += 1
    assert [d.kind for d in replay.replay(row).differences] == ["amount"]
    row.amount_fen -= 1
    row.facts["area"]["value"] = "150.00"
    assert {d.kind for d in replay.replay(row).differences} == {"reasons", "amount"}
    row.facts["entity"]["value"] = "branch"
    assert "outcome" in {d.kind for d in replay.replay(row).differences}


def test_every_run_is_recorded_with_its_purpose_and_without_a_value(town: Town) -> None:
    firm = town.shop(entity="branch")
    town.look(firm)
    entry = audit.entries_of(evidence.chain_of(firm.pk)).get()
    assert (entry.action, entry.purpose, entry.object_id) == (
        "benefits.matched",
        "benefit without application",
        str(firm.pk),
    )
    assert entry.detail["results"] == {GRANT: "near"}
    assert entry.detail["grounds"] == {GRANT: "law"}
    assert "86.50" not in str(entry.detail)
    assert verify().sound


def test_nothing_is_read_for_a_policy_without_ground_until_the_subject_consents(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = town.shop()
    town.put_in_force(monkeypatch, articles=())
    run = town.look(firm)
    assert (run.facts, town.result(run)["result"], town.result(run)["ground"]) == ({}, "not-read", None)
    matching.resume(acting=town.owner(), subject=firm.pk)
    assert models.Entitlement.objects.get().ground == "consent"


def test_whoever_wants_nobody_to_look_is_left_alone(town: Town) -> None:
    firm = town.shop()
    matching.pause(acting=town.owner(), subject=firm.pk)
    matching.pause(acting=town.owner(), subject=firm.pk)
    run = town.look(firm)
    assert (run.facts, town.result(run)["result"]) == ({}, "not-read")
    matching.resume(acting=town.owner(), subject=firm.pk)
    assert models.Entitlement.objects.count() == 1


def test_the_shop_and_the_person_behind_it_are_told_once(town: Town) -> None:
    row = town.found()
    told = {n.subject: n for n in Notice.objects.filter(link=f"/benefits/{row.id}")}
    assert set(told) == {row.subject, town.owner().principal}
    assert "¥5,000" in told[row.subject].title_en


def test_the_grant_of_a_permit_finds_the_shop(city: City, hear: Callable[[], int]) -> None:
    """The whole way: application, decisions, licence, message, entitlement. Hearing again changes nothing."""
    from tests.work.cases.test_thread import grant_all

    acting = city.acting("demo-shen")
    application = shops.submitted(acting, answers=shops.FOUNDING)
    assert not models.Entitlement.objects.exists()
    grant_all(city, application, hear)
    row = models.Entitlement.objects.get()
    assert (row.subject, row.amount_fen, row.state) == (application.subject, LARGE, "found")
    assert row.facts["food_permit_since"]["source"] == "licence"
    assert replay.replay(row).same
    from tongban.base.audit.models import Message
    from tongban.work.policies import hearing

    for message in Message.objects.filter(kind__in=["cases.decided", "licences.issued"]):
        hearing.find_for_subject(message, city.now)
    assert models.Entitlement.objects.count() == 1
    assert reserved() == held() == LARGE
    assert Notice.objects.filter(subject=acting.principal, link=f"/benefits/{row.id}").count() == 1
    assert verify().sound
