"""When a file may be destroyed: examples by hand, and what holds for any cases it serves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.core.packs import retention
from tongban.core.packs.model_retention import RetentionClass


def kept(years: int | None, counts_from: str = "next-year") -> RetentionClass:
    return RetentionClass.model_validate(
        {"id": "c", "name": {"zh": "类", "en": "Class"}, "years": years, "permanent": years is None, "counts_from": counts_from}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("closed", "years", "counts_from", "due"),
    [
        (date(2026, 3, 2), 10, "next-year", date(2037, 1, 1)),
        (date(2026, 12, 31), 10, "next-year", date(2037, 1, 1)),
        (date(2026, 1, 1), 10, "next-year", date(2037, 1, 1)),
        (date(2026, 3, 2), 10, "closing", date(2036, 3, 2)),
        (date(2024, 2, 29), 10, "closing", date(2034, 3, 1)),
        (date(2024, 2, 29), 4, "closing", date(2028, 2, 29)),
    ],
)
def test_the_day_by_hand(closed: date, years: int, counts_from: str, due: date) -> None:
    assert retention.due(kept(years, counts_from), closed) == due


def test_a_service_that_is_named_beats_its_kind_and_without_a_class_all_is_kept() -> None:
    from tests.core.packs.shop_pack import files

    from tongban.core.packs.loader import load

    content = files()
    top = next(name.split("/")[0] for name in content if name.endswith("pack.yaml"))
    plain = load(content, top).pack
    assert plain is not None
    service = next(iter(plain.services.values()))
    assert retention.class_of(plain, service.id) is None
    kinds = sorted({s.kind for s in plain.services.values()})
    content[f"{top}/retention/all.yaml"] = (
        f"- {{id: short, name: {{zh: 短, en: Short}}, years: 5, kinds: [{', '.join(kinds)}]}}\n"
        f"- {{id: ever, name: {{zh: 永, en: Ever}}, permanent: true, services: [{service.id}]}}\n"
    ).encode()
    with_classes = load(content, top)
    assert with_classes.pack is not None, with_classes.problems
    found = {s: retention.class_of(with_classes.pack, s) for s in with_classes.pack.services}
    assert {name: one.id for name, one in found.items() if one} == {
        name: "ever" if name == service.id else "short" for name in found
    }
    assert with_classes.pack.digest != plain.digest


CLASSES = st.builds(kept, st.none() | st.integers(1, 100), st.sampled_from(["closing", "next-year"]))
DAYS = st.dates(date(2000, 1, 1), date(2200, 1, 1))
CASES = st.lists(st.tuples(st.none() | DAYS, st.none() | CLASSES), max_size=5)


@given(CASES)
def test_a_file_is_due_only_when_every_case_it_serves_is(
    cases: list[tuple[date | None, RetentionClass | None]],
) -> None:
    due = retention.last_due(cases)
    days = [retention.due(under, closed) if closed and under else None for closed, under in cases]
    if not cases or None in days:
        assert due is None
    else:
        assert due is not None
        assert due.day == max(day for day in days if day)


@given(CLASSES, DAYS)
def test_nothing_is_due_before_its_years_are_over(under: RetentionClass, closed: date) -> None:
    due = retention.due(under, closed)
    if due is not None:
        assert under.years is not None
        assert due >= closed + timedelta(days=365 * under.years)
        assert due.year <= closed.year + under.years + 1


@given(st.none() | CLASSES, st.none() | CLASSES, DAYS)
def test_the_longer_of_two_classes_never_ends_earlier_than_either(
    one: RetentionClass | None, other: RetentionClass | None, closed: date
) -> None:
    longer = retention.longer(one, other, closed)
    assert (longer is None) == (one is None and other is None)
    for each in (one, other):
        if each is not None and longer is not None:
            day, latest = retention.due(each, closed), retention.due(longer, closed)
            assert latest is None or (day is not None and day <= latest)
