"""Who signs besides the applicant: asked, shown exactly what they sign, ended by any change, needed for submission."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, portal, text  # noqa: F401  (a fixture)

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.base.notices import queries as notices
from tongban.work.cases import form, models, signing
from tongban.work.cases.actions import cosigning, drafts, submission

CHANGE: dict[str, object] = {
    "entity": "individual", "changes_name": False, "changes_address": False, "changes_operator": True,
    "changes_scope": False, "capital_change": "none", "leaves_registrar": False, "scope_needs_permit": False,
    "creditor_time_over": False, "person_sells_shares": False, "changes_shareholders": False, "seal_lost": False,
    "has_staff_insurance": False, "pays_housing_fund": False, "has_bank_account": False, "holds_food_permit": False,
    "holds_transport_permit": False, "change_details": "法定代表人变更", "phone": "13800001234",
    "enterprise_name": "春风面馆", "enterprise_credit_code": "91990101MA7XXXXX0A",
}  # fmt: skip


def identifier(city: City, username: str) -> str:
    account: Any = city.account(username)
    return account.person.identifier


@pytest.fixture
def draft(city: City) -> models.Application:
    """A firm gets another representative, who has to sign."""
    return shops.filled_draft(
        city.acting("demo-lin", for_firm=True), event="enterprise-change",
        answers={**CHANGE, "new_operator_id": identifier(city, "demo-shen")},
    )  # fmt: skip


def plan(city: City, draft: models.Application) -> tuple[Any, Any]:
    acting: Any = city.acting("demo-lin", for_firm=True)
    pack = form.pack_of(draft, acting)
    return pack, form.plan_of(draft, pack, acting.today)


def asked(city: City, draft: models.Application) -> models.Signature:
    acting: Any = city.acting("demo-lin", for_firm=True)
    (needed,) = signing.needed(draft, *plan(city, draft), acting)
    return cosigning.ask(acting=acting, application=draft.id, who=needed.who)


def signed(city: City, draft: models.Application) -> models.Signature:
    row = asked(city, draft)
    digest = signing.digest(signing.content(current(draft), plan(city, current(draft))[1]))
    return cosigning.sign(acting=city.acting("demo-shen"), signature=row.id, digest=digest)


def test_only_the_missing_signature_keeps_it_from_being_submitted(
    city: City, draft: models.Application
) -> None:
    acting = city.acting("demo-lin", for_firm=True)
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=acting, application=draft.id)
    assert list(refused.value.fields) == ["signer:0"]
    assert "new legal representative" in refused.value.fields["signer:0"]
    asked(city, draft)
    with pytest.raises(Invalid, match="not complete"):
        submission.submit(acting=acting, application=draft.id)
    row = signed(city, draft)
    assert row.state == "signed"
    assert submission.submit(acting=acting, application=draft.id).number


def test_whoever_submits_is_not_asked_and_an_agent_needs_the_representative(
    city: City, draft: models.Application
) -> None:
    pack, planned = plan(city, draft)
    names = {r for one in signing.needed(draft, pack, planned, city.acting("demo-lin", for_firm=True)) for r in one.roles}  # fmt: skip
    assert names == {("change-registration", "new-representative")}
    by_another = signing.needed(draft, pack, planned, city.acting("demo-bank"))
    assert {r for one in by_another for r in one.roles} == {
        ("change-registration", "representative"), ("change-registration", "new-representative"),
    }  # fmt: skip


def test_asking_twice_asks_once_and_puts_it_into_the_inbox(city: City, draft: models.Application) -> None:
    first, second = asked(city, draft), asked(city, draft)
    assert first.id == second.id
    told = notices.inbox(city.acting("demo-shen")).filter(link=f"/signatures/{first.id}")
    assert told.count() == 1


def test_only_the_person_asked_can_open_it_and_only_for_themselves(
    city: City, draft: models.Application
) -> None:
    row = asked(city, draft)
    for stranger in ("demo-lin", "demo-bank"):
        with pytest.raises(NotFound):
            cosigning.refuse(acting=city.acting(stranger), signature=row.id, reason="no")
        assert browser(city, stranger).get(f"/signatures/{row.id}").status_code == 404
    assert browser(city, "demo-market").get(f"/signatures/{row.id}").status_code == 404
    assert Client().get(f"/signatures/{row.id}")["Location"].startswith("/sign-in")
    # what the signer sees is the signature's page alone, not the draft
    assert browser(city, "demo-shen").get(f"/applications/{draft.id}/review").status_code == 404
    assert browser(city, "demo-shen").get(f"/signatures/{row.id}").status_code == 200


def test_any_change_ends_the_signature_and_says_so(city: City, draft: models.Application) -> None:
    row = signed(city, draft)
    acting = city.acting("demo-lin", for_firm=True)
    drafts.answer(acting=acting, application=draft.id, answers={"change_details": "换人并改地址"})
    row.refresh_from_db()
    assert (row.state, row.ended_because) == ("ended", "answers-changed")
    assert row.content is not None
    assert signing.digest(row.content) == row.signed
    assert notices.inbox(city.acting("demo-shen")).filter(cause=f"signature:{row.id}:ended").exists()
    with pytest.raises(Invalid):
        submission.submit(acting=acting, application=draft.id)
    page = text(browser(city, "demo-lin", for_firm=True).get(f"/applications/{draft.id}/review"))
    assert "because something was changed" in page
    signed(city, draft)
    drafts.answer(acting=acting, application=draft.id, answers={"change_details": "换人并改地址"})
    assert current(draft).signatures.filter(ended_at=None).get().state == "signed"
    assert submission.submit(acting=acting, application=draft.id).number


def test_a_replaced_paper_ends_it_too(city: City, draft: models.Application) -> None:
    row = signed(city, draft)
    drafts.hand_in(
        acting=city.acting("demo-lin", for_firm=True), application=draft.id, material="new-operator-identity",
        name="other.pdf", data=applicants.pdf("another"),
    )  # fmt: skip
    row.refresh_from_db()
    assert row.state == "ended"


def test_what_was_shown_is_what_is_signed(city: City, draft: models.Application) -> None:
    row = asked(city, draft)
    seen = signing.digest(signing.content(draft, plan(city, draft)[1]))
    drafts.answer(
        acting=city.acting("demo-lin", for_firm=True), application=draft.id, answers={"phone": "13900000000"}
    )
    with pytest.raises(StaleVersion):
        cosigning.sign(acting=city.acting("demo-shen"), signature=row.id, digest=seen)


def test_a_refusal_carries_its_reason_and_can_be_asked_anew(city: City, draft: models.Application) -> None:
    row = asked(city, draft)
    with pytest.raises(Invalid):
        cosigning.refuse(acting=city.acting("demo-shen"), signature=row.id, reason="  ")
    cosigning.refuse(acting=city.acting("demo-shen"), signature=row.id, reason="地址写错了")
    with pytest.raises(NotNow):
        cosigning.sign(acting=city.acting("demo-shen"), signature=row.id, digest="0" * 64)
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=city.acting("demo-lin", for_firm=True), application=draft.id)
    assert "地址写错了" in refused.value.fields["signer:0"]
    assert signed(city, draft).id != row.id


def test_the_pages_of_both_sides(city: City, draft: models.Application) -> None:
    lin, shen = browser(city, "demo-lin", for_firm=True), browser(city, "demo-shen")
    page = text(lin.get(f"/applications/{draft.id}/review"))
    assert "Who signs with you" in page
    assert identifier(city, "demo-shen") not in page
    (needed,) = signing.needed(draft, *plan(city, draft), city.acting("demo-lin", for_firm=True))
    sent = lin.post(f"/applications/{draft.id}/signers/{needed.who}", {"version": current(draft).version})
    assert sent["Location"].endswith("#signers")
    row = draft.signatures.get()
    shown = text(shen.get(f"/signatures/{row.id}"))
    assert "法定代表人变更" in shown
    assert identifier(city, "demo-shen") not in shown
    digest = signing.digest(signing.content(current(draft), plan(city, current(draft))[1]))
    assert shen.post(f"/signatures/{row.id}/sign", {"digest": digest}).status_code == 422
    assert shen.post(f"/signatures/{row.id}/refuse", {"reason": ""}).status_code == 422
    assert shen.post(f"/signatures/{row.id}/sign", {"digest": digest, "agreed": "yes"}).status_code == 302
    assert digest in text(shen.get(f"/signatures/{row.id}"))
    done = lin.post(
        f"/applications/{draft.id}/submit", {"version": current(draft).version, "declared": "yes"}
    )
    assert done["Location"].endswith("/receipt")
    assert "It has been submitted." in text(shen.get(f"/signatures/{row.id}"))


def test_the_officer_sees_who_signed_what(
    city: City, draft: models.Application, hear: Callable[..., int]
) -> None:
    row = signed(city, draft)
    application = submission.submit(acting=city.acting("demo-lin", for_firm=True), application=draft.id)
    hear(NOON + timedelta(hours=1))
    case = application.cases.get(service="change-registration")
    page = text(browser(city, "demo-market").get(f"/office/cases/{case.number}"))
    assert "Signed besides the applicant" in page
    assert row.signed in page
    assert "Shen Yihe" in page
    actions = [entry.action for entry in audit.entries_of(draft.id)]
    assert {"signature.asked", "signature.given"} <= set(actions)
