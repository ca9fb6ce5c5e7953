"""What is wrong with renewals, corrections, hearings and what locks them, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    it prolongs "$kind" and issues another licence | 它延续的是“$kind”，发的却是另一种证照
    write result: licence: $kind | 写 result: licence: $kind
    "$kind" is valid without end, so there is nothing to prolong | “$kind”长期有效，没有什么可延续
    take out renewal | 去掉 renewal
    none of its materials is "$kind", so its last day cannot be known | 要的材料里没有“$kind”，无从知道哪天到期
    require a material with an alternative licence: of that kind | 要一份可以用这种证照（licence:）代替的材料
    only a permit is renewed by silence | 只有行政许可才会因逾期未决定而视为准予延续
    write by_silence: false | 写 by_silence: false
    it can be applied for $first before the last day at the earliest, and must be $last before | 最早在到期前 $$first可以申请，却要在到期前 $$last就申请
    make apply_from longer than apply_before | 让 apply_from 长于 apply_before
    a reminder $early before the last day of $whole comes too early | 期限 $$whole，提前 $$early提醒，太早了
    remind later than the notice | 提醒要在告知以后
    what was granted can end, and nothing says how long its holder is heard before | 已经准予的可以终结，却没有写明终结以前给持有人多长时间陈述、申辩
    add heard: {within: {amount: 5}} | 加上 heard: {within: {amount: 5}}
    no longer asks for two officers | 不再要求两名工作人员
    no longer hears the holder | 不再听取持有人的陈述、申辩
    takes the hearing away | 取消了听证
    shortens it from $old to $new | 把它从 $old 缩短到 $new
    the layer $layer keeps $services for less time than $other does | 层 $layer 给 $services 的档案保管得比 $other 短
    keep them at least as long as below | 至少和下层保管得一样久
    a class of retention from below is not taken away, files would be kept shorter | 下层的保管期限不能去掉，否则档案会保管得更短
    let a class of your own keep them longer | 用自己的一类保管得更久
    there is no hearing whose day could be told | 没有听证，无从告知听证的日子
    add hearing: {amount: 20}, or take out notice | 加上 hearing: {amount: 20}，或者去掉 notice
"""
