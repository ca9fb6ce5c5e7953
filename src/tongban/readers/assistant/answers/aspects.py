"""What a question asks about its topic, by short word lists in both languages. Words of content never stand here."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from tongban.core.values.text import Bilingual
from tongban.readers.assistant import folding


class Aspect(StrEnum):
    VALIDITY = "validity"
    BASIS = "basis"
    MATERIALS = "materials"
    COST = "cost"
    WHO = "who"
    TIME = "time"
    APPLIES = "applies"
    ABOUT = "about"


class Asked(NamedTuple):
    aspects: tuple[Aspect, ...]
    """In the order in which they are answered; empty when only a topic is named."""
    rest: str
    """The folded question without the words that name an aspect."""


WORDS: Final[dict[Aspect, str]] = {
    Aspect.VALIDITY: "有效期限|有效期|有效多久|有效几年|有效|几年到期|到期|几年换|管几年|多少年|几年"
    "|how many years|valid for|valid|validity|expires|expire|expiry|renewed|renew",
    Aspect.BASIS: "法律依据|法定依据|依据是|依据|根据什么|凭什么|哪条法律|哪部法律|哪条|法条|法律规定|怎么规定|规定"
    "|legal basis|legal ground|on what ground|which law|which laws|what law|which article|under what law"
    "|what does the law say|legally",
    Aspect.MATERIALS: "提交哪些材料|哪些材料|什么材料|啥材料|材料清单|材料|要带什么|带什么|交什么|准备什么|准备哪些|哪些东西|证件"
    "|what papers|what documents|which documents|which papers|which materials|what materials|paperwork|documents"
    "|document|papers|materials|hand in|bring",
    Aspect.COST: "多少钱|要不要钱|收不收费|收费标准|收费吗|收费|费用|花多少|花钱|交钱|要钱|贵不贵|免费|价格"
    "|how much|costs|cost|fees|fee|price|charges|charge|pay|free of charge|expensive",
    Aspect.WHO: "哪个部门|哪个单位|哪个机关|什么部门|哪个局|归谁管|谁管|谁审批|谁批准|谁批|谁决定|谁来办|谁负责|谁发"
    "|去哪里办|去哪儿办|到哪里办|去哪办|在哪里办|在哪办|找谁|发证机关|电话"
    "|who decides|who handles|who grants|who issues|who approves|who is in charge|which office|which authority"
    "|which department|which bureau|where do i apply|where to apply|where can i apply|phone number|phone|who",
    Aspect.TIME: "多长时间|多久能|多久|几天|多少天|几个工作日|多少个工作日|工作日|多快|什么时候能|办理时限|办结时限|时限|期限|时间"
    "|how long|how many days|how many working days|how fast|how quickly|how soon|processing time|time limit"
    "|deadline|duration|days",
    Aspect.APPLIES: "要不要|用不用|需不需要|是不是必须|是否需要|是否|必须|什么情况|哪些情况|什么条件|哪些条件|条件|适用|一定要"
    "|do i need|do we need|do i have to|have to|must i|required|require|necessary|mandatory|conditions|condition"
    "|requirements|when is|needed|apply to me|applies",
}  # fmt: skip
"""In the order in which they are looked for: a word that an earlier aspect took is not seen by a later one."""

NOISE: Final = re.compile(
    "能办下来|办下来|办得下来|下来|拿到|办好|办完|要做|要办|才能|能不能|大概|大约|一共|总共|告诉|知道|一下|你好|您好|谢谢|请|要|该|做|是"
    "|都|会|这里|本市|我们|我"
    r"|\b(?:does|did|will|please|tell|me|there|this|that|has|have|by|from|if|you|your|us|here|about|any|need|must|take|takes"
    r"|taking|long|get|getting|it|its|i|the|a|an|is|are|which|what|say|says)\b"
)
"""Said around a topic without naming it."""

EXAMPLES: Final[dict[Aspect, Bilingual]] = {
    Aspect.TIME: Bilingual(zh="{name}要多久？", en="How long does it take: {name}?"),
    Aspect.MATERIALS: Bilingual(zh="{name}要哪些材料？", en="Which documents are needed: {name}?"),
    Aspect.COST: Bilingual(zh="{name}多少钱？", en="How much does it cost: {name}?"),
    Aspect.APPLIES: Bilingual(zh="{name}要不要办？", en="Is it required: {name}?"),
    Aspect.VALIDITY: Bilingual(zh="{name}有效期几年？", en="How many years is it valid: {name}?"),
}
"""Questions that a page offers; the name comes from the pack."""

NAMES: Final[dict[Aspect, Bilingual]] = {
    Aspect.VALIDITY: Bilingual(zh="有效期", en="Validity"),
    Aspect.BASIS: Bilingual(zh="法律依据", en="Legal basis"),
    Aspect.MATERIALS: Bilingual(zh="材料", en="Materials"),
    Aspect.COST: Bilingual(zh="费用", en="Cost"),
    Aspect.WHO: Bilingual(zh="谁来办", en="Who decides"),
    Aspect.TIME: Bilingual(zh="办理时间", en="Time"),
    Aspect.APPLIES: Bilingual(zh="什么情况要办", en="When it applies"),
    Aspect.ABOUT: Bilingual(zh="是什么", en="What it is"),
}


def _pattern(words: str) -> re.Pattern[str]:
    """Latin words match whole; Chinese ones anywhere."""
    parts = [rf"\b{word}\b" if word.isascii() else word for word in words.split("|")]
    return re.compile("|".join(parts))


_PATTERNS: Final = {aspect: _pattern(words) for aspect, words in WORDS.items()}


def read(question: str) -> Asked:
    """The aspects of a question, and what is left of it to find the topic by."""
    rest = folding.folded(question)
    found: list[Aspect] = []
    for aspect, pattern in _PATTERNS.items():
        rest, times = pattern.subn(" ", rest)
        if times:
            found.append(aspect)
    return Asked(_kept(found), NOISE.sub(" ", rest))


def _kept(found: list[Aspect]) -> tuple[Aspect, ...]:
    """ "How long is it valid" asks no processing time; "do I need documents" does not ask whether."""
    if Aspect.VALIDITY in found and Aspect.TIME in found:
        found.remove(Aspect.TIME)
    if Aspect.APPLIES in found and len(found) > 1:
        found.remove(Aspect.APPLIES)
    return tuple(found)
