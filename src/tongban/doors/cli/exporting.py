"""`tongban pack export PATH`: the service guide for spreadsheets and for other portals."""

from __future__ import annotations

from pathlib import Path

import click

from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs

FORMS = ("csv", "ttl", "jsonld", "rdf")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMS), required=True,
    help="csv: a table; ttl, jsonld, rdf: CPSV-AP 3.2 with requirements in CCCEV.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="A file; the terminal by default."
)
@click.option("--base", help="Scheme and host under which the guide is published, for the addresses in RDF.")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the table; that of the terminal by default."
)
def export(path: Path, form: str, out: Path | None, base: str | None, lang: str | None) -> None:
    """Write the service guide of a pack as a table or as linked data."""
    pack = packs.read_clean(path)
    if form == "csv":
        from tongban.base.kit import sheets
        from tongban.doors.portal import table

        language = lang or terminal_language()
        content = (sheets.MARK + sheets.text(table.columns(language), table.rows(pack, language))).encode()
    else:
        from tongban.base.kit import rdf
        from tongban.doors.portal import cpsv

        site = cpsv.Site((base or f"urn:tongban:{pack.manifest.jurisdiction}").rstrip("/"))
        content = rdf.written(cpsv.graph(pack, site), form)
    if out is None:
        click.echo(content, nl=False)
        return
    out.write_bytes(content)
    click.echo(f"{len(pack.services)} services in {out}")
