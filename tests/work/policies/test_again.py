"""A result brought up to date is, row for row, the one that a run over everybody would give."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow
import pytest
from click.testing import CliRunner
from pyarrow import compute, parquet

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning.calculator import in_force
from tongban.core.planning.changed import with_values
from tongban.core.planning.population import Matcher
from tongban.doors.cli import packs
from tongban.doors.cli.main import cli
from tongban.doors.demo.synthetic import population
from tongban.work.policies.population import again, changes, run, sources
from tongban.work.policies.population.checking import Checker

ROOT = Path(__file__).resolve().parents[3]
AT = date(2026, 11, 1)
ROWS, CHANGED = 9_000, 90
CHANGE = {"renovation_least": "3000000", "first_edition_award": "400000"}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.read_clean(ROOT / "packs/cn-qingqu")


@pytest.fixture(scope="module")
def files(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A population before, the rows that changed, and the population after."""
    folder = tmp_path_factory.mktemp("again")
    population.write(pack, "enterprise", folder / "before.parquet", rows=ROWS, seed=1, at=AT)
    population.write(pack, "enterprise", folder / "other.parquet", rows=ROWS, seed=2, at=AT)
    before, other = (_plain(parquet.read_table(folder / f"{name}.parquet")) for name in ("before", "other"))
    places = pyarrow.array(range(0, ROWS, ROWS // CHANGED))
    changed = other.take(places)
    rest = before.filter(compute.invert(compute.is_in(before["id"], changed["id"].combine_chunks())))
    parquet.write_table(changed, folder / "changed.parquet")
    parquet.write_table(pyarrow.concat_tables([rest, changed]).sort_by("id"), folder / "after.parquet")
    return folder


def _plain(table: pyarrow.Table) -> pyarrow.Table:
    """Without the dictionaries, which are not the same in all row groups."""
    for place, name in enumerate(table.column_names):
        if pyarrow.types.is_dictionary(table[name].type):
            table = table.set_column(place, name, table[name].cast(pyarrow.string()))
    return table


def matcher_of(pack: Pack, values: dict[str, str] | None = None) -> Matcher:
    wanted = [p for p in pack.policies.values() if p.subject == "enterprise" and in_force(p, AT)]
    made = Matcher.of_pack(pack, wanted, AT)
    made.parameters = with_values(pack, made.parameters, values or {})
    return made


def checker_of(pack: Pack, matcher: Matcher) -> Checker:
    return Checker.of(pack, matcher.needs, vocabulary_of(pack).ranges, "id")


def whole(pack: Pack, matcher: Matcher, path: Path, out: Path) -> Path:
    run.run(sources.open_source(str(path)), checker_of(pack, matcher), matcher, "numpy", out)
    return out


def updated(
    pack: Pack, before: Path, matcher: Matcher, path: Path, changed: Path | None, out: Path
) -> again.Again:
    others = sources.open_source(str(changed)) if changed else None
    return again.run_again(
        before, sources.open_source(str(path)), others, checker_of(pack, matcher), matcher, "numpy", out
    )


def rows(folder: Path) -> set[tuple[Any, ...]]:
    return {tuple(row.values()) for row in _rows(folder)}


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for table in again.tables(folder):
        yield from table.to_pylist()


@pytest.fixture(scope="module")
def base(pack: Pack, files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return whole(pack, matcher_of(pack), files / "before.parquet", tmp_path_factory.mktemp("base") / "out")


def test_changed_subjects_and_changed_policies_make_the_result_of_a_run_over_everybody(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    matcher = matcher_of(pack, CHANGE)
    found = updated(
        pack, base, matcher, files / "after.parquet", files / "changed.parquet", tmp_path / "again"
    )
    assert set(found.changed) == {"technical-renovation", "first-edition-software-award"}
    assert found.policies
    assert found.policies.subjects == ROWS
    assert found.subjects
    assert found.subjects.subjects == CHANGED
    expected = whole(pack, matcher, files / "after.parquet", tmp_path / "whole")
    assert rows(tmp_path / "again") == rows(expected)
    assert rows(tmp_path / "again") != rows(base)
    counts, wanted = (
        again.counts(tmp_path / "again"),
        json.loads((expected / "run.json").read_text())["parts"],
    )
    for name, count in counts.items():
        for field in ("eligible", "amount_fen", "near", "needs_data"):
            assert getattr(count, field) == sum(part["counts"][name][field] for part in wanted), (name, field)
        assert dict(count.near_by) == _summed(wanted, name, "near_by")
        assert dict(count.missing) == _summed(wanted, name, "missing")


def _summed(parts: list[Any], name: str, field: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in parts:
        for key, many in part["counts"][name][field].items():
            found[key] = found.get(key, 0) + many
    return found


def test_a_result_can_be_brought_up_to_date_again_and_again(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    first = matcher_of(pack, {"first_edition_award": "400000"})
    updated(pack, base, first, files / "before.parquet", None, tmp_path / "one")
    second = matcher_of(pack, CHANGE)
    last = updated(
        pack, tmp_path / "one", second, files / "after.parquet", files / "changed.parquet", tmp_path / "two"
    )
    assert last.changed == ("technical-renovation",)
    expected = whole(pack, second, files / "after.parquet", tmp_path / "whole")
    assert rows(tmp_path / "two") == rows(expected)
    assert again.write(tmp_path / "two", tmp_path / "plain") == len(rows(expected))
    plain = {
        tuple(row.values())
        for part in (tmp_path / "plain").glob("*.parquet")
        for row in parquet.read_table(part).to_pylist()
    }
    assert plain == rows(expected)


def test_nothing_changed_is_said_and_the_same_again_changes_nothing(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    found = updated(pack, base, matcher_of(pack), files / "before.parquet", None, tmp_path / "one")
    assert (found.changed, found.policies, found.subjects) == ((), None, None)
    assert rows(tmp_path / "one") == rows(base)
    matcher = matcher_of(pack, CHANGE)
    for _ in range(2):
        updated(pack, base, matcher, files / "after.parquet", files / "changed.parquet", tmp_path / "two")
    with pytest.raises(run.OtherRun, match="brings another result up to date"):
        updated(pack, base, matcher_of(pack), files / "before.parquet", None, tmp_path / "two")


def test_a_result_that_is_gone_unfinished_or_of_other_policies_is_refused(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    matcher = matcher_of(pack)
    with pytest.raises(run.OtherRun, match="holds no result"):
        updated(pack, tmp_path, matcher, files / "before.parquet", None, tmp_path / "x")
    few = matcher_of(pack)
    few.keep({"technical-renovation"})
    with pytest.raises(run.OtherRun, match="not asked for now"):
        updated(pack, base, few, files / "before.parquet", None, tmp_path / "y")
    small = whole(pack, few, files / "changed.parquet", tmp_path / "small")
    held = json.loads((small / "run.json").read_text())
    (small / "run.json").write_text(json.dumps({**held, "finished": False}))
    with pytest.raises(run.OtherRun, match="not finished"):
        updated(pack, small, few, files / "before.parquet", None, tmp_path / "z")
    (small / "run.json").write_text(json.dumps(held))
    updated(pack, small, few, files / "before.parquet", None, tmp_path / "late")
    (small / "run.json").write_text(json.dumps({**held, "torn": 1}))
    with pytest.raises(run.OtherRun, match="not there any more as it was"):
        list(again.tables(tmp_path / "late"))
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(run.OtherRun, match="not empty"):
        updated(pack, base, matcher, files / "before.parquet", None, tmp_path / "other")


def test_on_the_command_line_the_whole_result_is_read_back(files: Path, base: Path, tmp_path: Path) -> None:
    def ran(*words: object) -> Any:
        return CliRunner().invoke(cli, ["policy", *map(str, words)], env={"LC_ALL": "en_US.UTF-8"})

    given = ("--pack", ROOT / "packs/cn-qingqu", "--at", AT)
    done = ran(
        "match",
        "--population",
        files / "after.parquet",
        "--since",
        base,
        "--changed",
        files / "changed.parquet",
        *given,
        "--out",
        tmp_path / "a",
    )
    assert done.exit_code == 0, done.output
    assert "Subjects: 90." in done.output
    told = ran("result", tmp_path / "a", "--out", tmp_path / "b")
    assert told.exit_code == 0, told.output
    assert "technical-renovation" in told.output
    assert "rows are in" in told.output
    alone = ran(
        "match",
        "--population",
        files / "after.parquet",
        "--changed",
        files / "changed.parquet",
        *given,
        "--out",
        tmp_path / "c",
    )
    assert "name it with --since" in alone.output
    assert ran("result", tmp_path / "b").exit_code == 1


def test_who_changed_is_found(pack: Pack, files: Path, base: Path, tmp_path: Path) -> None:
    matcher = matcher_of(pack, CHANGE)
    found = updated(pack, base, matcher, files / "after.parquet", None, tmp_path / "again")
    assert found.found == again.Found(changed=CHANGED, gone=0, rejected=0)
    expected = whole(pack, matcher, files / "after.parquet", tmp_path / "whole")
    assert rows(tmp_path / "again") == rows(expected)
    repeated = updated(pack, base, matcher, files / "after.parquet", None, tmp_path / "again")
    assert (repeated.found, rows(tmp_path / "again")) == (found.found, rows(expected))


def test_nobody_is_looked_for_in_the_same_file(
    pack: Pack, files: Path, base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "since", lambda *_: pytest.fail("looked"))
    found = updated(pack, base, matcher_of(pack, CHANGE), files / "before.parquet", None, tmp_path / "again")
    assert found.found is None


@pytest.mark.parametrize("order", ["reversed", "some gone and new", "one more in the middle"])
def test_in_another_order_with_some_gone_and_some_new(
    pack: Pack, files: Path, base: Path, tmp_path: Path, order: str
) -> None:
    after, other = (_plain(parquet.read_table(files / f"{name}.parquet")) for name in ("after", "other"))
    new = other.slice(50, 7)
    named = pyarrow.array([f"new-{place}" for place in range(7)])
    new = new.set_column(new.schema.get_field_index("id"), "id", named)
    gone = 0
    match order:
        case "reversed":
            after, new_ones = after.take(pyarrow.array(range(ROWS - 1, -1, -1))), 0
        case "one more in the middle":
            after, new_ones = (
                pyarrow.concat_tables([after.slice(0, 4000), new.slice(0, 1), after.slice(4000)]),
                1,
            )
        case _:
            after, new_ones = pyarrow.concat_tables([new, after.slice(0, ROWS - 30)]), 7
            gone = 30
    parquet.write_table(after, tmp_path / "now.parquet")
    matcher = matcher_of(pack)
    found = updated(pack, base, matcher, tmp_path / "now.parquet", None, tmp_path / "again")
    assert found.found
    assert found.found.gone == gone
    lost = sum(place >= ROWS - 30 for place in range(0, ROWS, ROWS // CHANGED)) if gone else 0
    assert found.found.changed == CHANGED - lost + new_ones
    expected = whole(pack, matcher, tmp_path / "now.parquet", tmp_path / "whole")
    assert rows(tmp_path / "again") == rows(expected)


def test_day_after_day_each_result_rests_on_the_last(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    first, second = matcher_of(pack, {"first_edition_award": "400000"}), matcher_of(pack, CHANGE)
    updated(pack, base, first, files / "after.parquet", None, tmp_path / "one")
    third = _plain(parquet.read_table(files / "after.parquet"))
    other = _plain(parquet.read_table(files / "other.parquet")).slice(2001, 40)
    third = pyarrow.concat_tables([third.slice(0, 2001), other, third.slice(2041)])
    parquet.write_table(third, tmp_path / "third.parquet")
    found = updated(pack, tmp_path / "one", second, tmp_path / "third.parquet", None, tmp_path / "two")
    assert found.found
    assert 35 <= found.found.changed <= 40  # the one who changed the day before is another once more
    expected = whole(pack, second, tmp_path / "third.parquet", tmp_path / "whole")
    assert rows(tmp_path / "two") == rows(expected)


def test_rows_that_cannot_be_read_any_more_are_told_and_in_no_result(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    table = _plain(parquet.read_table(files / "before.parquet"))
    size = table["staff_now"].to_pylist()
    size[5] = -4
    table = table.set_column(
        table.schema.get_field_index("staff_now"), "staff_now", pyarrow.array(size, table["staff_now"].type)
    )
    parquet.write_table(table, tmp_path / "now.parquet")
    matcher = matcher_of(pack)
    found = updated(pack, base, matcher, tmp_path / "now.parquet", None, tmp_path / "again")
    assert found.found == again.Found(changed=0, gone=1, rejected=1)
    assert ",staff_now," in (tmp_path / "again" / "rejected.csv").read_text(encoding="utf-8-sig")
    expected = whole(pack, matcher, tmp_path / "now.parquet", tmp_path / "whole")
    assert rows(tmp_path / "again") == rows(expected)


def test_a_result_that_was_told_who_changed_cannot_tell_it_later(
    pack: Pack, files: Path, base: Path, tmp_path: Path
) -> None:
    matcher = matcher_of(pack)
    updated(pack, base, matcher, files / "after.parquet", files / "changed.parquet", tmp_path / "one")
    with pytest.raises(run.OtherRun, match="--changed"):
        updated(pack, tmp_path / "one", matcher, files / "other.parquet", None, tmp_path / "two")
