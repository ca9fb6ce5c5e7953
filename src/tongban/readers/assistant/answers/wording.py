"""Fixed bilingual wording: everything else in a sentence is a value of the pack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tongban.core.packs.model import Alternative, Term
from tongban.core.packs.pack import Pack
from tongban.core.values.duration import Unit
from tongban.core.values.text import Bilingual

_UNITS: Final[dict[Unit, tuple[str, str]]] = {
    Unit.WORKING_DAYS: ("个工作日", "working day"),
    Unit.CALENDAR_DAYS: ("天（自然日）", "calendar day"),
    Unit.MONTHS: ("个月", "month"),
    Unit.HOURS: ("小时", "hour"),
}

PROMISED: Final = Bilingual(
    zh="{name}：承诺{term}办结{extension}。", en="{name}: promised within {term}{extension}."
)
AT_ONCE: Final = Bilingual(zh="{name}：承诺当场办结。", en="{name}: promised on the spot.")
STATUTORY: Final = Bilingual(
    zh="{name}：法定期限{term}{extension}。", en="{name}: by law within {term}{extension}."
)
EXTENSION: Final = Bilingual(zh="，经批准可延长{term}", en=", and {term} more with leave")
PARALLEL: Final = Bilingual(
    zh="{name}包含的 {n} 个事项同时办理，需要等待前一步证照的除外；要办哪些、一共多久，由您的情况决定。",
    en="The {n} services of “{name}” run at the same time, except where one awaits the result of another; which apply, and how long all takes, follows from your situation.",
)
WAITS: Final = Bilingual(zh="{name}要等{made}（{maker}）办出来。", en="{name} awaits: {made} ({maker}).")
MATERIAL: Final = Bilingual(zh="{name}{mark}：{ways}。", en="{name}{mark}: {ways}.")
NO_MATERIAL: Final = Bilingual(zh="{name}：不用交材料。", en="{name}: no material is needed.")
SITUATIONAL: Final = Bilingual(zh="（部分情形需要）", en=" (in some situations)")
FREE: Final = Bilingual(zh="{name}：不收费。", en="{name}: free of charge.")
NO_FEE: Final = Bilingual(zh="{name}：没有公布任何收费。", en="{name}: no fee is published.")
FEE: Final = Bilingual(zh="{name}：收费 {yuan} 元。", en="{name}: {yuan} yuan.")
DECIDES: Final = Bilingual(zh="{name}由{organ}办理{phone}。", en="{name}: handled by {organ}{phone}.")
LEADS: Final = Bilingual(zh="{name}由{organ}牵头{phone}。", en="{name}: led by {organ}{phone}.")
PHONE: Final = Bilingual(zh="，电话 {phone}", en=", phone {phone}")
ALWAYS: Final = Bilingual(zh="{name}：都要办。", en="{name}: always needed.")
NEEDED_WHEN: Final = Bilingual(
    zh="{name}：在这种情况下要办：{why}。", en="{name}: needed when this is so: {why}."
)
BLOCKED: Final = Bilingual(zh="{name}：不能办的情形：{why}", en="{name}: cannot be granted: {why}")
CHECKED: Final = Bilingual(zh="{name}：要核对：{why}。", en="{name}: what is checked: {why}.")
VALID_YEARS: Final = Bilingual(zh="{name}有效期 {n} 年。", en="{name}: valid for {n} {years}.")
LONG_TERM: Final = Bilingual(zh="{name}长期有效。", en="{name}: valid without end date.")
ARTICLE: Final = Bilingual(zh="《{law}》第 {number} 条：{text}", en="{law}, article {number}: {text}")
SUMMARY: Final = Bilingual(zh="{name}：{summary}", en="{name}: {summary}")
PART_OF: Final = Bilingual(zh="{name}包含：{parts}。", en="{name} covers: {parts}.")

_WAYS: Final[dict[str, Bilingual]] = {
    "licence": Bilingual(zh="取自电子证照“{name}”", en="taken from the licence “{name}”"),
    "registry": Bilingual(zh="从“{name}”查询", en="looked up in “{name}”"),
    "upload": Bilingual(zh="由您上传", en="you upload it"),
    "commitment": Bilingual(zh="在网页上签承诺", en="you sign a statement on the page"),
    "form": Bilingual(zh="由您的回答自动生成", en="drawn up from your answers"),
}
_OR: Final = Bilingual(zh="；或者", en="; or ")
_AND: Final = Bilingual(zh="、", en="; ")
_WITH: Final = Bilingual(zh="，附带", en=" with ")
NOTHING: Final = Bilingual(zh="", en="")


def said(template: Bilingual, **values: Bilingual | str | int) -> Bilingual:
    """The template in both languages; a bilingual value gives each its own."""

    def fill(language: str) -> str:
        words = {k: v.get(language) if isinstance(v, Bilingual) else str(v) for k, v in values.items()}
        written = template.get(language).format_map(words)
        return written.replace("。。", "。").replace("..", ".")

    return Bilingual(zh=fill("zh"), en=fill("en"))


def term(amount: int, unit: Unit) -> Bilingual:
    zh, en = _UNITS[unit]
    return Bilingual(zh=f" {amount} {zh}", en=f"{amount} {en}{'' if amount == 1 else 's'}")


def period(template: Bilingual, name: Bilingual, length: Term) -> Bilingual:
    """A promised or statutory term in words."""
    unit = Unit(length.unit)
    more = said(EXTENSION, term=term(length.extension, unit)) if length.extension else NOTHING
    return said(template, name=name, term=term(length.amount, unit), extension=more)


def joined(parts: Iterable[Bilingual], between: Bilingual = _AND) -> Bilingual:
    listed = list(parts)
    return Bilingual(zh=between.zh.join(p.zh for p in listed), en=between.en.join(p.en for p in listed))


def ways(pack: Pack, alternatives: Iterable[Alternative]) -> Bilingual:
    """How a material can be met, one way after the other."""
    return joined((_way(pack, one) for one in alternatives), _OR)


def _way(pack: Pack, one: Alternative) -> Bilingual:
    along = [pack.materials[name].name for name in one.along_with]
    return joined((_alone(pack, one), *along), _WITH) if along else _alone(pack, one)


def _alone(pack: Pack, one: Alternative) -> Bilingual:
    if one.licence:
        return said(_WAYS["licence"], name=pack.licences[one.licence].name)
    if one.registry:
        return said(_WAYS["registry"], name=pack.resources[one.registry].name)
    way = _WAYS["upload" if one.upload else "commitment" if one.commitment else "form"]
    return Bilingual(zh=f"{one.name.zh}，{way.zh}", en=f"{one.name.en}, {way.en}") if one.name else way
