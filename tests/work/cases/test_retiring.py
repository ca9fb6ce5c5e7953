"""Files are destroyed when their time is over, and nothing that is held, running, shared or not yet due is touched."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories.fixtures import NOON, City
from tests.factories.papers import pdf
from tests.work.cases.applicants import text
from tests.work.cases.officer_desk import FOOD, SIGN, Desk

from tongban.base.audit import models as audited
from tongban.base.audit import verify
from tongban.base.files import actions as taking_in
from tongban.base.files import holds, queries, store
from tongban.base.kit.acting import system
from tongban.base.kit.refusals import Invalid, NotFound
from tongban.doors.cli import retaining
from tongban.work.cases import models, retention
from tongban.work.cases.actions import decisions, handling, retiring

YEARS: dict[str, int | None] = {FOOD: 30, "housing-fund-withdrawal": 10, "household-registration": None}
"""As the national pack keeps them: a permit, a public service, and what is named as permanent."""
TODAY = date(2060, 6, 1)
NOW = datetime(2060, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))


def closed_in(year: int) -> datetime:
    return datetime(year, 3, 2, 4, 0, tzinfo=UTC)


def made(
    city: Any, cases: list[tuple[str, int | None]], papers: list[tuple[int, frozenset[int]]]
) -> tuple[Any, list[Any]]:
    """An application with (service, year closed) cases and (content, cases that ask for it) files, without its history."""
    number = f"T-{uuid4().hex[:12]}".upper()
    application = models.Application.objects.create(
        event="open-restaurant", place="990100", principal=uuid4(), subject=uuid4(), created_by=uuid4(), state="submitted",
        number=number, pack_digest=city.pack.digest, created_at=NOON, updated_at=NOON, submitted_at=NOON, submitted_on=NOON.date(),
    )  # fmt: skip
    for position, (service, year) in enumerate(cases):
        models.Case.objects.create(
            number=f"{number}-{position}", application=application, service=service, organisation="o", place="990100",
            state="completed" if year else "accepted", terms={}, why={}, created_at=NOON, closed_at=closed_in(year) if year else None,
            materials=[f"paper-{n}" for n, (_content, asked) in enumerate(papers) if position in asked],
        )  # fmt: skip
    uploads = []
    acting = system(NOON, "990100", "test")
    for n, (content, _asked) in enumerate(papers):
        upload = taking_in.take_in(
            acting=acting, owner=application.subject, root=application.id, name="p.pdf", data=CONTENTS[content], formats=("pdf",),
            max_bytes=10**7,
        )  # fmt: skip
        models.Material.objects.create(
            application=application, material=f"paper-{n}", way="upload", upload=upload.id, created_at=NOON
        )
        uploads.append(upload)
    return application, uploads


CONTENTS = [pdf("one"), pdf("two")]
CLOSED = st.sampled_from([2015, 2028, 2029, 2030, 2048, 2049, 2050, None])
"""Around the last years that are due by TODAY; None: still open."""
SERVICES = st.sampled_from([*YEARS, *list(YEARS)[:2]])
CASES = st.lists(st.tuples(SERVICES, CLOSED), min_size=1, max_size=2, unique_by=lambda c: c[0])
PAPERS = st.lists(st.tuples(st.integers(0, 1), st.frozensets(st.integers(0, 1))), min_size=1, max_size=3)
WORLD = st.lists(st.tuples(CASES, PAPERS, st.sampled_from([False, False, True])), min_size=1, max_size=3)


def to_go(cases: list[tuple[str, int | None]], asked: frozenset[int], held: bool) -> bool:
    """Worked out again, by hand: the years of the longest, from the year after; never while held, open or permanent."""
    if held or any(year is None for _service, year in cases):
        return False
    serving = [cases[n] for n in asked if n < len(cases)] or cases
    ends = [
        None if YEARS[service] is None else (year or 0) + 1 + (YEARS[service] or 0)
        for service, year in serving
    ]
    return all(end is not None and date(end, 1, 1) <= TODAY for end in ends)


def test_destruction_never_touches_what_is_held_running_shared_or_not_yet_due(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    tried = {True: 0, False: 0}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(WORLD)
    def holds_for(world: list[Any]) -> None:
        with transaction.atomic():
            known = []
            for cases, papers, held in world:
                application, uploads = made(city, cases, papers)
                if held:
                    holds.place(acting=city.acting("demo-market"), root=application.id, reason="A lawsuit.")
                known += [
                    (u, to_go(cases, asked, held)) for u, (_c, asked) in zip(uploads, papers, strict=True)
                ]
            with django_capture_on_commit_callbacks(execute=True):
                assert retiring.destroy_due(now=NOW) == sum(go for _upload, go in known)
            with django_capture_on_commit_callbacks(execute=True):
                assert retiring.destroy_due(now=NOW) == 0
            for upload, go in known:
                tried[go] += 1
                row = queries.upload(upload.id)
                assert (row.destroyed_at is not None) == go
                if not go:
                    assert queries.content(row) in CONTENTS
            for address in {upload.address for upload, _go in known}:
                alive = any(not go for upload, go in known if upload.address == address)
                assert store.has(address) == alive
            assert verify.verify().sound
            transaction.set_rollback(True)

    holds_for()
    assert tried[True] > 2
    assert tried[False] > 5


def finished(desk: Desk) -> Any:
    """An application of which every case is closed, years ago."""
    application = desk.application()
    for case in application.cases.exclude(service=SIGN):
        case.closed_at, case.state = NOON, "completed"
        case.save()
    sign = application.cases.get(service=SIGN)
    handling.accept(acting=desk.acting("demo-urban"), number=sign.number)
    decisions.decide(
        acting=desk.acting("demo-urban"), number=sign.number, outcome="refused", reasons="Too large."
    )
    return application


def uploads_of(application: Any) -> list[Any]:
    ids = application.materials.exclude(upload=None).values_list("upload", flat=True)
    return [queries.upload(i) for i in ids]


def test_the_life_of_an_application_ends_with_tombstones_told_in_words(
    desk: Desk, django_capture_on_commit_callbacks: Any
) -> None:
    application = finished(desk)
    before = uploads_of(application)
    assert before
    with django_capture_on_commit_callbacks(execute=True):
        assert retiring.destroy_due(now=datetime(2036, 12, 31, 15, 0, tzinfo=UTC)) == 0
        early = retiring.destroy_due(now=datetime(2056, 12, 31, 15, 0, tzinfo=UTC))
        assert 0 < early < len(before), "what only a service of ten years asked for"
        rest = retiring.destroy_due(now=datetime(2056, 12, 31, 17, 0, tzinfo=UTC))
        assert rest == len(before) - early, "in the place it is 2057"
    destroyed = audited.Entry.objects.filter(chain=application.id, action="file.destroyed")
    entry = destroyed.order_by("-sequence").first()
    assert entry is not None
    assert entry.detail["retention"] == "thirty-years"
    assert entry.detail["due"] == "2057-01-01"
    assert entry.detail["articles"] == [
        "archives-law#21",
        "personal-information-law#19",
        "personal-information-law#47",
    ]
    assert not any(store.has(upload.address) for upload in before)
    assert verify.verify().sound
    row = application.materials.exclude(upload=None).first()
    office = desk.browser("demo-market")
    case = application.cases.get(service=FOOD)
    path = (
        f"/office/cases/{case.number}/files/{case.application.materials.get(material='layout-plan').upload}"
    )
    assert row is not None
    assert "Destroyed on 2057-01-01" in text(office.get(f"/office/cases/{case.number}"))
    refused = office.get(path)
    assert refused.status_code == 410
    assert "Destroyed on 2057-01-01" in text(refused)
    assert [office.get(path + rest).status_code for rest in ("/look", "/pages/1")] == [410, 410]


def test_a_hold_keeps_files_until_it_is_lifted_by_the_organ_that_set_it(desk: Desk) -> None:
    application = finished(desk)
    market, urban = desk.acting("demo-market"), desk.acting("demo-urban")
    with pytest.raises(Invalid):
        retiring.set_hold(acting=market, number=application.number, reason=" ")
    with pytest.raises(NotFound):
        retiring.set_hold(
            acting=desk.acting("demo-lin", for_firm=True), number=application.number, reason="Mine."
        )
    retiring.set_hold(acting=market, number=application.number, reason="A lawsuit of a neighbour.")
    retiring.set_hold(acting=market, number=application.cases.get(service=FOOD).number, reason="Again.")
    hold = holds.standing().get()
    assert retiring.destroy_due(now=NOW) == 0
    with pytest.raises(NotFound):
        retiring.lift_hold(acting=urban, hold=hold.id, reason="Not ours.")
    retiring.set_hold(acting=urban, number=application.number, reason="An inquiry.")
    retiring.lift_hold(acting=market, hold=hold.id, reason="Settled.")
    assert retiring.destroy_due(now=NOW) == 0, "the other organ's hold still stands"
    retiring.lift_hold(acting=urban, hold=holds.standing().get().id, reason="Closed.")
    assert retiring.destroy_due(now=NOW) == len(uploads_of(application))
    actions = audited.Entry.objects.filter(chain=application.id, object_kind="hold").values_list(
        "action", flat=True
    )
    assert sorted(actions) == ["hold.lifted", "hold.lifted", "hold.set", "hold.set"]
    details = audited.Entry.objects.filter(chain=application.id).values_list("detail", flat=True)
    assert not any("lawsuit" in str(detail) for detail in details)


@pytest.mark.parametrize("what", ["a check to come", "an ending proposed"])
def test_nothing_goes_while_something_is_still_to_happen_after_the_decision(desk: Desk, what: str) -> None:
    application, uploads = made(desk.city, [(FOOD, 2020), (SIGN, 2020)], [(0, frozenset({1}))])
    case = application.cases.get(service=FOOD)
    if what == "a check to come":
        case.afterwards = "verify"
        case.save()
    else:
        case.endings.create(ground="g", reasons="r", two_officers=True, proposed_at=NOON, proposed_by=uuid4())
    assert retiring.destroy_due(now=NOW) == 0
    case.afterwards = ""
    case.save()
    case.endings.update(dropped_at=NOON)
    assert retiring.destroy_due(now=NOW) == len(uploads)


def test_one_record_that_breaks_keeps_no_other(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _uploads = made(desk.city, [(FOOD, 2020)], [(0, frozenset())])
    made(desk.city, [(FOOD, 2020)], [(1, frozenset())])
    real = retention.lines_of

    def breaking(application: Any, *rest: Any) -> Any:
        if application.id == first.id:
            raise RuntimeError("a pack that is gone")
        return real(application, *rest)

    monkeypatch.setattr(retention, "lines_of", breaking)
    assert retiring.destroy_due(now=NOW) == 1


def test_the_operator_sees_what_will_be_destroyed_without_a_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    application, uploads = made(desk.city, [(FOOD, 2020)], [(0, frozenset()), (1, frozenset())])
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2050, 12, 1, tzinfo=UTC))
    run = CliRunner().invoke
    assert "0 files are due" in run(retaining.retention, ["due", "--days", "20"]).output
    rows = list(
        csv.DictReader(io.StringIO(run(retaining.retention, ["due", "--days", "60", "--csv"]).output))
    )
    assert [row["upload"] for row in rows] == [str(u.id) for u in uploads]
    assert rows[0]["due"] == "2051-01-01"
    assert rows[0]["class"] == "thirty-years"
    retiring_now = run(retaining.retention, ["destroy", "--dry-run"]).output
    assert "0 files would be destroyed" in retiring_now
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2051, 1, 2, tzinfo=UTC))
    assert "2 files were destroyed" in run(retaining.retention, ["destroy"]).output
    assert "0 holds stand" in run(retaining.retention, ["holds"]).output
    assert application.number in str(rows)


def test_the_officer_sees_what_is_due_of_the_own_organ_and_sets_and_lifts_holds(desk: Desk) -> None:
    application = finished(desk)
    desk.later(days=365 * 31)
    office = desk.browser("demo-market")
    page = text(office.get("/office/retention"))
    assert "No hold stands on a case of yours." in page
    assert application.number in page
    assert "Thirty years" in page
    rows = list(csv.reader(io.StringIO(office.get("/office/retention.csv").content.decode("utf-8-sig"))))
    asked = {
        m
        for case in application.cases.filter(organisation="qingqu-market-regulation")
        for m in case.materials
    }
    files = application.materials.exclude(upload=None).filter(material__in=asked)
    assert sorted(row[2] for row in rows[1:]) == sorted(str(f.upload) for f in files)
    refused = office.post("/office/retention/holds", {"number": application.number, "reason": ""})
    assert refused.status_code == 422
    assert application.number in text(refused)
    assert office.post("/office/retention/holds", {"number": "990100-1", "reason": "x"}).status_code == 404
    office.post("/office/retention/holds", {"number": application.number, "reason": "A <b>lawsuit</b>."})
    page = text(office.get("/office/retention"))
    assert "A &lt;b&gt;lawsuit&lt;/b&gt;." in page
    assert "held" in page
    hold = holds.standing().get()
    other = desk.browser("demo-urban")
    assert "Only the organ that set it can lift it." in text(other.get("/office/retention"))
    assert other.post(f"/office/retention/holds/{hold.id}/lift", {"reason": "x"}).status_code == 404
    assert office.post(f"/office/retention/holds/{hold.id}/lift", {"reason": " "}).status_code == 422
    assert office.post(f"/office/retention/holds/{hold.id}/lift", {"reason": "Over."}).status_code == 302
    assert not holds.standing().exists()
    for stranger in ("demo-shen", "demo-auditor"):
        assert desk.browser(stranger).get("/office/retention").status_code == 404
