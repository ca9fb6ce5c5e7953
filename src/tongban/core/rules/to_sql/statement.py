"""One statement for all rules of a policy.

    statement({"condition": rule, "amount": rule}, source, parameters, Engine.DUCKDB)

gives a SELECT with the key of each subject and, for each rule, `<name>_state` ('known', 'absent', 'unknown',
'undefined'), `<name>_value` (BOOLEAN, BIGINT or wider for whole numbers and fen, DECIMAL, DATE, VARCHAR; NULL
unless known) and `<name>_reason` (why it is undefined). `results` reads them.

Parameters are written into the statement: it holds for the date that they were resolved for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tongban.core.rules import ir
from tongban.core.rules.rule import OnUndefined, Rule
from tongban.core.rules.states import Parameters
from tongban.core.rules.to_sql.columns import NUMERIC, Reasons, Setting
from tongban.core.rules.to_sql.dialects import DIALECTS, Dialect, Engine
from tongban.core.rules.to_sql.emit import Emission, TooWide
from tongban.core.rules.to_sql.layers import Layers, Names, Select, last_part
from tongban.core.rules.to_sql.numbers import TooManyDigits
from tongban.core.rules.to_sql.relations import Members, Nobody, gathered
from tongban.core.rules.to_sql.source import Source
from tongban.core.rules.to_sql.terms import (
    ABSENT,
    FALSE,
    KNOWN,
    OPENS,
    UNDEFINED,
    Outcome,
    Term,
    choose,
    either,
)
from tongban.core.rules.types import Kind, Range


def statement(rules: Mapping[str, Rule], source: Source, parameters: Parameters, engine: Engine) -> str:
    """The SELECT that gives state, value and reason of each rule for each subject of the source.

    Raises TooWide when the engine cannot hold a number of a rule, BadName for a name or text that it cannot hold,
    and ValueError when two columns of the result would have one name.
    """
    dialect = DIALECTS[engine]
    setting = Setting(dialect, source, parameters, Reasons(), _ranges(rules))
    subjects = _Subjects(setting)
    results = [
        column for name, rule in rules.items() for column in _result(name, rule, subjects.emission, setting)
    ]
    names = [source.key, *(name for name, _ in results)]
    if len({name.lower() for name in names}) < len(names):
        raise ValueError(f"Two columns of the result would have the same name: {', '.join(names)}.")
    tables, last = subjects.tables()
    quoted = dialect.identifier
    columns = [f"{subjects.key.sql} AS {quoted(source.key)}"]
    columns += [f"{sql} AS {quoted(name)}" for name, sql in results]
    common = ",\n".join(f"{table.name} AS {dialect.common}(\n{table.text('  ')}\n)" for table in tables)
    return f"WITH {common}\n{Select('', tuple(columns), (f'FROM {last}',)).text()}\n"


class _Subjects:
    """The table of the subjects, joined with the totals of their relations."""

    def __init__(self, setting: Setting) -> None:
        source = setting.source
        tables = [source.table, *(relation.table for relation in source.relations.values())]
        self._names = Names(*map(last_part, tables))
        self._setting = setting
        self._layers = Layers(setting.dialect, self._names, "subject", "step")
        self.key = self._layers.read(f"s.{setting.dialect.identifier(source.key)}", "key")
        self.emission = Emission(setting, self._layers, self)
        self._nobody = Nobody(setting, self._layers, self.emission)
        self._members: dict[str, Members] = {}
        self._known: dict[str, Term] = {}

    def fact(self, node: ir.Fact) -> Outcome:
        column = self._setting.source.columns.get(node.name)
        return self._setting.column(self._layers, "s", column, node.name, node.type)

    def member(self, node: ir.Member) -> Outcome:
        raise AssertionError("a field of a member stands in an aggregate")

    def aggregate(self, node: ir.Aggregate) -> Outcome:
        relation = self._setting.source.relations.get(node.relation)
        if relation is None:
            return self._nobody.total(node)
        if node.relation not in self._members:
            alias = f"r{len(self._members) + 1}"
            self._members[node.relation] = Members(self._setting, relation, self._names, node.relation, alias)
            if relation.known is not None:
                known = f"s.{self._setting.dialect.identifier(relation.known)}"
                self._known[node.relation] = self._layers.read(known, f"{node.relation}_known")
        total = self._members[node.relation].total(node)
        known = self._known.get(node.relation)
        blank = self._nobody.total(node) if known else None
        return gathered(node, self.emission, total, blank, known)

    def tables(self) -> tuple[list[Select], str]:
        """All selects in the order in which they are read, and the name of the last."""
        found: list[Select] = []
        come_from = [f"FROM {self._setting.dialect.table(self._setting.source.table)} s"]
        for members in self._members.values():
            tables, join = members.tables()
            found += tables
            come_from.append(join)
        found += self._layers.tables(tuple(come_from))
        return found, found[-1].name


def _result(name: str, rule: Rule, emission: Emission, setting: Setting) -> list[tuple[str, str]]:
    """The three columns of a rule."""
    dialect = setting.dialect
    found = emission.held(emission.of(rule.root))
    settles = rule.on_undefined is OnUndefined.NO
    condition = rule.type.kind is Kind.BOOLEAN
    undefined = found.among(found.undefined)
    known = found.among({KNOWN})
    absent = found.among({ABSENT})
    if settles and condition:
        known = either([known, undefined])
    elif settles:
        absent = either([absent, undefined])
    states = [(known, "known"), (absent, "absent"), (found.among(OPENS), "unknown"), (undefined, "undefined")]
    *states, (_, last) = [(test, _text(said, dialect)) for test, said in states if test != FALSE]
    value = _value(found, rule, emission)
    if settles and condition:
        value = choose([(undefined, FALSE)], value)
    no_reason = Term(dialect.null(Kind.TEXT), atom=True)
    reasons = [] if settles else sorted(found.undefined)
    reason = choose(
        [(found.among({code}), _text(setting.reasons.texts[code - UNDEFINED], dialect)) for code in reasons],
        no_reason,
    )
    return [
        (f"{name}_state", choose(states, last).sql),
        (f"{name}_value", value.sql),
        (f"{name}_reason", reason.sql),
    ]


def _value(found: Outcome, rule: Rule, emission: Emission) -> Term:
    """The value as the type of the rule says, from the scaled number."""
    dialect, root, type = emission.dialect, rule.root, rule.type
    if type.kind is Kind.DECIMAL:
        if KNOWN not in found.codes:
            return Term(f"CAST(NULL AS {dialect.decimal(type.scale)})")
        try:
            number = emission.numbers.shift(found.value, type.scale - root.type.scale)
            emission.numbers.is_wide(number.low, number.high)
        except TooManyDigits as problem:
            raise TooWide(root, dialect, problem) from None
        digits = len(str(max(abs(number.low), abs(number.high))))
        number = emission.layers.hold(number, "result")
        return replace(number, sql=dialect.to_decimal(number.sql, type.scale, digits), atom=False)
    if type.kind in NUMERIC and KNOWN in found.codes:
        wide = emission.numbers.is_wide(found.value.low, found.value.high)
        return replace(found.value, sql=f"CAST({found.value.sql} AS {dialect.whole(wide)})")
    return found.value


def _text(text: str, dialect: Dialect) -> Term:
    return Term(dialect.text(text), atom=True)


def _ranges(rules: Mapping[str, Rule]) -> dict[str, Range]:
    """The ranges that all rules rest on."""
    found: dict[str, Range] = {}
    for rule in rules.values():
        found |= rule.ranges
    return found
