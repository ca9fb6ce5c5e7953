"""Applications and cases over HTTP: the same steps as on the pages, with versions and idempotency keys."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from tests.factories import shops
from tests.factories.fixtures import City
from tests.factories.papers import pdf
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, portal  # noqa: F401  (a fixture)

from tongban.doors.api.api import PROBLEM
from tongban.work.cases import models

API = "/api/v1"


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.generic(method, f"{API}{path}", data, content_type="application/json", headers=headers)


def test_a_plan_is_computed_for_everybody_with_its_reasons(city: City) -> None:
    body = '{"event": "open-restaurant", "facts": {"area": 320.5, "sign": "normal", "has_licence": false}, "at": "2026-03-02"}'
    response = send(Client(), "POST", "/plans", body)
    assert response.status_code == 200
    plan = response.json()
    services = {s["id"]: s for s in plan["services"]}
    assert services["fire-check"]["applies"] == "yes"
    assert services["fire-check"]["because"]["facts"][0]["state"] == {"known": {"decimal": "320.50"}}
    assert services["signboard"]["waits_for"] == ["business-registration"]


def test_a_plan_says_why_it_asks_which_way_was_taken_and_what_a_changed_answer_does(city: City) -> None:
    body = {
        "event": "open-restaurant",
        "before": {"only_prepackaged": True},
        "facts": {"only_prepackaged": False},
        "at": "2026-03-02",
    }
    plan = send(Client(), "POST", "/plans", body).json()
    area = next(q for q in plan["questions"] if q["fact"] == "area")
    assert area["why"][0]["text"]["en"].startswith("Decides whether you need “Fire safety check")
    assert "fire-protection-law#15" in area["why"][0]["articles"]
    assert area["records"] == [{"kind": "registry", "id": "property-registry"}]
    premises = next(m for m in plan["materials"] if m["id"] == "premises-proof")
    assert premises["chosen"]["en"].startswith("“Lease”: you hand it in, the least trouble of 3 ways.")
    assert premises["ways"][0]["alternative"] == premises["alternative"]
    assert plan["changes"]["services"] == {"added": ["food-permit"], "dropped": ["food-filing"]}
    assert "layout-plan" in plan["changes"]["materials"]["added"]
    alone = send(Client(), "POST", "/plans", {"event": "open-restaurant"}).json()
    assert alone["changes"] is None
    wrong = send(Client(), "POST", "/plans", {"event": "open-restaurant", "before": {"area": "x"}})
    assert wrong.json()["errors"][0]["field"] == "before.area"


def test_numbers_in_json_are_read_exactly_and_never_as_binary_fractions(city: City) -> None:
    exact = send(Client(), "POST", "/plans", '{"event": "open-restaurant", "facts": {"area": 59.99}}')
    assert exact.status_code == 200
    longer = send(
        Client(), "POST", "/plans", '{"event": "open-restaurant", "facts": {"area": 59.990000000000001}}'
    )
    assert longer.status_code == 422
    assert longer.json()["errors"][0]["field"] == "facts.area"


def test_every_refusal_is_a_problem_with_a_code(city: City) -> None:
    for body, status, code in (
        ("{", 400, "unreadable"),
        ('{"event": NaN}', 400, "unreadable"),
        ('{"event": "open-\\u0000"}', 400, "unreadable"),
        ('{"event": "\\ud800"}', 400, "unreadable"),
        ("{}", 422, "invalid"),
        ('{"event": "fly"}', 404, "not-found"),
        ('{"event": "open-restaurant", "facts": {"are": 1}}', 422, "invalid"),
        ('{"event": "open-restaurant", "place": "123456"}', 422, "invalid"),
        ('{"event": "open-restaurant", "at": "9999-12-31"}', 422, "invalid"),
        ('{"event": "open-restaurant", "held": [{"kind": "licence", "id": "nothing"}]}', 422, "invalid"),
    ):
        response = send(Client(), "POST", "/plans", body)
        assert (response.status_code, response.json()["code"]) == (status, code), body
        assert response["Content-Type"] == PROBLEM
    assert send(Client(), "GET", "/applications").status_code == 401
    assert send(Client(), "DELETE", "/applications").json()["code"] == "method-not-allowed"
    assert send(browser(city, "demo-shen"), "GET", "/applications/no\x00ne").json()["code"] == "not-found"


def test_a_write_without_the_token_of_the_session_is_refused(city: City) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.account("demo-shen"))
    response = send(client, "POST", "/applications", {"event": applicants.EVENT})
    assert (response.status_code, response.json()["code"]) == (403, "csrf")


def test_the_same_key_replays_and_another_body_under_it_is_refused(city: City) -> None:
    client = browser(city, "demo-shen")
    body = {"event": applicants.EVENT, "answers": {"sign": "normal", "area": "86.5"}}
    first = send(client, "POST", "/applications", body, idempotency_key="k-1")
    again = send(client, "POST", "/applications", body, idempotency_key="k-1")
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert again["Idempotent-Replayed"] == "true"
    assert first.json()["answers"]["area"]["value"] == "86.50"
    other = send(
        client, "POST", "/applications", {**body, "answers": {"sign": "none"}}, idempotency_key="k-1"
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert models.Application.objects.count() == 1


def test_an_application_that_cannot_be_submitted_leaves_nothing_behind(city: City) -> None:
    client = browser(city, "demo-shen")
    response = send(
        client,
        "POST",
        "/applications",
        {"event": applicants.EVENT, "answers": {"sign": "normal"}, "submit": True},
    )
    assert response.status_code == 422
    assert any(e["field"].startswith("fact:") for e in response.json()["errors"])
    assert models.Application.objects.count() == 0
    wrong = send(
        client,
        "POST",
        "/applications",
        {"event": applicants.EVENT, "answers": {"sign": "blinking", "area": "-1"}},
    )
    assert {e["field"] for e in wrong.json()["errors"]} == {"sign", "area"}


def test_a_change_says_which_version_it_is_based_on(city: City) -> None:
    draft = applicants.draft(city)
    client = browser(city, "demo-shen")
    path = f"/applications/{draft.id}"
    tag = send(client, "GET", path)["ETag"]
    assert send(client, "PATCH", path, {"answers": {"sign": "none"}}).json()["code"] == "version-needed"
    changed = send(client, "PATCH", path, {"answers": {"sign": "none"}}, if_match=tag)
    assert changed.status_code == 200
    stale = send(client, "PATCH", path, {"answers": {"sign": "normal"}}, if_match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-version")
    assert current(draft).answers["sign"]["value"] == "none"


def test_a_whole_application_goes_through_the_api(city: City) -> None:
    client = browser(city, "demo-shen")
    created = send(client, "POST", "/applications", {"event": applicants.EVENT, "consent": True}).json()
    path = f"/applications/{created['id']}"
    given = shops.ANSWERS | shops.FOUNDING
    for _ in range(20):
        shown = send(client, "GET", path).json()
        asked = {q["fact"]: given[q["fact"]] for q in shown["plan"]["questions"]}
        if not asked:
            break
        response = send(client, "PATCH", path, {"answers": asked}, if_match=f'"{shown["version"]}"')
        assert response.status_code == 200, response.json()
    for material in shown["plan"]["materials"]:
        if material["status"] in ("upload", "deferrable"):
            assert put(client, f"{path}/materials/{material['id']}").status_code == 200
        elif material["status"] == "commit":
            assert send(client, "POST", f"{path}/materials/{material['id']}/signature").status_code == 200
    assert send(client, "GET", path).json()["missing"] == {}
    submitted = send(client, "POST", f"{path}/submit", idempotency_key="s-1")
    assert submitted.status_code == 200, submitted.json()
    number = submitted.json()["number"]
    assert send(client, "POST", f"{path}/submit").json()["number"] == number
    assert send(client, "GET", f"/applications/{number}").json()["state"] == "in_progress"
    listed = send(client, "GET", "/applications?tab=running").json()
    assert [row["number"] for row in listed["items"]] == [number]


def put(client: Client, path: str, data: bytes | None = None, **headers: str) -> Any:
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = encode_multipart(BOUNDARY, {"file": applicants.file(data=data or pdf(path))})
    return client.generic(
        "PUT", f"{API}{path}", body, content_type=MULTIPART_CONTENT, headers={"if-match": "*", **headers}
    )


def test_a_file_that_cannot_be_taken_is_a_problem(city: City) -> None:
    draft = applicants.filled(city)
    client = browser(city, "demo-shen")
    path = f"/applications/{draft.id}/materials/layout-plan"
    assert put(client, path, b"MZ program").status_code == 422
    assert put(client, path, b"%PDF-" + b"0" * (20 * 1024 * 1024)).status_code == 413
    assert send(client, "PUT", path, {}, if_match="*").status_code == 422
    assert put(client, path, if_match='"1"').status_code == 412


def test_an_officer_works_through_the_api_with_versions(city: City) -> None:
    application = shops.submitted(city.acting("demo-lin", for_firm=True))
    sign = application.cases.get(service="signboard")
    client = browser(city, "demo-urban")
    listed = send(client, "GET", "/cases").json()
    assert [row["number"] for row in listed["items"]] == [sign.number]
    assert send(client, "POST", f"/cases/{sign.number}/accept").json()["code"] == "version-needed"
    assert send(client, "POST", f"/cases/{sign.number}/accept", if_match='"99"').status_code == 412
    accepted = send(
        client, "POST", f"/cases/{sign.number}/accept", if_match=f'"{sign.version}"', idempotency_key="a-1"
    )
    assert accepted.json()["state"] == "accepted"
    again = send(
        client, "POST", f"/cases/{sign.number}/accept", if_match=f'"{sign.version}"', idempotency_key="a-1"
    )
    assert again.json() == accepted.json()
    refused = send(
        client,
        "POST",
        f"/cases/{sign.number}/decisions",
        {"outcome": "granted", "reasons": " "},
        if_match="*",
    )
    assert refused.json()["errors"][0]["field"] == "reasons"
    granted = send(
        client,
        "POST",
        f"/cases/{sign.number}/decisions",
        {"outcome": "granted", "reasons": "All is well."},
        if_match="*",
    )
    assert granted.json()["decision"]["outcome"] == "granted"


def test_others_find_nothing_whatever_they_ask(city: City) -> None:
    draft = applicants.draft(city)
    application = shops.submitted(city.acting("demo-lin", for_firm=True))
    food = application.cases.get(service="food-permit")
    shen, urban, auditor = (
        browser(city, "demo-shen"),
        browser(city, "demo-urban"),
        browser(city, "demo-auditor"),
    )
    lin = browser(city, "demo-lin")
    for client, method, path in (
        (shen, "GET", f"/applications/{application.number}"),
        (shen, "GET", f"/cases/{food.number}"),
        (shen, "POST", f"/applications/{application.id}/submit"),
        (shen, "POST", f"/cases/{food.number}/accept"),
        (shen, "GET", "/cases"),
        (lin, "GET", f"/applications/{draft.id}"),
        (urban, "GET", f"/cases/{food.number}"),
        (urban, "POST", f"/cases/{food.number}/accept"),
        (urban, "GET", f"/applications/{application.number}"),
        (auditor, "GET", "/cases"),
        (auditor, "GET", "/applications"),
    ):
        response = send(client, method, path, if_match="*")
        assert response.status_code == 404, (method, path)
    assert send(shen, "GET", "/applications?tab=running").json() == {"items": [], "count": 0}


def test_a_sensitive_value_is_shown_in_part(city: City) -> None:
    draft = applicants.filled(city)
    shown = send(browser(city, "demo-shen"), "GET", f"/applications/{draft.id}").json()
    answer = shown["answers"]["operator_id"]
    assert answer["masked"] is True
    assert answer["value"] != current(draft).answers["operator_id"]["value"]


def test_the_document_names_who_may_come_and_the_problems_of_each_operation(city: City) -> None:
    from tongban.doors.api.api import api

    document = Client().get(f"{API}/openapi.json").json()
    assert document["info"]["title"] == "Tongban"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            problems = {
                s: r["content"] for s, r in operation["responses"].items() if int(s) >= 400 and "content" in r
            }
            assert all(PROBLEM in content for content in problems.values()), (method, path)
    assert all(getattr(pattern.callback, "access", None) for pattern in api.urls[0])
    assert not [p for p in api.urls[0] if "undeclared" in p.callback.access]
