"""The second thread on one shop: shared data, a grant, a product, a complaint, the numbers, an answer, a pilot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import NOON, PACKS, City
from tests.work.cases.test_thread import grant_all

from tongban.base.audit.verify import verify
from tongban.base.directory import actions, pilots, sources
from tongban.base.directory import queries as directory
from tongban.base.kit.acting import system
from tongban.base.kit.ids import uuid7
from tongban.records.catalogue import actions as catalogue
from tongban.records.catalogue import queries as shared
from tongban.records.dossier import queries as dossier
from tongban.work.hotline.actions import call_backs, disputes, replies, tickets
from tongban.work.market import queries as market
from tongban.work.market.actions import assets, contracts, delivery, settlement
from tongban.work.policies import queries as policies
from tongban.work.policies import replay
from tongban.work.policies.actions import owner

pytestmark = [pytest.mark.slow]


def page(username: str, city: City, *, for_firm: bool = False) -> Client:
    """A browser in which this person has entered."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(city.account(username))
    if for_firm:
        session = client.session
        session["acting_for"] = str(city.acting(username, for_firm=True).principal)
        session.save()
    return client


def test_one_shop_leaves_data_money_voice_and_sight(lasting_city: City, hear: Callable[[], int]) -> None:
    city = lasting_city
    lin = city.acting("demo-lin", for_firm=True)

    # 1. shared by right: the look-up ran under the grant, for three fields, and the owner sees it
    application = shops.submitted(lin)
    use = shared.look_ups_of(application.id).get()
    assert sorted(use.fields) == ["area", "owner", "usage"]
    assert use.grant_id is not None
    mine = page("demo-lin", city, for_firm=True).get("/my-data")
    assert "Property registry" in mine.text
    grant = shared.grants_on("property-registry").get()
    catalogue.revoke(acting=city.acting("demo-registry"), grant=grant.id, reason="The purpose has ended.")
    second = shops.filled_draft(city.acting("demo-shen"), answers=shops.FOUNDING)
    assert {u.outcome for u in shared.look_ups_of(second.id)} <= {"refused"}
    assert dossier.has_consent(second.id)

    # 2. the policy finds the shop, with the money reserved
    grant_all(city, application, hear)
    hear()
    entitlement = policies.of_owner(lin)[0]
    assert entitlement.amount_fen == 1_000_000
    assert replay.replay(entitlement).same
    shown = page("demo-lin", city, for_firm=True).get("/benefits")
    assert "10,000" in shown.text
    owner.confirm(acting=lin, entitlement=entitlement.id, payee_name="林晓晨", account="6222000011112222")

    # 3. a product, sold once
    _sell_once(city)

    # 4. voice
    _complain(city)

    # 5. sight and 6. answer
    numbers = Client(headers={"accept-language": "en"}).get("/performance")
    assert numbers.status_code == 200
    assert numbers.text.count('href="/performance/') >= 6
    answer = Client().get("/ask", {"q": "开面馆要多久？"})
    assert "工作日" in answer.text
    assert "/laws/" in answer.text
    unknown = Client(headers={"accept-language": "en"}).get("/ask", {"q": "明天天气怎么样"})
    assert "not in what this city has published" in unknown.text
    assert verify().sound


def _sell_once(city: City) -> None:
    from tongban.doors.demo import population, shop

    acting = system(NOON, "990100", "test")
    assert population.settle(acting=acting, pack=city.pack) > 60
    shop.open_shop(acting=acting, pack=city.pack)
    bank, operator = city.acting("demo-bank", for_firm=True), city.acting("demo-operator")
    listing = market.offer(shop.PRODUCT).listing
    contract = contracts.order(
        acting=bank,
        listing=listing.id,
        purpose_kind="industry",
        purpose="Where to open a branch",
        months=12,
        accepted=True,
    )
    contracts.approve(acting=operator, number=contract.number)
    for call in ("call-one-0001", "call-one-0001", "call-two-0002"):
        delivery.deliver(acting=bank, contract=contract.id, request_id=call, form="json")
    assert market.usage_of(bank).count() == 2  # the repeated call is one call
    month = f"{NOON:%Y-%m}"
    settled = settlement.settle_month(acting=operator, registration=listing.registration_id, month=month)
    assert settled.gross_fen == 2 * 2000
    assert sum(share.amount_fen for share in settled.shares.all()) == settled.net_fen
    assert assets.amortise_month(acting=operator, month=month)[0].amount_fen == 18_000_000 // 36
    lines = [line for entry in market.entries(operator) for line in entry.lines.all()]
    assert sum(line.debit_fen for line in lines) == sum(line.credit_fen for line in lines) > 0


def _complain(city: City) -> None:
    neighbour, clerk, police = (
        city.acting("demo-neighbour"),
        city.acting("demo-hotline"),
        city.acting("demo-police"),
    )
    ticket = tickets.report(
        acting=neighbour, key="noise-1",
        report=tickets.Report(
            title="楼下面馆噪音太大", content="排风扇每天响到半夜，噪声大得睡不着。", location="南桥路18号后院", district="990101",
        ),
    )  # fmt: skip
    tickets.dispatch(acting=clerk, number=ticket.number)
    disputes.object_to(acting=police, number=ticket.number, reason="duty", note="固定设备噪声归生态环境部门")
    disputes.rule_on_objection(acting=clerk, number=ticket.number, upheld=False, note="夜间扰民归公安")
    handler = page("demo-police", city)
    seen = handler.get(f"/hotline/assigned/{ticket.number}")
    assert seen.status_code == 200
    assert "邻舍" not in seen.text
    assert "13800008765" not in seen.text
    replies.contact(acting=police, number=ticket.number, note="今晚到场")
    replies.reply(acting=police, number=ticket.number, note="已要求店家夜间关闭排风扇")
    call_backs.call_back(acting=clerk, number=ticket.number, solved="yes", satisfied="satisfied")
    rates = Client(headers={"accept-language": "en"}).get(
        "/hotline/rates", {"from": "2026-03-01", "to": "2026-03-31"}
    )
    assert rates.status_code == 200


def test_a_pilot_in_one_district_is_measured_against_another_and_promoted(
    city: City, hear: Callable[[], int]
) -> None:
    officer = city.acting("demo-data")
    plan = pilots.Plan(
        service="food-permit", patch="promised: {amount: 5, extension: 5, confidence: sample}", place="990101", comparison="990102",
        goal="restaurants-faster", first=officer.today, last=date(2026, 12, 31),
    )  # fmt: skip
    pilot_id = uuid7()
    draft = pilots.preview(acting=officer, pilot_id=pilot_id, plan=plan)
    pilots.start_pilot(acting=officer, pilot_id=pilot_id, plan=plan, seen=draft.pack.digest)

    here = shops.submitted(city.acting("demo-lin", for_firm=True))
    there = shops.submitted(city.acting("demo-shen"), answers=shops.FOUNDING)
    assert (here.district, there.district) == ("990101", "990102")
    promised = {
        a.district: a.cases.get(service="food-permit").terms["promised"]["amount"] for a in (here, there)
    }
    assert promised == {"990101": 5, "990102": 7}
    grant_all(city, here, hear)

    shown = page("demo-data", city).get(f"/office/pilots/{pilot_id}")
    assert "Too few cases to tell" in shown.text
    pilots.promote(acting=officer, pilot_id=pilot_id, reasons="Nobody was harmed by a shorter promise.")
    whole = directory.pack_in_force(officer.now)
    assert whole.services["food-permit"].promised.amount == 5
    reinstalled = actions.install_pack(
        acting=system(officer.now, "990100", "restart"),
        files=sources.read_layers(PACKS, "cn-qingqu"),
        top="cn-qingqu",
    )
    assert reinstalled.digest != whole.digest
    assert (
        directory.pack_in_force(officer.now).digest == whole.digest
    )  # a restart does not take the promotion back
    assert verify().sound
