"""`tongban pack export PATH`: the service guide for readers, for spreadsheets and for other portals."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tongban.base.kit.terminal import terminal_language
from tongban.doors.cli import packs

if TYPE_CHECKING:
    from tongban.core.packs.pack import Pack

FORMS = ("html", "csv", "ttl", "jsonld", "rdf")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMS), required=True,
    help="html: a folder of pages in every language; csv: a table; ttl, jsonld, rdf: CPSV-AP 3.2 with requirements in "
    "CCCEV.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), help="A file, the terminal by default; for html a folder."
)
@click.option(
    "--base",
    help="Scheme and host of the portal: for the addresses in RDF, and to apply online from the pages.",
)
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of the table; that of the terminal by default."
)
def export(path: Path, form: str, out: Path | None, base: str | None, lang: str | None) -> None:
    """Write the service guide of a pack as pages, as a table or as linked data."""
    if base is not None and not re.fullmatch(r"(https?://[\w.:\[\]-]+|urn:[\w.:-]+)/?", base):
        raise click.ClickException(
            f"--base is a scheme and a host, such as https://portal.example, and not '{base}'."
        )
    pack = packs.read_clean(path)
    if form == "html":
        _pages(path, out, (base or "").rstrip("/"))
        return
    content = _table(pack, lang or terminal_language()) if form == "csv" else _linked(pack, form, base)
    if out is None:
        click.echo(content, nl=False)
        return
    if out.is_dir():
        raise click.ClickException(f"{out} is a folder. Name a file, for example {out}/guide.{form}.")
    out.write_bytes(content)
    click.echo(f"{len(pack.services)} services in {out}")


def _table(pack: Pack, language: str) -> bytes:
    from tongban.base.kit import sheets
    from tongban.doors.portal import table

    return (sheets.MARK + sheets.text(table.columns(language), table.rows(pack, language))).encode()


def _linked(pack: Pack, form: str, base: str | None) -> bytes:
    from tongban.base.kit import rdf
    from tongban.doors.portal import cpsv

    site = cpsv.Site((base or f"urn:tongban:{pack.manifest.jurisdiction}").rstrip("/"))
    return rdf.written(cpsv.graph(pack, site), form)


def _pages(path: Path, out: Path | None, portal: str) -> None:
    if out is None:
        raise click.ClickException("Pages are written into a folder: --out guide")
    if out.is_file():
        raise click.ClickException(f"{out} is a file. Name a folder.")
    with tempfile.TemporaryDirectory(prefix="tongban-guide-") as home:
        os.environ["TONGBAN_HOME"] = home  # nothing of a node is touched
        os.environ["TONGBAN_URL"] = portal if portal.startswith("http") else ""
        os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.config.guidebook"
        import django

        django.setup()
        from tongban.base.directory import queries
        from tongban.doors.guidebook import book
        from tongban.doors.preview import watched

        shown = watched.Watched(path.resolve(), (packs.folder(),))
        shown.look()
        watched.show(shown, queries.show_instead)
        try:
            count = book.write(shown.current(), out, _told)
        except book.NotEmpty as error:
            raise click.ClickException(str(error)) from error
    click.echo(f"{count} pages in {out}. Open {out / 'index.html'}")


def _told(pages: Iterable[Any]) -> Iterable[Any]:
    """The same, with how far it is on the terminal."""
    with click.progressbar(list(pages), label="Pages") as shown:
        yield from shown
