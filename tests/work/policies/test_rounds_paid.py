"""A confirmed list: publicity and objections, payment from a file, the archive, and what has to be paid back."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories.fixtures import NOON
from tests.work.policies.grants import (
    ACCOUNT,
    FINANCE,
    LARGE,
    SMALL,
    Town,
    contents,
    held,
    reserved,
)
from tests.work.policies.listed import answered, drawn, officer, told

from tongban.base.audit import queries as audit
from tongban.base.audit.verify import verify
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.base.notices.models import Notice
from tongban.core.packs import calendars
from tongban.core.packs.model import Term
from tongban.core.packs.model_data import Clawback
from tongban.core.values.duration import Duration, Unit
from tongban.core.values.text import Bilingual
from tongban.work.policies import models
from tongban.work.policies.actions import office, owner, payments, publicity, rounds


@pytest.fixture
def published(five: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[Town, models.Round]:
    term = Term.model_construct(amount=5, unit="working_days", rolls=True)
    five.put_in_force(monkeypatch, publicity=term)
    return five, told(five, drawn(five))


def test_publicity_shows_firms_to_everybody_and_takes_objections_from_the_signed_in(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    assert row.public_from == NOON.date()
    assert row.public_to
    text = contents(Client(headers={"accept-language": "en"}).get(f"/publicity/{row.pk}"))
    assert "小店2001" in text
    assert "¥10,000" in text
    assert ACCOUNT not in text
    assert "Sign in to object" in text
    line = row.lines.get(amount_fen=LARGE)
    neighbour = town.browser("demo-neighbour")
    assert neighbour.post(f"/publicity/lines/{line.pk}/object", {"text": " "}).status_code == 422
    sent = neighbour.post(f"/publicity/lines/{line.pk}/object", {"text": "铺面没有这么大"}, follow=True)
    assert "You objected; the office answers." in contents(sent)
    entitlement = line.entitlement
    owner.confirm(acting=town.owner(), entitlement=entitlement.pk, payee_name="Lin", account=ACCOUNT)
    late = row.public_to - NOON.date() + timedelta(days=1)
    with pytest.raises(NotNow, match="objected to this line"):
        office.mark_paid(acting=officer(town, days=late.days), entitlement=entitlement.pk, reference="P")
    with pytest.raises(NotNow, match="in publicity until"):
        office.mark_paid(acting=officer(town), entitlement=entitlement.pk, reference="P")
    said = models.Objection.objects.get()
    with pytest.raises(NotFound):
        publicity.answer(
            acting=officer(town, organisation=FINANCE), objection=said.pk, outcome="stands", reasons="x"
        )
    before = reserved()
    publicity.answer(
        acting=officer(town), objection=said.pk, outcome="struck", reasons="量过了，只有 86 平方米。"
    )
    entitlement.refresh_from_db()
    assert entitlement.state == "withdrawn"
    assert reserved() == before - LARGE == held()
    assert Notice.objects.filter(title_en__startswith="Taken off the list").exists()
    assert Notice.objects.filter(title_en="The line you objected to was struck").exists()
    assert not Notice.objects.filter(
        body_en__contains=town.city.account("demo-neighbour").person.name
    ).exists()
    with pytest.raises(NotNow, match="Publicity is over"):
        publicity.object_to(
            acting=town.owner("demo-neighbour", days=late.days), line=row.lines.get(rank=1).pk, text="zu spät"
        )


def test_the_term_to_pay_is_that_of_the_policy_and_begins_after_publicity(
    published: tuple[Town, models.Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    town, row = published
    one, two, *_rest = [line.entitlement for line in row.lines.order_by("id")]
    calendar = calendars.work_calendar(town.pack)
    usual = owner.confirm(acting=town.owner(), entitlement=one.pk, payee_name="Lin", account=ACCOUNT)
    assert usual.due_on == calendar.add(row.public_to, owner.PAY_WITHIN).day
    assert usual.due_on > calendar.add(NOON.date(), owner.PAY_WITHIN).day
    town.put_in_force(monkeypatch, pay_within=Term.model_construct(amount=3, unit="working_days", rolls=True))
    quick = owner.confirm(acting=town.owner(), entitlement=two.pk, payee_name="Lin", account=ACCOUNT)
    assert quick.due_on == calendar.add(row.public_to, Duration(3, Unit.WORKING_DAYS)).day


def test_the_list_is_paid_from_a_file_and_what_comes_back_marks_it(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    entitlements = answered(row, town)
    with pytest.raises(NotNow, match="in publicity"):
        payments.to_pay(acting=officer(town), round_=row.pk)
    days = (row.public_to - NOON.date()).days + 1
    for payer in (officer(town, days=days), officer(town, days=days, organisation=FINANCE)):
        found = payments.to_pay(acting=payer, round_=row.pk)
        assert {one.account for one in found} == {ACCOUNT}
        assert sum(one.amount_fen for one in found) == 2 * SMALL + LARGE
    with pytest.raises(NotFound):
        payments.to_pay(acting=town.owner(days=days), round_=row.pk)
    for one in entitlements:
        assert audit.entries_of(one.pk).filter(action="payee.read").count() == 2
    lines = [f"{entitlements[0].pk},T-1", f"{entitlements[1].pk},", f"{row.pk},T-3", "nonsense"]
    text = "\ufeffreference_old,entitlement,reference\n" + "\n".join("x," + line for line in lines)
    done, misfits = payments.take_results(acting=officer(town, days=days), round_=row.pk, text=text)
    assert done == 1
    assert [one.line for one in misfits] == [3, 4, 5]
    again, _ = payments.take_results(acting=officer(town, days=days), round_=row.pk, text=text)
    assert again == 1
    entitlements[0].refresh_from_db()
    assert (entitlements[0].state, entitlements[0].payment) == ("paid", "T-1")
    with pytest.raises(Invalid, match="needs the columns"):
        payments.take_results(acting=officer(town, days=days), round_=row.pk, text="a,b\n1,2")


def test_a_round_is_closed_when_nothing_is_awaited_and_its_archive_is_what_the_audit_holds(
    published: tuple[Town, models.Round],
) -> None:
    town, row = published
    entitlements = answered(row, town)
    days = (row.public_to - NOON.date()).days + 1
    boss = officer(town, days=days)
    with pytest.raises(NotNow, match="3 entitlements"):
        rounds.close(acting=boss, round_=row.pk)
    for number, one in enumerate(entitlements):
        office.mark_paid(acting=boss, entitlement=one.pk, reference=f"T-{number}")
    closed = rounds.close(acting=boss, round_=row.pk)
    assert closed.state == "closed"
    assert rounds.close(acting=boss, round_=row.pk).version == closed.version
    sent = town.browser("of-qingqu-commerce").get(f"/office/entitlements/rounds/{row.pk}/archive")
    assert hashlib.sha256(sent.content).hexdigest() == closed.archive_digest
    assert audit.entries_of(row.pk).get(action="round.closed").detail["archive"] == closed.archive_digest
    kept = json.loads(sent.content)
    assert [line["state"] for line in kept["lines"]] == ["paid"] * 3
    assert ACCOUNT not in sent.content.decode()
    assert "小店" not in sent.content.decode()
    assert verify().sound


def test_what_was_paid_is_claimed_back_by_the_rule_of_the_policy(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Clawback.model_construct(
        when=Bilingual(zh="三年内搬走", en="It moves away within three years"),
        returns="pro-rata",
        within_months=36,
        interest=None,
    )
    false = Clawback.model_construct(
        when=Bilingual(zh="弄虚作假", en="What was stated is false"),
        returns="all-with-interest",
        within_months=None,
        interest=None,
    )
    town.put_in_force(monkeypatch, clawback=(moved, false))
    rows = [town.found(town.shop()) for _ in range(2)]
    for row in rows:
        owner.confirm(acting=town.owner(), entitlement=row.pk, payee_name="Lin", account=ACCOUNT)
        office.mark_paid(acting=officer(town), entitlement=row.pk, reference="P")
    year = officer(town, days=365)

    def claim(row: models.Entitlement, **said: Any) -> models.Entitlement:
        return payments.claim_back(
            acting=year,
            entitlement=row.pk,
            **{"rule": 0, "on": NOON.date() + timedelta(days=365), "reasons": "搬走了", **said},
        )

    for said, wrong in (
        ({"rule": 5}, "Choose what has happened"), ({"on": date(2020, 1, 1)}, "Give a day from the payment"),
        ({"reasons": " "}, "Say why"), ({"rule": 1, "rate": "a lot"}, "yearly rate"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=wrong):
            claim(rows[0], **said)
    with pytest.raises(NotFound):
        payments.claim_back(acting=town.owner(), entitlement=rows[0].pk, rule=0, on=NOON.date(), reasons="x")
    with pytest.raises(NotNow, match="is over"):
        payments.claim_back(
            acting=officer(town, days=1200),
            entitlement=rows[0].pk,
            rule=0,
            on=NOON.date() + timedelta(days=1190),
            reasons="x",
        )
    first = claim(rows[0])
    assert first.state == "reclaimed"
    assert first.reclaim["principal_fen"] == SMALL * (1096 - 365) // 1096
    second = claim(rows[1], rule=1, rate="3.5")
    assert (second.reclaim["principal_fen"], second.reclaim["interest_fen"]) == (SMALL, SMALL * 35 // 1000)
    assert claim(rows[0]).version == first.version
    assert Notice.objects.filter(title_en__startswith="To be paid back").count() >= 2
    text = contents(town.browser("demo-lin").get(f"/benefits/{rows[0].pk}"))
    assert "Claimed back" in text
    back = payments.mark_repaid(acting=year, entitlement=rows[0].pk)
    assert (back.state, back.repaid_on) == ("repaid", year.today)
    assert reserved() == held() == 2 * SMALL
