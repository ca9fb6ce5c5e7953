"""The public catalogue conforms to DCAT-AP 3.0.1.

Two sets of SHACL shapes are used:

- `dcat_ap_mandatory.ttl` beside this file is ours: the mandatory properties and classes of the specification's own
  tables, for the classes that the catalogue uses. It always runs.
- The official shapes are not kept here. They are `releases/3.0.1/shacl/dcat-ap-SHACL.ttl` (and, if wanted,
  `releases/3.0.1/html/shacl/shapes.ttl` and `range.ttl`) of the repository SEMICeu/DCAT-AP. Put these files into
  `tests/conformance/.cache/`, or into a folder named by `TONGBAN_SHAPES`, and the second test validates against each.

`mdr-vocabularies.shape.ttl` asks for corporate bodies and places of the EU vocabularies, which a Chinese city is not
in; it gives warnings for those two and nothing else. The files named `ranges.ttl` and `shapes_recommended.ttl` are
left out: the first is not well-formed for pyshacl, the second only recommends.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
import rdflib.compare
from tests.factories.fixtures import City

HERE = Path(__file__).parent
OURS = HERE / "dcat_ap_mandatory.ttl"
OFFICIAL = ("dcat-ap-SHACL.ttl", "shapes.ttl", "range.ttl")
FORMS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


def shapes_folder() -> Path | None:
    """Where somebody has put official shapes."""
    folder = Path(os.environ.get("TONGBAN_SHAPES") or HERE / ".cache")
    return folder if folder.is_dir() else None


def official() -> list[Path]:
    folder = shapes_folder()
    found = [path for name in OFFICIAL for path in sorted(folder.glob(f"*{name}"))] if folder else []
    return [path for path in found if not path.name.startswith("cpsv")]


def catalogue(client: Any, form: str = "ttl") -> Any:
    answer = client.get(f"/catalogue.{form}")
    assert answer.status_code == 200
    return rdflib.Graph().parse(data=answer.content, format=FORMS[form])


def broken(data: Any, shapes: Path) -> list[str]:
    """Violations in words; warnings do not count."""
    _conforms, report, _text = pyshacl.validate(data, shacl_graph=rdflib.Graph().parse(shapes), advanced=True)
    sh = rdflib.Namespace("http://www.w3.org/ns/shacl#")
    return [
        f"{report.value(result, sh.focusNode)} {report.value(result, sh.resultPath)}: {report.value(result, sh.resultMessage)}"
        for result in report.subjects(sh.resultSeverity, sh.Violation)
    ]


def test_the_catalogue_has_every_mandatory_property(city: City, client: Any) -> None:
    assert broken(catalogue(client), OURS) == []


def test_our_shapes_notice_when_a_mandatory_property_is_taken_away(city: City, client: Any) -> None:
    terms = rdflib.Namespace("http://purl.org/dc/terms/")
    for kind, path in (
        (DCAT.Catalog, terms.publisher),
        (DCAT.Dataset, terms.title),
        (DCAT.Distribution, DCAT.accessURL),
    ):
        data = catalogue(client)
        node = next(data.subjects(rdflib.RDF.type, kind))
        data.remove((node, path, None))
        assert broken(data, OURS), (kind, path)


if official():  # not part of the suite: nobody may ship them; `make conformance` insists on them

    @pytest.mark.parametrize("shapes", official(), ids=lambda path: path.name)
    def test_the_catalogue_passes_the_official_shapes(city: City, client: Any, shapes: Path) -> None:
        assert broken(catalogue(client), shapes) == []


def test_the_three_forms_say_the_same(city: City, client: Any) -> None:
    first, *others = (catalogue(client, form) for form in FORMS)
    assert all(rdflib.compare.isomorphic(first, other) for other in others)


def test_every_registry_of_the_pack_is_a_dataset_and_leads_to_its_page(city: City, client: Any) -> None:
    data = catalogue(client)
    pages = {
        str(page)
        for dataset in data.subjects(rdflib.RDF.type, DCAT.Dataset)
        for page in data.objects(dataset, DCAT.landingPage)
    }
    assert len(pages) == len(city.pack.resources)  # type: ignore[attr-defined]
    for page in pages:
        assert client.get(page.removeprefix("http://testserver")).status_code == 200


def test_no_row_and_no_person_is_part_of_the_catalogue(city: City, client: Any) -> None:
    from tongban.doors.demo.content import PROPERTIES

    text = client.get("/catalogue.ttl").content.decode()
    assert not [
        value for row in PROPERTIES for value in row.values() if len(value) > 3 and f'"{value}"' in text
    ]
