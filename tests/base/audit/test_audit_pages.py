"""The auditor's pages: everything recomputed, ids and digests only, and every look written down."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import NOON, City

from tongban.base.audit import actions, models
from tongban.base.audit.pages import reading_chain
from tongban.work.cases.actions import submission


@pytest.fixture
def auditor(city: City, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Client:
    plain = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }  # nothing is collected for tests
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    client = Client(headers={"accept-language": "en"})
    client.force_login(city.account("demo-auditor"))
    return client


def submitted(city: City) -> Any:
    acting = city.acting("demo-lin", for_firm=True)
    return submission.submit(acting=acting, application=shops.filled_draft(acting).id)


def text(response: Any) -> str:
    return response.content.decode()


PATHS = ("/audit", "/audit/entries.csv", "/audit/seals", f"/audit/chains/{uuid4()}")


@pytest.mark.parametrize("who", ["demo-lin", "demo-market", "demo-window"])
def test_only_auditors_find_the_audit(auditor: Client, city: City, who: str) -> None:
    client = Client()
    client.force_login(city.account(who))
    for path in PATHS:
        assert client.get(path).status_code == 404
    assert client.post("/audit/verify").status_code == 404


def test_an_application_is_found_by_its_number_and_leads_to_its_chain(auditor: Client, city: City) -> None:
    application = submitted(city)
    page = text(auditor.get("/audit", {"q": application.number.lower()}))
    assert f"/audit/chains/{application.id}" in page
    assert "1 entry" in page
    case = application.cases.first()
    assert f"/audit/chains/{application.id}" in text(auditor.get("/audit", {"q": case.number}))
    assert f"/audit/chains/{application.id}" in text(auditor.get("/audit", {"q": str(case.id)}))


def test_entries_are_filtered_by_action_and_day(auditor: Client, city: City) -> None:
    submitted(city)
    assert "application.submitted" in text(auditor.get("/audit", {"action": "application.sub"}))
    assert "No entry fits." in text(auditor.get("/audit", {"day": "2026-03-03"}))
    assert "application.submitted" in text(
        auditor.get("/audit", {"day": "2026-03-02", "action": "application"})
    )
    wrong = text(auditor.get("/audit", {"day": "yesterday"}))
    assert "Give a day as 2026-11-25." in wrong


def test_no_name_and_no_answer_reaches_an_auditor(auditor: Client, city: City) -> None:
    application = submitted(city)
    pages = [
        text(auditor.get("/audit")), text(auditor.get(f"/audit/chains/{application.id}")),
        b"".join(auditor.get("/audit/entries.csv").streaming_content).decode(),
    ]  # fmt: skip
    names = ("shop_name", "operator_name", "operator_id", "address", "phone", "food_manager_name")
    private = {str(application.answers[name]["value"]) for name in names if name in application.answers}
    assert "林晓晨" in private
    for page in pages:
        assert not [value for value in private if value in page]


def test_a_whole_chain_says_so_with_every_hash(auditor: Client, city: City) -> None:
    application = submitted(city)
    page = text(auditor.get(f"/audit/chains/{application.id}"))
    assert "Whole." in page
    for entry in models.Entry.objects.filter(chain=application.id)[:20]:
        assert entry.hash in page


def test_a_broken_chain_says_where(auditor: Client, city: City) -> None:
    application = submitted(city)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_entry SET action = 'x' WHERE chain = %s AND sequence = 3", [str(application.id)]
        )
    page = text(auditor.get(f"/audit/chains/{application.id}"))
    assert "Broken at entry 3" in page
    verified = text(auditor.post("/audit/verify"))
    assert "The audit is not whole" in verified
    assert f"/audit/chains/{application.id}#entry-3" in verified


def test_every_look_at_a_chain_is_an_entry_in_a_chain_of_the_auditors_own(
    auditor: Client, city: City
) -> None:
    application = submitted(city)
    own = reading_chain(city.acting("demo-auditor"))
    before = models.Entry.objects.filter(chain=application.id).count()
    for _ in range(2):
        auditor.get(f"/audit/chains/{application.id}")
    auditor.get("/audit/entries.csv")
    auditor.post("/audit/verify")
    looks = models.Entry.objects.filter(chain=own).order_by("sequence")
    assert [(e.action, e.object_id) for e in looks] == [
        ("audit.chain-read", str(application.id)), ("audit.chain-read", str(application.id)), ("audit.exported", "entries"),
        ("audit.verified", "everything"),
    ]  # fmt: skip
    assert models.Entry.objects.filter(chain=application.id).count() == before
    assert "what you yourself have looked at" in text(auditor.get(f"/audit/chains/{own}"))


def test_a_chain_that_never_was_is_not_found_and_leaves_no_trace(auditor: Client) -> None:
    assert auditor.get(f"/audit/chains/{uuid4()}").status_code == 404
    assert not models.Entry.objects.filter(action="audit.chain-read").exists()


def test_verifying_everything_counts_what_it_did(auditor: Client, city: City) -> None:
    submitted(city)
    actions.seal(now=NOON)
    page = text(auditor.post("/audit/verify"))
    assert "The audit is whole" in page
    assert f">{models.Entry.objects.exclude(action='audit.verified').count()}<" in page
    assert auditor.get("/audit/verify").status_code == 302


def test_seals_are_checked_on_the_page(auditor: Client, city: City) -> None:
    assert "Nothing has been sealed yet." in text(auditor.get("/audit/seals"))
    actions.seal(now=NOON)
    submitted(city)
    actions.seal(now=NOON)
    page = text(auditor.get("/audit/seals"))
    assert page.count("signature holds") == 2
    assert page.count("root holds") == 2
    models.Seal.objects.filter(number=2).update(signature="AAAA")
    models.SealedHead.objects.filter(seal__number=1).update(length=1000)
    page = text(auditor.get("/audit/seals"))
    assert "signature does not fit" in page
    assert "sealed heads were changed" in page


def test_the_csv_is_enough_to_recompute_every_hash_elsewhere(auditor: Client, city: City) -> None:
    application = submitted(city)
    body = b"".join(auditor.get("/audit/entries.csv", {"q": str(application.id)}).streaming_content).decode(
        "utf-8-sig"
    )
    rows = list(csv.DictReader(io.StringIO(body)))
    assert rows
    for row in rows:
        wanted = row.pop("hash")
        entry: dict[str, Any] = {name: value or None for name, value in row.items()}
        entry |= {"sequence": int(row["sequence"]), "detail": json.loads(row["detail"])}
        entry |= {name: row[name] for name in ("purpose", "request_id", "previous", "object_id")}
        plain = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(plain.encode()).hexdigest() == wanted


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_every_page_is_there_in_every_language(auditor: Client, city: City, language: str) -> None:
    auditor.cookies["tongban_language"] = language
    chain = models.Entry.objects.first().chain
    for path in ("/audit", f"/audit/chains/{chain}", "/audit/seals", "/audit/decisions"):
        assert auditor.get(path).status_code == 200
