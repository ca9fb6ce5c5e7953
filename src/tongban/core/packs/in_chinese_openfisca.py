"""What does not fit of OpenFisca's parameters, in Chinese. The rest of the sentences are in `in_chinese`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tongban.core.packs import in_chinese
from tongban.core.packs.pack import Problem
from tongban.core.values.wording import Wording

TABLE: Final = """
    fact | 事实
    relation | 关系
    parameter | 参数
    bracket table | 分档表
    amount | amount
    rate | rate

    the file does not say the unit of these numbers | 文件没有写明这些数字的单位
    nothing says what the unit "$name" is | 没有写明单位“$name”是什么
    say what it is: --unit '$name=money', =ratio, =number or =number:UNIT | 写明它是什么：--unit '$name=money'（金额），或 =ratio（比例）、=number（数）、=number:单位
    $number is not a whole number of fen | $number 不是整数分
    take the values from a later day on with --since, or read the unit as a number | 用 --since 只取较晚的数值，或把这个单位当作数来读
    $number has $count digits after the point, and $most are the most | $number 小数点后有 $count 位，最多 $most 位
    round it in the file, if law allows it | 法律允许的话，在文件里取整
    "$value" is not a number | “$value”不是数
    "$value" is of another type than the values before it | “$value”和前面的数值类型不同
    make it several parameters | 拆成几个参数
    "$key" is not a day | “$key”不是日期
    write it as 2026-01-31 | 写成 2026-01-31 的样子
    what holds from $day is only expected, and is not read | 从 $day 起的数值只是预计，没有读
    nothing says what holds from $day | 没有写明从 $day 起是什么
    add value | 加上 value
    a single value has a unit of its own | 有一个数值单独写了单位
    what holds from $day is a list, and a parameter of a pack is one value | 从 $day 起的是一个列表，而内容包的参数是一个值
    make it a code list, or a parameter for each | 改成代码表，或每项一个参数
    "$text" is another number for other readers of YAML | “$text”在别的 YAML 读法里是另一个数
    write it in plain digits, or in quotes | 用普通数字写，或加上引号

    no bracket has both its threshold and its value on any day | 没有哪一天有一档既有起点又有数值
    brackets must be a list with a mapping for each bracket | brackets 要是列表，每一档是一个键值表
    a bracket has no "$name" | 一档里没有“$name”
    one of: $names | 取其一：$names
    "$name" must hold days and their values | “$name”里要是日期和各自的数值
    nothing says what a scale of the type "$name" is | 没有写明类型为“$name”的分档是什么
    an average rate rises evenly inside a bracket, and in a table of a pack it is the same throughout | 平均税率在一档之内逐渐上升，而内容包的分档表在一档之内是不变的
    write it as a rule | 写成规则
    the rate counts for a part of the base, and a table of a pack has no place for that | 税率只按基数的一部分计，而内容包的分档表写不了这一点
    multiply the rate by it in the file | 在文件里把税率乘上它
    a scale has rates or amounts, and this has both | 分档要么是税率要么是金额，这里两样都有
    the brackets have neither rates nor amounts | 各档既没有税率也没有金额
    the type is $type, and the brackets have no $name | 类型是 $type，各档却没有 $$name
    two brackets begin at $number on $day | $day 有两档都从 $number 开始
    keep one | 只留一个
    amounts count above a threshold, and what comes next after it is known only of money and whole numbers | 金额在超过起点时才计，而只有金额和整数才知道起点之后的下一个数

    an index file speaks of its folder, and "$name" is no part of that | index 文件只说明它的文件夹，“$name”不在其中
    move it into a file of its own | 移到单独的文件里
    "$id" would be the name of $other too | “$id”也会是 $other 的名字
    rename one in the files | 在文件里给其中一个改名
    this is neither a parameter nor a scale nor a node with some in it | 这既不是参数，也不是分档，也不是含有它们的节点
    write values or brackets | 写上 values 或 brackets
    "$path" makes no name of small letters, digits and _, beginning with a letter | “$path”变不成以字母开头、由小写字母、数字和 _ 组成的名字
    rename it in the files, or give --prefix | 在文件里改名，或写 --prefix
    "values" must hold days and their values | “values”里要是日期和各自的数值
    no day has a value | 没有哪一天有数值
    write one, or take the parameter out | 写上一个，或去掉这个参数
    this has values and brackets | 这里既有 values 又有 brackets
    make it two parameters | 拆成两个参数
    "$name" stands beside values or brackets, where no other parameter can | “$name”和 values 或 brackets 并列，那里不能再有参数
    move it up or into a file of its own | 移到上一级，或移到单独的文件里
    a $noun has the same name | 有一个$$noun同名
    the pack has $id already, with other values, and it is left as it is | 内容包里已有 $id，数值不同，保持原样
    change it in its file, or take it out there and import again | 在它的文件里改，或从那里去掉再导入
"""
WORDING: Final = Wording(TABLE)


def in_chinese_of_import(problem: Problem) -> Problem:
    """The problem with its message and hint in Chinese; what neither table has stays in English."""
    told = in_chinese.in_chinese(problem)
    hint = problem.hint and (WORDING.chinese(problem.hint) or told.hint)
    return replace(problem, message=WORDING.chinese(problem.message) or told.message, hint=hint)
