"""Mistakes in what a pack says to readers: official documents, knowledge pages and the glossary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tongban.core.packs import documents, model_guide, names
from tongban.core.packs.content import Content, Merged
from tongban.core.packs.pack import Problem

_TOLD_ABOUT: Final = ("life-events", "services", "policies")
_LANGUAGES: Final = ("zh", "en")


def official_documents(content: Content) -> Iterator[Problem]:
    """Names in braces that nothing fills, in any document or in one of this kind, and a second document of one kind."""
    first: dict[model_guide.DocumentKind, str] = {}
    for merged, document in content.entries("documents", model_guide.Document):
        for name in ("title", "body"):
            for language in _LANGUAGES:
                text = getattr(document, name).get(language)
                yield from _placeholders(merged, (name, language), text, document.kind)
        earlier = first.setdefault(document.kind, document.id)
        if earlier != document.id:
            message = f"the document {earlier} is of the kind {document.kind.value} already"
            yield merged.problem("second-of-kind", message, "keep one document of a kind", path=("kind",))


def knowledge(content: Content) -> Iterator[Problem]:
    """Pages about something that is neither a life event nor a service nor a policy."""
    known = [name for folder in _TOLD_ABOUT for name in content.known(folder)]
    for merged, page in content.entries("knowledge", model_guide.Knowledge):
        for index, name in enumerate(page.about):
            if name not in known:
                message = f'there is no life event, service or policy "{name}"'
                hint = names.did_you_mean(name, known) or "name what the page is about by its id"
                yield merged.problem("unknown-subject", message, hint, path=("about", index))


def glossary(content: Content) -> Iterator[Problem]:
    """Terms that another entry explains already, in either language."""
    first: dict[tuple[str, str], str] = {}
    for merged, entry in content.entries("glossary", model_guide.Term):
        for language in _LANGUAGES:
            word = entry.term.get(language)
            earlier = first.setdefault((language, word.casefold()), entry.id)
            if earlier != entry.id:
                message = f'the term {earlier} explains "{word}" already'
                hint = "keep one, or put the other word into its also"
                yield merged.problem("repeated-term", message, hint, path=("term", language))


def _placeholders(
    merged: Merged, path: tuple[str, str], template: str, kind: model_guide.DocumentKind
) -> Iterator[Problem]:
    filled = documents.FILLED[kind]
    hint = f"use one of {', '.join(name for name in documents.PLACEHOLDERS if name in filled)}"
    for used in dict.fromkeys(documents.placeholders(template)):
        if used not in documents.PLACEHOLDERS:
            message = f'there is no placeholder "{used}"'
            near = names.did_you_mean(used, filled)
            yield merged.problem("unknown-placeholder", message, near or hint, path=path)
        elif used not in filled:
            message = f'nothing fills "{used}" in a document of the kind {kind.value}'
            yield merged.problem("unfilled-placeholder", message, hint, path=path)
    if documents.has_stray_brace(template):
        message = "a brace stands alone, so what follows or precedes it is not filled in"
        yield merged.problem("stray-brace", message, "write {name}", path=path)
