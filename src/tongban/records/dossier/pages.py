"""My data: what is known about a person and their firms, where it came from, and who looked it up for what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.base.directory import queries as directory
from tongban.base.identity import access as identity_access
from tongban.base.identity import queries as identity
from tongban.base.kit import access, forms
from tongban.base.kit.acting import Acting
from tongban.base.kit.templatetags.kit import masked
from tongban.base.kit.text import in_language
from tongban.core.packs import facts as packfacts
from tongban.core.packs.pack import Pack
from tongban.core.rules.states import Known
from tongban.records.catalogue import queries as catalogue
from tongban.records.dossier import models, queries
from tongban.records.dossier.resolution import Observed

SENSITIVE = 4
PURPOSE = "application for "
"""How a room says that a look-up served an application; the event's id follows."""
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class KnownFact:
    label: str
    value: str
    source: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    """One look-up in a registry, or an attempt that no grant covered: then nothing was delivered."""

    at: datetime
    resource: str
    keeper: str
    fields: str
    """Delivered; of a refused one those asked for."""
    purpose: str
    found: bool
    refused: bool
    root: UUID
    by_me: bool
    about: str


@access.applicant
@require_safe
@never_cache
def my_data(request: HttpRequest) -> HttpResponse:
    acting: Acting = request.acting  # type: ignore[attr-defined]
    pack = directory.pack_in_force(acting.now)
    subjects = identity.names_of(set(identity_access.subjects(acting)))
    ordered = sorted(subjects.values(), key=lambda s: (s.pk != acting.principal, s.name))
    look_ups = catalogue.look_ups_about(list(subjects), refused=True)
    page = Paginator(look_ups, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "subjects": [(subject, _known(subject.pk, pack, acting)) for subject in ordered],
        "page": page,
        "seen": [_seen(look_up, pack, acting, subjects) for look_up in page.object_list],
        "consents": models.Consent.objects.filter(subject__in=list(subjects)).order_by("-given_at")[
            :PER_PAGE
        ],
    }
    return render(request, "dossier/my_data.html", context)


def _known(subject: UUID, pack: Pack, acting: Acting) -> list[KnownFact]:
    """The value that counts for each fact, in the order of the pack."""
    found = queries.facts_of(subject, pack, acting.today)
    return [_fact(found[name], pack) for name in pack.facts if name in found]


def _fact(seen: Observed, pack: Pack) -> KnownFact:
    fact = pack.facts[seen.name]
    value = packfacts.read_facts(pack, {seen.name: seen.value})[0].get(seen.name)
    if seen.value is None:
        shown = in_language(fact.none) or _("none")
        return KnownFact(
            in_language(fact.label), shown, _source(seen, pack), seen.reference, seen.observed_at
        )
    shown = ""
    if isinstance(value, Known):
        shown = forms.answer_text(fact, pack.code_lists.get(fact.codes or ""), value.value)
    return KnownFact(
        label=in_language(fact.label),
        value=masked(shown) if fact.sensitivity >= SENSITIVE else shown,
        source=_source(seen, pack),
        reference=seen.reference,
        at=seen.observed_at,
    )


def _source(seen: Observed, pack: Pack) -> str:
    if seen.source == "answer":
        return _("You said so in an application")
    kind: Any = {"licence": pack.licences, "registry": pack.resources}[seen.source].get(seen.source_id)
    return in_language(kind.name) if kind is not None else seen.source_id


def _seen(look_up: Any, pack: Pack, acting: Acting, subjects: dict[UUID, Any]) -> Seen:
    resource = pack.resources.get(look_up.resource)
    labels = {f.id: in_language(f.label) for f in resource.fields} if resource else {}
    about = subjects.get(look_up.about)
    return Seen(
        at=look_up.at,
        resource=in_language(resource.name) if resource else look_up.resource,
        keeper=_keeper(pack, resource.steward, acting.place) if resource else "",
        fields=_(", ").join(labels.get(f, f) for f in look_up.fields),
        purpose=_purpose(look_up.purpose, pack),
        found=look_up.found,
        refused=look_up.outcome == "refused",
        root=look_up.root,
        by_me=look_up.actor == acting.actor,
        about=about.name if about else "",
    )


def _keeper(pack: Pack, authority: str, place: str) -> str:
    try:
        return in_language(directory.organisation_for(pack, authority, place).name)
    except LookupError:
        return in_language(pack.authorities[authority].name) if authority in pack.authorities else authority


def _purpose(purpose: str, pack: Pack) -> str:
    event = pack.life_events.get(purpose.removeprefix(PURPOSE)) if purpose.startswith(PURPOSE) else None
    return _("Application: %(event)s") % {"event": in_language(event.name)} if event else _(purpose)
