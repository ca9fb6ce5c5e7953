"""The service guide as CPSV-AP 3.2 (https://semiceu.github.io/CPSV-AP/releases/3.2.0) with requirements in CCCEV 2.

    graph(pack, Site("https://host")) -> rdflib.Graph

A service is a cpsv:PublicService at `<base>/services/<id>#service`, a life event a cv:LifeEvent or cv:BusinessEvent. A
material is a cv:Requirement with a cv:EvidenceTypeList for each way to meet it: any one of the lists will do, and what
stands in one list is needed together. Terms are durations of ISO 8601; that days are working days is said in the
description of the rule. Every node has an address of its own (no blank nodes), so a guide is written the same way twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS

from tongban.base.kit import rdf
from tongban.base.kit.rdf import ELI
from tongban.core.packs import differences
from tongban.core.packs.model import Alternative, LifeEvent, Material, Service, Term
from tongban.core.packs.model_guide import Depth
from tongban.core.packs.pack import Pack
from tongban.core.values.duration import Unit
from tongban.core.values.text import Bilingual
from tongban.doors.portal.table import KINDS

CPSV: Final = Namespace("http://purl.org/vocab/cpsv#")
CV: Final = Namespace("http://data.europa.eu/m8g/")
_PREFIXES: Final = (
    ("cpsv", CPSV), ("cv", CV), ("dcat", DCAT), ("dct", DCTERMS), ("eli", ELI), ("foaf", FOAF), ("rdfs", RDFS), ("skos", SKOS),
    ("xsd", XSD),
)  # fmt: skip
_DURATIONS: Final = {
    Unit.WORKING_DAYS: "P{}D",
    Unit.CALENDAR_DAYS: "P{}D",
    Unit.MONTHS: "P{}M",
    Unit.HOURS: "PT{}H",
}
_CHANNELS: Final = {
    "online": Bilingual("网上办理", "Online"),
    "counter": Bilingual("窗口办理", "At a counter"),
    "mobile": Bilingual("移动端办理", "On a phone"),
    "terminal": Bilingual("自助终端办理", "At a self-service terminal"),
}
_WAYS: Final = {
    "upload": Bilingual("上传材料", "A document that is handed in"),
    "form": Bilingual("由系统按填报内容生成", "Drawn up from the answers"),
    "commitment": Bilingual("告知承诺书", "A signed commitment"),
}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the guide is published."""

    base: str
    """Scheme and host without a slash at the end; a URN of the place where it is published nowhere."""

    def uri(self, path: str) -> URIRef:
        return URIRef(f"{self.base}{path}")


def graph(pack: Pack, site: Site) -> Graph:
    """Every service and life event of a pack, with all they refer to."""
    made = Graph(bind_namespaces="none")
    for prefix, namespace in _PREFIXES:
        made.bind(prefix, namespace)
    guide = _guide(made, pack, site)
    for event in pack.life_events.values():
        _event(made, event, site)
    for service in pack.services.values():
        node = _service(made, pack, service, site)
        made.add((node, DCTERMS.isPartOf, guide))
        made.add((guide, DCTERMS.hasPart, node))
    return made


def _guide(made: Graph, pack: Pack, site: Site) -> URIRef:
    node = site.uri("/services#guide")
    made.add((node, RDF.type, DCAT.Dataset))
    name = pack.manifest.name
    rdf.text(made, node, DCTERMS.title, Bilingual(f"办事指南：{name.zh}", f"Service guide: {name.en}"))
    rdf.text(made, node, DCTERMS.description, Bilingual(
        "事项、一件事、材料、条件、时限和收费。", "Services, life events, materials, conditions, terms and fees."
    ))  # fmt: skip
    page = site.uri("/services")
    made.add((page, RDF.type, FOAF.Document))
    made.add((node, DCAT.landingPage, page))
    publisher = site.uri("/services#publisher")
    made.add((publisher, RDF.type, FOAF.Agent))
    made.add((publisher, DCTERMS.identifier, Literal(pack.manifest.jurisdiction)))
    place = pack.places.get(pack.manifest.jurisdiction)
    rdf.text(made, publisher, DCTERMS.title, place.name if place else name)
    made.add((node, DCTERMS.publisher, publisher))
    return node


def _event(made: Graph, event: LifeEvent, site: Site) -> URIRef:
    node = site.uri(f"/events/{event.id}#event")
    made.add((node, RDF.type, CV.Event))
    made.add((node, RDF.type, CV.BusinessEvent if event.subject == "enterprise" else CV.LifeEvent))
    made.add((node, DCTERMS.identifier, Literal(event.id)))
    rdf.text(made, node, DCTERMS.title, event.name)
    rdf.text(made, node, DCTERMS.description, event.summary)
    for service in event.services:
        made.add((node, CV.hasRelatedService, site.uri(f"/services/{service}#service")))
    return node


def _service(made: Graph, pack: Pack, service: Service, site: Site) -> URIRef:
    page = site.uri(f"/services/{service.id}")
    node = URIRef(f"{page}#service")
    made.add((node, RDF.type, CPSV.PublicService))
    made.add((node, DCTERMS.identifier, Literal(service.id)))
    rdf.text(made, node, DCTERMS.title, service.name)
    rdf.text(made, node, DCTERMS.description, service.summary or service.name)
    rdf.languages(made, node)
    _concept(made, node, DCTERMS.type, site.uri(f"/services#kind-{service.kind}"), KINDS[service.kind])
    made.add((node, CV.processingTime, _duration(service.promised)))
    made.add((node, DCTERMS.spatial, _place(made, pack, pack.manifest.jurisdiction, site)))
    for authority in _authorities(made, pack, service.authority, site):
        made.add((node, CV.hasCompetentAuthority, authority))
    for event in pack.life_events.values():
        if service.id in event.services:
            made.add((node, CV.isGroupedBy, site.uri(f"/events/{event.id}#event")))
    for article in service.articles:
        made.add((node, CV.hasLegalResource, _article(made, article, site)))
    made.add((node, CPSV.follows, _rule(made, service, page, site)))
    made.add((node, CPSV.produces, _output(made, service, page)))
    made.add((node, CV.hasCost, _cost(made, service, page)))
    for name in _channels(service):
        made.add((node, CV.hasChannel, _channel(made, page, name)))
    for condition in service.conditions:
        made.add((node, CV.holdsRequirement, _condition(made, page, condition.id, condition.label)))
    for required in service.requires:
        material = pack.materials[required.material]
        requirement = _material(made, pack, material, page, site)
        made.add((node, CV.holdsRequirement, requirement))
        for evidence in made.objects(requirement, CV.hasEvidenceTypeList / CV.specifiesEvidenceType):
            made.add((node, CV.hasInputType, evidence))
    return node


def _rule(made: Graph, service: Service, page: URIRef, site: Site) -> URIRef:
    """For whom, and until when."""
    node = URIRef(f"{page}#rule")
    made.add((node, RDF.type, CPSV.Rule))
    made.add((node, DCTERMS.identifier, Literal(f"{service.id}-rule")))
    rdf.text(
        made,
        node,
        DCTERMS.title,
        Bilingual(f"{service.name.zh}：适用与时限", f"{service.name.en}: who and when"),
    )
    promised, because = differences.term_words(service.promised), service.applies_because
    zh, en = f"承诺时限 {promised.zh}。", f"Promised: {promised.en}."
    if service.statutory:
        statutory = differences.term_words(service.statutory)
        zh, en = f"{zh}法定时限 {statutory.zh}。", f"{en} By law: {statutory.en}."
    if because:
        zh, en = f"{because.zh}。{zh}", f"{because.en}. {en}"
    rdf.text(made, node, DCTERMS.description, Bilingual(zh, en))
    for article in (*service.articles, *(service.statutory.articles if service.statutory else ())):
        made.add((node, CPSV.implements, _article(made, article, site)))
    return node


def _output(made: Graph, service: Service, page: URIRef) -> URIRef:
    node = URIRef(f"{page}#result")
    made.add((node, RDF.type, CV.Output))
    made.add((node, DCTERMS.identifier, Literal(service.result.licence or f"{service.id}-result")))
    rdf.text(made, node, DCTERMS.title, service.result.name)
    return node


def _cost(made: Graph, service: Service, page: URIRef) -> URIRef:
    node = URIRef(f"{page}#fee")
    made.add((node, RDF.type, CV.Cost))
    made.add((node, DCTERMS.identifier, Literal(f"{service.id}-fee")))
    made.add(
        (
            node,
            CV.hasValue,
            Literal(f"{service.fee_fen // 100}.{service.fee_fen % 100:02d}", datatype=XSD.double),
        )
    )
    rdf.named(made, node, CV.currency, "currency", "CNY", SKOS.Concept)
    if service.fee_basis:
        rdf.text(made, node, DCTERMS.description, service.fee_basis)
    return node


def _channels(service: Service) -> list[str]:
    """Those that the pack states; none where it states nothing of them."""
    stated = service.channels
    if stated is None:
        return []
    offered = {
        "online": stated.depth is not Depth.INFORMATION,
        "counter": stated.counter,
        "mobile": stated.mobile,
        "terminal": stated.terminal,
    }
    return [name for name, there in offered.items() if there]


def _channel(made: Graph, page: URIRef, name: str) -> URIRef:
    node = URIRef(f"{page}#{name}")
    made.add((node, RDF.type, CV.Channel))
    made.add((node, DCTERMS.identifier, Literal(str(node))))
    rdf.text(made, node, DCTERMS.description, _CHANNELS[name])
    return node


def _condition(made: Graph, page: URIRef, name: str, label: Bilingual) -> URIRef:
    node = URIRef(f"{page}#condition-{name}")
    for kind in (CV.Requirement, CV.Criterion):
        made.add((node, RDF.type, kind))
    made.add((node, DCTERMS.identifier, Literal(name)))
    rdf.text(made, node, DCTERMS.title, label)
    return node


def _material(made: Graph, pack: Pack, material: Material, page: URIRef, site: Site) -> URIRef:
    """What must be shown, with a list of evidence for each way to show it."""
    node = URIRef(f"{page}#material-{material.id}")
    for kind in (CV.Requirement, CV.InformationRequirement):
        made.add((node, RDF.type, kind))
    made.add((node, DCTERMS.identifier, Literal(material.id)))
    rdf.text(made, node, DCTERMS.title, material.name)
    for number, way in enumerate(material.alternatives, 1):
        choice = URIRef(f"{node}-{number}")
        made.add((choice, RDF.type, CV.EvidenceTypeList))
        made.add((choice, DCTERMS.identifier, Literal(f"{material.id}-{number}")))
        made.add((node, CV.hasEvidenceTypeList, choice))
        made.add((choice, CV.specifiesEvidenceType, _evidence(made, pack, material, way, site)))
        for companion in (pack.materials[name] for name in way.along_with):
            evidence = _evidence(made, pack, companion, companion.alternatives[0], site)
            made.add((choice, CV.specifiesEvidenceType, evidence))
    return node


def _evidence(made: Graph, pack: Pack, material: Material, way: Alternative, site: Site) -> URIRef:
    if way.licence:
        path, identifier, name = (
            f"/services#licence-{way.licence}",
            way.licence,
            pack.licences[way.licence].name,
        )
    elif way.registry:
        path, identifier, name = (
            f"/catalogue/{way.registry}#row",
            way.registry,
            pack.resources[way.registry].name,
        )
    else:
        kind = "commitment" if way.commitment else "form" if way.form else "upload"
        own, how = way.name or material.name, _WAYS[kind]
        path, identifier = f"/services#{kind}-{material.id}", f"{material.id}-{kind}"
        name = Bilingual(f"{own.zh}（{how.zh}）", f"{own.en} ({how.en.lower()})")
    node = site.uri(path)
    made.add((node, RDF.type, CV.EvidenceType))
    made.add((node, DCTERMS.identifier, Literal(identifier)))
    rdf.text(made, node, DCTERMS.title, name)
    return node


def _authorities(made: Graph, pack: Pack, authority: str, site: Site) -> list[URIRef]:
    """The organs that fill the role; the role itself where none does."""
    organs = [organ for organ in pack.organisations.values() if organ.authority == authority]
    found = [(organ.id, organ.name, organ.place) for organ in organs]
    nodes = []
    for name, label, place in found or [
        (authority, pack.authorities[authority].name, pack.manifest.jurisdiction)
    ]:
        node = site.uri(f"/services#organ-{name}")
        made.add((node, RDF.type, CV.PublicOrganisation))
        rdf.text(made, node, SKOS.prefLabel, label)
        made.add((node, DCTERMS.spatial, _place(made, pack, place, site)))
        nodes.append(node)
    return nodes


def _place(made: Graph, pack: Pack, code: str, site: Site) -> URIRef:
    node = site.uri(f"/services#place-{code}")
    made.add((node, RDF.type, DCTERMS.Location))
    made.add((node, DCTERMS.identifier, Literal(code)))
    if code in pack.places:
        rdf.text(made, node, SKOS.prefLabel, pack.places[code].name)
    return node


def _article(made: Graph, article: str, site: Site) -> URIRef:
    node = site.uri(f"/laws/{article}")
    made.add((node, RDF.type, ELI.LegalResource))
    return node


def _concept(made: Graph, node: URIRef, predicate: URIRef, concept: URIRef, label: Bilingual) -> None:
    made.add((concept, RDF.type, SKOS.Concept))
    rdf.text(made, concept, SKOS.prefLabel, label)
    made.add((node, predicate, concept))


def _duration(term: Term) -> Literal:
    return Literal(_DURATIONS[term.unit].format(term.amount), datatype=XSD.duration, normalize=False)
