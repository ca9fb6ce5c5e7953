"""Mistakes in who has to sign besides the applicant."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.core.packs import model
from tongban.core.packs.content import Content
from tongban.core.packs.lint.vocabulary import repeated
from tongban.core.packs.pack import Problem


def signers(content: Content) -> Iterator[Problem]:
    """Each is found in one way, and by an identity number that somebody can give."""
    for merged, service in content.entries("services", model.Service):
        yield from repeated(merged, ("signers",), "id", (one.id for one in service.signers))
        for index, one in enumerate(service.signers):
            path = ("signers", index)
            if bool(one.by) == one.representative:
                message = "a signer is found by facts or is the legal representative: write one of them"
                yield merged.problem("signer", message, "by: [FACT], or representative: true", path=path)
            for position, name in enumerate(one.by):
                fact = content.get("facts", model.Fact, name)
                if fact is None:
                    continue
                if fact.type != "text":
                    message = f'the fact "{name}" holds no identity number: it is of the type {fact.type}'
                    yield merged.problem(
                        "signer", message, "name a fact of the type text", path=(*path, "by", position)
                    )
                elif fact.question is None and not any(s.licence or s.registry for s in fact.sources):
                    message = f'nobody can say who signs: the fact "{name}" has no question and no source'
                    yield merged.problem(
                        "signer", message, "give the fact a question", path=(*path, "by", position)
                    )
