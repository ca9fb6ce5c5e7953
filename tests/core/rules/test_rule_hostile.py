"""No text, however hostile, reaches an engine except as a quoted literal.

`hostile/*.txt` hold one text a line. `! ` stands before a text that is refused, with a place and a message; `= `
before one that is a rule, whose hostile piece is inside a text or a remark; `? ` before one that is a rule today and
ought not to be. A text writes `\\n`, `\\t`, `\\r`, `\\x00`, `\\u202e` and `\\\\` for characters that cannot be seen, and
`⟨(×300⟩` for 300 times `(`.

What is accepted goes through every emitter, and what comes out is looked at word by word: only what stands in the
lists below may be there, and texts only as values that the rule compares with.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlglot.dialects import DuckDB, Postgres, Spark
from sqlglot.tokens import Token, TokenType
from tests.core.rules.city import BOOLEAN, VOCABULARY

from tongban.core.rules import ir
from tongban.core.rules.check import compile_rule
from tongban.core.rules.evaluate import evaluate
from tongban.core.rules.printing import print_node
from tongban.core.rules.problems import render
from tongban.core.rules.rule import Rule
from tongban.core.rules.states import Brackets, Known
from tongban.core.rules.tables.table import read_table
from tongban.core.rules.tables.texts import to_rule_text
from tongban.core.rules.to_python import programs, runtime
from tongban.core.rules.to_sql import results
from tongban.core.rules.to_sql.dialects import BadName, Engine
from tongban.core.rules.to_sql.emit import TooWide
from tongban.core.rules.to_sql.source import ColumnRef, RelationRef, Source
from tongban.core.rules.to_sql.statement import statement
from tongban.core.rules.types import Kind

PARAMETERS = {
    "least_area": 1,
    "share": 0,
    "cap": 100,
    "trial": 3,
    "tax": Brackets((0,), (0,)),
    "grants": Brackets((0,), (5,)),
}
SOURCE = Source(
    "subjects",
    "id",
    {name: ColumnRef(name, known=f"{name}_known") for name in VOCABULARY.facts},
    {
        relation: RelationRef(relation, "subject", {name: ColumnRef(name) for name in fields}, order="place")
        for relation, fields in VOCABULARY.relations.items()
    },
)


@dataclass(frozen=True)
class Hostile:
    mark: str
    text: str
    file: str
    line: int

    def __repr__(self) -> str:
        return f"{self.file}:{self.line}"


_ESCAPE = re.compile(r"\\(?:(\\)|n|t|r|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def read_line(line: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = found[2] or found[3] or found[4]
        return chr(int(code, 16)) if code else {"\\": "\\", "n": "\n", "t": "\t", "r": "\r"}[found[0][1]]

    return _ESCAPE.sub(character, re.sub(r"⟨(.*?)×(\d+)⟩", lambda m: m[1] * int(m[2]), line))


@cache
def texts() -> list[Hostile]:
    found: list[Hostile] = []
    for path in sorted((Path(__file__).parent / "hostile").glob("*.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            if line and not line.startswith("# "):
                assert line[:2] in ("! ", "= ", "? "), f"{path.name}:{number}"
                found.append(Hostile(line[0], read_line(line[2:]), path.name, number))
    return found


ACCEPTED = [hostile for hostile in texts() if hostile.mark != "!"]


@cache
def rule(hostile: Hostile) -> Rule:
    found = compile_rule(hostile.text, VOCABULARY, expect=BOOLEAN).rule
    assert found
    return found


def literals(found: Rule) -> set[str]:
    return {
        node.value
        for node in ir.walk(found.root)
        if isinstance(node, ir.Literal) and isinstance(node.value, str)
    }


def test_there_are_many_different_ones() -> None:
    assert len({hostile.text for hostile in texts()}) == len(texts()) >= 300
    assert len(ACCEPTED) >= 100


@pytest.mark.parametrize("hostile", texts(), ids=repr)
def test_a_hostile_text_is_refused_with_its_place_or_is_a_rule(hostile: Hostile) -> None:
    checked = compile_rule(hostile.text, VOCABULARY, expect=BOOLEAN)
    assert (checked.rule is None) == (hostile.mark == "!"), hostile.text[:200]
    assert (checked.rule is None) == bool(checked.problems)
    lines = hostile.text.split("\n")
    for problem in checked.problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.message.endswith((".", "?"))
    for problem in checked.problems[:3]:
        assert "\x1b" not in render(problem, hostile.text, "x.rule")


# -- Python ---------------------------------------------------------------------------------------------------

_RUNTIME = {
    *runtime.__all__,
    "field",
    "date",
    "days_between",
    "months_between",
    "years_between",
    "type",
    "bool",
    "int",
}
_RUNTIME |= {"str", "abs", "min", "max", "a", "m", "facts", "parameters", "tables", "relations", "compute"}
_HEADS = {"FACTS", "PARAMETERS", "TABLES", "RELATIONS", "FIELDS"}
_NODES: tuple[type[ast.AST], ...] = (
    ast.Module, ast.Assign, ast.Name, ast.Load, ast.Store, ast.Tuple, ast.Constant, ast.FunctionDef, ast.arguments,
    ast.arg, ast.Return, ast.IfExp, ast.Compare, ast.BoolOp, ast.And, ast.Or, ast.BinOp, ast.UnaryOp, ast.Not,
    ast.USub, ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
    ast.Is, ast.IsNot, ast.In, ast.NotIn, ast.Set, ast.Call, ast.For, ast.Expr, ast.Attribute, ast.List,
)  # fmt: skip


def _python_strings() -> set[str]:
    names = {*VOCABULARY.facts, *VOCABULARY.parameters, *VOCABULARY.relations, *VOCABULARY.tables, *Kind}
    return names.union(*VOCABULARY.relations.values())


@pytest.mark.parametrize("hostile", ACCEPTED, ids=repr)
def test_of_a_hostile_rule_only_quoted_texts_are_in_the_python(hostile: Hostile) -> None:
    found = rule(hostile)
    text = programs.text({"x": found})
    assert text.isascii()
    assert len(text) < 40_000
    for node in ast.walk(ast.parse(text)):
        assert isinstance(node, _NODES), ast.dump(node)
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                assert name in _RUNTIME | _HEADS or re.fullmatch(r"[fkpqturovxD][0-9]+", name), name
            case ast.Attribute():
                assert ast.unparse(node) == "a.append"
            case ast.Call():
                assert not node.keywords
            case ast.Constant(value=str() as value):
                assert value in literals(found) | _python_strings(), value
            case ast.Constant():
                assert node.value is None or isinstance(node.value, bool | int)
            case _:
                pass


# -- SQL ------------------------------------------------------------------------------------------------------

TOKENIZERS = {Engine.DUCKDB: DuckDB, Engine.POSTGRESQL: Postgres, Engine.SPARK: Spark}
_SIGNS = {"(", ")", ",", ".", "+", "-", "*", "/", "//", "%", "=", "<>", "<", "<=", ">", ">=", "[", "]", "=>"}
_WORDS = set(
    re.findall(
        r"\w+",
        """
        WITH AS NOT MATERIALIZED SELECT FROM LEFT JOIN ON WHERE GROUP ORDER BY OFFSET FILTER
        CASE WHEN THEN ELSE END AND OR IN IS NULL TRUE FALSE BETWEEN
        CAST BOOLEAN BIGINT HUGEINT INT INTEGER DECIMAL NUMERIC VARCHAR STRING DATE
        ABS CEIL COALESCE DIV FLOOR GREATEST LEAST NULLIF SIGN
        ARG_MIN ARRAY_AGG BOOL_AND BOOL_OR COUNT MAX MIN MIN_BY SUM
        ADD_MONTHS DATEDIFF DAY EXTRACT LAST_DAY MAKE_DATE MAKE_INTERVAL MONTH MONTHS TO_MONTHS YEAR
        """,
    )
)
_SAID = {"known", "absent", "unknown", "undefined", "division by zero", "a date outside the years 1 to 9999"}
_SAID |= {f"it lies below the first bracket of '{name}'" for name in VOCABULARY.tables}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _sql(hostile: Hostile, engine: Engine) -> str | None:
    """None where the engine could not hold it, and says so."""
    try:
        return statement({"x": rule(hostile)}, SOURCE, PARAMETERS, engine)
    except (TooWide, BadName):
        return None


def _unescaped(token: Token, source: str) -> str:
    """The text that a token stands for, read here once more; of Spark's in hexadecimal digits."""
    if source[:1] in "xX":
        return bytes.fromhex(source[2:-1]).decode()
    if source[:1] in "eE":
        return re.sub(r"\\(.)|''", lambda found: found[1] or "'", source[2:-1], flags=re.DOTALL)
    return source[1:-1].replace("''", "'")


def _source(token: Token, sql: str) -> str:
    return sql[token.start : token.end + 1]


_TEXTS = {TokenType.STRING, TokenType.BYTE_STRING, TokenType.HEX_STRING, TokenType.NATIONAL_STRING}


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("hostile", ACCEPTED, ids=repr)
def test_of_a_hostile_rule_only_quoted_texts_are_in_the_sql(hostile: Hostile, engine: Engine) -> None:
    sql = _sql(hostile, engine)
    if sql is None:
        return
    assert len(sql) < 200_000
    texts_of_the_rule = literals(rule(hostile))
    for token in TOKENIZERS[engine]().tokenize(sql):
        source = _source(token, sql)
        assert not token.comments
        if token.token_type in _TEXTS:
            value = _unescaped(token, source)
            assert value in texts_of_the_rule | _SAID or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value), value
        elif token.token_type is TokenType.IDENTIFIER:
            assert _NAME.fullmatch(token.text), token.text
        elif token.token_type is TokenType.NUMBER:
            assert re.fullmatch(r"[0-9]+(\.[0-9]+)?", source), source
        else:
            words = source.upper().split()  # GROUP BY is one token
            assert source in _SIGNS or _WORDS.issuperset(words) or _NAME.fullmatch(source), source


# -- and what it means ------------------------------------------------------------------------------------------

EQUALS = [hostile for hostile in ACCEPTED if re.match(r"shop_name (=|IN) ", hostile.text)]


def _column(name: str) -> str:
    types = {Kind.BOOLEAN: "BOOLEAN", Kind.DATE: "DATE", Kind.DECIMAL: "DECIMAL(18, 1)", Kind.TEXT: "VARCHAR"}
    return f'"{name}" {types.get(VOCABULARY.facts[name].kind, "BIGINT")}, "{name}_known" BOOLEAN'


@pytest.fixture(scope="module")
def database() -> Any:
    connection = duckdb.connect(config={"enable_external_access": False})
    connection.execute(f"CREATE TABLE subjects (id BIGINT, {', '.join(map(_column, VOCABULARY.facts))})")
    return connection


@pytest.mark.parametrize("hostile", EQUALS, ids=repr)
def test_a_hostile_text_equals_itself_in_every_engine_at_hand(hostile: Hostile, database: Any) -> None:
    found = rule(hostile)
    for value in sorted(literals(found)):
        expected = evaluate(found, {"shop_name": Known(value)}, PARAMETERS)
        assert programs.program({"x": found}).run({"shop_name": Known(value)}, PARAMETERS)["x"] == expected
        sql = _sql(hostile, Engine.DUCKDB)
        if sql is None:
            continue
        assert len(duckdb.extract_statements(sql)) == 1
        database.execute("DELETE FROM subjects")
        database.execute("INSERT INTO subjects (id, shop_name, shop_name_known) VALUES (1, ?, TRUE)", [value])
        cursor = database.execute(sql)
        row = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
        assert results.state(found.type, row, "x") == expected


@pytest.mark.parametrize("hostile", ACCEPTED, ids=repr)
def test_a_hostile_rule_is_printed_and_read_again_the_same(hostile: Hostile) -> None:
    found = rule(hostile)
    text = print_node(found.root)
    again = compile_rule(text, VOCABULARY, expect=BOOLEAN).rule
    if again is None:
        assert len(text) > 4000  # with the spaces of the canonical form
    else:
        assert again.root == found.root


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a\\\\b", "a\\b"),
        ("\\u202e", "\N{RIGHT-TO-LEFT OVERRIDE}"),
        ("\\x00\\n", "\x00\n"),
        ("⟨ab×3⟩c", "abababc"),
        ("⟨(×2⟩⟨)×2⟩", "(())"),
        ("\\g", "\\g"),
    ],
)
def test_the_files_are_read_as_they_say(text: str, meant: str) -> None:
    assert read_line(text) == meant


# -- in a decision table ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", texts(), ids=repr)
def test_a_hostile_cell_stays_in_its_place(hostile: Hostile) -> None:
    """Under an input it is a test of that input or refused; under an output, what it is by itself or refused."""
    names = ["score", "shop_name", "-> x"]
    for cells in (["1", hostile.text, "TRUE"], ["1", "-", hostile.text]):
        source, problems = read_table([names, cells, ["2", "'a'", "FALSE"], ["else", "", "TRUE"]])
        written = to_rule_text(source, VOCABULARY) if source else None
        if written is None or written.problems:
            assert all(problem.message for problem in (written.problems if written else problems))
            continue
        root = compile_rule(written.texts["x"], VOCABULARY).rule.root  # type: ignore[union-attr]
        assert isinstance(root, ir.Case)
        (condition, value), (second, no) = root.branches
        assert isinstance(second, ir.And)
        assert isinstance(no, ir.Literal)
        if cells[1] == "-":
            assert value == rule(hostile).root
            assert isinstance(condition, ir.Compare)
        else:
            assert isinstance(value, ir.Literal)
            assert set(ir.facts(condition)) <= {"score", "shop_name"}
