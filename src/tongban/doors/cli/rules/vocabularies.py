"""The words of a rule in one small YAML file, for trying a rule without a pack.

    facts:
      area: {type: decimal(1), unit: m2, maximum: 5000, label: {zh: 经营面积, en: Floor area}}
      kind: {type: code, codes: kinds}
      income: {type: money}
    relations:
      children: {fields: {born: {type: date}, schooled: {type: boolean}}}
    parameters:
      cap: {type: money, value: 1500.00}
      share: {type: decimal(2), values: [{valid_from: 2026-01-01, value: 0.30}]}
    bracket-tables:
      tax: {of: {type: money}, gives: {type: decimal(2)}, rows: [{at_least: 0.00, value: 0.03}]}
    code-lists:
      kinds: {noodles: {zh: 面馆, en: Noodle shop}, bar: {zh: 酒吧, en: Bar}}

Money is written in yuan with two digits after the point. Labels may be left out; a name then stands for itself. What is read is a `Pack` that holds nothing else, so that
every command works on both. Mistakes are reported with file and line, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from tongban.core.packs import model, model_rules, names, parameters, shapes, tree
from tongban.core.packs.content import Merged
from tongban.core.packs.lint.vocabulary import yuan_problem
from tongban.core.packs.model_base import Model
from tongban.core.packs.pack import Pack, Position, Problem
from tongban.core.rules import types
from tongban.core.values.text import Bilingual

_ALWAYS = date(1, 1, 1)


class Fact(Model):
    type: str
    codes: str | None = None
    unit: str | None = None
    unit_label: Bilingual | None = None
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 200
    label: Bilingual | None = None
    question: Bilingual | None = None
    help: Bilingual | None = None
    effort: Literal["tap", "type", "look-up"] = "tap"


class Relation(Model):
    fields: Annotated[dict[str, Fact], Field(min_length=1)]
    most: int = 100
    label: Bilingual | None = None
    member: Bilingual | None = None
    question: Bilingual | None = None


class Parameter(Model):
    type: str
    unit: str | None = None
    label: Bilingual | None = None
    value: Any = None
    values: tuple[model.DatedValue, ...] = ()


class BracketTable(Model):
    of: model_rules.Column
    gives: model_rules.Column
    label: Bilingual | None = None
    rows: tuple[model_rules.BracketRow, ...] = ()
    values: tuple[model_rules.DatedBrackets, ...] = ()


class CodeList(Model):
    """Its codes; read by `_codes` because they are keys."""


_KINDS: Mapping[str, type[Model]] = {
    "facts": Fact,
    "relations": Relation,
    "parameters": Parameter,
    "bracket-tables": BracketTable,
    "code-lists": CodeList,
}


def read(file: Path) -> tuple[Pack | None, tuple[Problem, ...]]:
    """The vocabulary, or everything that is wrong with it. Raises OSError when the file cannot be read."""
    node, problems = tree.read(str(file), file.read_bytes())
    if problems:
        return None, problems
    reading = _Reading(str(file))
    pack = reading.pack(node)
    found = tuple(
        sorted(reading.problems, key=lambda problem: (problem.position.line, problem.position.column))
    )
    return (None, found) if found else (pack, ())


class _Reading:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def pack(self, node: tree.Node | None) -> Pack:
        sections = self._sections(node)
        code_lists = {name: self._codes(name, entry) for name, entry in self._entries(sections, "code-lists")}
        self._check_names(sections)
        manifest = model.Manifest(
            id="vocabulary",
            version="0.0.0",
            name=Bilingual(self.file, self.file),
            jurisdiction="000000",
            licence="CC0-1.0",
        )
        nothing: dict[str, Any] = {
            name: {}
            for name in (
                "laws",
                "calendars",
                "authorities",
                "organisations",
                "places",
                "licences",
                "resources",
            )
        }
        nothing |= {name: {} for name in ("materials", "services", "life_events")}
        return Pack(
            manifest=manifest,
            layers=(manifest,),
            digest="",
            code_lists=code_lists,
            facts=dict(self._facts(sections, code_lists)),
            relations=dict(self._relations(sections, code_lists)),
            parameters=dict(self._parameters(sections)),
            bracket_tables=dict(self._tables(sections)),
            **nothing,
        )

    def _sections(self, node: tree.Node | None) -> dict[str, tree.Table]:
        if not isinstance(node, tree.Table):
            position = node.position if node else Position(self.file, 1, 1)
            self._problem(position, "shape", f"a vocabulary has sections: {', '.join(_KINDS)}")
            return {}
        sections: dict[str, tree.Table] = {}
        for name, section in node.fields.items():
            if name not in _KINDS:
                hint = names.did_you_mean(name, _KINDS) or f"sections: {', '.join(_KINDS)}"
                self._problem(node.keys[name], "unknown-section", f'there is no section "{name}"', hint)
            elif isinstance(section, tree.Table):
                sections[name] = section
            else:
                self._problem(section.position, "shape", f"{name} is a mapping from names to what they are")
        return sections

    def _entries(self, sections: Mapping[str, tree.Table], folder: str) -> Iterator[tuple[str, tree.Table]]:
        section = sections.get(folder)
        for name, entry in section.fields.items() if section else ():
            if isinstance(entry, tree.Table):
                yield name, entry
            else:
                self._problem(entry.position, "shape", f"{folder}: {name} must be a mapping")

    def _read(self, sections: Mapping[str, tree.Table], folder: str) -> Iterator[tuple[Merged, Any]]:
        for name, entry in self._entries(sections, folder):
            merged = Merged(folder, name, entry, {})
            found, problems = shapes.read(merged, _KINDS[folder])
            self.problems += problems
            if found is not None and not problems:
                yield merged, found

    def _codes(self, name: str, entry: tree.Table) -> model.CodeList:
        items: list[dict[str, Any]] = []
        for code, label in entry.fields.items():
            if isinstance(label, tree.Scalar) and label.value is None:
                items.append({"code": code, "label": {"zh": code, "en": code}})
            else:
                items.append({"code": code, "label": shapes.data(label, Bilingual)})
        merged = Merged("code-lists", name, entry, {})
        raw = {"id": _identity(name), "name": {"zh": name, "en": name}, "items": items}
        try:
            return model.CodeList.model_validate(raw)
        except ValueError:
            hint = "write each code with its label: {code: {zh: 中文, en: English}}, or without: {code: }"
            self.problems.append(merged.problem("shape", "this is not a list of codes", hint))
            return model.CodeList.model_construct(id=name, name=Bilingual(name, name), items=())

    def _facts(
        self, sections: Mapping[str, tree.Table], code_lists: Mapping[str, model.CodeList]
    ) -> Iterator[tuple[str, model.Fact]]:
        for merged, raw in self._read(sections, "facts"):
            if not self._readable(merged, raw, code_lists):
                continue
            yield (
                merged.id,
                model.Fact.model_construct(
                    **_filled(raw, merged.id), id=merged.id, subject="enterprise", sensitivity=1, sources=()
                ),
            )

    def _relations(
        self, sections: Mapping[str, tree.Table], code_lists: Mapping[str, model.CodeList]
    ) -> Iterator[tuple[str, model_rules.Relation]]:
        for merged, raw in self._read(sections, "relations"):
            fields = [
                model_rules.RelationField.model_construct(**_filled(field, name), id=name, sensitivity=1)
                for name, field in raw.fields.items()
                if self._readable(merged, field, code_lists, "fields", name)
            ]
            yield (
                merged.id,
                model_rules.Relation.model_construct(
                    id=merged.id,
                    subject="enterprise",
                    label=raw.label or Bilingual(merged.id, merged.id),
                    member=raw.member or raw.label or Bilingual(merged.id, merged.id),
                    question=raw.question,
                    help=None,
                    most=raw.most,
                    fields=tuple(fields),
                    articles=(),
                ),
            )

    def _readable(
        self, merged: Merged, raw: Any, code_lists: Mapping[str, model.CodeList], *path: str
    ) -> bool:
        try:
            types.parse_type(raw.type, codes=raw.codes, unit=raw.unit)
        except ValueError as error:
            self.problems.append(merged.problem("wrong-type", str(error), path=(*path, "type")))
            return False
        if raw.codes is not None and raw.codes not in code_lists:
            hint = names.did_you_mean(raw.codes, code_lists)
            problem = merged.problem(
                "unknown-code-list", f'there is no code list "{raw.codes}"', hint, path=(*path, "codes")
            )
            self.problems.append(problem)
            return False
        return True

    def _parameters(self, sections: Mapping[str, tree.Table]) -> Iterator[tuple[str, model.Parameter]]:
        for merged, raw in self._read(sections, "parameters"):
            dated = raw.values or (model.DatedValue(valid_from=_ALWAYS, value=raw.value),)
            made = model.Parameter.model_construct(
                id=merged.id,
                label=raw.label or Bilingual(merged.id, merged.id),
                type=raw.type,
                unit=raw.unit,
                values=dated,
                articles=(),
            )
            where: tuple[str | int, ...] = ("type",)
            try:
                type = parameters.type_of(made)
                for index, value in enumerate(dated):
                    where = ("values", index, "value") if raw.values else ("value",)
                    _in_yuan(type, value.value)
                    types.read(type, value.value)
            except ValueError as error:
                self.problems.append(merged.problem("wrong-value", str(error), path=where))
                continue
            yield merged.id, made

    def _tables(self, sections: Mapping[str, tree.Table]) -> Iterator[tuple[str, model_rules.BracketTable]]:
        for merged, raw in self._read(sections, "bracket-tables"):
            dated = raw.values or (
                model_rules.DatedBrackets.model_construct(
                    valid_from=_ALWAYS, valid_to=None, rows=raw.rows, articles=()
                ),
            )
            made = model_rules.BracketTable.model_construct(
                id=merged.id,
                label=raw.label or Bilingual(merged.id, merged.id),
                of=raw.of,
                gives=raw.gives,
                values=dated,
                articles=(),
            )
            where: tuple[str | int, ...] = ("of",)
            try:
                type = parameters.table_type(made)
                for index, value in enumerate(dated):
                    where = ("values", index, "rows") if raw.values else ("rows",)
                    for row in value.rows:
                        _in_yuan(type.key, row.at_least)
                        _in_yuan(type.value, row.value)
                    parameters.read_rows(made, value.rows)
            except ValueError as error:
                self.problems.append(merged.problem("wrong-value", str(error), path=where))
                continue
            yield merged.id, made

    def _check_names(self, sections: Mapping[str, tree.Table]) -> None:
        """Facts, relations, parameters and tables share one name space, and are names that a rule can write."""
        seen: dict[str, str] = {}
        for folder in ("facts", "relations", "parameters", "bracket-tables"):
            section = sections.get(folder)
            for name in section.fields if section else ():
                position = section.keys[name]
                if not name.isidentifier() or not name.isascii() or name != name.lower():
                    self._problem(
                        position, "bad-name", f'"{name}" is not a name', "small letters, digits and _"
                    )
                if name in seen:
                    self._problem(position, "duplicate-name", f'"{name}" stands in {seen[name]} as well')
                seen[name] = folder

    def _problem(self, position: Position, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(position, code, message, hint))


def _in_yuan(type: types.Type, raw: object) -> None:
    """Raises ValueError for an amount that could be yuan or fen."""
    if problem := yuan_problem(type.kind, raw):
        raise ValueError(problem)


def _filled(raw: Fact, name: str) -> dict[str, Any]:
    """The fields of a fact, with its name where a label is left out."""
    fields = {key: getattr(raw, key) for key in type(raw).model_fields}
    return {**fields, "label": raw.label or Bilingual(name, name), "articles": ()}


def _identity(name: str) -> str:
    return "-".join(name.lower().split()) or "list"
