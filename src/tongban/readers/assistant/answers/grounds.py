"""The ground of a sentence: which statement of which layer it repeats, its source, and its articles in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tongban.core.packs.model import Article, Cited, Confidence, Law
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual


@dataclass(frozen=True, slots=True)
class ArticleRef:
    id: str
    law: Bilingual
    number: str

    @property
    def link(self) -> str:
        return f"/laws/{self.id}"


@dataclass(frozen=True, slots=True)
class Citation:
    ref: str
    """What is repeated: `services/<id>/promised`, `laws/<act>#<number>`."""
    title: Bilingual
    source: str | None
    confidence: Confidence
    pack: str
    version: str
    """Of the layer that said it."""
    articles: tuple[ArticleRef, ...]
    link: str | None
    """The page on which it stands."""


@dataclass(frozen=True, slots=True)
class Sentence:
    text: Bilingual
    citation: Citation


def in_force(article: Article, at: date) -> bool:
    return (article.in_force_from is None or article.in_force_from <= at) and (
        article.in_force_to is None or at < article.in_force_to
    )


@dataclass(frozen=True, slots=True)
class Grounds:
    """Builds citations out of one pack as it stands on one day."""

    pack: Pack
    at: date

    def sentence(
        self, text: Bilingual, cited: Cited, place: tuple[str, str, str], title: Bilingual
    ) -> list[Sentence]:
        """One sentence; none when every article that it rests on is out of force. `place`: folder, entry, field."""
        articles = self.articles(cited.articles)
        if cited.articles and not articles:
            return []
        folder, entry, name = place
        ref = f"{folder}/{entry}" + (f"/{name}" if name else "")
        link = {"services": f"/services/{entry}", "life-events": f"/events/{entry}"}.get(folder)
        return [
            Sentence(text, self._citation(ref, title, cited.source, cited.confidence, place, articles, link))
        ]

    def article(self, law: Law, article: Article, text: Bilingual) -> list[Sentence]:
        if not in_force(article, self.at):
            return []
        ref = ArticleRef(f"{law.id}#{article.number}", law.name, article.number)
        place = ("laws", law.id, "contains")
        cited = self._citation(
            f"laws/{ref.id}", law.name, article.source, article.confidence, place, (ref,), ref.link
        )
        return [Sentence(text, cited)]

    def articles(self, ids: tuple[str, ...]) -> tuple[ArticleRef, ...]:
        """Those of the pack that are in force on the day."""
        return tuple(
            ArticleRef(one, law.name, article.number)
            for one in ids
            for law, article in [self.read(one)]
            if law is not None and article is not None and in_force(article, self.at)
        )

    def read(self, article_id: str) -> tuple[Law | None, Article | None]:
        act, _, number = article_id.partition("#")
        law = self.pack.laws.get(act)
        found = next((a for a in law.articles_ if a.number == number), None) if law else None
        return law, found

    def _citation(
        self, ref: str, title: Bilingual, source: str | None, confidence: Confidence,
        place: tuple[str, str, str], articles: tuple[ArticleRef, ...], link: str | None,
    ) -> Citation:  # fmt: skip
        layer_id = self.pack.provenance.get(place) or self.pack.provenance.get((place[0], place[1], "id"))
        layer = next((one for one in self.pack.layers if one.id == layer_id), self.pack.manifest)
        return Citation(ref, title, source, confidence, layer.id, layer.version, articles, link)
