"""What is wrong with a decision table, in Chinese: its place, then what is said of the place, or of a rule."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tongban.core.rules import in_chinese as of_rules
from tongban.core.rules.tables.table import TableProblem
from tongban.core.values.wording import Wording

TABLE: Final = """
    Row $number, column '$name': $what | 第 $number 行“$name”列：$$what
    Row $number, column $column: $what | 第 $number 行第 $column 列：$$what
    Row $number: $what | 第 $number 行：$$what
    Column '$name': $what | “$name”列：$$what
    Column $column: $what | 第 $column 列：$$what

    The first row names the inputs and the outputs. | 第一行是输入和输出的名称。
    A table has at most $most rows, and this has $count. | 表最多 $most 行，这里有 $count 行。
    A table has at most $most columns, and this has $count. | 表最多 $most 列，这里有 $count 列。
    This row has more cells than there are names in row 1. | 这一行的格子比第 1 行的名称多。
    The table has no rows. | 表里没有行。
    This column has no name. | 这一列没有名称。
    The table has no input, only an output. | 表里没有输入，只有输出。
    The table has no output: begin its name with = or put it last. | 表里没有输出：在名称前写 =，或放在最后一列。
    An else row has no tests. | “其余”行不写条件。
    The else row is the last one. | “其余”行是最后一行。
    This name is there twice. | 这个名称出现两次。
    The cell of a result is empty. | 结果的格子是空的。
    The cell breaks off. | 格子里的内容断了。
    A cell has at most $most characters. | 一格最多 $most 个字符。
    A cell has at most $most values. | 一格最多 $most 个值。
    '$text' cannot be read here. | 这里读不懂“$text”。
    '$text' is not expected here. | 这里不该有“$text”。
    '$text' cannot stand before null. | “$text”不能写在 null 前面。
    '$text' is not a date. | “$text”不是日期。
    null cannot stand here. | 这里不能写 null。
    null cannot stand under a division. | 除式下面不能写 null。
    A value is missing before '$text'. | “$text”前面少了一个值。
    There is no ) for this not(. | 这个 not( 缺少 )。
    A range is written [1..5]. | 区间写成 [1..5]。
    A range ends with ] or ). | 区间以 ] 或 ) 结尾。
    [1..5] has both ends, (1..5] not 1. | [1..5] 含两端，(1..5] 不含 1。
    Write a value, < 5, [1..5], a list 1, 2, 3, or not(...). | 写一个值、< 5、[1..5]、一列值 1, 2, 3，或 not(...)。
    A remark cannot stand in a cell of a table. | 表的格子里不能有注释。
    Ask for what is divided, in a column of its own. | 把被除的部分单列一列来问。
    No row takes this subject: $facts. | 没有一行适用于这个对象：$facts。
    Whether a row takes this subject depends on names in the cells: $facts. | 有没有一行适用于这个对象，要看格子里的名称：$facts。
    No subject reaches this row. | 没有对象会走到这一行。
    This row takes a subject that row $other takes too: $facts. | 这一行和第 $other 行都适用于这个对象：$facts。
    Row $other takes the same subject and says something else: $facts. | 第 $other 行也适用于这个对象，说法却不同：$facts。
    Of a unique table no two rows may. Part the rows, or use the policy first. | 唯一命中的表里两行不能都适用。把两行分开，或改用 first。
    Add a row for it, or an else row. | 为它加一行，或加“其余”行。
    '$text' is what several are called: $names. | 叫“$text”的有几个：$names。
    Write one of these names. | 写其中一个名字。
    Add an else row. | 加“其余”行。
    Whether every subject is taken by a row cannot be told: the table is too large. | 表太大，说不准是否每个对象都有一行适用。
    Whether this row takes a subject that row $other takes too depends on names in their cells. | 这一行和第 $other 行会不会都适用，要看格子里的名称。
    Whether row $other says something else of a subject depends on names in their cells. | 第 $other 行的说法会不会不同，要看格子里的名称。
"""
_WORDING: Final = Wording(TABLE + of_rules.TABLE)
_ABSENT: Final = re.compile(r" absent(?=, |\.$)")
"""Of a subject that shows what is wrong."""


def in_chinese(problem: TableProblem) -> TableProblem:
    """The problem with its message and hint in Chinese; what the table lacks stays in English."""
    hint = problem.hint and (_WORDING.chinese(problem.hint) or problem.hint)
    message = _ABSENT.sub(" 没有", problem.message) if problem.subject else problem.message
    return replace(problem, message=_WORDING.chinese(message) or message, hint=hint)


def chinese(text: str) -> str | None:
    """A sentence in Chinese; None where the tables do not have it."""
    return _WORDING.chinese(text)
