"""Everything that an upper layer can do to a lower one, shown once in the content that comes with the platform."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tongban.base.directory import sources
from tongban.core.packs import differences, loader, parameters, why
from tongban.core.packs.content import Content
from tongban.core.packs.pack import Pack
from tongban.core.planning import calculator
from tongban.core.rules.states import Known
from tongban.doors.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PACKS, PACKS_TWO = ROOT / "packs", ROOT / "packs-two"
FICTIONAL = ("cn-qingqu-restaurant", "cn-chengxiu", "cn-qingqu", "cn-lanxi")


def files_of(top: str) -> dict[str, bytes]:
    return sources.read_layers(sources.holder(top, PACKS, PACKS_TWO), top, PACKS)


def loaded(top: str, **replaced: str) -> loader.Loaded:
    """The pack, with texts of some files replaced: `{"cn-city/services/a.yaml": ...}`."""
    return loader.load({**files_of(top), **{path: text.encode() for path, text in replaced.items()}}, top)


@cache
def as_shipped(top: str) -> loader.Loaded:
    return loaded(top)


def clean(top: str) -> Pack:
    found = as_shipped(top)
    assert found.pack is not None, found.problems
    return found.pack


@pytest.fixture(scope="module")
def nation() -> Pack:
    return clean("cn")


@pytest.fixture(scope="module")
def province() -> Pack:
    return clean("cn-chengxiu")


@pytest.fixture(scope="module")
def city() -> Pack:
    return clean("cn-qingqu")


@pytest.fixture(scope="module")
def other_city() -> Pack:
    return clean("cn-lanxi")


def content_of(top: str) -> Content:
    found = as_shipped(top).content
    assert found is not None
    return found


# -- the verbs ------------------------------------------------------------------------------------------------


def test_the_province_stands_between_what_is_shared_and_the_city(city: Pack, other_city: Pack) -> None:
    assert [layer.id for layer in city.layers] == ["cn", "cn-qingqu-restaurant", "cn-chengxiu", "cn-qingqu"]
    assert "cn-chengxiu" not in {layer.id for layer in other_city.layers}
    jurisdictions = [layer.jurisdiction for layer in (*city.layers, other_city.manifest)]
    assert jurisdictions == ["000000", "000000", "990000", "990100", "980100"]


def test_add_an_entry__a_service_for_which_nothing_is_handed_in(nation: Pack, city: Pack) -> None:
    assert "elder-card" not in nation.services
    assert city.services["elder-card"].requires == ()
    assert city.life_events["retirement"].services == (*nation.life_events["retirement"].services, "elder-card")  # fmt: skip
    assert city.provenance["services", "elder-card", "id"] == "cn-chengxiu"
    assert city.provenance["life-events", "retirement", "services"] == "cn-chengxiu"


def test_replace_a_field__the_rest_of_the_entry_stays(nation: Pack, city: Pack) -> None:
    ours, theirs = city.services["only-child-reward"], nation.services["only-child-reward"]
    assert (theirs.promised.amount, ours.promised.amount) == (10, 8)
    assert ours.requires == theirs.requires
    assert city.provenance["services", "only-child-reward", "promised"] == "cn-chengxiu"
    assert city.provenance["services", "only-child-reward", "requires"] == "cn"


def test_replace_an_item_by_its_key__it_stays_in_its_place(nation: Pack, city: Pack) -> None:
    def items(pack: Pack) -> list[tuple[str, str]]:
        return [(item.code, item.label.en) for item in pack.code_lists["pupil-homes"].items]

    below, above = items(nation), items(city)
    assert [code for code, _ in above] == [*(code for code, _ in below), "shared_ownership"]
    assert dict(above)["public_rental"] != dict(below)["public_rental"]


def test_add_items_to_a_list__codes_that_a_rule_of_the_province_reads(nation: Pack, city: Pack) -> None:
    codes = [item.code for item in city.code_lists["skill-levels"].items]
    assert codes == [
        *(item.code for item in nation.code_lists["skill-levels"].items),
        "technician",
        "senior_technician",
    ]
    assert city.policies["technician-award"].conditions[0].rule == "skill_level IN ('technician', 'senior_technician')"  # fmt: skip


def test_narrow__each_layer_shortens_the_promise_of_the_one_below() -> None:
    merged = content_of("cn-qingqu").merged["services"]["social-card-issue"]
    said = next(field for field in why.fields(merged) if field.name == "promised").said
    amounts = [(one.layer, int(re.findall(r"amount: (\d+)", one.text)[0])) for one in said]
    assert amounts == [("cn", 10), ("cn-chengxiu", 7), ("cn-qingqu", 5)]


def test_narrow__a_material_falls_away_and_with_it_a_visit(
    nation: Pack, city: Pack, other_city: Pack
) -> None:
    def asked(pack: Pack) -> set[str]:
        return {one.material for one in pack.services["disability-certificate"].requires}

    assert asked(nation) - asked(city) == {"own-household-register"}
    assert asked(city) < asked(nation) == asked(other_city)
    visits = [pack.services["disability-certificate"].alone.visits for pack in (nation, city)]
    assert visits == [2, 1]


def test_remove__an_entry_of_a_lower_layer_is_gone(nation: Pack, city: Pack, other_city: Pack) -> None:
    assert "birth-record" in nation.services
    assert "birth-record" not in city.services
    assert "birth-record" in other_city.services


@pytest.mark.parametrize(("day", "living", "nursing"), [("2026-12-31", 110, 110), ("2027-01-01", 120, 130)])
def test_add_a_dated_value__the_number_changes_on_its_day(
    city: Pack, day: str, living: int, nursing: int
) -> None:
    numbers = parameters.resolve(city, date.fromisoformat(day))
    assert numbers["disability_living_monthly"] == living * 100
    assert numbers["disability_nursing_monthly"] == nursing * 100
    assert city.parameters["disability_living_monthly"].label.en.startswith("Living allowance")
    assert city.provenance["parameters", "disability_living_monthly", "values"] == "cn-chengxiu"
    assert city.provenance["parameters", "disability_living_monthly", "label"] == "cn"


def test_different_thresholds__each_place_has_its_own_number(
    city: Pack, other_city: Pack, nation: Pack
) -> None:
    def of(pack: Pack, name: str) -> Any:
        return parameters.resolve(pack, date(2027, 1, 4)).get(name)

    areas = [str(of(pack, "sewer_area_threshold_m2")) for pack in (city, other_city)]
    fires = [str(of(pack, "fire_area_threshold_m2")) for pack in (nation, city, other_city)]
    assert (areas, fires) == (["180.00", "150.00"], ["300.00", "300.00", "250.00"])
    assert [of(city, "old_age_from"), of(other_city, "lanxi_old_age_from")] == [80, 75]


@pytest.mark.parametrize("top", ["cn-qingqu", "cn-lanxi"])
def test_bind__an_organ_of_the_city_fills_a_role_of_the_nation(nation: Pack, top: str) -> None:
    pack = clean(top)
    organ = next(one for one in pack.organisations.values() if one.authority == "civil-affairs")
    assert "civil-affairs" in nation.authorities
    assert nation.organisations == {}
    assert organ.place == pack.manifest.jurisdiction
    assert pack.provenance["organisations", organ.id, "authority"] == top


def test_replace_a_rule_and_a_text__who_is_meant_and_how_it_is_said(nation: Pack, city: Pack) -> None:
    ours, theirs = city.services["school-property-check"], nation.services["school-property-check"]
    assert theirs.applies_when == "pupil_home = 'owned'"
    assert ours.applies_when == "pupil_home IN ('owned', 'shared_ownership')"
    assert ours.applies_because != theirs.applies_because
    assert ours.name == theirs.name


def test_replace_a_text__the_days_of_a_city_in_place_of_the_national_words(
    nation: Pack, other_city: Pack
) -> None:
    ours, theirs = other_city.life_events["school-entry"], nation.life_events["school-entry"]
    assert ours.season is not None
    assert ours.season != theirs.season
    assert ours.services == theirs.services


# -- locks ----------------------------------------------------------------------------------------------------


BROKEN = {
    "only-child-reward": (
        "{id: only-child-reward, name: {zh: 奖, en: Reward}, promised: {amount: 9}}",
        "(name): the layer cn-qingqu changes it, and cn locks it",
        "(promised): the layer cn-qingqu lengthens it from 8 to 9, and cn-chengxiu locks it",
    ),
    "disability-certificate": (
        "{id: disability-certificate, requires: {add: [{material: own-household-register}]}}",
        "(requires): the layer cn-qingqu asks for own-household-register, and cn-chengxiu locks it",
    ),
    "retiree-medical-insurance": (
        "{id: retiree-medical-insurance, articles: []}",
        "(articles): the layer cn-qingqu changes it, and cn locks it",
    ),
    "sewer-permit": (
        "{id: sewer-permit, conditions: {remove: [grease-trap], add: [{id: grease-trap, label: {zh: 大, en: Large}, rule: area >= 5}]}}",
        "(conditions): the layer cn-qingqu makes grease-trap stricter, and cn locks it",
    ),
    "retirement-household-check": (
        "{id: retirement-household-check, requires: {remove: [own-household-register], add: [{material: own-household-register}]}}",
        "(requires): the layer cn-qingqu makes own-household-register stricter, and cn locks it",
    ),
}


def test_lint_says_which_layer_broke_which_lock() -> None:
    entries = "".join(f"- {entry}\n" for entry, *_ in BROKEN.values())
    found = loaded("cn-qingqu", **{"cn-qingqu/services/more.yaml": entries})
    locks = [problem for problem in found.problems if problem.code == "lock"]
    expected = {f"service {name} {said}" for name, (_, *all_said) in BROKEN.items() for said in all_said}
    assert {problem.message for problem in locks} == expected
    assert {problem.position.file for problem in locks} == {"cn-qingqu/services/more.yaml"}


# -- what is told of it ---------------------------------------------------------------------------------------


def test_show_why_names_the_province(city: Pack) -> None:
    shown = run("pack", "show", "social-card-issue", "--pack", str(PACKS / "cn-qingqu"), "--why")
    assert re.search(
        r"instead of \{amount: 7, .*\}  cn-chengxiu  cn-chengxiu/services/province.yaml:\d+:", shown
    )
    assert re.search(r"\{amount: 5, .*\}\n +cn-qingqu  ", shown)


def test_two_cities_are_compared_by_days_visits_materials_conditions_and_numbers(
    city: Pack, other_city: Pack
) -> None:
    rows: dict[str, differences.Row] = {}
    for row in differences.compare(city, other_city):
        rows.setdefault(row.id, row)
    certificate, staff = rows["disability-certificate"], rows["staff-health"]
    assert [days.en for days in certificate.days] == ["12 working days", "13 working days"]
    assert certificate.visits == (1, 2)
    assert (certificate.only_here, [one.en for one in certificate.only_there]) == ((), ["Household register"])
    assert [one.en for one in rows["housing-fund-withdrawal"].only_here] == [
        "Bank card of class I in your name"
    ]
    assert staff.conditions_here == ()
    assert [one.en for one in staff.conditions_there] == [
        "The shop has a fixed address to which the clinic can come"
    ]
    assert [days.en for days in rows["elder-card"].days] == ["on the spot", "not offered"]
    numbers = {one.id: one.values for one in differences.numbers(city, other_city)}
    assert numbers["sewer_area_threshold_m2"] == ("200.00 (2024-01-01 – 2026-12-31); 180.00 (2027-01-01 –)", "150.00 (2024-01-01 –)")  # fmt: skip


def test_a_variant_that_differs_has_a_row_of_its_own(city: Pack, other_city: Pack) -> None:
    rows = [row for row in differences.compare(city, other_city) if row.id == "food-permit"]
    assert [[days.en for days in row.days] for row in rows] == [
        ["7 working days", "9 working days"],
        ["3 working days", "4 working days"],
    ]


def test_the_comparison_is_printed_as_tables_and_as_csv() -> None:
    places = (str(PACKS / "cn-qingqu"), str(PACKS_TWO / "cn-lanxi"))
    assert "services and 6 numbers differ." in run("pack", "compare", *places)
    lines = run("pack", "compare", *places, "--csv").splitlines()
    assert lines[0] == "service,days cn-qingqu,days cn-lanxi,visits cn-qingqu,visits cn-lanxi,only cn-qingqu,only cn-lanxi"  # fmt: skip
    assert any("老年优待卡（电子）" in line and "没有这一项 not offered" in line for line in lines)


def test_a_city_may_lie_in_another_folder_than_the_layers_below_it() -> None:
    assert not (PACKS_TWO / "cn").exists()
    assert "cn > cn-qingqu-restaurant > cn-lanxi: " in run("pack", "lint", str(PACKS_TWO / "cn-lanxi"))


@pytest.mark.parametrize("top", ["cn-qingqu", "cn-lanxi"])
def test_each_city_is_ready_but_for_what_only_people_know(top: str) -> None:
    shown = run("ready", str(sources.holder(top, PACKS, PACKS_TWO) / top))
    percents = {name: share for share, name in re.findall(r"^ *(\d+) %  (\S+) ", shown, re.MULTILINE)}
    assert (percents["业务通"], percents["场景通"]) == ("100", "100")
    assert 0 < int(percents["数据通"]) < 100
    assert "wants_ecard" in shown


@pytest.mark.parametrize("top", FICTIONAL)
def test_every_sample_number_of_a_fictional_place_says_that_it_is_made_up(top: str) -> None:
    without = [
        f"{found.file}:{found.line}"
        for found, fields in numbers_of(top)
        if fields.get("confidence") == "sample"
        and not (fields.get("source") or fields.get("articles") or fields.get("rows"))
    ]
    assert without == []


def numbers_of(top: str) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every mapping of the layer's own files that holds a number: a term, a dated value, steps and visits, a budget."""
    from tongban.core.packs import shapes, tree

    def walk(node: tree.Node) -> Iterator[tree.Table]:
        if isinstance(node, tree.Table):
            yield node
            for below in node.fields.values():
                yield from walk(below)
        elif isinstance(node, tree.List):
            for below in node.items:
                yield from walk(below)

    for path, data in files_of(top).items():
        if path.startswith(f"{top}/") and path.endswith(".yaml") and "/tests/" not in path:
            root, _ = tree.read(path, data)
            for table in walk(root) if root is not None else ():
                if {
                    "amount",
                    "valid_from",
                    "steps",
                    "total_fen",
                } & table.fields.keys() and "id" not in table.fields:
                    yield table.position, shapes.data(table, Any)


# -- policies of two levels -----------------------------------------------------------------------------------


def test_both_levels_reward_a_first_recognition_in_one_group_of_which_the_higher_counts(city: Pack) -> None:
    facts = {"hi_tech_status": Known("first"), "hi_tech_valid": Known(True)}
    both = [city.policies[name] for name in ("hi-tech-award", "provincial-hi-tech-award")]
    amounts = [calculator.assess(city, policy, facts, date(2026, 3, 2)).amount_fen for policy in both]
    assert amounts == [20_000_000, 15_000_000]
    assert [(one.group, one.rule) for policy in both for one in policy.stacking] == [
        ("hi-tech-recognition", "higher-of")
    ] * 2


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output
