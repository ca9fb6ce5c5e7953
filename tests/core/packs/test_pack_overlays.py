"""What an upper layer can do to a lower one, and how each value remembers who set it."""

from tests.core.packs.shop_pack import CITY, files, load_pack

from tongban.core.packs.loader import load


def city_services(text: str) -> dict[str, bytes]:
    return files(city={"services/all.yaml": text})


def test_an_upper_layer_without_content_changes_nothing():
    assert load_pack(files()).services == load_pack(files(), "land").services


def test_an_upper_layer_adds_an_entry():
    pack = load_pack(
        files(
            city={
                "materials/more.yaml": "- {id: sketch, name: {zh: 草图, en: Sketch}, channel: other, alternatives: [{form: true}]}"
            }
        )
    )
    assert list(pack.materials) == ["lease", "photo", "plan", "sketch"]
    assert pack.provenance["materials", "sketch", "id"] == "city"


def test_an_upper_layer_replaces_single_fields_and_leaves_the_rest():
    pack = load_pack(city_services("- {id: shop-permit, promised: {amount: 5}}"))
    service = pack.services["shop-permit"]
    assert service.promised.amount == 5
    assert service.statutory is not None
    assert service.statutory.amount == 20


def test_every_field_knows_the_layer_that_set_it():
    pack = load_pack(city_services("- {id: shop-permit, promised: {amount: 5}}"))
    assert pack.provenance["services", "shop-permit", "promised"] == "city"
    assert pack.provenance["services", "shop-permit", "statutory"] == "land"
    assert pack.provenance["services", "shop-permit", "id"] == "land"
    assert pack.provenance["laws", "shop-law", "contains"] == "land"
    assert ("services", "shop-permit", "tolerance") not in pack.provenance


def test_an_upper_layer_empties_a_field_with_null():
    pack = load_pack(city_services("- {id: shop-permit, statutory: null}"))
    assert pack.services["shop-permit"].statutory is None


def test_an_upper_layer_takes_an_entry_away():
    pack = load_pack(files(city={"materials/all.yaml": "- {id: plan, remove: true}"}))
    assert "plan" not in pack.materials
    assert ("materials", "plan", "id") not in pack.provenance


def test_what_is_taken_away_but_still_needed_is_a_problem_where_it_is_needed():
    loaded = load(files(city={"materials/all.yaml": "- {id: lease, remove: true}"}), "city")
    assert [str(problem.position) for problem in loaded.problems] == ["land/services/all.yaml:12:25"]


def test_a_list_is_extended_and_narrowed_by_name():
    pack = load_pack(
        city_services(
            "- {id: shop-permit, requires: {add: [{material: plan}], remove: [photo]}, form: {add: [area]}}"
        )
    )
    service = pack.services["shop-permit"]
    assert [requirement.material for requirement in service.requires] == ["lease", "plan"]
    assert service.form == ("shop_name", "area")
    assert pack.provenance["services", "shop-permit", "requires"] == "city"


def test_an_item_is_changed_by_removing_and_adding_it():
    pack = load_pack(
        city_services(
            "- {id: shop-permit, requires: {remove: [lease], add: [{material: lease, tier: secondary}]}}"
        )
    )
    assert [requirement.tier for requirement in pack.services["shop-permit"].requires] == [
        "secondary",
        "secondary",
    ]


def test_an_item_that_is_removed_and_added_stays_in_its_place():
    lists = "- {id: kinds, items: {remove: [stall], add: [{code: stall, label: {zh: 档口, en: Booth}}, {code: tent, label: {zh: 帐篷, en: Tent}}]}}"
    kinds = load_pack(files(city={"code-lists/all.yaml": lists})).code_lists["kinds"].items
    assert [(item.code, item.label.en) for item in kinds] == [
        ("stall", "Booth"),
        ("hall", "Hall"),
        ("tent", "Tent"),
    ]


def test_the_same_item_added_twice_is_a_problem():
    loaded = load(
        city_services(
            "- {id: shop-permit, requires: {remove: [lease], add: [{material: lease}, {material: lease}]}}"
        ),
        "city",
    )
    assert [problem.message for problem in loaded.problems] == [
        'service shop-permit (requires): the list already has "lease"'
    ]


def test_a_list_that_the_layer_below_leaves_out_can_be_added_to():
    pack = load_pack(city_services("- {id: receipt, form: {add: [area]}}"))
    assert pack.services["receipt"].form == ("area",)


def test_places_are_known_by_their_code():
    pack = load_pack(files(city={"places/all.yaml": "- {code: 990100, name: {zh: 市, en: City}}"}))
    assert pack.places["990100"].id == "990100"


def test_layers_stand_from_the_bottom_to_the_top():
    pack = load_pack(files())
    assert [manifest.id for manifest in pack.layers] == ["land", "city"]
    assert pack.manifest.jurisdiction == "990100"


def test_layers_outside_the_chain_are_not_read():
    given = files() | {"other/pack.yaml": b"[broken"}
    assert load_pack(given).digest == load_pack(files()).digest


def test_the_tests_of_a_pack_are_those_of_the_uppermost_layer_and_it_keeps_the_others():
    pack = load_pack(files())
    assert [test.name for test in load_pack(files(), "land").tests] == ["large"]
    assert pack.tests == ()
    assert {layer: [test.name for test in tests] for layer, tests in pack.layer_tests.items()} == {
        "land": ["large"],
        "city": [],
    }


def test_two_layers_may_have_tests_of_the_same_name():
    test = "- {name: large, event: open-shop, at: 2026-03-02, expect: {not_services: [shop-permit]}}"
    pack = load_pack(files(city={"tests/all.yaml": test}))
    assert [tests[0].name for tests in pack.layer_tests.values()] == ["large", "large"]
    assert pack.tests[0].expect.not_services == ("shop-permit",)


def test_a_test_of_a_lower_layer_that_cannot_be_read_is_a_problem():
    loaded = load(files(land={"tests/all.yaml": "- {name: large, event: open-shop}"}), "city")
    assert [problem.code for problem in loaded.problems] == ["missing-field", "missing-field"]


def test_an_upper_asset_wins():
    drawing = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    assert load_pack(files(city={"assets/seal.svg": drawing})).assets["seal.svg"] == drawing.encode()


def test_a_missing_top_layer_is_a_problem_and_not_an_exception():
    loaded = load(files(), "town")
    assert [problem.code for problem in loaded.problems] == ["unknown-layer"]


def test_a_third_layer_speaks_last():
    manifest = CITY["pack.yaml"].replace("id: city", "id: ward").replace("extends: land", "extends: city")
    given = city_services("- {id: shop-permit, promised: {amount: 8}, form: [area]}")
    given |= {
        "ward/pack.yaml": manifest.encode(),
        "ward/services/a.yaml": b"- {id: shop-permit, promised: {amount: 4}}",
    }
    pack = load_pack(given, "ward")
    assert pack.services["shop-permit"].promised.amount == 4
    assert pack.services["shop-permit"].form == ("area",)
    assert pack.provenance["services", "shop-permit", "promised"] == "ward"
    assert pack.provenance["services", "shop-permit", "form"] == "city"
