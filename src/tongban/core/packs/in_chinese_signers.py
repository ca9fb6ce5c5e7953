"""What is wrong with those who sign besides the applicant, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    a signer is found by facts or is the legal representative: write one of them | 共同签署人要么由事实指明，要么是法定代表人：写其中一种
    by: [FACT], or representative: true | 写 by: [FACT]，或者 representative: true
    the fact "$name" holds no identity number: it is of the type $type | 事实“$name”不是证件号码：它的类型是 $type
    name a fact of the type text | 写一个 text 类型的事实
    nobody can say who signs: the fact "$name" has no question and no source | 说不出由谁签：事实“$name”既没有问题，也没有来源
    give the fact a question | 给这个事实写上问题
"""
