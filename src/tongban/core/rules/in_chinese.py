"""What is wrong with a rule, in Chinese."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tongban.core.rules.problems import RuleProblem
from tongban.core.values.wording import Wording

TABLE: Final = """
    The rule is empty. | 规则是空的。
    The rule cannot be read. | 读不懂这条规则。
    The rule cannot be read at '$text'. | 规则读到“$text”处读不下去。
    The rule breaks off after '$text'. | 规则在“$text”之后断了。
    The rule is nested too deeply. | 规则嵌套太深。
    A quote is not closed. | 引号没有闭合。
    '$name' is not part of the rule language. | 规则语言里没有“$name”。
    $name is not part of the rule language. | 规则语言里没有 $name。
    $name are not part of the rule language. | 规则语言里没有 $name。
    $name is not part of the rule language: a rule does not look inside texts. | 规则语言里没有 $name：规则不看文本的内部。
    AS is not part of the rule language: a rule does not name or convert its result. | 规则语言里没有 AS：规则不给结果起名，也不转换类型。
    CASE with a value after it is not part of the rule language. | 规则语言里没有后面直接跟值的 CASE。
    Double quotes are not part of the rule language. | 规则语言里没有双引号。
    '*' alone is not part of the rule language. | 规则语言里没有单独的“*”。
    A rule does not convert types (CAST). | 规则不转换类型（CAST）。
    A rule is one expression over facts; it cannot SELECT. | 规则是关于事实的一个表达式，不能 SELECT。
    A rule does not know today's date: it must give the same answer whenever it is replayed. | 规则不知道今天是哪天：什么时候重放，答案都要一样。
    IN takes a list of values, for example x IN (1, 2). | IN 后面是一组值，例如 x IN (1, 2)。
    IN takes fixed values only. | IN 只接受固定的值。
    IN does not take conditions. | IN 不接受条件。
    A list of values can only stand after IN. | 一组值只能写在 IN 后面。
    FILTER stands only after COUNT, SUM, MIN, MAX, BOOL_OR and BOOL_AND. | FILTER 只能写在 COUNT、SUM、MIN、MAX、BOOL_OR 和 BOOL_AND 后面。
    WHERE stands only in FILTER (WHERE ...), after COUNT, SUM, MIN, MAX, BOOL_OR and BOOL_AND. | WHERE 只能写在 COUNT、SUM、MIN、MAX、BOOL_OR 和 BOOL_AND 后面的 FILTER (WHERE ...) 里。
    IS can only be followed by NULL or NOT NULL. | IS 后面只能是 NULL 或 NOT NULL。
    NULL can only stand in IS NULL or IS NOT NULL. | NULL 只能写在 IS NULL 或 IS NOT NULL 里。
    A comparison with NULL is never true. | 与 NULL 比较永远不成立。
    A comparison inside a comparison can be read in two ways. | 比较里面再套比较，有两种读法。
    CASE needs an ELSE: say what holds when no condition does. | CASE 要有 ELSE：写明所有条件都不成立时怎样。
    A name has one point at most: relation.field. | 名字里最多有一个点：关系.字段。
    A text is written in single quotes: '$text'. A name has no quotes. | 文本用单引号写：'$text'。名字不加引号。
    '$text' is not an exact number. | “$text”不是精确的数字。
    A number has at most $most digits. | 数字最多 $most 位。
    $name takes $number argument, not $given. | $name 要 $number 个参数，这里有 $given 个。
    $name takes $number arguments, not $given. | $name 要 $$number 个参数，这里有 $given 个。
    at least $least | 至少 $least
    There is no function $name. | 没有函数 $name。
    There is no fact or parameter '$name'. | 没有名为“$name”的事实或参数。
    There is no relation '$name'. | 没有名为“$name”的关系。
    There is no bracket table '$name'. | 没有名为“$name”的分档表。
    This is not a bracket table. | 这不是分档表。
    '$name' is a relation: a list of members, not a value. | “$name”是关系：是一份名单，不是一个值。
    '$name' is a bracket table, not a value. | “$name”是分档表，不是一个值。
    Each of $relation has its own '$name'. | $relation 里的每一个都有自己的“$name”。
    The relation '$relation' has no field '$name'. | 关系“$relation”没有字段“$name”。
    $name stands inside another aggregate. | $name 写在另一个汇总里面。
    A division can only stand in a comparison, or in ROUND, FLOOR or CEIL. | 除法只能写在比较里，或写在 ROUND、FLOOR、CEIL 里。
    This divides by zero. | 这里除以零。
    A number cannot be divided by money. | 数字不能除以金额。
    Money cannot be multiplied by money. | 金额不能乘以金额。
    This product has $scale digits after the point; $most are the most. | 乘积有 $scale 位小数，最多 $most 位。
    This has $scale digits after the point; $most are the most. | 这里有 $scale 位小数，最多 $most 位。
    This has $scale digits after the point, and $wanted are wanted. | 这里有 $scale 位小数，要求是 $wanted 位。
    $where takes conditions, and this is $$type. | $$where 接受条件，这里却是$$type。
    This is $$one, and it stands beside $$other. | 这里是$$one，旁边却是$$other。
    The units $one and $other do not go together. | 单位 $one 和 $other 对不上。
    Only numbers, money and dates have an order, and this is $$type. | 只有数字、金额和日期分先后大小，这里却是$$type。
    $what takes numbers or money, and this is $$type. | $$what 接受数字或金额，这里却是$$type。
    $what takes a number, and this is $$type. | $$what 接受数字，这里却是$$type。
    $what takes dates, and this is $$type. | $$what 接受日期，这里却是$$type。
    A minus sign | 负号
    add_months takes months, and this is $$type. | add_months 接受月数，这里却是$$type。
    add_months takes whole months. | add_months 接受整月数。
    ROUND takes a fixed number of digits here, from 0 to $most. | 这里 ROUND 的位数要写定，从 0 到 $most。
    SUM adds up a field of each member of a relation, and none is named here. | SUM 把关系中每一个的某个字段加起来，这里没有写哪个字段。
    MIN takes the least of a field of each member of a relation, and none is named here. | MIN 取关系中每一个的某个字段的最小值，这里没有写哪个字段。
    MAX takes the greatest of a field of each member of a relation, and none is named here. | MAX 取关系中每一个的某个字段的最大值，这里没有写哪个字段。
    BOOL_OR looks at a condition of each member of a relation, and none is named here. | BOOL_OR 看关系中每一个的条件，这里没有写哪个条件。
    BOOL_AND looks at a condition of each member of a relation, and none is named here. | BOOL_AND 看关系中每一个的条件，这里没有写哪个条件。
    $name is about one relation, and this is about $first and $other. | $name 只汇总一个关系，这里却涉及 $first 和 $other。
    COUNT counts members, not values. | COUNT 数的是名单里有几个，不是值。
    COUNT counts the members of a relation, and this is none. | COUNT 数关系里有几个，这里却不是关系。
    The brackets of '$name' begin at $$key, and this is $$type. | 分档表“$name”按$$key分档，这里却是$$type。
    The brackets of '$name' are in $unit, and this is $$type. | 分档表“$name”的单位是 $unit，这里却是$$type。
    slices multiplies by the values of '$name', and they are $$type. | slices 要乘以“$name”的值，而这些值是$$type。
    This must be $$wanted, and it is $$type. | 这里要是$$wanted，实际是$$type。
    This amount can have parts of a fen. | 这个金额可能不足一分。
    $amount yuan has parts of a fen: an amount has at most two decimals. | $amount 元不足一分：金额最多两位小数。
    '$text' is not a date. | “$text”不是日期。
    '$code' is not in the code list '$list'. | 代码表“$list”里没有“$code”。
    true or false | 真或假
    a whole number | 整数
    a whole number of $unit | 单位为 $unit 的整数
    a number | 数字
    a number of $unit | 单位为 $unit 的数字
    an amount of money | 金额
    a date | 日期
    a text | 文本
    a code of the list '$list' | 代码表“$list”中的代码

    Equality is written with one sign, '='. | 相等只写一个等号“=”。
    A rule is one expression; ';' does not belong in it. | 一条规则是一个表达式，里面没有“;”。
    Texts cannot be joined in a rule. | 规则里不能把文本拼接起来。
    A point stands between a relation and its field, without spaces: children.born. | 点写在关系和它的字段之间，不留空格：children.born。
    A rule has no placeholders. | 规则里没有占位符。
    A rule does not convert types (::). | 规则不转换类型（::）。
    The rule has $count characters; $most are the most. | 规则有 $count 个字符，最多 $most 个。
    The rule holds a NUL character. | 规则里有空字符（NUL）。
    A number begins with a digit. | 数字要以数字开头。
    A rule cannot ask whether a value is unknown: unknown facts are asked for. | 规则不能问一个值是否未知：未知的事实会去问。
    NOT stands after IS. | NOT 写在 IS 后面。
    More than $most brackets and CASEs are inside one another. | 括号和 CASE 嵌套超过 $most 层。
    There is no $opening for this $closing. | 这个 $closing 没有对应的 $opening。
    '$sign' is a full-width or typographic sign. | “$sign”是全角或排版符号。
    '$word' does not belong here. | 这里不该有“$word”。
    A word is missing: $word. | 少了一个词：$word。
    A sign is missing: $sign | 少了一个符号：$sign

    Write TRUE for a rule that always holds. | 总是成立的规则写 TRUE。
    Join conditions with AND or OR. | 用 AND 或 OR 连接条件。
    Write a share as a number: 0.055 for 5.5 percent. | 比例写成数字：百分之五点五写 0.055。
    Use the name of a fact or of a parameter. | 用事实或参数的名字。
    A remark stands after --. | 备注写在 -- 后面。
    IS NULL asks whether there is none. | 要问有没有，用 IS NULL。
    Write CASE WHEN condition THEN value ELSE value END. | 写成 CASE WHEN 条件 THEN 值 ELSE 值 END。
    Type $sign instead. | 改成 $sign。
    The signs are ( ) , + - * / = <> < <= > >= and single quotes. | 可用的符号有 ( ) , + - * / = <> < <= > >= 和单引号。
    Split it into several rules. | 拆成几条规则。
    Did you mean '$name'? | 是不是“$name”？
    Is AND, OR or a sign missing before it? | 前面是不是少了 AND、OR 或运算符？
    A number is written without commas: 1000000. | 数字里不写逗号：1000000。
    A number is written out in digits: 100000. | 数字要完整写出：100000。
    Write it out in digits: 1000, or 0.5. | 用数字写出来：1000，或 0.5。
    Write the condition itself, or NOT before it. | 直接写条件，或在前面加 NOT。
    Write the condition itself, or NOT. | 直接写条件，或写 NOT。
    Allowed are AND, OR, NOT, = <> < <= > >=, BETWEEN, IN, IS NULL, + - *, CASE and the functions. | 可以用 AND、OR、NOT、= <> < <= > >=、BETWEEN、IN、IS NULL、+ - *、CASE 和各个函数。
    The functions are $names. | 函数有：$names。
    Join comparisons with AND or OR. | 用 AND 或 OR 连接比较。
    Write CASE WHEN x = 1 THEN ... . | 写成 CASE WHEN x = 1 THEN ... 。
    Write bracket(x, $name) or slices(x, $other). | 写成 bracket(x, $name) 或 slices(x, $other)。
    Gather them with COUNT($relation) FILTER (WHERE ...), SUM, MIN, MAX, BOOL_OR, BOOL_AND. | 用 COUNT($relation) FILTER (WHERE ...)、SUM、MIN、MAX、BOOL_OR、BOOL_AND 汇总。
    Count them: COUNT($name). | 数一数：COUNT($name)。
    Count the members: COUNT(children). | 数一数有几个：COUNT(children)。
    Gather one relation at a time. | 一次只汇总一个关系。
    Its name stands here, without quotes. | 这里写它的名字，不加引号。
    Write a / b >= c, or ROUND(a / b, 2). | 写成 a / b >= c，或 ROUND(a / b, 2)。
    Write x = a OR x = b. | 写成 x = a OR x = b。
    Write $text instead. | 改写成 $text。
    Write $text. | 写成 $text。
    A date is written DATE '2026-01-31'. | 日期写成 DATE '2026-01-31'。
    A date is written 2026-01-31. | 日期写成 2026-01-31。
    Write DATE '2026-01-31', or use add_months, days_between, months_between, years_between. | 写成 DATE '2026-01-31'，或用 add_months、days_between、months_between、years_between。
    Use ROUND, FLOOR or CEIL for numbers, DATE '2026-01-31' for a date. | 数字用 ROUND、FLOOR 或 CEIL，日期写成 DATE '2026-01-31'。
    Use add_months, days_between, months_between or years_between. | 用 add_months、days_between、months_between 或 years_between。
    An amount is written as one plain number in yuan, or is a fact or parameter of money. | 金额写成以元为单位的一个数字，或用金额类型的事实或参数。
    Write the amount as one plain number in yuan. | 金额写成以元为单位的一个数字。
    Compare with a fact that holds the date in question. | 与存放有关日期的事实比较。
    Compare it with a value. | 与一个值比较。
    Compare SUM(...) / COUNT(...), or round it. | 比较 SUM(...) / COUNT(...)，或对它取整。
    Of single values, write LEAST. | 几个值取最小，写 LEAST。
    Of single values, write GREATEST. | 几个值取最大，写 GREATEST。
    For example $text. | 例如 $text。
    Write bracket(...) for the value itself. | 要值本身，写 bracket(...)。
    Round the first argument: ROUND(x, 2). | 先对第一个参数取整：ROUND(x, 2)。
    Round a factor first: ROUND(x, 2). | 先对其中一个因数取整：ROUND(x, 2)。
    Round it: ROUND(x), FLOOR(x) or CEIL(x). | 取整：ROUND(x)、FLOOR(x) 或 CEIL(x)。
    Multiply it by a number. | 乘以一个数字。
    Turn the ratio around. | 把比例倒过来写。
    Use = or IN. | 用 = 或 IN。
    Use = and IS NULL. | 用 = 和 IS NULL。
    Money is rounded with ROUND(x, 2) or ROUND(x, 0). | 金额用 ROUND(x, 2) 或 ROUND(x, 0) 取整。
    Write ROUND(..., 2) for whole fen, ROUND(..., 0) for yuan. | 取整到分写 ROUND(..., 2)，取整到元写 ROUND(..., 0)。
    Its codes are $codes. | 其中的代码有：$codes。
"""
WORDING: Final = Wording(TABLE)


def in_chinese(problem: RuleProblem) -> RuleProblem:
    """The problem with its message and hint in Chinese; what the table lacks stays in English."""
    hint = problem.hint and (WORDING.chinese(problem.hint) or problem.hint)
    return replace(problem, message=WORDING.chinese(problem.message) or problem.message, hint=hint)
