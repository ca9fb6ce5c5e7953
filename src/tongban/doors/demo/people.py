"""Who may be chosen in a demonstration. Everybody here is fictional, and so is every number.

The last character of each resident number is computed when it is used, so that it is a right one.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_noop as msg
from stdnum.iso7064 import mod_11_2


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    name_en: str
    number: str
    """First 17 characters of the resident number."""
    phone: str
    what: str
    """Who this is, for the terminal and for the page where people are chosen: a msgid."""
    authority: str | None = None
    """Role of the organ where this person works; None for residents."""
    role: str | None = None
    leads: bool = False
    """Leads those with the same post there."""

    @property
    def identifier(self) -> str:
        return self.number + mod_11_2.calc_check_digit(self.number)


PEOPLE = (
    Person("demo-lin", "林晓晨", "Lin Xiaochen", "99010119900315000", "13800001234", msg("applicant, holds a business licence")),
    Person("demo-shen", "沈一禾", "Shen Yihe", "99010219920722000", "13800005678", msg("applicant, has no business licence yet")),
    Person("demo-market", "周一鸣", "Zhou Yiming", "99010119851102000", "", msg("officer, market regulation"), "market-regulation", "officer", leads=True),
    Person("demo-urban", "顾明远", "Gu Mingyuan", "99010319820618000", "", msg("officer, urban management"), "urban-management", "officer"),
    Person("demo-fire", "陈知夏", "Chen Zhixia", "99010419880404000", "", msg("officer, fire and rescue"), "fire-rescue", "officer"),
    Person("demo-fire-second", "程守正", "Cheng Shouzheng", "99010419810909000", "", msg("second officer, fire and rescue"), "fire-rescue", "officer"),
    Person("demo-market-second", "苏谨言", "Su Jinyan", "99010119790526000", "", msg("second officer, market regulation"), "market-regulation", "officer"),
    Person("demo-window", "何汀兰", "He Tinglan", "99010119951212000", "", msg("window clerk"), "data-bureau", "clerk"),
    Person("demo-auditor", "严慎之", "Yan Shenzhi", "99010119780101000", "", msg("auditor"), "data-bureau", msg("auditor")),
    Person("demo-registry", "方地衡", "Fang Diheng", "99010219830909000", "", msg("officer, property registry"), "natural-resources", "officer"),
    Person("demo-commerce", "钱惠民", "Qian Huimin", "99010119870520000", "", msg("officer, commerce (policies)"), "commerce", "officer"),
    Person("demo-hotline", "安宁", "An Ning", "99010319931001000", "", msg("hotline clerk"), "hotline-centre", "clerk"),
    Person("demo-police", "卫平", "Wei Ping", "99010419860216000", "", msg("officer, public security (noise)"), "public-security", "officer"),
    Person("demo-operator", "舒据", "Shu Ju", "99010119890808000", "", msg("officer, data operator"), "data-operator", "officer"),
    Person("demo-data", "舒同", "Shu Tong", "99010119860311000", "", msg("officer, data bureau (pilots)"), "data-bureau", "officer"),
    Person("demo-bank", "殷行舟", "Yin Xingzhou", "99010119840704000", "13800004321", msg("buys data for a bank")),
    Person("demo-neighbour", "邻舍", "Lin She", "99010119910610000", "13800008765", msg("lives next to the noodle shop")),
)  # fmt: skip
