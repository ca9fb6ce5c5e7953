"""What is wrong with the fair competition of policies, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    there is no record of the fair competition review, without which no policy may be issued | 没有公平竞争审查记录；未经审查的政策不得出台
    the record of the fair competition review names neither its date nor its document | 公平竞争审查记录没有写明审查日期，也没有写明文号
    this picks out single firms: "$name" is held against fixed values | 这里挑出了个别企业：拿“$name”和固定的值比较
    this rewards the tax that a firm pays: it reads "$name" | 这里按企业交税多少给好处：用到了“$name”
    this goes by where a firm is registered: it reads "$name" | 这里看企业在哪里注册：用到了“$name”
    take it out, or name the law that allows it: $what | 去掉它，或写明哪部法律准许：$what
    write the date and the number of the review, as in 2025-11-20, review no. 12 of 2025 | 写明审查的日期和文号，例如：2025-11-20，审查意见〔2025〕12号
"""
