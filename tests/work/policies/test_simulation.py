"""What a change would do to a population: subject by subject what the calculator says, before and after."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from tests.work.policies.peopled import HEAD, REFUND, ROOT, matcher_of, population, subject
from tests.work.policies.test_population import city  # noqa: F401  (a fixture)

from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.packs.pack import Pack
from tongban.core.planning import changed
from tongban.core.planning.changed import BadChange, Effect, effects
from tongban.core.planning.verdicts import Verdicts
from tongban.core.planning.versions import Versions
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.states import Absent, Known, Unknown
from tongban.doors.cli.main import cli
from tongban.work.policies.population import simulation, sources
from tongban.work.policies.population.checking import Checker


def due(pack: Pack, policy: str, facts: Any, parameters: Any) -> int | None:
    """What a policy comes to for one subject; None where that cannot be told."""
    states = [evaluate(pack.condition(one), facts, parameters) for one in pack.policies[policy].conditions]
    if any(state != Known(True) and not isinstance(state, Unknown) for state in states):
        return 0
    amount = evaluate(pack.amount(policy), facts, parameters)
    if any(isinstance(state, Unknown) for state in (*states, amount)):
        return None
    return amount.value if isinstance(amount, Known) and amount.value > 0 else 0  # type: ignore[return-value, operator]


def test_effects_are_those_of_each_subject_added_up(city: Pack, tmp_path: Path) -> None:  # noqa: F811
    before, after = matcher_of(city), matcher_of(city)
    after.parameters = changed.with_values(
        city, before.parameters, {"refund_rate_sme": "0.7", "refund_insured_months": "6"}
    )
    random = Random(7)
    people = [  # those of `population`; what is absent is a NULL in its file, and so not known
        {
            name: state
            for name, state in subject(random, city, before).items()
            if not isinstance(state, Absent)
        }
        for _ in range(200)
    ]
    source = sources.open_source(str(population(city, before, tmp_path / "firms.parquet", 200)))
    checker = Checker.of(city, Versions((before, after)).needs, vocabulary_of(city).ranges, "id")
    checker.beside = "firm_size"
    (found,), rejected = simulation.simulate(source, checker, before, [after])
    assert rejected == 0
    for policy, groups in found.items():
        wanted: dict[str, Counter[str]] = {}
        for facts in people:
            size = facts.get("firm_size")
            of_group = wanted.setdefault(str(size.value) if isinstance(size, Known) else "", Counter())
            old, new = (due(city, policy, facts, one.parameters) for one in (before, after))
            told = old is not None and new is not None
            of_group["subjects"] += 1
            of_group["open"] += not told
            of_group["before"] += bool(old)
            of_group["after"] += bool(new)
            of_group["cost_before"] += old or 0
            of_group["cost_after"] += new or 0
            if told:
                of_group["winners"] += new > old  # type: ignore[operator]
                of_group["losers"] += new < old  # type: ignore[operator]
                of_group["won"] += max(new - old, 0)  # type: ignore[operator]
                of_group["lost"] += max(old - new, 0)  # type: ignore[operator]
        assert {name: {k: v for k, v in vars_of(effect).items() if v} for name, effect in groups.items()} == {
            name: {k: v for k, v in counted.items() if v} for name, counted in wanted.items()
        }, policy
    total = sum(effect.winners for effect in found[REFUND].values())
    assert total > 0


@pytest.mark.parametrize("engine", ["duckdb", "spark"])
def test_other_engines_find_the_same_effects(city: Pack, tmp_path: Path, engine: str) -> None:  # noqa: F811
    before, after = matcher_of(city), matcher_of(city)
    after.parameters = changed.with_values(
        city, before.parameters, {"refund_rate_sme": "0.7", "refund_insured_months": "6"}
    )
    for one in (before, after):
        one.keep({REFUND})
    path = str(population(city, matcher_of(city), tmp_path / "firms.parquet", 120))

    def found(name: str) -> Any:
        checker = Checker.of(city, Versions((before, after)).needs, vocabulary_of(city).ranges, "id")
        checker.beside = "firm_size"
        return simulation.simulate(sources.open_source(path), checker, before, [after], engine=name)

    wanted = found("numpy")
    assert found(engine) == wanted
    assert sum(effect.winners for effect in wanted[0][0][REFUND].values()) > 0


def vars_of(effect: Effect) -> dict[str, int]:
    return {name: getattr(effect, name) for name in Effect.__slots__}  # type: ignore[attr-defined]


def test_sums_are_exact_beyond_what_a_word_holds() -> None:
    large = np.full(20, 10**18 - 1, np.int64)
    all_, none = np.arange(20, dtype=np.int32), np.zeros(0, np.int32)
    sums, places, bits = np.zeros(0, np.int64), np.zeros(0, np.int16), np.zeros(0, np.uint8)
    verdicts = Verdicts(20, all_, large, none, places, none, bits, 0)
    nothing = Verdicts(20, none, sums, none, places, none, bits, 0)
    (effect,) = effects(nothing, verdicts, np.zeros(20, np.int64), 1)
    assert effect.cost_after == effect.won == 20 * (10**18 - 1)
    unknown = Verdicts(20, none, sums, none, places, all_, np.ones(20, np.uint8), 0)
    (effect,) = effects(verdicts, unknown, np.zeros(20, np.int64), 1)
    assert (effect.losers, effect.open) == (0, 20)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("refund_rate", "0.5", r"There is no parameter 'refund_rate'. \(did you mean"),
        ("refund_layoff_limit", "0.5", "is a bracket table"),
        ("refund_rate_sme", "half", "refund_rate_sme: 'half' cannot be its value. Type a number"),
    ],
)
def test_a_number_that_cannot_be_set_is_refused(city: Pack, name: str, value: str, message: str) -> None:  # noqa: F811
    with pytest.raises(BadChange, match=message):
        changed.with_values(city, {}, {name: value})


def ran(*words: object, language: str = "en_US.UTF-8") -> Any:
    given = ("policy", "simulate", *map(str, words), "--at", "2025-06-01", "--pack", str(ROOT / "packs/cn"))
    return CliRunner().invoke(cli, list(given), env={"LC_ALL": language})


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    lines = (
        HEAD + ",district",
        "E1,12,0,10,1000,small,east",
        "E2,12,0,10,2000,large,west",
        "E3,12,0,10,,small,east",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_sweep_is_a_line_for_each_value_and_group(firms: Path, tmp_path: Path) -> None:
    out = tmp_path / "effects.csv"
    done = ran(
        "--population", firms, "--sweep", "refund_rate_sme=0.5,0.6,0.9", "--by", "district", "--out", out
    )
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    east = [
        (row["change"], row["cost_after"], row["winners"], row["losers"], row["open"])
        for row in rows
        if row["group"] == "east"
    ]
    assert east == [
        ("refund_rate_sme=0.5", "500.00", "0", "1", "1"),
        ("refund_rate_sme=0.6", "600.00", "0", "0", "1"),
        ("refund_rate_sme=0.9", "900.00", "1", "0", "1"),
    ]
    assert "Job-stability refund of 2025" in done.output
    assert "█" in done.output


def test_codes_are_told_in_words_and_the_rest_by_its_name(firms: Path) -> None:
    assert "Small" in ran("--population", firms, "--set", "refund_rate_sme=0.5", "--by", "firm_size").output
    assert "There is no column 'town' to group by." in ran("--population", firms, "--set", "refund_rate_sme=0.5", "--by", "town").output  # fmt: skip


def test_what_would_change_nothing_is_said(firms: Path) -> None:
    assert "None of these policies would come to anything else by it." in ran("--population", firms, "--set", "refund_rate_sme=0.6").output  # fmt: skip
    assert "Say what might change" in ran("--population", firms).output
    assert "Write NAME=VALUE" in ran("--population", firms, "--set", "0.5").output


def test_of_policies_that_exclude_each_other_it_is_said_that_amounts_are_each_ones_own(
    tmp_path: Path,
) -> None:
    path = tmp_path / "firms.csv"
    path.write_text(
        "id,entity,staff_by_quarter,assets_by_quarter,taxable_income,hi_tech_status,hi_tech_valid\n"
        "a,company,10,1000000,2900000,first,true\n",
        encoding="utf-8",
    )
    both = ("--policy", "small-low-profit-relief", "--policy", "hi-tech-income-tax")
    given = ("--population", path, "--set", "income_tax_rate=0.3")
    en = "Amounts are each policy's own; these are not simply added up for one subject: "
    names = "Income tax relief of small low-profit enterprises, Income tax relief of hi-tech enterprises"
    assert f"{en}{names}\n" in ran(*given, *both).output
    zh = "金额是每项政策单独算的；这几项不能简单相加：小型微利企业所得税优惠、高新技术企业所得税优惠\n"
    assert zh in ran(*given, *both, language="zh_CN.UTF-8").output
    one = ran(*given, *both[:2])
    assert one.exit_code == 0
    assert en not in one.output
