"""What is wrong with consultations and inspections, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    a service that the platform grants by itself cannot wait for an inspection | 由平台自动办结的事项不能等现场核查
    a service that the platform grants by itself cannot wait for an opinion | 由平台自动办结的事项不能等别的部门的意见
    take out automatic, or required | 去掉 automatic，或者去掉 required
    the clock stops only for what the law names, and no article is named | 只有法律写明的情形才能停止计时，这里没有写条款
    name the article under articles, or take out stops_clock | 在 articles 里写明条款，或者去掉 stops_clock
    there is no time for it | 没有给它时间
    write within: {amount: 5} | 写成 within: {amount: 5}
    the authority of the service is part of every visit | 事项自己的主管部门每次都在场
    name the other authorities | 写别的主管部门
    the authority of the service cannot be asked for its own opinion | 不能向事项自己的主管部门征求意见
    name another authority | 换一个主管部门
    where health or safety is at stake silence is no answer | 涉及健康或安全的，不答复不能当作没有意见
    write silence: wait | 写成 silence: wait
    it takes longer than the whole service is promised to take | 它的时间比整个事项的承诺时限还长
    shorten it | 缩短它
    the service asks nobody for "$name", so it cannot be shown | 这个事项不要“$name”，没有可给人看的
    take it out, or add it to form or requires | 去掉它，或者加进 form 或 requires
    no longer asks for $names | 不再征求 $names
    no longer looks at $names | 不再查看 $names
    lets silence answer $name | 让 $name 可以用不答复代替
    makes $name optional | 把 $name 改成可有可无
    makes it optional | 把它改成可有可无
    asks somebody else for $name | $name 改向别的部门征求
    takes it away | 把它去掉
    lets it stop the clock | 让它停止计时
    sends fewer officers | 减少了去的人数
    no longer draws who goes | 不再抽签决定谁去
    lengthens it from $old to $new ($name) | 把它从 $old 延长到 $new（$name）
    lengthens it to $amount hours ($name) | 把它延长到 $amount 小时（$name）
    counts it in $new instead of $old ($name) | 改用 $new 计，不用 $old（$name）
    lengthens its extension from $old to $new ($name) | 把延长期从 $old 延长到 $new（$name）
"""
