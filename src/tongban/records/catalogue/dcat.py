"""The catalogue as DCAT-AP 3.0.1 (https://semiceu.github.io/DCAT-AP/releases/3.0.1): a pure builder of triples.

    graph(pack, entries, Site(base="https://host", ...)) -> rdflib.Graph

Every node has an address of its own (no blank nodes), so the same catalogue is written the same way. A resource is a
dcat:Dataset at `<base>/catalogue/<id>#dataset`; that page tells a browser the same. Rows are never part of it: the
only distribution is the page where access is asked for. Words of the vocabularies of the EU Publications Office
(access right, frequency, language, theme) stand for the sharing attribute and the update frequency; the exact
attribute is in the rights statement of the distribution.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rdflib import OWL, RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, SKOS

from tongban.base.kit import rdf
from tongban.base.kit.rdf import ELI, EU
from tongban.core.packs.model import Organisation
from tongban.core.packs.pack import Pack
from tongban.core.values.text import Bilingual
from tongban.records.catalogue.entries import Column, Entry, columns

VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATAP: Final = Namespace("http://data.europa.eu/r5r/")
CSVW: Final = Namespace("http://www.w3.org/ns/csvw#")
SPDX: Final = Namespace("http://spdx.org/licenses/")

_FREQUENCY: Final = {
    "real-time": "UPDATE_CONT", "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY",
    "yearly": "ANNUAL",
}  # fmt: skip
_ACCESS: Final = {"open": "PUBLIC", "conditional": "RESTRICTED", "none": "NON_PUBLIC"}
_RIGHTS: Final = {
    "unconditional": Bilingual(zh="部门之间无条件共享", en="Shared between departments without conditions"),
    "conditional": Bilingual(zh="部门之间有条件共享", en="Shared between departments under conditions"),
    "none": Bilingual(zh="不予共享，除非法律允许", en="Not shared, unless law allows it"),
}
_TYPES: Final = {"boolean": XSD.boolean, "integer": XSD.integer, "money": XSD.decimal, "date": XSD.date}


@dataclass(frozen=True, slots=True)
class Site:
    """Where the catalogue is published, and by whom."""

    base: str
    """Scheme and host, without a slash at the end."""
    title: Bilingual
    publisher: Organisation

    def uri(self, path: str) -> URIRef:
        return URIRef(f"{self.base}{path}")


def graph(pack: Pack, entries: Iterable[Entry], site: Site) -> Graph:
    """The catalogue with the given entries; of one entry, that entry's description."""
    made = Graph(bind_namespaces="none")
    for prefix, namespace in (
        ("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("skos", SKOS), ("rdfs", RDFS), ("xsd", XSD), ("vcard", VCARD),
        ("dcatap", DCATAP), ("eli", ELI), ("csvw", CSVW), ("owl", OWL),
    ):  # fmt: skip
        made.bind(prefix, namespace)
    catalogue = _catalogue(made, pack, site)
    for entry in entries:
        made.add((catalogue, DCAT.dataset, _dataset(made, pack, entry, site)))
    return made


def _catalogue(made: Graph, pack: Pack, site: Site) -> URIRef:
    node = site.uri("/catalogue#catalogue")
    made.add((node, RDF.type, DCAT.Catalog))
    rdf.text(made, node, DCTERMS.title, site.title)
    words = Bilingual(
        zh="本地各部门保管的数据资源：有哪些字段、由谁保管、能不能共享、谁在用。",
        en="Data resources that the departments of this place keep: their fields, keepers, sharing attributes and users.",
    )
    rdf.text(made, node, DCTERMS.description, words)
    made.add((node, DCTERMS.publisher, _agent(made, site.publisher, site)))
    made.add((node, OWL.versionInfo, Literal(pack.manifest.version)))
    made.add((node, DCTERMS.spatial, _place(made, pack, pack.manifest.jurisdiction, site)))
    home = site.uri("/catalogue")
    made.add((home, RDF.type, FOAF.Document))
    made.add((node, FOAF.homepage, home))
    licence = SPDX[pack.manifest.licence]
    made.add((licence, RDF.type, DCTERMS.LicenseDocument))
    made.add((node, DCTERMS.license, licence))
    rdf.languages(made, node)
    theme = EU["data-theme"]
    made.add((theme, RDF.type, SKOS.ConceptScheme))
    made.add((theme, DCTERMS.title, Literal("Data theme", lang="en")))
    made.add((node, DCAT.themeTaxonomy, theme))
    return node


def _dataset(made: Graph, pack: Pack, entry: Entry, site: Site) -> URIRef:
    resource = entry.resource
    page = site.uri(f"/catalogue/{resource.id}")
    node = URIRef(f"{page}#dataset")
    made.add((node, RDF.type, DCAT.Dataset))
    made.add((node, DCTERMS.identifier, Literal(resource.id)))
    rdf.text(made, node, DCTERMS.title, resource.name)
    rdf.text(made, node, DCTERMS.description, resource.summary or resource.name)
    made.add((page, RDF.type, FOAF.Document))
    made.add((node, DCAT.landingPage, page))
    made.add((node, DCTERMS.spatial, _place(made, pack, pack.manifest.jurisdiction, site)))
    rdf.languages(made, node)
    theme = rdf.named(made, node, DCAT.theme, "data-theme", "GOVE", SKOS.Concept)
    made.add((theme, SKOS.prefLabel, Literal("Government and public sector", lang="en")))
    if entry.steward:
        made.add((node, DCTERMS.publisher, _agent(made, entry.steward, site)))
        made.add((node, DCAT.contactPoint, _contact(made, entry.steward, site)))
    rdf.named(
        made, node, DCTERMS.accessRights, "access-right", _ACCESS[resource.openness], DCTERMS.RightsStatement
    )
    if resource.update_frequency:
        frequency = _FREQUENCY[resource.update_frequency]
        rdf.named(made, node, DCTERMS.accrualPeriodicity, "frequency", frequency, DCTERMS.Frequency)
    for reference in (*resource.articles, *resource.sharing_basis):
        act, _sign, number = reference.partition("#")
        article = site.uri(f"/laws/{act}#{number}")
        made.add((article, RDF.type, ELI.LegalResource))
        made.add((node, DCATAP.applicableLegislation, article))
    for column in columns(pack, resource):
        rdf.text(made, node, DCAT.keyword, column.field.label)
    made.add((node, DCAT.distribution, _distribution(made, pack, entry, page)))
    return node


def _distribution(made: Graph, pack: Pack, entry: Entry, page: URIRef) -> URIRef:
    """How one gets at it: row by row, under a grant that is asked for on the page."""
    resource = entry.resource
    node, rights, schema = (URIRef(f"{page}#{part}") for part in ("access", "sharing", "fields"))
    made.add((node, RDF.type, DCAT.Distribution))
    made.add((node, DCAT.accessURL, page))
    made.add((page, RDF.type, RDFS.Resource))
    rdf.text(made, node, DCTERMS.title, Bilingual(zh="逐条查询", en="Look-up of one row"))
    words = Bilingual(
        zh="凭有效授权按主键查一条，只给授权的字段，每次都留痕。",
        en="One row by its key, under a live grant: only the granted fields, and every use is logged.",
    )
    rdf.text(made, node, DCTERMS.description, words)
    made.add((rights, RDF.type, DCTERMS.RightsStatement))
    rdf.text(made, rights, RDFS.label, _RIGHTS[resource.sharing])
    made.add((node, DCTERMS.rights, rights))
    made.add((schema, RDF.type, DCTERMS.Standard))
    made.add((schema, RDF.type, CSVW.Schema))
    made.add((node, DCTERMS.conformsTo, schema))
    for column in columns(pack, resource):
        made.add((schema, CSVW.column, _column(made, column, page)))
    return node


def _column(made: Graph, column: Column, page: URIRef) -> URIRef:
    node = URIRef(f"{page}#field-{column.field.id}")
    made.add((node, RDF.type, CSVW.Column))
    made.add((node, CSVW.name, Literal(column.field.id)))
    rdf.text(made, node, CSVW.title, column.field.label)
    if column.type:
        datatype = XSD.decimal if column.type.startswith("decimal") else _TYPES.get(column.type, XSD.string)
        made.add((node, CSVW.datatype, datatype))
    if column.element:
        rdf.text(made, node, SKOS.definition, column.element.definition)
    return node


def _agent(made: Graph, organ: Organisation, site: Site) -> URIRef:
    node = site.uri(f"/catalogue#{organ.id}")
    made.add((node, RDF.type, FOAF.Agent))
    rdf.text(made, node, FOAF.name, organ.name)
    made.add((node, DCTERMS.identifier, Literal(organ.credit_code)))
    return node


def _contact(made: Graph, organ: Organisation, site: Site) -> URIRef:
    node = site.uri(f"/catalogue#contact-{organ.id}")
    made.add((node, RDF.type, VCARD.Kind))
    made.add((node, RDF.type, VCARD.Organization))
    rdf.text(made, node, VCARD.fn, organ.name)
    if organ.phone:
        made.add((node, VCARD.hasTelephone, URIRef(f"tel:{organ.phone.replace(' ', '')}")))
    return node


def _place(made: Graph, pack: Pack, code: str, site: Site) -> URIRef:
    node = site.uri(f"/catalogue#place-{code}")
    made.add((node, RDF.type, DCTERMS.Location))
    made.add((node, DCTERMS.identifier, Literal(code)))
    place = pack.places.get(code)
    if place is not None:
        rdf.text(made, node, SKOS.prefLabel, place.name)
    return node
