"""Facts of an application as fields: what the subject said can be changed, what an office says is shown with its source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tongban.base.kit import forms
from tongban.base.kit.templatetags.kit import day
from tongban.base.kit.text import in_language
from tongban.core.packs.model import CodeList, Fact
from tongban.core.packs.pack import Pack
from tongban.core.rules.states import ABSENT, Facts, Known, Value
from tongban.work.cases import models
from tongban.work.cases.pages import content, reasons
from tongban.work.cases.pages.desk import Given

PREFIX = "fact-"
SENSITIVE = 4


def name_of(fact: str) -> str:
    """Name of the field of a fact: pack names never meet those of the form itself."""
    return f"{PREFIX}{fact}"


def field(
    application: models.Application,
    pack: Pack,
    facts: Facts,
    name: str,
    given: Given,
    *,
    editable: bool | None = None,
) -> dict[str, Any]:
    """What `kit/parts/field.html` draws for one fact. `editable` None: unless an office has the last word on it."""
    fact = pack.facts[name]
    entry = application.answers.get(name)
    readonly = office_decides(fact, entry) if editable is None else not editable
    value: Value | str | None = _value(facts, name)
    none = facts.get(name) is ABSENT
    chosen = fact.type in ("boolean", "code")  # hidden, none of the choices would be the one that was taken
    if value is not None and fact.sensitivity >= SENSITIVE and not chosen:
        value = reasons.masked(str(value))
    if not readonly and name in given.typed:
        value, none = given.typed[name], given.typed[name] == forms.NONE
        value = None if none else value
    drawn = forms.field_of(
        fact, _codes(pack, fact), value=value, error=given.errors.get(name, ""), readonly=readonly, name=name_of(name),
        source=_source(application, pack, entry), why=_where_to_correct(application, pack, entry) if readonly else "",
        as_question=True, none=none,
    )  # fmt: skip
    return {**drawn, "fact": name, "stated": name in application.stated, "tap": fact.effort == "tap"}


def office_decides(fact: Fact, entry: Mapping[str, Any] | None) -> bool:
    """Whether an office says what the fact is and the pack puts its word before the subject's own."""
    if entry is None or entry["source"] == "answer":
        return False
    for source in fact.sources:
        if source.answer:
            return False
        if entry["source_id"] in (source.licence, source.registry):
            return True
    return True


def fields(
    application: models.Application, pack: Pack, facts: Facts, names: Iterable[str], given: Given
) -> list[dict[str, Any]]:
    return [field(application, pack, facts, name, given) for name in names]


def read(
    request: HttpRequest,
    application: models.Application,
    pack: Pack,
    facts: Facts,
    *,
    only: Iterable[str] | None = None,
) -> tuple[dict[str, object], dict[str, str], dict[str, str]]:
    """What a form sent: (values that changed, what was typed, errors).

    Only facts that the form showed count. An empty answer takes one back; an untouched one is not sent on. ABSENT: the
    choice that there is none was taken.
    """
    wanted = None if only is None else set(only)
    values: dict[str, object] = {}
    typed: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name in dict.fromkeys(request.POST.getlist("shown")):
        fact = pack.facts.get(name)
        if fact is None or fact.question is None or (wanted is not None and name not in wanted):
            continue
        raw = request.POST.get(name_of(name), "").replace("\x00", "")
        now, was_none = _value(facts, name), fact.none is not None and facts.get(name) is ABSENT
        untouched = _untouched(fact, raw, now)
        none = fact.none is not None and forms.says_none(
            fact, raw, request.POST.get(f"{name_of(name)}-none", "")
        )
        typed[name] = raw
        if none and (untouched or raw == forms.NONE):
            typed[name] = forms.NONE
            if not was_none:
                values[name] = ABSENT
            continue
        if none and not was_none:
            errors[name] = _("Give an answer, or choose that there is none: not both.")
            continue
        if untouched and not (was_none and not none):
            continue
        value, error = forms.read(fact, _codes(pack, fact), raw)
        if error:
            errors[name] = error
        else:
            values[name] = value
    return values, typed, errors


def errors_of(drawn: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return forms.errors_of(dict(one) for one in drawn if not one["readonly"])


def shown_value(application: models.Application, pack: Pack, facts: Facts, name: str) -> str:
    """The value of a fact as people read it; sensitive ones with their middle hidden."""
    fact = pack.facts[name]
    if facts.get(name) is ABSENT:
        return in_language(fact.none) or _("none")
    shown = forms.answer_text(fact, _codes(pack, fact), _value(facts, name))
    return reasons.masked(shown) if fact.sensitivity >= SENSITIVE and shown else shown


def source_label(application: models.Application, pack: Pack, name: str) -> str:
    found = _source(application, pack, application.answers.get(name))
    return found.label if found else ""


def _untouched(fact: Fact, raw: str, now: Value | None) -> bool:
    if now is None:
        return not raw.strip()
    return raw == forms.written(fact, now) or (
        fact.sensitivity >= SENSITIVE and raw == reasons.masked(str(now))
    )


def _value(facts: Facts, name: str) -> Value | None:
    state = facts.get(name)
    return state.value if isinstance(state, Known) else None


def _codes(pack: Pack, fact: Fact) -> CodeList | None:
    return pack.code_lists.get(fact.codes or "")


def _source(
    application: models.Application, pack: Pack, entry: Mapping[str, Any] | None
) -> forms.Source | None:
    if entry is None:
        return None
    seen = day(date.fromisoformat(entry["observed_at"]))
    if entry["source"] != "answer":
        return forms.Source(
            _("%(source)s, reference %(reference)s, as of %(day)s")
            % {
                "source": content.source_of(pack, entry),
                "reference": entry["reference"],
                "day": seen,
            }
        )
    if entry["reference"] in (str(application.id), application.number or "", ""):
        return None
    return forms.Source(
        _("From your application %(number)s, %(day)s") % {"number": entry["reference"], "day": seen}, "info"
    )


def _where_to_correct(application: models.Application, pack: Pack, entry: Mapping[str, Any] | None) -> str:
    if entry and "from" in entry:
        keeper = in_language(entry["from"]["issuer"])
    else:
        keeper = (
            content.source_keeper(pack, entry["source"], entry["source_id"], application.place)
            if entry
            else ""
        )
    return (
        _("Not right? %(organ)s keeps this record and can correct it.") % {"organ": keeper} if keeper else ""
    )
