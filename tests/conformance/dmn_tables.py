"""Decision tables of DMN as decision tables of ours."""

from __future__ import annotations

from tests.conformance.dmn_models import Element, Model, child, children, text
from tests.conformance.feel import KIND, Node, OutOfScope, Reader, Test
from tests.conformance.feel_writer import Writer

from tongban.core.rules.tables.table import Policy

_POLICIES = {
    ("UNIQUE", None): Policy.UNIQUE,
    ("FIRST", None): Policy.FIRST,
    ("ANY", None): Policy.ANY,
    ("PRIORITY", None): Policy.FIRST,
    ("COLLECT", "SUM"): Policy.SUM,
    ("COLLECT", "MIN"): Policy.MIN,
    ("COLLECT", "MAX"): Policy.MAX,
    ("COLLECT", "COUNT"): Policy.COUNT,
}


def rows(table: Element, model: Model, writer: Writer, type: str) -> tuple[list[list[str]], Policy]:
    """The rows of our table, whose else row is what DMN gives where no rule holds: null, or a default.

    Rules of PRIORITY are put into the order of their outputs, and the first of them holds.
    """
    wanted = table.get("hitPolicy") or "UNIQUE", table.get("aggregation")
    if wanted not in _POLICIES:
        raise OutOfScope(f"the hit policy {' '.join(part for part in wanted if part)}, which gives a list")
    inputs, outputs = children(table, "input"), children(table, "output")
    headers: list[tuple[str, KIND | None]] = []
    for given in inputs:
        node = Reader(text(child(given, "inputExpression")), writer.names).expression()
        headers.append((writer.text(node), writer.kind(node)))
    if len({header for header, _ in headers}) < len(headers):
        raise OutOfScope("two columns of the same input")
    kinds = [_output_kind(output, model, type, len(outputs) == 1) for output in outputs]
    body: list[tuple[tuple[int, ...], list[str]]] = []
    for rule in children(table, "rule"):
        entries = children(rule, "inputEntry")
        cells = [
            cell(Reader(text(entry), writer.names).tests(), kind, writer)
            for entry, (_, kind) in zip(entries, headers, strict=True)
        ]
        results = [text(entry) for entry in children(rule, "outputEntry")]
        written = [
            writer.text(Reader(result, writer.names).expression(), kind)
            for result, kind in zip(results, kinds, strict=True)
        ]
        rank = tuple(_rank(output, result) for output, result in zip(outputs, results, strict=True))
        body.append((rank, cells + written))
    if wanted[0] == "PRIORITY":
        body.sort(key=lambda pair: pair[0])
    names = [header for header, _ in headers] + [f"-> {name}" for name in output_names(table)]
    last = [_default(output, kind, writer) for output, kind in zip(outputs, kinds, strict=True)]
    otherwise = ["else", *[""] * (len(headers) - 1), *last]
    return [names, *(cells for _, cells in body), otherwise], _POLICIES[wanted]


def output_names(table: Element) -> list[str]:
    return [output.get("name") or "result" for output in children(table, "output")]


def cell(tests: tuple[Test, ...] | None, kind: KIND | None, writer: Writer) -> str:
    """Tests as they stand in a cell of ours."""
    if tests is None:
        return "-"
    return ", ".join(_test(test, kind, writer) for test in tests)


def _test(test: Test, kind: KIND | None, writer: Writer) -> str:
    match test.shape:
        case "not":
            return f"not({cell(test.parts[0], kind, writer)})"
        case "range":
            low, high, low_in, high_in = test.parts
            ends = f"{_operand(low, kind, writer)}..{_operand(high, kind, writer)}"
            return f"{'[' if low_in else '('}{ends}{']' if high_in else ')'}"
        case _:
            operator, node = test.parts
            if operator not in ("=", "<>") and kind == "text":
                raise OutOfScope("the order of texts")
            return f"{'' if operator == '=' else operator + ' '}{_operand(node, kind, writer)}"


def _operand(node: Node, kind: KIND | None, writer: Writer) -> str:
    match node.shape:
        case "null":
            return "null"
        case "minus" if node.parts[0].shape == "number":
            return "-" + writer.text(node.parts[0])
        case "name" if kind == "text":
            raise OutOfScope("a name under a text, where a word is a text")
        case "boolean" | "number" | "text" | "date" | "name":
            return writer.text(node)
        case _:
            raise OutOfScope("a cell that computes what it compares with")


def _output_kind(output: Element, model: Model, type: str, only: bool) -> KIND:
    declared = output.get("typeRef") or (type if only else "")
    if declared:
        return model.kind(declared)
    item = model.fields(type).get(output.get("name") or "")
    return model.kind(item) if item else "text"


def _rank(output: Element, result: str) -> int:
    """The place of a result among the output's values, which are in the order of their priority."""
    values = [part.strip() for part in text(child(output, "outputValues")).split(",")]
    return values.index(result) if result in values else len(values)


def _default(output: Element, kind: KIND, writer: Writer) -> str:
    default = text(child(output, "defaultOutputEntry"))
    return writer.text(Reader(default, writer.names).expression(), kind) if default else writer.nothing(kind)
