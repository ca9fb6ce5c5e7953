"""What changes between two packs, in plain words: for readers of a new version, and between two places.

differences(old, new)  ->  Food business permit: promised 10 working days, now 7   (better)
compare(here, there)   ->  one row for each service: days, materials, visits, local conditions
numbers(here, there)   ->  one row for each number that the two set differently
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.values.duration import Unit
from tongban.core.values.text import Bilingual

_UNITS: Final = {
    Unit.WORKING_DAYS: ("个工作日", "working day", "working days"),
    Unit.CALENDAR_DAYS: ("日", "day", "days"),
    Unit.MONTHS: ("个月", "month", "months"),
    Unit.HOURS: ("小时", "hour", "hours"),
}
_NOT_OFFERED: Final = Bilingual("没有这一项", "not offered")
Mood = Literal["better", "worse", "neutral"]
"""For those who apply."""


@dataclass(frozen=True, slots=True)
class Difference:
    folder: str
    id: str
    name: Bilingual
    """Of the service, policy, ... that changes."""
    what: Bilingual
    mood: Mood = "neutral"
    whom: str | None = None
    """The rule that says whom it is about, where it is not everybody."""


@dataclass(frozen=True, slots=True)
class Row:
    """One service, or one variant of it, in two places."""

    id: str
    name: Bilingual
    days: tuple[Bilingual, Bilingual]
    """Promised terms. Where a place does not have it, that is said instead."""
    visits: tuple[int | None, int | None]
    """When done alone; None where a place does not have it, and for a variant."""
    only_here: tuple[Bilingual, ...] = ()
    """Materials that only the first place asks for."""
    only_there: tuple[Bilingual, ...] = ()
    conditions_here: tuple[Bilingual, ...] = ()
    """Conditions that only the first place sets, or sets by another rule."""
    conditions_there: tuple[Bilingual, ...] = ()

    @property
    def same(self) -> bool:
        extra = (self.only_here, self.only_there, self.conditions_here, self.conditions_there)
        return self.days[0] == self.days[1] and self.visits[0] == self.visits[1] and not any(extra)


@dataclass(frozen=True, slots=True)
class Number:
    """One parameter that two places set differently."""

    id: str
    label: Bilingual
    values: tuple[str, str]
    """Each value with its first and last day, in order: `200.00 (2024-01-01 – 2026-12-31); 180.00 (2027-01-01 –)`."""


def differences(old: Pack, new: Pack) -> tuple[Difference, ...]:
    """Everything of a pack that people feel: services, materials, terms, fees, conditions, policies, numbers."""
    return (
        *_come_and_go(old, new),
        *(found for service in _both(old.services, new.services) for found in _service(old, new, service)),
        *_numbers(old, new),
        *(found for policy in _both(old.policies, new.policies) for found in _policy(old, new, policy)),
    )


def compare(here: Pack, there: Pack) -> tuple[Row, ...]:
    """The services of either place in order of id, each followed by those of its variants that differ."""
    rows: list[Row] = []
    for name in sorted(here.services.keys() | there.services.keys()):
        first, second = here.services.get(name), there.services.get(name)
        if first is not None and second is not None:
            rows += (_side_by_side(here, first, there, second), *_variants(first, second))
        elif service := first or second:
            terms = tuple(term_words(one.promised) if one else _NOT_OFFERED for one in (first, second))
            visits = tuple(one.alone.visits if one else None for one in (first, second))
            rows.append(Row(name, service.name, (terms[0], terms[1]), (visits[0], visits[1])))
    return tuple(rows)


def numbers(here: Pack, there: Pack) -> tuple[Number, ...]:
    """The numbers that both places have and set differently, in order of id."""
    found: list[Number] = []
    for name in _both(here.parameters, there.parameters):
        first, second = here.parameters[name], there.parameters[name]
        values = _values(first), _values(second)
        if values[0] != values[1]:
            found.append(Number(name, first.label, values))
    return tuple(found)


def term_words(term: model.Term | None) -> Bilingual:
    """ "7 个工作日", "7 working days"; "当场", "on the spot" for no time at all; "-" for no term."""
    if term is None:
        return Bilingual("-", "-")
    if term.amount == 0:
        return Bilingual("当场", "on the spot")
    zh, one, many = _UNITS[term.unit]
    return Bilingual(f"{term.amount} {zh}", f"{term.amount} {one if term.amount == 1 else many}")


def _side_by_side(here: Pack, first: model.Service, there: Pack, second: model.Service) -> Row:
    materials = _materials(here, first), _materials(there, second)
    return Row(
        first.id,
        first.name,
        (term_words(first.promised), term_words(second.promised)),
        (first.alone.visits, second.alone.visits),
        _only(materials[0], materials[1]),
        _only(materials[1], materials[0]),
        _local(first, second),
        _local(second, first),
    )


def _variants(first: model.Service, second: model.Service) -> Iterator[Row]:
    """Variants whose promise differs; one that a place does not have runs there as the service itself."""
    ours, theirs = ({one.id: one for one in service.variants} for service in (first, second))
    for name in dict.fromkeys((*ours, *theirs)):
        here, there = ours.get(name), theirs.get(name)
        terms = (
            term_words((here and here.promised) or first.promised),
            term_words((there and there.promised) or second.promised),
        )
        own = terms != (term_words(first.promised), term_words(second.promised))
        variant = here or there
        if variant and own and terms[0] != terms[1]:
            title = Bilingual(f"{first.name.zh}：{variant.name.zh}", f"{first.name.en}: {variant.name.en}")
            yield Row(first.id, title, terms, (None, None))


def _local(these: model.Service, those: model.Service) -> tuple[Bilingual, ...]:
    """Conditions that only the first sets; where both set one by different rules, with its rule."""
    rules = {condition.id: condition.rule for condition in those.conditions}
    found: list[Bilingual] = []
    for condition in these.conditions:
        label, rule = condition.label, condition.rule
        if condition.id not in rules:
            found.append(label)
        elif rules[condition.id] != rule:
            found.append(Bilingual(f"{label.zh}（{rule}）", f"{label.en} ({rule})"))
    return tuple(found)


def _values(parameter: model.Parameter) -> str:
    periods: list[str] = []
    for dated in sorted(parameter.values, key=lambda dated: dated.valid_from):
        last = f" {dated.valid_to - timedelta(days=1)}" if dated.valid_to else ""
        periods.append(f"{dated.value} ({dated.valid_from} –{last})")
    return "; ".join(periods)


def _come_and_go(old: Pack, new: Pack) -> Iterator[Difference]:
    pairs: Sequence[tuple[str, Mapping[str, model.Service | model.LifeEvent], Mapping[str, model.Service | model.LifeEvent]]] = (
        ("life-events", old.life_events, new.life_events),
        ("services", old.services, new.services),
    )  # fmt: skip
    for folder, before, after in pairs:
        for name in sorted(after.keys() - before.keys()):
            yield Difference(folder, name, after[name].name, Bilingual("新增", "is new"), "better")
        for name in sorted(before.keys() - after.keys()):
            yield Difference(folder, name, before[name].name, Bilingual("取消", "is gone"))
    for name in sorted(new.policies.keys() - old.policies.keys()):
        yield Difference(
            "policies", name, new.policies[name].name, Bilingual("新政策", "is a new policy"), "better"
        )
    for name in sorted(old.policies.keys() - new.policies.keys()):
        yield Difference("policies", name, old.policies[name].name, Bilingual("取消", "is gone"), "worse")


def _service(old: Pack, new: Pack, name: str) -> Iterator[Difference]:
    before, after = old.services[name], new.services[name]

    def found(zh: str, en: str, mood: Mood = "neutral", whom: str | None = None) -> Difference:
        about = after.applies_when if whom is None and after.applies_when != "TRUE" else whom
        return Difference("services", name, after.name, Bilingual(zh, en), mood, about)

    for label, first, second in (
        (Bilingual("承诺时限", "promised"), before.promised, after.promised),
        (Bilingual("法定时限", "by law"), before.statutory, after.statutory),
    ):
        was, now = term_words(first), term_words(second)
        if was != now:
            mood = _shorter(first, second)
            yield found(
                f"{label.zh}由 {was.zh} 改为 {now.zh}",
                f"{label.en} {was.en}, now {now.en}",
                mood,
            )
    asked, asks = _materials(old, before), _materials(new, after)
    for material in _only(asks, asked):
        yield found(f"多交一样：{material.zh}", f"asks for one more: {material.en}", "worse")
    for material in _only(asked, asks):
        yield found(f"不用再交：{material.zh}", f"no longer asks for: {material.en}", "better")
    had, has = _conditions(before), _conditions(after)
    for condition in _only(has, had):
        yield found(f"新条件：{condition.zh}", f"a new condition: {condition.en}", "worse")
    for condition in _only(had, has):
        yield found(f"取消条件：{condition.zh}", f"no longer a condition: {condition.en}", "better")
    if before.fee_fen != after.fee_fen:
        mood = "better" if after.fee_fen < before.fee_fen else "worse"
        yield found(
            f"收费由 {_yuan(before.fee_fen)} 元改为 {_yuan(after.fee_fen)} 元",
            f"the fee was {_yuan(before.fee_fen)} yuan, now {_yuan(after.fee_fen)}",
            mood,
        )
    if before.applies_when != after.applies_when:
        yield found(
            f"适用情形由“{before.applies_when}”改为“{after.applies_when}”",
            f"applied when {before.applies_when}, now when {after.applies_when}",
            whom=after.applies_when,
        )
    if before.authority != after.authority:
        yield found("改由别的部门办理", "another authority handles it")


def _numbers(old: Pack, new: Pack) -> Iterator[Difference]:
    for name in _both(old.parameters, new.parameters):
        before, after = old.parameters[name], new.parameters[name]
        was = {str(dated.valid_from): str(dated.value) for dated in before.values}
        for dated in after.values:
            first = was.get(str(dated.valid_from))
            if first != str(dated.value):
                zh = f"自 {dated.valid_from} 起为 {dated.value}" + (f"（原为 {first}）" if first else "")
                en = f"from {dated.valid_from} it is {dated.value}" + (f" (was {first})" if first else "")
                yield Difference("parameters", name, after.label, Bilingual(zh, en))


def _policy(old: Pack, new: Pack, name: str) -> Iterator[Difference]:
    before, after = old.policies[name], new.policies[name]
    if before.amount != after.amount:
        zh, en = (
            f"金额由“{before.amount}”改为“{after.amount}”",
            f"the amount was {before.amount}, now {after.amount}",
        )
        yield Difference("policies", name, after.name, Bilingual(zh, en))
    was = {condition.id: condition for condition in before.conditions}
    for condition in after.conditions:
        earlier = was.pop(condition.id, None)
        if earlier is None:
            zh, en = f"新条件：{condition.label.zh}", f"a new condition: {condition.label.en}"
            yield Difference("policies", name, after.name, Bilingual(zh, en), "worse")
        elif earlier.rule != condition.rule:
            zh = f"条件“{condition.label.zh}”由 {earlier.rule} 改为 {condition.rule}"
            en = f"the condition '{condition.label.en}' was {earlier.rule}, now {condition.rule}"
            yield Difference("policies", name, after.name, Bilingual(zh, en))
    for condition in was.values():
        zh, en = f"取消条件：{condition.label.zh}", f"no longer a condition: {condition.label.en}"
        yield Difference("policies", name, after.name, Bilingual(zh, en), "better")


def _both(first: Mapping[str, object], second: Mapping[str, object]) -> list[str]:
    return sorted(first.keys() & second.keys())


def _materials(pack: Pack, service: model.Service) -> dict[str, Bilingual]:
    return {
        requirement.material: pack.materials[requirement.material].name for requirement in service.requires
    }


def _conditions(service: model.Service) -> dict[str, Bilingual]:
    return {condition.id: condition.label for condition in service.conditions}


def _only(these: Mapping[str, Bilingual], those: Mapping[str, Bilingual]) -> tuple[Bilingual, ...]:
    return tuple(these[name] for name in sorted(these.keys() - those.keys()))


def _shorter(before: model.Term | None, after: model.Term | None) -> Mood:
    if before is None or after is None or before.amount == after.amount:
        return "neutral"
    if before.unit is not after.unit:
        return "better" if after.unit is Unit.HOURS and after.amount <= 8 * before.amount else "neutral"
    return "better" if after.amount < before.amount else "worse"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
