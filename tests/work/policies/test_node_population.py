"""The subjects of a node as a population: the same verdicts as looking at each, on the same grounds, with a trace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyarrow import parquet
from tests.work.policies.grants import GRANT, Town

from tongban.base.audit import queries as audit
from tongban.core.packs.lexicon import vocabulary_of
from tongban.core.planning.calculator import in_force
from tongban.core.planning.population import Matcher
from tongban.work.policies import evidence
from tongban.work.policies.actions import matching
from tongban.work.policies.population import run
from tongban.work.policies.population.checking import Checker
from tongban.work.policies.population.node import Node


def matched(town: Town, out: Path) -> dict[str, Any]:
    acting = town.system()
    policies = tuple(
        p for p in town.pack.policies.values() if p.subject == "enterprise" and in_force(p, acting.today)
    )
    matcher = Matcher.of_pack(town.pack, policies, acting.today)
    source = Node(acting, town.pack, policies, matcher, "enterprise")
    checker = Checker.of(town.pack, matcher.needs, vocabulary_of(town.pack).ranges, "id")
    assert checker.look_over(source.columns()) == ()
    outcome = run.run(source, checker, matcher, "numpy", out)
    assert outcome.rejected == 0
    rows = [row for part in out.glob("part-*.parquet") for row in parquet.read_table(part).to_pylist()]
    return {row["subject"]: row for row in rows if row["policy"] == GRANT}


def test_everybody_comes_out_as_when_they_are_looked_at_alone(town: Town, tmp_path: Path) -> None:
    shops = [
        town.shop(),
        town.shop(area="320.00"),
        town.shop(entity="branch"),
        town.shop(permit=None),
        town.shop(scope="other", entity="branch"),
    ]
    found = matched(town, tmp_path / "out")
    for shop in shops:
        alone = next(
            r
            for r in matching.match(acting=town.system(), subject=shop.pk, cause="test").results
            if r["policy"] == GRANT
        )
        row = found.get(str(shop.pk))
        if alone["result"] == "not":
            assert row is None
            continue
        assert row is not None
        assert (row["result"], row["amount_fen"], row["failing"]) == (
            alone["result"],
            alone["amount_fen"],
            alone["failing"],
        )
    assert found[str(shops[3].pk)]["missing"] == "food_permit_since"


def test_each_look_leaves_a_trace_and_whoever_asked_is_left_alone(town: Town, tmp_path: Path) -> None:
    shop, quiet = town.shop(), town.shop()
    matching.pause(acting=town.owner(), subject=quiet.pk)
    found = matched(town, tmp_path / "out")
    assert str(shop.pk) in found
    assert str(quiet.pk) not in found
    entries = audit.entries_of(evidence.chain_of(shop.pk)).filter(action="benefits.matched")
    assert {"area", "entity"} <= set(entries.get().detail["facts"])
    assert not audit.entries_of(evidence.chain_of(quiet.pk)).filter(action="benefits.matched").exists()
