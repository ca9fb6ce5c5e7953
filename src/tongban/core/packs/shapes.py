"""From a merged tree to a checked model, with every mistake at the place where it stands.

The model says how a scalar is read: where text is expected, `330106`, `TRUE` and `32` are text as written.
"""

from __future__ import annotations

import types
from functools import cache
from typing import Annotated, Any, Final, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from tongban.core.packs import mend, names, tree
from tongban.core.packs.content import Merged
from tongban.core.packs.pack import Problem
from tongban.core.values.text import Bilingual

M = TypeVar("M", bound=BaseModel)


def read(entry: Merged, kind: type[M]) -> tuple[M | None, list[Problem]]:
    """The entry as a model, with every reason why it cannot be one.

    With problems, the model is a mended one that only serves to look for more of them, or None.
    """
    raw = data(entry.table, kind)
    try:
        return kind.model_validate(raw), []
    except ValidationError as error:
        details = [detail for detail in error.errors(include_url=False) if not _is_echo(detail)]
    try:
        mended = mend.mend(raw, kind, details)
        model = None if mended is None else kind.model_validate(mended)
    except (ValidationError, KeyError, IndexError, TypeError):
        model = None  # mistakes inside mistakes; the first round is reported
    return model, [_problem(entry, kind, detail) for detail in details]


def data(node: tree.Node, expected: Any) -> Any:
    """Plain Python data of a node: text where the expected type is text, else what YAML reads."""
    expected = _bare(expected)
    if isinstance(node, tree.Scalar):
        if expected is str and node.value is not None:
            return node.text.strip()
        return node.value
    if isinstance(node, tree.List):
        item = get_args(expected)[0] if get_origin(expected) in (tuple, list) else Any
        return [data(child, item) for child in node.items]
    if get_origin(expected) is dict:
        return {key: data(value, get_args(expected)[1]) for key, value in node.fields.items()}
    fields = fields_of(expected)
    return {key: data(value, fields.get(key, Any)) for key, value in node.fields.items()}


@cache
def fields_of(expected: Any) -> dict[str, Any]:
    """Field name as written in YAML -> its type, for a model or Bilingual text; empty for anything else."""
    if isinstance(expected, type) and issubclass(expected, BaseModel):
        hints = get_type_hints(expected, include_extras=True)
        return {info.alias or name: hints[name] for name, info in expected.model_fields.items()}
    if expected is Bilingual:
        return {"zh": str, "en": str}
    return {}


def _bare(expected: Any) -> Any:
    """The type without Annotated and without `| None`."""
    while True:
        if get_origin(expected) is Annotated:
            expected = get_args(expected)[0]
        elif get_origin(expected) in (Union, types.UnionType):
            expected = next(option for option in get_args(expected) if option is not type(None))
        else:
            return expected


_PATTERNS: Final = {
    r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$": "small letters and digits, with - or _ between words",
    r"^[a-z][a-z0-9_]*$": "small letters, digits and _, beginning with a letter",
    r"^[a-z0-9-]+#[a-z0-9.-]+$": "an act and an article, act-id#number",
    r"^\d+\.\d+\.\d+$": "a version such as 1.0.0",
    r"^\d{6}$": "a division code of six digits",
    r"^[0-9A-Z]{18}$": "a credit code of 18 digits and capital letters",
    r"^[0-9A-Z]{21}$": "a licence type code of 21 digits and capital letters",
    r"^[A-Za-z0-9_.-]+$": "letters, digits, _, . and - only",
}

_PLAIN: Final = {
    "int": "a whole number",
    "bool": "true or false",
    "date": "a date such as 2026-01-31",
    "string": "text",
    "tuple": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "dataclass": "a mapping",
}


def _problem(entry: Merged, kind: type[BaseModel], details: ErrorDetails) -> Problem:
    path = tuple(step for step in details["loc"])
    error, context = details["type"], details.get("ctx", {})
    parent = _bare(_type_at(kind, path[:-1]))
    if parent is Bilingual or (_bare(_type_at(kind, path)) is Bilingual and error != "missing"):
        return _translation(entry, path, error, parent)
    if error == "missing":
        name, above = str(path[-1]), path[:-1]
        return entry.problem(
            "missing-field", f'the field "{name}" is missing', f"add {name}: ...", path=above
        )
    if error in ("extra_forbidden", "unexpected_keyword_argument"):
        hint = names.did_you_mean(str(path[-1]), fields_of(parent))
        hint = hint or "fields here: " + ", ".join(fields_of(parent))
        problem = entry.problem("unknown-field", f'there is no field "{path[-1]}"', hint, path=path[:-1])
        return Problem(entry.key_position(*path), problem.code, problem.message, problem.hint)
    wanted, hint = _wanted(error, context, details["input"])
    found = _shown(details["input"])
    return entry.problem("wrong-type", f"must be {wanted or details['msg']}, and is {found}", hint, path=path)


def _is_echo(details: ErrorDetails) -> bool:
    """A list counts as too short once its wrong items are left out; those are reported already."""
    return details["type"] == "too_short" and bool(details["input"])


def _translation(entry: Merged, path: tuple[str | int, ...], error: str, parent: Any) -> Problem:
    hint = "write both languages: {zh: 中文, en: English}"
    if parent is not Bilingual:
        return entry.problem("missing-translation", "must be text in Chinese and English", hint, path=path)
    language, above = str(path[-1]), path[:-1]
    if language not in ("zh", "en"):
        message = f'there is no language "{language}" here; text is written in zh and en'
        return entry.problem("unknown-field", message, hint, path=above)
    name = {"zh": "Chinese", "en": "English"}[language]
    if error in ("missing", "string_too_short"):
        return entry.problem(
            "missing-translation", f"the {name} text ({language}) is missing", hint, path=above
        )
    return entry.problem("wrong-type", f"the {name} text must be text", "put it in quotes", path=path)


def _wanted(error: str, context: dict[str, Any], found: Any) -> tuple[str | None, str | None]:
    """What the model wants, in plain words, and a hint."""
    if error == "string_pattern_mismatch":
        pattern = str(context["pattern"])
        known = "boolean, integer, decimal(2), money, date, text or code" if "boolean" in pattern else pattern
        return _PATTERNS.get(pattern, known), None
    if error in ("literal_error", "enum"):
        options = str(context["expected"])
        return options, names.did_you_mean(
            str(found), options.replace(" or ", ", ").replace("'", "").split(", ")
        )
    if error in ("greater_than_equal", "less_than_equal"):
        limit = context.get("ge", context.get("le"))
        return (f"at least {limit}" if "ge" in context else f"at most {limit}"), None
    if error == "string_too_short":
        return "text that is not empty", None
    if error == "too_short":
        return f"a list of at least {context['min_length']}", None
    return _PLAIN.get(error.split("_")[0]), None


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        items = cast("list[Any]", value)
        return "a list" if items else "an empty list"
    if value is None:
        return "empty"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'"{text}"'


def type_at(kind: Any, path: tuple[str | int, ...]) -> Any:
    """The type that the model declares at a path, without `| None`; Any when it declares none."""
    return _bare(_type_at(kind, path))


def _type_at(kind: Any, path: tuple[str | int, ...]) -> Any:
    """The type that the model declares at a path; Any when it declares none."""
    for step in path:
        kind = _bare(kind)
        arguments = get_args(kind)
        if get_origin(kind) in (tuple, list):
            kind = arguments[0]
        elif get_origin(kind) is dict:
            kind = arguments[1]
        else:
            kind = fields_of(kind).get(str(step), Any)
    return kind
