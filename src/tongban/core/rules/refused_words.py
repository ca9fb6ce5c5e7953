"""What is refused outside the language, in words: by the parser's node, by function name, by misplaced word."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import Final

from sqlglot import exp

NO_CAST = "Use ROUND, FLOOR or CEIL for numbers, DATE '2026-01-31' for a date."
DATE_HINT = "Write DATE '2026-01-31', or use add_months, days_between, months_between, years_between."
TODAY: Final = (
    "A rule does not know today's date: it must give the same answer whenever it is replayed.",
    "Compare with a fact that holds the date in question.",
)
REFUSED: Final[dict[type[exp.Expr], tuple[str, str | None]]] = {
    exp.Cast: ("A rule does not convert types (CAST).", NO_CAST),
    exp.Like: ("LIKE is not part of the rule language: a rule does not look inside texts.", "Use = or IN."),
    exp.ILike: ("ILIKE is not part of the rule language: a rule does not look inside texts.", "Use = or IN."),
    exp.Query: ("A rule is one expression over facts; it cannot SELECT.", None),
    exp.Exists: ("A rule is one expression over facts; it cannot SELECT.", None),
    exp.Interval: ("INTERVAL is not part of the rule language.", DATE_HINT),
    exp.CurrentDate: TODAY,
    exp.CurrentTimestamp: TODAY,
    exp.CurrentTime: TODAY,
    exp.Extract: ("EXTRACT is not part of the rule language.", DATE_HINT),
    exp.In: ("IN takes a list of values, for example x IN (1, 2).", None),
    exp.Tuple: ("A list of values can only stand after IN.", None),
    exp.Window: ("OVER is not part of the rule language.", None),
    exp.Filter: ("FILTER stands only after COUNT, SUM, MIN, MAX, BOOL_OR and BOOL_AND.", None),
    exp.Distinct: ("DISTINCT is not part of the rule language.", None),
    exp.Star: ("'*' alone is not part of the rule language.", "Count the members: COUNT(children)."),
    exp.NullSafeEQ: ("IS DISTINCT FROM and <=> are not part of the rule language.", "Use = and IS NULL."),
    exp.NullSafeNEQ: ("IS DISTINCT FROM and <=> are not part of the rule language.", "Use = and IS NULL."),
}
INSTEAD: Final = {
    "avg": "Compare SUM(...) / COUNT(...), or round it.",
    "ceiling": "Write CEIL.",
    "date": "A date is written DATE '2026-01-31'.",
    "ifnull": "Write COALESCE.",
    "every": "Write BOOL_AND.",
    "logical_or": "Write BOOL_OR.",
    "logical_and": "Write BOOL_AND.",
    "nvl": "Write COALESCE.",
}
TODAY_NAMES: Final = frozenset({"now", "today", "getdate", "current_date", "current_timestamp", "sysdate"})

MISPLACED: Final = {
    "AS": "AS is not part of the rule language: a rule does not name or convert its result.",
    "SELECT": "A rule is one expression over facts; it cannot SELECT.",
    "FROM": "A rule is one expression over facts; it cannot SELECT.",
    "WHERE": "WHERE stands only in FILTER (WHERE ...), after COUNT, SUM, MIN, MAX, BOOL_OR and BOOL_AND.",
    "OVER": "OVER is not part of the rule language.",
}

UNFINISHED: Final = frozenset(
    {"+", "-", "*", "/", "=", "<>", "!=", "<", "<=", ">", ">=", "(", ",", "AND", "OR", "NOT", "IN", "IS"}
    | {"BETWEEN", "CASE", "WHEN", "THEN", "ELSE"}
)
