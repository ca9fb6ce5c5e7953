"""A run that is interrupted goes on, and what is there is never written over."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.work.policies import peopled
from tests.work.policies.peopled import (
    AT,
    GOOD,
    REFUND,
    csv,
    matched,
    matcher_of,
    population,
    rows_of,
)

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning.population import Matcher
from tongban.work.policies.population import parts, sources
from tongban.work.policies.population import run as running
from tongban.work.policies.population.checking import Checker


@pytest.fixture(scope="module")
def city() -> Pack:
    return peopled.city()


@pytest.fixture
def refund(city: Pack) -> Matcher:
    return Matcher.of_pack(city, [city.policies[REFUND]], AT)


class Dies(Exception):
    pass


def test_an_interrupted_run_goes_on_and_comes_to_the_same(
    city: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS", 20)
    monkeypatch.setattr(parts, "BATCHES", 2)
    source = str(population(city, matcher_of(city), tmp_path / "firms.parquet", 150))
    whole = matched(city, source, tmp_path / "whole")
    add = running._Book.add

    def dies(self: Any, part: Any) -> None:
        if len(self.parts) == 2:
            raise Dies  # the power fails before the manifest is written
        add(self, part)

    monkeypatch.setattr(running._Book, "add", dies)
    with pytest.raises(Dies):
        matched(city, source, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "run.json").read_text())["finished"] is False
    monkeypatch.setattr(running._Book, "add", add)
    again = matched(city, source, tmp_path / "out")
    assert again.resumed == 80
    assert rows_of(tmp_path / "out") == rows_of(tmp_path / "whole")
    assert again.counts == whole.counts
    assert json.loads((tmp_path / "out" / "run.json").read_text())["finished"] is True
    assert not list((tmp_path / "out").glob("*.part"))


def test_a_source_that_ends_halfway_keeps_what_was_finished(
    city: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "ROWS", 20)
    monkeypatch.setattr(parts, "BATCHES", 2)
    path = population(city, matcher_of(city), tmp_path / "firms.parquet", 150)
    batches = sources.Parquet.batches

    def breaks(self: Any, wanted: frozenset[str]) -> Iterator[sources.Batch]:
        for number, batch in enumerate(batches(self, wanted)):
            if number == 5:
                raise sources.BadSource("firms cannot be read on after row 100: the disk is gone")
            yield batch

    monkeypatch.setattr(sources.Parquet, "batches", breaks)
    with pytest.raises(sources.BadSource, match="after row 100"):
        matched(city, str(path), tmp_path / "out")
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) >= 1
    monkeypatch.setattr(sources.Parquet, "batches", batches)
    assert matched(city, str(path), tmp_path / "out").subjects == 150


def test_a_folder_with_another_run_or_other_things_is_left_alone(
    city: Pack, refund: Matcher, tmp_path: Path
) -> None:
    source = csv(tmp_path, GOOD)
    matched(city, source, tmp_path / "out", matcher=refund)
    other = Matcher.of_pack(city, [city.policies[REFUND]], date(2025, 7, 1))
    with pytest.raises(running.OtherRun, match="are others now"):
        matched(city, source, tmp_path / "out", matcher=other)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(running.OtherRun, match="holds no run"):
        matched(city, source, tmp_path / "mine", matcher=refund)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_finished_run_is_told_again_and_touched_no_more(
    city: Pack, refund: Matcher, tmp_path: Path
) -> None:
    source = csv(tmp_path, GOOD, "torn", "E9,-1,0,10,5,small")
    first = matched(city, source, tmp_path / "out", matcher=refund)
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()}
    again = matched(city, source, tmp_path / "out", matcher=refund)
    assert {
        path: (path.read_bytes(), path.stat().st_mtime_ns) for path in (tmp_path / "out").iterdir()
    } == before
    assert (again.subjects, again.rejected, again.counts) == (first.subjects, first.rejected, first.counts)
    assert first.rejected == 2


@pytest.mark.parametrize("what", ["ROWS", "BATCHES"])
def test_parts_of_another_size_are_not_gone_on_with(
    city: Pack, refund: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    source = csv(tmp_path, GOOD)
    matched(city, source, tmp_path / "out", matcher=refund)
    monkeypatch.setattr(sources if what == "ROWS" else parts, what, 3)
    with pytest.raises(running.OtherRun):
        matched(city, source, tmp_path / "out", matcher=refund)


def test_the_checks_are_part_of_what_a_run_is(city: Pack, refund: Matcher) -> None:
    ranges = vocabulary_of(city).ranges
    one, other = (Checker.of(city, refund.needs, of, "id") for of in (ranges, {}))
    assert one.digest() == Checker.of(city, refund.needs, ranges, "id").digest()
    assert one.digest() != other.digest()


def test_the_digest_of_a_policy_rests_on_its_rules_and_its_numbers(city: Pack, refund: Matcher) -> None:
    assert refund.digest(REFUND) == Matcher.of_pack(city, [city.policies[REFUND]], AT).digest(REFUND)
    assert refund.digest(REFUND) != Matcher.of_pack(city, [city.policies[REFUND]], date(2025, 7, 1)).digest(
        REFUND
    )
    changed = Matcher.of_pack(city, [city.policies[REFUND]], AT)
    changed.parameters = {**changed.parameters, "refund_rate_sme": Decimal("0.7")}
    assert changed.digest(REFUND) != refund.digest(REFUND)
