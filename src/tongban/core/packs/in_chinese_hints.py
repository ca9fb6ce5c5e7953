"""What to do about what is wrong with a pack, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    did you mean "$name"? | 是不是“$name”？
    add $what | 加上 $what
    add items | 加上 items
    add it to $folder/ | 加到 $folder/
    add a question | 加上问题
    add a question, or a licence or registry as source | 加上问题，或以证照、登记库为来源
    add an organisation with authority: $name | 加一个机构，写明 authority: $name
    add calendars/default.yaml with known_until, rest_days and working_days | 加上 calendars/default.yaml，写明 known_until、rest_days 和 working_days
    add codes: <id of a code list> | 加上 codes: 某个代码表的 id
    add field: one of $names | 加上 field，取 $names 之一
    add path: the names above it | 加上 path：它的各级上级名称
    add the law and its article to laws/ | 把法规和条款加到 laws/
    begin each entry with '- id: ...' at the margin | 每一条顶格以“- id: ...”开头
    begin it with '$what' | 以“$what”开头
    begin with front matter between two lines of ---, then <!-- zh --> and <!-- en --> with the texts | 开头在两行 --- 之间写说明，然后用 <!-- zh --> 和 <!-- en --> 分开两种文字
    begin with id: ... | 以 id: ... 开头
    call the usual one default | 通常用的那个叫 default
    change of or gives | 改 of 或 gives
    check amount and unit; at most $term | 核对数量和单位；最多 $$term
    check indentation, colons and quotes | 检查缩进、冒号和引号
    copy it again from the certificate | 照证书重新抄一遍
    correct it, or take the service away with remove: true | 改正它，或用 remove: true 去掉这个事项
    correct years | 改正 years
    end the earlier one: valid_to: $day | 让前一个结束：valid_to: $day
    exchange them | 对调
    fields here: $names | 这里的字段有：$names
    first at $place; keep one | 第一处在 $place；只留一个
    first on line $line; keep one | 第一处在第 $line 行；只留一个
    give each class a code of its own | 每个分类用自己的代码
    in_force_to is the first day on which it is no longer in force | in_force_to 是不再施行的第一天
    its fields: $names | 它的字段有：$names
    keep one | 只留一个
    keep one document of a kind | 每种文书只留一份
    keep one, or put the other word into its also | 只留一个，或把另一个词放进它的 also
    keep only shapes, text, gradients and links to parts of the same file (#name) | 只留形状、文字、渐变和指向同一文件内部（#名称）的链接
    leave $name as it is below, or make it a service of its own | $name 保持下层的样子，或另立一个事项
    let one of them accept an upload, a registry or a commitment instead | 让其中一个改收上传件、登记库数据或承诺书
    lower the price to the ceiling | 把价格降到上限
    make it flatter | 减少嵌套
    make them the same | 改成一致
    move it into the folder of its kind | 移到它那一种的文件夹里
    move known_until, or take the day out | 推后 known_until，或去掉这一天
    name what the page is about by its id | 用 id 写明页面讲的是什么
    one of: $names | 取其一：$names
    only policies can read relations | 只有政策能读关系
    promise no more than the statutory term | 承诺时限不长于法定时限
    put it in quotes | 加上引号
    put the rows in order | 把各行排好顺序
    quote text that begins with [ or { | 以 [ 或 { 开头的文字加上引号
    remove it as well, or do not add it | 同时去掉它，或不要加
    rename or move it: $place | 改名或移动：$place
    rules use one name for one thing; rename one of them | 规则里一个名字只指一样东西，给其中一个改名
    save it as UTF-8 | 存成 UTF-8
    set exactly one | 只写一个
    set fact or given, not both | fact 和 given 只写一个
    split it | 拆开
    suppress cells below $least at least | 至少要抑制小于 $least 的格子
    take it out | 去掉它
    take partial away | 去掉 partial
    take interest away, or let it return all-with-interest | 去掉 interest，或者改为 all-with-interest
    add score: a whole number, or take another order | 加上 score（整数），或者改用别的分配方式
    add offer: land, premises, funds or talent, and unit: the words for what is counted | 加上 offer（land、premises、funds 或 talent）和 unit（计数单位的说法）
    take it out, or add trade | 去掉它，或加上 trade
    take out $name | 去掉 $name
    take out codes, or make it type: code | 去掉 codes，或改成 type: code
    take out the other fields, or take out 'remove' | 去掉其他字段，或去掉 remove
    take out the second --- | 去掉第二个 ---
    a fact of type $type has no shares of answers | 类型为 $type 的事实没有各种回答的份额
    "$name" is no answer to it | “$name”不是它的回答
    the shares of the answers come to $total | 各种回答的份额合计为 $total
    a material cannot come along with itself | 材料不能附带它自己
    "$name" has conditions or companions of its own | “$name”自己还有条件或附带材料
    take it out | 去掉它
    name materials whose alternatives have no when and no along_with | 写各种办法都没有 when 和 along_with 的材料
    add on_commitment: true, or take it out | 加上 on_commitment: true，或者去掉它
    add verify: {amount: 20} | 加上 verify: {amount: 20}
    require a material with an alternative commitment: {zh: ..., en: ...} | 要求一样可以签承诺的材料，它的办法里有 commitment: {zh: ..., en: ...}
    take out priors | 去掉 priors
    answers: $list | 回答有：$list
    write shares that come to 1 | 写成合计为 1 的份额
    take out unit, or use a number type | 去掉 unit，或用数字类型
    the fact is of type $type | 这个事实的类型是 $type
    the type is $type | 类型是$$type
    use a fact of the log that is a whole number, or a condition | 用日志里是整数的事实，或用条件
    use one of $names | 用其中之一：$names
    use spaces | 用空格
    valid_to is the first day on which it no longer holds | valid_to 是失效的第一天
    write $what | 写成 $what
    write $event or $policy, and not both | 写 $event 或 $policy，不要都写
    write 0 to 100 | 写 0 到 100
    write a plain value, or quote the text | 写普通的值，或给文字加引号
    write both languages: {zh: 中文, en: English} | 两种文字都写：{zh: 中文, en: English}
    write openness: none | 写 openness: none
    write service-id/condition-id | 写成 事项id/条件id
    write the content out, or quote the text | 把内容完整写出，或给文字加引号
    write the new value | 写新的值
    add: [...] | add: [...]
    remove: [...] | remove: [...]
    write the whole list | 写整个列表
"""
