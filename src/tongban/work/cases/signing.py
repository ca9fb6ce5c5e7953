"""Who has to sign an application besides the one who submits it, what exactly they sign, and how far that is.

needed(draft, pack, plan, acting)   ->   [Needed(identifier, roles, signature)]
digest(content(draft, plan))        ->   what a signature holds; another answer makes another digest
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tongban.base.files import queries as files
from tongban.base.identity import queries as identity
from tongban.base.kit import keys
from tongban.base.kit.acting import Acting
from tongban.base.kit.templatetags.kit import called
from tongban.base.kit.text import in_language
from tongban.core.packs.pack import Pack
from tongban.core.planning import signers
from tongban.core.planning.model import Applies, Plan
from tongban.work.cases import form, models


@dataclass(frozen=True, slots=True)
class Needed:
    """One person who has to sign, with what they are asked for and their current answer."""

    identifier: str
    """Identity number; empty: the firm has no legal representative here."""
    roles: tuple[tuple[str, str], ...]
    """(service, signer)."""
    signature: models.Signature | None
    """The current one; None: not asked yet, or it no longer counts."""
    valid: bool
    """Signed, and what was signed still stands."""

    @property
    def who(self) -> str:
        return digest_of_person(self.identifier)


def needed(
    application: models.Application, pack: Pack, plan: Plan, acting: Acting | None = None
) -> list[Needed]:
    """Everybody who has to sign besides whoever acts (the one who started it, if not said)."""
    roles: dict[str, list[tuple[str, str]]] = {}
    wanted = signers.wanted(pack, plan, form.facts_of(application, pack))
    if not wanted:
        return []
    themselves = _themselves(application, acting)
    for one in wanted:
        for identifier in [one.identifier] if one.identifier else _representatives(application):
            if identifier not in themselves or not identifier:
                roles.setdefault(identifier, []).append((one.service, one.signer))
    current = {row.who: row for row in application.signatures.filter(ended_at=None)}
    now = digest(content(application, plan))
    found = []
    for identifier, mine in roles.items():
        row = current.get(digest_of_person(identifier))
        valid = row is not None and row.state == "signed" and row.signed == now
        found.append(Needed(identifier, tuple(dict.fromkeys(mine)), row, valid))
    return found


def content(application: models.Application, plan: Plan) -> dict[str, Any]:
    """What is signed: the services applied for, every answer that counts, every paper, as canonical as it is kept."""
    current = form.current_materials(application)
    uploads = files.uploads([row.upload for row in current.values() if row.upload])
    return {
        "event": application.event,
        "services": sorted(s.id for s in plan.services if s.applies is Applies.YES),
        "answers": {name: entry["value"] for name, entry in sorted(application.answers.items())},
        "materials": {
            name: {"way": row.way, "reference": row.reference, "file": uploads[row.upload].address if row.upload else ""}
            for name, row in sorted(current.items())
        },
        "deferring": sorted(application.deferring),
    }  # fmt: skip


def digest(signed: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON: anybody who holds the content can compute it again."""
    canonical = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def digest_of_person(identifier: str) -> str:
    """How a person is named in a signature without their number standing there."""
    return keys.keyed_digest(signers.fold(identifier)) if identifier else ""


def gaps(
    application: models.Application, pack: Pack, plan: Plan, acting: Acting | None = None
) -> dict[str, str]:
    """What keeps a draft from being submitted because somebody has not signed: key to plain words."""
    found: dict[str, str] = {}
    for number, one in enumerate(needed(application, pack, plan, acting)):
        words = {"who": roles_in_words(one.roles, pack)}
        if one.valid:
            continue
        if not one.identifier:
            text = _("%(who)s has to sign, and nobody is known here who represents the firm.") % words
        elif one.signature is None:
            text = _("Still to be signed by: %(who)s. Ask them to sign.") % words
        elif one.signature.state == "refused":
            text = _("%(who)s refuses to sign: %(reason)s") % {
                **words,
                "reason": one.signature.refused_because,
            }
        elif one.signature.state == "signed":
            text = _("%(who)s signed before something was changed. Ask them to sign again.") % words
        else:
            text = _("%(who)s was asked and has not signed yet.") % words
        found[f"signer:{number}"] = text
    return found


def roles_in_words(roles: Iterable[tuple[str, str]], pack: Pack) -> str:
    """The part of a signer, from the pack: “the other parent”."""
    named = {
        in_language(signer.name)
        for service, wanted in roles
        if service in pack.services
        for signer in pack.services[service].signers
        if signer.id == wanted
    }
    return _(", ").join(sorted(named)) or _("Another signer")


@dataclass(frozen=True, slots=True)
class Given:
    """A signature that a case rests on, for those who handle it."""

    row: models.Signature
    name: str
    part: str
    intact: bool
    """What is kept is still what was signed."""
    corrected: bool
    """The applicant has answered a correction notice of this case since."""


def given_for(case: models.Case, pack: Pack) -> list[Given]:
    """The signatures for the service of a case that counted when it was submitted."""
    rows = [
        (row, roles)
        for row in case.application.signatures.exclude(signed="")
        .filter(ended_at=None)
        .order_by("answered_at")
        if (roles := [(r["service"], r["signer"]) for r in row.roles if r["service"] == case.service])
    ]
    people = identity.names_of({row.person for row, _roles in rows if row.person})
    corrected = max((c.answered_at for c in case.corrections.all() if c.answered_at), default=None)
    return [
        Given(
            row, called(people.get(row.person)), roles_in_words(roles, pack), digest(row.content or {}) == row.signed,
            corrected is not None and row.answered_at is not None and corrected > row.answered_at,
        )
        for row, roles in rows
    ]  # fmt: skip


def _themselves(application: models.Application, acting: Acting | None) -> set[str]:
    """Identity numbers of those who need not sign apart: the applicant, and whoever acts for them."""
    account = acting.actor if acting is not None else application.created_by
    person = identity.person_of(account) if account is not None else None
    principal = identity.subject(application.principal)
    found = {
        principal.identifier if principal.kind == "person" else None,
        person.identifier if person else None,
    }
    return {signers.fold(one) for one in found if one}


def _representatives(application: models.Application) -> list[str]:
    """Identity numbers of the legal representatives of a firm that applies; [""]: it has none here. A person who applies
    needs none."""
    if identity.subject(application.principal).kind == "person":
        return []
    found = identity.representing(application.principal)
    return [signers.fold(person.identifier or "") for person in found] or [""]


def subject_with(identifier: str) -> UUID | None:
    """The person here who has this identity number."""
    found = identity.subject_by_identifier(identifier) if identifier else None
    return found.pk if found is not None and found.kind == "person" else None
