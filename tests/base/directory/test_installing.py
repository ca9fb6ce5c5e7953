"""Packs are added for a day, listed, frozen and removed; nothing that something rests on goes, nothing unsound comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from django.apps import apps
from tests.core.packs import shop_pack
from tests.factories.fixtures import NOON

from tongban.base.audit import queries as audit
from tongban.base.directory import actions, installing, loading, models, queries
from tongban.base.directory.installing import FrozenOtherwise, Incomplete, InUse
from tongban.base.kit.acting import Acting, system
from tongban.base.kit.refusals import Invalid, NotFound

pytestmark = pytest.mark.django_db

PLACE = "990100"
MANIFEST = (
    shop_pack.CITY["pack.yaml"]
    + """
brand:
  name: {zh: 市, en: City}
  tagline: {zh: 市, en: City}
  seal: seal.svg
  disclaimer: {zh: 虚构, en: Fictional}
"""
)
ORGANS = {
    "pack.yaml": MANIFEST,
    "places/all.yaml": """
- {code: "990100", name: {zh: 市, en: City}}
- {code: "990101", name: {zh: 东区, en: East}, parent: "990100"}
""",
    "organisations/all.yaml": """
- {id: market-office, name: {zh: 市监局, en: Market office}, authority: market, place: "990100", credit_code: 11990100MBDEM0015F}
""",
}
FIRST = shop_pack.files(city=ORGANS)
MARCH = date(2026, 3, 10)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    loading.forget()
    queries.pack.cache_clear()


def acting(now: datetime = NOON) -> Acting:
    return system(now, PLACE, "test")


def files(version: str = "1.2.0") -> dict[str, bytes]:
    manifest = FIRST["city/pack.yaml"].replace(b"1.2.0", version.encode())
    return {**FIRST, "city/pack.yaml": manifest}


def added(
    version: str = "1.2.0", first: date | None = None, now: datetime = NOON
) -> tuple[str, datetime | None]:
    checked = installing.check(files(version), "city")
    return checked.pack.digest, installing.add_pack(acting=acting(now), checked=checked, first=first)


def in_force(now: datetime) -> str:
    return queries.pack_in_force(now, PLACE).manifest.version


def piloted(base: str, changed: str, state: str, until: datetime) -> None:
    """A pilot that changed `base` into `changed` and was decided."""
    models.Pilot.objects.create(
        whole=PLACE, place="990101", comparison="990102", service="shop-permit", patch="x", base_id=base, pack_id=changed,
        goal="g", indicator="i", valid_from=NOON, valid_to=until, state=state, started_at=NOON, decided_at=until,
    )  # fmt: skip


# -- adding ------------------------------------------------------------------------------------------------


def test_a_pack_is_in_force_at_once() -> None:
    digest, begins = added()
    assert begins == NOON
    assert queries.pack_in_force(NOON, PLACE).digest == digest


def test_a_pack_can_be_installed_now_and_enter_into_force_later() -> None:
    added()
    _, begins = added("1.3.0", MARCH)
    assert begins == datetime(2026, 3, 9, 16, tzinfo=UTC)  # midnight at the place
    assert in_force(begins - timedelta(seconds=1)) == "1.2.0"
    assert in_force(begins) == "1.3.0"


def test_adding_the_same_again_changes_nothing() -> None:
    added()
    added("1.3.0", MARCH)
    assert added("1.3.0", MARCH)[1] is None
    assert added("1.2.0")[1] is None
    assert models.InForce.objects.count() == 2


def test_a_day_that_is_past_is_refused_and_today_is_now() -> None:
    with pytest.raises(Invalid, match="2026-03-01 is past"):
        added(first=date(2026, 3, 1))
    assert not models.InForce.objects.exists()
    assert added(first=date(2026, 3, 2))[1] == NOON


def test_an_unbound_place_is_told_what_is_missing_before_anything_is_written() -> None:
    checked = installing.check(shop_pack.files(), "city")
    with pytest.raises(Incomplete) as refused:
        installing.add_pack(acting=acting(), checked=checked)
    assert [(one.kind, one.id, one.needed_by) for one in refused.value.missing] == [
        ("authority", "market", ("event open-shop", "service receipt", "service shop-permit"))
    ]
    assert not models.PackVersion.objects.exists()
    assert installing.add_pack(acting=acting(), checked=checked, incomplete=True) == NOON


def test_a_pack_with_mistakes_is_refused_whole() -> None:
    with pytest.raises(actions.PackRefused) as refused:
        installing.check({**FIRST, "city/services/x.yaml": b"- id: x\n  nonsense: 1\n"}, "city")
    assert refused.value.problems
    assert not models.PackVersion.objects.exists()


def test_adding_and_removing_leave_their_trace() -> None:
    added()
    digest, _ = added("1.3.0", MARCH)
    installing.remove_pack(acting=acting(), name=digest)
    entries = audit.entries_of(audit.newest()[0].chain)
    assert [entry.action for entry in entries] == ["pack.added", "pack.added", "pack.removed"]
    assert entries[1].detail["from"] == "2026-03-10T00:00:00+08:00"


# -- and the packs folder ----------------------------------------------------------------------------------


def start_again(version: str, now: datetime) -> None:
    """As a node does whenever it starts."""
    actions.install_pack(acting=acting(now), files=files(version), top="city", again=False)


def test_a_start_does_not_take_back_what_was_added_by_hand() -> None:
    start_again("1.2.0", NOON)
    _, begins = added("1.3.0", MARCH)
    start_again("1.2.0", NOON + timedelta(hours=1))
    assert models.InForce.objects.count() == 2  # what is to come is no reason to install again
    later = begins + timedelta(days=1)
    start_again("1.2.0", later)
    assert in_force(later) == "1.3.0"
    actions.install_pack(acting=acting(later), files=files(), top="city")  # asked for in so many words
    assert in_force(later) == "1.2.0"


def test_a_start_does_not_take_back_what_was_promoted_on_top_of_that() -> None:
    start_again("1.2.0", NOON)
    later = NOON + timedelta(days=1)
    base, _ = added("1.3.0", now=later)
    promoted = installing.check(files("1.4.0"), "city").pack
    actions.keep(acting=acting(later), pack=promoted, files=files("1.4.0"), top="city")
    piloted(base, promoted.digest, "promoted", later)
    models.InForce.objects.create(place=PLACE, pack_id=promoted.digest, valid_from=later)
    start_again("1.2.0", later)
    assert in_force(later) == "1.4.0"


def test_a_start_puts_a_folder_in_force_that_was_changed_or_changed_back() -> None:
    for hour, version in enumerate(("1.2.0", "1.3.0", "1.2.0")):
        now = NOON + timedelta(hours=hour)
        start_again(version, now)
        assert in_force(now) == version


def test_a_pack_that_is_to_come_elsewhere_does_not_move_the_node() -> None:
    added()
    other = {**FIRST, "city/pack.yaml": FIRST["city/pack.yaml"].replace(b"990100", b"990200")}
    checked = installing.check(other, "city")
    installing.add_pack(acting=acting(), checked=checked, first=date(2999, 1, 1))
    assert queries.default_place() == PLACE


# -- listing -----------------------------------------------------------------------------------------------


def test_the_list_says_where_and_when_each_version_governs() -> None:
    added()
    added("1.3.0", now=NOON + timedelta(days=1))
    added("1.4.0", MARCH, now=NOON + timedelta(days=2))
    found = {one.version: one.periods for one in installing.versions(NOON + timedelta(days=3))}
    assert {version: [period.state for period in periods] for version, periods in found.items()} == {
        "1.2.0": ["past"],
        "1.3.0": ["in force"],
        "1.4.0": ["scheduled"],
    }
    assert found["1.2.0"][0].valid_to == found["1.3.0"][0].valid_from
    assert found["1.4.0"][0].valid_to is None


def test_of_two_packs_for_one_day_the_later_added_counts() -> None:
    added()
    added("1.3.0", MARCH)
    _, begins = added("1.4.0", MARCH)
    assert in_force(begins) == "1.4.0"
    assert {one.version: len(one.periods) for one in installing.versions(NOON)} == {
        "1.2.0": 1,
        "1.3.0": 0,
        "1.4.0": 1,
    }


# -- removing ----------------------------------------------------------------------------------------------


def test_what_is_to_come_can_be_taken_back() -> None:
    added()
    digest, begins = added("1.3.0", MARCH)
    installing.remove_pack(acting=acting(), name="city@1.3.0")
    assert not models.PackVersion.objects.filter(pk=digest).exists()
    assert in_force(begins) == "1.2.0"


def test_what_is_in_force_stays() -> None:
    digest, _ = added()
    with pytest.raises(InUse, match="in force for 990100"):
        installing.remove_pack(acting=acting(), name=digest)
    assert in_force(NOON) == "1.2.0"


def test_what_a_pilot_rests_on_stays() -> None:
    base, _ = added()
    later = NOON + timedelta(days=1)
    current, _ = added("1.3.0", now=later)
    piloted(base, current, "withdrawn", later)
    with pytest.raises(InUse, match="pilots that rest on it: 1"):
        installing.remove_pack(acting=acting(later), name=base)


def test_what_a_record_of_any_room_rests_on_stays() -> None:
    digest, _ = added()
    later = NOON + timedelta(days=1)
    added("1.3.0", now=later)
    application = apps.get_model("cases", "Application")
    application.objects.create(
        event="open-shop", place=PLACE, principal="1" * 32, subject="1" * 32, created_by="1" * 32, pack_digest=digest,
        state="submitted", created_at=NOON, updated_at=NOON,
    )  # fmt: skip
    with pytest.raises(InUse, match=r"records of cases\.application made under it: 1"):
        installing.remove_pack(acting=acting(later), name=digest)
    application.objects.all().delete()
    installing.remove_pack(acting=acting(later), name=digest)
    assert [one.version for one in installing.versions(later)] == ["1.3.0"]


def test_every_table_that_keeps_a_digest_is_asked() -> None:
    """By another name a room would keep a pack that `remove` does not know of."""
    keeping = {
        f"{table._meta.label_lower}.{field.name}"
        for table in apps.get_models()
        for field in table._meta.get_fields()
        if "pack" in field.name and table._meta.app_label != "directory"
    }
    assert {"cases.application.pack_digest", "licences.licence.pack_digest"} <= keeping
    assert {name.split(".")[-1] for name in keeping} == {"pack_digest"}


def test_a_name_must_be_one_pack() -> None:
    digest, _ = added()
    for unknown in ("city@9.9.9", "sha256:", "sha256:00000000", "", digest[:10]):
        with pytest.raises(NotFound):
            installing.version_named(unknown, NOON)
    assert installing.version_named(digest[:20], NOON).digest == digest
    changed = {**files(), "land/laws/more.yaml": b"- {id: more, name: {zh: z, en: e}, contains: []}\n"}
    installing.add_pack(
        acting=acting(NOON + timedelta(days=1)), checked=installing.check(changed, "city")
    )  # the same version with other content
    with pytest.raises(Invalid, match="several packs"):
        installing.version_named("city@1.2.0", NOON)


# -- freezing ----------------------------------------------------------------------------------------------


def frozen() -> bytes:
    return yaml.safe_dump(installing.frozen(NOON, PLACE)).encode()


def test_frozen_is_what_governs_and_what_is_to_come() -> None:
    digest, _ = added()
    added("1.3.0", MARCH)
    found = installing.frozen(NOON, PLACE)
    assert (found["place"], [pack["version"] for pack in found["packs"]]) == (PLACE, ["1.2.0", "1.3.0"])
    assert found["packs"][0]["digest"] == digest
    assert [layer["layer"] for layer in found["packs"][0]["layers"]] == ["land", "city"]


def test_only_the_frozen_pack_is_let_in() -> None:
    added()
    written = frozen()
    installing.require_frozen(installing.check(files(), "city"), written)
    with pytest.raises(FrozenOtherwise) as refused:
        installing.require_frozen(installing.check(files("1.3.0"), "city"), written)
    assert [line.split(":")[0] for line in refused.value.lines] == ["layer city"]
    noted = {**files(), "land/README.md": b"only the bytes differ"}
    with pytest.raises(FrozenOtherwise) as refused:
        installing.require_frozen(installing.check(noted, "city"), written)
    assert [line.split(":")[0] for line in refused.value.lines] == ["layer land"]


def test_frozen_packs_of_another_place_or_of_no_form_are_refused() -> None:
    added()
    checked = installing.check(files(), "city")
    for data in (
        frozen().replace(b"990100", b"990200"), b"", b"[]", b"packs: 3", b"place: [", b"{place: x, packs: [{pack: 1}]}", b"\xff",
        frozen().replace(b"pack: city", b"pack: town"),
    ):  # fmt: skip
        with pytest.raises(FrozenOtherwise):
            installing.require_frozen(checked, data)


def test_nothing_in_force_cannot_be_frozen() -> None:
    with pytest.raises(NotFound):
        installing.frozen(NOON, PLACE)
