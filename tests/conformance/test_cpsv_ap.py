"""The service guide conforms to CPSV-AP 3.2.

- `cpsv_ap_minimum.ttl` beside this file is ours: how often each thing is stated at least. It always runs.
- The official shapes are not kept here: `releases/3.2.0/shacl/cpsv-ap-SHACL.ttl` of the repository SEMICeu/CPSV-AP. Put
  it into `tests/conformance/.cache/`, or into a folder named by `TONGBAN_SHAPES`, and the guide of every pack is
  validated against it too.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import rdflib
import rdflib.compare
from click.testing import CliRunner
from tests.conformance import test_dcat_ap as dcat

from tongban.base.directory import loading, sources
from tongban.core.packs.pack import Pack
from tongban.doors.cli.main import cli
from tongban.doors.portal import cpsv

HERE = Path(__file__).parent
OURS = HERE / "cpsv_ap_minimum.ttl"
ROOT = HERE.parents[1]
PACKS = {"cn": "packs", "cn-chengxiu": "packs", "cn-qingqu": "packs", "cn-lanxi": "packs-two"}
CPSV, CV = cpsv.CPSV, cpsv.CV
TERMS = rdflib.Namespace("http://purl.org/dc/terms/")


def official() -> list[Path]:
    folder = dcat.shapes_folder()
    return sorted(folder.glob("*cpsv-ap-SHACL.ttl")) if folder else []


def pack_of(top: str) -> Pack:
    found = loading.load(sources.read_layers(ROOT / PACKS[top], top, ROOT / "packs"), top).pack
    assert found is not None
    return found


def guide(top: str) -> Any:
    return cpsv.graph(pack_of(top), cpsv.Site("https://city.example"))


@pytest.mark.parametrize("top", PACKS)
def test_the_guide_of_every_pack_states_what_a_guide_has_to(top: str) -> None:
    assert dcat.broken(guide(top), OURS) == []


if official():  # not part of the suite: nobody may ship them; `make conformance` insists on them

    @pytest.mark.parametrize("top", PACKS)
    def test_the_guide_passes_the_official_shapes(top: str) -> None:
        for shapes in official():
            assert dcat.broken(guide(top), shapes) == []


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (CPSV.PublicService, TERMS.title),
        (CPSV.PublicService, CV.hasCompetentAuthority),
        (CPSV.PublicService, CV.processingTime),
        (CV.Event, CV.hasRelatedService),
        (CV.InformationRequirement, CV.hasEvidenceTypeList),
        (CV.EvidenceTypeList, CV.specifiesEvidenceType),
        (CV.Cost, CV.currency),
    ],
)
def test_our_shapes_notice_what_is_taken_away(kind: Any, path: Any) -> None:
    data = guide("cn")
    node = next(data.subjects(rdflib.RDF.type, kind))
    data.remove((node, path, None))
    assert dcat.broken(data, OURS)


def test_every_service_event_and_material_of_the_pack_is_there() -> None:
    pack, data = pack_of("cn-qingqu"), guide("cn-qingqu")

    def of(kind: Any) -> set[str]:
        return {str(data.value(node, TERMS.identifier)) for node in data.subjects(rdflib.RDF.type, kind)}

    assert of(CPSV.PublicService) == set(pack.services)
    assert of(CV.Event) == set(pack.life_events)
    assert of(CV.InformationRequirement) == {r.material for s in pack.services.values() for r in s.requires}
    ways = {
        f"{r.material}-{number}"
        for service in pack.services.values()
        for r in service.requires
        for number in range(1, len(pack.materials[r.material].alternatives) + 1)
    }
    assert of(CV.EvidenceTypeList) == ways


def test_channels_are_those_that_the_pack_states_and_no_others() -> None:
    pack, data = pack_of("cn-qingqu"), guide("cn-qingqu")
    for service in pack.services.values():
        node = rdflib.URIRef(f"https://city.example/services/{service.id}#service")
        found = {str(channel).rpartition("#")[2] for channel in data.objects(node, CV.hasChannel)}
        stated = service.channels
        if stated is None:
            assert found == set(), service.id
            continue
        assert ("online" in found) == (str(stated.depth) != "information"), service.id
        assert {name for name in ("counter", "mobile", "terminal") if getattr(stated, name)} == found - {
            "online"
        }
    assert any(service.channels is None for service in pack.services.values())
    assert any(service.channels is not None for service in pack.services.values())


def test_a_node_publishes_it_in_three_forms_that_say_the_same(city: Any, client: Any) -> None:
    graphs = []
    for form, name in dcat.FORMS.items():
        answer = client.get(f"/services.{form}")
        assert answer.status_code == 200
        graphs.append(rdflib.Graph().parse(data=answer.content, format=name))
    assert all(rdflib.compare.isomorphic(graphs[0], other) for other in graphs[1:])
    assert client.get("/services.txt").status_code == 404


def test_the_table_has_a_row_for_each_service_and_no_formula(city: Any, client: Any) -> None:
    answer = client.get("/services.csv", headers={"accept-language": "en"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    pack = pack_of("cn-qingqu")
    assert [row["Service id"] for row in rows] == list(pack.services)
    assert all(
        row["Confidence"] == "confirmed" or row["Confidence"].startswith("sample content") for row in rows
    )
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "@"))]


@pytest.mark.parametrize("form", ["csv", "ttl", "jsonld", "rdf"])
def test_the_command_writes_a_file_or_to_the_terminal(form: str, tmp_path: Path) -> None:
    words = ["pack", "export", str(ROOT / "packs" / "cn-qingqu"), "--format", form, "--lang", "zh"]
    shown = CliRunner().invoke(cli, words)
    assert shown.exit_code == 0, shown.output
    file = tmp_path / f"guide.{form}"
    assert CliRunner().invoke(cli, [*words, "--out", str(file)]).exit_code == 0
    assert file.read_bytes() == shown.stdout_bytes
    assert "食品经营许可" in file.read_text(encoding="utf-8")
