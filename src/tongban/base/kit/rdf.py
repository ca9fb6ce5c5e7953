"""What RDF of the platform has in common: text in both languages, words of the EU vocabularies, and how it is written."""

from __future__ import annotations

from typing import Final

from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, SKOS

from tongban.core.values.text import Bilingual

EU: Final = Namespace("http://publications.europa.eu/resource/authority/")
ELI: Final = Namespace("http://data.europa.eu/eli/ontology#")
WRITERS: Final = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
"""Ending of an address: rdflib's name of the form."""


def written(made: Graph, form: str) -> bytes:
    """In one of the forms `ttl`, `jsonld`, `rdf`."""
    options = {"auto_compact": True} if form == "jsonld" else {}
    return made.serialize(format=WRITERS[form], encoding="utf-8", **options)


def text(made: Graph, node: URIRef, predicate: URIRef, words: Bilingual) -> None:
    made.add((node, predicate, Literal(words.zh, lang="zh-Hans")))
    if words.en:
        made.add((node, predicate, Literal(words.en, lang="en")))


def named(made: Graph, node: URIRef, predicate: URIRef, scheme: str, code: str, kind: URIRef) -> URIRef:
    """A term of a vocabulary of the EU Publications Office, with its type and scheme stated."""
    term = EU[f"{scheme}/{code}"]
    made.add((term, RDF.type, kind))
    made.add((term, SKOS.inScheme, EU[scheme]))
    made.add((node, predicate, term))
    return term


def languages(made: Graph, node: URIRef) -> None:
    for code in ("ZHO", "ENG"):
        named(made, node, DCTERMS.language, "language", code, DCTERMS.LinguisticSystem)
