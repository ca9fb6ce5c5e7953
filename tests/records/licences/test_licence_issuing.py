"""Issuing, taking over and withdrawing licences."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from tests.records.licences.small_city import NOW, PLACE, TODAY, Place, credit_code

from tongban.base.audit import queries as audit
from tongban.base.kit.refusals import Invalid, NotFound, NotNow, StaleVersion
from tongban.core.values.identifiers import check_licence_identifier
from tongban.records.licences import actions, models, queries, trust, verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(place: Place) -> Any:
    return place.subject(identifier=credit_code(77, "92"))


def test_a_decision_gives_a_numbered_signed_licence(place: Place, firm: Any) -> None:
    licence = place.issue(firm)
    assert check_licence_identifier(licence.identifier) is None
    assert (licence.issue_date, licence.valid_from, licence.valid_to) == (TODAY, TODAY, date(2031, 11, 24))
    assert (licence.status, licence.source, licence.signed_at) == ("valid", "decision", NOW)
    result = queries.verify(licence.token, NOW)
    assert (result.outcome, result.holder, result.number) == ("valid", firm.name, licence.number)
    assert result.message.en == (
        "Valid: issued by Demo City Market Regulation to 云边小馆, valid until 2031-11-24."
    )


def test_given_fields_are_filled_and_undeclared_values_are_not_kept(place: Place, firm: Any) -> None:
    licence = place.issue(firm)
    assert queries.values(licence) == {
        "number": licence.number,
        "name": "云边小馆",
        "holder_id": firm.identifier,
        "address": "青石街 18 号",
        "area": 46,
        "issuer": "演示市市场监督管理局",
        "valid_to": "2031-11-24",
    }


def test_a_field_named_like_a_word_of_the_envelope_survives(place: Place) -> None:
    licence = place.issue(place.subject("林晓晨", kind="person"), kind="household-certificate")
    result = queries.verify(licence.token, NOW)
    assert {shown.label.en: shown.value for shown in result.fields} == {
        "Household status": "城镇", "Paper": "纸质", "Holder": "林晓晨", "Licence number": licence.number,
    }  # fmt: skip
    assert (result.holder, result.valid_to) == ("林晓晨", None)
    assert "without an end date" in result.message.en


def test_the_same_decision_gives_the_same_licence_and_no_second_number(place: Place, firm: Any) -> None:
    decision = uuid4()
    first = place.issue(firm, decision=decision)
    assert place.issue(firm, decision=decision, on=TODAY + timedelta(days=40)).pk == first.pk
    assert models.LicenceCounter.objects.get(year=2026).last == 1
    assert audit.entries_of(first.id).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days_apart", [0, 40])
def test_two_workers_at_once_issue_one_licence(place: Place, days_apart: int) -> None:
    """Also when one of them starts after midnight of New Year, under another counter."""
    holder, decision, start = place.subject(), uuid4(), Barrier(2)

    def work(days: int) -> Any:
        start.wait(timeout=10)
        try:
            return place.issue(holder, decision=decision, on=TODAY + timedelta(days=days)).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        issued = list(pool.map(work, [0, days_apart]))
    assert issued[0] == issued[1]
    assert models.Licence.objects.count() == 1
    assert sum(models.LicenceCounter.objects.values_list("last", flat=True)) == 1
    assert audit.entries_of(issued[0]).count() == 1


@pytest.mark.django_db(transaction=True)
def test_numbers_of_one_kind_have_no_gap_and_no_twin(place: Place) -> None:
    holder = place.subject()

    def work(_: int) -> str:
        try:
            return place.issue(holder).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(work, range(12)))
    assert [number[10:17] for number in numbers] == [f"{n:07d}" for n in range(1, 13)]
    assert all(number.startswith(f"{PLACE}2026") for number in numbers)


def test_a_failed_issue_uses_no_number(place: Place, firm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_order(*args: Any) -> None:
        raise OSError("the key cannot be read")

    with monkeypatch.context() as broken:
        broken.setattr(actions, "_sign", out_of_order)
        with pytest.raises(OSError, match="cannot be read"):
            place.issue(firm)
    assert place.issue(firm).number[10:17] == "0000001"


def test_a_licence_of_29_february_ends_with_february(place: Place, firm: Any) -> None:
    assert place.issue(firm, on=date(2024, 2, 29)).valid_to == date(2029, 2, 28)
    assert place.issue(firm, on=date(2026, 1, 1)).valid_to == date(2030, 12, 31)


def test_a_licence_ends_at_midnight_of_its_place(place: Place, firm: Any) -> None:
    licence = place.issue(firm, on=date(2021, 11, 26))
    last = datetime.fromisoformat("2026-11-25T23:59:59+08:00")
    place_now = replace(place.system, now=last)
    assert licence.valid_to == place_now.today
    assert verification.verify(licence.token, _list(), last).outcome == "valid"
    assert verification.verify(licence.token, _list(), last + timedelta(seconds=1)).outcome == "expired"


def test_only_the_office_in_charge_issues_a_kind(place: Place, firm: Any) -> None:
    with pytest.raises(Invalid):
        place.issue(firm, organisation=place.pack.organisations["city-police"])
    with pytest.raises(NotFound):
        place.issue(firm, acting=place.officer("city-police"))
    with pytest.raises(NotFound):
        place.issue(firm, acting=place.applicant(firm))
    assert place.issue(firm, acting=place.officer("city-market")).status == "valid"


def test_everybody_interested_hears_of_it_once(place: Place, firm: Any) -> None:
    decision = uuid4()
    licence = place.issue(firm, decision=decision)
    place.issue(firm, decision=decision)
    with connection.cursor() as cursor:
        cursor.execute("SELECT payload FROM audit_message WHERE kind = 'licences.issued'")
        payloads = [json.loads(row[0]) for row in cursor.fetchall()]
    assert payloads == [{"licence": str(licence.id), "decision": str(decision), "kind": "food-permit"}]


def test_the_audit_holds_no_personal_value(place: Place, firm: Any) -> None:
    licence = place.issue(firm)
    actions.revoke(
        acting=place.officer("city-market"), licence=licence.id, reason="云边小馆已停业", version=1
    )
    written = "".join(str(vars(entry)) for entry in audit.entries_of(licence.id))
    for value in (firm.name, firm.identifier, licence.number, "青石街", "停业"):
        assert value not in written


# -- from a register --------------------------------------------------------------------------------------


def registered(place: Place, holder: Any, number: str = "JY23301060001234", **more: Any) -> Any:
    given: dict[str, Any] = {
        "acting": place.system, "kind": place.pack.licences["food-permit"], "pack": place.pack,
        "organisation": place.pack.organisations["city-market"], "holder": holder, "holder_name": holder.name,
        "number": number, "values": {"address": "青石街 18 号"}, "on": date(2023, 5, 4),
    }  # fmt: skip
    return actions.register(**{**given, **more})


def test_a_registered_licence_keeps_its_number_and_is_signed(place: Place, firm: Any) -> None:
    licence = registered(place, firm)
    assert (licence.number, licence.source, licence.decision) == ("JY23301060001234", "register", None)
    assert licence.valid_to == date(2028, 5, 3)
    assert ".JY23301060001234.001." in licence.identifier
    assert queries.verify(licence.token, NOW).outcome == "valid"
    assert registered(place, firm).pk == licence.pk
    assert models.Licence.objects.count() == 1


def test_a_number_of_another_holder_is_refused(place: Place, firm: Any) -> None:
    registered(place, firm)
    with pytest.raises(Invalid):
        registered(place, place.subject("别人"))


def test_numbers_that_differ_only_in_signs_stay_apart(place: Place, firm: Any) -> None:
    numbers = ("演（2023）第12号", "演（2023）字12号", "202312")
    identifiers = {registered(place, firm, number).identifier for number in numbers}
    assert len(identifiers) == 3
    assert all(check_licence_identifier(identifier) is None for identifier in identifiers)


def test_what_may_be_withheld_stands_nowhere_in_clear(place: Place) -> None:
    """An identity card's number is its holder's: neither the head of the file nor the identifier gives it away."""
    number = "330106195506080005"
    person = place.subject("林晓晨", identifier=number, kind="person")
    kind, office = place.pack.licences["household-certificate"], place.pack.organisations["city-police"]
    licence = registered(place, person, number, kind=kind, organisation=office, values={"status": "城镇"})
    assert number not in licence.identifier
    assert check_licence_identifier(licence.identifier) is None
    signed = licence.token.split("~")[0]
    clear = base64.urlsafe_b64decode(signed.split(".")[1] + "==").decode()
    for value in (number, "林晓晨", "城镇", str(person.pk)):
        assert value not in clear
        assert json.dumps(value)[1:-1] not in clear
    withheld = queries.verify(f"{signed}~", NOW)
    assert (withheld.outcome, withheld.holder, withheld.number, withheld.fields) == ("valid", None, None, ())
    assert "a holder who is not named here" in withheld.message.en
    full = queries.verify(licence.token, NOW)
    assert (full.holder, full.number, full.masked_number) == ("林晓晨", number, "33************0005")


# -- what is held -----------------------------------------------------------------------------------------


def test_only_what_is_valid_on_the_day_counts_as_held(place: Place, firm: Any) -> None:
    licence = registered(place, firm, on=date(2023, 5, 4))
    assert queries.held_by([firm.pk], date(2023, 5, 3)) == []
    assert [(h.kind, h.id, h.reference, h.valid_to) for h in queries.held_by([firm.pk], TODAY)] == [
        ("licence", "food-permit", licence.identifier, date(2028, 5, 3))
    ]
    assert queries.valid_of(firm.pk, "food-permit", date(2028, 5, 3)) == licence
    assert queries.valid_of(firm.pk, "food-permit", date(2028, 5, 4)) is None
    assert queries.valid_of(uuid4(), "food-permit", TODAY) is None
    actions.suspend(acting=place.officer("city-market"), licence=licence.id, reason="检查", version=1)
    assert queries.held_by([firm.pk], TODAY) == []


# -- withdrawal -------------------------------------------------------------------------------------------


def _list() -> trust.TrustList:
    return trust.parse(queries.trust_list_text(queries.directory.pack_in_force(NOW), NOW).encode())


def test_a_revoked_licence_is_refused_online_at_once(place: Place, firm: Any) -> None:
    licence = place.issue(firm)
    offline = _list()
    actions.revoke(acting=place.officer("city-market"), licence=licence.id, reason="停业", version=1)
    result = queries.verify(licence.token, NOW)
    assert (result.outcome, result.checked_online) == ("revoked", True)
    old = verification.verify(licence.token, offline, NOW)
    assert (old.outcome, old.checked_online) == ("valid", False)
    assert old.note
    assert "2026-11-25" in old.note.en
    assert verification.verify(licence.token, _list(), NOW).outcome == "revoked"


def test_a_suspension_ends_and_a_revocation_does_not(place: Place, firm: Any) -> None:
    officer, licence = place.officer("city-market"), place.issue(firm)
    actions.suspend(acting=officer, licence=licence.id, reason="检查", version=1)
    assert queries.verify(licence.token, NOW).outcome == "suspended"
    actions.reinstate(acting=officer, licence=licence.id, reason="合格", version=2)
    assert queries.verify(licence.token, NOW).outcome == "valid"
    actions.revoke(acting=officer, licence=licence.id, reason="停业", version=3)
    for change in (actions.suspend, actions.reinstate, actions.revoke):
        with pytest.raises(NotNow):
            change(acting=officer, licence=licence.id, reason="再次", version=4)


def test_a_withdrawal_needs_a_reason_and_the_current_version(place: Place, firm: Any) -> None:
    officer, licence = place.officer("city-market"), place.issue(firm)
    with pytest.raises(Invalid):
        actions.revoke(acting=officer, licence=licence.id, reason="  ", version=1)
    with pytest.raises(StaleVersion):
        actions.revoke(acting=officer, licence=licence.id, reason="停业", version=2)


def test_only_officers_of_the_issuing_office_withdraw(place: Place, firm: Any) -> None:
    licence = place.issue(firm)
    strangers = (
        place.officer("city-police"), place.officer("city-market", role="clerk"), place.applicant(firm),
        place.officer("city-market", place="990200"), place.officer("city-market", role="auditor"),
    )  # fmt: skip
    for acting in strangers:
        with pytest.raises(NotFound):
            actions.revoke(acting=acting, licence=licence.id, reason="停业", version=1)


def test_a_signed_licence_that_the_register_lost_is_not_vouched_for(place: Place, firm: Any) -> None:
    token = place.issue(firm).token
    models.Licence.objects.all().delete()
    assert queries.verify(token, NOW).outcome == "cannot-tell"


# -- the trust list ---------------------------------------------------------------------------------------


def test_the_published_list_verifies_offline_and_holds_no_secret(place: Place, firm: Any, home: Any) -> None:
    licence = place.issue(firm)
    path = actions.publish_trust_list(acting=place.system)
    assert path == home / "trust-list.json"
    text = path.read_text()
    assert '"d"' not in text
    assert licence.number not in text
    assert verification.verify(licence.token, trust.read(path), NOW).outcome == "valid"
    assert not list(home.glob("*.new"))


def test_replaced_keys_and_dissolved_offices_stay_on_the_list(
    place: Place, firm: Any, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    licence = place.issue(firm)
    actions.publish_trust_list(acting=place.system)
    (home / "keys" / "issuer-city-market.pem").unlink()
    second = place.issue(firm)
    actions.publish_trust_list(acting=place.system)
    assert {queries.verify(token, NOW).outcome for token in (licence.token, second.token)} == {"valid"}
    organisations = {"city-police": place.pack.organisations["city-police"]}
    smaller = replace(place.pack, organisations=organisations)
    monkeypatch.setattr(queries.directory, "pack_in_force", lambda now, place=None: smaller)
    path = actions.publish_trust_list(acting=place.system)
    assert verification.verify(licence.token, trust.read(path), NOW).outcome == "valid"


def test_another_place_is_believed_once_its_list_is_put_there(
    place: Place, firm: Any, home: Any, office: Any
) -> None:
    office.id = trust.issuer_id("880100", "city-market")
    token = office.issue()
    assert queries.verify(token, NOW).outcome == "not-ours"
    theirs = replace(office.issuer, id=office.id)
    (home / "trusted").mkdir()
    (home / "trusted" / "neighbour.json").write_text(json.dumps(trust.document_of([theirs], NOW)))
    (home / "trusted" / "broken.json").write_text("{")
    result = queries.verify(token, NOW)
    assert (result.outcome, result.checked_online) == ("valid", False)
    assert result.note is not None


def test_issuing_joins_the_transaction_of_its_caller(place: Place, firm: Any) -> None:
    with transaction.atomic():
        place.issue(firm)
        transaction.set_rollback(True)
    assert models.Licence.objects.count() == 0
