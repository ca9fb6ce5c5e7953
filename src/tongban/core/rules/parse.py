"""From text to `syntax`, by way of the sqlglot parser and nothing else of sqlglot.

The translation is a closed allowlist: what is not named here is refused, with its place. sqlglot forgives much,
so every node is also refused when it carries anything beyond what is translated.
"""

# sqlglot's trees are untyped; they do not leave this module.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlglot import errors as sqlglot_errors
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.parser import Parser
from sqlglot.tokenizer_core import TokenType
from sqlglot.tokens import Tokenizer

from tongban.core.rules import leftovers, refused_words, spelling, syntax
from tongban.core.rules.problems import RuleProblem

FUNCTIONS: Final = {
    "abs": (1, 1),
    "add_months": (2, 2),
    "bracket": (2, 2),
    "ceil": (1, 1),
    "coalesce": (2, 99),
    "days_between": (2, 2),
    "floor": (1, 1),
    "greatest": (2, 99),
    "least": (2, 99),
    "months_between": (2, 2),
    "round": (1, 2),
    "slices": (2, 2),
    "years_between": (2, 2),
}
"""Functions of the language, with the least and the most number of arguments."""

_AGGREGATES: Final[dict[type[exp.Expr], str]] = {
    exp.Count: "count",
    exp.Sum: "sum",
    exp.Min: "min",
    exp.Max: "max",
    exp.LogicalOr: "bool_or",
    exp.LogicalAnd: "bool_and",
}

_DIALECT: Final = Dialect()
"""Holds no state, so that one does for every text and thread."""
MAX_PROBLEMS: Final = 50
"""Most problems that one text is told; who has more writes it anew."""
MAX_DEPTH: Final = 60
"""Most levels of an expression; AND and OR take any number of operands on one level."""


def parse(text: str) -> tuple[syntax.Expression | None, list[RuleProblem]]:
    """The expression, or None where it cannot be read at all; and everything that is not part of the language."""
    if problems := spelling.check_length(text):
        return None, problems
    try:
        raw = Tokenizer(dialect=_DIALECT).tokenize(text)
        tokens = list(_tokens(text, raw))
    except Exception:  # sqlglot raises many kinds; each is a refusal
        return None, [_unclosed(text)]
    if not tokens:
        return None, [
            RuleProblem("empty", "The rule is empty.", 1, 1, "Write TRUE for a rule that always holds.")
        ]
    if problems := spelling.check_tokens(text, tokens):
        return None, problems[:MAX_PROBLEMS]
    try:
        (tree,) = Parser(dialect=_DIALECT).parse_into(exp.Condition, raw, text)
        assert tree
    except sqlglot_errors.ParseError as error:
        return None, [_unreadable(text, tokens, error.errors)]
    except RecursionError:
        return None, [_too_deep(1, 1)]
    except Exception:  # ValueError, AssertionError, ...: each is a refusal
        return None, [_unreadable(text, tokens, [])]
    translation = _Translation(text, tokens, tree)
    expression = translation.of(tree, 0)
    problems = translation.problems or leftovers.problems(text, tokens, expression)
    return expression, problems[:MAX_PROBLEMS]


def _tokens(text: str, raw: Iterable[Any]) -> Iterator[spelling.Token]:
    for token in raw:
        quoted = token.token_type in (TokenType.STRING, TokenType.IDENTIFIER)
        source = token.text if quoted else text[token.start : token.end + 1]
        mark = token.line, token.col
        yield spelling.Token(source, token.start, mark, quoted, token.token_type is TokenType.NUMBER)


_COMPARISONS: Final[dict[type[exp.Expr], syntax.Operator]] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: Final[dict[type[exp.Expr], syntax.Operator]] = {
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.Div: "/",
}
_CONDITIONS: Final = (*_COMPARISONS, exp.Is, exp.In, exp.Between, exp.Not)


class _Translation:
    """One walk over the parser's tree, in the order of the text."""

    def __init__(self, text: str, tokens: list[spelling.Token], tree: exp.Expr) -> None:
        self.problems: list[RuleProblem] = []
        self._text = text
        self._words = _words(tokens, ("NULL", "TRUE", "FALSE", "CASE"))
        self._tokens = tokens
        self._starts = _starts(tree)

    def of(self, node: exp.Expr, depth: int) -> syntax.Expression:
        line, column = self._place(node)
        if depth > MAX_DEPTH:
            if not any(problem.code == "too-deep" for problem in self.problems):
                self.problems.append(_too_deep(line, column))
            return syntax.Refused(line=line, column=column)
        match node:
            case exp.Column():
                return self._name(node, line, column)
            case exp.Literal():
                return self._literal(node, line, column)
            case exp.Paren():
                return self.of(node.this, depth + 1)
            case exp.Boolean():
                line, column = self._word("TRUE" if node.this else "FALSE", line, column)
                return syntax.Boolean(value=bool(node.this), line=line, column=column)
            case exp.Null():
                line, column = self._word("NULL", line, column)
                return syntax.Null(line=line, column=column)
            case exp.And() | exp.Or():
                operands = tuple(self.of(part, depth + 1) for part in _operands(node))
                word = "AND" if isinstance(node, exp.And) else "OR"
                return syntax.Junction(word, operands, line=line, column=column)
            case exp.Not() if _only(node, "this"):
                return syntax.Not(self.of(node.this, depth + 1), line=line, column=column)
            case exp.Neg() if _only(node, "this"):
                return syntax.Minus(self.of(node.this, depth + 1), line=line, column=column)
            case exp.Is() if _only(node, "this", "expression"):
                return self._is(node, depth, line, column)
            case exp.In() if _only(node, "this", "expressions") and node.expressions:
                items = node.expressions
                operand = self._operand(node.this, depth)
                return syntax.In(
                    operand, tuple(self.of(i, depth + 1) for i in items), line=line, column=column
                )
            case exp.Between() if _only(node, "this", "low", "high"):
                parts = [self._operand(node.args[key], depth) for key in ("this", "low", "high")]
                return syntax.Between(*parts, line=line, column=column)
            case exp.Case():
                return self._case(node, depth, line, column)
            case exp.Cast() if self._is_date(node):
                return syntax.Date(node.this.this, line=line, column=column)
            case exp.Binary() if type(node) in _COMPARISONS and _only(node, "this", "expression"):
                left, right = self._operand(node.this, depth), self._operand(node.expression, depth)
                return syntax.Binary(_COMPARISONS[type(node)], left, right, line=line, column=column)
            case exp.Binary() if type(node) in _ARITHMETIC and _only(node, "this", "expression"):
                left, right = self.of(node.this, depth + 1), self.of(node.expression, depth + 1)
                return syntax.Binary(_ARITHMETIC[type(node)], left, right, line=line, column=column)
            case exp.Filter() if type(node.this) in _AGGREGATES and _only(node, "this", "expression"):
                where = node.expression.this
                return self._aggregate(node.this, where, depth, line, column)
            case exp.Func() if type(node) in _AGGREGATES:
                return self._aggregate(node, None, depth, line, column)
            case exp.Func() if not any(isinstance(node, kind) for kind in refused_words.REFUSED):
                return self._call(node, depth, line, column)
            case _:
                return self._refuse(node, line, column)

    def _name(self, node: exp.Column, line: int, column: int) -> syntax.Expression:
        identifier, relation = node.this, node.args.get("table")
        if not _only(node, "this", "table") or not isinstance(identifier, exp.Identifier):
            message = "A name has one point at most: relation.field."
            return self._problem("unsupported", message, None, line, column)
        if isinstance(relation, exp.Identifier) and not (identifier.quoted or relation.quoted):
            return syntax.Field(relation.this, identifier.this, line=line, column=column)
        if identifier.quoted or relation is not None:
            hint = f"A text is written in single quotes: '{identifier.this}'. A name has no quotes."
            return self._problem(
                "bad-sign", "Double quotes are not part of the rule language.", hint, line, column
            )
        return syntax.Name(identifier.this, line=line, column=column)

    def _literal(self, node: exp.Literal, line: int, column: int) -> syntax.Expression:
        if node.is_string:
            return syntax.Text(node.this, line=line, column=column)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", node.this):
            message = f"'{node.this}' is not an exact number."
            return self._problem("bad-number", message, "Write it out in digits: 1000, or 0.5.", line, column)
        if len(node.this.replace(".", "")) > spelling.MAX_NUMBER:
            message = f"A number has at most {spelling.MAX_NUMBER} digits."
            return self._problem("bad-number", message, None, line, column)
        return syntax.Number(node.this, line=line, column=column)

    def _operand(self, node: exp.Expr, depth: int) -> syntax.Expression:
        """An operand of a comparison. SQL dialects group `a = b IS NULL` differently, so none of it is guessed."""
        inside = node.this if isinstance(node, exp.Paren) and isinstance(node.this, exp.Is) else node
        if isinstance(inside, _CONDITIONS):
            message = "A comparison inside a comparison can be read in two ways."
            line, column = self._place(inside)
            return self._problem("ambiguous", message, "Join comparisons with AND or OR.", line, column)
        return self.of(node, depth + 1)

    def _is(self, node: exp.Is, depth: int, line: int, column: int) -> syntax.Expression:
        operand = self._operand(node.this, depth)
        if isinstance(node.expression, exp.Null):
            self._word("NULL", line, column)
            return syntax.IsNull(operand, line=line, column=column)
        message = "IS can only be followed by NULL or NOT NULL."
        return self._problem(
            "unsupported", message, "Write the condition itself, or NOT before it.", line, column
        )

    def _case(self, node: exp.Case, depth: int, line: int, column: int) -> syntax.Expression:
        line, column = self._word("CASE", line, column)
        if node.this is not None:
            message = "CASE with a value after it is not part of the rule language."
            return self._problem("unsupported", message, "Write CASE WHEN x = 1 THEN ... .", line, column)
        branches = tuple(
            (self.of(b.this, depth + 1), self.of(b.args["true"], depth + 1)) for b in node.args["ifs"]
        )
        otherwise = node.args.get("default")
        last = self.of(otherwise, depth + 1) if otherwise is not None else None
        return syntax.Case(branches, last, line=line, column=column)

    def _aggregate(
        self, node: exp.Func, where: exp.Expr | None, depth: int, line: int, column: int
    ) -> syntax.Expression:
        function, given = _AGGREGATES[type(node)], list(_arguments(node))
        written = self._function_name(node)
        if written != function:
            hint = refused_words.INSTEAD.get(written) or f"Write {function.upper()}."
            return self._problem("unknown-function", f"There is no function {written}.", hint, line, column)
        if len(given) != 1:
            message = f"{function} takes 1 argument, not {len(given)}."
            hint = {"min": "Write LEAST.", "max": "Write GREATEST."}.get(function)
            return self._problem("wrong-arguments", message, hint, line, column)
        operand = self.of(given[0], depth + 1)
        condition = self.of(where, depth + 1) if where is not None else None
        return syntax.Aggregate(function, operand, condition, line=line, column=column)

    def _call(self, node: exp.Func, depth: int, line: int, column: int) -> syntax.Expression:
        name = self._function_name(node)
        if name in refused_words.TODAY_NAMES:
            return self._problem("unsupported", *refused_words.TODAY, line, column)
        if name not in FUNCTIONS:
            hint = refused_words.INSTEAD.get(name) or f"The functions are {', '.join(FUNCTIONS)}."
            return self._problem("unknown-function", f"There is no function {name}.", hint, line, column)
        given = list(_arguments(node))
        least, most = FUNCTIONS[name]
        if not least <= len(given) <= most:
            number = (
                str(least) if least == most else f"{least} or {most}" if most < 99 else f"at least {least}"
            )
            message = (
                f"{name} takes {number} {'argument' if number == '1' else 'arguments'}, not {len(given)}."
            )
            return self._problem("wrong-arguments", message, None, line, column)
        return syntax.Call(name, tuple(self.of(part, depth + 1) for part in given), line=line, column=column)

    def _is_date(self, node: exp.Cast) -> bool:
        """DATE '...', which sqlglot reads as a CAST of a text; CAST('...' AS DATE) has no word DATE before it."""
        literal = node.this
        if not isinstance(literal, exp.Literal) or not literal.is_string:
            return False
        words = [token.text.upper() for token in self._tokens if token.start < literal.meta["start"]]
        return words[-1:] == ["DATE"] and node.to.this is exp.DataType.Type.DATE

    def _function_name(self, node: exp.Func) -> str:
        """As written: sqlglot gives several names of a function one class."""
        start, end = node.meta.get("start"), node.meta.get("end")
        written = self._text[start : end + 1] if isinstance(start, int) and isinstance(end, int) else ""
        return written.lower() if re.fullmatch(r"\w+", written) else node.sql_name().lower()

    def _refuse(self, node: exp.Expr, line: int, column: int) -> syntax.Expression:
        for kind, (message, hint) in refused_words.REFUSED.items():
            if isinstance(node, kind):
                return self._problem("unsupported", message, hint, line, column)
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).lower()
        hint = (
            "Allowed are AND, OR, NOT, = <> < <= > >=, BETWEEN, IN, IS NULL, + - *, CASE and the functions."
        )
        return self._problem("unsupported", f"'{name}' is not part of the rule language.", hint, line, column)

    def _problem(self, code: str, message: str, hint: str | None, line: int, column: int) -> syntax.Refused:
        self.problems.append(RuleProblem(code, message, line, column, hint))
        return syntax.Refused(line=line, column=column)

    def _word(self, word: str, line: int, column: int) -> tuple[int, int]:
        """The place of the next such word: sqlglot does not say where these stand."""
        token = next(self._words[word], None)
        return (line, column) if token is None else spelling.place(self._text, token.start)

    def _place(self, node: exp.Expr) -> tuple[int, int]:
        """Where the leftmost word of the node stands that sqlglot gives a place, else its own name."""
        start = self._starts.get(id(node))
        if start is not None:
            return spelling.place(self._text, start)
        name = node.sql_name().upper() if isinstance(node, exp.Func) else type(node).__name__.upper()
        found = next((token for token in self._tokens if token.text.upper() == name), None)
        return spelling.place(self._text, found.start if found else self._tokens[0].start)


def _words(tokens: Iterable[spelling.Token], words: Iterable[str]) -> dict[str, Iterator[spelling.Token]]:
    """Where each of these words stands, in the order of the text."""
    found: dict[str, list[spelling.Token]] = {word: [] for word in words}
    for token in tokens:
        if not token.quoted and (places := found.get(token.text.upper())) is not None:
            places.append(token)
    return {word: iter(places) for word, places in found.items()}


def _starts(tree: exp.Expr) -> dict[int, int]:
    """The least place that sqlglot gives anything in each node, by identity; the tree outlives the walk."""
    starts: dict[int, int] = {}
    for node in tree.dfs():  # from the left, so that most of what comes later changes nothing above it
        start = node.meta.get("start")
        if start is None:
            continue
        above: exp.Expr | None = node
        while above is not None and starts.get(id(above), start + 1) > start:
            starts[id(above)] = start
            above = above.parent
    return starts


def _operands(node: exp.Expr) -> list[exp.Expr]:
    """Operands of a chain `a AND b AND c`, which the parser gives as ((a AND b) AND c)."""
    kind = type(node)
    operands: list[exp.Expr] = []
    while type(node) is kind:
        operands.append(node.expression)
        node = node.this
    return [node, *reversed(operands)]


def _only(node: exp.Expr, *keys: str) -> bool:
    """Whether the node says nothing beyond these parts."""
    return all(key in keys or not value for key, value in node.args.items())


def _arguments(node: exp.Func) -> Iterator[exp.Expr]:
    values: Iterable[Any] = (node.args.get(key) for key in node.arg_types)
    for value in values:
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr) and not isinstance(part, exp.DataType):
                yield part


def _unclosed(text: str) -> RuleProblem:
    if text.count("'") % 2:
        return RuleProblem("unreadable", "A quote is not closed.", *spelling.place(text, text.rindex("'")))
    return RuleProblem("unreadable", "The rule cannot be read.", 1, 1)


def _unreadable(text: str, tokens: list[spelling.Token], errors: list[dict[str, Any]]) -> RuleProblem:
    first = errors[0] if errors else {}
    mark = first.get("line"), first.get("col")
    token = next((token for token in tokens if token.mark == mark), None)
    if token is None:
        return RuleProblem("unreadable", "The rule cannot be read.", *spelling.place(text, tokens[0].start))
    word, place = token.text.upper(), spelling.place(text, token.start)
    if word in refused_words.MISPLACED:
        return RuleProblem("unsupported", refused_words.MISPLACED[word], *place)
    if word in refused_words.UNFINISHED and token == tokens[-1]:
        return RuleProblem("unreadable", f"The rule breaks off after '{token.text}'.", *place)
    hint = "Is AND, OR or a sign missing before it?" if token != tokens[0] else None
    index = tokens.index(token)
    if word == "," and all(beside.number for beside in tokens[index - 1 : index + 2 : 2]):
        hint = "A number is written without commas: 1000000."
    elif word[0] in "百千万亿":
        hint = "A number is written out in digits: 100000."
    return RuleProblem("unreadable", f"The rule cannot be read at '{token.text}'.", *place, hint)


def _too_deep(line: int, column: int) -> RuleProblem:
    return RuleProblem(
        "too-deep", "The rule is nested too deeply.", line, column, "Split it into several rules."
    )
