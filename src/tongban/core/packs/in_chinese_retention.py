"""What is wrong with the classes of retention, in Chinese: a part of the table of `in_chinese`."""

from __future__ import annotations

from typing import Final

TABLE: Final = """
    class of retention | 保管期限
    is kept for a number of years or permanently: write one of them | 保管若干年或永久保管，要写其中一种
    years: 10, or permanent: true | 写 years: 10，或者 permanent: true
    the class $earlier keeps "$name" already | “$name”已经归在保管期限 $earlier 里
    name it in one class | 只归在一种保管期限里
    no class of retention says how long its files are kept | 没有写明这个事项的档案保管多久
    name it under services, or $kind under kinds, in retention/ | 在 retention/ 里把它写进 services，或者把 $kind 写进 kinds
"""
