"""Where a scanner is set up, no file meets a material, leaves a page or moves a case before it is known to be clean."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.factories import shops
from tests.factories.clamd import EICAR, Clamd
from tests.factories.fixtures import NOON, City
from tests.factories.papers import pdf
from tests.work.cases.applicants import browser, portal, text  # noqa: F401  (a fixture)

from tongban.base.files import checking, queries
from tongban.base.kit.refusals import Invalid, NotNow
from tongban.base.notices import models as noticed
from tongban.work.cases import models, tasks
from tongban.work.cases.actions import corrections, decisions, drafts, handling, submission

LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _scanner(settings: Any, clamd: Clamd) -> None:
    settings.SCANNER = clamd.address


def lin(city: City, **options: Any) -> Any:
    return city.acting("demo-lin", for_firm=True, **options)


def waiting() -> list[Any]:
    return queries.waiting_scans(LATER, 100)


def scan() -> list[str]:
    return [checking.scan(upload_id=upload, now=LATER) for upload in waiting()]


def current(application: models.Application, material: str) -> Any:
    return queries.upload(application.materials.get(material=material, replaced_at=None).upload)


def test_nobody_opens_or_submits_what_the_scanner_has_not_seen(city: City) -> None:
    draft = shops.filled_draft(lin(city))
    assert waiting()
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=lin(city), application=draft.id)
    assert "still being checked for malware" in refused.value.fields["material:layout-plan"]
    client = browser(city, "demo-lin", for_firm=True)
    page = text(client.get(f"/applications/{draft.id}/materials"))
    assert "It is being checked for malware." in page
    assert f'href="/applications/{draft.id}/files/layout-plan"' not in page
    answer = client.get(f"/applications/{draft.id}/files/layout-plan")
    assert answer.status_code == 409
    assert "being checked for malware" in text(answer)
    for rest in ("/look", "/pages/1"):
        assert client.get(f"/applications/{draft.id}/files/layout-plan{rest}").status_code == 409
    assert set(scan()) == {"clean"}
    assert "Checked for malware." in text(client.get(f"/applications/{draft.id}/materials"))
    assert client.get(f"/applications/{draft.id}/files/layout-plan").status_code == 200
    assert submission.submit(acting=lin(city), application=draft.id).number


def test_malware_meets_nothing_and_its_owner_is_told_where_to_hand_in_another(city: City, hear: Any) -> None:
    draft = shops.filled_draft(lin(city))
    bad = pdf("bad") + b"\n%" + EICAR
    drafts.hand_in(acting=lin(city), application=draft.id, material="layout-plan", name="plan.pdf", data=bad)
    scan()
    hear(LATER)
    with pytest.raises(Invalid) as refused:
        submission.submit(acting=lin(city), application=draft.id)
    assert list(refused.value.fields) == ["material:layout-plan"]
    assert "Malware was found" in refused.value.fields["material:layout-plan"]
    notice = noticed.Notice.objects.get(cause__contains=":scan:")
    assert notice.title_zh.startswith("文件检出恶意程序")
    assert notice.link == f"/applications/{draft.id}/materials#material-layout-plan"
    client = browser(city, "demo-lin", for_firm=True)
    assert client.get(f"/applications/{draft.id}/files/layout-plan").status_code == 409
    assert "malware" in text(client.get(f"/applications/{draft.id}/materials"))
    drafts.hand_in(
        acting=lin(city), application=draft.id, material="layout-plan", name="plan.pdf", data=pdf()
    )
    scan()
    assert submission.submit(acting=lin(city), application=draft.id).number


def deferred(city: City) -> models.Case:
    draft = shops.filled_draft(lin(city))
    drafts.take_back(acting=lin(city), application=draft.id, material="sign-design")
    drafts.defer(acting=lin(city), application=draft.id, material="sign-design", later=True)
    scan()
    application = submission.submit(acting=lin(city), application=draft.id)
    case = application.cases.get(service="signboard")
    handling.accept(acting=city.acting("demo-urban"), number=case.number)
    return case


def test_a_deferred_paper_counts_when_it_is_clean_and_not_before(city: City, hear: Any) -> None:
    case = deferred(city)
    corrections.hand_in(
        acting=lin(city), number=case.number, material="sign-design", name="s.pdf", data=pdf("sign")
    )
    case.refresh_from_db()
    assert case.deferred == ["sign-design"]
    with pytest.raises(NotNow):
        decisions.decide(
            acting=city.acting("demo-urban"), number=case.number, outcome="granted", reasons="All is there."
        )
    scan()
    hear(LATER)
    case.refresh_from_db()
    assert case.deferred == []
    decisions.decide(
        acting=city.acting("demo-urban", now=LATER + timedelta(hours=1)),
        number=case.number,
        outcome="granted",
        reasons="All is there.",
    )


@pytest.mark.parametrize(("data", "state"), [(pdf("sign"), "accepted"), (b"", "withdrawn")])
def test_a_slow_scanner_is_no_delay_of_the_applicant_and_no_file_is(
    city: City, monkeypatch: pytest.MonkeyPatch, data: bytes, state: str
) -> None:
    case = deferred(city)
    if data:
        corrections.hand_in(
            acting=lin(city), number=case.number, material="sign-design", name="s.pdf", data=data
        )
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON + timedelta(days=90))
    tasks.let_time_act(0)
    case.refresh_from_db()
    assert case.state == state


def test_a_case_that_was_corrected_with_malware_is_not_sent_back(city: City) -> None:
    draft = shops.filled_draft(lin(city))
    scan()
    case = submission.submit(acting=lin(city), application=draft.id).cases.get(service="food-permit")
    defects = [{"kind": "material", "id": "layout-plan", "text": "The closed room is missing."}]
    handling.request_correction(acting=city.acting("demo-market"), number=case.number, defects=defects)
    later = lin(city, now=NOON + timedelta(minutes=5))
    for data, words in ((pdf("x") + b"\n%" + EICAR, "Malware was found"), (pdf("y"), None)):
        corrections.hand_in(acting=later, number=case.number, material="layout-plan", name="p.pdf", data=data)
        with pytest.raises(Invalid, match="Not every defect") as refused:
            corrections.answer(acting=later, number=case.number)
        assert "being checked" in refused.value.fields["layout-plan"]
        scan()
        if words is not None:
            with pytest.raises(Invalid) as refused:
                corrections.answer(acting=later, number=case.number)
            assert words in refused.value.fields["layout-plan"]
            office = browser(city, "demo-market").get(f"/office/cases/{case.number}")
            assert "Malware was found in it." in text(office)
            upload = current(case.application, "layout-plan")
            path = f"/office/cases/{case.number}/files/{upload.id}"
            assert path not in text(office)
            assert browser(city, "demo-market").get(path).status_code == 409
    corrections.answer(acting=later, number=case.number)
