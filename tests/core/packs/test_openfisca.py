"""OpenFisca's parameters as parameters and bracket tables: what fits, exactly, and what does not, with its reason."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from tests.core.packs import shop_pack
from tests.core.packs.test_in_chinese import texts

from tongban.core.packs import in_chinese_openfisca, model, model_rules, openfisca, parameters
from tongban.core.packs.loader import load
from tongban.core.packs.openfisca import LeftOut, Settings, Source, Taken
from tongban.core.packs.openfisca_values import Counted, parse_unit
from tongban.core.packs.pack import Pack
from tongban.core.packs.parameters import resolve
from tongban.core.rules import functions
from tongban.core.rules.states import Brackets

CORE = Path(__file__).resolve().parents[3] / "src" / "tongban" / "core" / "packs"


def take(settings: Settings | None = None, /, **files: str) -> Taken:
    """`taxes__rate` is the file taxes/rate.yaml."""
    sources = [
        Source(f"p/{name.replace('__', '/')}.yaml", tuple(name.split("__")), text.encode())
        for name, text in files.items()
    ]
    return openfisca.take(sources, settings or Settings())


def packed(taken: Taken) -> Pack:
    """What was taken, written and read as a pack."""
    assert [str(one.why) for one in taken.left_out] == []
    files: dict[str, bytes] = {
        name: text if isinstance(text, bytes) else text.encode() for name, text in shop_pack.files().items()
    }
    for folder, drafts in taken.drafts.items():
        files[f"city/{folder}/of.yaml"] = openfisca.write(folder, drafts).text.encode()
    loaded = load(files, "city")
    assert loaded.pack is not None, loaded.problems
    return loaded.pack


def said(one: LeftOut) -> str:
    return f"{one.name}: {one.why}"


def values(parameter: model.Parameter) -> list[tuple[str, str | None, Any]]:
    kind = parameters.type_of(parameter)
    return [
        (
            str(one.valid_from),
            one.valid_to and str(one.valid_to),
            parameters.types.write(kind, parameters.value_at(parameter, one.valid_from)),  # type: ignore[arg-type]  # it has one on its first day
        )
        for one in parameter.values
    ]


# -- values ----------------------------------------------------------------------------------------------------


def test_a_value_holds_until_the_next_and_null_ends_it() -> None:
    text = """
description: 住房补贴
metadata: {unit: /1, label_en: Housing allowance, reference: Code A art. 3}
values:
  2014-01-01: {value: 0.3, metadata: {reference: [{title: Order 7, note: raised}]}}
  2010-01-01: 0.25
  2016-12-01: {value: null}
  2018-01-01: expected
"""
    taken = take(benefits__housing=text)
    entry = packed(taken).parameters["benefits_housing"]
    assert entry.type == "decimal(2)"
    assert entry.unit is None
    assert (entry.label.zh, entry.label.en) == ("住房补贴", "Housing allowance")
    assert values(entry) == [("2010-01-01", "2014-01-01", "0.25"), ("2014-01-01", "2016-12-01", "0.30")]
    assert entry.source == "OpenFisca benefits.housing; Code A art. 3"
    assert [one.source for one in entry.values] == [None, "Order 7, raised"]
    assert {entry.confidence, *(one.confidence for one in entry.values)} == {"recalled"}
    assert [str(note) for note in taken.notes] == [
        "p/benefits/housing.yaml:8:3: what holds from 2018-01-01 is only expected, and is not read"
    ]
    assert taken.one_language == set()


@pytest.mark.parametrize(
    ("unit", "written", "type", "own", "found"),
    [
        ("currency", "600.0", "money", None, 60000),
        ("currency", "12.5", "money", None, 1250),
        ("currency", "1_200", "money", None, 120000),
        ("currency", "1.5e3", "money", None, 150000),
        ("year", "62.0", "integer", "years", 62),
        ("year", "60.33", "decimal(2)", "years", "60.33"),
        ("month", "6", "integer", "months", 6),
        ("/1", "1", "decimal(2)", None, "1.00"),
        ("/1", "0.0125", "decimal(4)", None, "0.0125"),
        ("/1", "0.10000", "decimal(5)", None, "0.10000"),
        ("other", "true", "boolean", None, True),
        ("other", "off", "boolean", None, False),
        ("other", "2026-02-01", "date", None, "2026-02-01"),
        ("other", "'2026-02-01'", "date", None, "2026-02-01"),
        ("other", "'075'", "text", None, "075"),
    ],
)
def test_the_type_follows_from_the_unit_and_the_values(
    unit: str, written: str, type: str, own: str | None, found: Any
) -> None:
    taken = take(x=f"metadata: {{unit: {unit}}}\nvalues: {{2020-01-01: {{value: {written}}}}}")
    entry = packed(taken).parameters["x"]
    assert (entry.type, entry.unit) == (type, own)
    assert values(entry) == [("2020-01-01", None, found)]


def test_money_of_another_country_and_numbers_without_a_unit_are_asked_for() -> None:
    files = {
        "rent": "metadata: {unit: currency-EUR}\nvalues: {2020-01-01: 5}",
        "points": "values: {2020-01-01: 5}",
        "share": "metadata: {unit: smic}\nvalues: {2020-01-01: 5}",
    }
    assert sorted(map(said, take(**files).left_out)) == [
        "points: p/points.yaml:1:1: the file does not say the unit of these numbers (say what it is: --unit 'none=money', =ratio, =number or =number:UNIT)",
        "rent: p/rent.yaml:1:18: nothing says what the unit \"currency-EUR\" is (say what it is: --unit 'currency-EUR=money', =ratio, =number or =number:UNIT)",
        "share: p/share.yaml:1:18: nothing says what the unit \"smic\" is (say what it is: --unit 'smic=money', =ratio, =number or =number:UNIT)",
    ]
    units = dict(map(parse_unit, ["currency-EUR=money", "none=number:person", "smic=ratio"]))
    pack = packed(take(Settings(units), **files))
    assert {name: (pack.parameters[name].type, pack.parameters[name].unit) for name in files} == {
        "rent": ("money", None),
        "points": ("integer", "person"),
        "share": ("decimal(2)", None),
    }


@pytest.mark.parametrize("text", ["money", "a=", "=money", "a=euro", "a=number:"])
def test_a_unit_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        parse_unit(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metadata: {unit: currency}\nvalues: {2020-01-01: 1.005}", "2:22: 1.005 is not a whole number of fen (take the values from a later day on with --since, or read the unit as a number)"),
        ("metadata: {unit: /1}\nvalues: {2020-01-01: 0.1234567891}", "2:22: 0.1234567891 has 10 digits after the point, and 9 are the most (round it in the file, if law allows it)"),
        ("values: {2020-01-01: {value: [a, b]}}", "1:30: what holds from 2020-01-01 is a list, and a parameter of a pack is one value (make it a code list, or a parameter for each)"),
        ("metadata: {unit: year}\nvalues: {2020-01-01: 1, 2021-01-01: true}", '2:37: "true" is of another type than the values before it (make it several parameters)'),
        ("values: {2020-01: 1}", '1:10: "2020-01" is not a day (write it as 2026-01-31)'),
        ("values: {2020-02-30: 1}", '1:10: "2020-02-30" is not a day (write it as 2026-01-31)'),
        ("values: {2020-01-01: {note: x}}", "1:10: nothing says what holds from 2020-01-01 (add value)"),
        ("values: {2020-01-01: null}", "1:1: no day has a value (write one, or take the parameter out)"),
        ("values: {2020-01-01: {value: 1, unit: year}}", "1:33: a single value has a unit of its own (make it several parameters)"),
        ("metadata: {unit: year}\nvalues: {2020-01-01: 010}", '2:22: "010" is another number for other readers of YAML (write it in plain digits, or in quotes)'),
        ("metadata: {unit: hour}\nvalues: {2020-01-01: 12:30}", '2:22: "12:30" is another number for other readers of YAML (write it in plain digits, or in quotes)'),
        ("metadata: {unit: year}\nvalues: {2020-01-01: .inf}", '2:22: ".inf" is not a number'),
        ("values: [1]", '1:1: "values" must hold days and their values'),
        ("values: {2020-01-01: a}\nother: {values: {2020-01-01: b}}", '2:1: "other" stands beside values or brackets, where no other parameter can (move it up or into a file of its own)'),
        ("values: {2020-01-01: a}\nbrackets: []", "2:1: this has values and brackets (make it two parameters)"),
        ("5", "1:1: this is neither a parameter nor a scale nor a node with some in it (write values or brackets)"),
        ("a: &x 5", "1:4: packs do not use YAML anchors and aliases (& and *) (write the content out, or quote the text)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_by_its_place_in_both_languages(text: str, message: str) -> None:
    (one,) = take(x=text).left_out
    assert str(one.why) == f"p/x.yaml:{message}"
    chinese = in_chinese_openfisca.in_chinese_of_import(one.why)
    assert chinese.message != one.why.message
    assert chinese.hint != one.why.hint or one.why.hint is None
    assert (chinese.position, chinese.code) == (one.why.position, one.why.code)


def test_one_wrong_value_keeps_its_parameter_out_unless_it_is_over_before_the_day_that_is_asked_for() -> None:
    text = "metadata: {unit: currency}\nvalues: {1990-01-01: 1.005, 2002-01-01: 2, 2010-01-01: 3}"
    old = "metadata: {unit: currency}\nvalues: {1990-01-01: 1.005, 2002-01-01: null}"
    assert len(take(x=text, old=old).left_out) == 2
    taken = take(Settings(since=date(2002, 1, 1)), x=text, old=old)
    assert values(packed(taken).parameters["x"]) == [
        ("2002-01-01", "2010-01-01", 200),
        ("2010-01-01", None, 300),
    ]
    assert taken.over == 1


# -- names -----------------------------------------------------------------------------------------------------


def test_folders_nodes_and_a_prefix_make_the_name() -> None:
    node = """
description: Housing tax
unit: currency
rate: {description: By area, values: {2010-01-01: 10}}
Minimal-Amount.1: {2010-01-01: 200}
"""
    index = "description: All taxes\nmetadata: {reference: Tax code}"
    taken = take(Settings(prefix="fr"), taxes__housing=node, taxes__index=index)
    pack = packed(taken)
    by_area, least = (
        pack.parameters["fr_taxes_housing_rate"],
        pack.parameters["fr_taxes_housing_minimal_amount_1"],
    )
    assert by_area.label.zh == by_area.label.en == "By area"
    assert by_area.type == least.type == "money"  # the node above says the unit
    assert by_area.source == "OpenFisca taxes.housing.rate; Tax code"
    assert least.label.en == "taxes.housing.Minimal-Amount.1"
    assert taken.one_language == {by_area.id, least.id}


def test_names_that_cannot_be_and_names_that_are_the_same_are_left_out() -> None:
    value = "{2010-01-01: a}"
    taken = take(été=f"x: {value}", **{"2x": value, "a-b": value, "a_b": value, "补贴": value})
    assert [draft.id for draft in taken.drafts["parameters"]] == ["ete_x"]
    assert sorted(map(said, taken.left_out)) == [
        '2x: p/2x.yaml:1:1: "2x" makes no name of small letters, digits and _, beginning with a letter (rename it in the files, or give --prefix)',
        'a-b: p/a-b.yaml:1:1: "a_b" would be the name of a_b too (rename one in the files)',
        'a_b: p/a_b.yaml:1:1: "a_b" would be the name of a-b too (rename one in the files)',
        '补贴: p/补贴.yaml:1:1: "补贴" makes no name of small letters, digits and _, beginning with a letter (rename it in the files, or give --prefix)',
    ]


def test_nothing_in_an_index_file_is_lost() -> None:
    (one,) = take(a__index="description: A\nx: {2010-01-01: y}").left_out
    assert said(one) == 'a.x: p/a/index.yaml:2:1: an index file speaks of its folder, and "x" is no part of that (move it into a file of its own)'  # fmt: skip


def test_everything_that_is_left_out_is_in_the_rest() -> None:
    text = "description: D\nmetadata: {unit: smic}\nvalues: {2010-01-01: {value: 1.10}, 2011-01-01: 2}"
    rows = [row[:5] for row in openfisca.rest(take(x=text, bad="a: [").left_out)]
    assert rows == [
        ("p/bad.yaml", 1, "bad", "", ""),
        ("p/x.yaml", 1, "x", "description", "D"),
        ("p/x.yaml", 2, "x", "metadata.unit", "smic"),
        ("p/x.yaml", 3, "x", "values.2010-01-01.value", "1.10"),
        ("p/x.yaml", 3, "x", "values.2011-01-01", "2"),
    ]


def test_fields_that_a_pack_has_no_place_for_are_counted() -> None:
    text = "documentation: Long\nmetadata: {unit: year, notes: N}\nvalues: {2010-01-01: 1}"
    assert take(x=text, y=text).unread == {"documentation": 2, "notes": 2}


# -- scales ----------------------------------------------------------------------------------------------------

CONTRIBUTION = """
description: Contribution
metadata: {threshold_unit: currency, rate_unit: /1, type: marginal_rate}
brackets:
- rate: {2013-01-01: {value: 0.03}, 2015-01-01: {value: 0.04}}
  threshold: {2013-01-01: {value: 0.0}}
- rate: {2013-01-01: {value: 0.1}, 2016-01-01: {value: null}}
  threshold: {2013-01-01: {value: 12000.0}, 2014-01-01: {value: 12100.5}}
"""


def rows(table: model_rules.BracketTable, day: str) -> list[tuple[Any, str]]:
    found = parameters.brackets_at(table, date.fromisoformat(day))
    return (
        []
        if found is None
        else [(low, str(value)) for low, value in zip(found.lower, found.values, strict=True)]
    )


def test_a_scale_has_all_its_rows_for_each_day_on_which_something_changes() -> None:
    table = packed(take(c=CONTRIBUTION)).bracket_tables["c"]
    assert (table.of.type, table.gives.type) == ("money", "decimal(2)")
    assert [str(one.valid_from) for one in table.values] == [
        "2013-01-01",
        "2014-01-01",
        "2015-01-01",
        "2016-01-01",
    ]
    assert rows(table, "2012-12-31") == []
    assert rows(table, "2013-06-01") == [(0, "0.03"), (1_200_000, "0.10")]
    assert rows(table, "2014-06-01") == [(0, "0.03"), (1_210_050, "0.10")]
    assert rows(table, "2015-06-01") == [(0, "0.04"), (1_210_050, "0.10")]
    assert rows(table, "2030-06-01") == [(0, "0.04")]


def test_periods_with_the_same_rows_are_one_and_brackets_come_in_order() -> None:
    text = """
metadata: {threshold_unit: year}
brackets:
- {threshold: {2010-01-01: 5}, rate: {2010-01-01: 0.2, 2011-01-01: 0.2, 2012-01-01: null, 2013-01-01: 0.2}}
- {threshold: {2010-01-01: 1}, rate: {2010-01-01: 0.1, 2012-01-01: null}}
"""
    table = packed(take(c=text)).bracket_tables["c"]
    assert [(str(one.valid_from), str(one.valid_to)) for one in table.values] == [
        ("2010-01-01", "2012-01-01"),
        ("2013-01-01", "None"),
    ]
    assert rows(table, "2011-06-01") == [(1, "0.10"), (5, "0.20")]
    assert rows(table, "2013-06-01") == [(5, "0.20")]


AMOUNTS = """
metadata: {{threshold_unit: currency, amount_unit: currency{type}}}
brackets:
- {{threshold: {{2017-01-01: 249}}, amount: {{2017-01-01: 1}}}}
- {{threshold: {{2017-01-01: 499}}, amount: {{2017-01-01: 1.5}}}}
"""


def test_a_single_amount_is_that_of_its_bracket_and_nothing_below_the_first() -> None:
    taken = take(m=AMOUNTS.format(type=", type: single_amount"))
    table = packed(taken).bracket_tables["m"]
    assert rows(table, "2017-01-01") == [(0, "0"), (24_900, "100"), (49_900, "150")]


def test_other_amounts_are_added_up_and_each_counts_above_its_threshold() -> None:
    pack = packed(take(m=AMOUNTS.format(type="")))
    table = resolve(pack, date(2017, 1, 1))["m"]
    assert isinstance(table, Brackets)
    lower, amounts = cast("Any", table.lower), cast("Any", table.values)  # whole fen
    passed = {fen: functions.bracket(fen, lower, amounts) for fen in (0, 24_900, 24_901, 49_900, 49_901)}
    assert passed == {0: 0, 24_900: 0, 24_901: 100, 49_900: 100, 49_901: 250}
    assert "added up" in str(pack.bracket_tables["m"].source)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("brackets: [{threshold: {2020-01-01: 1}, average_rate: {2020-01-01: 0.1}}]", "1:68: an average rate rises evenly inside a bracket, and in a table of a pack it is the same throughout (write it as a rule)"),
        ("brackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}, base: {2020-01-01: 0.5}}]", "1:85: the rate counts for a part of the base, and a table of a pack has no place for that (multiply the rate by it in the file)"),
        ("brackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}, amount: {2020-01-01: 1}}]", "1:1: a scale has rates or amounts, and this has both"),
        ("brackets: [{threshold: {2020-01-01: 1}}]", "1:1: the brackets have neither rates nor amounts"),
        ("metadata: {type: single_amount}\nbrackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}}]", "2:1: the type is single_amount, and the brackets have no amount"),
        ("metadata: {type: odd}\nbrackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}}]", '2:1: nothing says what a scale of the type "odd" is (one of: single_amount, marginal_amount, marginal_rate)'),
        ("brackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}}]", "1:1: the file does not say the unit of these numbers (say what it is: --unit 'none=money', =ratio, =number or =number:UNIT)"),
        ("brackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: null}}]", "1:1: no bracket has both its threshold and its value on any day"),
        ("brackets: [{threshold: {2020-01-01: 1}, rate: {2020-01-01: 0.1}}, {threshold: {2020-01-01: 1.0}, rate: {2021-01-01: 0.1}}]", "1:92: two brackets begin at 1.0 on 2021-01-01 (keep one)"),
        ("brackets: [{threshold: {2020-01-01: x}, rate: {2020-01-01: 0.1}}]", '1:37: "x" is not a number'),
        ("brackets: [{limit: {2020-01-01: x}}]", '1:13: a bracket has no "limit" (one of: threshold, rate, amount, average_rate, base)'),
        ("brackets: [{threshold: 5}]", '1:13: "threshold" must hold days and their values'),
        ("brackets: {}", "1:11: brackets must be a list with a mapping for each bracket"),
        ("metadata: {threshold_unit: /1, amount_unit: currency}\nbrackets: [{threshold: {2020-01-01: 0.5}, amount: {2020-01-01: 1}}]", "2:37: amounts count above a threshold, and what comes next after it is known only of money and whole numbers (write it as a rule)"),
    ],
)  # fmt: skip
def test_a_scale_that_no_table_says_is_left_out_with_its_reason(text: str, message: str) -> None:
    (one,) = take(x=text).left_out
    assert str(one.why) == f"p/x.yaml:{message}"
    chinese = in_chinese_openfisca.in_chinese_of_import(one.why)
    assert chinese.message != one.why.message
    assert chinese.hint != one.why.hint or one.why.hint is None


# -- again -----------------------------------------------------------------------------------------------------


def test_the_same_numbers_are_known_again_whatever_their_words() -> None:
    files = {"c": CONTRIBUTION, "age": "metadata: {unit: year}\nvalues: {2010-01-01: 18}"}
    pack = packed(take(**files))
    again = take(**{name: text.replace("Contribution", "Beitrag") for name, text in files.items()})
    (age,), (scale,) = again.drafts["parameters"], again.drafts["bracket-tables"]
    assert openfisca.is_same("parameters", age, pack.parameters["age"])
    assert openfisca.is_same("bracket-tables", scale, pack.bracket_tables["c"])
    other = take(c=CONTRIBUTION.replace("0.04", "0.05"), age=files["age"].replace("18", "21"))
    (age,), (scale,) = other.drafts["parameters"], other.drafts["bracket-tables"]
    assert not openfisca.is_same("parameters", age, pack.parameters["age"])
    assert not openfisca.is_same("bracket-tables", scale, pack.bracket_tables["c"])
    assert not openfisca.is_same("parameters", age, None)


def test_a_problem_in_what_is_written_leads_back_to_the_value_in_its_file() -> None:
    taken = take(Settings({"none": Counted("number")}), a="values:\n  2010-01-01: 1\n  2011-01-01: 2")
    written = openfisca.write("parameters", taken.drafts["parameters"])
    line = next(
        number for number, text in enumerate(written.text.splitlines(), 1) if "from: 2011-01-01" in text
    )
    draft, cell = written.came_from(line, 40)
    assert (draft.id, str(cell)) == ("a", "p/a.yaml:3:15")


def test_everything_that_the_import_can_say_is_in_the_table() -> None:
    said = {
        text
        for name in ("openfisca", "openfisca_values", "openfisca_scales")
        for text in texts(CORE / f"{name}.py")
        if in_chinese_openfisca.WORDING.chinese(text) is None
    }
    assert said == {
        "OpenFisca …",  # a source, which is no message
        "the amounts are added up, each from above its threshold",
    }
