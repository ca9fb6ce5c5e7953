"""Parameters of OpenFisca as parameters and bracket tables of a pack, and a report of what did not fit.

    benefits/index.yaml              what the folder is
    benefits/basic_income.yaml       -> parameter benefits_basic_income
    taxes/housing_tax.yaml, rate:    -> parameter taxes_housing_tax_rate

OpenFisca dates the beginning of a value, and `null` ends it; a pack writes `valid_from` and `valid_to`. A parameter of
which one value does not fit is left out whole: half a history would be another law. Nothing is guessed; a unit that
does not say whether it is money is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from tongban.core.packs import (
    importing,
    kinds,
    mappings,
    model,
    model_rules,
    openfisca_scales,
    parameters,
    tree,
)
from tongban.core.packs import openfisca_values as read
from tongban.core.packs.content import NOUNS, Content, Merged
from tongban.core.packs.importing import Draft
from tongban.core.packs.openfisca_values import Counted, Dated, Misfit, Typed
from tongban.core.packs.pack import Position, Problem
from tongban.core.rules import types

INDEX: Final = "index"
"""The file that speaks of its folder."""
FOLDERS: Final = ("parameters", "bracket-tables")
CONFIDENCE: Final = "recalled"
"""Nobody has read the number in its law on the way here."""
_OF_A_NODE: Final = ("description", "metadata", "unit", "reference", "documentation")
_READ: Final = (
    "unit",
    "threshold_unit",
    "rate_unit",
    "amount_unit",
    "reference",
    "type",
    "label_zh",
    "label_en",
)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A YAML file."""

    file: str
    """As people are told of it."""
    path: tuple[str, ...]
    """Its folders and its name without .yaml: what the names in it begin with."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    units: Mapping[str, Counted] = field(default_factory=dict[str, Counted])
    """What units are that nobody knows, or that mean something else here."""
    prefix: str = ""
    """Put before every name, with a `_`."""
    since: date | None = None
    """Values that are over on this day are not read."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A parameter, a scale or a file that is not imported."""

    name: str
    """As OpenFisca calls it: `taxes.housing_tax.rate`."""
    position: Position
    node: tree.Node | None
    """What it says; None when the file cannot be read."""
    why: Problem


@dataclass(slots=True)
class Taken:
    drafts: dict[str, list[Draft]] = field(default_factory=lambda: {folder: [] for folder in FOLDERS})
    """By folder of the pack."""
    left_out: list[LeftOut] = field(default_factory=list[LeftOut])
    notes: list[Problem] = field(default_factory=list[Problem])
    """What keeps nothing out: values that are only expected."""
    unread: Counter[str] = field(default_factory=Counter[str])
    """Fields that a pack has no place for, such as `documentation`, and how many parameters have them."""
    over: int = 0
    """How many are not read because all of it was over."""
    one_language: set[str] = field(default_factory=set[str])
    """Ids of drafts whose label the files give in one language only; it stands for the other as well."""
    nodes: dict[str, tuple[str, tree.Node]] = field(default_factory=dict[str, tuple[str, tree.Node]])
    """Id of a draft -> its name in OpenFisca, and what was read."""

    def leave_out(self, draft: Draft, why: Problem) -> None:
        """Takes a draft away: the pack refuses it."""
        name, node = self.nodes[draft.id]
        self.left_out.append(LeftOut(name, draft.position, node, why))
        for drafts in self.drafts.values():
            drafts[:] = [other for other in drafts if other is not draft]


def take(sources: Iterable[Source], settings: Settings) -> Taken:
    """What the files say. An `index` speaks of its folder wherever it stands among them."""
    walk = _Walk(settings)
    for source in sorted(sources, key=lambda source: (source.path[-1] != INDEX, source.path)):
        walk.read(source)
    return walk.finish()


def write(folder: str, drafts: Sequence[Draft]) -> importing.Written:
    """The drafts of one folder as YAML."""
    return importing.write(drafts, _plan(folder))


def _plan(folder: str) -> mappings.Plan:
    mapping = mappings.Mapping(kind=folder, columns={"id": mappings.Column(column="id")})
    nowhere = tree.Table({}, {}, Position(""))
    return mappings.Plan(mapping, Merged("mapping", "", nowhere, {}))


def name_taken(content: Content, folder: str, draft: Draft) -> Problem | None:
    """A problem when something else that rules can name is called so already."""
    for other in ("facts", "relations", *FOLDERS):
        if other != folder and draft.id in content.known(other):
            message = f"a {NOUNS[other]} has the same name"
            return Problem(draft.position, "name-clash", message, "rename it in the files, or give --prefix")
    return None


def differs(draft: Draft) -> Problem:
    message = f"the pack has {draft.id} already, with other values, and it is left as it is"
    return Problem(
        draft.position, "differs", message, "change it in its file, or take it out there and import again"
    )


def is_same(folder: str, draft: Draft, held: model.Parameter | model_rules.BracketTable | None) -> bool:
    """Whether the pack holds the same numbers under this name: labels, sources and confidence may be anybody's."""
    new = kinds.KINDS[folder][1].model_validate(draft.flat)
    try:
        return held is not None and _numbers(new) == _numbers(held)
    except (ValueError, TypeError):
        return False


def _numbers(entry: Any) -> list[Any]:
    """Raises ValueError for what is no number of its type."""
    said: list[Any]
    if isinstance(entry, model.Parameter):
        kind = parameters.type_of(entry)
        said = [kind]
        said += [(one.valid_from, one.valid_to, types.read(kind, one.value)) for one in entry.values]
        return said
    assert isinstance(entry, model_rules.BracketTable)
    said = [parameters.table_type(entry)]
    said += [(one.valid_from, one.valid_to, parameters.read_rows(entry, one.rows)) for one in entry.values]
    return said


def rest(left_out: Iterable[LeftOut]) -> Iterator[tuple[str, int, str, str, str, Problem]]:
    """Everything that was left out, a row for each value: file, line, name, path, value, and why."""
    for one in left_out:
        said = list(_leaves(one.node, "")) if one.node else []
        for path, scalar in said:
            yield one.position.file, scalar.position.line, one.name, path, scalar.text, one.why
        if not said:
            yield one.position.file, one.position.line, one.name, "", "", one.why


def _leaves(node: tree.Node, path: str) -> Iterator[tuple[str, tree.Scalar]]:
    if isinstance(node, tree.Scalar):
        yield path, node
    elif isinstance(node, tree.List):
        for index, item in enumerate(node.items):
            yield from _leaves(item, f"{path}[{index}]")
    else:
        for key, below in node.fields.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)


class _Walk:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._taken = Taken()
        self._above: dict[tuple[str, ...], tree.Table] = {}
        """What folders and nodes say of themselves."""
        self._entries: list[tuple[str, str, Draft, tree.Node]] = []
        """Folder of the pack, name, draft and where it comes from."""

    def read(self, source: Source) -> None:
        start = Position(source.file, 1, 1)
        is_index = source.path[-1] == INDEX
        path = source.path[:-1] if is_index else source.path
        node, problems = tree.read(source.file, source.content)
        if problems:
            self._leave(path, start, None, problems[0])
        elif is_index and isinstance(node, tree.Table):
            self._above[path] = node
            for key, below in node.fields.items():
                if key not in _OF_A_NODE:
                    message = f'an index file speaks of its folder, and "{key}" is no part of that'
                    why = Problem(node.keys[key], "index", message, "move it into a file of its own")
                    self._leave((*path, key), node.keys[key], below, why)
        elif node is not None:
            self._visit(path, node, Position(source.file, 1, 1))

    def finish(self) -> Taken:
        named: dict[str, list[tuple[str, str, Draft, tree.Node]]] = {}
        for entry in self._entries:
            named.setdefault(entry[2].id, []).append(entry)
        for entries in named.values():
            for folder, name, draft, node in entries:
                if len(entries) == 1:
                    self._taken.drafts[folder].append(draft)
                    self._taken.nodes[draft.id] = (name, node)
                    continue
                other = next(other for _, other, taken, _ in entries if taken is not draft)
                message = f'"{draft.id}" would be the name of {other} too'
                why = Problem(draft.position, "same-name", message, "rename one in the files")
                self._taken.left_out.append(LeftOut(name, draft.position, node, why))
        return self._taken

    def _visit(self, path: tuple[str, ...], node: tree.Node, place: Position) -> None:
        if not isinstance(node, tree.Table):
            message = "this is neither a parameter nor a scale nor a node with some in it"
            self._leave(
                path, place, node, Problem(place, "no-parameter", message, "write values or brackets")
            )
        elif "values" in node.fields or "brackets" in node.fields or read.is_dated(node):
            self._entry(path, node, place)
        else:
            self._above[path] = node
            for key, below in node.fields.items():
                if key not in _OF_A_NODE:
                    self._visit((*path, key), below, node.keys[key])

    def _entry(self, path: tuple[str, ...], node: tree.Table, place: Position) -> None:
        try:
            draft = Draft(self._id(path, place), place, [])
            draft.cells[("label",)] = node.keys.get("description", place)
            is_scale = "brackets" in node.fields
            _require_no_more(node)
            said = self._said(path, node)
            notes = self._scale(draft, node, said) if is_scale else self._parameter(draft, node, said)
        except Misfit as misfit:
            self._leave(path, place, node, misfit.problem)
            return
        except read.Over:
            self._taken.over += 1
            return
        label = self._label(draft.id, path, node, said)
        sources = [f"OpenFisca {'.'.join(path)}", *draft.flat.pop("said", ()), *self._references(path, node)]
        kept = {
            "id": draft.id,
            "label": label,
            **draft.flat,
            "source": "; ".join(sources),
            "confidence": CONFIDENCE,
        }
        draft.flat = kept
        self._taken.notes += notes
        self._count_unread(node)
        self._entries.append((FOLDERS[is_scale], ".".join(path), draft, node))

    def _id(self, path: tuple[str, ...], place: Position) -> str:
        words = [self._settings.prefix, *path] if self._settings.prefix else path
        plain = unicodedata.normalize("NFKD", "_".join(words)).encode("ascii", "ignore").decode().lower()
        lost = any(character.isalnum() and not _has_plain_form(character) for character in "".join(words))
        name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
        if lost or not _NAME.fullmatch(name):
            message = (
                f'"{".".join(path)}" makes no name of small letters, digits and _, beginning with a letter'
            )
            raise Misfit(place, "no-name", message, "rename it in the files, or give --prefix")
        return name

    def _parameter(self, draft: Draft, node: tree.Table, said: Mapping[str, tree.Scalar]) -> list[Problem]:
        held = node.fields.get("values", node)
        place = node.keys.get("values", node.position)
        if not isinstance(held, tree.Table):
            raise Misfit(place, "not-a-day", '"values" must hold days and their values')
        every, notes = read.values(held)
        periods = list(_periods(every))
        if not periods:
            raise Misfit(place, "no-value", "no day has a value", "write one, or take the parameter out")
        since = self._settings.since
        periods = [period for period in periods if since is None or period[1] is None or period[1] > since]
        if not periods:
            raise read.Over
        values = [dated for dated, _ in periods]
        kind = read.kind_of(values)
        if kind is Decimal:
            type = read.typed(values, read.counted(said.get("unit"), self._settings.units, place))
        else:
            type = Typed({bool: "boolean", date: "date"}.get(kind, "text"))
        by_day = read.references_by_day(_reference(node))
        written: list[dict[str, Any]] = []
        for index, (dated, end) in enumerate(periods):
            sources = (*dated.sources, *by_day.pop(dated.day, ()))
            value: dict[str, Any] = {"value": type.written(dated.value)} if dated.value is not None else {}
            written.append(_dated(dated.day, end, value, sources))
            draft.cells["values", index] = dated.position
        draft.flat = {"type": type.type, **({"unit": type.unit} if type.unit else {}), "values": written}
        if since is None:
            draft.flat["said"] = [text for texts in by_day.values() for text in texts]
        return notes

    def _scale(self, draft: Draft, node: tree.Table, said: Mapping[str, tree.Scalar]) -> list[Problem]:
        scale, notes = openfisca_scales.scale(node, said, self._settings.units, self._settings.since)
        by_day = read.references_by_day(_reference(node))
        written: list[dict[str, Any]] = []
        for index, period in enumerate(scale.periods):
            sources = (*period.sources, *by_day.pop(period.start, ()))
            rows: list[dict[str, Any]] = []
            for number, row in enumerate(period.rows):
                at_least, value = scale.of.written(row.at_least), scale.gives.written(row.value)
                rows.append({"at_least": at_least, "value": value})
                draft.cells["values", index, "rows", number, "at_least"] = row.positions[0]
                draft.cells["values", index, "rows", number, "value"] = row.positions[1]
            written.append(_dated(period.start, period.end, {"rows": rows}, sources))
        draft.flat = {"of": _column(scale.of), "gives": _column(scale.gives), "values": written}
        draft.flat["said"] = (
            ["the amounts are added up, each from above its threshold"] if scale.summed else []
        )
        if self._settings.since is None:
            draft.flat["said"] += [text for texts in by_day.values() for text in texts]
        return notes

    def _said(self, path: tuple[str, ...], node: tree.Table) -> dict[str, tree.Scalar]:
        """What metadata says in words. A unit that it lacks is that of the nearest node above, which has no numbers."""
        said: dict[str, tree.Scalar] = {}
        for length in range(len(path)):
            if above := self._above.get(path[:length]):
                said |= {name: text for name, text in _words(above).items() if name.endswith("unit")}
        return said | _words(node)

    def _label(
        self, name: str, path: tuple[str, ...], node: tree.Table, said: Mapping[str, tree.Scalar]
    ) -> dict[str, str]:
        description = node.fields.get("description")
        text = read.words(description) if isinstance(description, tree.Scalar) else ""
        text = text or ".".join(path)
        spoken = "zh" if _HAN.search(text) else "en"
        given = {code: read.words(said[f"label_{code}"]) for code in ("zh", "en") if f"label_{code}" in said}
        if not given.keys() - {spoken}:
            self._taken.one_language.add(name)
        return {"zh": text, "en": text, **given}

    def _references(self, path: tuple[str, ...], node: tree.Table) -> list[str]:
        found = list(read.references(_reference(node)))
        for length in range(len(path) - 1, -1, -1):
            if not found and path[:length] in self._above:
                found = list(read.references(_reference(self._above[path[:length]])))
        return list(dict.fromkeys(found))

    def _count_unread(self, node: tree.Table) -> None:
        metadata = node.fields.get("metadata")
        names = list(metadata.fields) if isinstance(metadata, tree.Table) else []
        self._taken.unread.update(name for name in names if name not in _READ)
        if not read.is_dated(node):
            known = {"values", "brackets", *_OF_A_NODE} - {"documentation"}
            self._taken.unread.update(name for name in node.fields if name not in known)

    def _leave(self, path: tuple[str, ...], place: Position, node: tree.Node | None, why: Problem) -> None:
        self._taken.left_out.append(LeftOut(".".join(path), place, node, why))


def _periods(values: Sequence[Dated]) -> Iterator[tuple[Dated, date | None]]:
    """Each value with the first day on which it no longer holds."""
    for dated, following in pairwise([*values, None]):
        if dated is not None and dated.value is not None:
            yield dated, following.day if following else None


def _dated(day: date, end: date | None, said: Mapping[str, Any], sources: Iterable[str]) -> dict[str, Any]:
    dated: dict[str, Any] = {"valid_from": day, **({"valid_to": end} if end else {}), **said}
    texts = list(dict.fromkeys(sources))
    return {**dated, **({"source": "; ".join(texts)} if texts else {}), "confidence": CONFIDENCE}


def _require_no_more(node: tree.Table) -> None:
    """A node with values holds nothing else that could be a parameter, or it would be lost."""
    if read.is_dated(node):
        return
    if "values" in node.fields and "brackets" in node.fields:
        raise Misfit(node.keys["brackets"], "both", "this has values and brackets", "make it two parameters")
    for name, below in node.fields.items():
        if isinstance(below, tree.Table) and name not in ("values", "brackets", *_OF_A_NODE):
            message = f'"{name}" stands beside values or brackets, where no other parameter can'
            raise Misfit(node.keys[name], "beside", message, "move it up or into a file of its own")


def _column(type: Typed) -> dict[str, str]:
    return {"type": type.type, **({"unit": type.unit} if type.unit else {})}


def _reference(node: tree.Table) -> tree.Node | None:
    metadata = node.fields.get("metadata")
    inner = metadata.fields.get("reference") if isinstance(metadata, tree.Table) else None
    return inner or node.fields.get("reference")


def _words(node: tree.Table) -> dict[str, tree.Scalar]:
    """The texts of `metadata`, and the unit that older files write outside it."""
    metadata = node.fields.get("metadata")
    fields = dict(metadata.fields) if isinstance(metadata, tree.Table) else {}
    if "unit" in node.fields:
        fields.setdefault("unit", node.fields["unit"])
    return {
        name: field
        for name, field in fields.items()
        if name in _READ and isinstance(field, tree.Scalar) and field.text.strip()
    }


def _has_plain_form(character: str) -> bool:
    return unicodedata.normalize("NFKD", character).encode("ascii", "ignore") != b""
