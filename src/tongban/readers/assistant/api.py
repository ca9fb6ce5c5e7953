"""Questions over HTTP, answered as on the page: sentences of the pack in force, each with its ground."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema

from tongban.base.directory import queries as directory
from tongban.core.values.text import Bilingual
from tongban.readers.assistant.answers import answer as answers
from tongban.readers.assistant.answers.aspects import Aspect

router = Router(tags=["assistant"])


class AnswerText(Schema):
    zh: str
    en: str


class AnswerProblem(Schema):
    """RFC 9457 problem details."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class TopicOut(Schema):
    kind: Literal["event", "service", "licence", "law", "article"]
    id: str
    name: AnswerText
    href: str


class LineOut(Schema):
    text: AnswerText
    citation: Annotated[int, Field(description="Number of its citation, from 1")]


class PartOut(Schema):
    aspect: Aspect
    lines: list[LineOut]


class CitedArticleOut(Schema):
    id: Annotated[str, Field(description="act#number")]
    law: AnswerText
    number: str
    href: str


class CitationOut(Schema):
    number: int
    ref: Annotated[str, Field(description="The statement of the pack that is repeated")]
    title: AnswerText
    source: str | None
    confidence: Literal["confirmed", "recalled", "sample", "design"]
    pack: str
    version: Annotated[str, Field(description="Of the layer that said it")]
    href: str | None
    articles: Annotated[list[CitedArticleOut], Field(description="Only those in force on the day")]


class AskedPersonOut(Schema):
    name: AnswerText
    phone: str | None
    address: AnswerText | None


class AnswerOut(Schema):
    outcome: Annotated[
        Literal["answered", "not-published", "unclear"], Field(description="unclear: no subject is named")
    ]
    topic: TopicOut | None
    assumed: Annotated[
        bool, Field(description="The question named no subject; the only life event was taken")
    ]
    parts: list[PartOut]
    citations: list[CitationOut]
    person: Annotated[AskedPersonOut | None, Field(description="Whom to ask")]
    closest: list[TopicOut]
    as_of: date
    pack: str
    version: str


@router.get(
    "/ask", auth=None, response={200: AnswerOut, 404: AnswerProblem, 422: AnswerProblem}, operation_id="ask",
    summary="A question answered from what is published",
)  # fmt: skip
def ask(
    request: HttpRequest,
    q: Annotated[
        str, Query(min_length=1, max_length=answers.LONGEST, description="Chinese or English; not stored")
    ],
) -> dict[str, Any]:
    acting = request.acting  # type: ignore[attr-defined]
    try:
        pack = directory.pack_in_force(acting.now)
    except LookupError as error:
        raise Http404 from error
    found = answers.answer(pack, q, acting.today)
    return {
        "outcome": found.outcome, "topic": _link(found.topic) if found.topic else None, "assumed": found.assumed,
        "parts": [
            {"aspect": p.aspect, "lines": [{"text": _text(line.text), "citation": line.citation} for line in p.lines]}
            for p in found.parts
        ],
        "citations": [_citation(number, one) for number, one in enumerate(found.citations, 1)],
        "person": _person(found), "closest": [_link(one) for one in found.closest],
        "as_of": acting.today, "pack": pack.manifest.id, "version": pack.manifest.version,
    }  # fmt: skip


ask.access = "public"  # type: ignore[attr-defined]


def _text(value: Bilingual) -> dict[str, str]:
    return {"zh": value.zh, "en": value.en}


def _link(one: answers.Link) -> dict[str, Any]:
    return {"kind": one.kind, "id": one.id, "name": _text(one.name), "href": one.href}


def _citation(number: int, one: answers.Citation) -> dict[str, Any]:
    articles = [{"id": a.id, "law": _text(a.law), "number": a.number, "href": a.link} for a in one.articles]
    return {
        "number": number, "ref": one.ref, "title": _text(one.title), "source": one.source, "href": one.link,
        "confidence": one.confidence.value, "pack": one.pack, "version": one.version, "articles": articles,
    }  # fmt: skip


def _person(found: answers.Answer) -> dict[str, Any] | None:
    organ = found.person
    if organ is None:
        return None
    address = _text(organ.address) if organ.address else None
    return {"name": _text(organ.name), "phone": organ.phone, "address": address}
