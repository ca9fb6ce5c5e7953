"""Files are scanned by the queue after the commit; what is not known to be clean, nobody opens."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.factories.clamd import EICAR, Clamd
from tests.factories.fixtures import NOON
from tests.factories.papers import pdf

from tongban.base.audit import models as audited
from tongban.base.files import actions, checking, destroying, models, queries, store, tasks
from tongban.base.kit.acting import Acting
from tongban.base.kit.refusals import Gone, NotNow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any, clamd: Clamd) -> None:
    monkeypatch.setenv("TONGBAN_HOME", str(tmp_path / "home"))
    settings.SCANNER = clamd.address


def person() -> Acting:
    return Acting(uuid4(), uuid4(), None, None, None, "applicant", "990100", "own matter", NOON, "r")


def take_in(data: bytes = b"", who: Acting | None = None) -> models.Upload:
    acting = who or person()
    return actions.take_in(
        acting=acting, owner=acting.principal or uuid4(), root=uuid4(), name="plan.pdf", data=data or pdf(),
        formats=("pdf",), max_bytes=10**7,
    )  # fmt: skip


def infected() -> bytes:
    return pdf() + b"\n%" + EICAR


def jobs() -> list[dict[str, Any]]:
    from procrastinate.contrib.django.models import ProcrastinateJob

    return list(
        ProcrastinateJob.objects.filter(task_name=checking.SCAN).order_by("id").values("args", "status")
    )


def again(upload: models.Upload) -> models.Upload:
    return queries.upload(upload.id)


def test_a_new_file_waits_for_the_scanner_and_cannot_be_opened() -> None:
    upload = take_in()
    assert (again(upload).scan, again(upload).usable) == ("unscanned", False)
    assert jobs() == [{"args": {"upload_id": str(upload.id)}, "status": "todo"}]
    with pytest.raises(NotNow, match="being checked for malware"):
        queries.content(again(upload))
    assert queries.blocked([upload.id]) == {upload.id: "unscanned"}


def test_a_clean_file_opens_once_the_job_has_run(clamd: Clamd) -> None:
    data = pdf()
    upload = take_in(data)
    tasks.scan(str(upload.id))
    assert again(upload).scan == "clean"
    assert again(upload).scanner.startswith("ClamAV 1.4.3")
    assert queries.content(again(upload)) == data
    assert clamd.seen == [data]
    tasks.scan(str(upload.id))
    assert clamd.seen == [data], "a second run of the job asks nobody"
    entries = audited.Entry.objects.filter(chain=upload.root).order_by("sequence")
    assert [e.action for e in entries] == ["file.taken-in", "file.clean"]


def test_malware_closes_every_row_of_the_same_bytes() -> None:
    first, second, other = take_in(infected()), take_in(infected()), take_in(pdf("other"))
    assert first.address == second.address != other.address
    models.Upload.objects.filter(pk=second.pk).update(scan="clean")
    checking.scan(upload_id=first.id, now=NOON)
    assert [again(u).scan for u in (first, second, other)] == ["infected", "infected", "unscanned"]
    assert again(second).malware == "Win.Test.EICAR_HDB-1"
    with pytest.raises(NotNow, match="Malware was found"):
        queries.content(again(second))
    for upload in (first, second):
        assert audited.Entry.objects.filter(chain=upload.root, action="file.infected").count() == 1
    told = audited.Message.objects.filter(kind="files.scanned").values_list("payload__upload", flat=True)
    assert sorted(told) == sorted([str(first.id), str(second.id)])


def test_a_file_that_somebody_else_handed_in_before_is_scanned_all_the_same(clamd: Clamd) -> None:
    data = pdf()
    for _ in range(2):
        checking.scan(upload_id=take_in(data).id, now=NOON)
    assert clamd.seen == [data, data]


@pytest.mark.parametrize("mood", ["garbage", "hangs-up"])
def test_a_scanner_without_a_finding_is_asked_five_times_and_then_a_person_is_told(
    clamd: Clamd, mood: str
) -> None:
    clamd.mood = mood
    upload, now = take_in(), NOON
    for attempt in range(1, checking.MOST_ATTEMPTS + 1):
        assert again(upload).scan == "unscanned"
        checking.scan(upload_id=upload.id, now=now)
        assert again(upload).scan_attempts == attempt
        checking.scan(upload_id=upload.id, now=now)
        assert again(upload).scan_attempts == attempt, "not before its time"
        now = again(upload).scan_next_at or now
    assert again(upload).scan == "failed"
    assert again(upload).scan_problem
    with pytest.raises(NotNow, match="could not be checked"):
        queries.content(again(upload))


def test_a_scanner_that_is_gone_costs_no_attempt_and_the_file_goes_on_when_it_is_back(clamd: Clamd) -> None:
    upload, now = take_in(), NOON
    clamd.stop()
    for _ in range(20):
        checking.scan(upload_id=upload.id, now=now)
        now += timedelta(minutes=2)
    assert (again(upload).scan, again(upload).scan_attempts) == ("unscanned", 0)
    clamd.start()
    checking.scan(upload_id=upload.id, now=now)
    assert again(upload).scan == "clean"


def test_what_a_killed_worker_left_is_found_by_the_sweep() -> None:
    upload = take_in()
    from procrastinate.contrib.django.models import ProcrastinateJob

    assert ProcrastinateJob.objects.filter(task_name=checking.SCAN).exists()
    tasks.sweep_scans(0)  # the job is taken to be lost; NOON is long past
    assert again(upload).scan == "clean"


def test_where_no_scanner_is_set_up_a_file_is_exempt_and_says_nothing_else(settings: Any) -> None:
    settings.SCANNER = "none"
    upload = take_in()
    assert (again(upload).scan, jobs()) == ("exempt", [])
    assert queries.content(again(upload))
    assert again(upload).in_words == ""


def test_files_of_before_can_be_scanned_once_there_is_a_scanner(settings: Any, clamd: Clamd) -> None:
    settings.SCANNER = "none"
    clean, bad = take_in(), take_in(infected())
    made = actions.keep_made(acting=person(), owner=uuid4(), root=uuid4(), name="n.pdf", data=pdf("made"))
    settings.SCANNER = clamd.address
    assert checking.queue_again(now=NOON, states=("exempt",)) == 2
    assert not again(clean).usable
    for upload in (clean, bad, made):
        checking.scan(upload_id=upload.id, now=NOON)
    assert [again(u).scan for u in (clean, bad, made)] == ["clean", "infected", "exempt"]


def test_the_audit_names_a_file_by_its_keyed_digest_only() -> None:
    upload = take_in()
    [entry] = audited.Entry.objects.filter(chain=upload.root)
    assert entry.detail["digest"] == upload.address
    assert upload.digest not in str(entry.detail)
    assert "plan" not in str(entry.detail)


def destroy(upload: models.Upload, now: datetime = NOON) -> bool:
    from django.db import transaction

    with transaction.atomic():
        return destroying.destroy(
            acting=person(), upload_id=upload.id, root=upload.root or uuid4(), because={"reason": "retention"}
        )


@pytest.mark.django_db(transaction=True)
def test_a_destroyed_file_leaves_a_tombstone_that_tells_nothing_of_what_was_in_it() -> None:
    from tongban.base.audit import verify

    upload = take_in()
    assert destroy(upload)
    stone = again(upload)
    assert (stone.name, stone.digest, stone.address) == ("", "", upload.address)
    assert not store.has(upload.address)
    with pytest.raises(Gone, match="Destroyed on 2026-03-02"):
        queries.content(stone)
    assert not destroy(upload), "once"
    entries = audited.Entry.objects.filter(chain=upload.root).order_by("sequence")
    assert [e.action for e in entries] == ["file.taken-in", "file.destroyed"]
    assert verify.verify().sound


@pytest.mark.django_db(transaction=True)
def test_bytes_that_another_living_row_refers_to_stay_until_that_goes_too() -> None:
    first, second = take_in(), take_in()
    destroy(first)
    assert store.has(second.address)
    models.Upload.objects.filter(pk=second.pk).update(scan="clean")
    assert queries.content(again(second))
    destroy(second)
    assert not store.has(second.address)
    third = take_in()
    assert store.has(third.address), "handed in again, it is there again"


@pytest.mark.django_db(transaction=True)
def test_a_crash_between_the_row_and_the_bytes_is_made_good(monkeypatch: pytest.MonkeyPatch) -> None:
    upload, kept = take_in(), take_in(pdf("kept"))
    with monkeypatch.context() as patched:
        patched.setattr(store, "remove", lambda address: (_ for _ in ()).throw(OSError("power")))
        with pytest.raises(OSError, match="power"):
            destroy(upload)
    assert again(upload).destroyed_at is not None
    assert store.has(upload.address)
    assert destroying.sweep(now=datetime.now(NOON.tzinfo)) == 0, "what was written a moment ago is left alone"
    later = datetime.now(NOON.tzinfo) + timedelta(hours=2)
    assert destroying.sweep(now=later) == 1
    assert [store.has(u.address) for u in (upload, kept)] == [False, True]
    assert destroying.sweep(now=later) == 0
