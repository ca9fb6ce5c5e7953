"""Why a question is asked, in words: what its answer decides, for which services, and on what ground.

of_question(question, pack)                     of one that is still open
of_fact("area", pack, "open-restaurant")        of one that has been answered: all that reads it
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tongban.core.packs import model
from tongban.core.packs.pack import Pack
from tongban.core.planning.model import Because, Part, Question
from tongban.core.values.text import Bilingual


@dataclass(frozen=True, slots=True)
class Why:
    """One sentence, and the articles of law that it rests on (`act#number`)."""

    text: Bilingual
    articles: tuple[str, ...]


def of_question(question: Question, pack: Pack) -> tuple[Why, ...]:
    """Everything that the answer decides; what weighs most comes first."""
    return tuple(_told(question.because, pack))


def of_fact(fact: str, pack: Pack, event: str) -> tuple[Why, ...]:
    """The same of a fact whatever is known: every rule and form of the event that reads it."""
    reasons = (
        reason
        for service in pack.life_events[event].services
        for reason in _declared(pack.services[service], pack)
        if _reads(reason, fact, pack)
    )
    return tuple(_told(reasons, pack))


def records(question: Question, pack: Pack) -> tuple[Bilingual, ...]:
    """Names of the licences and registries that could answer it instead of the subject."""
    held = {"licence": pack.licences, "registry": pack.resources}
    return tuple(held[kind][name].name for kind, name in question.records)


def _declared(service: model.Service, pack: Pack) -> Iterator[Because]:
    """Every reason for which the service could ask anything."""
    yield Because(Part.APPLIES, service.id, "", service.applies_when, service.articles)
    for index, block in enumerate(service.blocked_when):
        yield Because(Part.BLOCK, service.id, str(index), block.when, block.articles)
    for variant in service.variants:
        yield Because(Part.VARIANT, service.id, variant.id, variant.when, variant.articles)
    for condition in service.conditions:
        yield Because(Part.CONDITION, service.id, condition.id, condition.rule, condition.articles)
    for need in service.requires:
        yield Because(Part.NEEDED, service.id, need.material, need.when, need.articles)
        for alternative in pack.materials[need.material].alternatives:
            if alternative.when:
                yield Because(Part.ALTERNATIVE, service.id, need.material, alternative.when, need.articles)
    for signer in service.signers:
        yield Because(Part.SIGN, service.id, signer.id, signer.when, signer.articles)
        yield Because(Part.SIGN, service.id, signer.id, articles=signer.articles)
    yield Because(Part.FORM, service.id, articles=service.articles)


def _reads(reason: Because, fact: str, pack: Pack) -> bool:
    """Whether this reason is one for asking the fact: its rule reads it, its form holds it, or its signer is found by it."""
    if reason.rule:
        return fact in pack.rule(reason.rule).facts
    service = pack.services[reason.service]
    if reason.part is Part.SIGN:
        return any(fact in signer.by for signer in service.signers if signer.id == reason.entry)
    return fact in service.form


def _told(reasons: Iterable[Because], pack: Pack) -> Iterator[Why]:
    """Reasons of one kind are one sentence, except those that have words of their own."""
    found = list(reasons)
    for part, tell in _SENTENCES.items():
        mine = [reason for reason in found if reason.part is part]
        if not mine:
            continue
        if tell is not None:
            yield from dict.fromkeys(Why(tell(reason, pack), reason.articles) for reason in mine)
        else:
            names = dict.fromkeys(_name(reason, pack) for reason in mine)
            articles = dict.fromkeys(article for reason in mine for article in reason.articles)
            zh = "、".join(f"“{name.zh}”" for name in names)
            en = ", ".join(f"“{name.en}”" for name in names)
            before, after = _FRAMES[part].zh.split("…")
            first, last = _FRAMES[part].en.split("…")
            yield Why(Bilingual(f"{before}{zh}{after}", f"{first}{en}{last}"), tuple(articles))


def _name(reason: Because, pack: Pack) -> Bilingual:
    if reason.part in (Part.NEEDED, Part.ALTERNATIVE):
        return pack.materials[reason.entry].name
    if reason.part is Part.LOOK_UP:
        return pack.resources[reason.entry].name
    return pack.services[reason.service].name


def _block(reason: Because, pack: Pack) -> Bilingual:
    service = pack.services[reason.service]
    said = service.blocked_when[int(reason.entry)].reason
    return Bilingual(
        f"可能使“{service.name.zh}”办不成：{said.zh}",
        f"Something may stand against “{service.name.en}”: {said.en}",
    )


def _variant(reason: Because, pack: Pack) -> Bilingual:
    service = pack.services[reason.service]
    way = next(one.name for one in service.variants if one.id == reason.entry)
    return Bilingual(
        f"决定“{service.name.zh}”能不能按“{way.zh}”办",
        f"Decides whether “{service.name.en}” runs in another way: {way.en}",
    )


def _condition(reason: Because, pack: Pack) -> Bilingual:
    service = pack.services[reason.service]
    label = next(one.label for one in service.conditions if one.id == reason.entry)
    return Bilingual(
        f"用来核对“{service.name.zh}”的条件：{label.zh}",
        f"A condition of “{service.name.en}” is checked by it: {label.en}",
    )


def _signer(reason: Because, pack: Pack) -> Bilingual:
    service = pack.services[reason.service]
    who = next(one.name for one in service.signers if one.id == reason.entry)
    return Bilingual(
        f"决定“{service.name.zh}”要不要{who.zh}一起签名、由谁签",
        f"Decides whether “{service.name.en}” also has to be signed ({who.en}), and by whom",
    )


_SENTENCES: Final[dict[Part, Callable[[Because, Pack], Bilingual] | None]] = {
    Part.APPLIES: None,
    Part.BLOCK: _block,
    Part.LOOK_UP: None,
    Part.NEEDED: None,
    Part.ALTERNATIVE: None,
    Part.VARIANT: _variant,
    Part.CONDITION: _condition,
    Part.SIGN: _signer,
    Part.FORM: None,
}
"""In the order in which they are told; None: all of the kind in one sentence of `_FRAMES`."""
_FRAMES: Final = {
    Part.APPLIES: Bilingual("决定要不要办…", "Decides whether you need …"),
    Part.LOOK_UP: Bilingual("凭它查…，查到的就不用您再填", "With it … is asked, so that you need not answer what it says"),
    Part.NEEDED: Bilingual("决定要不要材料…", "Decides whether you need the papers …"),
    Part.ALTERNATIVE: Bilingual("决定材料…能不能用更省事的办法", "Decides whether there is an easier way to provide …"),
    Part.FORM: Bilingual("…的申请表要填", "The form of … has to hold it"),
}  # fmt: skip
