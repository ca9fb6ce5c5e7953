"""A pack with a policy that was never reviewed for fair competition is put in force by no way (公平竞争审查条例 art. 18)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.base.directory import test_installing as place
from tests.core.packs import test_pack_data
from tests.factories.fixtures import NOON

from tongban.base.directory import actions, installing, loading, models, queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    loading.forget()
    queries.pack.cache_clear()


def files(review: str) -> dict[str, bytes]:
    policies = test_pack_data.DATA["policies/all.yaml"].replace(
        "fair_competition_review: 2025-11-20", f"fair_competition_review: {review}"
    )
    assert review in policies
    return {**place.FIRST, "land/policies/all.yaml": policies.encode()}


@pytest.mark.parametrize("review", ["待审查", '"-"', "TODO"])
def test_neither_way_of_installing_takes_a_policy_without_its_review(review: str) -> None:
    with pytest.raises(actions.PackRefused, match="no record of the fair competition review"):
        installing.check(files(review), "city")
    with pytest.raises(actions.PackRefused) as refused:
        actions.install_pack(acting=place.acting(), files=files(review), top="city")
    assert [problem.code for problem in refused.value.problems] == ["no-review"]
    assert not models.InForce.objects.exists()


def test_the_same_pack_with_its_record_is_in_force() -> None:
    checked = installing.check(files("市监竞审〔2025〕12号"), "city")
    installing.add_pack(acting=place.acting(), checked=checked, first=None)
    assert "grant" in queries.pack_in_force(NOON, place.PLACE).policies
