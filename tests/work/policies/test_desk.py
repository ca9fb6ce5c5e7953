"""The policy desk: a change tried on a sample and on everybody, told by groups, and made into a layer that passes the checks."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories.fixtures import NOON
from tests.work.policies.grants import COMMERCE, Town, contents

from tongban.base.kit import environment
from tongban.base.kit.refusals import Invalid, NotFound, NotNow
from tongban.core.packs import amending, parameters
from tongban.core.packs.pack import Pack
from tongban.core.rules.types import BadValue
from tongban.doors.cli import packs
from tongban.doors.demo.synthetic import population
from tongban.work.policies import access, models
from tongban.work.policies.actions import simulations
from tongban.work.policies.desk import populations, trial
from tongban.work.policies.population.sources import open_source

ROOT = Path(__file__).resolve().parents[3]
POLICY, LEAST, TALENT = "technical-renovation", "renovation_least", "talent-subsidy"
ROWS = 30_000


@pytest.fixture(scope="module")
def city_pack() -> Pack:
    return packs.read_clean(ROOT / "packs/cn-qingqu")


@pytest.fixture(scope="module")
def drawn(city_pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("populations")
    population.write(
        city_pack, "enterprise", folder / "enterprise.parquet", rows=ROWS, seed=5, at=NOON.date()
    )
    return folder


@pytest.fixture
def desk(town: Town, drawn: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(environment, "home", lambda **_: drawn.parent)
    monkeypatch.setattr(populations, "FOLDER", drawn.name)
    return town


def officer(town: Town) -> Any:
    town.officer(COMMERCE)
    return town.browser(f"of-{COMMERCE}")


def test_a_sample_tells_what_everybody_would_within_a_few_percent(desk: Town) -> None:
    at, policy = NOON.date(), desk.pack.policies["small-low-profit-relief"]
    there = populations.population_of("enterprise")
    assert there
    assert there.rows == ROWS
    wanted = trial.wanted(desk.pack, policy, at, "trade")
    sample = populations.sample_of(there, wanted)
    assert sample.table.num_rows <= populations.SAMPLE
    said = {"small_low_profit_income": "2000000"}
    (few,) = trial.run(desk.pack, policy, at, sample, [said], "trade")
    (all_,) = trial.run(desk.pack, policy, at, open_source(str(there.path)), [said], "trade")
    assert all_.rows == ROWS
    assert all_.whole.losers > 0
    assert all_.whole.winners == 0
    assert set(few.groups) <= set(all_.groups)
    share = few.whole.after / few.rows
    assert share == pytest.approx(all_.whole.after / all_.rows, rel=0.05)
    assert sum(one.losers for one in all_.groups.values()) == all_.whole.losers


def test_levers_are_the_numbers_that_the_rules_read(desk: Town) -> None:
    found = {
        one.name: one for one in trial.levers(desk.pack, desk.pack.policies["start-up-grant"], NOON.date())
    }
    assert set(found) == {"startup_grant_area_m2", "startup_grant_large", "startup_grant_small"}
    large = found["startup_grant_large"]
    assert (large.shown, large.high, large.step) == ("10000", "30000", "100")
    values = trial.values_between(large, parameters.resolve(desk.pack, NOON.date()))
    assert values[0] == "0"
    assert values[4] == "10000"
    assert values[-1] == "20000"
    area = trial.values_between(found["startup_grant_area_m2"], parameters.resolve(desk.pack, NOON.date()))
    assert area[4] == "100.00"


def test_the_page_moves_with_its_numbers_and_says_what_is_wrong(desk: Town) -> None:
    browser = officer(desk)
    begun = contents(browser.get(f"/office/policy-desk/{POLICY}"))
    assert 'type="range"' in begun
    assert "of 30,000" in begun.replace("30000", "30,000")
    less = contents(browser.get(f"/office/policy-desk/{POLICY}?set.{LEAST}=5000000&by=trade&sweep={LEAST}"))
    assert "<svg" in less
    assert "Try it on all" in less
    lost = re.search(r"<dt>Get less</dt><dd>(\d+)", less)
    assert lost
    assert int(lost[1]) > 0
    assert "Manufacturing" in less
    wrong = contents(browser.get(f"/office/policy-desk/{POLICY}?set.{LEAST}=lots"))
    assert "cannot be its value" in wrong
    table = contents(browser.get(f"/office/policy-desk/{POLICY}?set.{LEAST}=5000000&by=firm_size&format=csv"))
    assert table.count("\r\n") >= 3
    assert browser.get("/office/policy-desk/nothing").status_code == 404
    assert desk.browser("demo-lin").get("/office/policy-desk").status_code == 404
    assert "Technical" in contents(browser.get("/office/policy-desk")) or "technical" in contents(
        browser.get("/office/policy-desk")
    )


def test_a_full_run_is_a_job_that_can_be_left_alone(desk: Town) -> None:
    browser = officer(desk)
    sent = browser.post(
        f"/office/policy-desk/{POLICY}/run", {f"set.{LEAST}": "5000000", "by": "trade"}, follow=True
    )
    row = models.Simulation.objects.get()
    assert 'hx-trigger="load' in contents(sent)
    again = browser.post(f"/office/policy-desk/{POLICY}/run", {f"set.{LEAST}": "5000000", "by": "trade"})
    assert again.status_code == 302
    assert models.Simulation.objects.count() == 1
    simulations.run(simulation=row.pk, clock=lambda: NOON)
    done = simulations.run(simulation=row.pk, clock=lambda: NOON)
    assert (done.state, done.done) == ("done", ROWS)
    text = contents(browser.get(f"/office/policy-desk/runs/{row.pk}"))
    assert "2000000 → <b>5000000</b>" in text.replace(",", "")
    assert "hx-trigger" not in text
    assert 'id="on"' in text
    assert "Manufacturing" in contents(browser.get(f"/office/policy-desk/runs/{row.pk}?format=csv"))
    (whole,) = trial.run(
        desk.pack, desk.pack.policies[POLICY], row.on, open_source(str(populations.population_of("enterprise").path)),  # type: ignore[union-attr]
        [{LEAST: "5000000"}], "trade",
    )  # fmt: skip
    assert row.result is None
    row.refresh_from_db()
    assert sum(one["losers"] for one in row.result["groups"].values()) == whole.whole.losers
    desk.officer("qingqu-finance")
    stranger = desk.browser("of-qingqu-finance")
    assert stranger.get(f"/office/policy-desk/runs/{row.pk}").status_code == 404
    assert access.simulations(desk.owner()).count() == 0


def test_a_run_that_cannot_says_why_and_is_not_tried_for_ever(
    desk: Town, drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acting = desk.officer(COMMERCE)
    row = simulations.ask(acting=acting, policy=POLICY, values={LEAST: "1"}, by="")
    broken = tmp_path / "populations"
    broken.mkdir()
    whole = (drawn / "enterprise.parquet").read_bytes()
    (broken / "enterprise.parquet").write_bytes(whole[:200_000] + b"\x00" * 1000 + whole[201_000:])
    monkeypatch.setattr(environment, "home", lambda **_: tmp_path)
    monkeypatch.setattr(populations, "FOLDER", "populations")
    found = simulations.run(simulation=row.pk, clock=lambda: NOON)
    assert found.state == "failed"
    assert "cannot be read" in found.result["error"]
    assert simulations.died(now=NOON + timedelta(days=900)) == []
    for values in ({LEAST: "x"}, {"no_such": "1"}, {}):
        with pytest.raises(Invalid):
            simulations.ask(acting=acting, policy=POLICY, values=values, by="")
    with pytest.raises(NotNow, match="no population"):
        simulations.ask(acting=acting, policy=TALENT, values={"talent_insured_months": "5"}, by="")
    with pytest.raises(NotFound):
        access.simulation(desk.owner(), row.pk)


def test_the_layer_passes_the_checks_and_changes_nothing_but_its_numbers_from_its_day_on(
    desk: Town, city_pack: Pack, tmp_path: Path
) -> None:
    browser = officer(desk)
    on = date(2027, 1, 1)
    sent = browser.post(
        f"/office/policy-desk/{POLICY}/layer", {f"set.{LEAST}": "5000000", "on": on.isoformat()}
    )
    assert sent["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(sent.content)) as archive:
        archive.extractall(tmp_path)  # our own
        (top,) = {name.split("/")[0] for name in archive.namelist()}
    for layer in ("cn", "cn-qingqu-restaurant", "cn-chengxiu", "cn-qingqu"):
        (tmp_path / layer).symlink_to(ROOT / "packs" / layer)
    changed = packs.read_clean(tmp_path / top)
    before, after = parameters.resolve(changed, date(2026, 12, 31)), parameters.resolve(changed, on)
    assert before == parameters.resolve(city_pack, date(2026, 12, 31))
    old = parameters.resolve(city_pack, on)
    assert {name for name in after if after[name] != old.get(name)} == {LEAST}
    assert after[LEAST] == 500_000_000
    for said in (
        {"on": "2027-01-01"},
        {f"set.{LEAST}": "5000000", "on": NOON.date().isoformat()},
        {f"set.{LEAST}": "x", "on": "2027-01-01"},
    ):
        assert browser.post(f"/office/policy-desk/{POLICY}/layer", said).status_code == 302
    with pytest.raises(BadValue):
        amending.layer(city_pack, {LEAST: "lots"}, on, "x")
    with pytest.raises(KeyError):
        amending.layer(city_pack, {"nothing": "1"}, on, "x")


def test_without_a_population_the_page_says_how_to_get_one(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "home", lambda **_: tmp_path)
    text = contents(officer(town).get(f"/office/policy-desk/{POLICY}"))
    assert "tongban demo population" in text


def test_a_run_that_breaks_is_told_once_and_not_tried_for_ever(
    desk: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = simulations.ask(acting=desk.officer(COMMERCE), policy=POLICY, values={LEAST: "1"}, by="")

    def breaks(*_given: object, **_named: object) -> None:
        raise MemoryError

    monkeypatch.setattr(trial, "run", breaks)
    with pytest.raises(MemoryError):
        simulations.run(simulation=row.pk, clock=lambda: NOON)
    row.refresh_from_db()
    assert row.state == "failed"
    assert simulations.died(now=NOON + timedelta(days=9)) == []


def test_what_is_no_money_is_told_in_its_own_unit_everywhere(desk: Town) -> None:
    browser = officer(desk)
    shown = contents(browser.get("/office/policy-desk/standard-factory?set.factory_m2_each=10"))
    assert " m²" in shown
    assert "¥" not in shown.split('id="trial"')[1]
    table = contents(browser.get("/office/policy-desk/standard-factory?set.factory_m2_each=10&format=csv"))
    assert "yuan" not in table
    page = contents(browser.get("/policies/standard-factory"))
    assert "60,000 m² of 60,000 m² left" in page
    assert "¥600" not in page
    assert "the highest scores come first" in page
    assert "¥600" not in contents(browser.get("/policies"))
    listed = {one["id"]: one for one in browser.get("/api/v1/policies").json()}
    assert (listed["standard-factory"]["budget"], listed["standard-factory"]["units"]) == (None, 60_000)
    assert listed["start-up-grant"]["units"] is None
