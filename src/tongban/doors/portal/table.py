"""The service guide as a table: one row for each service, in one language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tongban.core.packs import differences
from tongban.core.packs.model import Service
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual

COLUMNS: Final = (
    Bilingual("事项编码", "Service id"), Bilingual("事项名称", "Service"), Bilingual("事项类型", "Kind"),
    Bilingual("办件类型", "Case type"), Bilingual("实施主体", "Authority"), Bilingual("所属一件事", "Life events"),
    Bilingual("适用情形", "Needed when"), Bilingual("法定办结时限", "Term by law"), Bilingual("承诺办结时限", "Term promised"),
    Bilingual("受理条件", "Conditions"), Bilingual("申请材料", "Materials"), Bilingual("收费（元）", "Fee (yuan)"),
    Bilingual("办理结果", "Result"), Bilingual("到现场次数", "Visits"), Bilingual("设定依据", "Legal basis"),
    Bilingual("来源", "Source"), Bilingual("可信程度", "Confidence"),
)  # fmt: skip
KINDS: Final = {
    "permit": Bilingual("行政许可", "Administrative licence"),
    "confirmation": Bilingual("行政确认", "Administrative confirmation"),
    "payment": Bilingual("行政给付", "Administrative payment"),
    "record": Bilingual("备案", "Record filing"),
    "public_service": Bilingual("公共服务", "Public service"),
    "registration": Bilingual("登记", "Registration"),
}
_CASES: Final = {"instant": Bilingual("即办件", "Instant"), "promised": Bilingual("承诺件", "Promised")}
_CONFIDENCE: Final = {
    "confirmed": Bilingual("已核对", "confirmed"),
    "recalled": Bilingual("示例内容：凭记忆，未核对", "sample content: recalled"),
    "sample": Bilingual("示例内容", "sample content"),
    "design": Bilingual("示例内容：平台设计", "sample content: by design"),
}


def columns(language: str) -> list[str]:
    return [column.get(language) for column in COLUMNS]


def rows(pack: Pack, language: str) -> Iterator[list[str]]:
    """In the order of the pack."""
    for service in pack.services.values():
        yield _row(pack, service, language)


def _row(pack: Pack, service: Service, language: str) -> list[str]:
    def joined(texts: Iterator[Bilingual]) -> str:
        return ("；" if language.startswith("zh") else "; ").join(text.get(language) for text in texts)

    events = (event.name for event in pack.life_events.values() if service.id in event.services)
    return [
        service.id,
        service.name.get(language),
        KINDS[service.kind].get(language),
        _CASES[service.case_type].get(language),
        joined(_organs(pack, service)),
        joined(events),
        service.applies_because.get(language) if service.applies_because else "",
        differences.term_words(service.statutory).get(language) if service.statutory else "",
        differences.term_words(service.promised).get(language),
        joined(condition.label for condition in service.conditions),
        joined(pack.materials[required.material].name for required in service.requires),
        f"{service.fee_fen // 100}.{service.fee_fen % 100:02d}",
        service.result.name.get(language),
        str(service.alone.visits),
        joined(_basis(pack, service)),
        str(service.source or ""),
        _CONFIDENCE[str(service.confidence)].get(language),
    ]


def _organs(pack: Pack, service: Service) -> Iterator[Bilingual]:
    organs = [organ.name for organ in pack.organisations.values() if organ.authority == service.authority]
    yield from organs or [pack.authorities[service.authority].name]


def _basis(pack: Pack, service: Service) -> Iterator[Bilingual]:
    for article in service.articles:
        act, _, number = article.partition("#")
        name = pack.laws[act].name
        yield Bilingual(f"{name.zh} {number}", f"{name.en} {number}")
