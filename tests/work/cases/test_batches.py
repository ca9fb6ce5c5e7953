"""Several shops at once: one table, a draft for each good line, reasons for each other one, one confirmation."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.factories import shops
from tests.factories.fixtures import NOON, City
from tests.work.cases import applicants
from tests.work.cases.applicants import browser, current, portal, text  # noqa: F401  (a fixture)

from tongban.base.kit.refusals import Invalid, NotNow
from tongban.work.cases import access, models
from tongban.work.cases.actions import batches, drafts

EVENT = applicants.EVENT
HEADER = ["编号", "店铺名称", "tobacco", "area"]


def table(*rows: list[str], header: list[str] | None = None, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header or HEADER, *rows])
    return out.getvalue().encode(encoding)


def taken(city: City, content: bytes, name: str = "shops.csv", username: str = "demo-shen") -> models.Batch:
    batch = batches.take_up(
        acting=city.acting(username), event=EVENT, name=name, content=content, consent=False
    )
    batches.read(batch_id=batch.id, now=NOON + timedelta(seconds=1))
    batch.refresh_from_db()
    return batch


@pytest.fixture
def label(city: City) -> None:
    """The heading of the shop's name, as this pack has it."""
    HEADER[1] = city.pack.facts["shop_name"].label.zh


@pytest.mark.usefixtures("label")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_good_lines_become_drafts_and_bad_ones_say_column_and_reason(city: City, encoding: str) -> None:
    batch = taken(
        city,
        table(
            ["A1", "一禾一店", "是", "120"], ["A2", "一禾二店", "也许", "many"], ["", "无号", "否", "50"],
            ["A1", "又一店", "否", "50"], encoding=encoding,
        ),
    )  # fmt: skip
    assert batch.finished_at is not None
    good, bad, nameless, twice = batch.rows.order_by("line")
    assert good.state == "taken"
    assert good.application.stated["shop_name"]["value"] == "一禾一店"
    assert good.application.stated["tobacco"]["value"] is True
    assert good.gaps
    assert [(p["column"], p["label"]) for p in bad.problems] == [(3, "tobacco"), (4, "area")]
    assert all(p["zh"] and p["en"] and p["zh"] != p["en"] for p in bad.problems)
    assert nameless.problems[0]["column"] == 1
    assert "2" in twice.problems[0]["en"]
    assert models.Application.objects.filter(event=EVENT).count() == 1


@pytest.mark.usefixtures("label")
def test_the_same_table_again_changes_the_same_drafts_and_an_empty_cell_says_nothing(city: City) -> None:
    first = taken(city, table(["A1", "一禾一店", "是", "120"])).rows.get().application
    again = taken(city, table(["A1", "", "否", "130"])).rows.get().application
    assert first.id == again.id
    assert current(first).stated["shop_name"]["value"] == "一禾一店"
    assert current(first).stated["tobacco"]["value"] is False
    one = drafts.start(acting=city.acting("demo-shen"), event=EVENT)
    assert one.id != first.id, "a draft from a table is not taken for the one that is filled in by hand"
    assert batches.read(batch_id=models.Batch.objects.first().id, now=NOON) == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (table(["A1", "x"], header=["编号", "面积大小"]), "Column 2"),
        (table(["x"], header=["area"]), "Your own number"),
        (table(), "one line for each shop"),
        (b"\xff\xfe\x00", "UTF-16"),
        (table(*[[f"A{n}"] for n in range(batches.MOST_ROWS + 1)], header=["编号"]), "At most 500"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_as_a_whole(city: City, content: bytes, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        batches.take_up(
            acting=city.acting("demo-shen"), event=EVENT, name="t.csv", content=content, consent=False
        )
    assert said in refused.value.fields["file"]
    assert models.Batch.objects.count() == 0


@pytest.mark.usefixtures("label")
def test_one_confirmation_submits_what_is_complete_and_nothing_else(city: City) -> None:
    batch = taken(city, table(["A1", "一禾一店", "否", "120"], ["A2", "一禾二店", "否", "90"]))
    ready, open_ = batch.rows.order_by("line")
    models.Application.objects.filter(pk=ready.application_id).update(key="")
    acting: Any = city.acting("demo-shen")
    full = shops.filled_draft(acting, answers=shops.FOUNDING)
    assert full.id == ready.application_id
    models.Application.objects.filter(pk=full.id).update(key="A1")
    client = browser(city, "demo-shen")
    page = text(client.get(f"/batches/{batch.id}"))
    assert f"{full.id}:{full.version}" in page
    assert str(open_.application_id) + ":" not in page
    client.post(f"/batches/{batch.id}/submit", {"ready": f"{full.id}:{full.version}"})
    assert batch.rows.exclude(submit_version=None).count() == 0, "the declaration was not ticked"
    client.post(
        f"/batches/{batch.id}/submit",
        {"declared": "yes", "ready": [f"{full.id}:{full.version}", f"{open_.application_id}:1", "x:y"]},
    )
    assert batches.submit(batch_id=batch.id, now=NOON + timedelta(minutes=1)) == 1
    assert batches.submit(batch_id=batch.id, now=NOON + timedelta(minutes=1)) == 0
    assert current(full).state == "submitted"
    open_.refresh_from_db()
    assert current(open_.application).state == "draft"
    assert open_.note_en
    again = taken(city, table(["A1", "一禾一店", "否", "120"])).rows.get()
    assert again.state == "rejected"
    assert "submitted already" in again.problems[0]["en"]


@pytest.mark.usefixtures("label")
def test_the_pages_from_the_template_to_the_rejected_lines(city: City) -> None:
    client = browser(city, "demo-shen")
    assert EVENT in text(client.get("/batches/new"))
    template = client.get(f"/batches/new/{EVENT}/template.csv").content.decode("utf-8-sig")
    headings = next(csv.reader(io.StringIO(template)))
    assert headings[0] == "Your own number"
    assert len(headings) == len(set(headings)) > 20
    refused = client.post(f"/batches/new/{EVENT}", {})
    assert refused.status_code == 422
    sent = client.post(
        f"/batches/new/{EVENT}",
        {"file": SimpleUploadedFile("s.csv", table(["A2", "=x", "也许", "1"])), "consent": "no"},
    )
    assert sent.status_code == 302
    assert "lines are read" in text(client.get(sent["Location"]))
    batch = models.Batch.objects.get()
    batches.read(batch_id=batch.id, now=NOON)
    page = text(client.get(sent["Location"]))
    assert "Column 3 (tobacco)" in page
    lines = list(
        csv.reader(io.StringIO(client.get(f"/batches/{batch.id}/rejected.csv").content.decode("utf-8-sig")))
    )
    assert lines[0][:4] == HEADER
    assert "tobacco" in lines[1][-1]
    for stranger in ("demo-lin", "demo-market"):
        assert browser(city, stranger).get(f"/batches/{batch.id}").status_code == 404
        assert browser(city, stranger).post(f"/batches/{batch.id}/submit").status_code == 404


def test_a_discarded_draft_comes_back_with_everything(city: City) -> None:
    draft = applicants.filled(city)
    said = dict(draft.stated)
    client = browser(city, "demo-shen")
    gone = client.post(f"/applications/{draft.id}/discard", {"version": draft.version})
    page = text(client.get(gone["Location"]))
    assert f"/applications/{draft.id}/restore" in page
    assert client.get(f"/applications/{draft.id}").status_code == 404
    assert browser(city, "demo-lin").post(f"/applications/{draft.id}/restore").status_code == 404
    assert client.post(f"/applications/{draft.id}/restore").status_code == 302
    assert current(draft).state == "draft"
    assert current(draft).stated == said
    assert (
        drafts.restore(acting=city.acting("demo-shen"), application=draft.id).version
        == current(draft).version
    )


def test_it_comes_back_beside_no_other_and_not_after_a_month(city: City) -> None:
    draft = applicants.filled(city)
    drafts.discard(acting=city.acting("demo-shen"), application=draft.id)
    other = drafts.start(acting=city.acting("demo-shen"), event=EVENT)
    with pytest.raises(NotNow):
        drafts.restore(acting=city.acting("demo-shen"), application=draft.id)
    drafts.discard(acting=city.acting("demo-shen"), application=other.id)
    late: Any = city.acting("demo-shen", now=NOON + timedelta(days=31))
    assert not access.lately_discarded(late).exists()
