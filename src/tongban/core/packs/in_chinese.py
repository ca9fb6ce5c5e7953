"""What is wrong with a pack, in Chinese."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from tongban.core.packs import in_chinese_hints as hints
from tongban.core.packs import in_chinese_policies as of_policies
from tongban.core.packs import in_chinese_retention as of_retention
from tongban.core.packs import in_chinese_rights as of_rights
from tongban.core.packs import in_chinese_signers as of_signers
from tongban.core.packs import in_chinese_visits as of_visits
from tongban.core.packs.content import NOUNS
from tongban.core.packs.pack import Problem
from tongban.core.rules import in_chinese as of_rules
from tongban.core.values.wording import Wording

TABLE: Final = """
    layer | 层
    law | 法规
    code list | 代码表
    fact | 事实
    parameter | 参数
    bracket table | 分档表
    relation | 关系
    document | 文书
    term | 术语
    collection | 一类事
    knowledge page | 知识页面
    calendar | 日历
    authority | 主管部门角色
    organisation | 机构
    place | 地区
    licence | 证照
    registry | 登记库
    material | 材料
    service | 事项
    life event | 一件事
    data element | 数据元
    policy | 政策
    product | 数据产品
    complaint class | 诉求分类
    indicator | 指标
    goal | 目标
    test | 测试
    licence $id | 证照“$id”
    registry $id | 登记库“$id”

    there is no $noun "$name" | 没有$$noun“$name”
    there is no article "$name" | 没有条款“$name”
    there is no drawing "$name" in assets/ | assets/ 里没有图形“$name”
    there is no placeholder "$name" | 没有占位符“$name”
    nothing fills "$name" in a document of the kind $kind | 种类为 $kind 的文书填不了“$name”
    there is no placeholder "" | 占位符是空的
    there is no licence or registry "$name" | 没有证照或登记库“$name”
    there is no life event, service or policy "$name" | 没有一件事、事项或政策“$name”
    there is no field "$name" | 没有字段“$name”
    there is no language "$name" here; text is written in zh and en | 这里没有语言“$name”；文字写 zh 和 en 两种
    there is no kind of content called "$name" | 没有叫“$name”的内容种类
    there is no layer "$name": $file is missing | 没有层“$name”：缺少 $file
    there is no calendar, and services count their terms by one | 没有日历，而事项的时限要按日历计算
    the field "$name" is missing | 缺少字段“$name”
    the $holder has no field "$name" | $$holder没有字段“$name”
    must be $wanted, and is $found | 应是$$wanted，实际是$$found
    must be text in Chinese and English | 要有中文和英文两种文字
    the $language text ($code) is missing | 缺少$$language文字（$code）
    the $language text must be text | $$language文字必须是文本
    Chinese | 中文
    English | 英文
    a mapping | 键值表
    a list | 列表
    an empty list | 空列表
    empty | 空
    text | 文本
    text that is not empty | 非空文本
    a list of at least $least | 至少 $least 项的列表
    at least $least | 至少 $least
    at most $most | 至多 $most
    a date such as 2026-01-31 | 形如 2026-01-31 的日期
    small letters and digits, with - or _ between words | 小写字母和数字，词之间用 - 或 _
    small letters, digits and _, beginning with a letter | 小写字母、数字和 _，以字母开头
    an act and an article, act-id#number | 法规和条款，写成 法规id#条号
    a version such as 1.0.0 | 形如 1.0.0 的版本号
    a division code of six digits | 六位行政区划代码
    a credit code of 18 digits and capital letters | 18 位数字和大写字母的统一社会信用代码
    a licence type code of 21 digits and capital letters | 21 位数字和大写字母的证照类型代码
    letters, digits, _, . and - only | 只含字母、数字、_、. 和 -
    boolean, integer, decimal(2), money, date, text or code | boolean、integer、decimal(2)、money、date、text 或 code
    true | 真
    false | 假

    the file is larger than $most bytes | 文件超过 $most 字节
    the file is not UTF-8 text | 文件不是 UTF-8 文本
    this is not valid YAML: $what | 这不是有效的 YAML：$$what
    mapping values are not allowed in this context | 这里不能再写键和值
    did not find expected key | 这里该有一个键
    did not find expected '-' indicator | 这里该有“-”
    did not find expected <document start> | 这里该是文档的开头
    found character that cannot start any token | 有不能这样开头的字符
    could not find expected ':' | 少了冒号“:”
    while parsing a block mapping $rest | 键值表没有写完：$$rest
    while parsing a block collection $rest | 列表没有写完：$$rest
    while parsing a flow mapping $rest | 花括号里没有写完：$$rest
    while parsing a flow sequence $rest | 方括号里没有写完：$$rest
    while parsing a flow node $rest | 值没有写完：$$rest
    while scanning a simple key $rest | 键没有写完：$$rest
    while scanning a quoted scalar $rest | 引号没有闭合：$$rest
    did not find expected ',' or '}' | 少了“,”或“}”
    did not find expected ',' or ']' | 少了“,”或“]”
    did not find expected node content | 这里该有内容
    found unexpected end of stream | 文件到此为止
    found unexpected document indicator | 遇到了文档分隔符
    the file holds more than one YAML document | 文件里有不止一个 YAML 文档
    packs do not use YAML anchors and aliases (& and *) | 内容包不用 YAML 的锚和别名（& 和 *）
    packs do not use YAML tags (!) | 内容包不用 YAML 的标签（!）
    the content is nested more than $most levels deep | 内容嵌套超过 $most 层
    a key must be a word, not a list or a mapping | 键必须是一个词，不能是列表或键值表
    the key "$name" stands twice in the same mapping | 键“$name”在同一处出现两次
    the line is indented with a tab | 这一行用制表符缩进
    the page has no front matter | 页面没有开头的说明（front matter）
    the front matter must be a mapping | 开头的说明必须是键值表
    the front matter holds no id: it is the name of the file | 开头的说明里不写 id：它就是文件名
    the front matter holds no body: it is the text of the file | 开头的说明里不写 body：它就是文件的正文

    the layers extend each other in a circle: $path | 各层互相扩展，成了圈：$path
    pack.yaml must be a mapping | pack.yaml 必须是键值表
    the layer calls itself "$name" and lies in the folder "$folder" | 层自称“$name”，却在文件夹“$folder”里
    a layer holds only pack.yaml, folders and .md files at its top | 层的最上面只有 pack.yaml、文件夹和 .md 文件
    $folder/ holds $ending and .md files, and no folders | $folder/ 里只有 $ending 和 .md 文件，没有文件夹
    a content file is a list of entries, not a mapping or a text | 内容文件是条目的列表，不是键值表，也不是文本
    each entry of the list must be a mapping | 列表的每一条都必须是键值表
    no layer below $layer has it to change, and it is not complete | $layer 以下没有哪一层有它可改，而它自己又不完整
    this $noun has no $key | 这个$$noun没有 $key
    the layer $layer holds the $noun $id twice | 层 $layer 里有两个$$noun“$id”
    no layer below has this entry, so its list cannot be changed | 下面各层没有这一条，所以没有列表可改
    an entry that is taken away holds only its $key and 'remove: true' | 要去掉的条目只写 $key 和 remove: true
    no layer below has it, so it cannot be taken away | 下面各层没有它，无从去掉
    only a list can be changed with add and remove | 只有列表才能用 add 和 remove 来改
    the list below has no "$name" to remove | 下层的列表里没有“$name”可去掉
    the list already has "$name" | 列表里已经有“$name”
    $name must hold a list | $name 里要是列表
    the layer $layer $how, and $other locks it | 层 $layer $$how，而 $other 锁定了它
    asks for $names | 多要 $names
    adds the condition $names | 加了条件 $names
    adds a block: $names | 加了不予办理的情形 $names
    changes it | 改了它
    lengthens it to $amount hours | 把它延长到 $amount 小时
    lengthens it from $old to $new | 把它从 $old 延长到 $new
    lengthens its extension from $old to $new | 把延长期从 $old 延长到 $new
    counts it in $new instead of $old | 改用 $new 计，不用 $old
    makes $names stricter | 把 $names 改得更严
    raises it from $old to $new fen | 把它从 $old 分提高到 $new 分
    turns an instant case into a promised one | 把即办件改成承诺件

    the rule is never true, so the service never applies | 规则永远不成立，所以这个事项永远用不上
    a form cannot ask for a list yet, and this rule reads the relation $name | 表单还不能填名单，而这条规则要读关系 $name
    a share adds up whole numbers or counts what is true, and this is $type | 比率是整数之和或成立的个数，这里却是$$type
    in the life event $event services wait for each other in a circle: $path | 一件事 $event 里的事项互相等待，成了圈：$path
    the table has no rows | 表里没有行
    the parameter has no value | 参数没有值
    the list has no codes | 代码表里没有代码
    a $noun has the same name | 有一个$$noun同名
    brackets are of numbers, money or dates, and not of $type | 分档按数字、金额或日期，不能按$$type
    the rows must rise, and $row does not come after the row before it | 各行要由小到大，$row 没有比上一行大
    the pack has several calendars and none is called default | 内容包有几个日历，却没有一个叫 default
    $day is a $weekday, which rests anyway | $day 是$$weekday，本来就休息
    $day is a $weekday, which is worked anyway | $day 是$$weekday，本来就上班
    Monday | 星期一
    Tuesday | 星期二
    Wednesday | 星期三
    Thursday | 星期四
    Friday | 星期五
    Saturday | 星期六
    Sunday | 星期日
    $day lies after the last day that the calendar knows, $last | $day 晚于日历所知的最后一天 $last
    the policy holds from $first and no longer on $end: for no day | 政策从 $first 起有效，到 $end 已失效：一天也没有
    the value holds from $first and no longer on $end: for no day | 数值从 $first 起有效，到 $end 已失效：一天也没有
    the article is in force from $first and no longer on $end | 条款从 $first 起施行，到 $end 已不再施行
    two values hold on $day | $day 有两个数值同时有效
    no value holds on $day: valid_to is the first day on which a value no longer holds | $day 没有有效的数值：valid_to 是失效的第一天
    the price, $price fen, passes the ceiling, $ceiling fen | 价格 $price 分，超过上限 $ceiling 分
    cells of $count can be traced to people | 只有 $count 个的格子能追到人
    the class $other has the code $code too | 分类 $other 也用代码 $code
    the class stands under nothing | 分类没有上级
    a word is empty | 有一个词是空的
    the budget goes by scores, and the policy has none | 预算按评分分配，政策却没有写评分
    everybody is given the same share, so nobody is the last in line | 人人按同一比例，没有排在最后的人
    what is offered is not money, and nothing says what it is and how it is counted | 提供的不是钱，没有写明是什么、怎么计数
    a rate of interest is named, and $returns brings no interest | 写了利率，而 $returns 不计利息
    data is withheld from sharing only where law or regulation says so | 只有法律法规写明的，数据才能不予共享
    data that offices may not share cannot be open to society | 部门之间都不能共享的数据，不能向社会开放
    counts by trade need the field of the licence that says the trade | 按行业计数，要写明证照的哪个字段是行业
    the field of the trade is not used: trade is not among the dimensions | 用不到行业字段：维度里没有行业
    $value is not a percentage of a share | $value 不是比率的百分数
    both a fact and the act of issuing fill the field $field | 字段 $field 既取自事实，又在签发时填写
    nothing fills the field $field | 没有什么来填字段 $field
    a licence is valid for at least a year, or without end when years is left out | 证照有效期至少一年；不写 years 就是长期
    the key "$name" is not a field of this registry | 主键“$name”不是这个登记库的字段
    an alternative is one of $ways, and this sets $given | 一种提供方式只能是 $ways 之一，这里写了$$given
    a source is one of licence, registry and answer, and this sets $given | 一个来源只能是 licence、registry、answer 之一，这里写了$$given
    none | 零个
    $one and $other | $one 和 $$other
    the document $other is of the kind $kind already | 文书 $other 已经是 $kind 这一种
    the term $other explains "$word" already | 术语 $other 已经解释了“$word”
    a brace stands alone, so what follows or precedes it is not filled in | 有一个花括号落单，它前后的内容不会被填入
    no organisation of this place fills the role "$name" | 本地没有机构承担“$name”这个角色
    its confidence is "$found", not "confirmed" | 可信程度是“$found”，不是“confirmed”
    read it in its source, name that under source and write confidence: confirmed | 在出处中核对原文，在 source 写明出处，再写 confidence: confirmed
    a layer with organisations needs a brand: the name, tagline and seal of its portal | 有机构的层要有 brand：门户的名称、标语和徽标
    a credit code has 18 characters, this has $found | 统一社会信用代码有 18 位，这里有 $found 位
    a credit code has digits and capital letters without I, O, S, V, Z; this has $signs | 统一社会信用代码只用数字和大写字母，不用 I、O、S、V、Z；这里有 $signs
    characters 3 to 8 of a credit code are a division code of digits | 统一社会信用代码第 3 至 8 位是行政区划代码，只有数字
    the check character of the organisation code inside the credit code is wrong (character 17) | 统一社会信用代码里主体标识码的校验位（第 17 位）不对
    the check character of the credit code is wrong (character 18) | 统一社会信用代码的校验位（第 18 位）不对
    a test names the event or the policy that it is of | 测试要写明是哪个一件事或哪个政策的
    a test of a $noun has no $name | $$noun的测试没有 $name
    the policy $id has no condition "$name" | 政策 $id 没有条件“$name”
    the service $id has no condition "$name" | 事项 $id 没有条件“$name”
    $term is longer than any term we know | $$term，比已知的任何时限都长
    $n working days | $n 个工作日
    $n working day | $n 个工作日
    $n calendar days | $n 个自然日
    $n calendar day | $n 个自然日
    $n months | $n 个月
    $n month | $n 个月
    $n hours | $n 小时
    $n hour | $n 小时
    an instant service has no time in which a material could follow | 即办件当场办结，没有补交材料的时间
    a service that touches health or safety takes no application without all materials | 涉及健康或安全的事项，材料不齐不能受理
    nothing is promised this way, so there is nothing to check | 这种办法没有承诺，也就没有要核查的
    a decision on a promise needs a term in which the promise is checked | 凭承诺作决定的，要写明在多长时间里核查承诺
    nothing that this service asks for is a promise to sign | 这个事项要的材料里，没有一样是要签的承诺
    the promised term, $one, is longer than the statutory one, $other | 承诺时限 $$one，长于法定时限 $$other
    the $key "$value" stands twice in this list | $$key“$value”在列表里出现两次
    code | 代码
    number | 编号
    dimension | 维度
    word | 词
    year | 年份
    an amount of money is written in yuan with two digits after the point: $amount | 金额以元为单位，写两位小数：$amount
    a fact of type code needs the code list it is taken from | 代码类型的事实要写明取自哪个代码表
    only a fact of type code has a code list, and this is of type $type | 只有代码类型的事实才有代码表，这里的类型是 $type
    only numbers and money have a $name, and this is of type $type | 只有数字和金额才有 $name，这里的类型是 $type
    $type has no unit | $$type没有单位
    the smallest value $low is above the largest, $high | 最小值 $low 大于最大值 $high
    nobody can supply this fact: it has neither a question nor sources | 没有谁能提供这个事实：既没有问题，也没有来源
    an answer is a source, but there is no question to answer | 来源是回答，却没有可回答的问题
    an answer has no field | 回答没有字段
    the source does not say which field of the $holder holds the fact | 来源没有写明$$holder的哪个字段存放这个事实

    "$value" is not a code of the list $list ($hint) | “$value”不是代码表 $list 里的代码（$$hint）
    the text has $count characters and may have $most | 文字有 $count 个字符，最多 $most 个
    the smallest possible value is $value | 最小只能是 $value
    the largest possible value is $value | 最大只能是 $value
    Give a list with one mapping for each. | 写成列表，每一个是一个键值表。
    There are $count, and $most are the most. | 有 $count 个，最多 $most 个。
    Number $number is not a mapping. | 第 $number 个不是键值表。
    Number $number has no field '$name' ($hint). | 第 $number 个没有字段“$name”（$$hint）。
    number $number, $name: $what | 第 $number 个，$name：$$what
    Answer true or false. | 填 true 或 false。
    Type a date as year-month-day, for example 2026-01-31. | 日期写成 年-月-日，例如 2026-01-31。
    Type a number in digits, for example 120. | 用数字填写，例如 120。
    Type at most $most digits. | 最多 $most 位数字。
    Type at most $most digits after the point. | 小数点后最多 $most 位。
    Type a whole number, without a point. | 填整数，不带小数点。
    Type a text. | 填文字。
    Type at most $most characters. | 最多 $most 个字符。
    Choose one of the listed values. | 从列出的值里选一个。

    mapping | 对照表
    a mapping file is a mapping of fields to columns | 对照表文件是字段到列的键值表
    one of $names | $names 之一
    begin with columns: | 以 columns: 开头
    "$path" is not the path of a field | “$path”不是字段的路径
    a point leads into a field, [] stands after a list: requires[].material | 用点进入字段，列表后面写 []：requires[].material
    no column gives the $key | 没有哪一列给出 $key
    the pattern is not a regular expression | pattern 不是正则表达式
    the table has no row $row, which is to name the columns | 表里没有第 $row 行，而列名该在这一行
    the table has no column "$name" | 表里没有“$name”这一列
    the columns are $names | 表里的列是 $names
    two columns are called "$name" | 有两列都叫“$name”
    rename one | 改一个的名字
    column "$name": $what | “$name”列：$$what
    nothing reads it | 没有用到
    map it, or name it under ignore | 写进对照，或列在 ignore 下
    the row has no $key | 这一行没有 $key
    fill in the cell | 把这一格填上
    "$value" is not as the pattern $pattern says | “$value”不合 pattern $pattern
    the mapping does not say what "$value" is | 对照表没有写“$value”是什么
    add it under values | 加到 values 下
    an earlier row of $id says "$value" | $id 前面的行写的是“$value”
    write the same in each of its rows | 它的每一行都写得一样
    there are $count here, and $other in another column of the same list | 这里有 $count 个，同一列表的另一列有 $other 个
    write as many in each | 各列写得一样多
    another row of $id does not fit | $id 的另一行不合
    mend that row first | 先改好那一行
    the pack has $id already, and it is left as it is | 内容包里已有 $id，保持原样
    change it in its file | 要改就改它的文件

    <$name> is not allowed in a drawing | 图形里不能有 <$name>
    a link leads out of the drawing | 有链接指到图形之外
    the attribute $name would run a script | 属性 $name 会运行脚本
    the attribute $name fetches something from outside the drawing | 属性 $name 会从图形之外取东西
    the drawing has a document type, an entity or a style sheet | 图形里有文档类型、实体或样式表
    the drawing is larger than $most bytes | 图形超过 $most 字节
    the drawing is not UTF-8 text | 图形不是 UTF-8 文本
    this is not an SVG drawing: the outer element must be <svg> | 这不是 SVG 图形：最外层必须是 <svg>
    this is not an SVG drawing: $what | 这不是 SVG 图形：$what
"""
_MESSAGES: Final = Wording(
    TABLE
    + hints.TABLE
    + of_policies.TABLE
    + of_retention.TABLE
    + of_signers.TABLE
    + of_rights.TABLE
    + of_visits.TABLE
    + of_rules.TABLE
)
_NAMED: Final = re.compile(
    rf"(?P<noun>{'|'.join(sorted(NOUNS.values(), key=len, reverse=True))}) (?P<id>.+?)"
    r"(?: \((?P<path>[^()]+)\))?: (?P<said>.+)",
    re.DOTALL,
)
"""Whose the message is, and what is wrong with it."""


def in_chinese(problem: Problem) -> Problem:
    """The problem with its message and hint in Chinese; what the table lacks stays in English."""
    hint = problem.hint and (chinese(problem.hint) or problem.hint)
    return replace(problem, message=chinese(problem.message) or problem.message, hint=hint)


def chinese(text: str) -> str | None:
    """A message or a hint in Chinese; None when the table lacks it."""
    named = _NAMED.fullmatch(text)
    said = _MESSAGES.chinese(named["said"]) if named else None
    if named is None or said is None:
        return _MESSAGES.chinese(text)
    path = f"（{named['path']}）" if named["path"] else ""
    return f"{_MESSAGES.chinese(named['noun'])}“{named['id']}”{path}：{said}"
