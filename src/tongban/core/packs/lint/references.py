"""Names that nothing answers to: facts, licences, materials, services, authorities, articles and the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from pydantic import BaseModel

from tongban.core.packs import (
    model,
    model_data,
    model_guide,
    model_retention,
    model_rights,
    model_rules,
    model_signers,
    model_visits,
    names,
    walk,
)
from tongban.core.packs.content import NOUNS, Content, Merged
from tongban.core.packs.pack import Problem

REFERENCES: Final[Mapping[type[BaseModel], Mapping[str, str]]] = {
    # class: {field: folder of the entry it names}
    model.Fact: {"codes": "code-lists"},
    model_rules.RelationField: {"codes": "code-lists"},
    model.FactSource: {"licence": "licences", "registry": "resources"},
    model.Organisation: {"authority": "authorities", "place": "places"},
    model.Place: {"parent": "places"},
    model.LicenceKind: {"issuer": "authorities"},
    model.LicenceField: {"fact": "facts"},
    model.Resource: {"steward": "authorities", "key_fact": "facts"},
    model.ResourceField: {"fact": "facts", "element": "elements"},
    model.Alternative: {"licence": "licences", "registry": "resources", "along_with": "materials"},
    model.Requirement: {"material": "materials"},
    model.Result: {"licence": "licences"},
    model.Service: {"authority": "authorities", "form": "facts"},
    model_signers.Signer: {"by": "facts"},
    model_rights.Renewal: {"licence": "licences"},
    model_visits.Consultation: {"authority": "authorities", "facts": "facts", "materials": "materials"},
    model_visits.Inspection: {"joint_with": "authorities"},
    model.LifeEvent: {"lead": "authorities", "services": "services", "name_fact": "facts"},
    model_data.Policy: {"authority": "authorities"},
    model_data.Product: {"operator": "authorities", "licence": "licences"},
    model_data.Contributor: {"authority": "authorities"},
    model_data.ComplaintClass: {"authority": "authorities"},
    model_data.Goal: {"owner": "authorities", "indicator": "indicators"},
    model_retention.RetentionClass: {"services": "services"},
    model_guide.Collection: {
        "life_events": "life-events",
        "services": "services",
        "policies": "policies",
    },
    model.PackTest: {"event": "life-events", "policy": "policies"},
    model.Expectation: {
        "services": "services",
        "not_services": "services",
        "undecided": "services",
        "blocked": "services",
        "uploads": "materials",
        "held": "materials",
        "deferrable": "materials",
        "commitments": "materials",
        "questions": "facts",
    },
}


def unknown_names(content: Content) -> Iterator[Problem]:
    """A problem for each name or article that the merged content does not hold."""
    articles = _articles(content)
    for folder, by_id in content.models.items():
        for entry_id, entry in by_id.items():
            merged = content.merged[folder][entry_id]
            for path, part in walk.parts(entry):
                yield from _in_part(content, merged, path, part)
                for name in ("articles", "sharing_basis", "annul", "recall", "cancel"):
                    cited: Any = getattr(part, name, ())
                    yield from _cited(content, articles, merged, (*path, name), cited)


def unknown(content: Content, merged: Merged, folder: str, name: str, path: walk.Path) -> Problem | None:
    """A problem when the folder has no entry of this name."""
    known = content.known(folder)
    if name in known:
        return None
    noun = NOUNS[folder]
    hint = names.did_you_mean(name, known) or f"add it to {folder}/"
    code = "unknown-" + noun.replace(" ", "-")
    return merged.problem(code, f'there is no {noun} "{name}"', hint, path=path)


def _in_part(content: Content, merged: Merged, path: walk.Path, part: BaseModel) -> Iterator[Problem]:
    for name, folder in REFERENCES.get(type(part), {}).items():
        value: Any = getattr(part, name)
        if isinstance(value, str):
            named: list[tuple[walk.Path, str]] = [((*path, name), value)]
        else:
            items = cast("tuple[str, ...]", value or ())
            named = [((*path, name, index), item) for index, item in enumerate(items)]
        for where, target in named:
            problem = unknown(content, merged, folder, target, where)
            if problem:
                yield problem


def _cited(
    content: Content, articles: frozenset[str], merged: Merged, path: walk.Path, cited: tuple[str, ...]
) -> Iterator[Problem]:
    for index, article in enumerate(cited):
        law = article.split("#")[0]
        unreadable = law in content.known("laws") and law not in content.models.get("laws", {})
        if article not in articles and not unreadable:
            hint = names.did_you_mean(article, articles) or "add the law and its article to laws/"
            message = f'there is no article "{article}"'
            yield merged.problem("unknown-article", message, hint, path=(*path, index))


def _articles(content: Content) -> frozenset[str]:
    return frozenset(
        f"{law.id}#{article.number}"
        for _, law in content.entries("laws", model.Law)
        for article in law.articles_
    )
